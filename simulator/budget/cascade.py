"""The uncertain cascade: posts, non-posts, income, net, contributions.

A pure function of constants and inputs. It reads from top to bottom like table 13.2 of
A/62/6 (Sect.13)/Add.1: posts + non-posts = total, − income = net, × share = contribution.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from simulator.budget.inputs import YearInputs
from simulator.budget.plan import BudgetPlan, LinePlan, by_name
from simulator.budget.rates import ByYear, Value
from simulator.tables import Float64


@dataclass(frozen=True, slots=True)
class Amounts:
    """The cascade's amounts in whole units of the budget's currency, one array a year."""

    lines: Mapping[str, tuple[Float64, ...]]
    posts: tuple[Float64, ...]
    non_posts: tuple[Float64, ...]
    total: tuple[Float64, ...]
    income: tuple[Float64, ...]
    net: tuple[Float64, ...]
    contributions: Mapping[str, tuple[Float64, ...]]


def exposure_factor(
    exposure: Mapping[str, float], plan: BudgetPlan, inputs: YearInputs, year: int
) -> Value:
    """1 + Σ u·(S_y/S⁰ − 1): the part u fixed in another currency follows its rate."""
    factor: Value = 1.0
    for pair, part in exposure.items():
        factor = factor + part * (inputs.rates[pair][year] / plan.budget_rates[pair] - 1.0)
    return factor


def inflation_factor(weights: Mapping[str, float], inputs: YearInputs, year: int) -> Value:
    """Π (1 + w·u_s) over the years up to `year`: surprises stay in the price level."""
    factor: Value = 1.0
    for name, weight in weights.items():
        for surprise in inputs.inflation[name][: year + 1]:
            factor = factor * (1.0 + weight * surprise)
    return factor


def line_cost(line: LinePlan, plan: BudgetPlan, inputs: YearInputs, year: int) -> Value:
    """Cost of a line in a year.

    Posts: index · Σ_c (standing + new·filled) · prices · (1 + error) · (1 − v)/(1 − v⁰) ·
    [1 + u·(S/S⁰ − 1)] over categories c. Other lines: before · index · prices · exposure.
    """
    price = 1.0 + (inputs.price_error[line.priced_as][year] if line.priced_as else 0.0)
    common = (
        line.central_index[year]
        * price
        * inflation_factor(line.inflation, inputs, year)
        * exposure_factor(line.exposure, plan, inputs, year)
    )
    if line.kind != "posts":
        return line.before[year] * common
    total: Value = 0.0
    for cost in line.categories:
        category = plan.scenario.categories[cost.category]
        filled = 1.0 - inputs.delayed_recruitment[cost.category][year] if year == 0 else 1.0
        vacancy = (1.0 - inputs.vacancy[cost.category][year]) / (
            1.0 - float(category.budgeted_vacancy)
        )
        total = total + (
            (cost.standing[year] + cost.new[year] * filled)
            * inflation_factor(by_name(category.inflation), inputs, year)
            * (1.0 + inputs.standard_cost_error[cost.category][year])
            * vacancy
            * exposure_factor(by_name(category.exposure), plan, inputs, year)
        )
    return total * common


def on_grid(value: Value, plan: BudgetPlan, count: int) -> Float64:
    """`value` rounded to the plan's grid, shape (count,); sums of such amounts are exact."""
    scaled = np.multiply(value, 1.0 / plan.grid)  # a power of two: exact
    rounded = np.rint(scaled, out=scaled) if isinstance(scaled, np.ndarray) else np.rint(scaled)
    rounded *= plan.grid
    return rounded if rounded.shape == (count,) else np.full(count, rounded)


def _sum(columns: list[Float64], count: int) -> Float64:
    total = np.zeros(count)
    for column in columns:
        total += column
    return total


def contributions(
    plan: BudgetPlan, net: tuple[Float64, ...], count: int
) -> dict[str, tuple[Float64, ...]]:
    """share × net for each parent and year; the largest share (the last by name) closes the sum."""
    _, closing = max((parent.share, parent.name) for parent in plan.parents)
    others = {
        parent.name: tuple(on_grid(parent.share * year, plan, count) for year in net)
        for parent in plan.parents
        if parent.name != closing
    }
    rest = tuple(
        net[i] - _sum([share[i] for share in others.values()], count) for i in range(len(net))
    )
    return {p.name: rest if p.name == closing else others[p.name] for p in plan.parents}


def cascade(plan: BudgetPlan, inputs: YearInputs) -> Amounts:
    """The whole cascade for one set of inputs."""
    years, count, unit = range(len(plan.years)), inputs.count, plan.scenario.budget.unit
    lines = {
        line.name: tuple(on_grid(line_cost(line, plan, inputs, y), plan, count) for y in years)
        for line in plan.lines
    }

    def subtotal(kind: str) -> tuple[Float64, ...]:
        names = [line.name for line in plan.lines if line.kind == kind]
        return tuple(_sum([lines[name][y] for name in names], count) for y in years)

    posts, non_posts = subtotal("posts"), subtotal("non_posts")
    total = tuple(posts[y] + non_posts[y] for y in years)
    income = tuple(
        _sum([on_grid(by_year[y] * unit, plan, count) for by_year in inputs.income.values()], count)
        for y in years
    )
    net = tuple(total[y] - income[y] for y in years)
    return Amounts(
        lines=lines,
        posts=posts,
        non_posts=non_posts,
        total=total,
        income=income,
        net=net,
        contributions=contributions(plan, net, count),
    )


def total_of(by_year: ByYear) -> Value:
    """Sum over the years, in order."""
    total = by_year[0]
    for value in by_year[1:]:
        total = total + value
    return total
