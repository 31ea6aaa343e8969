"""Rates of a draw by month and by year: observed, drawn or given, pegged, and moved by events.

This is the one place where a month's rate is put together; what is stored of a rate and what the
cascade uses are the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import TypeVar

from simulator.scenario.exchange import Drawn, FixedRates, PathRates
from simulator.scenario.model import Scenario
from simulator.tables import Draws, Float64
from simulator.units import Month, split_pair

Value = Float64 | float
ByYear = tuple[Value, ...]
T = TypeVar("T")


def mean_of(columns: list[Value]) -> Value:
    """Mean of equally long columns, added in order: the same bits for any number of draws."""
    if len(columns) == 1:
        return columns[0]
    total = columns[0] + columns[1]
    for column in columns[2:]:
        total += column  # a column of its own by now
    total /= len(columns)
    return total


def _once(scenario: Scenario, draws: Draws | None, key: Hashable, make: Callable[[], T]) -> T:
    """What `make` gives, worked out once for these draws under this scenario."""
    if draws is None:
        return make()
    known: tuple[Scenario, T] | None = draws.memo.get(key)
    if known is None or known[0] is not scenario:
        draws.memo[key] = known = scenario, make()
    return known[1]


def monthly_rates(scenario: Scenario, draws: Draws | None, pair: str) -> Mapping[Month, Value]:
    """Monthly averages of a rate: those observed, then those drawn or given, with its events."""
    return _once(scenario, draws, ("month", pair), lambda: _monthly(scenario, draws, pair))


def yearly_mean(scenario: Scenario, draws: Draws | None, pair: str, year: int) -> Value:
    """Mean of the twelve months of a year."""

    def mean() -> Value:
        months = monthly_rates(scenario, draws, pair)
        return mean_of([months[Month(year, month)] for month in range(1, 13)])

    return _once(scenario, draws, ("year", pair, year), mean)


def _monthly(scenario: Scenario, draws: Draws | None, pair: str) -> dict[Month, Value]:
    rate = scenario.rates[pair]
    if rate.pegged is not None:
        anchor = monthly_rates(scenario, draws, rate.pegged.to)
        return {month: float(rate.pegged.ratio) * value for month, value in anchor.items()}
    months: dict[Month, Value] = {
        Month.parse(label): float(value) for label, value in rate.observed.items()
    }
    name = f"rates.{pair}"
    drawn = draws[name] if draws is not None and name in draws else None
    for i, month in enumerate(scenario.months):
        value = _given(scenario, pair, month) if drawn is None else drawn[:, i]
        factor = event_factor(scenario, pair, month)
        months[month] = value if factor == 1.0 else value * factor
    return months


def event_factor(scenario: Scenario, pair: str, month: Month) -> float:
    """Product of the factors of every event that moves the rate, by name."""
    factor = 1.0
    for event in sorted(scenario.events, key=lambda event: event.name):
        if event.moves(pair):
            factor *= event.factor(month)
    return factor


def _given(scenario: Scenario, pair: str, month: Month) -> float:
    """The rate of a month that is not drawn."""
    law, start = scenario.exchange, scenario.rates[pair].start
    if isinstance(law, PathRates):
        given = law.at(pair, month)
        if given is not None:
            return float(given)
    if isinstance(law, FixedRates) and law.at == "start" and start is not None:
        return float(start)
    return float(scenario.budget_rate(split_pair(pair)[1]))


def rate_by_year(scenario: Scenario, draws: Draws | None, pair: str, known: int) -> ByYear:
    """Means of the first `known` years, and the last known December for the years after."""
    years = scenario.years
    means = tuple(yearly_mean(scenario, draws, pair, year) for year in years[:known])
    if known == len(years):
        return means
    months = monthly_rates(scenario, draws, pair)
    december = Month(years[0] + known - 1, 12)
    earlier = [month for month in months if month <= december]
    rate = scenario.rates[pair]
    if earlier:
        latest: Value = months[max(earlier)]
    elif rate.pegged is not None:
        latest = float(rate.pegged.ratio) * _start(scenario, rate.pegged.to)
    else:
        latest = _start(scenario, pair)
    return (*means, *(latest,) * (len(years) - known))


def _start(scenario: Scenario, pair: str) -> float:
    """The rate known before the path begins."""
    start = scenario.rates[pair].start
    if start is not None and isinstance(scenario.exchange, Drawn):
        return float(start)
    return _given(scenario, pair, scenario.months[0])
