"""Summary statistics of a column of draws, with standard errors from replicates.

Draw i belongs to replicate i mod R. Replicates are independent scramblings, so the spread of a
statistic over them, divided by √R, is its standard error, for Sobol' points as for random ones
(Owen 1997; L'Ecuyer and Lemieux 2002).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from simulator.analysis.selection import replicate_percentiles
from simulator.tables import Float64

PERCENTILES: Mapping[str, float] = {
    "p5": 0.05,
    "p10": 0.10,
    "p25": 0.25,
    "p50": 0.50,
    "p75": 0.75,
    "p90": 0.90,
    "p95": 0.95,
}


@dataclass(frozen=True, slots=True)
class Statistic:
    """A statistic by name, its value and standard error (NaN when it cannot be had)."""

    name: str
    value: float
    standard_error: float


def percentiles(values: Float64, levels: list[float]) -> Float64:
    """Exact percentiles of `values`, shape (n,); shape (len(levels),).

    Level p is the linear interpolation of the order statistics at (n − 1)·p (see `selection`).
    """
    return np.asarray(replicate_percentiles(values, 1, levels)[0])


def _basic(values: Float64, levels: Float64, thresholds: Mapping[str, float]) -> dict[str, float]:
    """Every statistic of one column or replicate, without errors; `levels` are its percentiles."""
    low, high = float(values.min()), float(values.max())
    mean = float(np.mean(values)) if low < high else low  # a constant has no rounding error
    spread = math.nan
    if len(values) > 1:
        spread = float(np.std(values, ddof=1)) if low < high else 0.0
    return {
        "mean": mean,
        "sd": spread,
        "min": low,
        **dict(zip(PERCENTILES, map(float, levels), strict=True)),
        "max": high,
        **{
            f"exceeds:{name}": float(np.count_nonzero(values > amount)) / len(values)
            for name, amount in thresholds.items()
        },
    }


def standard_error(replicates: list[float]) -> float:
    """Standard error of a statistic from its values in independent replicates."""
    if len(replicates) < 2:
        return math.nan
    return float(np.std(np.array(replicates), ddof=1)) / math.sqrt(len(replicates))


def summarise(
    values: Float64, replicates: int, thresholds: Mapping[str, float]
) -> tuple[Statistic, ...]:
    """Mean, sd, extremes, percentiles and exceedance probabilities of a column, shape (n,).

    Percentiles are exact (see `percentiles`). A standard error is NaN where it cannot be had:
    for extremes, with fewer than two draws in a replicate, for a percentile with less than one
    draw beyond it in a replicate, and for a probability of 0 or 1 (which no spread can judge)
    unless the column is constant. Memory: two copies of the column beside it.
    """
    judged = replicates >= 2 and len(values) >= 2 * replicates
    parts = replicates if judged else 1
    levels = replicate_percentiles(values, parts, list(PERCENTILES.values()))
    whole = _basic(values, levels[-1], thresholds)
    if not judged:
        return tuple(Statistic(name, value, math.nan) for name, value in whole.items())
    each = [
        _basic(np.ascontiguousarray(values[r::parts]), levels[r], thresholds) for r in range(parts)
    ]
    constant, least = whole["min"] == whole["max"], len(values) // replicates

    def error(name: str, value: float) -> float:
        level = PERCENTILES.get(name)
        few = level is not None and least * min(level, 1 - level) < 1 - 1e-9
        sure = name.startswith("exceeds:") and value in (0.0, 1.0)
        if name in ("min", "max") or (not constant and (few or sure)):
            return math.nan
        return standard_error([e[name] for e in each])

    return tuple(Statistic(name, value, error(name, value)) for name, value in whole.items())
