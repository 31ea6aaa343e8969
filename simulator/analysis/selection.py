"""Order statistics of a column and of its replicates, exact, without sorting the column.

Values are counted in bins of equal width. Only those in the bins that hold a wanted place are
sorted, a few in a hundred: several times as quick as a sort of everything.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from simulator.tables import Float64

Int64 = npt.NDArray[np.int64]

BINS = 4096
FEW = 1024
"""Shorter columns are sorted: counting would take longer."""


def place_of(level: float, count: int) -> int:
    """The order statistic below percentile `level` of `count` values, counted from 0."""
    return min(math.floor(level * (count - 1)), count - 1)


def between(ordered: Float64, places: Int64, level: float, count: int) -> float:
    """Percentile `level` of `count` values: linear between order statistics at (n − 1)·p.

    Type 7 of Hyndman and Fan (1996), the default of Excel's PERCENTILE and of NumPy. `ordered`
    holds the two order statistics at `places`.
    """
    low, high = float(ordered[places[0]]), float(ordered[places[1]])
    return low + (level * (count - 1) - place_of(level, count)) * (high - low)


def sorted_percentiles(values: Float64, levels: Sequence[float]) -> Float64:
    """Percentiles of `values`, shape (n,), by sorting; shape (len(levels),)."""
    ordered, count = np.sort(values), len(values)
    found = np.empty(len(levels))
    for i, level in enumerate(levels):
        k = place_of(level, count)
        found[i] = between(ordered, np.array([k, min(k + 1, count - 1)]), level, count)
    return found


class _Bins:
    """A column counted in bins, by replicate: draw i belongs to replicate i mod `replicates`."""

    def __init__(self, values: Float64, replicates: int, low: float, scale: float) -> None:
        self.values, self.replicates = values, replicates
        scaled = (values - low) * scale
        self.bins = np.ceil(scaled, out=scaled).astype(np.int64)  # rises with the value
        self.counts = np.array(
            [np.bincount(self.bins[r::replicates], minlength=BINS + 2) for r in range(replicates)]
        )
        # An amount that many draws share, most often zero, is the whole of the lowest bin.
        self.lowest = low
        same = int(np.count_nonzero(values == low))
        self.lowest_is_one_value = same == int(self.counts[:, 0].sum())

    def percentiles(self, levels: Sequence[float]) -> Float64:
        """Of every replicate and, in the last row, of the whole; shape (replicates + 1, k)."""
        counts = np.vstack([self.counts, self.counts.sum(axis=0)])
        ends = np.cumsum(counts, axis=1)
        sizes = ends[:, -1]
        places = np.array([[k for p in levels for k in self._pair(p, int(size))] for size in sizes])
        holders = np.array(
            [np.searchsorted(e, k, side="right") for e, k in zip(ends, places, strict=True)]
        )
        wanted = np.zeros(BINS + 2, dtype=np.bool_)
        wanted[holders.ravel()] = True
        if self.lowest_is_one_value:
            wanted[0] = False
        before = np.cumsum(counts * ~wanted, axis=1)  # values in bins that are not sorted
        ordered, replicate = self._sorted(wanted)
        found = np.empty((len(counts), len(levels)))
        for r, size in enumerate(map(int, sizes)):
            mine = ordered if r == self.replicates else ordered[replicate == r]
            at = places[r] - before[r, holders[r]]
            if self.lowest_is_one_value:
                mine = np.concatenate([mine, [self.lowest]])
                at[holders[r] == 0] = len(mine) - 1
            for i, level in enumerate(levels):
                found[r, i] = between(mine, at[2 * i : 2 * i + 2], level, size)
        return found

    @staticmethod
    def _pair(level: float, size: int) -> tuple[int, int]:
        k = place_of(level, size)
        return k, min(k + 1, size - 1)

    def _sorted(self, wanted: npt.NDArray[np.bool_]) -> tuple[Float64, Int64]:
        """Values in the wanted bins in ascending order, and the replicate of each."""
        chosen = np.flatnonzero(wanted[self.bins])
        values = self.values[chosen]
        order = np.argsort(values)
        return values[order], (chosen % self.replicates)[order]


def replicate_percentiles(values: Float64, replicates: int, levels: Sequence[float]) -> Float64:
    """Percentiles of each replicate and of the whole, shape (replicates + 1, len(levels)).

    `values` has shape (n,), n ≥ `replicates`; draw i belongs to replicate i mod `replicates`; the
    last row is that of all draws. The same numbers as by sorting, to the last bit.
    """
    low, high = float(values.min()), float(values.max())
    scale = BINS / (high - low) if high > low else math.inf
    if len(values) >= FEW and math.isfinite(high - low) and math.isfinite(scale) and scale > 0:
        return _Bins(values, replicates, low, scale).percentiles(levels)
    parts = [values[r::replicates] for r in range(replicates)]
    return np.array([sorted_percentiles(part, levels) for part in (*parts, values)])
