"""A run that was killed goes on where it was, and its result is that of one that was not."""

from __future__ import annotations

import functools
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.errors import EnvironmentFault, Interrupted
from simulator.runs import versions
from simulator.runs import write as write_module
from simulator.runs.run import RunResult, write_run
from simulator.scenario.model import Scenario
from simulator.store import parquet
from simulator.store.folder import JOURNAL
from simulator.store.sink import HashingFile

Hashes = Callable[[Path], dict[str, str]]
GROUP, BLOCK = 1024, 512
DRAWS = 3 * GROUP + 200
GROUPS = -(-DRAWS // GROUP)

RUN = """
import functools
import sys
from pathlib import Path
from simulator.runs import write
from simulator.store import parquet
from simulator.runs.options import Silent
from simulator.runs.run import RunOptions, run_file
write.RESUMABLE, parquet.ROW_GROUP_DRAWS = 1, 1024
write.Simulation = functools.partial(write.Simulation, block=512)
class Tell(Silent):
    def start(self, total): print("start", flush=True)
    def advance(self, n): print("advance", flush=True)
    def summarise(self, total): print("summarise", flush=True)
file, out, draws = sys.argv[1:]
run_file(Path(file), RunOptions(out=Path(out), draws=int(draws), threads=2), Tell())
"""


class Watch:
    """Hears what a run says, and stops it after so many steps."""

    def __init__(self, stop_after: int = 10**9, error: BaseException | None = None) -> None:
        self.left, self.error = stop_after, error or KeyboardInterrupt()
        self.said: list[str] = []
        self.phases: list[tuple[str, int]] = []
        self.counted = 0

    def say(self, text: str) -> None:
        self.said.append(text)

    def begin(self, phase: str, unit: str, total: int) -> None:
        self.phases.append((phase, total))
        self.counted = 0

    def start(self, total: int) -> None:
        self.begin("drawing", "draws", total)

    def advance(self, n: int) -> None:
        self.counted += n
        self.left -= 1
        if self.left == 0:
            raise self.error

    def summarise(self, total: int) -> None:
        self.begin("summarising", "columns", total)

    def done(self) -> None:
        """Nothing."""


@pytest.fixture(autouse=True)
def every_run_can_be_resumed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also small ones, of small row groups and blocks."""
    monkeypatch.setattr(write_module, "RESUMABLE", 1)
    monkeypatch.setattr(parquet, "ROW_GROUP_DRAWS", GROUP)
    simulation = functools.partial(write_module.Simulation, block=BLOCK)
    monkeypatch.setattr(write_module, "Simulation", simulation)


@pytest.fixture(scope="session")
def _wholes() -> dict[str, dict[str, str]]:
    return {}


@pytest.fixture
def whole(
    small: Scenario, tmp_path: Path, hashes: Hashes, _wholes: dict[str, dict[str, str]]
) -> dict[str, str]:
    """The files of a run that nothing stopped."""
    if not _wholes:
        write_run(small, tmp_path / "whole", draws=DRAWS)
        _wholes |= hashes(tmp_path / "whole")
    return _wholes


def left_beside(folder: Path) -> list[Path]:
    """Folders of unfinished runs."""
    return sorted(folder.parent.glob(f".{folder.name}.*.partial"))


def interrupted(small: Scenario, folder: Path, after: int = 2, **options: int) -> Path:
    """The folder that a run leaves which was stopped after so many row groups."""
    with pytest.raises(Interrupted):
        write_run(small, folder, draws=DRAWS, progress=Watch(after), **options)
    (left,) = left_beside(folder)
    return left


def resumed(small: Scenario, folder: Path) -> tuple[RunResult, Watch]:
    """The same run again."""
    watch = Watch()
    return write_run(small, folder, draws=DRAWS, progress=watch), watch


def test_ctrl_c_keeps_what_is_done(
    small: Scenario, tmp_path: Path, hashes: Hashes, whole: dict[str, str]
) -> None:
    """It says how much; the next run says from where it goes on, and counts only the rest."""
    folder = tmp_path / "small"
    with pytest.raises(
        Interrupted, match="were\n    → 2\u00a0048 draws are kept, the same command"
    ):
        write_run(small, folder, draws=DRAWS, progress=Watch(2))
    result, watch = resumed(small, folder)
    assert watch.said == [f"{folder}: goes on from 2\u00a0048 of 3\u00a0272 draws"]
    assert [phase for phase, _ in watch.phases] == ["checking", "drawing", "summarising"]
    assert dict(watch.phases)["drawing"] == DRAWS - 2 * GROUP
    assert (result.resumed, result.up_to_date) == (2 * GROUP, False)
    assert hashes(folder) == whole
    assert left_beside(folder) == []
    assert write_run(small, folder, draws=DRAWS).up_to_date


@pytest.mark.parametrize("after", [1, GROUPS + 1, GROUPS + 20])
def test_from_the_first_row_group_to_the_summary(
    small: Scenario, tmp_path: Path, hashes: Hashes, whole: dict[str, str], after: int
) -> None:
    """One row group, or all draws: they are not made again."""
    folder = tmp_path / "small"
    with pytest.raises(Interrupted):
        write_run(small, folder, draws=DRAWS, progress=Watch(after))
    assert left_beside(folder)
    result, _ = resumed(small, folder)
    assert result.resumed == (DRAWS if after > 1 else GROUP)
    assert hashes(folder) == whole


def test_a_run_may_be_stopped_again_and_again(
    small: Scenario, tmp_path: Path, hashes: Hashes, whole: dict[str, str]
) -> None:
    """Each goes on from the last one; a second after the first does not lose it."""
    folder = tmp_path / "small"
    for _ in range(4):
        with pytest.raises(Interrupted):
            write_run(small, folder, draws=DRAWS, progress=_Groups(3))
        assert len(left_beside(folder)) == 1
    result, _ = resumed(small, folder)
    assert result.resumed >= 3 * GROUP
    assert hashes(folder) == whole


class _Groups(Watch):
    """Stops after so many row groups, however long the check took."""

    def advance(self, n: int) -> None:
        if self.phases[-1][0] != "checking":
            super().advance(n)


class _AtOnce(Watch):
    """Stops before the first row group."""

    def start(self, total: int) -> None:
        self.advance(total)


@pytest.mark.parametrize("name", ["draws.parquet", "inputs.parquet", "draws.groups"])
@pytest.mark.parametrize("place", [0.2, 0.9])
def test_a_damaged_part_is_made_again(
    small: Scenario,
    tmp_path: Path,
    hashes: Hashes,
    whole: dict[str, str],
    name: str,
    place: float,
) -> None:
    """One flipped bit: what stands before it is kept, the rest made again."""
    folder = tmp_path / "small"
    path = interrupted(small, folder) / name
    data = bytearray(path.read_bytes())
    noted = len(data)  # the journal knows two groups; no byte stands behind them here
    data[int(noted * place)] ^= 4
    path.write_bytes(data)
    result, _ = resumed(small, folder)
    assert result.resumed == (0 if place < 0.5 else GROUP)
    assert hashes(folder) == whole


@pytest.mark.parametrize("damage", ["missing", "cut", "journal"])
def test_missing_and_cut_files_are_made_again(
    small: Scenario, tmp_path: Path, hashes: Hashes, whole: dict[str, str], damage: str
) -> None:
    """Whatever is lost."""
    folder = tmp_path / "small"
    left = interrupted(small, folder)
    if damage == "missing":
        (left / "inputs.parquet").unlink()
    elif damage == "cut":
        path = left / "draws.parquet"
        path.write_bytes(path.read_bytes()[:-1])
    else:
        (left / JOURNAL).write_bytes((left / JOURNAL).read_bytes()[:-30])
    result, _ = resumed(small, folder)
    assert result.resumed == (0 if damage == "missing" else GROUP)
    assert hashes(folder) == whole


def test_force_begins_anew(small: Scenario, tmp_path: Path, hashes: Hashes, whole: object) -> None:
    """And removes what was left."""
    folder = tmp_path / "small"
    interrupted(small, folder)
    watch = Watch()
    result = write_run(small, folder, draws=DRAWS, force=True, progress=watch)
    assert (result.resumed, watch.said) == (0, [])
    assert hashes(folder) == whole
    assert left_beside(folder) == []


def test_work_on_something_else_is_told_and_left(small: Scenario, tmp_path: Path) -> None:
    """Another seed; its own command still goes on with it, also beside a new result."""
    folder = tmp_path / "small"
    left = interrupted(small, folder)
    watch = Watch()
    result = write_run(small, folder, draws=64, seed=5, progress=watch)
    assert result.resumed == 0
    (said,) = watch.said
    assert "an unfinished run with other settings (2\u00a0048 of 3\u00a0272 draws, seed 0)" in said
    assert left_beside(folder) == [left]
    again, _ = resumed(small, folder)
    assert again.resumed == 2 * GROUP
    assert left_beside(folder) == []


def test_work_of_another_program_is_removed(
    small: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody can go on with it."""
    folder = tmp_path / "small"
    interrupted(small, folder)
    monkeypatch.setattr(versions, "program_hash", lambda: "0" * 64)
    result, watch = resumed(small, folder)
    assert (result.resumed, watch.said) == (0, [])
    assert left_beside(folder) == []


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), MemoryError()])
def test_faults_of_the_machine_lose_nothing(
    small: Scenario, tmp_path: Path, hashes: Hashes, whole: dict[str, str], error: BaseException
) -> None:
    """Space is made, and the run goes on; before the first row group nothing is left."""
    folder = tmp_path / "small"
    with pytest.raises(EnvironmentFault, match="→ 2\u00a0048 draws are kept"):
        write_run(small, folder, draws=DRAWS, progress=Watch(2, error))
    result, _ = resumed(small, folder)
    assert result.resumed == 2 * GROUP
    assert hashes(folder) == whole
    with pytest.raises(EnvironmentFault) as caught:
        write_run(small, tmp_path / "none", draws=DRAWS, progress=_AtOnce(1, error))
    assert "kept" not in str(caught.value)
    assert not (tmp_path / "none").exists()
    assert left_beside(tmp_path / "none") == []


def test_a_run_under_way_is_left_alone(
    small: Scenario, tmp_path: Path, hashes: Hashes, whole: dict[str, str]
) -> None:
    """A second one at the same makes its own."""
    folder = tmp_path / "small"

    class Another(Watch):
        def advance(self, n: int) -> None:
            super().advance(n)
            if self.left == 10**9 - 5:
                other, _ = resumed(small, folder)
                assert other.resumed == 0

    write_run(small, folder, draws=DRAWS, progress=Another())
    assert hashes(folder) == whole
    assert left_beside(folder) == []


def test_what_is_noted_reaches_the_disk(
    small: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After ten seconds, before the note does."""
    synced: list[bool] = []
    mark = HashingFile.mark

    def watched(self: HashingFile, *, to_disk: bool) -> object:
        synced.append(to_disk)
        return mark(self, to_disk=to_disk)

    monkeypatch.setattr(HashingFile, "mark", watched)
    write_run(small, tmp_path / "one", draws=DRAWS)
    assert synced
    assert not any(synced)
    monkeypatch.setattr("simulator.store.unfinished.SYNC_SECONDS", 0.0)
    write_run(small, tmp_path / "two", draws=DRAWS)
    assert sum(synced) == len(synced) // 2


def test_small_runs_and_precision_keep_nothing(
    small: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They take seconds, or do not know their end."""
    with pytest.raises(Interrupted) as caught:
        write_run(small, tmp_path / "a", precision="mean(net_eur)=0.0001%", progress=_Groups(20))
    assert "kept" not in str(caught.value)
    monkeypatch.setattr(write_module, "RESUMABLE", DRAWS + 1)
    with pytest.raises(Interrupted):
        write_run(small, tmp_path / "b", draws=DRAWS, progress=Watch(2))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("moments", [2, pytest.param(20, marks=pytest.mark.soak)])
def test_kill_at_any_moment_and_go_on(
    small_file: Path, tmp_path: Path, hashes: Hashes, whole: dict[str, str], moments: int
) -> None:
    """`kill -9` at random moments, then the same command: the same bytes, nothing left."""
    chance = random.Random(moments)  # noqa: S311
    continued = 0
    for i in range(moments):
        out = tmp_path / f"results{i}"
        command = [sys.executable, "-c", RUN, str(small_file), str(out), str(DRAWS)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            for _ in range(chance.randint(1, GROUPS + 30)):
                assert process.stdout.readline()
            try:
                process.wait(chance.uniform(0, 0.05))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
            process.communicate()
        continued += any(out.glob(".*.partial/" + JOURNAL))
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        assert hashes(out / "small") == whole
        assert sorted(path.name for path in out.iterdir()) == ["runs.jsonl", "small"]
    assert continued >= moments // 2
