"""What is known at a stage: drawn values for what has happened, central values for the rest.

One path gives every stage. At a stage that knows the first k years, a yearly factor (vacancy,
inflation, income) is actual in those years and central afterwards; a factor drawn once (standard
cost error, delayed recruitment) is known from the first performance report on; a rate is the
actual mean in the known years and the average of the last known December afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

import numpy as np

from simulator.budget.rates import ByYear, Value, rate_by_year
from simulator.scenario.model import Scenario
from simulator.scenario.numbers import Uncertain
from simulator.tables import Draws, Float64
from simulator.units import pair_name, round_half_up, split_pair

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
             "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth",
             "seventeenth", "eighteenth", "nineteenth", "twentieth")  # fmt: skip


def stages(scenario: Scenario) -> tuple[str, ...]:
    """Stages that are estimated from draws, in time order: `initial`, then one a year."""
    return ("initial", *(f"{_ORDINALS[i]}_performance" for i in range(len(scenario.years))))


def final_stage(scenario: Scenario) -> str:
    """The last stage, at which every year is actual."""
    return stages(scenario)[-1]


@dataclass(frozen=True, slots=True)
class YearInputs:
    """Inputs of the cascade by year; each entry is a number or an array of shape (n_draws,)."""

    count: int
    rates: Mapping[str, ByYear]
    inflation: Mapping[str, ByYear]
    vacancy: Mapping[str, ByYear]
    delayed_recruitment: Mapping[str, ByYear]
    standard_cost_error: Mapping[str, ByYear]
    price_error: Mapping[str, ByYear]
    income: Mapping[str, ByYear]


def _yearly(draws: Draws | None, name: str, number: Uncertain, years: int, known: int) -> ByYear:
    """A factor with one component a year."""
    centre = float(number.centre)
    if draws is None or name not in draws:
        return (centre,) * years
    values = draws[name]
    return tuple(values[:, i] if i < known else centre for i in range(years))


def _once(draws: Draws | None, name: str, number: Uncertain, years: int, known: int) -> ByYear:
    """A factor drawn once, known as soon as one year has passed."""
    centre = float(number.centre)
    if draws is None or name not in draws or known == 0:
        return (centre,) * years
    return (draws[name][:, 0],) * years


@lru_cache(maxsize=1024)
def _income_part(centre: Decimal, years: int, cell: Decimal) -> tuple[float, float]:
    """The printed cell of a year's central part, and what its rounding added."""
    part = Fraction(centre) / years
    printed = round_half_up(part, cell)
    return float(printed), float(Fraction(printed) - part)


def _income(
    draws: Draws | None, name: str, number: Uncertain, years: int, known: int, cell: Decimal
) -> ByYear:
    """Income of the period in equal yearly parts, actual in the known years.

    The central part of a year is its printed cell; drawn parts move by that rounding with it.
    """
    centre, rounding = _income_part(number.centre, years, cell)
    if draws is None or name not in draws:
        return (centre,) * years
    values = draws[name][:, 0] / years + rounding
    return tuple(values if i < known else centre for i in range(years))


def year_inputs(scenario: Scenario, draws: Draws, known: int) -> YearInputs:
    """Inputs at the stage that knows the first `known` years of these draws."""
    rates = {pair: rate_by_year(scenario, draws, pair, known) for pair in scenario.rates}
    inflation: dict[str, ByYear] = {}
    years = len(scenario.years)
    for name in scenario.inflation:
        factor = f"inflation.{name}"
        inflation[name] = tuple(
            draws[factor][:, i] if i < known and factor in draws else 0.0 for i in range(years)
        )
    return _assemble(scenario, draws, draws.count, known, rates, inflation)


def central_inputs(scenario: Scenario) -> YearInputs:
    """Every factor at its central value and every rate at the budget rate (one draw)."""
    years = len(scenario.years)
    rates: dict[str, ByYear] = {
        pair: (float(scenario.budget_rate(split_pair(pair)[1])),) * years for pair in scenario.rates
    }
    inflation: dict[str, ByYear] = dict.fromkeys(scenario.inflation, (0.0,) * years)
    return _assemble(scenario, None, 1, years, rates, inflation)


def _assemble(
    scenario: Scenario,
    draws: Draws | None,
    count: int,
    known: int,
    rates: Mapping[str, ByYear],
    inflation: Mapping[str, ByYear],
) -> YearInputs:
    years = len(scenario.years)
    at = "categories."
    own = pair_name(scenario.budget.currency, scenario.budget.currency)
    return YearInputs(
        count=count,
        rates={**rates, own: (1.0,) * years},
        inflation=inflation,
        vacancy={
            name: _yearly(draws, f"{at}{name}.vacancy", c.vacancy, years, known)
            for name, c in scenario.categories.items()
        },
        delayed_recruitment={
            name: _once(
                draws, f"{at}{name}.delayed_recruitment", c.delayed_recruitment, years, known
            )
            for name, c in scenario.categories.items()
        },
        standard_cost_error={
            name: _once(
                draws, f"{at}{name}.standard_cost_error", c.standard_cost_error, years, known
            )
            for name, c in scenario.categories.items()
        },
        price_error={
            name: _once(draws, f"lines.{name}.price_error", line.price_error, years, known)
            for name, line in scenario.lines.items()
        },
        income={
            name: _income(
                draws, f"income.{name}", line.estimate, years, known, scenario.budget.cell
            )
            for name, line in scenario.income.items()
        },
    )


def column(value: Value, count: int) -> Float64:
    """`value` as an array of shape (count,)."""
    return np.broadcast_to(np.asarray(value, dtype=np.float64), (count,))
