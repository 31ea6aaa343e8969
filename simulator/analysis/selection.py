"""Order statistics of a column and of its replicates, exact, without sorting or holding it.

Values are counted in bins of equal width. Only those in the bins that hold a wanted place are
collected and sorted, a few in a hundred. Where these are still many (a long column, or a few values
far out that stretch the bins), the bins are counted again in finer bins of their own, until the
rest is few or all one value: the column is gone through several times, and memory stays the same.

A column comes in pieces, again and again the same. A piece holds values of its first replicate,
then those of the second and so on, and says how many there are of each.

Counting digits from the top, as J. I. Munro and M. S. Paterson (1980), Selection and sorting with
limited storage, Theor. Comput. Sci. 12, 315-323, bound its passes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from simulator.tables import Float64

Int64 = npt.NDArray[np.int64]

BINS = 4096
FEW = 1024
"""Shorter columns are sorted: counting would take longer."""

MANY = 1 << 19
"""Values that are collected and sorted, at most; with more the bins are made finer first."""

DEPTH = 64
"""Passes after which all that is left is collected; each one cuts off an end of every bin."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Values, shape (n,), replicate by replicate, and how many there are of each, shape (R,)."""

    values: Float64
    sizes: Int64

    def replicates(self, where: Int64) -> Int64:
        """The replicate that each of these values belongs to."""
        if (self.sizes == self.sizes[0]).all():
            return where // max(1, int(self.sizes[0]))
        return np.searchsorted(np.cumsum(self.sizes), where, side="right")


Pieces = Callable[[], Iterator[Piece]]


@dataclass(frozen=True, slots=True)
class Shape:
    """What is known of a column before it is counted.

    `sizes` of its replicates, shape (R,); `low` and `high`, between which most of it lies:
    whatever is outside counts with the ends. `kept` when nothing is, and all pieces are in memory.
    """

    sizes: Int64
    low: float
    high: float
    kept: bool

    @property
    def bins(self) -> int:
        """Finer for a long column, so that not more is collected, within 32 MiB of counts."""
        wanted = BINS * max(1, int(self.sizes.sum()) >> 22)
        most = max(BINS, (1 << 22) // (len(self.sizes) + 1))
        return 1 << (min(wanted, most).bit_length() - 1)

    @property
    def scale(self) -> float:
        """Bins to a unit of the column; infinite where bins would not do."""
        width = self.high - self.low
        if width == 0.0:
            return 1.0  # what is not all the same is told apart later
        scale = self.bins / width if 0.0 < width < math.inf else math.inf
        return scale if math.isfinite(scale) else math.inf


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
    """Bins that rise with the value: of equal width between two ends, in one or several slots.

    A slot is a bin of the bins above (`parent`), numbered by `slot_of`; values elsewhere are left
    out. `below` says how many values of each replicate, and in the last row of all, are less than
    those of a slot.
    """

    def __init__(
        self,
        lows: Float64,
        highs: Float64,
        scales: Float64,
        count: int,
        below: Int64,
        parent: tuple[_Bins, Int64] | None = None,
        *,
        kept: bool = False,
    ) -> None:
        self.lows, self.highs, self.scales = lows, highs, scales
        self.count, self.below = count, below
        self._parent, self._keeps = parent, kept
        self._kept: list[npt.NDArray[Any]] = []
        self.stride = count + 1
        self.counts = np.zeros((len(below), len(lows), self.stride), dtype=np.int64)

    def locate(self, values: Float64) -> tuple[Int64 | None, Int64]:
        """Which values lie in a slot (None: all of them), and the number of each one's bin."""
        if self._parent is None:
            scaled = values
            if not self._keeps:
                scaled = np.maximum(np.minimum(values, self.highs[0]), self.lows[0])
            scaled = scaled - self.lows[0]
            scaled *= self.scales[0]
            np.minimum(np.ceil(scaled, out=scaled), self.count, out=scaled)
            return None, scaled.astype(np.int64)
        above, slot_of = self._parent
        where, outer = above.locate(values)
        slots = slot_of[outer]
        kept = np.flatnonzero(slots >= 0)
        slots = slots[kept]
        where = kept if where is None else where[kept]
        with np.errstate(over="ignore"):  # beyond the last bin is in the last bin
            scaled = np.ceil((values[where] - self.lows[slots]) * self.scales[slots])
        return where, np.minimum(scaled, self.count).astype(np.int64) + slots * self.stride

    def located(self, pieces: Pieces) -> Iterator[tuple[Piece, Int64 | None, npt.NDArray[Any]]]:
        """Every piece with what `locate` says of it."""
        for i, piece in enumerate(pieces()):
            if self._kept:
                yield piece, None, self._kept[i]
            else:
                yield piece, *self.locate(piece.values)

    def add(self, piece: Piece) -> None:
        """Count the values of a piece."""
        where, bins = self.locate(piece.values)
        if self._keeps:
            self._kept.append(bins.astype(np.uint16 if self.count < 1 << 16 else np.uint32))
        first = np.arange(len(piece.sizes)) * (self.stride * len(self.lows))
        offsets = np.repeat(first, piece.sizes)
        bins += offsets if where is None else offsets[where]
        each = self.counts[:-1]
        each += np.bincount(bins, minlength=each.size).reshape(each.shape)

    def close(self) -> None:
        """All pieces are counted: the last row is their sum."""
        np.sum(self.counts[:-1], axis=0, out=self.counts[-1])

    def starts(self) -> Int64:
        """How many values are less than those of each bin, shape (R + 1, all bins)."""
        inside = np.cumsum(self.counts, axis=2)
        inside -= self.counts  # in place: a long column has large tables
        inside += self.below[:, :, None]
        return inside.reshape(len(inside), -1)


class Selection:
    """Order statistics of a column in pieces: of every replicate and, in the last row, of all."""

    def __init__(self, shape: Shape) -> None:
        self._sizes = np.append(shape.sizes, shape.sizes.sum())
        below = np.zeros((len(self._sizes), 1), dtype=np.int64)
        lows, highs, scales = (np.array([x]) for x in (shape.low, shape.high, shape.scale))
        self._bins = _Bins(lows, highs, scales, shape.bins, below, kept=shape.kept)
        self._low, self._least = shape.low, 0

    def add(self, piece: Piece) -> None:
        """Count a piece; every piece once."""
        self._bins.add(piece)
        self._least += int(np.count_nonzero(piece.values == self._low))

    def percentiles(
        self, pieces: Pieces, levels: Sequence[float], tails: Sequence[float] = ()
    ) -> tuple[Float64, Float64]:
        """As `replicate_percentiles`.

        All pieces have been added; they are gone through once more, rarely oftener.
        """
        wanted, last = np.array(levels), (self._sizes - 1)[:, None]
        below = _places(wanted, self._sizes)
        above = np.minimum(below + 1, last)
        found = self._values(np.hstack([below, above, border_places(tails, self._sizes)]), pieces)
        low, high, borders = np.split(found, [len(levels), 2 * len(levels)], axis=1)
        return _between(low, high, wanted, below, last), borders

    def _values(self, places: Int64, pieces: Pieces) -> Float64:
        """The order statistics at `places`, shape (R + 1, k)."""
        found, bins = np.full(places.shape, math.nan), self._bins
        bins.close()
        # An amount that many draws share, most often zero, is the whole of the lowest bin.
        if self._least == bins.counts[-1, 0, 0]:
            found[places < bins.counts[:, 0, :1]] = self._low
        for _ in range(DEPTH):
            starts = bins.starts()
            holders = _holders(starts, bins, places)
            chosen = np.unique(holders[np.isnan(found)])
            if int(bins.counts[-1].ravel()[chosen].sum()) <= MANY:
                break
            lows, highs = _extremes(bins, chosen, pieces)
            one = lows == highs  # one value, however often: it is known
            for number, value in zip(chosen[one], lows[one], strict=True):
                found[(holders == number) & np.isnan(found)] = value
            chosen, lows, highs = chosen[~one], lows[~one], highs[~one]
            if not len(chosen):
                return found
            bins = _finer(bins, starts, chosen, lows, highs)
            for piece in pieces():
                bins.add(piece)
            bins.close()
        else:
            starts = bins.starts()
            holders = _holders(starts, bins, places)
        _pick(found, bins, places, (starts, holders), pieces)
        return found


def _holders(starts: Int64, bins: _Bins, places: Int64) -> Int64:
    """The bin that holds each place; −1 where no bin does."""
    ends = bins.counts.reshape(starts.shape) + starts  # they rise, as the starts do
    found = np.empty(places.shape, dtype=np.int64)
    for r, row in enumerate(places):
        at = np.minimum(ends[r].searchsorted(row, side="right"), ends.shape[1] - 1)
        found[r] = np.where((row >= starts[r, at]) & (row < ends[r, at]), at, -1)
    return found


def _extremes(bins: _Bins, chosen: Int64, pieces: Pieces) -> tuple[Float64, Float64]:
    """The least and the greatest value of each chosen bin."""
    slot_of = _slots(bins, chosen)
    lows, highs = np.full(len(chosen), math.inf), np.full(len(chosen), -math.inf)
    for piece, where, numbers in bins.located(pieces):
        slots = slot_of.take(numbers)
        kept = np.flatnonzero(slots >= 0)
        values = piece.values[kept if where is None else where[kept]]
        np.minimum.at(lows, slots[kept], values)
        np.maximum.at(highs, slots[kept], values)
    return lows, highs


def _slots(bins: _Bins, chosen: Int64) -> Int64:
    """The number of each chosen bin among them, −1 for the others."""
    slot_of = np.full(bins.counts[0].size, -1, dtype=np.int64)
    slot_of[chosen] = np.arange(len(chosen))
    return slot_of


def _finer(bins: _Bins, starts: Int64, chosen: Int64, lows: Float64, highs: Float64) -> _Bins:
    """Bins within the chosen bins, between the values that are there."""
    count = max(4, BINS * 4 // len(chosen))
    with np.errstate(over="ignore"):
        scales = np.minimum(count / (highs - lows), np.finfo(np.float64).max)
    return _Bins(lows, highs, scales, count, starts[:, chosen], (bins, _slots(bins, chosen)))


def _pick(
    found: Float64, bins: _Bins, places: Int64, known: tuple[Int64, Int64], pieces: Pieces
) -> None:
    """Put in what is not found yet, from the values in the bins that hold it, sorted.

    `known` are the starts of the bins and the bin that holds each place.
    """
    starts, holders = known
    chosen = np.unique(holders[np.isnan(found)])
    if not len(chosen):
        return
    slot_of = _slots(bins, chosen)
    kept_values, kept_slots, kept_replicates = [], [], []
    for piece, where, numbers in bins.located(pieces):
        slots = slot_of.take(numbers)
        kept = np.flatnonzero(slots >= 0)
        at = kept if where is None else where[kept]
        kept_values.append(piece.values[at])
        kept_slots.append(slots[kept])
        kept_replicates.append(piece.replicates(at))
    values, replicates = np.concatenate(kept_values), np.concatenate(kept_replicates)
    slots = np.concatenate(kept_slots)
    order = np.argsort(values)  # bins rise with the value: sorted by slot as well
    values, replicates, slots = values[order], replicates[order], slots[order]
    for r in range(len(places)):
        mine = slice(None) if r == len(places) - 1 else np.flatnonzero(replicates == r)
        ordered, of = values[mine], slots[mine]
        firsts = np.searchsorted(of, np.arange(len(chosen)))
        missing = np.isnan(found[r])
        held = holders[r, missing]
        at = firsts[slot_of[held]] + places[r, missing] - starts[r, held]
        found[r, missing] = ordered[at]


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
    piece = Piece(values, sizes)
    shape = Shape(sizes, float(values.min()), float(values.max()), kept=True)
    if len(values) < FEW or math.isinf(shape.scale):
        parts = (*np.split(values, np.cumsum(sizes)[:-1]), values)
        return by_sorting(parts, levels, tails)
    selection = Selection(shape)
    selection.add(piece)
    return selection.percentiles(lambda: iter([piece]), levels, tails)


def by_sorting(
    parts: Sequence[Float64], levels: Sequence[float], tails: Sequence[float] = ()
) -> tuple[Float64, Float64]:
    """As `replicate_percentiles`, of the values of each replicate and, last, of all."""
    places = border_places(tails, np.array([len(part) for part in parts]))
    borders = [np.sort(part)[place] for part, place in zip(parts, places, strict=True)]
    return np.array([sorted_percentiles(part, levels) for part in parts]), np.array(borders)
