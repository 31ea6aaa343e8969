"""What is known of a rate on a date: where it stands, how it moved, and how prices pull it."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from simulator.analysis.exchange import end_from_averages
from simulator.history.changes import Changes, MeanProduct
from simulator.history.prices import Prices, PricesAsOf, published_on
from simulator.history.rates import Latest, Rates, RatesAsOf
from simulator.history.real import Gap, log_real_rate_gap
from simulator.history.series import last_weekday
from simulator.history.yearly import YearlyFigures
from simulator.units import Month, pair_name

RECENT_MONTHS = 60
LONG_SINCE = Month(1973, 6)
"""The first whole month after the large currencies had begun to float."""

REAL_MONTHS = 180
INFLATION_YEARS = 5
DAYS_A_MONTH = 365.25 / 12
HOLIDAYS = 4
"""A rate so few days before the last weekday of a month counts as that of its end."""


@dataclass(frozen=True)
class Known:
    """What was known on a date of rates and prices."""

    rates: RatesAsOf
    prices: PricesAsOf
    yearly: YearlyFigures

    @classmethod
    def of(cls, rates: Rates, prices: Prices, yearly: YearlyFigures, known_on: dt.date) -> Known:
        """Everything as of `known_on`."""
        return cls(rates.as_of(known_on), prices.as_of(known_on), yearly)

    @property
    def known_on(self) -> dt.date:
        """The information date."""
        return self.rates.known_on

    @cached_property
    def changes(self) -> Changes:
        """Monthly changes, joint over currencies."""
        return Changes(self.rates, self.yearly)

    @cached_property
    def _facts(self) -> dict[tuple[str, str], Facts]:
        return {}

    def facts(self, home: str, foreign: str) -> Facts:
        """What is known of one rate, worked out once; raises as `facts_of`."""
        key = home, foreign
        if key not in self._facts:
            self._facts[key] = facts_of(self, home, foreign)
        return self._facts[key]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one rate.

    Mean squares are of log changes of monthly averages. `start_variance` is that of the log rate at
    the end of the information date's month given `start`, in units of the month-end variance: 0
    when a daily rate of its end was known. `differential` and `gap` are None where prices of one of
    the two countries are not known; `as_of` is the day on which all of this was known.
    """

    foreign: str
    pair: str
    latest: Latest
    start: float
    start_variance: float
    recent: MeanProduct
    long: MeanProduct
    differential: float | None
    gap: Gap | None
    as_of: dt.date


def facts_of(known: Known, home: str, foreign: str) -> Facts:
    """What is known of one rate.

    Raises InputError when its last rate or two years of monthly changes are not known.
    """
    latest = known.rates.latest(home, foreign)
    recent = known.changes.mean_square(home, foreign, *known.changes.last_months(RECENT_MONTHS))
    long = known.changes.mean_square(home, foreign, LONG_SINCE, known.rates.last_month)
    start, variance = _start(known, home, foreign, latest)
    as_of = max(latest.date, recent.window.last.last_day())
    differential = gap = None
    if {home, foreign} <= set(known.prices.currencies):
        abroad = known.prices.mean_last(foreign, INFLATION_YEARS)
        differential = abroad - known.prices.mean_last(home, INFLATION_YEARS)
        gap = log_real_rate_gap(
            known.rates, known.yearly, known.prices, home, foreign,
            start=start, months=REAL_MONTHS,
        )  # fmt: skip
        published = (known.prices.last_published(currency) for currency in (home, foreign))
        as_of = max(as_of, *map(published_on, published))
    pair = pair_name(home, foreign)
    return Facts(foreign, pair, latest, start, variance, recent, long, differential, gap, as_of)


def _start(known: Known, home: str, foreign: str, latest: Latest) -> tuple[float, float]:
    """The rate a path starts from, and the variance of where it stands when the path begins.

    Paths begin with the month after the information date. Where only averages of months are known
    the rate is estimated from them; what lies between the last rate and the end of the information
    date's month adds its part of a month's variance.
    """
    days = (last_weekday(Month.of(known.known_on)) - latest.date).days
    since = days / DAYS_A_MONTH if days > HOLIDAYS else 0.0
    if latest.kind != "average":
        return latest.rate, since
    averages = known.rates.averages(home, foreign)
    month, tail = Month.of(latest.date), list[float]()
    while month in averages and len(tail) < RECENT_MONTHS:
        tail.append(math.log(averages[month]))
        month = month.plus(-1)
    level, variance = end_from_averages(np.array(tail[::-1]))
    return math.exp(level), variance + since
