"""`sim new` on a terminal asks five questions; options answer them, and a pipe is never asked."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

pty = pytest.importorskip("pty", reason="a terminal can be played on POSIX only")
ROOT = Path(__file__).resolve().parents[2]


def on_a_terminal(folder: Path, answers: str, *options: str) -> tuple[int, str]:
    """Run `sim new ours` with somebody typing; the exit code, and what the terminal showed."""
    mine, theirs = pty.openpty()
    try:
        child = subprocess.Popen(
            [sys.executable, "-m", "simulator", "new", "ours", *options],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=theirs,
        )
        os.close(theirs)
        os.write(mine, answers.encode())
        child.wait(timeout=60)
        shown = os.read(mine, 65536).decode()
    finally:
        os.close(mine)
        if child.stdout is not None:
            child.stdout.close()
    return child.returncode, shown


def test_five_answers_make_a_scenario(tmp_path: Path) -> None:
    """What is typed is what the file says; a wrong answer is told and asked again."""
    answers = "River Club\nfranc\nchf\n2031-2032\nA=1/2:USD, B=1/3\nA=1/2:USD, B=1/2\nUSD=1.2\n"
    code, shown = on_a_terminal(tmp_path, answers)
    assert code == 0, shown
    assert "currency codes such as USD,EUR are wanted (found 'FRANC')" in shown
    assert "shares that add up to 1 exactly are wanted (found 5/6)" in shown
    assert "Budget rates: CHF for one USD [USD=0.90]: " in shown
    tables = tomllib.loads((tmp_path / "ours.toml").read_text(encoding="utf-8"))
    assert tables["budget"]["organization"] == "River Club"
    assert (tables["budget"]["currency"], tables["budget"]["years"]) == ("CHF", [2031, 2032])
    assert {name: one["share"] for name, one in tables["parents"].items()} == {
        "A": "1/2",
        "B": "1/2",
    }
    assert tables["rates"]["chf_per_usd"]["budget"]["value"] == 1.2


def test_empty_lines_take_what_is_proposed_and_options_are_not_asked(tmp_path: Path) -> None:
    """With an option, its question is not asked."""
    code, shown = on_a_terminal(tmp_path, "\n\n\n\n", "--currency", "GBP")
    assert code == 0, shown
    assert shown.count("]: ") == 4
    assert "Currency" not in shown
    tables = tomllib.loads((tmp_path / "ours.toml").read_text(encoding="utf-8"))
    assert list(tables["parents"]) == ["First", "Second"]


def test_leaving_writes_nothing(tmp_path: Path) -> None:
    """The end of the input is an interruption, and no file is left behind."""
    code, shown = on_a_terminal(tmp_path, "River Club\n\x04")
    assert code == 130
    assert "nothing is written" in shown
    assert list(tmp_path.iterdir()) == []
