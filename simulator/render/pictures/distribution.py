"""A distribution: a histogram, and how often any amount is exceeded."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from simulator.render.pictures.columns import column_name
from simulator.render.pictures.scale import nice_step
from simulator.render.summary import Cell
from simulator.store.result import Run
from simulator.tables import Float64

MOST_BINS = 40
"""Bins between P5 and P95 at most: more are not told apart on a page."""

STEPS = 100
"""Amounts between P5 and P95, about, at which a ceiling may stand."""
MOST_STEPS = 600
"""Amounts between the least and the greatest draw, at most."""


@dataclass(frozen=True, slots=True)
class Histogram:
    """`counts[i]` draws lie from `edges[i]` on and below `edges[i + 1]`.

    The first and the last bin also hold everything beyond them, so no draw is lost.
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]

    @property
    def draws(self) -> int:
        """All draws."""
        return sum(self.counts)

    def parts(self) -> tuple[float, ...]:
        """The part of the draws in each bin."""
        return tuple(count / self.draws for count in self.counts)

    def cumulative(self) -> tuple[float, ...]:
        """The part of the draws up to the end of each bin."""
        return tuple(passed / self.draws for passed in accumulate(self.counts))


@dataclass(frozen=True, slots=True)
class Exceedance:
    """How many of `draws` are above each of `amounts` (in order), counted, not interpolated.

    `marks` are amounts with a name that are among them, such as a threshold of the scenario.
    Between two amounts the probability lies between those of the two.
    """

    amounts: tuple[float, ...]
    above: tuple[int, ...]
    draws: int
    marks: Mapping[str, float] = field(default_factory=dict)

    def probabilities(self) -> tuple[float, ...]:
        """Probability of exceeding each amount, as a summary stores it."""
        return tuple(count / self.draws for count in self.above)

    def bounds(self, amount: float) -> tuple[float, float]:
        """The least and the greatest probability that `amount` can have: equal at `amounts`."""
        i = bisect_left(self.amounts, amount)
        if i < len(self.amounts) and self.amounts[i] == amount:
            exact = self.above[i] / self.draws
            return exact, exact
        least = self.above[i] / self.draws if i < len(self.amounts) else 0.0
        return least, self.above[i - 1] / self.draws if i else 1.0


def bin_width(cell: Cell, draws: int) -> float:
    """A round width of bins: 2·(P75 − P25)/∛n (Freedman and Diaconis 1981), or more.

    At least a fortieth of the distance from P5 to P95, so that many draws do not give bins that
    no eye tells apart; 0 for an output that hardly moves.
    """
    spread = cell["p95"] - cell["p5"]
    if not spread > 0:
        spread = cell["max"] - cell["min"]
    if not spread > 0:
        return 0.0
    rule = 2 * (cell["p75"] - cell["p25"]) / draws ** (1 / 3)
    return nice_step(max(rule, spread / MOST_BINS) if rule < spread else spread / MOST_BINS)


def edges_of(cell: Cell, draws: int) -> tuple[float, ...]:
    """Round edges from well below P5 to well above P95, or two around a constant."""
    low, high = cell["p5"], cell["p95"]
    if not low < high:
        low, high = cell["min"], cell["max"]
    if not low < high:
        margin = abs(low) * 0.01 or 1.0
        return (low - margin, low + margin)
    step = bin_width(cell, draws)
    spread = (high - low) * 0.6
    first = int(np.floor(max(cell["min"], low - spread) / step))
    last = int(np.ceil(min(cell["max"], high + spread) / step))
    return tuple(k * step for k in range(first, max(last, first + 1) + 1))


def histogram(
    run: Run, output: str, cell: Cell, period: str | None = None, stage: str = ""
) -> Histogram:
    """The histogram of an output in a period (the whole one unless given), read in pieces.

    `cell` holds the output's statistics there; `stage` is the last one unless given.
    """
    edges = edges_of(cell, run.manifest.draws)
    inner = np.array(edges[1:-1])
    counts: npt.NDArray[np.int64] = np.zeros(len(edges) - 1, dtype=np.int64)
    for values in run.chunks(column_name(run, output, stage), period):
        places = np.searchsorted(inner, values, side="right")
        counts += np.bincount(places, minlength=len(counts))
    return Histogram(edges, tuple(int(count) for count in counts))


def stops_of(cell: Cell, marks: Iterable[float] = ()) -> tuple[float, ...]:
    """Amounts at which a ceiling may stand: round ones from below all draws to above, and marks."""
    low, high = cell["min"], cell["max"]
    if not low < high:
        around = (low - (abs(low) * 0.01 or 1.0), low, low + (abs(low) * 0.01 or 1.0))
        return tuple(sorted({*around, *marks}))
    spread = cell["p95"] - cell["p5"]
    step = nice_step(max(spread / STEPS, (high - low) / MOST_STEPS))
    first, last = int(np.floor(low / step)), int(np.ceil(high / step))
    return tuple(sorted({*(k * step for k in range(first, last + 1)), *marks}))


def exceedance(chunks: Iterable[Float64], cell: Cell, marks: Mapping[str, float]) -> Exceedance:
    """How often each amount at which a ceiling may stand is exceeded, read in pieces.

    A draw exceeds an amount when it is greater, as in `analysis.statistics`; counts at `marks`
    therefore give the very probabilities of the summary.
    """
    amounts = stops_of(cell, marks.values())
    places = np.array(amounts)
    passed: npt.NDArray[np.int64] = np.zeros(len(amounts) + 1, dtype=np.int64)
    for values in chunks:  # the place of a draw is the number of amounts below it
        below = np.searchsorted(places, values, side="left")
        passed += np.bincount(below, minlength=len(passed))
    above = np.cumsum(passed[::-1])[::-1][1:]
    return Exceedance(amounts, tuple(int(n) for n in above), int(passed.sum()), dict(marks))
