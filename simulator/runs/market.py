"""Where rates and prices come from: a user's files first, then daily rates, then the scenario's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from simulator.engine.facts import Known
from simulator.errors import InputError, Problem
from simulator.history import daily_rates
from simulator.history.csv_prices import read_prices
from simulator.history.csv_rates import read_rates
from simulator.history.pairs import HandRate, hand_rates
from simulator.history.prices import Prices
from simulator.history.rates import Rates, RateSource
from simulator.history.yearly import YearlyFigures, yearly_figures
from simulator.scenario.model import Scenario
from simulator.units import Month


@dataclass(frozen=True, slots=True)
class Market:
    """Rates and prices of every date; `known` gives what was known on one."""

    rates: Rates
    prices: Prices
    yearly: YearlyFigures

    def known(self, known_on: dt.date) -> Known:
        """Rates and prices as of a date."""
        return Known.of(self.rates, self.prices, self.yearly, known_on)


def market(
    files: Sequence[Path] = (),
    prices: Path | None = None,
    *,
    pair: str = "",
    home: str = "",
    scenario: Scenario | None = None,
    needs_rates: bool = True,
) -> Market:
    """Everything that is known, with the files of the user first.

    `pair` or `home` name the rates of a file that does not name them. Raises InputError with the
    problems of all files, EnvironmentFault when rates are needed and there is neither a file nor
    the package of daily rates.
    """
    today = dt.datetime.now(dt.UTC).date()
    daily = daily_rates.daily_rates() if daily_rates.available() else None
    sources: list[RateSource] = []
    problems: list[Problem] = []
    for file in files:
        try:
            sources.append(read_rates(file, pair=pair, home=home, reference=daily, today=today))
        except InputError as error:
            problems += error.problems
    yearly = yearly_figures()
    user = None
    if prices is not None:
        try:
            user = read_prices(prices, yearly, today=today)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    written = list(_written(scenario)) if scenario is not None else []
    if daily is not None:
        sources.append(daily)
    elif needs_rates and not sources and not written:
        daily_rates.daily_rates()  # says what to install
    if written:
        sources.append(hand_rates(written))
    return Market(Rates(sources), Prices(yearly, user), yearly)


def _written(scenario: Scenario) -> Iterator[HandRate]:
    """The rates that a scenario writes down itself: the last source of all."""
    for pair, rate in scenario.rates.items():
        if rate.start is not None and rate.start.as_of is not None:
            source = rate.start.source or f"scenario {scenario.name}"
            yield HandRate(pair, rate.start.as_of, float(rate.start), "day", source)
        for label, value in rate.observed.items():
            source = value.source or f"scenario {scenario.name}"
            yield HandRate(pair, Month.parse(label), float(value), "average", source)
