"""What looks wrong in a series of rates: gaps, slips of the point, and a swapped direction.

Each finding names the line it was found on. The limits are wide: an ordinary month of a floating
currency does not come near them, while a shifted point, a swapped direction or a price for a
hundred units does not get through.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, log
from statistics import median
from typing import TypeVar

from simulator.history.series import MOST_DAYS_BACK, Kind, Quote, Series
from simulator.units import Month

MOST_TIMES = 5.0
"""A rate this many times its neighbours, or this part of them, is a slip."""

_NEIGHBOURS = 7
_SWAP_AT_LEAST = log(1.25)
"""Less apart than this a rate and its inverse cannot be told from two months of one direction."""
_SWAP_WITHIN = 0.1
_OTHER_WAY = log(1.1)
_OTHER_UNIT = log(2)

_K = TypeVar("_K", dt.date, Month)


@dataclass(frozen=True, slots=True)
class Reading:
    """A rate of a month or day and its line; without a rate when that was refused."""

    when: Month | dt.date
    rate: float | None
    line: int


@dataclass(frozen=True, slots=True)
class Suspect:
    """What was found, where, and what may mend it."""

    line: int
    wanted: str
    value: str
    remedy: str


def gaps(kind: Kind, readings: Sequence[Reading], unread: Collection[int]) -> Iterator[Suspect]:
    """Months without a rate inside a series; days more than `MOST_DAYS_BACK` apart.

    A gap across one of the lines `unread` is not told: what is missing most likely stands there.
    """
    if kind == "day" and len(readings) > 2 and _one_a_month(readings):
        wanted = "daily rates are wanted where dates are given, here is one a month"
        remedy = "write months such as 2031-01, or add a column kind with average or end"
        yield Suspect(readings[0].line, wanted, str(readings[0].when), remedy)
        return
    for before, after in pairwise(readings):
        missing = _missing(before.when, after.when)
        if missing and not any(before.line < line < after.line for line in unread):
            remedy = "add what is missing, or give only the rows after the gap"
            wanted = f"a series without gaps is wanted, {missing} before {after.when}"
            yield Suspect(after.line, wanted, f"{before.when} before it", remedy)


def _missing(before: Month | dt.date, after: Month | dt.date) -> str:
    if isinstance(before, Month) and isinstance(after, Month):
        count = (after.year - before.year) * 12 + after.month - before.month - 1
        return f"{count} month{'s are' if count > 1 else ' is'} missing" if count > 0 else ""
    if isinstance(before, Month) or isinstance(after, Month):
        return ""
    days = (after - before).days - 1
    return f"{days} days are missing" if days >= MOST_DAYS_BACK else ""


def _one_a_month(readings: Sequence[Reading]) -> bool:
    months = [Month.of(one.when) for one in readings if isinstance(one.when, dt.date)]
    return len(set(months)) == len(months)


def odd_rates(readings: Sequence[Reading]) -> Iterator[Suspect]:
    """Rates far from those before them: the inverse, or `MOST_TIMES` times too high or low.

    An inverse is told from the last good rate; near 1, where the two are less than a quarter apart,
    it cannot be told. Too high or low is meant against the median of the last good rates, at the
    start against that of the first ones. Odd rates that follow one another are one finding.
    """
    rated = [(one, one.rate) for one in readings if one.rate is not None]
    if len(rated) < 3:
        return
    start = median(rate for _, rate in rated[:_NEIGHBOURS])
    good: list[float] = []
    run: list[tuple[Reading, float]] = []
    swapped = False
    for reading, rate in rated:
        level = median(good[-_NEIGHBOURS:]) if len(good) >= 3 else start
        before = good[-1] if good else start
        swap = _is_inverse(rate, before) or (swapped and _near(rate, run[-1][1]))
        odd = swap or abs(log(rate / level)) >= log(MOST_TIMES)
        if run and (not odd or swap != swapped):
            yield _finding(run, swapped, before)
            run = []
        if odd:
            run.append((reading, rate))
        else:
            good.append(rate)
        swapped = odd and swap
    if run:
        yield _finding(run, swapped, good[-1] if good else start)


def _near(rate: float, other: float) -> bool:
    return abs(log(rate / other)) < _SWAP_AT_LEAST


def _is_inverse(rate: float, other: float) -> bool:
    return not _near(rate, other) and abs(log(rate) + log(other)) < _SWAP_WITHIN


def _finding(run: Sequence[tuple[Reading, float]], swapped: bool, level: float) -> Suspect:
    """One finding for odd rates that follow one another, at the line of the first."""
    first, rate = run[0]
    wanted = f"a rate within {MOST_TIMES:g} times its neighbours is wanted"
    remedy = "look at the decimal point and the unit; restate rates before a new currency"
    if swapped:
        wanted = "a rate in the direction of its neighbours is wanted"
        remedy = f"write {1 / rate:.6g}: this is its inverse"
    if len(run) > 1:
        wanted += f", here and on {len(run) - 1} more until {run[-1][0].when}"
    return Suspect(first.line, wanted, f"{rate:.6g}, beside {level:.6g}", remedy)


def against(series: Series, reference: Series, name: str) -> tuple[str, str, str] | None:
    """What is wanted, found and to be done when a series is the inverse or a multiple of another.

    Compared are all averages, ends and days that both have, by the median of their log ratios.
    """
    pairs = [
        *_both(series.averages, reference.averages),
        *_both(series.ends, reference.ends),
        *_both(series.days, reference.days),
    ]
    if not pairs:
        return None
    same = median(log(one / other) for one, other in pairs)
    inverse = median(log(one * other) for one, other in pairs)
    if abs(same) > _OTHER_WAY and abs(inverse) < abs(same) / 4:
        wanted = f"rates in the direction of their name are wanted; {name} has the inverse"
        return wanted, f"{exp(same):.3g} times the other", "name the pair the other way round"
    if abs(same) > _OTHER_UNIT:
        wanted = f"home units for ONE foreign unit are wanted; {name} differs"
        return wanted, f"{exp(same):.3g} times the other", "divide rates for 100 or 1000 units"
    return None


def _both(own: Mapping[_K, Quote], other: Mapping[_K, Quote]) -> Iterator[tuple[float, float]]:
    for when, quote in own.items():
        if when in other:
            yield quote.rate, other[when].rate
