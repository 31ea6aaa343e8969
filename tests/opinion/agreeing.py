"""Whether two samples of one budget agree, within the errors that their sizes allow."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

LEVELS = (0.05, 0.5, 0.95)
STEP = 0.02
"""Percentiles are taken so far to both sides, to know the density."""

BOUND = 4.5
"""Standard errors within which some hundred figures have to lie: 7·10⁻⁶ for each beyond."""

Figures = dict[str, tuple[float, float]]


def figures_of(count: float, mean: float, sd: float, at: Mapping[float, float]) -> Figures:
    """Mean and percentiles with standard errors as of independent draws.

    √(p(1 − p)/n)/f for percentile p, with the density f from the values at p ± 0.02.
    """
    found = {"mean": (mean, sd / math.sqrt(count))}
    for level in LEVELS:
        low, high = at[round(level - STEP, 2)], at[round(level + STEP, 2)]
        error = math.sqrt(level * (1 - level) / count) * (high - low) / (2 * STEP)
        found[f"p{100 * level:.0f}"] = at[level], error
    return found


def figures_in(values: np.ndarray) -> Figures:
    """The same of a sample."""
    levels = [round(level + step, 2) for level in LEVELS for step in (-STEP, 0, STEP)]
    at = dict(zip(levels, np.quantile(values, levels), strict=True))
    return figures_of(len(values), float(values.mean()), float(values.std(ddof=1)), at)


def apart(ours: Figures, theirs: Figures) -> Iterator[tuple[str, float, float, float]]:
    """Figure, ours, theirs, and the difference in standard errors of a difference."""
    for key, (value, error) in ours.items():
        other, its = theirs[key]
        yield key, value, other, (other - value) / math.hypot(error, its)


def compared(ours: Mapping[str, Figures], theirs: Mapping[str, Figures]) -> dict[str, Any]:
    """Every figure both have, and the farthest."""
    rows: dict[str, Any] = {}
    for name, figures in theirs.items():
        for key, value, other, away in apart(ours[name], figures):
            row = {"sim": float(value), "other": float(other), "errors": round(float(away), 2)}
            rows[f"{key} of {name}"] = row
    worst = max(rows, key=lambda key: abs(rows[key]["errors"]))
    away = abs(rows[worst]["errors"])
    return {"figures": len(rows), "worst": away, "where": worst, "table": rows}
