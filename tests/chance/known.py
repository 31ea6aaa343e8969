"""Every law of a number, with its distribution written a second time from scipy.stats or by hand.

A law that `min` or `max` cuts is the base law on condition of the interval.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np
from scipy import integrate, stats

from simulator.sampling.laws import Law, law_of
from simulator.scenario.numbers import Uncertain

Array = np.ndarray


class KeelinMetalog:
    """x(u) = a1 + a2·logit(u) + a3·(u − ½)·logit(u), inverted by halving."""

    def __init__(self, p10: float, p50: float, p90: float) -> None:
        odds = math.log(9)
        self.a1, self.a2 = p50, (p90 - p10) / (2 * odds)
        self.a3 = (p90 + p10 - 2 * p50) / (0.8 * odds)

    def ppf(self, u: Array) -> Array:
        with np.errstate(divide="ignore"):
            logit = np.log(u) - np.log1p(-np.asarray(u))
        return self.a1 + (self.a2 + self.a3 * (u - 0.5)) * logit

    def cdf(self, x: Array) -> Array:
        x = np.asarray(x, dtype=float)
        low, high = np.zeros_like(x), np.ones_like(x)
        for _ in range(60):
            middle = (low + high) / 2
            less = self.ppf(middle) < x
            low, high = np.where(less, middle, low), np.where(less, high, middle)
        return np.where(np.isinf(x), x > 0, (low + high) / 2)


@dataclass(frozen=True)
class Known:
    """A law as a scenario writes it, and its distribution by other means."""

    name: str
    written: dict[str, Any]
    other: Any

    @cached_property
    def law(self) -> Law:
        return law_of(Uncertain.model_validate(_decimals(self.written)))

    @property
    def ends(self) -> tuple[float, float]:
        return (
            float(self.written.get("min", -math.inf)),
            float(self.written.get("max", math.inf)),
        )

    @cached_property
    def _cut(self) -> tuple[float, float]:
        at_low, at_high = self.other.cdf(np.array(self.ends))
        return float(at_low), float(at_high)

    def cdf(self, x: Array) -> Array:
        at_low, at_high = self._cut
        return (self.other.cdf(x) - at_low) / (at_high - at_low)

    @cached_property
    def moments(self) -> tuple[float, float]:
        """Mean and variance, by quadrature of the quantile function; sums where it is discrete."""
        if isinstance(self.other, Weights):
            return self.other.moments
        at_low, at_high = self._cut

        def whole(power: int, about: float) -> float:
            def inside(p: float) -> float:
                return float((self.other.ppf(p) - about) ** power)

            middle = (at_low + at_high) / 2
            parts = [
                integrate.quad(inside, a, b, epsabs=0, epsrel=1e-10, limit=400)[0]
                for a, b in ((at_low, middle), (middle, at_high))
            ]
            return sum(parts) / (at_high - at_low)

        start = float(self.other.ppf((at_low + at_high) / 2))
        mean = start + whole(1, start)
        return mean, whole(2, mean)


@dataclass(frozen=True)
class Weights:
    """Values and their weights."""

    values: tuple[float, ...]
    weights: tuple[float, ...]

    @property
    def moments(self) -> tuple[float, float]:
        p = np.array(self.weights) / sum(self.weights)
        mean = float(np.dot(p, self.values))
        return mean, float(np.dot(p, (np.array(self.values) - mean) ** 2))


def _decimals(written: Any) -> Any:
    """Numbers as a scenario file gives them."""
    if isinstance(written, dict):
        return {key: _decimals(value) for key, value in written.items()}
    if isinstance(written, list):
        return [_decimals(value) for value in written]
    return Decimal(str(written))


def _law(name: str, of: str, parameters: Any, other: Any, **cut: float) -> Known:
    return Known(name, {of: parameters, **cut}, other)


_NORMAL = {"mean": 12, "sd": 2}
_PERT = {"min": 470, "mode": 700, "max": 930}
_PERT_OTHER = stats.beta(3, 3, 470, 460)
_THIRD = {"min": -1, "mode": 0.5, "max": 3}
_THIRD_OTHER = stats.triang(0.375, -1, 4)
_DECILES = {"p10": 8, "p50": 12, "p90": 20}

LAWS: tuple[Known, ...] = (
    _law("normal", "normal", _NORMAL, stats.norm(12, 2)),
    _law("normal, cut below", "normal", _NORMAL, stats.norm(12, 2), min=11),
    _law("normal, cut on both sides", "normal", _NORMAL, stats.norm(12, 2), min=11, max=14.5),
    _law("lognormal", "lognormal", {"median": 3, "log_sd": 0.4}, stats.lognorm(0.4, scale=3)),
    _law(
        "lognormal by mean and sd, cut",
        "lognormal",
        {"mean": 100, "sd": 30},
        stats.lognorm(math.sqrt(math.log(1.09)), scale=100 / math.sqrt(1.09)),
        max=200,
    ),
    _law("pert", "pert", _PERT, _PERT_OTHER),
    _law("pert, cut", "pert", _PERT, _PERT_OTHER, min=600, max=750),
    _law(
        "pert, mode at an end",
        "pert",
        {"min": 0, "mode": 0, "max": 3, "weight": 2.5},
        stats.beta(1, 3.5, 0, 3),
    ),
    _law("triangular", "triangular", _THIRD, _THIRD_OTHER),
    _law("triangular, cut", "triangular", _THIRD, _THIRD_OTHER, min=0),
    _law("uniform", "uniform", {"min": 0.1, "max": 0.3}, stats.uniform(0.1, 0.2)),
    _law("beta", "beta", {"alpha": 2, "beta": 5}, stats.beta(2, 5)),
    _law(
        "beta, two humps",
        "beta",
        {"alpha": 0.5, "beta": 0.7, "min": -3, "max": 9},
        stats.beta(0.5, 0.7, -3, 12),
    ),
    Known("p10, p50, p90", _DECILES, KeelinMetalog(8, 12, 20)),
    Known("p10, p50, p90, cut", {**_DECILES, "min": 5, "max": 25}, KeelinMetalog(8, 12, 20)),
    _law(
        "discrete",
        "discrete",
        {"values": [3, 1, 2], "weights": [1, 2, 0.5]},
        Weights((1, 2, 3), (2, 0.5, 1)),
    ),
    _law("bernoulli", "bernoulli", {"p": 0.3}, Weights((0, 1), (0.7, 0.3))),
    _law(
        "empirical",
        "empirical",
        {"values": [1.5, -2, 7, 7, 3]},
        Weights((-2, 1.5, 3, 7), (1, 1, 1, 2)),
    ),
)
