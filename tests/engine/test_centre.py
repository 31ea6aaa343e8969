"""At its centre the uncertain cascade is the published one."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from simulator.budget.outputs import central_outcomes
from simulator.budget.plan import budget_plan
from simulator.scenario.read import read_scenario
from simulator.units import round_half_up

BASE = Path(__file__).parents[2] / "scenarios" / "base.toml"
CELL = Decimal("0.1")


@pytest.fixture(scope="module")
def both() -> tuple:
    """The plan of base and its centre."""
    plan = budget_plan(read_scenario(BASE))
    return plan, central_outcomes(plan)


def _thousands(amount: float) -> Decimal:
    """An amount of the cascade in thousands, to the centime, as a page would be made from it."""
    return round_half_up(Decimal(repr(amount)), Decimal("0.01")) / 1000


ROWS = {
    "posts": "posts_chf",
    "non_posts": "non_posts_chf",
    "total": "total_chf",
    "income": "income_chf",
    "net": "net_chf",
    "UN": "contribution_chf.UN",
    "WTO": "contribution_chf.WTO",
}


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize("period", ["2008", "2009"])
def test_every_year_of_table_13_2_is_met_to_half_a_cell(both: tuple, row: str, period: str) -> None:
    """To 0.05 thousand; the contributions are exact halves (17 196.05), printed half up."""
    plan, centre = both
    simulated = _thousands(float(centre.get(ROWS[row], period)[0]))
    printed = Decimal(str(float(plan.published.cell(row, period))))
    assert abs(simulated - printed) <= Decimal("0.05")
    assert round_half_up(simulated, CELL) == printed


@pytest.mark.parametrize("row", ROWS)
def test_the_biennium_of_table_13_2_is_the_sum_of_its_printed_years(both: tuple, row: str) -> None:
    """Printed by the document's rule (each year half up, then summed) every cell is equal.

    Unrounded, only the contributions differ, by the 0.1 that the rule adds: half of 69 052.2
    is 34 526.1, the page rightly prints 34 526.2.
    """
    plan, centre = both
    years = [
        round_half_up(_thousands(float(centre.get(ROWS[row], year)[0])), CELL)
        for year in ("2008", "2009")
    ]
    printed = Decimal(str(float(plan.published.cell(row, "estimate"))))
    assert sum(years) == printed
    whole = _thousands(float(centre.get(ROWS[row], "2008-2009")[0]))
    assert printed - whole == (Decimal("0.1") if row in ("UN", "WTO") else 0)


def test_the_dollar_contribution_is_the_printed_one_to_the_hundred(both: tuple) -> None:
    """34 526 200 / 1.20 prints as 28 771 800."""
    plan, centre = both
    assert plan.published.contribution_own("UN", "2008-2009") == 28_771_800
    simulated = float(centre.get("contribution_usd.UN", "2008-2009")[0])
    assert simulated == pytest.approx(34_526_100 / 1.2, rel=1e-12)


def test_the_central_inflows_are_the_planned_ones(both: tuple) -> None:
    """80 million dollars, 96 000.0 thousand francs, no shortfall, nothing at risk."""
    _, centre = both
    assert centre.get("xb_receipts_usd", "2008-2009")[0] == pytest.approx(80_000_000, rel=1e-12)
    assert centre.get("xb_receipts_chf", "2008-2009")[0] == pytest.approx(96_000_000, rel=1e-12)
    assert centre.get("xb_shortfall_chf", "2008-2009")[0] == 0
    assert centre.get("outputs_at_risk.training_events", "2008-2009")[0] == 0
