"""Summary statistics of a column of draws, with standard errors from replicates.

Draw i belongs to replicate i mod R. Replicates are independent scramblings, so the spread of a
statistic over them, divided by √R, is its standard error, for Sobol' points as for random ones
(Owen 1997; L'Ecuyer and Lemieux 2002).

The expected shortfall at level p is the mean of the highest 1 − p of the draws, the draw on the
border counted in part (Acerbi and Tasche 2002, On the coherence of expected shortfall, proposition
4.1); written with the excess over that draw (Rockafellar and Uryasev 2002, equation 25). Where low
is bad, as of receipts, the mean of the lowest 1 − p is asked for.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from simulator.analysis.pieces import EXCEEDS, PIECE, Column, Moments, Tail
from simulator.analysis.selection import (
    FEW,
    Piece,
    Selection,
    border_places,
    by_sorting,
    replicate_percentiles,
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
SHORTFALL = 0.95
LOWEST, HIGHEST = "es95_low", "es95"
"""Names of the expected shortfalls at that level: means of the lowest and of the highest 5 %."""


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
    found, _ = replicate_percentiles(values, np.array([len(values)]), levels)
    return np.asarray(found[0])


def shortfall(values: Float64, level: float, *, low: bool = False) -> float:
    """Expected shortfall of `values`, shape (n,): the mean of the highest 1 − level, or lowest."""
    sizes = np.array([len(values)])
    lowest, highest = border_places([1.0 - level], sizes)[0]
    place = lowest if low else highest
    border = float(np.partition(values, place)[place])
    tail = Tail(np.full(2, border), low=low)
    tail.add(Piece(values, sizes))
    return float(tail.means(1.0 - level, sizes)[-1])


def _named(
    basic: Mapping[str, Float64], levels: Float64, tails: Mapping[str, Float64]
) -> dict[str, Float64]:
    """Statistics in the order in which they are told; `levels` has a column a percentile."""
    quantiles = dict(zip(PERCENTILES, levels.T, strict=True))
    head = {name: basic[name] for name in ("mean", "sd", "min")}
    rest = {name: basic[name] for name in basic if name not in head}
    return {**head, **quantiles, **tails, **rest}


def standard_error(replicates: Sequence[float] | Float64) -> float:
    """Standard error of a statistic from its values in independent replicates."""
    if len(replicates) < 2:
        return math.nan
    return float(np.std(np.asarray(replicates), ddof=1)) / math.sqrt(len(replicates))


def _gone_through(
    column: Column, thresholds: Mapping[str, float]
) -> tuple[Moments, Float64, dict[str, Float64]]:
    """Moments of a column, percentiles and tails, of every replicate and of the whole."""
    moments, shape = Moments(column.replicates, thresholds), column.shape()
    levels, part = tuple(PERCENTILES.values()), 1.0 - SHORTFALL
    counted = column.count >= FEW and math.isfinite(shape.scale)
    selection = Selection(shape) if counted else None
    for piece in column():
        moments.add(piece)
        if np.isnan(moments.low).any():
            selection = None  # nothing has a place
        if selection is not None:
            selection.add(piece)
    if selection is not None:
        found, borders = selection.percentiles(column, levels, [part])
    else:
        found, borders = by_sorting(column.parts(), levels, [part])
    tails = {
        name: Tail(borders[:, side], low=not side) for side, name in enumerate((LOWEST, HIGHEST))
    }
    for piece in column():
        for tail in tails.values():
            tail.add(piece)
    return moments, found, {name: tail.means(part, shape.sizes) for name, tail in tails.items()}


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
    """Mean, sd, extremes, percentiles, tails and exceedances of a column of `count` values.

    `pieces` gives the column in draw order, `PIECE` values at a time, as often as it is called: a
    column of at most `HELD` values is asked for once and kept, a longer one twice or oftener, and
    memory does not grow with it. Percentiles are exact (see `percentiles`). A standard error is NaN
    where it cannot be had: for extremes, with fewer than two draws in a replicate, for a percentile
    or a shortfall with less than one draw beyond it in a replicate, and for a probability of 0 or 1
    (which no spread can judge) unless the column is constant.
    """
    judged = replicates >= 2 and count >= 2 * replicates
    column = Column(pieces, count, replicates if judged else 1)
    moments, levels, tails = _gone_through(column, thresholds)
    last = {name: means[-1:] for name, means in tails.items()}
    found = _named(moments.whole(), levels[-1:], last)
    whole = {name: float(value[0]) for name, value in found.items()}
    if not judged:
        return tuple(Statistic(name, value, math.nan) for name, value in whole.items())
    rest = {name: means[:-1] for name, means in tails.items()}
    each = _named(moments.each(), levels[:-1], rest)
    spreads = np.std(np.array(list(each.values())), axis=1, ddof=1) / math.sqrt(replicates)
    errors: dict[str, float] = dict(zip(each, spreads.tolist(), strict=True))
    constant, least = whole["min"] == whole["max"], count // replicates

    def error(name: str, value: float) -> float:
        level = SHORTFALL if name in tails else PERCENTILES.get(name)
        few = level is not None and least * min(level, 1 - level) < 1 - 1e-9
        sure = name.startswith(EXCEEDS) and value in (0.0, 1.0)
        if name in ("min", "max") or (not constant and (few or sure)):
            return math.nan
        return errors[name]

    return tuple(Statistic(name, value, error(name, value)) for name, value in whole.items())
