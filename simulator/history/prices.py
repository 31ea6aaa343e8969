"""Consumer-price inflation by currency and year, with a vintage.

The figure of a year is published on 1 February of the year after, and is not known before: the
rule of this program, as statistical offices publish in January. A figure of the user takes
precedence over the one that the program carries. Inflation is a fraction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from math import fsum, log1p

from simulator.errors import InputError, Problem
from simulator.history.rates import NotYetKnown, SourceUsed
from simulator.history.yearly import YearlyFigures
from simulator.units import Month

EXTRAPOLATED_BY = 5
"""Published years whose mean goes on after the last of them."""


@dataclass(frozen=True, slots=True)
class UserPrices:
    """Inflation by currency and year from a user's file."""

    name: str = ""
    file: str = ""
    sha256: str = ""
    inflation: Mapping[str, Mapping[int, float]] = field(default_factory=dict)


def published_on(year: int) -> dt.date:
    """The day from which a year's inflation is known."""
    return dt.date(year + 1, 2, 1)


class Prices:
    """Inflation from the user's file, and from the yearly table where the file has none."""

    def __init__(self, yearly: YearlyFigures, user: UserPrices | None = None) -> None:
        self.sources = (user, yearly) if user is not None else (yearly,)
        own = user.inflation if user is not None else {}
        self._inflation = {
            currency: dict(
                sorted({**yearly.inflation.get(currency, {}), **own.get(currency, {})}.items())
            )
            for currency in sorted({*yearly.inflation, *own})
        }
        problems = [
            Problem(
                "inflation of every year in between is wanted",
                key=currency,
                value=f"{before}, then {after}",
                remedy="add the years in between to the file given with --prices",
                file=user.file if user is not None else "",
            )
            for currency, years in self._inflation.items()
            for before, after in pairwise(years)
            if after != before + 1
        ]
        if problems:
            raise InputError(problems)

    def as_of(self, known_on: dt.date) -> PricesAsOf:
        """What was published by a date."""
        return PricesAsOf(self._inflation, known_on, self.sources)


class PricesAsOf:
    """Inflation as it was known on `known_on`; later figures do not exist here."""

    def __init__(
        self,
        inflation: Mapping[str, Mapping[int, float]],
        known_on: dt.date,
        sources: tuple[UserPrices | YearlyFigures, ...] = (),
    ) -> None:
        self.known_on = known_on
        self._sources, self._read = sources, set[str]()
        self._inflation = {
            currency: {year: value for year, value in years.items() if self._published(year)}
            for currency, years in inflation.items()
        }

    @property
    def currencies(self) -> tuple[str, ...]:
        """Currencies with at least one published year, sorted."""
        return tuple(sorted(name for name, years in self._inflation.items() if years))

    def years(self, currency: str) -> dict[int, float]:
        """Inflation of every published year, in their order."""
        years = self._inflation.get(currency)
        if not years:
            raise InputError(self._wanted("inflation published", currency, "nothing"))
        self._read.add(currency)
        return dict(years)

    @property
    def sources_used(self) -> tuple[SourceUsed, ...]:
        """Every source that was read from so far, the user's first, with its last publication."""
        last: dict[int, int] = {}
        for currency in self._read:
            for year in self._inflation[currency]:
                place = next(
                    (i for i, one in enumerate(self._sources)
                     if year in one.inflation.get(currency, {})), None,
                )  # fmt: skip
                if place is not None:
                    last[place] = max(year, last.get(place, year))
        return tuple(
            SourceUsed(one.name, one.file, one.sha256, published_on(last[place]))
            for place, one in enumerate(self._sources)
            if place in last
        )

    def inflation(self, currency: str, year: int) -> float:
        """Inflation of a year.

        Raises NotYetKnown when it was not published, InputError when it is not in the data.
        """
        if not self._published(year):
            wanted = "a year whose inflation was published is wanted"
            raise NotYetKnown(
                Problem(
                    f"{wanted} on {self.known_on}",
                    key=currency,
                    value=f"{year}, known from {published_on(year)}",
                    remedy="ask for an earlier year, or set a later information date",
                )
            )
        years = self.years(currency)
        if year not in years:
            raise InputError(self._wanted(f"inflation of {year}", currency, _range(years)))
        return years[year]

    def last_published(self, currency: str) -> int:
        """The last year whose inflation is known."""
        return max(self.years(currency))

    def mean_last(self, currency: str, count: int) -> float:
        """The mean of the last `count` published years."""
        years = self.years(currency)
        if len(years) < count:
            wanted = f"inflation of {count} years published"
            raise InputError(self._wanted(wanted, currency, f"{len(years)} years"))
        return fsum(list(years.values())[-count:]) / count

    def relative_index(self, home: str, foreign: str) -> Callable[[Month], float]:
        """Log of the foreign over the home price level, up to a constant, in the middle of a month.

        A year's level stands at its middle; between, the log level is a straight line; before the
        first it is constant; after the last it grows by the difference of the means of the last
        `EXTRAPOLATED_BY` published years.
        """
        abroad, here = self.years(foreign), self.years(home)
        common = sorted(abroad.keys() & here.keys())
        if not common:
            raise InputError(self._wanted(f"inflation of a year that {home} has", foreign, "none"))
        growth = self.mean_last(foreign, EXTRAPOLATED_BY) - self.mean_last(home, EXTRAPOLATED_BY)
        levels, level = {}, 0.0
        for year in common:
            level += log1p(abroad[year]) - log1p(here[year])
            levels[year] = level
        return lambda month: _between(levels, growth, month.year + (month.month - 0.5) / 12)

    def _published(self, year: int) -> bool:
        return published_on(year) <= self.known_on

    def _wanted(self, what: str, currency: str, found: str) -> Problem:
        return Problem(
            f"{what} by {self.known_on} is wanted",
            key=currency,
            value=found,
            remedy="give it in a file with --prices: year, currency, inflation",
        )


def _range(years: Mapping[int, float]) -> str:
    return f"{min(years)} to {max(years)}"


def _between(levels: Mapping[int, float], growth: float, time: float) -> float:
    """The log level at a time in years, where the level of year y stands at y + 1/2."""
    first, last = min(levels), max(levels)
    if time >= last + 0.5:
        return levels[last] + growth * (time - last - 0.5)
    if time <= first + 0.5:
        return levels[first]
    year = int(time - 0.5)
    part = time - 0.5 - year
    return levels[year] + part * (levels[year + 1] - levels[year])
