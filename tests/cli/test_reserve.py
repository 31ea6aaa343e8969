"""`sim reserve` from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def test_the_reserve_on_screen_and_kept(sim: Any, small_file: str) -> None:
    """Sentences and tables on stdout; kept beside the result of the same scenario."""
    assert sim("run", small_file, "--quiet").code == 0
    said = sim("reserve", small_file, "--for", "inflows")
    assert said.code == 0
    assert "covers extrabudgetary receipts below the plan with 90.0 % confidence" in said.out
    assert "this per" in said.out
    assert Path("results/small.findings/reserve-inflows.json").exists()


def test_one_json_object(sim: Any, small_file: str) -> None:
    """Every level with its interval."""
    found = json.loads(sim("reserve", small_file, "--confidence", "0.95", "--json").out)
    levels = found["listings"][0]
    assert [row[0] for row in levels["rows"]] == ["95 %", "96 %", "97 %", "98 %", "99 %"]
    _, amount, low, high, *_ = levels["rows"][0]
    assert low <= amount <= high


def test_refusals_name_the_option(sim: Any, small_file: str) -> None:
    """A confidence of 1.3 and an unknown loss, both at once."""
    said = sim("reserve", small_file, "--confidence", "1.3", "--for", "inflow")
    assert said.code == 2
    assert "--confidence: a part above 0 and below 1 is wanted" in said.err
    assert "did you mean 'inflows'?" in said.err
