"""`kill -9` at random moments: the earlier artefact or the new one, whole, every time."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from artefacts import ARTEFACTS, both, content, prepare, sim, torn, whole

from simulator.store.folder import JOURNAL
from simulator.store.single import writing_file

KILLS = int(os.environ.get("SIM_KILLS", "200"))
"""How many kills `make soak` makes, over all commands."""


def killed(words: str, folder: Path, seconds: float) -> bool:
    """Start a command and kill it after so long; whether it was still running."""
    process = subprocess.Popen(
        [sys.executable, "-m", "simulator", *words.split()],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert process.wait(seconds) == 0, words
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
        return True
    return False


def _kill(name: str, kills: int, folder: Path, chance: random.Random) -> int:
    """So many kills of one command, in whose middle it mostly is; how many hit it."""
    artefact = ARTEFACTS[name]
    sides = both(artefact, folder)
    assert sides[0] != sides[1]
    began = time.perf_counter()
    assert not killed(artefact.asked(0), folder, 600)
    took = time.perf_counter() - began
    hit = 0
    for number in range(kills):
        hit += killed(artefact.asked(number % 2), folder, chance.uniform(0.3, 1.1) * took)
        assert content(folder / artefact.path) in sides
        assert whole(artefact, folder)
        assert torn(folder) == []
    assert sim(artefact.asked(1), folder) == 0
    assert content(folder / artefact.path) == sides[1]
    return hit


def test_a_kill_leaves_one_or_the_other(tmp_path: Path) -> None:
    """A few kills of one command; `make soak` makes many of all."""
    prepare(tmp_path)
    _kill("export csv", 2, tmp_path, random.Random(0))  # noqa: S311


@pytest.mark.soak
@pytest.mark.parametrize("name", [*ARTEFACTS, "resume"])
def test_no_kill_at_any_moment_leaves_half(name: str, tmp_path: Path) -> None:
    """Over run, exports, report, sweep, plot, comparison and a run that goes on."""
    prepare(tmp_path)
    chance = random.Random(name)  # noqa: S311
    kills = -(-KILLS // (len(ARTEFACTS) + 1))
    hit = (
        _resume(kills, tmp_path, chance)
        if name == "resume"
        else _kill(name, kills, tmp_path, chance)
    )
    sys.stdout.write(f"\n{name}: {kills} kills, {hit} while it ran\n")
    assert hit > 0


def _resume(kills: int, folder: Path, chance: random.Random) -> int:
    """A long run, killed again and again until it is done: the bytes of one that was not."""
    asked = "run small.toml --seed {} --draws 300000 --threads 1 --quiet"
    began = time.perf_counter()
    assert not killed(asked.format(1), folder, 600)
    took = time.perf_counter() - began
    expected = content(folder / "results/small")
    before, hit = expected, 0
    assert sim(asked.format(2) + " --draws 64", folder) == 0
    before = content(folder / "results/small")
    for _ in range(kills):
        hit += killed(asked.format(1), folder, chance.uniform(0.2, 0.8) * took)
        now = content(folder / "results/small")
        assert now in (before, expected)
        assert sim("verify results/small", folder) == 0
        if now == expected:
            assert sim(asked.format(2) + " --draws 64", folder) == 0
    assert sim(asked.format(1), folder) == 0
    assert content(folder / "results/small") == expected
    assert not list((folder / "results").glob(f"*/{JOURNAL}"))
    return hit


def test_what_a_kill_left_beside_a_file_is_cleared_up(tmp_path: Path) -> None:
    """By the next command for the same file; nothing young, alive or of another is touched."""
    target = tmp_path / "o.csv"
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    names = {
        "old": f".o.csv.{dead.pid}.0123abcd.partial",
        "young": f".o.csv.{dead.pid}.0123abce.partial",
        "alive": f".o.csv.{os.getpid()}.0123abcd.partial",
        "of another": f".p.csv.{dead.pid}.0123abcd.partial",
        "somebody's": ".o.csv.partial",
    }
    for kind, name in names.items():
        (tmp_path / name).write_text("half")
        if kind != "young":
            os.utime(tmp_path / name, (time.time() - 3600,) * 2)
    with writing_file(target, force=False) as path:
        path.write_text("whole")
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"o.csv", *names.values()} - {names["old"]}
