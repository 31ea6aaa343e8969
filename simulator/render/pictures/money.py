"""Money from elsewhere: by window and year, the shortfall, and what it puts at risk."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.render.summary import Cell
from simulator.render.view import View

WINDOW = "xb_window_"


@dataclass(frozen=True, slots=True)
class Received:
    """Receipts of a year: the mean of each window by key, and the statistics of them all."""

    year: str
    windows: tuple[tuple[str, float], ...]
    total: Cell


@dataclass(frozen=True, slots=True)
class AtRisk:
    """Planned outputs, and the statistics of how many the shortfall puts at risk."""

    key: str
    title: str
    planned: float
    cell: Cell


def received(view: View) -> tuple[Received, ...]:
    """Receipts year by year in the budget's currency; none where the scenario has no inflows."""
    cur = view.scenario.budget.currency.lower()
    found: list[Received] = []
    for year in map(str, view.scenario.years):
        total = view.cell(f"xb_receipts_{cur}", year)
        if total is None:
            continue
        cells = {key: view.cell(f"{WINDOW}{cur}.{key}", year) for key in view.scenario.windows}
        means = tuple((key, cell["mean"]) for key, cell in cells.items() if cell is not None)
        found.append(Received(year, means, total))
    return tuple(found)


def shortfall(view: View) -> Cell | None:
    """What is missing over the whole period; None where the scenario has no inflows."""
    return view.cell(f"xb_shortfall_{view.scenario.budget.currency.lower()}", view.whole)


def at_risk(view: View) -> tuple[AtRisk, ...]:
    """Outputs of the whole period that the shortfall puts at risk, as the scenario lists them."""
    inflows = view.scenario.inflows
    found: list[AtRisk] = []
    for key, one in (inflows.deliverables if inflows is not None else {}).items():
        cell = view.cell(f"outputs_at_risk.{key}", view.whole)
        if cell is not None:
            title = one.title or key.replace("_", " ")
            found.append(AtRisk(key, title, float(one.planned), cell))
    return tuple(found)
