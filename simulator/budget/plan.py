"""A scenario made ready for the cascade: exact inputs turned into floats once, in whole currency.

Everything here is constant over draws. Arrays hold one entry a year.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from simulator.budget.posts import new_posts, posts_by, standing_posts
from simulator.budget.published import PublishedCascade, publish
from simulator.scenario.model import Scenario
from simulator.scenario.numbers import Quantity
from simulator.units import pair_name, split_pair

Yearly = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class CategoryCost:
    """Yearly cost of one category's posts at standard cost, at pre-recosting prices.

    `standing` are the posts that are there from the start, `new` the posts that are recruited
    in the first year; both as if filled at the budgeted vacancy rate.
    """

    category: str
    standing: Yearly
    new: Yearly


@dataclass(frozen=True, slots=True)
class LinePlan:
    """One line of the budget; `categories` is empty unless it is a posts line.

    `priced_as` names the line whose price error it shares: itself, for a line of the budget.
    """

    name: str
    priced_as: str
    kind: str
    before: Yearly
    central_index: Yearly
    exposure: Mapping[str, float]
    inflation: Mapping[str, float]
    categories: tuple[CategoryCost, ...]


@dataclass(frozen=True, slots=True)
class ParentPlan:
    """A parent with its share and the published contribution by year (budget currency)."""

    name: str
    share: float
    currency: str
    proposed: Yearly


@dataclass(frozen=True, slots=True)
class BudgetPlan:
    """Constants of the uncertain cascade.

    `grid` is the power of two to which amounts are rounded: 2⁻²¹ of a currency unit, coarser only
    for budgets above a thousand million. Far below any cent, it makes sums of amounts exact, so
    that shares add up to the net on every draw, to the last bit.
    """

    scenario: Scenario
    published: PublishedCascade
    years: tuple[int, ...]
    currency: str
    grid: float
    budget_rates: Mapping[str, float]
    lines: tuple[LinePlan, ...]
    xb_posts: LinePlan | None
    parents: tuple[ParentPlan, ...]


def by_name(weights: Mapping[str, Quantity]) -> dict[str, float]:
    """Weights as floats, sorted: what adds or multiplies them has the same bits in any order."""
    return {name: float(weights[name]) for name in sorted(weights)}


def _posts_costs(
    scenario: Scenario, fund: str, scale: Mapping[int, Fraction]
) -> tuple[CategoryCost, ...]:
    """Σ posts × standard cost × scale by category and year, whole currency units."""
    unit = scenario.budget.unit
    standing, new = standing_posts(scenario, fund), new_posts(scenario, fund)

    def cost(posts: Mapping[str, int], category: str, year: int) -> float:
        total = sum(
            count * scenario.grades[grade].standard_cost.exact
            for grade, count in posts.items()
            if scenario.category_of(grade) == category
        )
        return float(total * scale[year] * unit)

    used = {scenario.category_of(grade) for grade in (*standing, *new)}
    return tuple(
        CategoryCost(
            category=name,
            standing=tuple(cost(standing, name, year) for year in scenario.years),
            new=tuple(cost(new, name, year) for year in scenario.years),
        )
        for name in sorted(used)
    )


def _line_plan(scenario: Scenario, published: PublishedCascade, name: str) -> LinePlan:
    line = scenario.lines[name]
    unit = scenario.budget.unit
    one = Fraction(1)
    scale = {
        year: line.standard_cost_scale[year].exact if line.standard_cost_scale else one
        for year in scenario.years
    }
    return LinePlan(
        name=name,
        priced_as=name,
        kind=line.kind,
        before=tuple(float(published.line_before_year(name, y) * unit) for y in scenario.years),
        central_index=tuple(float(published.central_index(name, y)) for y in scenario.years),
        exposure=by_name(line.exposure),
        inflation=by_name(line.inflation),
        categories=_posts_costs(scenario, line.fund, scale) if line.fund is not None else (),
    )


def _xb_posts_plan(scenario: Scenario, lines: tuple[LinePlan, ...]) -> LinePlan | None:
    """Posts paid from programme support, priced like a posts line of the budget."""
    if scenario.inflows is None:
        return None
    fund = scenario.inflows.fund
    if sum(posts_by(scenario, "grade", fund=fund).values()) <= 0:
        return None
    like = next((line for line in lines if line.name == scenario.priced_as), None)
    years = scenario.years
    scales = scenario.lines[like.name].standard_cost_scale if like is not None else {}
    scale = {year: scales[year].exact if scales else Fraction(1) for year in years}
    return LinePlan(
        name=fund,
        priced_as=like.name if like is not None else "",
        kind="posts",
        before=(0.0,) * len(years),
        central_index=like.central_index if like is not None else (1.0,) * len(years),
        exposure=like.exposure if like is not None else {},
        inflation=like.inflation if like is not None else {},
        categories=_posts_costs(scenario, fund, scale),
    )


def _grid(published: PublishedCascade, scenario: Scenario) -> float:
    amounts = [float(published.line(name, y)) for name in scenario.lines for y in scenario.years]
    amounts += [float(line.estimate.centre) for line in scenario.income.values()]
    total = math.fsum(map(abs, amounts))
    exponent = math.frexp(max(total * scenario.budget.unit, 1.0))[1]
    return math.ldexp(1.0, max(32, 8 * math.ceil((exponent + 2) / 8)) - 53)


def budget_plan(scenario: Scenario) -> BudgetPlan:
    """Constants of the uncertain cascade, from the scenario and its published cascade."""
    published = publish(scenario)
    unit = scenario.budget.unit
    lines = tuple(_line_plan(scenario, published, name) for name in scenario.lines)
    parents = tuple(
        ParentPlan(
            name=name,
            share=float(scenario.share(name)),
            currency=parent.assessed_in,
            proposed=tuple(
                float(published.contribution(name, year) * unit) for year in scenario.years
            ),
        )
        for name, parent in scenario.parents.items()
    )
    foreign = {pair: split_pair(pair)[1] for pair in scenario.rates}
    return BudgetPlan(
        scenario=scenario,
        published=published,
        years=scenario.years,
        currency=scenario.budget.currency.lower(),
        grid=_grid(published, scenario),
        budget_rates={
            pair: float(scenario.budget_rate(currency)) for pair, currency in foreign.items()
        }
        | {pair_name(scenario.budget.currency, scenario.budget.currency): 1.0},
        lines=lines,
        xb_posts=_xb_posts_plan(scenario, lines),
        parents=parents,
    )
