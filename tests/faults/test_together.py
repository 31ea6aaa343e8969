"""Many at once: every line of the ledger is there, every artefact whole."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from artefacts import ARTEFACTS, both, content, prepare, sim, torn, whole

from simulator.store.ledger import LEDGER, entries

RUNNER = """
import contextlib, io, sys
from simulator.cli import main
for number in range(int(sys.argv[2])):
    # Every third run goes to a result that all processes write, the others to one of their own.
    file = "small.toml" if number % 3 == 0 else f"own{sys.argv[1]}.toml"
    seed = 1000 * int(sys.argv[1]) + number
    with contextlib.redirect_stdout(io.StringIO()):
        code = main(f"run {file} --seed {seed} --draws 64 --threads 1 --quiet".split())
    assert code == 0, (number, code)
"""
SIZES = [(4, 3), pytest.param((8, 50), marks=pytest.mark.soak)]


@pytest.mark.parametrize("size", SIZES)
def test_runs_into_one_folder_at_once(size: tuple[int, int], tmp_path: Path) -> None:
    """A line for each run, in an unbroken chain; every result verifies; nothing is left over."""
    processes, runs = size
    prepare(tmp_path)
    for number in range(processes):
        text = (tmp_path / "small.toml").read_text(encoding="utf-8")
        (tmp_path / f"own{number}.toml").write_text(text, encoding="utf-8")
    ledger = tmp_path / "results" / LEDGER
    before = len(list(entries(ledger)))
    started = [
        subprocess.Popen([sys.executable, "-c", RUNNER, str(n), str(runs)], cwd=tmp_path)
        for n in range(processes)
    ]
    assert [process.wait() for process in started] == [0] * processes
    lines = list(entries(ledger))
    assert [line.damage for line in lines if line.damage] == []
    found = sorted(line.record["seed"] for line in lines[before:])
    assert found == sorted(1000 * n + i for n in range(processes) for i in range(runs))
    results = [path for path in (tmp_path / "results").iterdir() if path.is_dir()]
    assert {path.name for path in results} == {
        "a", "b", "small", *(f"own{n}" for n in range(processes) if runs > 1),
    }  # fmt: skip
    for path in results:
        assert sim(f"verify results/{path.name}", tmp_path) == 0


NAMES = ["export xlsx", pytest.param("run", marks=pytest.mark.soak)]
NAMES += [pytest.param(n, marks=pytest.mark.soak) for n in ARTEFACTS if n not in ("run", NAMES[0])]


@pytest.mark.parametrize("name", NAMES)
def test_two_write_the_same_at_once(name: str, tmp_path: Path) -> None:
    """Each ends well, and what is there is what one of them made, whole."""
    prepare(tmp_path)
    artefact = ARTEFACTS[name]
    sides = both(artefact, tmp_path)
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "simulator", *artefact.asked(side).split()],
            cwd=tmp_path,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        for side in (0, 1)
    ]
    ends = [(process.communicate()[1].decode(), process.returncode) for process in started]
    refused = [said for said, code in ends if code]
    # A sweep keeps its points beside its table: the second one is told that it is under way.
    assert all("under way" in said for said in refused), ends
    assert len(refused) < 2
    assert content(tmp_path / artefact.path) in sides
    assert whole(artefact, tmp_path)
    assert torn(tmp_path) == []
    assert [path for path in os.listdir(tmp_path) if path.endswith(".partial")] == []  # noqa: PTH208
