"""What commands print fits a terminal of 60, 80, 120 or 200 columns, in colour or without."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from simulator.scenario.fingerprint import to_toml
from simulator.scenario.model import Scenario

BASE = str(Path(__file__).resolve().parents[2] / "scenarios" / "base.toml")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
WIDTHS = (60, 80, 120, 200)
QUICK = (("show", "small"), ("doctor",), ("--help",), ("run", "--help"), ("runs",))
SLOW = (
    ("compare", "small", "other", "--output", "contribution_usd.A"),
    ("explain", "small", "contribution_usd.A"),
    ("stages", "small"),
    ("verify", "small"),
    ("risk", "small"),
    ("plot", "small", "--what", "tornado", "--to", "text"),
    ("tie-out", BASE),
)
"""At the narrowest width only, where they are most likely to be too wide."""


@pytest.fixture
def budgets(sim: Any, small: Scenario, small_file: str) -> Any:
    """The small budget and one with a dearer dollar, both run with few draws."""
    text = to_toml(small).replace("0.92", "0.95").replace('name = "small"', 'name = "other"')
    Path("other.toml").write_text(text, encoding="utf-8")
    assert sim("run", small_file, "other.toml", "--draws", "256", "--quiet").code == 0
    return sim


def test_no_line_is_wider_than_the_terminal(budgets: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """No line is one that the terminal would break: only one long word, or an example of help."""
    wide = []
    for columns in WIDTHS:
        monkeypatch.setenv("COLUMNS", str(columns))
        for command in (*QUICK, *(SLOW if columns == min(WIDTHS) else ())):
            said = budgets(*command)
            assert said.code == 0, (command, said.err)
            assert said.out.strip(), command
            for line in said.out.splitlines():
                whole = len(line.split()) > 1 and not line.startswith("    sim ")
                if whole and cell_len(line.rstrip()) > columns:
                    wide.append((columns, command, line))
    assert wide == []


def test_colour_changes_no_character(budgets: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """With colours the text is the same; without them, by NO_COLOR, there is no escape at all."""
    monkeypatch.setenv("COLUMNS", "80")
    for command in (("show", "small"), ("tie-out", BASE)):
        monkeypatch.delenv("FORCE_COLOR", raising=False)
        monkeypatch.setenv("NO_COLOR", "1")
        plain = budgets(*command).out
        assert "\x1b" not in plain
        monkeypatch.delenv("NO_COLOR")
        monkeypatch.setenv("FORCE_COLOR", "1")
        assert COLOUR.sub("", budgets(*command).out) == plain
