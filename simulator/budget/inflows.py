"""Extrabudgetary money: receipts by pledge, spending, programme support and what a shortfall risks.

Receipts are spread evenly over their year, so a delay of d months moves the part
max(0, 1 − |j − i − d/12|) of what was due in year i into year j; what falls after the period is
not received in it. Spending follows receipts with the same rule and the spending lag.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from simulator.budget.inputs import YearInputs
from simulator.budget.plan import BudgetPlan
from simulator.budget.rates import ByYear, Value
from simulator.scenario.model import Scenario
from simulator.scenario.money import Inflows, Pledge
from simulator.tables import Draws


@dataclass(frozen=True, slots=True)
class Receipts:
    """Money by year. `by_pledge` in whole units of the donor's currency, the rest in the budget's.

    `planned` is as the scenario states it, or the central case at budget rates; it does not
    depend on the draw.
    """

    by_pledge: Mapping[str, ByYear]
    received: ByYear
    planned: tuple[float, ...]
    spending: ByYear


def shifted(due: ByYear, months: Value, before: int = 0) -> ByYear:
    """Amounts due evenly over each year, `months` later; what leaves the period is dropped.

    The first `before` amounts were due before the period: of them only what arrives late counts.
    """
    late = np.maximum(months, 0.0) / 12.0
    moved: list[Value] = []
    for j in range(before, len(due)):
        total: Value = 0.0
        for i in range(j + 1):
            total = total + due[i] * np.maximum(0.0, 1.0 - np.abs(j - i - late))
        moved.append(total)
    return tuple(moved)


def carried_over(amount: float, months: Value, years: int) -> ByYear:
    """`amount`, received evenly in the `months` before the period, spent `months` later."""
    late = np.maximum(months, 0.0) / 12.0
    safe = np.where(late > 0, late, 1.0)
    return tuple(
        amount * np.where(late > 0, np.clip(late - j, 0.0, 1.0) / safe, 1.0 if j == 0 else 0.0)
        for j in range(years)
    )


def _drawn(draws: Draws | None, name: str, centre: float) -> Value:
    return draws[name][:, 0] if draws is not None and name in draws else centre


def pledge_receipts(scenario: Scenario, pledge: Pledge, draws: Draws | None) -> ByYear:
    """Receipts of a pledge by year, whole units of the donor's currency."""
    at = f"pledges.{pledge.name}"
    amount = _drawn(draws, f"{at}.amount", float(pledge.amount.centre)) * scenario.budget.unit
    arrives = _drawn(draws, f"{at}.arrives", float(pledge.probability))
    months = _delay(scenario, pledge, draws)
    first, last = scenario.years[0], scenario.years[-1]
    before = max(0, first - min(pledge.received))
    due: ByYear = tuple(
        amount * arrives * float(pledge.received[year]) if year in pledge.received else 0.0
        for year in range(first - before, last + 1)
    )
    return shifted(due, months, before)


def _delay(scenario: Scenario, pledge: Pledge, draws: Draws | None) -> Value:
    """Months that a pledge is late: its own, and those of its window; neither is below zero."""
    at, window = f"pledges.{pledge.name}", scenario.windows[pledge.window]
    own = _drawn(draws, f"{at}.delay_months", float(pledge.delay_months.centre))
    if window.delay_months.value == 0:
        return own
    key = f"windows.{pledge.window}.delay_months"
    common = _drawn(draws, key, float(window.delay_months.centre))
    return np.maximum(own, 0.0) + np.maximum(common, 0.0)


def in_budget_currency(
    plan: BudgetPlan, by_pledge: Mapping[str, ByYear], rates: Mapping[str, ByYear]
) -> ByYear:
    """Receipts of the given pledges in the budget's currency at each year's rate, added by name."""
    scenario = plan.scenario
    pairs = {pledge.name: scenario.pair(pledge.currency) for pledge in scenario.pledges}
    totals: list[Value] = []
    for y in range(len(plan.years)):
        total: Value = 0.0
        for name in sorted(by_pledge):
            total = total + by_pledge[name][y] * rates[pairs[name]][y]
        totals.append(total)
    return tuple(totals)


def planned_receipts(plan: BudgetPlan, inflows: Inflows) -> tuple[float, ...]:
    """What a shortfall is measured against, by year in whole units of the budget's currency."""
    scenario = plan.scenario
    if inflows.planned:
        return tuple(float(scenario.amount(inflows.planned[year])) for year in plan.years)
    central = {p.name: pledge_receipts(scenario, p, None) for p in scenario.pledges}
    years = len(plan.years)
    budget: dict[str, ByYear] = {pair: (rate,) * years for pair, rate in plan.budget_rates.items()}
    return tuple(float(value) for value in in_budget_currency(plan, central, budget))


def receipts(
    plan: BudgetPlan, inflows: Inflows, draws: Draws | None, inputs: YearInputs
) -> Receipts:
    """Receipts and spending of these draws, and the plan that they are measured against."""
    scenario, years = plan.scenario, len(plan.years)
    by_pledge = {p.name: pledge_receipts(scenario, p, draws) for p in scenario.pledges}
    received = in_budget_currency(plan, by_pledge, inputs.rates)
    planned = planned_receipts(plan, inflows)
    lag = _drawn(draws, "inflows.spending_lag_months", float(inflows.spending_lag_months.centre))
    before = float(inflows.unspent_before) * scenario.budget.unit
    spent_before = carried_over(before, lag, years)
    spent = _spent(plan, by_pledge, received, draws, inputs, lag)
    spending = tuple(spent[y] + spent_before[y] for y in range(years))
    return Receipts(by_pledge, received, planned, spending)


def _spent(
    plan: BudgetPlan,
    by_pledge: Mapping[str, ByYear],
    received: ByYear,
    draws: Draws | None,
    inputs: YearInputs,
    lag: Value,
) -> ByYear:
    """Spending out of receipts by year: with the common `lag`, or each window's own."""
    scenario = plan.scenario
    if all(window.spending_lag_months is None for window in scenario.windows.values()):
        return shifted(received, lag)
    totals: list[Value] = [0.0] * len(plan.years)
    for name in sorted(scenario.windows):
        mine = {p.name: by_pledge[p.name] for p in scenario.pledges if p.window == name}
        own = scenario.windows[name].spending_lag_months
        late = lag
        if own is not None:
            late = _drawn(draws, f"windows.{name}.spending_lag_months", float(own.centre))
        spent = shifted(in_budget_currency(plan, mine, inputs.rates), late)
        totals = [total + value for total, value in zip(totals, spent, strict=True)]
    return tuple(totals)
