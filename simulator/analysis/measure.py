"""A statistic of draws with its standard error and an interval: the one place where it is read.

Percentiles and expected shortfalls are those of `statistics`. Standard errors come from the
replicates. Intervals of a percentile of independent draws are order statistics, whose ranks follow
from the binomial law whatever the distribution is (David and Nagaraja 2003, Order Statistics,
section 7.1).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from simulator.analysis.statistics import percentiles, shortfall, standard_error
from simulator.scenario.conditions import Statistic
from simulator.special import betainc, stdtrit
from simulator.tables import Float64

CONFIDENCE = 0.90
"""Of the intervals."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A statistic; `standard_error` is NaN where it cannot be had."""

    value: float
    standard_error: float


def order_statistic(values: Float64, level: float) -> float:
    """The smallest draw that at least the part `level` of the draws does not exceed."""
    rank = max(1, math.ceil(level * len(values) - 1e-9))
    return float(np.partition(values, rank - 1)[rank - 1])


def evaluate(values: Float64, statistic: Statistic) -> float:
    """The statistic of `values`, shape (n,)."""
    match statistic.kind:
        case "percentile":
            return float(percentiles(values, [statistic.level])[0])
        case "shortfall":
            return shortfall(values, statistic.level)
        case "shortfall_low":
            return shortfall(values, statistic.level, low=True)
        case "probability":
            return float(np.mean(beyond(values, statistic.relation, statistic.threshold)))
        case "sd":
            return float(np.std(values, ddof=1)) if len(values) > 1 else math.nan
        case "min":
            return float(values.min())
        case "max":
            return float(values.max())
        case _:
            return float(np.mean(values))


def beyond(values: Float64, relation: str, threshold: float) -> Float64:
    """Which draws stand in a relation to a threshold, as 0 and 1."""
    compare = {
        "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal, "=": np.equal,
    }[relation]  # fmt: skip
    return np.asarray(compare(values, threshold), dtype=np.float64)


def measure(values: Float64, statistic: Statistic, replicates: int) -> Measured:
    """The statistic with its standard error; draw i belongs to replicate i mod R.

    The error is NaN with fewer than two replicates, for extremes, for a probability of 0 or 1, and
    for a percentile or shortfall with less than one draw beyond it in a replicate.
    """
    return measured(values, lambda part: evaluate(part, statistic), replicates,
                    known=_has_error(statistic, values, replicates))  # fmt: skip


def measured(
    values: Float64, of: Callable[[Float64], float], replicates: int, *, known: bool = True
) -> Measured:
    """Any statistic of draws, shape (n,), with its error from replicates where it is `known`."""
    value = of(values)
    if not known or replicates < 2 or len(values) < 2 * replicates:
        return Measured(value, math.nan)
    parts = [of(np.ascontiguousarray(values[r::replicates])) for r in range(replicates)]
    error = standard_error(parts)
    sure = error == 0.0 and value in (0.0, 1.0) and float(values.min()) < float(values.max())
    return Measured(value, math.nan if sure else error)


def _has_error(statistic: Statistic, values: Float64, replicates: int) -> bool:
    if statistic.kind in ("min", "max"):
        return False
    if statistic.kind in ("percentile", "shortfall", "shortfall_low"):
        least = len(values) // max(1, replicates)
        return least * min(statistic.level, 1 - statistic.level) >= 1
    if statistic.kind == "probability":
        part = float(np.mean(beyond(values, statistic.relation, statistic.threshold)))
        return 0.0 < part < 1.0
    return True


# --- Intervals ----------------------------------------------------------------------------------


def interval(
    found: Measured, replicates: int, confidence: float = CONFIDENCE
) -> tuple[float, float]:
    """Around a statistic from its replicates, by Student's t; NaN where there is no error."""
    if replicates < 2 or math.isnan(found.standard_error):
        return math.nan, math.nan
    reach = float(stdtrit(replicates - 1, (1 + confidence) / 2)) * found.standard_error
    return found.value - reach, found.value + reach


def order_interval(
    values: Float64, level: float, confidence: float = CONFIDENCE
) -> tuple[float, float]:
    """Draws between which the percentile lies with at least `confidence`, if draws are independent.

    Below no draw, or above all, when there are too few of them: then −∞ or ∞.
    """
    count = len(values)
    low, high = order_ranks(count, level, confidence)
    ordered = np.sort(values)
    return (
        float(ordered[low - 1]) if low >= 1 else -math.inf,
        float(ordered[high - 1]) if high <= count else math.inf,
    )


def order_ranks(count: int, level: float, confidence: float = CONFIDENCE) -> tuple[int, int]:
    """Ranks from 1 between whose order statistics the percentile lies with `confidence`.

    Each side misses it with at most half of the rest: P(B < low) and P(B ≥ high) for B binomial.
    """
    miss = (1 - confidence) / 2
    middle = count * level
    reach = 8 * math.sqrt(count * level * (1 - level)) + 8
    ranks = np.arange(max(0, int(middle - reach)), min(count, int(middle + reach)) + 1)
    below = _binomial_cdf(ranks, count, level)  # P(B ≤ rank)
    low = int(ranks[np.searchsorted(below, miss, side="right")])  # P(B < low) ≤ miss
    high = int(ranks[np.searchsorted(below, 1 - miss, side="left")]) + 1
    return low, high


def _binomial_cdf(k: np.ndarray, n: int, p: float) -> Float64:
    """P(B ≤ k) for B binomial: a regularized incomplete beta function."""
    inside = np.minimum(k, n - 1).astype(np.float64)
    found = betainc(n - inside, inside + 1.0, 1.0 - p)
    return np.where(k >= n, 1.0, found)
