"""Order statistics of a column and of its replicates, exact, without sorting the column.

Values are counted in bins of equal width. Only those in the bins that hold a wanted place are
sorted, a few in a hundred: several times as quick as a sort of everything.

A column is handed over replicate by replicate: `values` holds those of the first replicate, then
those of the second, and `sizes` says how many each has.
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


def _places(levels: Float64, sizes: Int64) -> Int64:
    """The order statistics below each percentile, counted from 0, a row a size."""
    last = (sizes - 1)[:, None]
    return np.minimum(np.floor(levels * last).astype(np.int64), last)


def _between(low: Float64, high: Float64, levels: Float64, places: Int64, last: Int64) -> Float64:
    """Percentiles, linear between the order statistics at (n − 1)·p.

    Type 7 of Hyndman and Fan (1996), the default of Excel's PERCENTILE and of NumPy.
    """
    return np.asarray(low + (levels * last - places) * (high - low))


def sorted_percentiles(values: Float64, levels: Sequence[float]) -> Float64:
    """Percentiles of `values`, shape (n,), by sorting; shape (len(levels),)."""
    ordered, wanted = np.sort(values), np.array(levels)
    last = np.array([len(values) - 1])
    places = _places(wanted, last + 1)[0]
    above = np.minimum(places + 1, last)
    return _between(ordered[places], ordered[above], wanted, places, last)


class _Bins:
    """A column counted in bins, replicate by replicate and, in the last row, as a whole."""

    def __init__(self, values: Float64, sizes: Int64, low: float, scale: float) -> None:
        self.values, self.low = values, low
        self.sizes = np.append(sizes, len(values))
        self.starts = np.cumsum(sizes) - sizes
        scaled = values - low
        scaled *= scale
        self.bins = np.ceil(scaled, out=scaled).astype(np.int64)  # rises with the value
        self.counts = np.empty((len(self.sizes), BINS + 2), dtype=np.int64)
        for r, start in enumerate(self.starts):
            part = self.bins[start : start + sizes[r]]
            self.counts[r] = np.bincount(part, minlength=BINS + 2)
        np.sum(self.counts[:-1], axis=0, out=self.counts[-1])
        # An amount that many draws share, most often zero, is the whole of the lowest bin.
        same = int(np.count_nonzero(values == low))
        self.lowest_is_one_value = same == int(self.counts[-1, 0])

    def percentiles(
        self, levels: Sequence[float], tails: Sequence[float]
    ) -> tuple[Float64, Float64]:
        """As `replicate_percentiles`."""
        wanted, last = np.array(levels), (self.sizes - 1)[:, None]
        below = _places(wanted, self.sizes)
        above = np.minimum(below + 1, last)
        found = self._values(np.hstack([below, above, border_places(tails, self.sizes)]))
        low, high, borders = np.split(found, [len(levels), 2 * len(levels)], axis=1)
        return _between(low, high, wanted, below, last), borders

    def _values(self, places: Int64) -> Float64:
        """The order statistics at `places`, shape (len(sizes) + 1, k)."""
        ends = np.cumsum(self.counts, axis=1)
        holders = np.array(
            [np.searchsorted(e, k, side="right") for e, k in zip(ends, places, strict=True)]
        )
        chosen = np.zeros(BINS + 2, dtype=np.bool_)
        chosen[holders] = True
        if self.lowest_is_one_value:
            chosen[0] = False
        before = np.cumsum(np.where(chosen, 0, self.counts), axis=1)  # in bins not sorted
        inside = places - np.take_along_axis(before, holders, axis=1)
        ordered, replicate = self._sorted(chosen)
        found = np.empty(places.shape)
        for r in range(len(places)):
            mine = ordered if r == len(places) - 1 else ordered[replicate == r]
            found[r] = mine.take(inside[r], mode="clip") if len(mine) else self.low
        if self.lowest_is_one_value:
            found[holders == 0] = self.low
        return found

    def _sorted(self, chosen: npt.NDArray[np.bool_]) -> tuple[Float64, Int64]:
        """Values in the chosen bins in ascending order, and the replicate of each."""
        where = np.flatnonzero(chosen.take(self.bins))
        values = self.values[where]
        order = np.argsort(values)
        return values[order], np.searchsorted(self.starts, where[order], side="right") - 1


def border_places(tails: Sequence[float], sizes: Int64) -> Int64:
    """The draws on the border of each tail, counted from 0, a row a size.

    For a tail of the part q first the border of the lowest q of the draws, then of the highest:
    int(q·n) draws are beyond it.
    """
    beyond = [np.minimum((tail * sizes).astype(np.int64), sizes - 1) for tail in tails]
    places = [place for one in beyond for place in (one, sizes - 1 - one)]
    return np.array(places, dtype=np.int64).reshape(len(places), len(sizes)).T


def replicate_percentiles(
    values: Float64, sizes: Int64, levels: Sequence[float], tails: Sequence[float] = ()
) -> tuple[Float64, Float64]:
    """Percentiles and borders of tails, each with a row a replicate and a last one of the whole.

    `values` has shape (n,), replicate by replicate; `sizes`, all above 0, add up to n. Shapes
    (len(sizes) + 1, len(levels)) and (len(sizes) + 1, 2·len(tails)), see `border_places`. The
    same numbers as by sorting, to the last bit.
    """
    low, high = float(values.min()), float(values.max())
    scale = BINS / (high - low) if high > low else math.inf
    if len(values) >= FEW and math.isfinite(high - low) and math.isfinite(scale):
        return _Bins(values, sizes, low, scale).percentiles(levels, tails)
    parts = (*np.split(values, np.cumsum(sizes)[:-1]), values)
    places = border_places(tails, np.append(sizes, len(values)))
    borders = [np.sort(part)[place] for part, place in zip(parts, places, strict=True)]
    return np.array([sorted_percentiles(part, levels) for part in parts]), np.array(borders)
