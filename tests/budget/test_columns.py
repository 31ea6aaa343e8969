"""Every column of a small budget by hand: name, unit, meaning, both years and the period."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simulator.budget.outputs import central_outcomes, outcomes
from simulator.budget.plan import BudgetPlan, budget_plan
from simulator.scenario.model import Scenario
from simulator.tables import Draws

# 10 P2 at 100 and 3 P1 at 80 stand, 2 P1 are new and half a year late; then 2 % and 1 % dearer.
STAFF = ((1240 + 80) * 1.02, (1240 + 160) * 1.02 * 1.01)
TRAVEL = (200 * 1.01, 200 * 1.01)
NET = (STAFF[0] + TRAVEL[0] - 10, STAFF[1] + TRAVEL[1] - 10)  # 1538.4 and 1634.28
PRINTED = (512.8, 544.8)  # a third of each, as the page prints it: half of the split's fixed part
SPENT = (0.75 * 360 + 100, 360.0)  # a quarter is spent three months after; 100 are carried over
XB_COST = (80 * 1.02, 80 * 1.02 * 1.01)
AT_HOME = (0.25 * NET[0] / 3, 0.25 * NET[1] / 3)
IN_USD = (0.75 * PRINTED[0] / 0.9, 0.75 * PRINTED[1] / 0.9)

Both = tuple[float, float]
CENTRE: dict[str, tuple[str, str, Both]] = {
    "contribution_eur.A": (
        "EUR", "contribution of A: its share of the net", (NET[0] / 3, NET[1] / 3)),
    "contribution_eur.B": (
        "EUR", "contribution of B: its share of the net", (NET[0] * 2 / 3, NET[1] * 2 / 3)),
    "contribution_usd.A": (
        "USD", "contribution of A in its own currency, policy split",
        (IN_USD[0] + AT_HOME[0] / 0.9, IN_USD[1] + AT_HOME[1] / 0.9)),
    "line_eur.staff": ("EUR", "cost of line staff", STAFF),
    "line_eur.travel": ("EUR", "cost of line travel (Journeys)", TRAVEL),
    "posts_eur": ("EUR", "posts", STAFF),
    "non_posts_eur": ("EUR", "non-posts", TRAVEL),
    "total_eur": (
        "EUR", "posts and non-posts", (STAFF[0] + TRAVEL[0], STAFF[1] + TRAVEL[1])),
    "income_eur": ("EUR", "income that reduces the net", (10, 10)),
    "net_eur": ("EUR", "net, shared by the parents", NET),
    "exchange_gain_eur.A": (
        "EUR", "exchange gain of the organization on the contribution of A", (0, 0)),
    "balance_eur.A": (
        "EUR", "received from A at the year's rate, less the contribution needed",
        (0, 0.75 * (544.8 - 544.76))),
    "paid_usd.A": ("USD", "part that A pays in its own currency", IN_USD),
    "paid_eur.A": ("EUR", "part that A pays in the budget's currency", AT_HOME),
    "xb_receipts_usd.one": ("USD", "receipts of one in the donor's currency", (400, 400)),
    "xb_receipts_eur": ("EUR", "extrabudgetary receipts", (360, 360)),
    "xb_receipts_usd": (
        "USD", "extrabudgetary receipts in the currency they are stated in", (400, 400)),
    "xb_window_eur.I": ("EUR", "receipts through window I (free money)", (360, 360)),
    "xb_stage_eur.pledged": ("EUR", "receipts of pledges that are pledged", (360, 360)),
    "xb_region_eur.South": ("EUR", "receipts for South", (144, 144)),
    "xb_spending_eur": ("EUR", "extrabudgetary spending", SPENT),
    "xb_spending_usd": (
        "USD", "extrabudgetary spending in the currency that it is stated in",
        (SPENT[0] / 0.9, SPENT[1] / 0.9)),
    "psc_income_eur": (
        "EUR", "programme support cost earned", (0.13 * SPENT[0], 0.13 * SPENT[1])),
    "xb_posts_cost_eur": (
        "EUR", "cost of the posts that programme support pays", XB_COST),
}  # fmt: skip
"""In thousands; the period is the sum of the years."""

OTHER: dict[str, tuple[str, str, tuple[float, float, float]]] = {
    "rate.eur_per_usd": (
        "EUR/USD", "mean rate eur_per_usd over the months of the period", (0.9, 0.9, 0.9)),
    "inflation.euro": ("1", "inflation of a year, euro", (0.02, 0.01, 0.015)),
    "xb_shortfall_eur": (
        "EUR", "extrabudgetary receipts below the central plan at budget rates, else 0",
        (0, 0, 0)),
    "outputs_at_risk.courses": (
        "count", "planned courses that the shortfall puts at risk", (0, 0, 0)),
    "xb_posts_coverage": (
        "1", "programme support earned for each unit of the cost of its posts",
        (0.13 * SPENT[0] / XB_COST[0], 0.13 * SPENT[1] / XB_COST[1],
         0.13 * sum(SPENT) / sum(XB_COST))),
    "psc_balance_eur": (
        "EUR",
        "programme support that is left at the end of the year; below zero what is missing",
        (1000 * (50 + 0.13 * SPENT[0] - XB_COST[0]),
         1000 * (50 + 0.13 * sum(SPENT) - sum(XB_COST)),
         1000 * (50 + 0.13 * sum(SPENT) - sum(XB_COST)))),
}  # fmt: skip
"""What does not add up over years, in its own unit."""


@pytest.fixture
def plan(small_dict: dict[str, Any]) -> BudgetPlan:
    """The small budget with a split contribution, stated inflation and an opening balance."""
    small_dict["parents"]["A"]["policy"] = {"kind": "split", "in_budget_currency": "1/4"}
    small_dict["inflation"]["euro"]["centre"] = {"2031": 0.02, "2032": 0.01}
    small_dict["inflows"] |= {"psc_balance": 50}
    small_dict["lines"]["travel"]["title"] = "Journeys"
    small_dict["windows"]["I"] = {"title": "free money"}
    return budget_plan(Scenario.model_validate(small_dict))


def test_there_are_these_columns_and_no_others(plan: BudgetPlan) -> None:
    """Each with its unit and its meaning; at the last stage a column is its output."""
    found = central_outcomes(plan)
    units = {c.name: (c.unit, c.description) for c in found.columns}
    assert units == {name: one[:2] for name, one in (CENTRE | OTHER).items()}
    assert {c.stage for c in found.columns} == {"second_performance"}
    assert all(c.output == c.name for c in found.columns)
    assert (found.start, found.count, found.periods) == (0, 1, ("2031", "2032", "2031-2032"))


def test_the_centre_by_hand(plan: BudgetPlan) -> None:
    """Both years and the period of every column."""
    found = central_outcomes(plan)
    for name, (_, _, (first, second)) in CENTRE.items():
        wanted = [1000 * first, 1000 * second, 1000 * (first + second)]
        assert found[name][0].tolist() == pytest.approx(wanted, rel=1e-12, abs=1e-6), name
    for name, (_, _, values) in OTHER.items():
        assert found[name][0].tolist() == pytest.approx(values, rel=1e-12, abs=1e-9), name


def test_money_that_does_not_come(plan: BudgetPlan) -> None:
    """No receipts risk all 60 courses; six months late risk a quarter, all of it in the first year.

    Receipts above the plan risk none, in the year and over the period.
    """
    drawn = {
        "pledges.one.arrives": np.array([[0.0], [0.8], [1.0]]),
        "pledges.one.delay_months": np.array([[0.0], [6.0], [0.0]]),
    }
    found = outcomes(plan, Draws(0, 3, drawn))
    assert found["xb_receipts_eur"].tolist() == [
        pytest.approx([1000 * x for x in row])
        for row in ([0, 0, 0], [180, 360, 540], [450, 450, 900])
    ]
    short = [[360, 360, 720], [180, 0, 180], [0, 0, 0]]
    assert found["xb_shortfall_eur"].tolist() == [
        pytest.approx([1000 * x for x in row]) for row in short
    ]
    assert found["outputs_at_risk.courses"].tolist() == [
        pytest.approx([60 * x / 720 for x in row]) for row in short
    ]
    assert found.get("psc_income_eur", "2031").tolist() == pytest.approx(
        [13_000, 0.13 * (100_000 + 0.75 * 180_000), 0.13 * (100_000 + 0.75 * 450_000)]
    )


def test_a_year_above_the_plan_mends_one_below_over_the_period(small_dict: dict[str, Any]) -> None:
    """The shortfall of the period is that of its sums, not the sum of the years' shortfalls."""
    small_dict["inflows"]["planned"] = {"2031": 500, "2032": 100}
    found = central_outcomes(budget_plan(Scenario.model_validate(small_dict)))
    assert found["xb_shortfall_eur"][0].tolist() == pytest.approx([140_000, 0, 0])
    assert found["outputs_at_risk.courses"][0].tolist() == pytest.approx([60 * 140 / 600, 0, 0])


def test_deliverables_stand_on_their_part_of_outside_money(small_dict: dict[str, Any]) -> None:
    """Half financed from pledges, half as many at risk; without any plan none."""
    small_dict["inflows"]["deliverables"]["courses"]["xb_share"] = 0.5
    small_dict["inflows"]["planned"] = {"2031": 720, "2032": 720}
    found = central_outcomes(budget_plan(Scenario.model_validate(small_dict)))
    assert found.get("outputs_at_risk.courses", "2031-2032")[0] == pytest.approx(60 * 0.5 * 0.5)
    small_dict["inflows"]["planned"] = {"2031": 0, "2032": 0}
    found = central_outcomes(budget_plan(Scenario.model_validate(small_dict)))
    assert found["outputs_at_risk.courses"][0].tolist() == [0, 0, 0]


def test_posts_that_cost_nothing_are_covered(plan: BudgetPlan) -> None:
    """Coverage is 1 where all posts are vacant: nothing is left open; else support over cost."""
    vacant = {"categories.professional.vacancy": np.array([[1.0, 0.05], [0.05, 1.0], [1.0, 1.0]])}
    found = outcomes(plan, Draws(0, 3, vacant))
    first, second = (0.13 * SPENT[y] / XB_COST[y] for y in (0, 1))
    assert found["xb_posts_coverage"].tolist() == [
        pytest.approx([1, second, 0.13 * sum(SPENT) / XB_COST[1]]),
        pytest.approx([first, 1, 0.13 * sum(SPENT) / XB_COST[0]]),
        [1, 1, 1],
    ]


def test_earlier_stages_keep_output_unit_and_meaning(plan: BudgetPlan) -> None:
    """`@initial` and `@first_performance` are of the same output."""
    found = outcomes(plan, Draws(5, 2, {}))
    assert (found.start, found.count) == (5, 2)
    stages = {c.name: c for c in found.columns if "@" in c.name}
    assert set(stages) == {
        f"{name}@{stage}"
        for name in ("contribution_eur.A", "contribution_eur.B", "contribution_usd.A")
        for stage in ("initial", "first_performance")
    }
    for name, column in stages.items():
        output, _, stage = name.partition("@")
        assert (column.output, column.stage) == (output, stage)
        assert (column.unit, column.description) == CENTRE[output][:2]
