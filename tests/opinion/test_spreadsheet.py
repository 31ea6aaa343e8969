"""A second opinion: the cascade in a spreadsheet, made from the inputs with formulas only."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from agreeing import BOUND, compared
from published_sheet import PublishedSheet
from python_calamine import CalamineWorkbook
from stochastic import Recalculated, by_sim, draw_by_draw
from xlsxwriter import Workbook

from simulator.cli import main

ROOT = Path(__file__).resolve().parents[2]
BASE = ROOT / "scenarios" / "base.toml"
Compute = Callable[[Path], Path]


def test_every_published_figure_comes_out_of_a_spreadsheet(
    tmp_path: Path, recalculated: Compute, capsys: pytest.CaptureFixture[str]
) -> None:
    """140 figures of the document, to the printed digit, as `sim tie-out` computes them."""
    path = tmp_path / "published.xlsx"
    with Workbook(path) as book:
        PublishedSheet(book, BASE)
    rows = CalamineWorkbook.from_path(recalculated(path)).get_sheet_by_name("Ties").to_python()
    found = {str(name): value for name, value in rows}
    assert main(["tie-out", str(BASE), "--json"]) == 0
    computed = {r["id"]: r["computed"] for r in json.loads(capsys.readouterr().out)["rows"]}
    assert len(computed) == 140
    assert found.keys() == computed.keys()
    wrong = {n: (found[n], x) for n, x in computed.items() if abs(found[n] - x) > 1e-9 * abs(x)}
    assert wrong == {}


@pytest.mark.parametrize("rows", [400, pytest.param(10_000, marks=pytest.mark.soak)])
def test_a_stochastic_budget_comes_out_of_a_spreadsheet(
    tmp_path: Path, recalculated: Compute, rows: int
) -> None:
    """Laws, paths, cascade and percentiles by formulas alone: what the program computes of it.

    The cascade agrees draw by draw; distributions agree within Monte Carlo error, which for rows
    spread evenly is at most that of independent ones.
    """
    found = Recalculated(tmp_path, recalculated, rows, seed=62)
    assert max(draw_by_draw(found).values()) < 1e-10
    agreement = compared(by_sim(1 << 17), found.figures)
    assert agreement["figures"] == 84
    assert agreement["worst"] < BOUND, agreement["where"]
