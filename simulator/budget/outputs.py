"""From amounts to columns: what a run stores, under which name, in which unit, for each period."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import get_args

import numpy as np

from simulator.budget.cascade import Amounts, cascade, line_cost, total_of
from simulator.budget.inflows import Receipts, in_budget_currency, receipts
from simulator.budget.inputs import (
    YearInputs,
    central_inputs,
    final_stage,
    stages,
    year_inputs,
)
from simulator.budget.plan import BudgetPlan
from simulator.budget.policies import Assessment, Terms, assess
from simulator.budget.rates import ByYear, Value
from simulator.scenario.money import Commitment, Inflows
from simulator.tables import Column, Draws, Float64, Outcomes, empty
from simulator.units import rate_unit

FURTHER: tuple[str, ...] = ()
"""Modules of this folder that have outputs of their own; a name each."""

Named = tuple[Column, ByYear, Value]  # the column, its yearly values and its whole-period value


def _amount(name: str, unit: str, text: str, years: ByYear, stage: str) -> Named:
    """A column whose whole-period value is the sum of its years."""
    return Column(name, unit, text, output=name, stage=stage), years, total_of(years)


def _at_stage(named: Named, stage: str) -> Named:
    """The same output as estimated at an earlier stage."""
    col, years, whole = named
    renamed = Column(f"{col.name}@{stage}", col.unit, col.description, col.output, stage)
    return renamed, years, whole


def _cascade_columns(plan: BudgetPlan, amounts: Amounts, stage: str) -> Iterator[Named]:
    cur, unit = plan.currency, plan.scenario.budget.currency
    for name, line in amounts.lines.items():
        title = plan.scenario.lines[name].title
        text = f"cost of line {name}" + (f" ({title})" if title else "")
        yield _amount(f"line_{cur}.{name}", unit, text, line, stage)
    yield _amount(f"posts_{cur}", unit, "posts", amounts.posts, stage)
    yield _amount(f"non_posts_{cur}", unit, "non-posts", amounts.non_posts, stage)
    yield _amount(f"total_{cur}", unit, "posts and non-posts", amounts.total, stage)
    yield _amount(f"income_{cur}", unit, "income that reduces the net", amounts.income, stage)
    yield _amount(f"net_{cur}", unit, "net, shared by the parents", amounts.net, stage)


def _assessments(plan: BudgetPlan, amounts: Amounts, inputs: YearInputs) -> dict[str, Assessment]:
    """What the parents owe that are assessed in another currency than the budget's."""
    scenario = plan.scenario
    found: dict[str, Assessment] = {}
    for parent in plan.parents:
        if parent.currency == scenario.budget.currency:
            continue
        pair = scenario.pair(parent.currency)
        found[parent.name] = assess(
            Terms(
                policy=scenario.parents[parent.name].policy,
                years=plan.years,
                contribution=amounts.contributions[parent.name],
                proposed=parent.proposed,
                rate=inputs.rates[pair],
                budget_rate=plan.budget_rates[pair],
            )
        )
    return found


def _contribution_columns(
    plan: BudgetPlan, amounts: Amounts, assessed: Mapping[str, Assessment], stage: str
) -> Iterator[Named]:
    """What each parent owes, in the budget's currency and in its own."""
    scenario = plan.scenario
    cur, budget = plan.currency, scenario.budget.currency
    for name, due in amounts.contributions.items():
        text = f"contribution of {name}: its share of the net"
        yield _amount(f"contribution_{cur}.{name}", budget, text, due, stage)
    for name, assessment in assessed.items():
        parent = scenario.parents[name]
        own = parent.assessed_in
        text = f"contribution of {name} in its own currency, policy {parent.policy.kind}"
        yield _amount(f"contribution_{own.lower()}.{name}", own, text, assessment.amount, stage)


def _exchange_columns(
    plan: BudgetPlan, assessed: Mapping[str, Assessment], stage: str
) -> Iterator[Named]:
    """What is left with the organization, and the parts paid when there are two."""
    scenario = plan.scenario
    cur, budget = plan.currency, scenario.budget.currency
    for name, assessment in assessed.items():
        parent = scenario.parents[name]
        own = parent.assessed_in
        text = f"exchange gain of the organization on the contribution of {name}"
        yield _amount(f"exchange_gain_{cur}.{name}", budget, text, assessment.exchange_gain, stage)
        text = f"received from {name} at the year's rate, less the contribution needed"
        yield _amount(f"balance_{cur}.{name}", budget, text, assessment.balance, stage)
        if parent.policy.kind == "split":
            text = f"part that {name} pays in its own currency"
            yield _amount(f"paid_{own.lower()}.{name}", own, text, assessment.paid_own, stage)
            text = f"part that {name} pays in the budget's currency"
            yield _amount(f"paid_{cur}.{name}", budget, text, assessment.paid_budget, stage)


def _rate_columns(plan: BudgetPlan, inputs: YearInputs, stage: str) -> Iterator[Named]:
    for pair in plan.scenario.rates:
        years = inputs.rates[pair]
        text = f"mean rate {pair} over the months of the period"
        col = Column(f"rate.{pair}", rate_unit(pair), text, output=f"rate.{pair}", stage=stage)
        yield col, years, total_of(years) / len(years)


def _inflation_columns(plan: BudgetPlan, inputs: YearInputs, stage: str) -> Iterator[Named]:
    """Inflation itself, where the scenario says what was expected of it."""
    for name, law in plan.scenario.inflation.items():
        if not law.centre:
            continue
        surprises = inputs.inflation[name]
        years = tuple(float(law.centre[year]) + surprises[y] for y, year in enumerate(plan.years))
        output = f"inflation.{name}"
        col = Column(output, "1", f"inflation of a year, {name}", output=output, stage=stage)
        yield col, years, total_of(years) / len(years)


def _receipt_columns(
    plan: BudgetPlan, money: Receipts, inflows: Inflows, inputs: YearInputs, stage: str
) -> Iterator[Named]:
    scenario, cur = plan.scenario, plan.currency
    budget, stated = scenario.budget.currency, inflows.stated_in
    for pledge in scenario.pledges:
        name = f"xb_receipts_{pledge.currency.lower()}.{pledge.name}"
        text = f"receipts of {pledge.name} in the donor's currency"
        yield _amount(name, pledge.currency, text, money.by_pledge[pledge.name], stage)
    yield _amount(f"xb_receipts_{cur}", budget, "extrabudgetary receipts", money.received, stage)
    if stated != budget:
        rate = inputs.rates[scenario.pair(stated)]
        values = tuple(money.received[y] / rate[y] for y in range(len(plan.years)))
        text = "extrabudgetary receipts in the currency they are stated in"
        yield _amount(f"xb_receipts_{stated.lower()}", stated, text, values, stage)
    yield from _receipts_by_group(plan, money, inputs, stage)
    gaps = tuple(np.maximum(0.0, p - r) for p, r in zip(money.planned, money.received, strict=True))
    gap = np.maximum(0.0, sum(money.planned) - total_of(money.received))
    name = f"xb_shortfall_{cur}"
    text = "extrabudgetary receipts below the central plan at budget rates, else 0"
    yield Column(name, budget, text, output=name, stage=stage), gaps, gap
    for region, part in inflows.regions.items():
        values = tuple(float(part) * value for value in money.received)
        text = f"receipts for {region}"
        yield _amount(f"xb_region_{cur}.{region}", budget, text, values, stage)
    whole = sum(money.planned)
    for key, deliverable in inflows.deliverables.items():
        weight = float(deliverable.planned) * float(deliverable.xb_share) / (whole or 1.0)
        name = f"outputs_at_risk.{key}"
        text = f"planned {key} that the shortfall puts at risk"
        col = Column(name, "count", text, output=name, stage=stage)
        yield col, tuple(weight * value for value in gaps), weight * gap


def _receipts_by_group(
    plan: BudgetPlan, money: Receipts, inputs: YearInputs, stage: str
) -> Iterator[Named]:
    """Receipts through each window, and of each stage of commitment."""
    scenario, budget = plan.scenario, plan.scenario.budget.currency

    def part(names: set[str]) -> ByYear:
        chosen = {name: value for name, value in money.by_pledge.items() if name in names}
        return in_budget_currency(plan, chosen, inputs.rates)

    for key, window in scenario.windows.items():
        text = f"receipts through window {key}" + (f" ({window.title})" if window.title else "")
        years = part({pledge.name for pledge in scenario.pledges if pledge.window == key})
        yield _amount(f"xb_window_{plan.currency}.{key}", budget, text, years, stage)
    for commitment in get_args(Commitment):
        names = {pledge.name for pledge in scenario.pledges if pledge.stage == commitment}
        if names:
            text = f"receipts of pledges that are {commitment.replace('_', ' ')}"
            name = f"xb_stage_{plan.currency}.{commitment}"
            yield _amount(name, budget, text, part(names), stage)


def _spending_columns(
    plan: BudgetPlan, money: Receipts, inflows: Inflows, inputs: YearInputs, stage: str
) -> Iterator[Named]:
    cur, budget = plan.currency, plan.scenario.budget.currency
    yield _amount(f"xb_spending_{cur}", budget, "extrabudgetary spending", money.spending, stage)
    stated = inflows.stated_in
    if stated != budget:
        at = inputs.rates[plan.scenario.pair(stated)]
        values = tuple(money.spending[y] / at[y] for y in range(len(plan.years)))
        text = "extrabudgetary spending in the currency that it is stated in"
        yield _amount(f"xb_spending_{stated.lower()}", stated, text, values, stage)
    rate = float(inflows.psc_rate)
    support = tuple(rate * value for value in money.spending)
    yield _amount(f"psc_income_{cur}", budget, "programme support cost earned", support, stage)
    if plan.xb_posts is None:
        return
    posts = plan.xb_posts
    cost = tuple(line_cost(posts, plan, inputs, y) for y in range(len(plan.years)))
    text = "cost of the posts that programme support pays"
    yield _amount(f"xb_posts_cost_{cur}", budget, text, cost, stage)
    covered = tuple(_covered(s, c) for s, c in zip(support, cost, strict=True))
    text = "programme support earned for each unit of the cost of its posts"
    col = Column("xb_posts_coverage", "1", text, output="xb_posts_coverage", stage=stage)
    yield col, covered, _covered(total_of(support), total_of(cost))
    if inflows.psc_balance is not None:
        opening = float(plan.scenario.amount(inflows.psc_balance))
        ends = _year_ends(opening, support, cost)
        text = "programme support that is left at the end of the year; below zero what is missing"
        name = f"psc_balance_{cur}"
        yield Column(name, budget, text, output=name, stage=stage), ends, ends[-1]


def _covered(support: Value, cost: Value) -> Value:
    """Support for each unit of cost; 1 where there is no cost: nothing is left uncovered."""
    some = np.asarray(cost) != 0
    return np.where(some, support / np.where(some, cost, 1.0), 1.0)


def _year_ends(opening: float, earned: ByYear, paid: ByYear) -> ByYear:
    """The balance of an account at the end of each year."""
    ends: list[Value] = []
    for income, cost in zip(earned, paid, strict=True):
        ends.append((ends[-1] if ends else opening) + income - cost)
    return tuple(ends)


def _final_columns(plan: BudgetPlan, draws: Draws | None, inputs: YearInputs) -> Iterator[Named]:
    stage = final_stage(plan.scenario)
    amounts = cascade(plan, inputs)
    assessed = _assessments(plan, amounts, inputs)
    yield from _contribution_columns(plan, amounts, assessed, stage)
    yield from _cascade_columns(plan, amounts, stage)
    yield from _exchange_columns(plan, assessed, stage)
    yield from _rate_columns(plan, inputs, stage)
    yield from _inflation_columns(plan, inputs, stage)
    yield from _further_columns(plan, amounts, inputs, stage)
    inflows = plan.scenario.inflows
    if inflows is not None:
        money = receipts(plan, inflows, draws, inputs)
        yield from _receipt_columns(plan, money, inflows, inputs, stage)
        yield from _spending_columns(plan, money, inflows, inputs, stage)


def _stage_columns(plan: BudgetPlan, draws: Draws) -> Iterator[Named]:
    """Contributions as they would have been estimated at the earlier stages."""
    for known, stage in enumerate(stages(plan.scenario)[:-1]):
        inputs = year_inputs(plan.scenario, draws, known)
        amounts = cascade(plan, inputs)
        assessed = _assessments(plan, amounts, inputs)
        for named in _contribution_columns(plan, amounts, assessed, stage):
            yield _at_stage(named, stage)


def _further_columns(
    plan: BudgetPlan, amounts: Amounts, inputs: YearInputs, stage: str
) -> Iterator[Named]:
    """Outputs of files of their own: `columns` of each module in `FURTHER`."""
    for name in FURTHER:
        module = importlib.import_module(f"simulator.budget.{name}")
        yield from module.columns(plan, amounts, inputs, stage)


def _outcomes(plan: BudgetPlan, start: int, count: int, named: Iterator[Named]) -> Outcomes:
    periods = plan.scenario.periods
    columns: list[Column] = []
    values: dict[str, Float64] = {}
    for col, years, whole in named:
        table = empty(count, len(periods))
        for i, value in enumerate(years):
            table[:, i] = value
        if len(periods) > len(years):
            table[:, -1] = whole
        columns.append(col)
        values[col.name] = table
    return Outcomes(start, count, periods, tuple(columns), values)


def outcomes(plan: BudgetPlan, draws: Draws) -> Outcomes:
    """Every output of the cascade for these draws: a pure function, bit for bit."""

    def named() -> Iterator[Named]:
        inputs = year_inputs(plan.scenario, draws, len(plan.years))
        yield from _final_columns(plan, draws, inputs)
        yield from _stage_columns(plan, draws)

    return _outcomes(plan, draws.start, draws.count, named())


def central_outcomes(plan: BudgetPlan) -> Outcomes:
    """The cascade at its centre: every factor central, rates at the budget rate (one row)."""
    return _outcomes(plan, 0, 1, _final_columns(plan, None, central_inputs(plan.scenario)))
