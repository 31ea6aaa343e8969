"""Which inputs of a scenario are drawn, under which names: the contract of sampling and budget.

A factor's name is its place in the scenario file, so its stream of chance follows the meaning of
the number and not its position. `sampling` draws factors by name, `budget` reads them by name.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from simulator.scenario.exchange import Blended, Bootstrap, Drawn, StudentWalk
from simulator.scenario.model import Scenario
from simulator.scenario.numbers import Uncertain
from simulator.scenario.parts import Rate
from simulator.units import rate_unit

Driver = Literal["exchange", "inflation", "post_costs", "vacancy", "income", "inflows"]
DRIVERS: tuple[Driver, ...] = (
    "exchange",
    "inflation",
    "post_costs",
    "vacancy",
    "income",
    "inflows",
)

COMMON = "exchange.common"
"""Stream of what all rates of a draw share: a scale of the path, or the months drawn again."""


@dataclass(frozen=True, slots=True)
class Factor:
    """An uncertain input: its name, driver, component labels and, unless it is a path, its law.

    A component is what is drawn separately: a year of a vacancy rate, a month of a rate.
    `kind` tells how innovations become values: "number" through the law's quantile function,
    "rate" and "inflation" through the laws of paths.
    """

    name: str
    driver: Driver
    kind: Literal["number", "rate", "inflation"]
    components: tuple[str, ...]
    unit: str
    description: str
    number: Uncertain | None = None

    @property
    def domain(self) -> tuple[float, float]:
        """The values that make sense: outside them an amount or a rate would change its sign."""
        last = self.name.rpartition(".")[2]
        return _DOMAINS.get(last, (-math.inf, math.inf))


_DOMAINS: dict[str, tuple[float, float]] = {
    "vacancy": (0.0, 1.0),
    "delayed_recruitment": (0.0, 1.0),
    "standard_cost_error": (-1.0, math.inf),
    "price_error": (-1.0, math.inf),
    "amount": (0.0, math.inf),
    "delay_months": (0.0, math.inf),
    "spending_lag_months": (0.0, math.inf),
}


def factors_of(scenario: Scenario) -> tuple[Factor, ...]:
    """Every factor that is drawn, in the order of the scenario."""
    return (
        *_rate_factors(scenario),
        *_inflation_factors(scenario),
        *_number_factors(scenario),
    )


def streams_of(scenario: Scenario) -> tuple[str, ...]:
    """Names that have a stream of chance: the factors, and what all rates have in common."""
    shared = isinstance(scenario.exchange, Blended | StudentWalk | Bootstrap)
    factors = factors_of(scenario)
    moving = any(factor.kind == "rate" for factor in factors)
    return (*(factor.name for factor in factors), *((COMMON,) if shared and moving else ()))


def certain_names(scenario: Scenario) -> frozenset[str]:
    """Names that would be factors if their number were uncertain here, or their rate drawn."""
    drawn = {factor.name for factor in factors_of(scenario)}
    names = {name for name, *_ in _numbers(scenario)}
    names |= {f"pledges.{pledge.name}.arrives" for pledge in scenario.pledges}
    names |= {f"rates.{pair}" for pair in scenario.rates}
    names |= {f"inflation.{name}" for name in scenario.inflation}
    return frozenset({*names, COMMON} - drawn)


def is_drawn_rate(scenario: Scenario, rate: Rate) -> bool:
    """True when the rate has its own path (not pegged to another, not given)."""
    return rate.pegged is None and isinstance(scenario.exchange, Drawn)


def _rate_factors(scenario: Scenario) -> list[Factor]:
    months = tuple(str(month) for month in scenario.months)
    return [
        Factor(
            name=f"rates.{pair}",
            driver="exchange",
            kind="rate",
            components=months,
            unit=rate_unit(pair),
            description=f"monthly average rate {pair}",
        )
        for pair, rate in scenario.rates.items()
        if months and is_drawn_rate(scenario, rate)
    ]


def _inflation_factors(scenario: Scenario) -> list[Factor]:
    years = tuple(str(year) for year in scenario.years)
    return [
        Factor(
            name=f"inflation.{name}",
            driver="inflation",
            kind="inflation",
            components=years,
            unit="1",
            description=f"{name} inflation above or below the budget's price path",
        )
        for name, law in scenario.inflation.items()
        if law.sd.value > 0 or law.start.value != 0
    ]


def _number_factors(scenario: Scenario) -> list[Factor]:
    """Every number of the scenario that is not certain."""
    return [
        Factor(name, driver, "number", components, unit, text, number)
        for name, driver, components, unit, text, number in _numbers(scenario)
        if not number.is_known
    ]


_ONCE = ("",)
"""The component of a number that is drawn once."""

_Named = tuple[str, Driver, tuple[str, ...], str, str, Uncertain]
"""Name, driver, components, unit and meaning of a number that may be uncertain."""


def _numbers(scenario: Scenario) -> Iterator[_Named]:
    """Every number that may be uncertain, certain here or not, in the order of the factors."""
    yield from _of_categories(scenario)
    yield from _of_lines(scenario)
    yield from _of_income(scenario)
    yield from _of_windows(scenario)
    yield from _of_pledges(scenario)


def _of_categories(scenario: Scenario) -> Iterator[_Named]:
    years = tuple(str(year) for year in scenario.years)
    for name, one in scenario.categories.items():
        at = f"categories.{name}"
        yield f"{at}.vacancy", "vacancy", years, "1", f"vacancy rate, {name}", one.vacancy
        text = f"part of the first year for which new posts stay empty, {name}"
        key = f"{at}.delayed_recruitment"
        yield key, "vacancy", _ONCE, "1", text, one.delayed_recruitment
        text = f"relative error of standard costs, {name}"
        key = f"{at}.standard_cost_error"
        yield key, "post_costs", _ONCE, "1", text, one.standard_cost_error


def _of_lines(scenario: Scenario) -> Iterator[_Named]:
    for name, line in scenario.lines.items():
        driver: Driver = "post_costs" if line.kind == "posts" else "inflation"
        text = f"relative error of prices, {name}"
        yield f"lines.{name}.price_error", driver, _ONCE, "1", text, line.price_error


def _of_income(scenario: Scenario) -> Iterator[_Named]:
    unit = f"{scenario.budget.unit} {scenario.budget.currency}"
    for name, income in scenario.income.items():
        text = f"income of the period, {name}"
        yield f"income.{name}", "income", _ONCE, unit, text, income.estimate


def _of_windows(scenario: Scenario) -> Iterator[_Named]:
    """When money comes and is spent: what all windows have in common, then each of its own."""
    if scenario.inflows is not None:
        lag = scenario.inflows.spending_lag_months
        text = "months from receipt to spending"
        yield "inflows.spending_lag_months", "inflows", _ONCE, "months", text, lag
    for name, window in scenario.windows.items():
        at = f"windows.{name}"
        text = f"months by which all that comes through window {name} is late"
        yield f"{at}.delay_months", "inflows", _ONCE, "months", text, window.delay_months
        own = window.spending_lag_months
        if own is not None:
            text = f"months from receipt to spending, window {name}"
            yield f"{at}.spending_lag_months", "inflows", _ONCE, "months", text, own


def _of_pledges(scenario: Scenario) -> Iterator[_Named]:
    for pledge in scenario.pledges:
        at, unit = f"pledges.{pledge.name}", f"{scenario.budget.unit} {pledge.currency}"
        text = f"amount of {pledge.name} if it arrives"
        yield f"{at}.amount", "inflows", _ONCE, unit, text, pledge.amount
        if 0 < pledge.probability.value < 1:
            arrives = Uncertain.model_validate({"bernoulli": {"p": pledge.probability.value}})
            text = f"1 if {pledge.name} arrives, else 0"
            yield f"{at}.arrives", "inflows", _ONCE, "1", text, arrives
        text = f"months by which {pledge.name} is late"
        yield f"{at}.delay_months", "inflows", _ONCE, "months", text, pledge.delay_months
