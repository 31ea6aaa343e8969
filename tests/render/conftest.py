"""A stored summary to show: round numbers that a reader can check by eye."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pytest

from simulator.render.summary import Summary
from simulator.render.view import View
from simulator.scenario.model import Scenario

STAGE = "second_performance"
QUANTILES = {"p5": 0.9, "p25": 0.96, "p50": 1.0, "p75": 1.04, "p95": 1.1}


@dataclass(frozen=True)
class StoredRow:
    """As the store hands them out."""

    output: str
    period: str
    stage: str
    statistic: str
    value: float
    standard_error: float
    unit: str
    description: str


def rows_of(
    output: str,
    period: str,
    mean: float,
    unit: str,
    *,
    error: float = math.nan,
    others: dict[str, float] | None = None,
) -> list[StoredRow]:
    """Mean, percentiles in fixed proportion, and whatever else is named."""
    values = {"mean": mean, **{name: mean * part for name, part in QUANTILES.items()}}
    return [
        StoredRow(output, period, STAGE, name, value, error, unit, output)
        for name, value in {**values, **(others or {})}.items()
    ]


@pytest.fixture
def rows(small: Scenario) -> list[StoredRow]:
    """Every output that the screen shows of the small budget, whole period twice a year's."""
    found: list[StoredRow] = []
    odds = {"exceeds:proposed": 0.425, "exceeds:approved": 0.0}
    moves = {"driver:vacancy": 0.012, "driver:exchange": 0.931, "driver:income": 0.2}
    for i, period in enumerate(small.periods):
        times = (1, 1, 2)[i]
        more = {**odds, **(moves if period == small.period else {})}
        for parent in small.parents:
            found += rows_of(
                f"contribution_eur.{parent}", period, times * 500_000, "EUR", error=123.4
            )
        found += rows_of("contribution_usd.A", period, times * 550_000, "USD", others=more)
        found += rows_of("xb_receipts_eur", period, times * 400_000, "EUR")
        found += rows_of("xb_receipts_usd", period, times * 440_000, "USD")
    found += rows_of("xb_shortfall_eur", small.period, 10_000, "EUR")
    found += rows_of("xb_spending_eur", small.period, 700_000, "EUR")
    found += rows_of("psc_income_eur", small.period, 91_000, "EUR")
    found += rows_of("xb_posts_cost_eur", small.period, 160_000, "EUR")
    found += rows_of("xb_posts_coverage", small.period, 0.5688, "1", error=0.0012)
    found += rows_of("outputs_at_risk.courses", small.period, 6, "count")
    return found


@pytest.fixture
def view(small: Scenario, rows: list[StoredRow]) -> View:
    """The small budget as stored."""
    return View(
        small,
        Summary(rows),
        draws=512,
        stage=STAGE,
        folder="results/small",
        files=("draws.parquet", "summary.csv"),
        warnings=("nothing is said about the dependence between exchange and inflows",),
    )
