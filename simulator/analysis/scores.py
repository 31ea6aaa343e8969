"""How good forecasts were: scores of draws and of laws against what happened.

Draws are the first axis: `draws` has shape (n_draws, n_cases) and `outcome` (n_cases,), one column
for one forecast. CRPS and bands carry the unit of the draws.

T. Gneiting and A. E. Raftery (2007), Strictly proper scoring rules, prediction, and estimation,
JASA 102, 359-378; A. Jordan, F. Krüger and S. Lerch (2019), Evaluating probabilistic forecasts with
scoringRules, Journal of Statistical Software 90(12).
"""

from __future__ import annotations

import math

import numpy as np

from simulator.special import betaln, gammaln, ndtr, stdtr
from simulator.tables import Float64

LEVELS = (0.5, 0.8, 0.9, 0.95)
"""Central bands whose coverage is reported."""

TOUCH = 1e-12
"""A PIT this close to the edge of a band lies in the band: 0.95 − 0.5 is not 0.45 in binary."""


def _checked(draws: Float64, outcome: Float64) -> None:
    """Refuses what would give a number without a meaning (ValueError)."""
    if draws.ndim < 1 or len(draws) == 0:
        raise ValueError(f"draws of shape (n_draws, n_cases) are wanted, not {draws.shape}")
    if draws.shape[1:] != np.shape(outcome):
        raise ValueError(
            f"one outcome a case is wanted: draws {draws.shape}, outcome {np.shape(outcome)}"
        )
    if not (np.isfinite(draws).all() and np.isfinite(outcome).all()):
        raise ValueError("draws and outcome must be finite")


def crps(draws: Float64, outcome: Float64, *, fair: bool = False) -> Float64:
    """Continuous ranked probability score of an ensemble, shape (n_cases,); less is better.

    CRPS = E|X − y| − ½·E|X − X'|, eq. 21 of Gneiting and Raftery (2007), exact, in O(n log n): over
    ascending draws x_1 … x_n, Σ_i Σ_j |x_i − x_j| = 2·Σ_i (2i − n − 1)·x_i.

    The plain estimator divides that double sum by n²: the exact score of the draws' own step
    function, never negative. Independent draws raise it by E|X − X'|/2n above the score of the law
    they come from; `fair` divides by n(n − 1) instead, which takes exactly this away (Ferro 2014,
    QJRMS 140, 1917-1923). Plain is the default, because evenly spread points (Sobol', Latin
    hypercube) hardly have that excess and `fair` would flatter them; at 4000 draws the two differ
    by 0.0125 % of E|X − X'|. `fair` wants two draws. Memory: two copies of `draws`.
    """
    _checked(draws, outcome)
    n = len(draws)
    if fair and n < 2:
        raise ValueError("the fair score wants at least two draws")
    errors = np.sort(draws - outcome, axis=0)
    weights = (2.0 * np.arange(1, n + 1) - n - 1) / (n * (n - 1) if fair else n * n)
    spread = np.tensordot(weights, errors, axes=1)  # ½·E|X − X'|
    np.abs(errors, out=errors)
    return np.asarray(errors.mean(axis=0) - spread)


def pit(draws: Float64, outcome: Float64) -> Float64:
    """Probability integral transform: where the outcome stands among its draws, in (0, 1).

    (k + ½)/(n + 1), k draws below the outcome, a draw that equals it counted half (mid-rank).
    If outcome and draws are exchangeable the rank k is uniform on 0 … n, so that the mean is ½ and
    a central band holds what it should for any n; no outcome is ever at 0 or 1. Shape (n_cases,).
    """
    _checked(draws, outcome)
    below = np.count_nonzero(draws < outcome, axis=0)
    equal = np.count_nonzero(draws == outcome, axis=0)
    return np.asarray((below + 0.5 * equal + 0.5) / (len(draws) + 1))


def coverage(pits: Float64, level: float) -> Float64:
    """Part of the cases inside the central band of this level, over the last axis, shape (…).

    `pits` has shape (…, n_cases); a PIT of (1 ± level)/2 lies inside.
    """
    inside = np.abs(np.asarray(pits) - 0.5) <= level / 2 + TOUCH
    return np.asarray(np.count_nonzero(inside, axis=-1) / inside.shape[-1])


def ks_distance(pits: Float64) -> Float64:
    """Kolmogorov-Smirnov distance of PITs from the uniform law, over the last axis, shape (…).

    sup |F_n(u) − u| = max over i of max(i/n − p_(i), p_(i) − (i − 1)/n); `pits` is (…, n_cases).
    """
    ordered = np.sort(pits, axis=-1)
    n = ordered.shape[-1]
    steps = np.arange(n + 1) / n
    above = (steps[1:] - ordered).max(axis=-1)
    below = (ordered - steps[:-1]).max(axis=-1)
    return np.asarray(np.maximum(above, below))


def central_band(draws: Float64, level: float) -> tuple[Float64, Float64]:
    """Lower and upper end of the central band of each case, two arrays of shape (n_cases,).

    Percentiles (1 ± level)/2 as in `statistics.percentiles`: linear between order statistics.
    """
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return np.asarray(low), np.asarray(high)


def crps_normal(mean: Float64, sd: Float64, outcome: Float64) -> Float64:
    """CRPS of a normal law, Gneiting and Raftery (2007), section 4.2; arguments broadcast, sd > 0.

    sd·[z·(2Φ(z) − 1) + 2φ(z) − 1/√π], z = (outcome − mean)/sd.
    """
    z = (np.asarray(outcome) - mean) / sd
    density = np.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    return np.asarray(sd * (z * (2 * ndtr(z) - 1) + 2 * density - 1 / math.sqrt(math.pi)))


def crps_student(df: float, location: Float64, scale: Float64, outcome: Float64) -> Float64:
    """CRPS of location + scale·t with `df` > 1 degrees of freedom; arguments broadcast, scale > 0.

    scale·[z·(2F(z) − 1) + 2f(z)·(ν + z²)/(ν − 1) − 2√ν/(ν − 1)·B(½, ν − ½)/B(½, ν/2)²] (Jordan,
    Krüger and Lerch 2019, appendix A). The scale is not the deviation: sd = scale·√(ν/(ν − 2)).
    A second way to the score of one shock of `forecasts.StudentSum`, which tests hold against it.
    """
    if df <= 1:
        raise ValueError(f"the score wants more than one degree of freedom, not {df}")
    z = (np.asarray(outcome) - location) / scale
    log_peak = gammaln((df + 1) / 2) - gammaln(df / 2) - 0.5 * math.log(df * math.pi)
    density = np.exp(log_peak - (df + 1) / 2 * np.log1p(z * z / df))
    half_spread = (
        2 * math.sqrt(df) / (df - 1) * np.exp(betaln(0.5, df - 0.5) - 2 * betaln(0.5, df / 2))
    )
    mean_error = z * (2 * stdtr(df, z) - 1) + 2 * density * (df + z * z) / (df - 1)
    return np.asarray(scale * (mean_error - half_spread))
