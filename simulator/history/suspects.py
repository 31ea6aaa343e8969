"""What looks wrong in a series of rates: gaps, slips of the point, and a swapped direction.

Each finding names the line it was found on. The limits are wide: no month of a floating currency
comes near them, while a shifted point, a swapped direction or a price for a hundred units does not
get through.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import exp, log
from statistics import median
from typing import TypeVar

from simulator.history.series import MOST_DAYS_BACK, Kind, Quote, Series
from simulator.units import Month

MOST_TIMES = 5.0
"""A rate this many times its neighbours, or this part of them, is a slip."""

_NEIGHBOURS = 7
_SWAP_AT_LEAST = log(1.5)
"""Near 1 a rate and its inverse cannot be told apart."""
_SWAP_WITHIN = 0.15
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
            yield Suspect(after.line, wanted, f"the one before is {before.when}", remedy)


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

    The level is the median of the last good rates; at the start, of the first ones. Odd rates that
    follow one another are one finding.
    """
    rated = [(one, one.rate) for one in readings if one.rate is not None]
    if len(rated) < 3:
        return
    good: list[float] = []
    start = median(rate for _, rate in rated[:_NEIGHBOURS])
    run: list[tuple[Reading, Suspect]] = []
    for reading, rate in rated:
        level = median(good[-_NEIGHBOURS:]) if len(good) >= 3 else start
        suspect = _odd(reading, rate, level)
        if suspect is not None and (not run or suspect.wanted == run[0][1].wanted):
            run.append((reading, suspect))
            continue
        yield from _one_finding(run)
        run = [(reading, suspect)] if suspect is not None else []
        if suspect is None:
            good.append(rate)
    yield from _one_finding(run)


def _odd(reading: Reading, rate: float, level: float) -> Suspect | None:
    away = log(rate / level)
    shown = f"{rate:.6g}, those beside it about {level:.6g}"
    if abs(away) > _SWAP_AT_LEAST and abs(log(rate) + log(level)) < _SWAP_WITHIN:
        wanted = "a rate in the direction of its neighbours is wanted"
        return Suspect(reading.line, wanted, shown, f"write {1 / rate:.6g}: this is its inverse")
    if abs(away) >= log(MOST_TIMES):
        wanted = f"a rate within {MOST_TIMES:g} times its neighbours is wanted"
        remedy = "look at the decimal point and the unit; restate rates before a new currency"
        return Suspect(reading.line, wanted, shown, remedy)
    return None


def _one_finding(run: Sequence[tuple[Reading, Suspect]]) -> Iterator[Suspect]:
    if not run:
        return
    _, first = run[0]
    if len(run) > 1:
        wanted = f"{first.wanted}, here and on {len(run) - 1} more until {run[-1][0].when}"
        first = replace(first, wanted=wanted)
    yield first


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
