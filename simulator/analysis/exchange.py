"""Calibration of an exchange law on plain numbers: its variance, and where the rate stands.

Monthly averages of a Brownian motion with variance σ² a month are not its month ends: the changes
of averages have variance ⅔σ² and first autocorrelation ¼ (H. Working 1960, Note on the correlation
of first differences of averages in a random chain, Econometrica 28, 916-918).
"""

from __future__ import annotations

import numpy as np

from simulator.scenario.exchange import AVERAGE_VARIANCE_RATIO
from simulator.tables import Float64

CHANGE_VARIANCE = 2 / 3
CHANGE_COVARIANCE = 1 / 6
WITHIN_MONTH = 1 / 3
"""In units of σ²: variance of a change of averages, its covariance with the next change, and the
variance of a month's average seen from the end of the month before."""


def blended_variance(recent_mean_square: float, long_mean_square: float) -> float:
    """Variance of a month-end log change: ½·1.5·recent + ½·1.5·long.

    The arguments are mean squared log changes of monthly **averages**, over the recent months and
    over all months known; both weights are a half.
    """
    return AVERAGE_VARIANCE_RATIO * (0.5 * recent_mean_square + 0.5 * long_mean_square)


def end_from_averages(log_averages: Float64) -> tuple[float, float]:
    """Log level at the end of the last month, estimated from the logs of monthly averages, (n,).

    Returns the estimate and its variance in units of σ², the variance of a month-end change.

    The changes of averages are a moving average of order one. The next average is the month end
    plus an independent part of mean 0 and variance ⅓σ², so the best forecast of the next average
    is the best estimate of the month end, and its mean squared error less ⅓σ² is the variance of
    that estimate. The innovations algorithm (Brockwell and Davis 1991, section 5.2) gives both
    exactly for any number of months, the level before the first month being unknown:

        v_0 = ⅔,  θ_k = (1/6)/v_(k−1),  v_k = ⅔ − θ_k²·v_(k−1),
        end = log A_n + θ·(last change less its forecast).

    In the limit θ = 2 − √3 = 0.268 and the variance is √3/6 = 0.2887; with one month it is ⅓. Of
    averages over 21 daily rates the last is itself a part: the same estimate then has variance
    0.265, so that 0.2887 is a little cautious.
    """
    averages = np.asarray(log_averages, dtype=np.float64)
    if averages.ndim != 1 or len(averages) == 0 or not np.isfinite(averages).all():
        raise ValueError("logs of monthly averages, shape (n,), finite, n ≥ 1, are wanted")
    forecast, error_variance = 0.0, CHANGE_VARIANCE
    for change in np.diff(averages).tolist():
        theta = CHANGE_COVARIANCE / error_variance
        forecast = theta * (change - forecast)
        error_variance = CHANGE_VARIANCE - theta**2 * error_variance
    return float(averages[-1]) + forecast, error_variance - WITHIN_MONTH
