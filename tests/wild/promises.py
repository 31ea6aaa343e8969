"""What holds for any budget: the loop's figures, the same bytes for any threads, after any stop."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import random
from collections.abc import Iterator
from pathlib import Path

from against import compare
from wild import Wild

from simulator.errors import InputError, Interrupted
from simulator.runs import write
from simulator.runs.options import Silent
from simulator.runs.run import write_run
from simulator.scenario.read import read_scenario
from simulator.store import parquet

GROUP, BLOCK = 256, 128
DRAWS = 3 * GROUP + 50
CHECKED = 4
"""Draws that the loop computes of each scenario."""


@contextlib.contextmanager
def small_steps() -> Iterator[None]:
    """Small runs are made of several blocks and row groups, and can be gone on with."""
    simulation, group, resumable = write.Simulation, parquet.ROW_GROUP_DRAWS, write.RESUMABLE
    write.RESUMABLE, parquet.ROW_GROUP_DRAWS = 1, GROUP
    write.Simulation = functools.partial(simulation, block=BLOCK)
    try:
        yield
    finally:
        write.Simulation, parquet.ROW_GROUP_DRAWS = simulation, group
        write.RESUMABLE = resumable


class Stop(Silent):
    """Stops a run after so many steps."""

    def __init__(self, after: int) -> None:
        self._left = after

    def advance(self, n: int) -> None:
        self._left -= 1
        if self._left == 0:
            raise KeyboardInterrupt


def hashes(folder: Path) -> dict[str, str]:
    """sha256 of every file of a result but the manifest, which holds the time."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.name != "manifest.json"
    }


def written(number: int, folder: Path) -> Path | str:
    """The file of a random scenario, or why the program refuses it."""
    path = folder / f"wild-{number}.toml"
    path.write_text(Wild(number).text(), encoding="utf-8")
    try:
        read_scenario(path)
    except InputError as error:
        return str(error)
    return path


def broken(path: Path, folder: Path, number: int) -> list[str]:
    """Every promise that a scenario breaks."""
    found = [f"cascade: {line}" for line in compare(path, CHECKED)]
    scenario = read_scenario(path)
    with small_steps():
        write_run(scenario, folder / "one", draws=DRAWS, threads=1)
        whole = hashes(folder / "one")
        write_run(scenario, folder / "two", draws=DRAWS, threads=2)
        if hashes(folder / "two") != whole:
            found.append("threads: two threads write other bytes than one")
        after = random.Random(number).randint(1, 12)  # noqa: S311
        with contextlib.suppress(Interrupted):
            write_run(scenario, folder / "three", draws=DRAWS, threads=1, progress=Stop(after))
        result = write_run(scenario, folder / "three", draws=DRAWS, threads=2)
        if hashes(folder / "three") != whole:
            found.append(f"resume: from draw {result.resumed} on other bytes")
    left = {path.name for path in folder.iterdir()} - {"one", "two", "three", path.name}
    if left:
        found.append(f"left behind: {sorted(left)}")
    return found
