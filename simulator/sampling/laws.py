"""Laws of uncertain numbers: from a uniform number to a value, with exact mean and deviation.

Every law answers `ppf`, `cdf`, `mean`, `sd`, `support` and `is_discrete`. `min` and `max` truncate
a law: it is conditioned on that interval, so its mean moves.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Protocol

import numpy as np

from simulator.errors import InputError, Problem
from simulator.sampling.continuous import (
    Beta,
    Lognormal,
    Metalog,
    Moments,
    Normal,
    Triangular,
    Uniform,
)
from simulator.scenario import numbers as given
from simulator.scenario.laws import FurtherLaw
from simulator.special import expit
from simulator.tables import Float64
from simulator.units import Exact

LEAST_MASS = 1e-9
"""A truncation must leave at least this probability."""


class Law(Protocol):
    """A probability law of a number."""

    def ppf(self, u: Float64) -> Float64:
        """Quantiles of `u`, float64 of the same shape: the least x with cdf(x) ≥ u."""

    def cdf(self, x: Float64) -> Float64:
        """Probabilities of at most `x`, same shape."""

    @property
    def mean(self) -> float:
        """Expected value."""

    @property
    def sd(self) -> float:
        """Standard deviation."""

    @property
    def support(self) -> tuple[float, float]:
        """Least and greatest value; infinite where there is none."""

    @property
    def is_discrete(self) -> bool:
        """True when the law has finitely many values."""


class Continuous(Law, Protocol):
    """What truncation needs to know of a continuous law."""

    def isf(self, q: Float64) -> Float64:
        """Values exceeded with probability `q`: ppf(1 - q), precise for small q."""

    def sf(self, x: Float64) -> Float64:
        """Probabilities of more than `x`, precise where they are small."""

    def partial(self, low: float, high: float) -> Moments | None:
        """∫ (x - origin)^k dF over [low, high], k = 0, 1, 2; None without a closed form."""

    @property
    def origin(self) -> float:
        """The point about which `partial` takes moments."""

    @property
    def kinks(self) -> tuple[float, ...]:
        """Where the density is not smooth, inside the support."""


def law_of(number: given.Uncertain, key: str = "") -> Law:
    """The law of an uncertain number; a known one is a law with a single value.

    `key` names the number in the problem that an impossible truncation raises (InputError).
    """
    parameters = number.law
    if parameters is None:
        return Discrete.of({number.centre: 1})
    low = -math.inf if number.min is None else float(number.min)
    high = math.inf if number.max is None else float(number.max)
    if isinstance(parameters, FurtherLaw):
        return truncated(Quantiles(parameters), low, high, key)
    return truncated(_untruncated(parameters), low, high, key)


def _untruncated(parameters: given.ShippedLaw) -> Continuous | Uniform | Discrete:
    match parameters:
        case given.Normal():
            return Normal(float(parameters.mean), float(parameters.sd))
        case given.Lognormal(median=None, mean=mean, sd=sd):
            return Lognormal.by_mean(*_floats(mean, sd))
        case given.Lognormal(median=median, log_sd=log_sd):
            centre, spread = _floats(median, log_sd)
            return Lognormal(math.log(centre), spread)
        case given.Pert(min=low, mode=mode, max=high, weight=weight):
            return Beta.pert(*_floats(low, mode, high, weight))
        case given.Triangular(min=low, mode=mode, max=high):
            return Triangular(*_floats(low, mode, high))
        case given.Uniform(min=low, max=high):
            return Uniform(*_floats(low, high))
        case given.Beta(alpha=alpha, beta=beta, min=low, max=high):
            return Beta(float(alpha), float(beta), float(low), float(high))
        case given.Discrete(values=values, weights=weights):
            return Discrete.of_pairs(zip(values, weights, strict=True))
        case given.Bernoulli(p=p):
            return Discrete.of({0: 1 - p, 1: p})
        case given.Empirical(values=values):
            return Discrete.of_pairs((value, 1) for value in values)
        case given.Metalog(p10=p10, p50=p50, p90=p90):
            return Metalog.through(*_floats(p10, p50, p90))


def _floats(*numbers: Exact | None) -> list[float]:
    """Parameters as floats; the ones that are missing were refused by the scenario's types."""
    return [float(number) for number in numbers if number is not None]


@dataclass(frozen=True, eq=False)
class Discrete:
    """Finitely many values; `weights` by value, ascending, above zero, exact."""

    weights: Mapping[Exact, Fraction]
    is_discrete = True

    @classmethod
    def of(cls, weights: Mapping[Exact, Exact]) -> Discrete:
        """From weights that need not sum to one; values without weight are dropped."""
        return cls({x: Fraction(weights[x]) for x in sorted(weights) if weights[x] > 0})

    @classmethod
    def of_pairs(cls, pairs: Iterable[tuple[Exact, Exact]]) -> Discrete:
        """From pairs of value and weight; weights of equal values add up."""
        weights: dict[Exact, Fraction] = {}
        for value, weight in pairs:
            weights[value] = weights.get(value, Fraction(0)) + Fraction(weight)
        return cls.of(weights)

    @cached_property
    def _values(self) -> Float64:
        return np.array([float(value) for value in self.weights])

    @cached_property
    def _cumulative(self) -> Float64:
        """P(X ≤ value), each rounded once; the last is exactly 1."""
        sums = list(accumulate(self.weights.values()))
        return np.array([float(part / sums[-1]) for part in sums])

    @property
    def support(self) -> tuple[float, float]:
        return float(self._values[0]), float(self._values[-1])

    @cached_property
    def mean(self) -> float:
        total = sum(self.weights.values())
        return float(sum(Fraction(x) * weight for x, weight in self.weights.items()) / total)

    @cached_property
    def sd(self) -> float:
        weights = np.array([float(weight) for weight in self.weights.values()])
        terms = (self._values - self.mean) ** 2 * weights
        return math.sqrt(math.fsum(terms) / math.fsum(weights))

    def ppf(self, u: Float64) -> Float64:
        return np.asarray(self._values[np.searchsorted(self._cumulative, u, side="left")])

    def cdf(self, x: Float64) -> Float64:
        below = np.searchsorted(self._values, x, side="right")
        return np.concatenate([[0.0], self._cumulative])[below]

    def between(self, low: float, high: float) -> tuple[float, Discrete]:
        """P(low ≤ X ≤ high), and the law on condition of it."""
        kept = {x: w for x, w in self.weights.items() if low <= float(x) <= high}
        mass = sum(kept.values()) / sum(self.weights.values())
        return float(mass), Discrete(kept)


@dataclass(frozen=True, eq=False)
class Truncated:
    """A continuous law on condition that it falls into [low, high].

    Probabilities are counted from the tail in which the interval lies: from above when `low` is
    past the median, so that a cut to the far upper tail keeps its digits.
    """

    base: Continuous
    low: float
    high: float
    is_discrete = False

    @property
    def support(self) -> tuple[float, float]:
        return self.low, self.high

    @cached_property
    def _tail(self) -> tuple[bool, float, float]:
        """Whether to count from above; the probabilities beyond `low` and `high` on that side."""
        ends = np.array([self.low, self.high])
        above = self.base.sf(ends)
        from_above = bool(above[0] < 0.5)
        at_low, at_high = above if from_above else self.base.cdf(ends)
        return from_above, float(at_low), float(at_high)

    @property
    def mass(self) -> float:
        """The probability that the base law leaves in the interval."""
        _, at_low, at_high = self._tail
        return abs(at_high - at_low)

    def ppf(self, u: Float64) -> Float64:
        u = np.asarray(u)
        from_above, at_low, at_high = self._tail
        if from_above:
            values = self.base.isf(at_high + (1 - u) * (at_low - at_high))
        else:
            values = self.base.ppf(at_low + u * (at_high - at_low))
        return np.clip(values, self.low, self.high)

    def cdf(self, x: Float64) -> Float64:
        x = np.clip(x, self.low, self.high)
        from_above, at_low, _ = self._tail
        distance = at_low - self.base.sf(x) if from_above else self.base.cdf(x) - at_low
        return np.clip(distance / self.mass, 0.0, 1.0)

    @cached_property
    def _mean_sd(self) -> tuple[float, float]:
        """In closed form, unless there is none or it would cancel: then by quadrature."""
        moments = self.base.partial(self.low, self.high)
        if moments is not None:
            mass, first, second = moments
            shift, square = first / mass, second / mass
            if square - shift**2 > 1e-6 * square:
                return self.base.origin + shift, math.sqrt(square - shift**2)
        return quadrature(self, self.base.kinks)

    @property
    def mean(self) -> float:
        return self._mean_sd[0]

    @property
    def sd(self) -> float:
        return self._mean_sd[1]


@dataclass(frozen=True, eq=False)
class Quantiles:
    """A law of a file of its own (`scenario.laws`): its quantiles give its moments."""

    given: FurtherLaw
    is_discrete = False

    @property
    def kinks(self) -> tuple[float, ...]:
        """None: what is cut off is taken for smooth."""
        return ()

    @property
    def origin(self) -> float:
        return 0.0

    @property
    def support(self) -> tuple[float, float]:
        return self.given.support

    def ppf(self, u: Float64) -> Float64:
        return np.asarray(self.given.ppf(np.asarray(u)), dtype=np.float64)

    def isf(self, q: Float64) -> Float64:
        return np.asarray(self.given.isf(np.asarray(q)), dtype=np.float64)

    def cdf(self, x: Float64) -> Float64:
        return np.asarray(self.given.cdf(np.asarray(x)), dtype=np.float64)

    def sf(self, x: Float64) -> Float64:
        return np.asarray(self.given.sf(np.asarray(x)), dtype=np.float64)

    def partial(self, low: float, high: float) -> Moments | None:
        """No closed form."""
        return None

    @cached_property
    def _mean_sd(self) -> tuple[float, float]:
        """As `quadrature`, with the upper half counted from above: u = 1 would be infinite."""
        below, above, weights = _tanh_sinh()
        lower = below <= 0.5
        values = np.concatenate([self.ppf(below[lower]), self.isf(above[~lower])])
        return _summed(values, weights, float(self.ppf(np.array([0.5]))[0]))

    @property
    def mean(self) -> float:
        return self._mean_sd[0]

    @property
    def sd(self) -> float:
        return self._mean_sd[1]


def _tanh_sinh() -> tuple[Float64, Float64, Float64]:
    """Nodes u of the rule on (0, 1), 1 − u with its own digits, and the weights."""
    t = np.arange(-112, 113) / 32
    below, above = expit(math.pi * np.sinh(t)), expit(-math.pi * np.sinh(t))
    return below, above, math.pi / 32 * np.cosh(t) * below * above


def _summed(values: Float64, weights: Float64, middle: float) -> tuple[float, float]:
    """Mean and sd of weighted values, added up about the `middle`."""
    shift = math.fsum((values - middle) * weights)
    return middle + shift, math.sqrt(math.fsum((values - middle - shift) ** 2 * weights))


def quadrature(law: Law, kinks: Iterable[float] = ()) -> tuple[float, float]:
    """Mean and sd of a law from its quantile function, to some 1e-12 of the sd.

    Tanh-sinh rule (Takahasi and Mori 1974) on u in (0, 1), cut at the `kinks` of the law: it bears
    the infinite ends of quantile functions that grow like a logarithm, and roots at finite ends.
    """
    node, _, weight = _tanh_sinh()
    cuts = law.cdf(np.array(sorted(kinks), dtype=np.float64))
    pieces = list(pairwise([0.0, *cuts, 1.0]))
    values = np.concatenate([law.ppf(a + (b - a) * node) for a, b in pieces])
    weights = np.concatenate([(b - a) * weight for a, b in pieces])
    return _summed(values, weights, float(law.ppf(np.array([0.5]))[0]))


def truncated(base: Continuous | Uniform | Discrete, low: float, high: float, key: str = "") -> Law:
    """`base` on condition that it falls into [low, high]; itself when nothing is cut off.

    Raises InputError when the interval keeps less than `LEAST_MASS` of its probability.
    """
    if low <= base.support[0] and base.support[1] <= high:
        return base
    law: Law
    if isinstance(base, Discrete):
        mass, law = base.between(low, high)
    elif isinstance(base, Uniform):
        law = Uniform(max(low, base.low), min(high, base.high))
        mass = (law.high - law.low) / (base.high - base.low)
    else:
        if isinstance(base, Beta | Normal | Lognormal):  # quantiles close to a cut need every digit
            base = replace(base, exact=True)
        law = Truncated(base, max(low, base.support[0]), min(high, base.support[1]))
        mass = law.mass if law.low < law.high else 0.0
    if mass < LEAST_MASS:
        raise InputError(
            Problem(
                key=key,
                wanted="a truncation that leaves some of the law is wanted",
                value=f"probability {max(mass, 0.0):.2g} from min {low:g} to max {high:g}",
                remedy="move min or max towards the values that the law makes likely",
            )
        )
    return law
