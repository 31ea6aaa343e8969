"""Metalog distributions fitted to draws: a few coefficients that give every quantile.

Keelin (2016), "The Metalog Distributions", Decision Analysis 13(4): the quantile function is a
linear combination of terms in y and logit y, so it is fitted by least squares.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simulator.analysis.statistics import percentiles
from simulator.tables import Float64

CHECKED = (0.01, 0.05, 0.25, 0.50, 0.75, 0.95, 0.99)
"""Levels at which a fit must meet the draws."""

TOLERANCE = 0.005
"""Of the spread of the draws (P95 − P5), at each of the levels."""

FEWEST, MOST = 3, 16
POINTS = 400
FINE = np.concatenate([np.geomspace(1e-4, 1e-2, 40), np.linspace(0.0101, 0.9899, 400),
                       1 - np.geomspace(1e-2, 1e-4, 40)])  # fmt: skip
"""Where a fit must increase: between the ten-thousandth and the one before the last."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Coefficients a₁ … aₖ in Keelin's order, unbounded, and the worst miss in parts of the spread.

    `ok` is false when no number of terms met the tolerance with an increasing quantile function:
    a law with a lump of equal values has none.
    """

    coefficients: tuple[float, ...]
    worst: float
    ok: bool


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


def quantile(coefficients: tuple[float, ...], y: Float64) -> Float64:
    """The value below which a part `y` lies, shape of `y`."""
    found: Float64 = terms(np.asarray(y, dtype=np.float64), len(coefficients)) @ np.array(
        coefficients
    )
    return found


def fit(values: Float64) -> Fit:
    """The metalog with the fewest terms that meets the draws, shape (n,), at `CHECKED`.

    The spread is P95 − P5. A constant is met by a₁ alone, written with three terms.
    """
    wanted = percentiles(values, list(CHECKED))
    spread = float(wanted[5] - wanted[1])
    if spread <= 0:
        constant = bool(values.min() == values.max())
        return Fit((float(values[0]), 0.0, 0.0), 0.0 if constant else math.inf, constant)
    y = _levels(len(values))
    given = (percentiles(values, y.tolist()) - wanted[3]) / spread
    best = Fit((), math.inf, ok=False)
    for count in range(FEWEST, min(MOST, len(y)) + 1):
        solved = np.linalg.lstsq(terms(y, count), given, rcond=None)[0]
        coefficients = tuple(float(a * spread) for a in solved)
        coefficients = (coefficients[0] + float(wanted[3]), *coefficients[1:])
        miss = np.abs(quantile(coefficients, np.array(CHECKED)) - wanted)
        worst = float(miss.max()) / spread
        rises = bool((np.diff(quantile(coefficients, FINE)) > 0).all())
        if rises and worst < best.worst:
            best = Fit(coefficients, worst, worst <= TOLERANCE)
        if best.ok:
            break
    return best


def _levels(count: int) -> Float64:
    """Levels to fit at: even, and denser towards both ends as far as the draws reach."""
    least = max(0.5 / count, 1e-3)
    even = (np.arange(POINTS) + 0.5) / POINTS
    tail = np.geomspace(least, 0.05, 40)
    return np.unique(np.concatenate([tail, even[(even > least) & (even < 1 - least)], 1 - tail]))
