"""Which inputs of a scenario are drawn, under which names: the contract of sampling and budget.

A factor's name is its place in the scenario file, so its stream of chance follows the meaning of
the number and not its position. `sampling` draws factors by name, `budget` reads them by name.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from simulator.scenario.exchange import Blended, Bootstrap, Drawn, StudentWalk
from simulator.scenario.model import Scenario
from simulator.scenario.numbers import Uncertain
from simulator.scenario.parts import Rate

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


def is_drawn_rate(scenario: Scenario, rate: Rate) -> bool:
    """True when the rate has its own path (not pegged to another, not given)."""
    return rate.pegged is None and isinstance(scenario.exchange, Drawn)


def streams_of(scenario: Scenario) -> tuple[str, ...]:
    """Names that have a stream of chance: the factors, and what all rates have in common."""
    shared = isinstance(scenario.exchange, Blended | StudentWalk | Bootstrap)
    factors = factors_of(scenario)
    moving = any(factor.kind == "rate" for factor in factors)
    return (*(factor.name for factor in factors), *((COMMON,) if shared and moving else ()))


def _rate_factors(scenario: Scenario) -> list[Factor]:
    months = tuple(str(month) for month in scenario.months)
    currency = scenario.budget.currency
    return [
        Factor(
            name=f"rates.{pair}",
            driver="exchange",
            kind="rate",
            components=months,
            unit=f"{currency}/{pair.rpartition('_')[2].upper()}",
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


def certain_names(scenario: Scenario) -> frozenset[str]:
    """Names that would be factors if their number were uncertain here, or their rate drawn."""
    drawn = {factor.name for factor in factors_of(scenario)}
    names = {name for name, *_ in _numbers(scenario)}
    names |= {f"pledges.{pledge.name}.arrives" for pledge in scenario.pledges}
    names |= {f"rates.{pair}" for pair in scenario.rates}
    names |= {f"inflation.{name}" for name in scenario.inflation}
    return frozenset({*names, COMMON} - drawn)


def _number_factors(scenario: Scenario) -> list[Factor]:
    """Every uncertain number of the scenario that is not certain."""
    return [
        Factor(name, driver, "number", components, unit, text, number)
        for name, driver, components, unit, text, number in _numbers(scenario)
        if not number.is_known
    ]


Named = tuple[str, Driver, tuple[str, ...], str, str, Uncertain]


def _numbers(scenario: Scenario) -> list[Named]:
    """Name, driver, components, unit and meaning of every number that may be uncertain."""
    years = tuple(str(year) for year in scenario.years)
    once = ("",)
    found: list[Named] = []
    for name, category in scenario.categories.items():
        at = f"categories.{name}"
        found += [
            (f"{at}.vacancy", "vacancy", years, "1", f"vacancy rate, {name}", category.vacancy),
            (
                f"{at}.delayed_recruitment",
                "vacancy",
                once,
                "1",
                f"part of the first year for which new posts stay empty, {name}",
                category.delayed_recruitment,
            ),
            (
                f"{at}.standard_cost_error",
                "post_costs",
                once,
                "1",
                f"relative error of standard costs, {name}",
                category.standard_cost_error,
            ),
        ]
    for name, line in scenario.lines.items():
        driver: Driver = "post_costs" if line.kind == "posts" else "inflation"
        found.append(
            (
                f"lines.{name}.price_error",
                driver,
                once,
                "1",
                f"relative error of prices, {name}",
                line.price_error,
            )
        )
    amounts = f"{scenario.budget.unit} {scenario.budget.currency}"
    for name, income in scenario.income.items():
        text = f"income of the period, {name}"
        found.append((f"income.{name}", "income", once, amounts, text, income.estimate))
    if scenario.inflows is not None:
        lag = scenario.inflows.spending_lag_months
        text = "months from receipt to spending"
        found.append(("inflows.spending_lag_months", "inflows", once, "months", text, lag))
    for name, window in scenario.windows.items():
        text = f"months by which all that comes through window {name} is late"
        found.append(
            (f"windows.{name}.delay_months", "inflows", once, "months", text, window.delay_months)
        )
        own = window.spending_lag_months
        if own is not None:
            key = f"windows.{name}.spending_lag_months"
            text = f"months from receipt to spending, window {name}"
            found.append((key, "inflows", once, "months", text, own))
    for pledge in scenario.pledges:
        at, unit = f"pledges.{pledge.name}", f"{scenario.budget.unit} {pledge.currency}"
        text = f"amount of {pledge.name} if it arrives"
        found.append((f"{at}.amount", "inflows", once, unit, text, pledge.amount))
        if 0 < pledge.probability.value < 1:
            arrives = Uncertain.model_validate({"bernoulli": {"p": pledge.probability.value}})
            text = f"1 if {pledge.name} arrives, else 0"
            found.append((f"{at}.arrives", "inflows", once, "1", text, arrives))
        text = f"months by which {pledge.name} is late"
        found.append((f"{at}.delay_months", "inflows", once, "months", text, pledge.delay_months))
    return found


def factors_of(scenario: Scenario) -> tuple[Factor, ...]:
    """Every factor that is drawn, in the order of the scenario."""
    return (
        *_rate_factors(scenario),
        *_inflation_factors(scenario),
        *_number_factors(scenario),
    )


def central_value(number: Uncertain) -> Decimal:
    """The value of an uncertain number in the central case."""
    return number.centre
