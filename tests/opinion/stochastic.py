"""One stochastic case by `sim` and by a spreadsheet: draw by draw, and as distributions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from agreeing import Figures, figures_in, figures_of
from python_calamine import CalamineWorkbook
from stochastic_sheet import StochasticSheet
from xlsxwriter import Workbook

from simulator.budget.outputs import outcomes
from simulator.engine import Plan, simulate
from simulator.scenario.read import read_scenario
from simulator.tables import Draws

ROOT = Path(__file__).resolve().parents[2]
BASE = ROOT / "scenarios" / "base.toml"
Array = np.ndarray
COLUMNS = {
    "rate": "rate.chf_per_usd",
    "posts": "posts_chf",
    "non_posts": "non_posts_chf",
    "income": "income_chf",
    "net": "net_chf",
    "contribution": "contribution_chf.UN",
    "contribution_own": "contribution_usd.UN",
}
"""What the second programs compute, and the program's columns of it."""


class Recalculated:
    """The spreadsheet after every formula was computed."""

    def __init__(self, folder: Path, compute: Callable[[Path], Path], rows: int, seed: int) -> None:
        path = folder / "stochastic.xlsx"
        with Workbook(path) as book:
            self.sheet = StochasticSheet(book, BASE, rows, seed)
        made = CalamineWorkbook.from_path(compute(path))
        head, *body = made.get_sheet_by_name("Draws").to_python()
        table = np.array(body, dtype=float)
        self.draws: dict[str, Array] = {str(name): table[:, i] for i, name in enumerate(head)}
        self.figures: dict[str, Figures] = {}
        levels = self.sheet.percentiles()
        for name, count, mean, sd, *at in made.get_sheet_by_name("Answers").to_python()[1:]:
            assert count == rows
            values = dict(zip(levels, map(float, at), strict=True))
            self.figures[str(name)] = figures_of(count, float(mean), float(sd), values)


def draw_by_draw(found: Recalculated) -> dict[str, float]:
    """The program's cascade over what the sheet drew: the largest relative difference by column."""
    plan = Plan(read_scenario(BASE))
    rows, years = found.sheet.draws.rows, found.sheet.years
    values = dict(plan.draws(0, rows).values)
    months = values["rates.chf_per_usd"].shape[1]

    def together(*names: str) -> Array:
        return np.asfortranarray(np.column_stack([found.draws[name] for name in names]))

    values["rates.chf_per_usd"] = together(*(f"rate {t}" for t in range(months)))
    values["inflation.swiss"] = together(*(f"surprise, {year}" for year in years))
    for category in ("professional", "general_service"):
        at = f"categories.{category}"
        values[f"{at}.vacancy"] = together(*(f"vacancy {category}, {year}" for year in years))
        values[f"{at}.standard_cost_error"] = together(f"error {category}")
    values["lines.non_posts.price_error"] = together("price error")
    values["income.miscellaneous"] = together("income")
    made = outcomes(plan.budget, Draws(0, rows, values))
    return {
        f"{name}, {label}": float(
            np.abs(found.draws[f"{name}, {label}"] / made.get(column, label) - 1).max()
        )
        for name, column in COLUMNS.items()
        for label in plan.periods
    }


def by_sim(draws: int, **settings: Any) -> dict[str, Figures]:
    """Mean and percentiles of the same columns by the program, under its own seed."""
    made = simulate(read_scenario(BASE), draws=draws, **settings)
    return {
        f"{name}, {label}": figures_in(made.get(column, label))
        for name, column in COLUMNS.items()
        for label in made.periods
    }
