"""The difference of two columns of draws, draw by draw, and what pairing them saves.

Draw i of both columns has the same chance, so what they have in common leaves the difference
(common random numbers; Glasserman and Yao 1992). Errors come from replicates, as in
`analysis.statistics`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simulator.analysis.statistics import standard_error
from simulator.tables import Float64

TAIL = 0.05
"""Part of the differences below P5, and above P95."""


@dataclass(frozen=True, slots=True)
class Paired:
    """B − A by draw: mean, percentiles, standard error of the mean, and how often B is which.

    `above` and `below` are the parts of the draws in which B exceeds A, and stays below it.
    """

    mean: float
    p5: float
    p50: float
    p95: float
    standard_error: float
    above: float
    below: float


def paired(a: Float64, b: Float64, replicates: int) -> Paired:
    """The difference `b` − `a` of two columns, both of shape (n,).

    Exchanging the columns changes every sign, exchanges P5 and P95 and the two parts, and
    nothing else, to the last bit: percentiles are counted from the nearer end. The standard
    error is NaN where replicates cannot tell it. Memory: two copies of a column.
    """
    difference = b - a
    error = math.nan
    if replicates > 1 and len(a) >= 2 * replicates:
        means = [_mean(np.ascontiguousarray(difference[r::replicates])) for r in range(replicates)]
        error = standard_error(means)
    mean = _mean(difference)
    above = int(np.count_nonzero(difference > 0)) / len(a)
    below = int(np.count_nonzero(difference < 0)) / len(a)
    difference.sort()
    low, high = _from_below(difference), 0.0 - _from_below(-difference[::-1])  # no −0
    return Paired(mean, low, _middle(difference), high, error, above, below)


def _mean(values: Float64) -> float:
    low, high = float(values.min()), float(values.max())
    return float(np.mean(values)) if low < high else low  # a constant has no rounding error


def _from_below(ordered: Float64) -> float:
    """P5 of ordered values, type 7 as in `statistics.percentiles`."""
    place = TAIL * (len(ordered) - 1)
    k = math.floor(place)
    low, high = float(ordered[k]), float(ordered[min(k + 1, len(ordered) - 1)])
    return low + (place - k) * (high - low)


def _middle(ordered: Float64) -> float:
    half = len(ordered) // 2
    if len(ordered) % 2:
        return float(ordered[half])
    return (float(ordered[half - 1]) + float(ordered[half])) / 2


def unpaired_error(a: float, b: float) -> float:
    """Standard error of a difference of independent estimates with these standard errors."""
    return math.hypot(a, b)
