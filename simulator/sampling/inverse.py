"""Quantile functions from a table, for laws whose exact inverse is slow.

The logit of a beta quantile is a smooth function of the normal score z = Φ⁻¹(u): cubic Hermite
pieces on an even grid follow it to better than one part in 10¹² of the support. The table checks
itself against the exact inverse between its nodes; where it is worse the exact inverse is used.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from simulator.special import betainccinv, betaincinv, betaln, ndtr, ndtri
from simulator.tables import Float64

SCORES = 8.25
"""The table covers normal scores within ±8.25, all that 52-bit uniforms reach."""

CELLS = 4096
TOLERANCE = 1e-12
"""Largest error accepted, as a part of the width of the law's support."""


class BetaTable:
    """Quantiles of Beta(alpha, beta) on [0, 1] within `TOLERANCE` of the exact ones."""

    def __init__(self, alpha: float, beta: float) -> None:
        self.alpha, self.beta = alpha, beta
        self._pieces = self._hermite()
        self.usable = self._pieces is not None and self._error() <= TOLERANCE

    def _nodes(self, z: Float64) -> tuple[Float64, Float64, Float64]:
        """log x, log(1 − x) and the slope of their difference at normal scores `z`."""
        low = np.where(z <= 0, betaincinv(self.alpha, self.beta, ndtr(z)), 0.0)
        high = np.where(z > 0, betainccinv(self.alpha, self.beta, ndtr(-z)), 0.0)
        rest = np.where(z > 0, betaincinv(self.beta, self.alpha, ndtr(-z)), 1.0 - low)
        x = np.where(z > 0, high, low)
        log_x, log_rest = np.log(x), np.log(rest)
        log_density = (
            (self.alpha - 1) * log_x + (self.beta - 1) * log_rest - betaln(self.alpha, self.beta)
        )
        log_normal = -0.5 * z * z - 0.5 * math.log(2 * math.pi)
        return log_x, log_rest, np.exp(log_normal - log_density - log_x - log_rest)

    def _hermite(self) -> Float64 | None:
        """Cubic coefficients of the logit by cell, shape (4, CELLS); None where it overflows."""
        z = np.linspace(-SCORES, SCORES, CELLS + 1)
        with np.errstate(all="ignore"):
            log_x, log_rest, slope = self._nodes(z)
        y, step = log_x - log_rest, 2 * SCORES / CELLS
        if not (np.isfinite(y).all() and np.isfinite(slope).all()):
            return None
        d0, d1, rise = slope[:-1] * step, slope[1:] * step, np.diff(y)
        return np.array([y[:-1], d0, 3 * rise - 2 * d0 - d1, d0 + d1 - 2 * rise])

    def _error(self) -> float:
        """Largest difference to the exact inverse in the middles of the cells."""
        step = 2 * SCORES / CELLS
        z = np.linspace(-SCORES + step / 2, SCORES - step / 2, CELLS)
        lower = betaincinv(self.alpha, self.beta, ndtr(np.minimum(z, 0.0)))
        upper = 1.0 - betaincinv(self.beta, self.alpha, ndtr(-np.maximum(z, 0.0)))
        return float(np.abs(self._at(z) - np.where(z > 0, upper, lower)).max())

    def _at(self, z: Float64) -> Float64:
        assert self._pieces is not None  # noqa: S101 - asked only when there is a table
        place = (z + SCORES) * (CELLS / (2 * SCORES))
        cell = np.clip(place.astype(np.int64), 0, CELLS - 1)
        t = place - cell
        c0, c1, c2, c3 = (piece[cell] for piece in self._pieces)
        with np.errstate(over="ignore"):  # a quantile below 1e-308 is 0
            return np.asarray(1.0 / (1.0 + np.exp(-(c0 + t * (c1 + t * (c2 + t * c3))))))

    def ppf(self, u: Float64) -> Float64:
        """Quantiles of `u`, same shape; scores outside the table by the exact inverse."""
        z = np.asarray(ndtri(u))
        outside = ~(np.abs(z) < SCORES)
        if not outside.any():
            return self._at(z)
        x = self._at(np.where(outside, 0.0, z))
        x[outside] = betaincinv(self.alpha, self.beta, u[outside])
        return x


@lru_cache(maxsize=1024)
def beta_table(alpha: float, beta: float) -> BetaTable:
    """The table of a beta law, made once."""
    return BetaTable(alpha, beta)
