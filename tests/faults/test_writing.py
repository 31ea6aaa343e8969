"""Disks that are full, read-only or gone, and clocks that jump: the earlier artefact or the new."""

from __future__ import annotations

import contextlib
import io
import random
import resource
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from artefacts import ARTEFACTS, both, content, prepare, torn, whole
from artefacts import sim as quietly

from simulator.cli import main
from simulator.store import single
from simulator.store.ledger import LEDGER, append, entries

PAGE = 4  # KiB
EVERY = [name for name in ARTEFACTS if name != "run"]
SOME = [n if n == "export xlsx" else pytest.param(n, marks=pytest.mark.soak) for n in EVERY]


@dataclass(frozen=True)
class Said:
    """Exit code and stderr."""

    code: int
    err: str


def sim(words: str, folder: Path) -> Said:
    """Run a command in a folder."""
    err = io.StringIO()
    with (
        contextlib.chdir(folder),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(err),
    ):
        return Said(main(words.split()), err.getvalue())


def used(folder: Path) -> int:
    """KiB that a disk has in use."""
    return shutil.disk_usage(folder).used // 1024


def on_disk(words: str) -> str:
    """The same command, its file on the small disk."""
    return words.replace("--out o.", "--out disk/o.")


def names(folder: Path) -> list[str]:
    """What stands in a folder, less the points that a sweep keeps to go on with."""
    return sorted(p.name for p in folder.iterdir() if p.name != "o.parquet.partial")


@pytest.mark.parametrize("name", SOME)
def test_a_full_disk_leaves_the_old_file(
    name: str, tmp_path: Path, small_disk: Any, request: pytest.FixtureRequest
) -> None:
    """Wherever the disk is full: exit code 3, in words, the old file, nothing beside it."""
    everywhere = "soak" in str(request.config.option.markexpr).replace("not soak", "")
    artefact = ARTEFACTS[name]
    prepare(tmp_path)
    sides = both(artefact, tmp_path)
    need = -(-(tmp_path / artefact.path).stat().st_size // 1024)
    with small_disk(tmp_path / "disk", "64m") as change:
        assert quietly(on_disk(artefact.asked(0)), tmp_path) == 0
        target, old = tmp_path / "disk" / artefact.path, used(tmp_path / "disk")
        failed = 0
        steps = range(0, need, PAGE) if everywhere else (0, PAGE * (need // 2 // PAGE))
        for extra in steps:
            change(f"size={max(old, PAGE) + extra}k")
            said = sim(on_disk(artefact.asked(1)), tmp_path)
            if said.code == 0:  # it is a little smaller than the old one
                break
            assert said.code == 3, said
            assert "the disk is full" in said.err
            assert content(target) == sides[0]
            assert names(target.parent) == [artefact.path]
            failed += 1
        assert failed >= 1
        change("size=64m")
        assert quietly(on_disk(artefact.asked(1)), tmp_path) == 0
        assert content(target) == sides[1]
        assert [path.name for path in target.parent.iterdir()] == [artefact.path]


def test_a_full_disk_under_the_ledger(tmp_path: Path, small_disk: Any) -> None:
    """The file is whole and said to be; the ledger has a whole line or none, and goes on."""
    with small_disk(tmp_path / "results", "64m") as change:
        prepare(tmp_path)
        ledger = tmp_path / "results" / LEDGER
        lines = 0
        while ledger.stat().st_size % 4096 < 3900:  # close to the end of a page
            append(ledger, {"filler": "x" * 60})
            lines += 1
        before = ledger.read_bytes()
        change(f"size={used(tmp_path / 'results')}k")
        said = sim("export results/a --to csv --out o.csv", tmp_path)
        assert (said.code, "the disk is full" in said.err) == (3, True), said
        assert "o.csv is whole, but not written down there" in said.err
        assert (tmp_path / "o.csv").stat().st_size > 0
        assert ledger.read_bytes() == before
        change("size=64m")
        assert quietly("export results/a --to csv --out p.csv", tmp_path) == 0
        assert [entry.damage for entry in entries(ledger) if entry.damage] == []


@pytest.mark.parametrize("name", SOME)
def test_a_read_only_disk_is_told(name: str, tmp_path: Path, small_disk: Any) -> None:
    """Exit code 3, the old file, and no longer than it takes to find out."""
    artefact = ARTEFACTS[name]
    prepare(tmp_path)
    with small_disk(tmp_path / "disk", "64m") as change:
        assert quietly(on_disk(artefact.asked(0)), tmp_path) == 0
        target = tmp_path / "disk" / artefact.path
        old = target.read_bytes()
        change("ro")
        said = sim(on_disk(artefact.asked(1)), tmp_path)
        assert (said.code, "the disk is read-only" in said.err) == (3, True), said
        assert target.read_bytes() == old


@pytest.mark.parametrize("name", SOME)
def test_a_folder_that_vanishes_is_told(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Gone after it was looked at and before it is written to: exit code 3, in words."""
    prepare(tmp_path)
    (tmp_path / "disk").mkdir()
    hexadecimal = single.secrets.token_hex

    def vanish(count: int) -> str:
        shutil.rmtree(tmp_path / "disk", ignore_errors=True)
        return hexadecimal(count)

    monkeypatch.setattr(single.secrets, "token_hex", vanish)
    said = sim(on_disk(ARTEFACTS[name].asked(0)), tmp_path)
    assert said.code == 3, said
    assert "the folder vanished" in said.err or "there is no folder" in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    "name", ["export csv", pytest.param("run", marks=pytest.mark.soak), "export xlsx"]
)
def test_a_file_that_may_not_grow(name: str, tmp_path: Path) -> None:
    """A limit of the system on sizes (RLIMIT_FSIZE) ends as a full disk does."""
    artefact = ARTEFACTS[name]
    prepare(tmp_path)
    sides = both(artefact, tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "simulator", *artefact.asked(1).split()],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000)),
    )
    assert (done.returncode, "larger than allowed" in done.stderr) == (3, True), done
    assert content(tmp_path / artefact.path) == sides[0]
    assert whole(artefact, tmp_path)


def test_a_clock_that_jumps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Back to 1970, on to 2100, at every look: what is made is what is always made."""
    prepare(tmp_path)
    chosen = ("run", "export xlsx")
    expected = {name: both(ARTEFACTS[name], tmp_path)[1] for name in chosen}
    chance = random.Random(0)  # noqa: S311
    monkeypatch.setattr(time, "time", lambda: chance.choice([0.0, 1e9, 4.1e9, 3e8]))
    for name in chosen:
        said = sim(ARTEFACTS[name].asked(1), tmp_path)
        assert said.code == 0, said
        assert content(tmp_path / ARTEFACTS[name].path) == expected[name]
        assert whole(ARTEFACTS[name], tmp_path)
    assert torn(tmp_path) == []
    assert not [path for path in (tmp_path / "results").iterdir() if path.name.startswith(".")]
