"""Drafts and expired assumptions are told, refused where that is asked for, and stamped."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

RATE = "psc_rate = 0.13"


@pytest.fixture
def approved(small_file: str) -> str:
    """The small file with one assumption that was approved and one that has expired."""
    path = Path(small_file)
    text = path.read_text()
    assert RATE in text
    good = (
        'psc_rate = { value = 0.13, assumption = true, approved_by = "Finance board", '
        "approved_on = 2020-02-01 }"
    )
    text = text.replace(RATE, good)
    old = "spending_lag_months = { value = 3, assumption = true, expires = 2020-01-01 }"
    text = text.replace("spending_lag_months = 3", old)
    path.write_text(text)
    return small_file


def test_a_run_says_how_they_stand(sim: Any, approved: str) -> None:
    """Counts, beside the result."""
    said = sim("run", approved, "--draws", "64")
    assert said.code == 0
    assert "2 assumptions: 1 approved, 0 drafts, 1 expired on" in said.err


def test_strict_refuses_and_touches_nothing(sim: Any, approved: str) -> None:
    """With file, line, key and reason; a check that does not hold is exit code 1."""
    said = sim("run", approved, "--draws", "64", "--strict")
    assert said.code == 1
    assert "1 of 2 assumptions are not approved" in said.err
    assert "small.toml:" in said.err
    assert "inflows.spending_lag_months: expired on 2020-01-01" in said.err
    assert "psc_rate" not in said.err
    assert not Path("results/small").exists()
    assert sim("validate", approved).code == 0
    assert sim("validate", "--strict", approved).code == 1


def test_strict_runs_what_is_approved(sim: Any, approved: str) -> None:
    """Once the expired one is renewed, both pass."""
    path = Path(approved)
    renewed = 'approved_by = "B", approved_on = 2020-01-01 }'
    path.write_text(path.read_text().replace("expires = 2020-01-01 }", renewed))
    assert sim("validate", "--strict", approved).code == 0
    assert sim("run", approved, "--draws", "64", "--strict", "--quiet").code == 0


def test_each_is_listed(sim: Any, approved: str) -> None:
    """Key and status of each, today."""
    said = sim("validate", "--approvals", approved)
    assert "inflows.psc_rate: approved by Finance board on 2020-02-01" in said.out
    assert "inflows.spending_lag_months: expired on 2020-01-01" in said.out


def test_exports_are_stamped(sim: Any, approved: str) -> None:
    """Workbook, library and report say who approved what, and what nobody did."""
    from python_calamine import CalamineWorkbook

    assert sim("run", approved, "--draws", "512", "--quiet").code == 0
    assert sim("export", "small", "--to", "xlsx").code == 0
    book = CalamineWorkbook.from_path("small.xlsx")
    inputs = book.get_sheet_by_name("Inputs").to_python()
    (row,) = [row for row in inputs if row[0] == "inflows.psc_rate"]
    assert row[10] == "Finance board, 2020-02-01"
    (row,) = [row for row in inputs if row[0] == "inflows.spending_lag_months"]
    assert row[10] == "→ 2020-01-01"
    about = book.get_sheet_by_name("About").to_python()
    words = "2 assumptions: 1 approved, 0 drafts, 1 expired on"
    assert any(words in str(cell) for row in about for cell in row)
    assert sim("export", "small", "--to", "sipmath").code == 0
    assert words in json.loads(Path("small.json").read_text())["provenance"]
    assert sim("report", "small", "--format", "md").code == 0
    (report,) = Path().glob("*.md")
    assert words in report.read_text()
    assert "Finance board, 2020-02-01" in report.read_text()
