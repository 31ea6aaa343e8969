"""Forecasts as laws: mean, deviation, probabilities, quantiles and score, all in closed form."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt

from simulator.analysis.scores import crps_normal
from simulator.special import gammaln, ndtr, ndtri
from simulator.tables import Float64

DEGREES = 5
"""Degrees of freedom of the Student shocks of `StudentSum`."""


class Forecast(Protocol):
    """What a forecast says of a number; arrays in, arrays of the same shape out."""

    @property
    def mean(self) -> float:
        """Expected value; the laws here are symmetric, so it is the median too."""

    @property
    def sd(self) -> float:
        """Standard deviation."""

    def cdf(self, x: Float64) -> Float64:
        """Probabilities of at most `x`; of an outcome, its PIT."""

    def ppf(self, u: Float64) -> Float64:
        """Quantiles of `u`, 0 < u < 1."""

    def crps(self, outcome: Float64) -> Float64:
        """Continuous ranked probability score, in the unit of the outcome."""


@dataclass(frozen=True)
class NormalForecast:
    """A normal law; sd > 0."""

    mean: float
    sd: float

    def cdf(self, x: Float64) -> Float64:
        """Probabilities of at most `x`."""
        return np.asarray(ndtr((np.asarray(x) - self.mean) / self.sd))

    def ppf(self, u: Float64) -> Float64:
        """Quantiles."""
        return np.asarray(self.mean + self.sd * ndtri(u))

    def crps(self, outcome: Float64) -> Float64:
        """Score in closed form."""
        return crps_normal(np.asarray(self.mean), np.asarray(self.sd), outcome)


@dataclass(frozen=True)
class StudentSum:
    """mean + Σ_k c_k·T_k: independent Student t₅ variables scaled to unit variance.

    `weights` are the c_k, not all zero (ValueError). A sum of t variables with odd degrees of
    freedom has closed forms (Walker and Saw 1978, JASA 73, 876-878), because the characteristic
    function of c·T is a polynomial times an exponential, exp(−√3|ct|)·(1 + √3|ct| + c²t²). With
    a = √3·Σ|c_k|, τ = a|t| and the product of the polynomials Σ_j p_j·τ^j, p_0 = p_1 = 1, inversion
    term by term (∫ τ^j·exp(−τz) dτ = j!/z^(j+1), z = 1 − ix, x in units of a from the mean) gives

        cdf    = ½ + [arctan x + Σ_{j≥1} p_j·(j−1)!·Im z^(−j)]/π
        E|X−y| = (2a/π)·[1 + y·arctan y − Σ_{j≥2} p_j·(j−2)!·Re (1−iy)^(1−j)],

    the second from E|X| = (2/π)·∫ (1 − Re φ(t))/t² dt over t > 0. X − X' is such a sum again, so
    the score is exact for any number of shocks.
    """

    mean: float
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        if not any(self.weights):
            raise ValueError("a sum of shocks wants a weight that is not zero")

    @property
    def sd(self) -> float:
        """Standard deviation, √Σc²."""
        return math.sqrt(math.fsum(c * c for c in self.weights))

    @cached_property
    def _unit(self) -> float:
        """The length a in which everything is measured."""
        return math.sqrt(3) * math.fsum(abs(c) for c in self.weights)

    @cached_property
    def _logs(self) -> Float64:
        """Logs of the coefficients p_0, p_1, … of the characteristic function's polynomial in τ."""
        product = np.ones(1)
        for c in filter(None, self.weights):
            q = abs(c) / self._unit
            product = np.convolve(product, [1.0, math.sqrt(3) * q, q * q])
        return np.log(product[product > 0])  # what underflows counts for nothing

    def _terms(self, z: Float64, skipped: int) -> npt.NDArray[np.complex128]:
        """Σ_{j≥s} p_j·(j − s)!·(1 − iz)^(s−j−1) with s = `skipped`; the shape of `z`."""
        j = np.arange(skipped, len(self._logs)) + 1.0 - skipped
        coefficients = np.exp(self._logs[skipped:] + gammaln(j))
        return np.asarray((coefficients * (1 - 1j * z[..., None]) ** -j).sum(axis=-1))

    def cdf(self, x: Float64) -> Float64:
        """Probabilities of at most `x`."""
        z = (np.asarray(x, dtype=np.float64) - self.mean) / self._unit
        inside = np.arctan(z) + self._terms(z, 1).imag
        return np.asarray(np.clip(0.5 + inside / math.pi, 0.0, 1.0))

    def ppf(self, u: Float64) -> Float64:
        """Quantiles by bisection of `cdf`, to the last digits that it gives."""
        u = np.asarray(u, dtype=np.float64)
        if not np.all((u > 0) & (u < 1)):
            raise ValueError("quantiles are wanted of numbers between 0 and 1")
        reach = self.sd  # P(|X| > reach) falls below the rarest of `u`, and of 2^-53
        rarest = max(float(np.minimum(u, 1 - u).min(initial=0.5)), 2.0**-52)
        while 1 - float(self.cdf(np.array(self.mean + reach))) >= rarest:
            reach *= 2
        low, high = np.full(u.shape, -reach), np.full(u.shape, reach)
        for _ in range(64):
            middle = (low + high) / 2
            below = self.cdf(self.mean + middle) < u
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        return np.asarray(self.mean + (low + high) / 2)

    def absolute_error(self, y: Float64) -> Float64:
        """E|X − y|, same shape as `y`."""
        z = (np.asarray(y, dtype=np.float64) - self.mean) / self._unit
        inside = 1 + z * np.arctan(z) - self._terms(z, 2).real
        return np.asarray(2 * self._unit / math.pi * inside)

    def crps(self, outcome: Float64) -> Float64:
        """E|X − y| − ½·E|X − X'|."""
        difference = StudentSum(0.0, self.weights * 2)  # X − X', symmetric
        return self.absolute_error(outcome) - difference.absolute_error(np.zeros(())) / 2
