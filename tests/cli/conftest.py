"""The command line, tried in an empty folder with a small scenario in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from simulator.cli import main
from simulator.scenario.fingerprint import to_toml
from simulator.scenario.model import Scenario


@dataclass(frozen=True)
class Said:
    """What a command left: exit code, stdout, stderr."""

    code: int
    out: str
    err: str


Sim = Callable[..., Said]


@pytest.fixture
def sim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Sim:
    """Runs `sim` with these arguments in an empty folder, 100 columns wide."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("SIM_DEBUG", raising=False)

    def run(*arguments: str) -> Said:
        capsys.readouterr()
        code = main(list(arguments))
        caught = capsys.readouterr()
        return Said(code, caught.out.replace("\u00a0", " "), caught.err)

    return run


@pytest.fixture
def small_file(tmp_path: Path, small: Scenario) -> str:
    """The small budget as small.toml."""
    (tmp_path / "small.toml").write_text(to_toml(small), encoding="utf-8")
    return "small.toml"
