"""Metalog distributions fitted to draws: a few coefficients that give every quantile.

Keelin (2016), "The Metalog Distributions", Decision Analysis 13(4): the quantile function is a
linear combination of terms in y and logit y, so it is fitted by least squares.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from simulator.analysis.statistics import percentiles
from simulator.tables import Float64

CHECKED = (0.01, 0.05, 0.25, 0.50, 0.75, 0.95, 0.99)
"""Levels at which a fit must meet the draws."""

TOLERANCE = 0.005
"""Of the spread of the draws (P95 − P5), at each of the levels."""

FEWEST, MOST = 3, 16
WEIGHTS = (1.0, 10.0, 100.0)
"""Of the checked levels among the others: few draws have uneven tails, which need some pull."""

POINTS = 400
FINE = np.concatenate([np.geomspace(1e-4, 1e-2, 40), np.linspace(0.0101, 0.9899, 400),
                       1 - np.geomspace(1e-2, 1e-4, 40)])  # fmt: skip
"""Where a fit must increase: between the ten-thousandth and the one before the last."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Coefficients a₁ … aₖ in Keelin's order, and the worst miss in parts of the spread.

    With a `lower` bound the combination gives the log of the distance from it. `ok` is false when
    no number of terms met the tolerance with an increasing quantile function: a law with a lump
    of equal values has none.
    """

    coefficients: tuple[float, ...]
    worst: float
    ok: bool
    lower: float | None = None

    def quantile(self, y: Float64) -> Float64:
        """The value below which a part `y` lies, shape of `y`."""
        found: Float64 = terms(y, len(self.coefficients)) @ np.array(self.coefficients)
        return found if self.lower is None else self.lower + np.exp(found)


def terms(y: Float64, count: int) -> Float64:
    """The first `count` terms at the levels `y`, shape (n, count); levels between 0 and 1.

    1, L, cL, c, c², c²L, c³, c³L, … with L = ln(y / (1 − y)) and c = y − ½ (Keelin's order).
    """
    logit, centred = np.log(y / (1 - y)), y - 0.5
    found = [np.ones_like(y), logit, centred * logit, centred]
    for k in range(5, count + 1):
        power = centred ** ((k - 1) // 2)
        found.append(power if k % 2 else power * logit)
    return np.column_stack(found[:count])


def fit(values: Float64) -> Fit:
    """The metalog with the fewest terms that meets the draws, shape (n,), at `CHECKED`.

    Unbounded or, where every draw is above zero, bounded below by zero: whichever needs fewer
    terms. The spread is P95 − P5. A constant is met by a₁ alone, written with three terms.
    """
    wanted = percentiles(values, list(CHECKED))
    spread = float(wanted[5] - wanted[1])
    if spread <= 0:
        constant = bool(values.min() == values.max())
        return Fit((float(values[0]), 0.0, 0.0), 0.0 if constant else math.inf, constant)
    y = np.concatenate([_levels(len(values)), CHECKED])
    given = percentiles(values, y.tolist())
    bounds = (None, 0.0) if values.min() > 0 else (None,)
    best = Fit((), math.inf, ok=False)
    for weight, count, lower in product(WEIGHTS, range(FEWEST, MOST + 1), bounds):
        found = _solved(y, given, weight, count, lower)
        with np.errstate(over="ignore", invalid="ignore"):  # of a try that is far off
            miss = np.abs(found.quantile(np.array(CHECKED)) - wanted)
            rises = bool((np.diff(found.quantile(FINE)) > 0).all())
        worst = float(miss.max()) / spread
        if rises and worst < best.worst:
            best = replace(found, worst=worst, ok=worst <= TOLERANCE)
        if best.ok:
            break
    return best


def _solved(y: Float64, given: Float64, weight: float, count: int, lower: float | None) -> Fit:
    """Least squares on values brought to the size of one, the checked levels pulled by `weight`."""
    target = given if lower is None else np.log(given - lower)
    middle, scale = float(np.median(target)), float(np.ptp(target)) or 1.0
    weights = np.ones(len(y))
    weights[-len(CHECKED) :] = weight
    table = terms(y, count) * weights[:, None]
    solved = np.linalg.lstsq(table, (target - middle) / scale * weights, rcond=None)[0]
    first, *rest = (float(a * scale) for a in solved)
    return Fit((first + middle, *rest), math.inf, ok=False, lower=lower)


def _levels(count: int) -> Float64:
    """Levels to fit at: even, and denser towards both ends as far as the draws reach."""
    least = max(0.5 / count, 1e-3)
    even = (np.arange(POINTS) + 0.5) / POINTS
    tail = np.geomspace(least, 0.05, 40)
    return np.unique(np.concatenate([tail, even[(even > least) & (even < 1 - least)], 1 - tail]))
