"""`sim solve` from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

PSC = ("--for", "inflows.psc_rate", "--such-that", "mean(psc_income_eur) >= 200000")


def test_the_answer_on_screen_and_kept(sim: Any, small_file: str) -> None:
    """Sentences and tables on stdout; beside a result of the same scenario it is kept."""
    assert sim("run", small_file, "--quiet").code == 0
    said = sim("solve", small_file, *PSC, "--from", "0.05", "--to", "0.9")
    assert said.code == 0
    assert "inflows.psc_rate from 0.2750 ± " in said.out
    assert "It changes between" in said.out
    assert "kept for the workbook" in said.err
    assert len(list(Path("results/small.findings").glob("solve-*.json"))) == 1


def test_one_json_object(sim: Any, small_file: str) -> None:
    """Numbers with all their digits."""
    said = sim("solve", small_file, *PSC, "--from", "0.05", "--to", "0.9", "--json")
    found = json.loads(said.out)
    assert found["settings"]["for"] == "inflows.psc_rate"
    answer = next(one for one in found["listings"] if one["name"] == "answer")
    end, value, error, low, high, *_ = answer["rows"][0]
    assert end == "from"
    assert low <= value <= high
    assert error > 0


def test_refusals_name_the_option(sim: Any, small_file: str) -> None:
    """Exit code 2 and no traceback."""
    said = sim("solve", small_file, "--for", "parents.A.policy", "--such-that", "mean(net_eur) < 5")
    assert said.code == 2
    assert "--for: a key that holds a number is wanted" in said.err
    said = sim("solve", small_file, "--for", "inflows.psc_rate", "--such-that", "p950(net_eur) < 5")
    assert said.code == 2
    assert "a statistic is wanted" in said.err
