"""The rates of one pair: days, month ends and monthly averages, each with the day it was known.

The rule for weekends and missing days: a day's rate is the last one quoted on or before it, at
most `MOST_DAYS_BACK` days back; a month's average is the mean over its quoted days; a month ends
with its last quoted day. A month of daily rates counts when it is whole: quotes within
`MOST_DAYS_BACK` days of both its ends, and no weekday left after the last quote of all.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import groupby
from math import fsum
from typing import Literal, TypeVar, get_args

from simulator.units import Month

MOST_DAYS_BACK = 10

Kind = Literal["average", "end", "day"]
KINDS: tuple[Kind, ...] = get_args(Kind)

_K = TypeVar("_K", dt.date, Month)


@dataclass(frozen=True, slots=True)
class Quote:
    """A rate in home units for one foreign unit, the day it is for and the day it was known.

    A monthly average is for the last day of its month.
    """

    rate: float
    date: dt.date
    known_on: dt.date

    def inverse(self) -> Quote:
        """The same rate the other way round."""
        return replace(self, rate=1 / self.rate)

    def times(self, other: Quote) -> Quote:
        """The cross of two rates, known when both are."""
        date, known_on = max(self.date, other.date), max(self.known_on, other.known_on)
        return Quote(self.rate * other.rate, date, known_on)


@dataclass(frozen=True)
class Series:
    """The rates of one pair from one source, each mapping in the order of time.

    `given_ends` and `given_averages` are as the source states them; `ends` and `averages` add
    what follows from the days.
    """

    days: Mapping[dt.date, Quote] = field(default_factory=dict)
    given_ends: Mapping[Month, Quote] = field(default_factory=dict)
    given_averages: Mapping[Month, Quote] = field(default_factory=dict)

    def inverse(self) -> Series:
        """The same pair the other way round.

        A stated average is inverted, which differs from the average of the inverse by about the
        square of the month's relative spread: one part in 2 500 for a spread of two per cent.
        """
        return Series(_inverse(self.days), _inverse(self.given_ends), _inverse(self.given_averages))

    def times(self, other: Series) -> Series:
        """The cross of two pairs: where both have a day, an end, or a stated average."""
        return Series(
            _crossed(self.days, other.days),
            _crossed(self.given_ends, other.given_ends),
            _crossed(self.given_averages, other.given_averages),
        )

    @cached_property
    def averages(self) -> dict[Month, Quote]:
        """Monthly averages: stated, else the mean over the quoted days of a whole month."""
        made = {month: _average(month, quotes) for month, quotes in self._whole_months.items()}
        return _sorted({**made, **self.given_averages})

    @cached_property
    def ends(self) -> dict[Month, Quote]:
        """Month-end rates: stated, else the last quoted day of a whole month."""
        made = {
            month: replace(quotes[-1], known_on=max(quotes[-1].known_on, month.last_day()))
            for month, quotes in self._whole_months.items()
        }
        return _sorted({**made, **self.given_ends})

    def of_kind(self, kind: Kind) -> Iterable[Quote]:
        """Every rate of one kind."""
        if kind == "day":
            return self.days.values()
        return self.ends.values() if kind == "end" else self.averages.values()

    @cached_property
    def _whole_months(self) -> dict[Month, list[Quote]]:
        if not self.days:
            return {}
        quotes = sorted(self.days.values(), key=lambda quote: quote.date)
        months = {
            month: list(inside)
            for month, inside in groupby(quotes, key=lambda quote: Month.of(quote.date))
        }
        last = quotes[-1].date
        return {month: inside for month, inside in months.items() if is_whole(month, inside, last)}


@dataclass(frozen=True, slots=True)
class Gathered:
    """Rates of one pair as they are read, one after another."""

    days: dict[dt.date, Quote] = field(default_factory=dict)
    ends: dict[Month, Quote] = field(default_factory=dict)
    averages: dict[Month, Quote] = field(default_factory=dict)

    def put(self, kind: Kind, quote: Quote) -> bool:
        """Add a rate; False when its day or month has one of its kind already."""
        if kind == "day":
            new = quote.date not in self.days
            self.days.setdefault(quote.date, quote)
            return new
        months = self.ends if kind == "end" else self.averages
        new = Month.of(quote.date) not in months
        months.setdefault(Month.of(quote.date), quote)
        return new

    def series(self) -> Series:
        """What was gathered."""
        return Series(self.days, self.ends, self.averages)


def is_whole(month: Month, inside: list[Quote], last_of_all: dt.date) -> bool:
    """True when the quoted days of a month are all that it will have; see the rule above."""
    first, last = inside[0].date, inside[-1].date
    if first.day > MOST_DAYS_BACK + 1 or (month.last_day() - last).days > MOST_DAYS_BACK:
        return False
    return last < last_of_all or last >= last_weekday(month)


def last_weekday(month: Month) -> dt.date:
    """The last day of a month that is not a Saturday or Sunday."""
    day = month.last_day()
    return day - dt.timedelta(days=max(0, day.weekday() - 4))


def _average(month: Month, quotes: list[Quote]) -> Quote:
    rate = fsum(quote.rate for quote in quotes) / len(quotes)
    known_on = max(month.last_day(), *(quote.known_on for quote in quotes))
    return Quote(rate, month.last_day(), known_on)


def _inverse(quotes: Mapping[_K, Quote]) -> dict[_K, Quote]:
    return {when: quote.inverse() for when, quote in quotes.items()}


def _crossed(left: Mapping[_K, Quote], right: Mapping[_K, Quote]) -> dict[_K, Quote]:
    return {when: quote.times(right[when]) for when, quote in left.items() if when in right}


def _sorted(quotes: Mapping[Month, Quote]) -> dict[Month, Quote]:
    return dict(sorted(quotes.items()))


def newest(quotes: Iterable[Quote], until: dt.date, known_on: dt.date) -> Quote | None:
    """The last quote for a day not after `until` that was known by `known_on`."""
    usable = (quote for quote in quotes if quote.date <= until and quote.known_on <= known_on)
    return max(usable, key=lambda quote: quote.date, default=None)
