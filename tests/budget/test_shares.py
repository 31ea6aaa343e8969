"""Shares add up to the net to the last bit, and amounts lie on the plan's grid."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from simulator.budget.cascade import contributions, on_grid, total_of
from simulator.budget.plan import BudgetPlan, budget_plan
from simulator.scenario.model import Scenario

Tiny = Callable[..., Scenario]
OWN = {"assessed_in": "EUR", "policy": "own_currency"}


def plan_of(tiny: Tiny, grid: float, **shares: str) -> BudgetPlan:
    """A plan with these parents, in this order, and a grid coarse enough to see."""
    parents = {name: {"share": share, **OWN} for name, share in shares.items()}
    return dataclasses.replace(budget_plan(tiny(parents=parents)), grid=grid)


def test_an_amount_goes_to_the_nearest_point_of_the_grid(tiny: Tiny) -> None:
    """Halves to the even point; the shape is that of the draws, whatever came in."""
    plan = plan_of(tiny, 0.25, A="1")
    given = np.array([0.1, 0.2, 0.375, 0.625, -0.2, 7.0])
    assert on_grid(given, plan, 6).tolist() == [0.0, 0.25, 0.5, 0.5, -0.25, 7.0]
    for lone in (0.2, np.float64(0.2)):
        found = on_grid(lone, plan, 3)
        assert (found.shape, found.dtype, found.tolist()) == ((3,), np.float64, [0.25] * 3)
    assert on_grid(0.2, plan, 1).tolist() == [0.25]


def test_the_largest_share_takes_what_rounding_leaves(tiny: Tiny) -> None:
    """Of five steps a half rounds to two and each quarter to one: the half takes three."""
    plan = plan_of(tiny, 0.25, B="1/4", A="1/2", C="1/4")
    found = contributions(plan, (np.array([1.25, 1.0]), np.array([-1.25, 0.0])), 2)
    assert list(found) == ["B", "A", "C"]
    paid = {name: [year.tolist() for year in years] for name, years in found.items()}
    assert paid == {
        "A": [[0.75, 0.5], [-0.75, 0.0]],
        "B": [[0.25, 0.25], [-0.25, 0.0]],
        "C": [[0.25, 0.25], [-0.25, 0.0]],
    }


def test_of_equal_shares_the_last_by_name_takes_it(tiny: Tiny) -> None:
    """Three steps halved are one and a half: two for A, one for B, in whatever order they stand."""
    for names in ("AB", "BA"):
        plan = plan_of(tiny, 0.25, **dict.fromkeys(names, "1/2"))
        found = contributions(plan, (np.array([0.75]),), 1)
        assert {name: year.tolist() for name, (year,) in found.items()} == {"A": [0.5], "B": [0.25]}


def test_a_single_parent_owes_the_net(tiny: Tiny) -> None:
    """There is nobody to share with."""
    net = np.array([1.0, 2.5])
    assert contributions(plan_of(tiny, 0.25, A="1"), (net,), 2)["A"][0].tolist() == net.tolist()


@given(
    st.lists(st.integers(1, 999), min_size=1, max_size=7),
    st.lists(st.integers(-(2**40), 2**40), min_size=1, max_size=5),
)
def test_shares_add_up_in_any_order(tiny: Tiny, weights: list[int], steps: list[int]) -> None:
    """Sums are exact, so nothing is lost forwards, backwards, or against exact fractions."""
    grid = 2.0**-21
    parents = {f"P{i}": f"{w}/{sum(weights)}" for i, w in enumerate(weights)}
    plan = plan_of(tiny, grid, **parents)
    net = np.array(steps) * grid
    found = [years[0] for years in contributions(plan, (net,), len(steps)).values()]
    assert np.array_equal(sum(found), net)
    assert np.array_equal(sum(found[::-1]), net)
    for draw, amount in enumerate(steps):
        exact = sum((Fraction(float(its[draw])) for its in found), Fraction(0))
        assert exact == Fraction(amount) * Fraction(grid)
    for share, its in zip(parents.values(), found, strict=True):
        off = np.abs(its - float(Fraction(share)) * net)
        assert np.all(off <= grid * (len(weights) + 1) / 2 + np.abs(net) * 1e-15)


def budget_of(tiny: Tiny, amount: int, **more: Any) -> float:
    """The grid of a budget of one line over one year, in whole units."""
    budget = {"organization": "XYZ", "currency": "EUR", "years": [2020], "unit": 1}
    line = {"kind": "non_posts", "appropriation": amount}
    return budget_plan(tiny(budget=budget, lines={"other": line}, **more)).grid


def test_the_grid_is_a_two_millionth_up_to_a_thousand_million(tiny: Tiny) -> None:
    """2⁻²¹ below 2³⁰ units; then coarser by 2⁸ at a time, so that 53 bits hold four times a sum."""
    assert budget_of(tiny, 0) == budget_of(tiny, 1) == 2.0**-21
    assert budget_of(tiny, 2**30 - 1) == 2.0**-21
    assert budget_of(tiny, 2**30) == 2.0**-13
    assert budget_of(tiny, 2**38 - 1) == 2.0**-13
    assert budget_of(tiny, 2**38) == 2.0**-5


def test_the_grid_counts_every_amount_by_its_size(tiny: Tiny) -> None:
    """Income and what is below zero count too, whichever way they go."""
    half = 2**29
    assert budget_of(tiny, half, income={"sales": {"estimate": half - 1}}) == 2.0**-21
    assert budget_of(tiny, half, income={"sales": {"estimate": half}}) == 2.0**-13
    assert budget_of(tiny, -half, income={"sales": {"estimate": half}}) == 2.0**-13


def test_the_grid_is_that_of_whole_units(tiny: Tiny) -> None:
    """A million in thousands is a thousand million."""
    line = {"kind": "non_posts", "appropriation": 2**21}
    budget = {"organization": "XYZ", "currency": "EUR", "years": [2020], "unit": 1000}
    assert budget_plan(tiny(budget=budget, lines={"other": line})).grid == 2.0**-13


def test_a_period_is_the_sum_of_its_years_in_order() -> None:
    """One year alone, or several added from the first on."""
    assert total_of((1.5,)) == 1.5
    assert total_of((1e16, 1.0, -1e16)) == (1e16 + 1.0) - 1e16
    assert total_of((np.array([1.0, 2.0]), 3.0)).tolist() == [4.0, 5.0]
