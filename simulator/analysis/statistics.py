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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from simulator.analysis.selection import Int64, border_places, replicate_percentiles
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
    return float(_tail_means(values, sizes, np.full(2, border), 1.0 - level, low=low)[-1])


def _tail_means(
    values: Float64, sizes: Int64, borders: Float64, part: float, *, low: bool
) -> Float64:
    """Mean of the tail of each replicate and, last, of the whole; `borders` has one for each.

    Only values beyond the nearest border are looked at twice.
    """
    sign = -1.0 if low else 1.0
    beyond = values < borders.max() if low else values > borders.min()
    where = np.flatnonzero(beyond)
    found = values[where]
    replicate = np.searchsorted(np.cumsum(sizes), where, side="right")
    excess = np.maximum(0.0, sign * (found - borders[replicate]))
    sums = np.bincount(replicate, weights=excess, minlength=len(sizes))
    whole = np.maximum(0.0, sign * (found - borders[-1])).sum()
    counts = part * np.append(sizes, len(values))
    return np.asarray(borders + sign * np.append(sums, whole) / counts)


def by_replicate(values: Float64, replicates: int) -> tuple[Float64, Int64]:
    """The values of replicate 0, then those of 1 and so on, shape (n,), and the size of each."""
    least, more = divmod(len(values), replicates)
    sizes = np.full(replicates, least)
    sizes[:more] += 1
    if not more:
        return np.ascontiguousarray(values.reshape(least, replicates).T).ravel(), sizes
    return np.concatenate([values[r::replicates] for r in range(replicates)]), sizes


def _basic(table: Float64, thresholds: Mapping[str, float]) -> dict[str, Float64]:
    """Statistics but percentiles of each row of `table`, shape (rows, n); shape (rows,)."""
    low, high = table.min(axis=1), table.max(axis=1)
    moves = low < high  # a constant has no rounding error
    rows, count = table.shape
    spread = np.full(rows, math.nan)
    if count > 1:
        spread = np.where(moves, np.std(table, axis=1, ddof=1), 0.0)
    return {
        "mean": np.where(moves, table.mean(axis=1), low),
        "sd": spread,
        "min": low,
        "max": high,
        **{
            f"exceeds:{name}": np.count_nonzero(table > amount, axis=1) / count
            for name, amount in thresholds.items()
        },
    }


def _each(values: Float64, sizes: Int64, thresholds: Mapping[str, float]) -> dict[str, Float64]:
    """As `_basic` for every replicate; the first ones may have one value more than the others."""
    cut = len(sizes) if sizes[0] == sizes[-1] else int(np.searchsorted(-sizes, -sizes[-1]))
    longer, rest = np.split(values, [int(sizes[:cut].sum())])
    found = _basic(longer.reshape(cut, -1), thresholds)
    if cut < len(sizes):
        others = _basic(rest.reshape(len(sizes) - cut, -1), thresholds)
        found = {name: np.concatenate([found[name], others[name]]) for name in found}
    return found


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


def summarise(
    values: Float64, replicates: int, thresholds: Mapping[str, float]
) -> tuple[Statistic, ...]:
    """Mean, sd, extremes, percentiles, tails and exceedance probabilities of a column, shape (n,).

    Percentiles are exact (see `percentiles`). A standard error is NaN where it cannot be had:
    for extremes, with fewer than two draws in a replicate, for a percentile or a shortfall with
    less than one draw beyond it in a replicate, and for a probability of 0 or 1 (which no spread
    can judge) unless the column is constant. Memory: two copies of the column beside it.
    """
    judged = replicates >= 2 and len(values) >= 2 * replicates
    ordered, sizes = by_replicate(values, replicates if judged else 1)
    levels, borders = replicate_percentiles(
        ordered, sizes, tuple(PERCENTILES.values()), [1.0 - SHORTFALL]
    )
    tails = {
        name: _tail_means(ordered, sizes, borders[:, side], 1.0 - SHORTFALL, low=not side)
        for side, name in enumerate((LOWEST, HIGHEST))
    }
    basic = _basic(np.ascontiguousarray(values)[None, :], thresholds)
    whole_tails = {name: means[-1:] for name, means in tails.items()}
    found = _named(basic, levels[-1:], whole_tails)
    whole = {name: float(value[0]) for name, value in found.items()}
    if not judged:
        return tuple(Statistic(name, value, math.nan) for name, value in whole.items())
    each_tails = {name: means[:-1] for name, means in tails.items()}
    each = _named(_each(ordered, sizes, thresholds), levels[:-1], each_tails)
    constant, least = whole["min"] == whole["max"], len(values) // replicates

    def error(name: str, value: float) -> float:
        level = SHORTFALL if name in tails else PERCENTILES.get(name)
        few = level is not None and least * min(level, 1 - level) < 1 - 1e-9
        sure = name.startswith("exceeds:") and value in (0.0, 1.0)
        if name in ("min", "max") or (not constant and (few or sure)):
            return math.nan
        return standard_error(each[name])

    return tuple(Statistic(name, value, error(name, value)) for name, value in whole.items())
