"""`sim export` on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

Sim = Any


def test_a_result_is_exported_by_its_name(sim: Sim, small_file: str) -> None:
    """The file's name goes to stdout; nothing is simulated again."""
    sim("run", small_file)
    said = sim("export", "small")
    assert (said.code, said.out, said.err) == (0, "small.xlsx\n", "")
    assert Path("small.xlsx").stat().st_size > 20_000


def test_each_format_and_language_has_a_file(sim: Sim, small_file: str) -> None:
    """CSV with its draws beside, a SIPmath library, a workbook in Chinese."""
    sim("run", small_file)
    said = sim("export", "results/small", "--to", "csv", "--draws", "10", "--excel-locale")
    assert said.out == "small.csv\nsmall-draws.csv\n"
    assert sim("export", "small", "--to", "sipmath").out == "small.json\n"
    said = sim("export", "small", "--locale", "zh", "--draws", "all", "--out", "zh.xlsx")
    assert said.code == 0


def test_wrong_use_is_said_in_words(sim: Sim, small_file: str) -> None:
    """Every wrong option, a result that is not there, a file that exists."""
    sim("run", small_file)
    said = sim("export", "small", "--to", "exel", "--locale", "english")
    assert said.code == 2
    assert "--to" in said.err
    assert "--locale" in said.err
    said = sim("export", "small", "--draws", "many")
    assert said.code == 2
    assert "a whole number" in said.err
    assert sim("export", "nowhere").code == 2
    sim("export", "small")
    said = sim("export", "small")
    assert said.code == 2
    assert "--force" in said.err
    assert sim("export", "small", "--force").code == 0
