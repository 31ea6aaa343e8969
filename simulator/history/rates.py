"""Exchange rates with a vintage: nothing that was not known on a date can be read as of it.

    rates = Rates([user_file, daily_rates()])       the first that has a month or day wins
    known = rates.as_of(known_on)                   the only way to read
    known.latest("EUR", "USD")                      the last rate, EUR for one USD

Weekends, missing days and whole months follow the rule in `series`. Triangles close within a
source; with several sources they close for rates of one home currency, whose quotients are the
other crosses.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import log
from typing import Protocol

from simulator.errors import InputError, Problem
from simulator.history.series import MOST_DAYS_BACK, Kind, Quote, Series, newest
from simulator.units import Month, pair_name

OLD_AFTER_DAYS = 45
"""A last rate older than this on the information date is worth a warning."""


class NotYetKnown(InputError):
    """Something was asked for that was not known on the information date."""


class RateSource(Protocol):
    """Where rates come from: how to cite it, what file it is, and its series."""

    name: str
    file: str
    sha256: str
    currencies: frozenset[str]

    def series(self, home: str, foreign: str) -> Series | None:
        """All rates in home units for one foreign unit, whenever known; None if there are none."""


@dataclass(frozen=True, slots=True)
class Latest:
    """The last rate known; `date` is the last day of the month when `kind` is "average"."""

    rate: float
    date: dt.date
    kind: Kind
    source: str


@dataclass(frozen=True, slots=True)
class SourceUsed:
    """A source that rates were read from, and the date of the last of them."""

    name: str
    file: str
    sha256: str
    data_as_of: dt.date


class Rates:
    """Rates from several sources, the first of which takes precedence."""

    def __init__(self, sources: Iterable[RateSource]) -> None:
        self._sources = tuple(sources)

    def as_of(self, known_on: dt.date) -> RatesAsOf:
        """What was known on a date."""
        return RatesAsOf(self._sources, known_on)


class RatesAsOf:
    """Rates as they were known on `known_on`; later ones do not exist here."""

    def __init__(self, sources: tuple[RateSource, ...], known_on: dt.date) -> None:
        self.known_on = known_on
        self._sources = sources
        self._last_used: dict[int, dt.date] = {}

    @property
    def last_month(self) -> Month:
        """The last month that was over on `known_on`."""
        month = Month.of(self.known_on)
        return month if month.last_day() == self.known_on else month.plus(-1)

    @property
    def currencies(self) -> tuple[str, ...]:
        """Every currency that some source has, sorted."""
        return tuple(sorted({name for source in self._sources for name in source.currencies}))

    def has(self, home: str, foreign: str) -> bool:
        """True when some source has the pair, at whatever time."""
        return any(True for _ in self._series(home, foreign))

    def latest(self, home: str, foreign: str) -> Latest:
        """The last rate of a day or month end known, or the last monthly average.

        The newest of all sources, and of two for the same day that of the first source. An average
        is taken where there is nothing else, or nothing else within the `OLD_AFTER_DAYS` before it.
        Raises InputError when nothing was known.
        """
        spot = self._newest(home, foreign, self.known_on, ("day", "end"))
        average = self._newest(home, foreign, self.known_on, ("average",))
        chosen = spot or average
        if spot and average and (average.quote.date - spot.quote.date).days > OLD_AFTER_DAYS:
            chosen = average
        if chosen is None:
            raise self._nothing(home, foreign, f"known on {self.known_on}")
        quote = self._used(chosen)
        return Latest(quote.rate, quote.date, chosen.kind, self._sources[chosen.place].name)

    def on(self, home: str, foreign: str, day: dt.date) -> float:
        """The rate of a day: the last of a day or month end, at most `MOST_DAYS_BACK` days back.

        Raises NotYetKnown for a day after `known_on` or a rate published later, InputError when no
        source has one.
        """
        if day > self.known_on:
            raise self._not_yet(home, foreign, day)
        found = self._newest(home, foreign, day, ("day", "end"))
        if found is not None and (day - found.quote.date).days <= MOST_DAYS_BACK:
            return self._used(found).rate
        for _, series in self._series(home, foreign):
            for quotes in (series.days, series.given_ends):
                later = newest(quotes.values(), day, dt.date.max)
                if later is not None and (day - later.date).days <= MOST_DAYS_BACK:
                    raise self._not_yet(home, foreign, day)
        raise self._nothing(home, foreign, f"on {day}")

    def average(self, home: str, foreign: str, month: Month) -> float:
        """The average of a month.

        Raises NotYetKnown for a month that was not over, or published later, InputError when no
        source has it.
        """
        found = self.averages(home, foreign).get(month)
        if found is not None:
            return found
        if month > self.last_month or any(
            month in series.averages for _, series in self._series(home, foreign)
        ):
            raise self._not_yet(home, foreign, month)
        raise self._nothing(home, foreign, f"in {month}")

    def averages(self, home: str, foreign: str) -> dict[Month, float]:
        """Averages of all months that were over and published, in their order."""
        return self._monthly(home, foreign, "average")

    def ends(self, home: str, foreign: str) -> dict[Month, float]:
        """Month-end rates of all months that were over and published, in their order."""
        return self._monthly(home, foreign, "end")

    def changes(self, home: str, foreign: str) -> dict[Month, float]:
        """Log changes of monthly averages from the month before, in the order of time.

        A change is taken inside one source where one has both months, so that two sources which
        measure differently make no jump where they meet; else from one source to the other.
        """
        found: dict[Month, float] = {}
        known = [self._visible(series, "average") for _, series in self._series(home, foreign)]
        for averages in [*known, self.averages(home, foreign)]:
            for month, rate in averages.items():
                before = averages.get(month.plus(-1))
                if before is not None:
                    found.setdefault(month, log(rate / before))
        return dict(sorted(found.items()))

    def age_in_days(self, home: str, foreign: str) -> int:
        """How many days before `known_on` the last rate was."""
        return (self.known_on - self.latest(home, foreign).date).days

    def old_rates(self, home: str, currencies: Iterable[str]) -> tuple[Problem, ...]:
        """A warning for every currency whose last rate is older than `OLD_AFTER_DAYS` days."""
        return tuple(
            Problem(
                f"a rate of at most {OLD_AFTER_DAYS} days before {self.known_on} is wanted",
                key=pair_name(home, foreign),
                value=f"{latest.date}, {self.age_in_days(home, foreign)} days before",
                remedy=f"give newer rates than those of: {latest.source}",
            )
            for foreign in currencies
            for latest in [self.latest(home, foreign)]
            if self.age_in_days(home, foreign) > OLD_AFTER_DAYS
        )

    @property
    def sources_used(self) -> tuple[SourceUsed, ...]:
        """Every source that was read from so far, in the order of precedence."""
        return tuple(
            SourceUsed(source.name, source.file, source.sha256, self._last_used[place])
            for place, source in enumerate(self._sources)
            if place in self._last_used
        )

    @property
    def data_as_of(self) -> dt.date | None:
        """The date of the last rate that was read so far, None when none was."""
        return max(self._last_used.values(), default=None)

    def _series(self, home: str, foreign: str) -> Iterator[tuple[int, Series]]:
        for place, source in enumerate(self._sources):
            series = source.series(home, foreign)
            if series is not None:
                yield place, series

    def _newest(
        self, home: str, foreign: str, until: dt.date, kinds: tuple[Kind, ...]
    ) -> _Found | None:
        """The newest rate for a day not after `until`; on one day, of the first source and kind."""
        found = [
            _Found(quote, kind, place)
            for place, series in self._series(home, foreign)
            for kind in kinds
            for quote in [newest(series.of_kind(kind), until, self.known_on)]
            if quote is not None
        ]
        return max(found, key=lambda one: one.quote.date, default=None)

    def _monthly(self, home: str, foreign: str, kind: Kind) -> dict[Month, float]:
        found: dict[Month, tuple[float, int]] = {}
        for place, series in self._series(home, foreign):
            for month, rate in self._visible(series, kind).items():
                found.setdefault(month, (rate, place))
        for month, (_, place) in found.items():
            self._note(place, month.last_day())
        return {month: rate for month, (rate, _) in sorted(found.items())}

    def _visible(self, series: Series, kind: Kind) -> dict[Month, float]:
        months = series.ends if kind == "end" else series.averages
        last = self.last_month
        return {
            month: quote.rate
            for month, quote in months.items()
            if month <= last and quote.known_on <= self.known_on
        }

    def _used(self, found: _Found) -> Quote:
        self._note(found.place, found.quote.date)
        return found.quote

    def _note(self, place: int, date: dt.date) -> None:
        self._last_used[place] = max(date, self._last_used.get(place, date))

    def _not_yet(self, home: str, foreign: str, when: dt.date | Month) -> NotYetKnown:
        return NotYetKnown(
            Problem(
                f"a rate known on {self.known_on} is wanted",
                key=pair_name(home, foreign),
                value=str(when),
                remedy="ask for an earlier one, or set a later information date",
            )
        )

    def _nothing(self, home: str, foreign: str, when: str) -> InputError:
        names = "; ".join(source.name for source in self._sources) or "no source is given"
        return InputError(
            Problem(
                f"a rate {when} is wanted, no source has one",
                key=pair_name(home, foreign),
                value=names,
                remedy="give a file that has it with --rates or --history, "
                "or install the extra `fx` for daily rates",
            )
        )


@dataclass(frozen=True, slots=True)
class _Found:
    quote: Quote
    kind: Kind
    place: int
