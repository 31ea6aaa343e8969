"""Whether programs that simulate the same model give the same means and percentiles.

A difference is measured in standard errors of the difference. The standard error of a mean is
sd/√n; that of percentile p is √(p(1 − p)/n)/f, f the density, here from the values at p ± 0.01.
Sobol' points are more even than that, so `sim` is held to it too easily, and the others to theirs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

LEVELS = (0.05, 0.5, 0.95)
BOUND = 5.0
"""Standard errors beyond which two programs do not agree; there are some hundreds of figures."""


def figures(values: np.ndarray) -> dict[str, tuple[float, float]]:
    """Value and standard error of the mean and of three percentiles."""
    count = len(values)
    found = {"mean": (float(values.mean()), float(values.std()) / math.sqrt(count))}
    for level in LEVELS:
        low, value, high = np.quantile(values, [level - 0.01, level, level + 0.01])
        error = math.sqrt(level * (1 - level) / count) * float(high - low) / 0.02
        found[f"p{level * 100:.0f}"] = float(value), error
    return found


def worst(ours: Mapping[str, np.ndarray], path: Path) -> tuple[float, str, int]:
    """The largest difference in standard errors, what it is of, and the number of figures."""
    table = pq.read_table(path)
    largest, where, count = 0.0, "", 0
    for name in table.column_names:
        mine, theirs = figures(ours[name]), figures(table[name].to_numpy())
        for key, (value, error) in mine.items():
            other, its = theirs[key]
            count += 1
            away = abs(value - other) / math.hypot(error, its)
            if away > largest:
                largest, where = away, f"{key}({name})"
    return largest, where, count


def compare(ours: Path, files: Mapping[str, Path]) -> dict[str, Any]:
    """Every program against `sim`; AssertionError where one does not agree."""
    table = pq.read_table(ours)
    values = {
        name: table[name].to_numpy()
        for name in table.column_names
        if name not in ("draw", "period")
    }
    found: dict[str, Any] = {}
    for program, path in files.items():
        away, where, count = worst(values, path)
        found[program] = {"figures": count, "worst": round(away, 2), "where": where}
        print(f"{program}: {count} figures within {away:.1f} standard errors ({where})", flush=True)
        assert away < BOUND, f"{program} does not simulate the same model"
    return found
