"""Rates that a scenario need not write down: from its own file, else from the daily rates.

`rates_file = "rates.csv"`, or a workbook, gives the last rate known of every pair that it has, and
the monthly averages inside the period; it takes precedence over what is written. A rate with a path
of its own that is written nowhere starts from the daily rates of the optional package, where that
is installed. Nothing later than `known_on` is read, and what was found stands in the resolved
scenario with its source and date.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from simulator.errors import InputError, Problem
from simulator.history import daily_rates
from simulator.history.rates import OLD_AFTER_DAYS, Rates, RatesAsOf
from simulator.scenario.origins import Origin, Part
from simulator.scenario.places import Path as Place
from simulator.units import PAIR, Month, is_currency, months_between, split_pair

GIVEN_LAWS = ("fixed", "path")
DIGITS = 7


@dataclass(frozen=True)
class RatesSource:
    """A file of rates, or the package of daily rates, as the origin of values."""

    file: str
    name: str

    def key(self, path: Place) -> str:
        """The rate it is about."""
        return ".".join(str(part) for part in path)

    def line(self, path: Place) -> int | None:
        """Not told: a rate may be the mean of many rows."""


@dataclass(frozen=True)
class _Wanted:
    """What the scenario says so far: its currency, its date, its years and its rates."""

    home: str
    known_on: dt.date
    years: tuple[int, ...]
    rates: dict[str, dict[str, Any]]
    drawn: bool


def with_known_rates(
    whole: Part, file: Path | None, name: str
) -> tuple[Part, dict[str, str], tuple[Problem, ...]]:
    """The scenario's tables with rates from `file` and from the daily rates, where wanted.

    Also the sha256 of what was read, by name, and what is wrong with the file. Tables that are not
    yet fit to be understood are handed back: the model will say what is wrong with them.
    """
    wanted = _wanted(whole.value)
    if wanted is None:
        return whole, {}, ()
    read: dict[str, str] = {}
    if file is not None:
        from simulator.history.csv_rates import read_rates  # readers of workbooks come with it

        reference = daily_rates.daily_rates() if daily_rates.available() else None
        try:
            own = read_rates(file, home=wanted.home, reference=reference)
        except InputError as error:
            return whole, {}, error.problems
        read[name] = own.sha256
        known = Rates([own]).as_of(wanted.known_on)
        source = RatesSource(str(file), name)
        whole = _filled(whole, wanted, known, source, replace=True)
        wanted = _wanted(whole.value) or wanted
    if wanted.drawn and _bare(wanted) and daily_rates.available():
        daily = daily_rates.daily_rates()
        known = Rates([daily]).as_of(wanted.known_on)
        source = RatesSource(daily.name, daily_rates.PACKAGE)
        filled = _filled(whole, wanted, known, source, replace=False)
        if filled.value != whole.value:
            read[f"{daily_rates.PACKAGE}/{daily_rates.ARCHIVE}"] = daily.sha256
        whole = filled
    return whole, read, ()


def _wanted(tables: Any) -> _Wanted | None:  # noqa: ANN401 - raw TOML
    budget = tables.get("budget")
    known_on, rates = tables.get("known_on"), tables.get("rates")
    if not isinstance(budget, dict) or not isinstance(rates, dict):
        return None
    home, years = budget.get("currency"), budget.get("years")
    if not (isinstance(home, str) and is_currency(home) and isinstance(years, list) and years):
        return None
    if not isinstance(known_on, dt.date) or isinstance(known_on, dt.datetime):
        return None
    if not all(isinstance(year, int) and 1900 <= year <= 2200 for year in years):
        return None
    exchange = tables.get("exchange", "fixed")
    law = exchange.get("law") if isinstance(exchange, dict) else exchange
    own = {
        pair: rate
        for pair, rate in rates.items()
        if isinstance(rate, dict)
        and "pegged" not in rate
        and PAIR.match(pair)
        and pair.startswith(f"{home.lower()}_per_")
    }
    return _Wanted(home, known_on, tuple(years), own, law not in GIVEN_LAWS)


def _bare(wanted: _Wanted) -> bool:
    return any("start" not in rate for rate in wanted.rates.values())


def _filled(
    whole: Part, wanted: _Wanted, known: RatesAsOf, source: RatesSource, *, replace: bool
) -> Part:
    """The tables with the starts and observed months that are known of their rates."""
    rates = whole.at("rates")
    parts = {pair: rates.at(pair) for pair in rates.value}
    for pair, rate in wanted.rates.items():
        _, foreign = split_pair(pair)
        if not known.has(wanted.home, foreign) or ("start" in rate and not replace):
            continue
        if not replace and known.age_in_days(wanted.home, foreign) > OLD_AFTER_DAYS:
            continue  # the package is older than the scenario: nothing is filled in silently
        keys = {key: parts[pair].at(key) for key in rate}
        for key, value in _known_of(wanted, known, foreign):
            if key == "observed" and "observed" in rate and not replace:
                continue
            keys[key] = Part(value, Origin(source, ("rates", pair, key)))
        parts[pair] = parts[pair].joined(keys)
    tables = {key: whole.at(key) for key in whole.value}
    return whole.joined({**tables, "rates": rates.joined(parts)})


def _known_of(wanted: _Wanted, known: RatesAsOf, foreign: str) -> Iterator[tuple[str, Any]]:
    """The start, and the observed months from the December before the period on."""
    try:
        latest = known.latest(wanted.home, foreign)
    except InputError:
        return
    yield "start", _quantity(latest.rate, latest.date, latest.source)
    averages = known.averages(wanted.home, foreign)
    first, last = Month(wanted.years[0] - 1, 12), known.last_month
    observed = {
        str(month): _quantity(
            averages[month], min(month.last_day(), wanted.known_on), latest.source
        )
        for month in months_between(first, last)
        if month in averages
    }
    if observed and wanted.known_on >= dt.date(wanted.years[0], 1, 31):
        yield "observed", observed


def _quantity(value: float, as_of: dt.date, source: str) -> dict[str, Any]:
    return {"value": Decimal(f"{value:.{DIGITS}g}"), "as_of": as_of, "source": source}
