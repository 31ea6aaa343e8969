"""Summary statistics of a column of draws, with standard errors from replicates.

Draw i belongs to replicate i mod R. Replicates are independent scramblings, so the spread of a
statistic over them, divided by √R, is its standard error, for Sobol' points as for random ones
(Owen 1997; L'Ecuyer and Lemieux 2002).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from simulator.analysis.selection import (
    FEW,
    Int64,
    Piece,
    Selection,
    Shape,
    replicate_percentiles,
    sorted_percentiles,
)
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

PIECE = 32_768
"""Values that are summarised at a time: they stay near the processor."""

HELD = 1 << 20
"""Columns up to this length are kept in memory while they are summarised."""


@dataclass(frozen=True, slots=True)
class Statistic:
    """A statistic by name, its value and standard error (NaN when it cannot be had)."""

    name: str
    value: float
    standard_error: float


def percentiles(values: Float64, levels: Sequence[float]) -> Float64:
    """Exact percentiles of `values`, shape (n,); shape (len(levels),).

    Level p is the linear interpolation of the order statistics at (n − 1)·p (see `selection`).
    """
    return np.asarray(replicate_percentiles(values, np.array([len(values)]), levels)[0])


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


class _Column:
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

    def shape(self, sizes: Int64) -> Shape:
        """Between which amounts the first `HELD` values lie: those of the whole, or nearly."""
        low, high, seen = math.inf, -math.inf, 0
        for piece in self():
            low = float(np.minimum(low, piece.values.min()))  # NaN stays
            high = float(np.maximum(high, piece.values.max()))
            seen += len(piece.values)
            if seen >= HELD:
                break
        return Shape(sizes, low, high, kept=self._kept is not None)

    def parts(self) -> Iterator[Float64]:
        """The values of every replicate, then all."""
        ordered, sizes = by_replicate(np.concatenate(list(self._given())), self.replicates)
        yield from np.split(ordered, np.cumsum(sizes)[:-1])
        yield ordered


def _gone_through(column: _Column, thresholds: Mapping[str, float]) -> tuple[_Moments, Float64]:
    """Moments of a column, and percentiles of every replicate and of the whole."""
    parts, moments = column.replicates, _Moments(column.replicates, thresholds)
    least, more = divmod(column.count, parts)
    shape = column.shape(least + (np.arange(parts) < more))
    levels = tuple(PERCENTILES.values())
    counted = column.count >= FEW and math.isfinite(shape.scale)
    selection = Selection(shape) if counted else None
    for piece in column():
        moments.add(piece)
        if np.isnan(moments.low).any():
            selection = None
        if selection is not None:
            selection.add(piece)
    if selection is not None:
        return moments, selection.percentiles(column, levels)
    return moments, np.array([sorted_percentiles(part, levels) for part in column.parts()])


class _Moments:
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
            **{f"exceeds:{name}": found / sizes for name, found in beyond.items()},
        }


def _named(basic: Mapping[str, Float64], levels: Float64) -> dict[str, Float64]:
    """Statistics in the order in which they are told; `levels` has a column a percentile."""
    quantiles = dict(zip(PERCENTILES, levels.T, strict=True))
    head = {name: basic[name] for name in ("mean", "sd", "min")}
    return {**head, **quantiles, **{name: basic[name] for name in basic if name not in head}}


def standard_error(replicates: Sequence[float] | Float64) -> float:
    """Standard error of a statistic from its values in independent replicates."""
    if len(replicates) < 2:
        return math.nan
    return float(np.std(np.asarray(replicates), ddof=1)) / math.sqrt(len(replicates))


def summarise(
    values: Float64, replicates: int, thresholds: Mapping[str, float]
) -> tuple[Statistic, ...]:
    """Statistics of a column in memory, shape (n,); see `summarise_pieces`."""

    def pieces() -> Iterator[Float64]:
        for start in range(0, len(values), PIECE):
            yield values[start : start + PIECE]

    return summarise_pieces(pieces, len(values), replicates, thresholds)


def summarise_pieces(
    pieces: Callable[[], Iterable[Float64]],
    count: int,
    replicates: int,
    thresholds: Mapping[str, float],
) -> tuple[Statistic, ...]:
    """Mean, sd, extremes, percentiles and exceedance probabilities of a column of `count` values.

    `pieces` gives the column in draw order, `PIECE` values at a time, as often as it is called: a
    column of at most `HELD` values is asked for once and kept, a longer one twice or oftener, and
    memory does not grow with it. Percentiles are exact (see `percentiles`). A standard error is NaN
    where it cannot be had: for extremes, with fewer than two draws in a replicate, for a percentile
    with less than one draw beyond it in a replicate, and for a probability of 0 or 1 (which no
    spread can judge) unless the column is constant.
    """
    judged = replicates >= 2 and count >= 2 * replicates
    parts = replicates if judged else 1
    moments, levels = _gone_through(_Column(pieces, count, parts), thresholds)
    whole = {name: float(value[0]) for name, value in _named(moments.whole(), levels[-1:]).items()}
    if not judged:
        return tuple(Statistic(name, value, math.nan) for name, value in whole.items())
    each = _named(moments.each(), levels[:-1])
    constant, least = whole["min"] == whole["max"], count // replicates

    def error(name: str, value: float) -> float:
        level = PERCENTILES.get(name)
        few = level is not None and least * min(level, 1 - level) < 1 - 1e-9
        sure = name.startswith("exceeds:") and value in (0.0, 1.0)
        if name in ("min", "max") or (not constant and (few or sure)):
            return math.nan
        return standard_error(each[name])

    return tuple(Statistic(name, value, error(name, value)) for name, value in whole.items())
