"""Ctrl-C, `kill -9` and full or read-only disks: the earlier result is whole, nothing is left."""

from __future__ import annotations

import contextlib
import errno
import io
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulator.errors import EnvironmentFault, Interrupted
from simulator.runs import write as write_module
from simulator.runs.run import RunOptions, read_run, run_file, write_run
from simulator.scenario.model import Scenario
from simulator.store.ledger import LEDGER, entries
from simulator.store.result import problems_of
from simulator.store.sink import HashingFile

Hashes = Callable[[Path], dict[str, str]]


def assert_whole(folder: Path) -> int:
    """Every file of the result is as its manifest says; returns its seed."""
    stored = read_run(folder)
    assert list(problems_of(folder, stored.manifest)) == []
    assert len(stored.column("net_eur")) == stored.manifest.draws
    return stored.manifest.seed


def left_in(folder: Path) -> list[str]:
    """The names in a folder of results, without its ledger, which must be whole."""
    assert [entry.damage for entry in entries(folder / LEDGER) if entry.damage] == []
    return sorted({path.name for path in folder.iterdir()} - {LEDGER})


class Interrupter:
    """Presses Ctrl-C once so many draws are under way."""

    def __init__(self, after: int) -> None:
        self.left = after

    def start(self, total: int) -> None:
        if self.left == 0:
            signal.raise_signal(signal.SIGINT)

    def advance(self, n: int) -> None:
        self.left -= n
        if self.left <= 0:
            signal.raise_signal(signal.SIGINT)

    def summarise(self, total: int) -> None:
        """Nothing."""

    def done(self) -> None:
        """Nothing."""


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("after", [0, 1, 40_000, 100_000])
def test_an_interrupt_leaves_the_old_result(
    small: Scenario, tmp_path: Path, hashes: Hashes, threads: int, after: int
) -> None:
    """Exit code 130, at the start, in the middle, and with the last draw."""
    folder = tmp_path / "small"
    write_run(small, folder)
    before = hashes(folder)
    with pytest.raises(Interrupted) as caught:
        write_run(small, folder, draws=100_000, threads=threads, progress=Interrupter(after))
    assert caught.value.exit_code == 130
    assert hashes(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["small"]
    assert_whole(folder)


@pytest.mark.parametrize("name", ["summary_rows", "driver_rows", "write_summary_parquet"])
def test_an_interrupt_during_the_summary_leaves_the_old_result(
    small: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """All draws are written by then."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    write_run(small, tmp_path / "small")
    monkeypatch.setattr(write_module, name, interrupt)
    with pytest.raises(Interrupted):
        write_run(small, tmp_path / "small", seed=1)
    assert [path.name for path in tmp_path.iterdir()] == ["small"]
    assert assert_whole(tmp_path / "small") == 0


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (KeyboardInterrupt(), Interrupted),
        (OSError(errno.ENOSPC, "No space left on device"), EnvironmentFault),
        (OSError(errno.EIO, "Input/output error"), EnvironmentFault),
        (MemoryError(), EnvironmentFault),
    ],
)
def test_whichever_write_fails_the_old_result_is_left(
    small: Scenario,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    told: type[Exception],
) -> None:
    """The first, the last and many between: of row groups, footers, summaries and texts."""
    write = HashingFile.write
    count, failing = 0, 0

    def counted(self: HashingFile, data: bytes) -> int:
        nonlocal count
        count += 1
        if count == failing:
            raise error
        return write(self, data)

    write_run(small, tmp_path / "small", draws=64)
    monkeypatch.setattr(HashingFile, "write", counted)
    write_run(small, tmp_path / "trial", draws=64, seed=1)
    writes = count
    assert writes > 40
    for failing in (*range(1, writes, 9), writes - 3, writes - 2, writes - 1, writes):
        count = 0
        with pytest.raises(told):
            write_run(small, tmp_path / "small", draws=64, seed=1)
        assert count >= failing
        assert sorted(path.name for path in tmp_path.iterdir()) == ["small", "trial"]
        assert assert_whole(tmp_path / "small") == 0


RUNS = """
import sys
from simulator.errors import Interrupted
from simulator.runs.run import RunOptions, Path, run_file
class Tell:
    def start(self, total): self.drawing = True; print("start", flush=True)
    def advance(self, n): self.drawing and print("advance", flush=True)
    def summarise(self, total): self.drawing = False; print("summarise", flush=True)
    def done(self): print("done", flush=True)
file, out, seed = Path(sys.argv[1]), Path(sys.argv[2]), 0
try:
    while True:
        seed += 1
        run_file(file, RunOptions(out=out, seed=seed, draws=20000, threads=2), Tell())
except (Interrupted, KeyboardInterrupt):  # the second between two runs
    sys.exit(Interrupted.exit_code)
"""
WORDS = 6  # that a run says: start, three blocks, summarise, done
MOMENTS = pytest.mark.parametrize("moments", [5, pytest.param(200, marks=pytest.mark.soak)])


def stopped(file: Path, out: Path, number: int, words: int, later: float) -> tuple[int, str]:
    """Run a scenario again and again with seeds 1, 2, 3, … and send a signal.

    It is sent `later` seconds after so many words. Returns the exit code and what was said on
    stderr.
    """
    command = [sys.executable, "-c", RUNS, str(file), str(out)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        for _ in range(words):
            if not process.stdout.readline():
                pytest.fail(f"ended by itself: {process.communicate()[1].decode()}")
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(later)
        process.send_signal(number)
        _, errors = process.communicate(timeout=60)
        return process.returncode, errors.decode()


@MOMENTS
def test_kill_in_the_middle_leaves_a_whole_result(
    small_file: Path, tmp_path: Path, moments: int
) -> None:
    """`kill -9` at random moments: the result is whole, and the next run clears up."""
    out, chance = tmp_path / "results", random.Random(0)  # noqa: S311
    run_file(small_file, RunOptions(out=out))
    for _ in range(moments):
        words = chance.randint(1, 2 * WORDS)
        code, _ = stopped(small_file, out, signal.SIGKILL, words, chance.uniform(0, 0.2))
        assert code == -signal.SIGKILL
        whole_runs = assert_whole(out / "small")
        assert whole_runs >= (words - 1) // WORDS
    run_file(small_file, RunOptions(out=out, seed=10**6))
    assert left_in(out) == ["small"]


@MOMENTS
def test_ctrl_c_at_any_moment_ends_in_words(small_file: Path, tmp_path: Path, moments: int) -> None:
    """SIGINT at random moments: exit code 130, a whole result, nothing left behind."""
    out, chance = tmp_path / "results", random.Random(1)  # noqa: S311
    run_file(small_file, RunOptions(out=out))
    for _ in range(moments):
        words = chance.randint(1, 2 * WORDS)
        code, errors = stopped(small_file, out, signal.SIGINT, words, chance.uniform(0, 0.2))
        assert code == Interrupted.exit_code, errors
        assert errors == ""
        assert_whole(out / "small")
        assert left_in(out) == ["small"]


def test_a_full_disk_at_every_write_leaves_the_old_result(
    small: Scenario, tmp_path: Path, small_disk: Any
) -> None:
    """Every size between what the old result takes and what a new one needs beside it."""
    new = write_run(small, tmp_path / "trial", draws=20_000).manifest
    need = sum(stored.size for stored in new.files.values()) // 1024
    where = tmp_path / "disk"
    with small_disk(where, "64m") as change:
        write_run(small, where / "small")
        old = sum(path.stat().st_size // 4096 + 1 for path in (where / "small").iterdir()) * 4
        failed = 0
        for extra in (0, 4, 8, 16, 64, *range(128, need, need // 12), need - 64, need - 8):
            change(f"size={old + 8 + extra}k")
            with pytest.raises(EnvironmentFault, match="the disk is full") as caught:
                write_run(small, where / "small", draws=20_000, seed=1)
            assert caught.value.exit_code == 3
            assert [path.name for path in where.iterdir()] == ["small"]
            assert assert_whole(where / "small") == 0
            failed += 1
        change("size=64m")
        write_run(small, where / "small", draws=20_000, seed=1)
        assert assert_whole(where / "small") == 1
        assert failed > 12


def test_a_read_only_disk_is_told_and_still_read(
    small: Scenario, tmp_path: Path, small_disk: Any
) -> None:
    """What is up to date is found; anything else needs a place to write."""
    where = tmp_path / "disk"
    with small_disk(where, "16m") as change:
        write_run(small, where / "small")
        change("ro")
        assert write_run(small, where / "small").up_to_date
        with pytest.raises(EnvironmentFault, match="read-only"):
            write_run(small, where / "small", seed=1)
        assert assert_whole(where / "small") == 0


def test_a_folder_that_may_not_be_written_is_told(
    small: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Permission bits do not bind the superuser, so the refusal is played."""
    write_run(small, tmp_path / "small")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(io, "FileIO", refuse)
    with pytest.raises(EnvironmentFault, match="not permitted"):
        write_run(small, tmp_path / "small", seed=1)
    monkeypatch.undo()
    assert [path.name for path in tmp_path.iterdir()] == ["small"]
    assert assert_whole(tmp_path / "small") == 0
