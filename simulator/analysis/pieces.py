"""A column of draws in pieces: what is added up over them, replicate by replicate.

A piece stays near the processor while it is looked at, and a column that is long is read again
rather than held. Sums are those of the pieces, which have a fixed length: no bit depends on whether
a column was held, or on who read it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping

import numpy as np

from simulator.analysis.selection import Int64, Piece, Shape
from simulator.tables import Float64

PIECE = 32_768
"""Values that are summarised at a time: they stay near the processor."""

HELD = 1 << 20
"""Columns up to this length are kept in memory while they are summarised."""

EXCEEDS = "exceeds:"
"""How the part of the draws above a threshold is named; `store.summary`, which reads it from files
and is not seen from here, knows it too."""


def by_replicate(values: Float64, replicates: int, start: int = 0) -> tuple[Float64, Int64]:
    """The values of replicate 0, then those of 1 and so on, shape (n,), and the size of each.

    The first value is that of draw `start`.
    """
    first, (least, more) = start % replicates, divmod(len(values), replicates)
    if not first and not more:
        sizes = np.full(replicates, least)
        return np.ascontiguousarray(values.reshape(least, replicates).T).ravel(), sizes
    found = [values[(r - first) % replicates :: replicates] for r in range(replicates)]
    return np.concatenate(found), np.array([len(part) for part in found])


class Column:
    """A column in pieces by replicate, kept in memory where it is short."""

    def __init__(
        self, pieces: Callable[[], Iterable[Float64]], count: int, replicates: int
    ) -> None:
        self._given, self.count, self.replicates = pieces, count, replicates
        self._kept = tuple(self._made()) if count <= HELD else None

    def _made(self) -> Iterator[Piece]:
        start = 0
        for values in self._given():
            yield Piece(*by_replicate(values, self.replicates, start))
            start += len(values)

    def __call__(self) -> Iterator[Piece]:
        return self._made() if self._kept is None else iter(self._kept)

    def shape(self) -> Shape:
        """Between which amounts the first `HELD` values lie: those of the whole, or nearly."""
        low, high, seen = math.inf, -math.inf, 0
        for piece in self():
            low = float(np.minimum(low, piece.values.min()))  # NaN stays
            high = float(np.maximum(high, piece.values.max()))
            seen += len(piece.values)
            if seen >= HELD:
                break
        return Shape(self.sizes, low, high, kept=self._kept is not None)

    @property
    def sizes(self) -> Int64:
        """How many values there are of each replicate, shape (R,)."""
        least, more = divmod(self.count, self.replicates)
        return least + (np.arange(self.replicates) < more).astype(np.int64)

    def parts(self) -> tuple[Float64, ...]:
        """The values of every replicate, then all."""
        ordered, sizes = by_replicate(np.concatenate(list(self._given())), self.replicates)
        return (*np.split(ordered, np.cumsum(sizes)[:-1]), ordered)


class Moments:
    """Mean, sd, extremes and exceedances of every replicate, from pieces of a column in order.

    Sums run over a piece in pairs, and pieces are joined as T. F. Chan, G. H. Golub and R. J.
    LeVeque (1983), Algorithms for computing the sample variance, Am. Stat. 37, 242-247.
    """

    def __init__(self, replicates: int, thresholds: Mapping[str, float]) -> None:
        self._thresholds = thresholds
        self.sizes = np.zeros(replicates, dtype=np.int64)
        self._mean, self._squares = np.zeros(replicates), np.zeros(replicates)
        self.low, self.high = np.full(replicates, math.inf), np.full(replicates, -math.inf)
        self._beyond = {name: np.zeros(replicates, dtype=np.int64) for name in thresholds}

    def add(self, piece: Piece) -> None:
        """The next piece."""
        sizes, ends = piece.sizes, np.cumsum(piece.sizes)
        if sizes[0] and (sizes == sizes[0]).all():
            self._add(slice(None), piece.values.reshape(len(sizes), -1))
            return
        for r in np.flatnonzero(sizes).tolist():
            self._add(slice(r, r + 1), piece.values[None, ends[r] - sizes[r] : ends[r]])

    def _add(self, rows: slice, table: Float64) -> None:
        """Values of some replicates, a row each."""
        more = table.shape[1]
        np.minimum(self.low[rows], table.min(axis=1), out=self.low[rows])
        np.maximum(self.high[rows], table.max(axis=1), out=self.high[rows])
        for name, amount in self._thresholds.items():
            self._beyond[name][rows] += np.count_nonzero(table > amount, axis=1)
        mean = table.sum(axis=1) / more
        away = table - mean[:, None]
        squares = np.square(away, out=away).sum(axis=1)
        had = self.sizes[rows]
        rise, part = mean - self._mean[rows], more / (had + more)
        self._squares[rows] += squares + rise * rise * (had * part)
        self._mean[rows] += rise * part
        self.sizes[rows] += more

    def each(self) -> dict[str, Float64]:
        """Statistics but percentiles of each replicate, shape (R,)."""
        spread = np.full(len(self.sizes), math.nan)
        np.divide(self._squares, self.sizes - 1, out=spread, where=self.sizes > 1)
        return self._told(
            self.low, self.high, self._mean, np.sqrt(spread), self.sizes, self._beyond
        )

    def whole(self) -> dict[str, Float64]:
        """The same of all replicates together, shape (1,)."""
        count = int(self.sizes.sum())
        mean = float(np.sum(self.sizes * self._mean)) / count
        away = self._mean - mean
        squares = float(np.sum(self._squares + self.sizes * away * away))
        spread = math.sqrt(squares / (count - 1)) if count > 1 else math.nan
        beyond = {name: found.sum(keepdims=True) for name, found in self._beyond.items()}
        low, high = self.low.min(keepdims=True), self.high.max(keepdims=True)
        values = np.array([mean]), np.array([spread])
        return self._told(low, high, *values, np.array([count]), beyond)

    def _told(
        self,
        low: Float64,
        high: Float64,
        mean: Float64,
        spread: Float64,
        sizes: Int64,
        beyond: Mapping[str, Int64],
    ) -> dict[str, Float64]:
        moves = low < high  # a constant has no rounding error
        still = np.where(sizes > 1, 0.0, math.nan)
        return {
            "mean": np.where(moves, mean, low),
            "sd": np.where(moves, spread, still),
            "min": low,
            "max": high,
            **{f"{EXCEEDS}{name}": found / sizes for name, found in beyond.items()},
        }


class Tail:
    """Means beyond the border of each replicate and, last, of the whole; `borders` has them all."""

    def __init__(self, borders: Float64, *, low: bool) -> None:
        self._borders, self._low = borders, low
        self._excess = np.zeros(len(borders))

    def add(self, piece: Piece) -> None:
        """The next piece; only values beyond the nearest border are looked at twice."""
        values, borders, sign = piece.values, self._borders, -1.0 if self._low else 1.0
        where = np.flatnonzero(values < borders.max() if self._low else values > borders.min())
        found = values[where]
        replicate = piece.replicates(where)
        excess = np.maximum(0.0, sign * (found - borders[replicate]))
        self._excess[:-1] += np.bincount(replicate, weights=excess, minlength=len(borders) - 1)
        self._excess[-1] += np.maximum(0.0, sign * (found - borders[-1])).sum()

    def means(self, part: float, sizes: Int64) -> Float64:
        """The mean of the highest, or lowest, `part` of the draws of each, and of the whole."""
        sign = -1.0 if self._low else 1.0
        return np.asarray(
            self._borders + sign * self._excess / (part * np.append(sizes, sizes.sum()))
        )
