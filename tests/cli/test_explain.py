"""`sim explain` on the command line: a tree, a JSON object, and exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Sim = Callable[..., Any]
BASE = str(Path(__file__).resolve().parents[2] / "scenarios" / "base.toml")


def test_the_tree_shows_formula_figures_and_sources(sim: Sim) -> None:
    """Each step with its formula in names and figures, each input with key, line and source."""
    said = sim("explain", BASE, "contribution_usd.UN", "--stage", "proposed")
    assert (said.code, said.err) == (0, "")
    for text in (
        "= (52 266.7 + 311.5) ÷ 2",
        "= (26 289.1 × 1.013629) rounded half up to 0.1",
        "= 17 196.1 + 17 330.1",
        ": 13.15",
        "lines.posts.appropriation, base.toml:",
        "beside: income miscellaneous, previous period",
    ):
        assert text in said.out
    assert said.out.rstrip().endswith("numbers agree.")


@pytest.mark.parametrize("columns", ["80", "100", "160"])
def test_the_tree_keeps_to_the_width(
    sim: Sim, small_file: str, columns: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No line is longer than the terminal, and figures end in one column."""
    monkeypatch.setenv("COLUMNS", columns)
    said = sim("explain", small_file, "net_eur", "--draw", "3")
    assert said.code == 0
    assert max(map(len, said.out.splitlines())) <= int(columns)


def test_json_has_every_step_once(sim: Sim, small_file: str) -> None:
    """Steps are numbered from the output down, and parts are numbers of steps."""
    said = sim("explain", small_file, "contribution_usd.A", "--at", "p95", "--json")
    document = json.loads(said.out)
    steps = document["steps"]
    assert document["agrees"] is True
    assert [step["id"] for step in steps] == list(range(len(steps)))
    assert steps[0]["output"] == "contribution_usd.A"
    assert all(part < len(steps) for step in steps for part in step["parts"])
    assert all(step["key"] for step in steps if not step["parts"] and not step["formula"])


def test_a_stored_result_goes_by_its_name(sim: Sim, small_file: str) -> None:
    """A bare name is looked for in results/; an unknown output has exit code 2 and a remedy."""
    assert sim("run", small_file, "--quiet").code == 0
    assert sim("explain", "small", "xb_shortfall_eur", "--draw", "2").code == 0
    said = sim("explain", "small", "net_euro")
    assert said.code == 2
    assert "did you mean 'net_eur'?" in said.err
    assert sim("explain", "nothing", "net_eur").code == 2
