"""Quantile functions from tables, for laws whose exact inverse is slow.

Suitably transformed, a quantile is a smooth function of the normal score z = Φ⁻¹(u): cubic Hermite
pieces on an even grid follow it closely. A table checks itself against the exact inverse between
its nodes; where it is worse than `TOLERANCE` the exact inverse is used.

- Beta: the logit of the quantile. The error is a part of the width of the support.
- Student-t with ν degrees of freedom: asinh(t/√ν). The error is a part of max(1, |t|).
- The scale sqrt((ν − 2)/χ²_ν): its logarithm. The error is a part of the scale.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from simulator.sampling.scores import normal_scores
from simulator.special import (
    betainccinv,
    betaincinv,
    betaln,
    chdtri,
    gammaincinv,
    gammaln,
    ndtr,
    stdtrit,
)
from simulator.tables import Float64

SCORES = 8.25
"""Tables cover normal scores within ±8.25, all that 52-bit uniforms reach."""

CELLS = 4096
TOLERANCE = 1e-12
"""Largest error accepted; a part of what is said above for each law."""

_STEP = 2 * SCORES / CELLS


def _nodes() -> Float64:
    """The normal scores at which tables know the value and the slope."""
    return np.linspace(-SCORES, SCORES, CELLS + 1)


def _middles(every: int = 1) -> Float64:
    """The normal scores at which tables are checked: the middle of every n-th cell."""
    return np.linspace(-SCORES + _STEP / 2, SCORES - _STEP / 2, CELLS)[::every]


def _log_normal_density(z: Float64) -> Float64:
    return np.asarray(-0.5 * z * z - 0.5 * math.log(2 * math.pi))


class Pieces:
    """A smooth function of the normal score in cubic Hermite pieces."""

    def __init__(self, values: Float64, slopes: Float64) -> None:
        d0, d1, rise = slopes[:-1] * _STEP, slopes[1:] * _STEP, np.diff(values)
        self._coefficients = np.array([values[:-1], d0, 3 * rise - 2 * d0 - d1, d0 + d1 - 2 * rise])

    def __call__(self, z: Float64) -> Float64:
        """Values at scores within ±`SCORES`, shape (n,)."""
        place = (z + SCORES) * (1 / _STEP)
        cell = place.astype(np.int64)
        np.clip(cell, 0, CELLS - 1, out=cell)
        place -= cell
        value: Float64 = self._coefficients[3].take(cell)
        for coefficients in self._coefficients[2::-1]:
            value *= place
            value += coefficients.take(cell)
        return value


class BetaTable:
    """Quantiles of Beta(alpha, beta) on [0, 1] within `TOLERANCE` of the exact ones."""

    def __init__(self, alpha: float, beta: float) -> None:
        self.alpha, self.beta = alpha, beta
        self._pieces = self._hermite()
        self.usable = self._pieces is not None and self._error() <= TOLERANCE

    def _ends(self, z: Float64) -> tuple[Float64, Float64, Float64]:
        """log x, log(1 − x) and the slope of their difference at normal scores `z`."""
        a, b, lower = self.alpha, self.beta, z <= 0
        x, rest = np.empty_like(z), np.empty_like(z)
        x[lower] = betaincinv(a, b, ndtr(z[lower]))
        rest[lower] = 1.0 - x[lower]
        x[~lower] = betainccinv(a, b, ndtr(-z[~lower]))
        rest[~lower] = betaincinv(b, a, ndtr(-z[~lower]))
        log_x, log_rest = np.log(x), np.log(rest)
        log_density = (a - 1) * log_x + (b - 1) * log_rest - betaln(a, b)
        slope = np.exp(_log_normal_density(z) - log_density - log_x - log_rest)
        return log_x, log_rest, slope

    def _hermite(self) -> Pieces | None:
        """The logit; None where it overflows."""
        with np.errstate(all="ignore"):
            log_x, log_rest, slope = self._ends(_nodes())
            logit = log_x - log_rest
        if not (np.isfinite(logit).all() and np.isfinite(slope).all()):
            return None
        return Pieces(logit, slope)

    def _error(self) -> float:
        """Largest difference to the exact inverse between the nodes."""
        z = _middles(4)  # the inverse takes 2 µs
        lower = z <= 0
        exact = np.empty_like(z)
        exact[lower] = betaincinv(self.alpha, self.beta, ndtr(z[lower]))
        exact[~lower] = 1.0 - betaincinv(self.beta, self.alpha, ndtr(-z[~lower]))
        return float(np.abs(self._at(z) - exact).max())

    def _at(self, z: Float64) -> Float64:
        assert self._pieces is not None  # noqa: S101 - asked only when there is a table
        value = self._pieces(z)
        np.negative(value, out=value)
        with np.errstate(over="ignore"):  # a quantile below 1e-308 is 0
            np.exp(value, out=value)
        value += 1.0
        return np.asarray(np.divide(1.0, value, out=value))

    def ppf(self, u: Float64) -> Float64:
        """Quantiles of `u`, same shape; scores outside the table by the exact inverse."""
        z = normal_scores(u)
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


class StudentTable:
    """Student-t values at the quantiles of standard normals, df degrees of freedom."""

    def __init__(self, df: float) -> None:
        self.df = df
        with np.errstate(all="ignore"):
            self._pieces = self._hermite()
        z = _middles()
        exact = self.exact(z)
        error = np.abs(self._at(z) - exact) / np.maximum(1.0, np.abs(exact))
        self.usable = bool(error.max() <= TOLERANCE)  # not with NaN

    def exact(self, z: Float64) -> Float64:
        """By scipy's inverse through the lower tail, which is precise; 0 at the median."""
        lower = stdtrit(self.df, ndtr(-np.abs(z)))
        return np.asarray(np.where(z == 0, 0.0, np.copysign(lower, z)))

    def _hermite(self) -> Pieces:
        """asinh(t/√ν): its slope is φ(z)/f(t)/√(ν + t²), f the density."""
        z, df = _nodes(), self.df
        t = self.exact(z)
        log_square = np.log1p(t * t / df)
        log_density = (
            gammaln((df + 1) / 2)
            - gammaln(df / 2)
            - 0.5 * math.log(df * math.pi)
            - (df + 1) / 2 * log_square
        )
        slope = np.exp(_log_normal_density(z) - log_density - 0.5 * (log_square + math.log(df)))
        return Pieces(np.arcsinh(t / math.sqrt(df)), slope)

    def _at(self, z: Float64) -> Float64:
        value = self._pieces(z)
        np.sinh(value, out=value)
        value *= math.sqrt(self.df)
        return value

    def at(self, z: Float64) -> Float64:
        """Student-t values of normal scores, same shape, any strides."""
        scores = np.ascontiguousarray(z.T).ravel()
        outside = ~(np.abs(scores) < SCORES)
        if not self.usable or outside.all():
            return self.exact(z)
        t = self._at(np.where(outside, 0.0, scores))
        if outside.any():
            t[outside] = self.exact(scores[outside])
        return t.reshape(z.T.shape).T


@lru_cache(maxsize=64)
def student_table(df: float) -> StudentTable:
    """The table of a Student-t law, made once."""
    return StudentTable(df)


class ScaleTable:
    """sqrt(ν/χ²_ν) at the quantiles of uniforms: it rises with the uniform (see `chdtri`)."""

    def __init__(self, df: float) -> None:
        self.df = df
        with np.errstate(all="ignore"):
            self._pieces = self._hermite()
        z = _middles()
        self.usable = bool(np.abs(self._at(z) / self.exact(z) - 1.0).max() <= TOLERANCE)

    def _chi_square(self, z: Float64) -> Float64:
        """χ² with probability Φ(z) above it, from the tail that keeps the digits."""
        x, lower = np.empty_like(z), z <= 0
        x[lower] = chdtri(self.df, ndtr(z[lower]))
        x[~lower] = 2.0 * gammaincinv(self.df / 2, ndtr(-z[~lower]))
        return x

    def exact(self, z: Float64) -> Float64:
        """By scipy's inverses."""
        return np.asarray(np.sqrt(self.df / self._chi_square(z)))

    def _hermite(self) -> Pieces:
        """½·log(ν/x): its slope is ½·φ(z)/(x·f(x)), f the density of χ²."""
        z, half = _nodes(), self.df / 2
        x = self._chi_square(z)
        log_x_density = half * np.log(x / 2) - x / 2 - gammaln(half)  # log of x·f(x)
        slope = 0.5 * np.exp(_log_normal_density(z) - log_x_density)
        return Pieces(0.5 * np.log(self.df / x), slope)

    def _at(self, z: Float64) -> Float64:
        value = self._pieces(z)
        return np.asarray(np.exp(value, out=value))

    def of(self, u: Float64) -> Float64:
        """Scales of uniforms strictly between 0 and 1, same shape, any strides."""
        if not self.usable:
            return np.asarray(np.sqrt(self.df / chdtri(self.df, u)))
        z = normal_scores(np.ascontiguousarray(u.T).ravel())
        np.clip(z, -SCORES, SCORES, out=z)  # 52-bit uniforms stay inside
        return self._at(z).reshape(u.T.shape).T


@lru_cache(maxsize=64)
def scale_table(df: float) -> ScaleTable:
    """The table of a scale, made once."""
    return ScaleTable(df)
