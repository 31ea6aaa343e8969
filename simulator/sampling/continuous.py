"""Continuous laws: quantiles, both tails, mean, sd, and moments over an interval.

All satisfy `laws.Continuous` (`Uniform` only `laws.Law`: cut, it is a uniform law again). `isf`
and `sf` are the upper tail's `ppf` and `cdf`, with full precision there. `partial(low, high)`
gives ∫ (x - c)^k dF over the interval for k = 0, 1, 2 about c = `origin`.

N. L. Johnson, S. Kotz and N. Balakrishnan, Continuous Univariate Distributions (1994, 1995);
T. W. Keelin (2016), The metalog distributions, Decision Analysis 13, 243-277.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simulator.sampling.inverse import beta_table
from simulator.sampling.scores import normal_scores
from simulator.special import (
    betainc,
    betaincc,
    betainccinv,
    betaincinv,
    expit,
    logit,
    ndtr,
    ndtri,
)
from simulator.tables import Float64

Moments = tuple[float, float, float]


def _inside(u: Float64) -> Float64:
    """`u` kept off 0 and 1, whose quantiles may be infinite; 1 - 2^-53 is the last double."""
    return np.clip(u, 1e-300, 1.0 - 2.0**-53)


def _scores(u: Float64, exact: bool) -> Float64:
    """Standard normal quantiles, from the table where they need not be exact."""
    return np.asarray(ndtri(_inside(u)) if exact else normal_scores(_inside(u)))


def _normal_mass(low: float, high: float) -> float:
    """Standard normal probability of [low, high], from the tail that keeps the digits."""
    if low > 0:
        low, high = -high, -low
    return float(ndtr(high) - ndtr(low))


def _z_density(z: float, power: int = 0) -> float:
    """z^power times the standard normal density, 0 at infinity."""
    return 0.0 if math.isinf(z) else z**power * math.exp(-z * z / 2) / math.sqrt(2 * math.pi)


class _Smooth:
    """A continuous law with a smooth density."""

    is_discrete = False
    kinks: tuple[float, ...] = ()


class _Between:
    """A law of numbers from `low` to `high`."""

    low: float
    high: float

    @property
    def support(self) -> tuple[float, float]:
        return self.low, self.high

    def _stretch(self, y: Float64) -> Float64:
        """Places in the interval, from 0 to 1, as values."""
        return np.minimum(self.low + (self.high - self.low) * np.asarray(y), self.high)

    def _place(self, x: Float64) -> Float64:
        """Where values lie in the interval, from 0 to 1."""
        return np.clip((np.asarray(x) - self.low) / (self.high - self.low), 0.0, 1.0)


@dataclass(frozen=True)
class Normal(_Smooth):
    """Normal law; truncated moments as in Johnson, Kotz and Balakrishnan (1994), chapter 13."""

    mean: float
    sd: float
    exact: bool = False
    support = (-math.inf, math.inf)

    @property
    def origin(self) -> float:
        return self.mean

    def ppf(self, u: Float64) -> Float64:
        z = _scores(u, self.exact)
        z *= self.sd
        z += self.mean
        return z

    def isf(self, q: Float64) -> Float64:
        return np.asarray(self.mean - self.sd * _scores(q, self.exact))

    def cdf(self, x: Float64) -> Float64:
        return np.asarray(ndtr((x - self.mean) / self.sd))

    def sf(self, x: Float64) -> Float64:
        return np.asarray(ndtr((self.mean - x) / self.sd))

    def partial(self, low: float, high: float) -> Moments:
        a, b = (low - self.mean) / self.sd, (high - self.mean) / self.sd
        mass = _normal_mass(a, b)
        second = mass + _z_density(a, 1) - _z_density(b, 1)
        return mass, self.sd * (_z_density(a) - _z_density(b)), self.sd**2 * second


@dataclass(frozen=True)
class Lognormal(_Smooth):
    """exp of a normal law with mean `mu` and standard deviation `log_sd`."""

    mu: float
    log_sd: float
    exact: bool = False
    support = (0.0, math.inf)
    origin = 0.0

    @classmethod
    def by_mean(cls, mean: float, sd: float) -> Lognormal:
        """The log-normal law with this mean and sd of the amount itself."""
        variance = math.log1p((sd / mean) ** 2)
        return cls(math.log(mean) - variance / 2, math.sqrt(variance))

    @property
    def mean(self) -> float:
        return math.exp(self.mu + self.log_sd**2 / 2)

    @property
    def sd(self) -> float:
        return self.mean * math.sqrt(math.expm1(self.log_sd**2))

    def _z(self, x: Float64) -> Float64:
        tiny = np.finfo(np.float64).tiny
        return np.asarray((np.log(np.maximum(x, tiny)) - self.mu) / self.log_sd)

    def ppf(self, u: Float64) -> Float64:
        return np.asarray(np.exp(self.mu + self.log_sd * _scores(u, self.exact)))

    def isf(self, q: Float64) -> Float64:
        return np.asarray(np.exp(self.mu - self.log_sd * _scores(q, self.exact)))

    def cdf(self, x: Float64) -> Float64:
        return np.where(np.asarray(x) > 0, ndtr(self._z(x)), 0.0)

    def sf(self, x: Float64) -> Float64:
        return np.where(np.asarray(x) > 0, ndtr(-self._z(x)), 1.0)

    def partial(self, low: float, high: float) -> Moments:
        a = (math.log(low) - self.mu) / self.log_sd if low > 0 else -math.inf
        b = (math.log(high) - self.mu) / self.log_sd if high > 0 else -math.inf
        s = self.log_sd
        mass, first, second = (
            math.exp(k * self.mu + (k * s) ** 2 / 2) * _normal_mass(a - k * s, b - k * s)
            for k in (0, 1, 2)
        )
        return mass, first, second


@dataclass(frozen=True)
class Uniform(_Between):
    """Uniform law on [low, high]."""

    low: float
    high: float
    is_discrete = False

    @property
    def mean(self) -> float:
        return self.low + (self.high - self.low) / 2

    @property
    def sd(self) -> float:
        return (self.high - self.low) / math.sqrt(12)

    def ppf(self, u: Float64) -> Float64:
        return self._stretch(u)

    def cdf(self, x: Float64) -> Float64:
        return self._place(x)


@dataclass(frozen=True)
class Triangular(_Between):
    """Triangular law on [low, high] with its peak at `mode`."""

    low: float
    mode: float
    high: float
    is_discrete = False

    @property
    def kinks(self) -> tuple[float, ...]:
        return (self.mode,) if self.low < self.mode < self.high else ()

    @property
    def origin(self) -> float:
        return self.mode

    @property
    def mean(self) -> float:
        return self.low + ((self.mode - self.low) + (self.high - self.low)) / 3

    @property
    def sd(self) -> float:
        width, left = self.high - self.low, self.mode - self.low
        return math.sqrt((width**2 - left * (width - left)) / 18)

    def ppf(self, u: Float64) -> Float64:
        return self._quantile(np.asarray(u), 1 - np.asarray(u))

    def isf(self, q: Float64) -> Float64:
        return self._quantile(1 - np.asarray(q), np.asarray(q))

    def _quantile(self, below: Float64, above: Float64) -> Float64:
        width = self.high - self.low
        left = self.low + np.sqrt(below * (width * (self.mode - self.low)))
        right = self.high - np.sqrt(above * (width * (self.high - self.mode)))
        return np.where(below * width < self.mode - self.low, left, right)

    def cdf(self, x: Float64) -> Float64:
        x = np.clip(x, self.low, self.high)
        return np.where(x < self.mode, self._left(x), 1 - self._right(x))

    def sf(self, x: Float64) -> Float64:
        x = np.clip(x, self.low, self.high)
        return np.where(x < self.mode, 1 - self._left(x), self._right(x))

    def _left(self, x: Float64) -> Float64:
        area = (self.high - self.low) * (self.mode - self.low)
        return (x - self.low) ** 2 / (area or 1.0)

    def _right(self, x: Float64) -> Float64:
        area = (self.high - self.low) * (self.high - self.mode)
        return (self.high - x) ** 2 / (area or 1.0)

    def partial(self, low: float, high: float) -> Moments:
        a, b = max(low, self.low) - self.mode, min(high, self.high) - self.mode
        left = self._side(max(-b, 0.0), max(-a, 0.0), self.mode - self.low)
        right = self._side(max(a, 0.0), max(b, 0.0), self.high - self.mode)
        return left[0] + right[0], right[1] - left[1], left[2] + right[2]

    def _side(self, near: float, far: float, length: float) -> Moments:
        """Moments of the distance t from the mode, whose density is 2(1 - t/length)/width."""
        if length == 0:
            return 0.0, 0.0, 0.0
        scale = 2 / (self.high - self.low)
        mass, first, second = (
            scale
            * (
                (far ** (k + 1) - near ** (k + 1)) / (k + 1)
                - (far ** (k + 2) - near ** (k + 2)) / (k + 2) / length
            )
            for k in (0, 1, 2)
        )
        return mass, first, second


@dataclass(frozen=True)
class Beta(_Smooth, _Between):
    """Beta(alpha, beta) law stretched to [low, high].

    Quantiles come from a table (see `inverse`) unless `exact` is set.
    """

    alpha: float
    beta: float
    low: float
    high: float
    exact: bool = False

    @classmethod
    def pert(cls, low: float, mode: float, high: float, weight: float) -> Beta:
        """The law with mean (low + weight·mode + high)/(weight + 2)."""
        width = high - low
        return cls(1 + weight * (mode - low) / width, 1 + weight * (high - mode) / width, low, high)

    @property
    def origin(self) -> float:
        return self.low

    @property
    def mean(self) -> float:
        return self.low + (self.high - self.low) * self.alpha / (self.alpha + self.beta)

    @property
    def sd(self) -> float:
        total = self.alpha + self.beta
        variance = self.alpha / total * (self.beta / total) / (total + 1)
        return (self.high - self.low) * math.sqrt(variance)

    def ppf(self, u: Float64) -> Float64:
        if not self.exact and (table := beta_table(self.alpha, self.beta)).usable:
            return self._stretch(table.ppf(np.atleast_1d(u)).reshape(np.shape(u)))
        return self._stretch(betaincinv(self.alpha, self.beta, u))

    def isf(self, q: Float64) -> Float64:
        return self._stretch(betainccinv(self.alpha, self.beta, q))

    def cdf(self, x: Float64) -> Float64:
        return np.asarray(betainc(self.alpha, self.beta, self._place(x)))

    def sf(self, x: Float64) -> Float64:
        return np.asarray(betaincc(self.alpha, self.beta, self._place(x)))

    def partial(self, low: float, high: float) -> Moments:
        y0, y1 = self._place(np.array([low, high]))
        a, b = self.alpha, self.beta

        def mass(k: int) -> float:
            """Probability of [y0, y1] under Beta(a + k, b), from its smaller tail."""
            if betainc(a + k, b, y0) > 0.5:
                return float(betaincc(a + k, b, y0) - betaincc(a + k, b, y1))
            return float(betainc(a + k, b, y1) - betainc(a + k, b, y0))

        width, first = self.high - self.low, a / (a + b)
        second = first * (a + 1) / (a + b + 1)
        return mass(0), width * first * mass(1), width**2 * second * mass(2)


@dataclass(frozen=True)
class Metalog(_Smooth):
    """x = a1 + (a2 + a3·(u - ½))·logit(u), the three-term metalog (Keelin 2016)."""

    a1: float
    a2: float
    a3: float
    support = (-math.inf, math.inf)

    @classmethod
    def through(cls, p10: float, p50: float, p90: float) -> Metalog:
        """The law with these percentiles (a symmetric-percentile triplet)."""
        odds = math.log(9)  # logit of 0.9
        return cls(p50, (p90 - p10) / (2 * odds), ((p90 - p50) - (p50 - p10)) / (0.8 * odds))

    @property
    def origin(self) -> float:
        return self.a1

    @property
    def mean(self) -> float:
        return self.a1 + self.a3 / 2

    @property
    def sd(self) -> float:
        tail = math.pi**2 / 3
        return math.sqrt(self.a2**2 * tail + self.a3**2 * (1 / 12 + tail / 12))

    def ppf(self, u: Float64) -> Float64:
        u = _inside(u)
        return np.asarray(self.a1 + (self.a2 + self.a3 * (u - 0.5)) * logit(u))

    def isf(self, q: Float64) -> Float64:
        q = _inside(q)
        return np.asarray(self.a1 - (self.a2 + self.a3 * (0.5 - q)) * logit(q))

    def cdf(self, x: Float64) -> Float64:
        return np.asarray(expit(self._log_odds(x)))

    def sf(self, x: Float64) -> Float64:
        return np.asarray(expit(-self._log_odds(x)))

    def _log_odds(self, x: Float64) -> Float64:
        """The t = logit(u) at which the quantile function is x, to the last bits.

        In t the quantile function a1 + a2·t + (a3/2)·t·tanh(t/2) increases and lies between
        lines of slope a2 ± a3/2, which bracket the root; Newton steps that leave the bracket are
        replaced by bisection.
        """
        y = np.asarray(x, dtype=np.float64) - self.a1
        reach = np.minimum(np.abs(y) / (self.a2 - abs(self.a3) / 2), 1e4)
        low, high = np.where(y < 0, -reach, 0.0), np.where(y < 0, 0.0, reach)
        t = (low + high) / 2
        for _ in range(100):
            tanh = np.tanh(t / 2)
            excess = (self.a2 + self.a3 / 2 * tanh) * t - y
            slope = self.a2 + self.a3 / 2 * (tanh + t / 2 * (1 - tanh**2))
            low, high = np.where(excess < 0, t, low), np.where(excess > 0, t, high)
            step = t - excess / slope
            before, t = t, np.where((step >= low) & (step <= high), step, (low + high) / 2)
            if np.all(np.abs(t - before) <= 4e-16 * np.abs(t)):
                break
        return t

    def partial(self, low: float, high: float) -> None:
        """None: the second moment wants dilogarithms, quadrature is as exact."""
