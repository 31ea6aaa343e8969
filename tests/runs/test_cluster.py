"""`--engine dask`: the bytes of one thread, whoever works and whoever dies."""

from __future__ import annotations

import contextlib
import functools
import logging
import os
import pickle
import signal
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import distributed
import pytest

from simulator.cli import main
from simulator.errors import EnvironmentFault, InputError, Interrupted, Problem
from simulator.runs import cluster as cluster_module
from simulator.runs import write as write_module
from simulator.runs.grid import parse_axis
from simulator.runs.options import RunOptions, Silent
from simulator.runs.run import run_file
from simulator.runs.sweep import SweepAsk, sweep
from simulator.store import parquet
from simulator.store.sink import hash_of

Hashes = Callable[[Path], dict[str, str]]
BASE = Path(__file__).resolve().parents[2] / "scenarios" / "base.toml"
GROUP = 1024
DRAWS = 8 * GROUP + 300


def local(workers: int, *, processes: bool) -> Any:
    """A cluster on this machine that opens no port but those of its own."""
    return distributed.LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=processes,
        host="127.0.0.1" if processes else None,
        dashboard_address="127.0.0.1:0",
        memory_limit=0,
        silence_logs=logging.CRITICAL,
    )


@pytest.fixture(scope="module")
def inside() -> Iterator[str]:
    """The address of a cluster in this process."""
    with local(1, processes=False) as here:
        yield here.scheduler_address


@pytest.fixture(scope="module")
def three() -> Iterator[Any]:
    """A cluster of three processes."""
    with local(3, processes=True) as here:
        yield here


@pytest.fixture(autouse=True)
def small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many row groups of few draws."""
    monkeypatch.setattr(parquet, "ROW_GROUP_DRAWS", GROUP)
    monkeypatch.setattr(write_module, "RESUMABLE", 1)


def options(out: Path, scheduler: str | None = None, **more: Any) -> RunOptions:
    """A run in one thread, or on a cluster."""
    engine = "threads" if scheduler is None else "dask"
    chosen = {"draws": DRAWS, "threads": 1} | more
    return RunOptions(out=out, engine=engine, scheduler=scheduler, **chosen)


@pytest.fixture
def whole(small_file: Path, tmp_path: Path, hashes: Hashes) -> dict[str, str]:
    """The files that one thread makes."""
    return hashes(run_file(small_file, options(tmp_path / "whole")).folder)


class Watch(Silent):
    """Does something after so many steps."""

    def __init__(self, after: int, do: Callable[[], None]) -> None:
        self.left, self.do = after, do
        self.said: list[str] = []

    def say(self, text: str) -> None:
        self.said.append(text)

    def advance(self, n: int) -> None:
        self.left -= 1
        if self.left == 0:
            self.do()


def test_one_worker_in_this_process(
    small_file: Path, tmp_path: Path, hashes: Hashes, whole: dict[str, str], inside: str
) -> None:
    """Every file is that of one thread, byte for byte, in blocks of any size."""
    for block in (100, 512, 5000):
        simulation = functools.partial(write_module.Simulation, block=block)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(write_module, "Simulation", simulation)
            result = run_file(small_file, options(tmp_path / f"{block}", inside))
        assert hashes(result.folder) == whole


def test_a_worker_that_dies_changes_nothing(
    small_file: Path, tmp_path: Path, hashes: Hashes, whole: dict[str, str], three: Any
) -> None:
    """One of three is killed with -9 in the middle; its work is given to the others."""
    with distributed.Client(three.scheduler_address, set_as_default=False) as client:
        pids = client.run(os.getpid)
    killed = []

    def kill() -> None:
        victim = sorted(pids.values())[0]
        os.kill(victim, signal.SIGKILL)
        killed.append(victim)

    watch = Watch(2, kill)
    result = run_file(small_file, options(tmp_path / "d", three.scheduler_address), watch)
    assert killed
    assert hashes(result.folder) == whole


def test_a_run_goes_on_with_other_workers(
    small_file: Path,
    tmp_path: Path,
    hashes: Hashes,
    whole: dict[str, str],
    inside: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Begun by threads, gone on with by a cluster, ended by threads."""

    def stop() -> None:
        raise KeyboardInterrupt

    out = tmp_path / "results"
    simulation = functools.partial(write_module.Simulation, block=GROUP)
    monkeypatch.setattr(write_module, "Simulation", simulation)
    with pytest.raises(Interrupted, match="1\u00a0024 draws are kept"):
        run_file(small_file, options(out), Watch(1, stop))
    with pytest.raises(Interrupted, match="draws are kept"):
        run_file(small_file, options(out, inside), _Drawing(4, stop))
    result = run_file(small_file, options(out))
    assert result.resumed == 5 * GROUP
    assert hashes(result.folder) == whole


class _Drawing(Watch):
    """Counts only what is drawn, not what is checked."""

    drawing = False

    def start(self, total: int) -> None:
        self.drawing = True

    def advance(self, n: int) -> None:
        if self.drawing:
            super().advance(n)


def test_a_sweep_makes_the_same_table(small_file: Path, tmp_path: Path, inside: str) -> None:
    """Grid points are tasks."""
    axes = (parse_axis("inflows.psc_rate=0.10:0.13:0.01"),)

    def table(name: str, scheduler: str | None) -> str:
        ask = SweepAsk(
            file=str(small_file),
            axes=axes,
            options=options(tmp_path, scheduler, draws=512),
            out=tmp_path / name,
        )
        sweep(ask, Silent())
        return hash_of(tmp_path / name)

    assert table("a.parquet", None) == table("b.parquet", inside)


HISTORY = "date,eur_per_usd\n" + "".join(
    f"{year}-{month:02d}-{day:02d},{0.8 + 0.01 * ((year * 7 + month * 5 + day) % 11):.4f}\n"
    for year in range(1995, 2016)
    for month in range(1, 13)
    for day in range(1, 29)
)


def test_a_back_test_says_the_same(
    tmp_path: Path, inside: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Origins are tasks; tables and raw draws are the same bytes."""
    (tmp_path / "rates.csv").write_text(HISTORY)
    command = ["backtest", "--from", "2009", "--to", "2011", "--every", "1y", "--draws", "64"]
    command += ["--pairs", "eur_per_usd", "--history", str(tmp_path / "rates.csv"), "--json"]
    command += ["--laws", "random_walk"]
    said = []
    for name, more in (("a", []), ("b", ["--engine", "dask", "--scheduler", inside])):
        files = ["--out", str(tmp_path / f"{name}.csv")]
        files += ["--draws-out", str(tmp_path / f"{name}.parquet")]
        assert main([*command, *files, *more]) == 0, capsys.readouterr().err
        said.append(capsys.readouterr().out)
    assert said[0] == said[1]
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


def test_small_jobs_travel_together(inside: str) -> None:
    """Their order stays; a few of them are spread over the workers all the same."""
    for count in (0, 1, 5, 70, 130):
        with cluster_module.cluster(inside, 1, Silent()) as workers:
            found = list(workers.in_order(abs, range(-count, 0), count=count))
        assert found == [(job, -job) for job in range(-count, 0)]


def test_dask_that_is_not_installed_is_told(
    small_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the way to install it; nothing is left."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(EnvironmentFault, match=r"→ pip install 'simulator\[cluster\]'"):
        run_file(small_file, options(tmp_path / "out", "tcp://127.0.0.1:8786"))
    assert not list(tmp_path.glob("out/*"))


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("tcp://127.0.0.1:1", "refused"),
        ("nonsense", "an address such as"),
        ("tcp://127.0.0.1", "a port is wanted"),
        ("tcp://127.0.0.1:99999", "0-65535"),
    ],
)
def test_a_scheduler_that_does_not_answer_is_told(
    small_file: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    address: str,
    told: str,
) -> None:
    """Exit code 3, at once, with a remedy; work of an earlier run is not lost."""
    command = ["run", str(small_file), "--out", str(tmp_path / "out")]
    assert main([*command, "--engine", "dask", "--scheduler", address]) == 3
    said = capsys.readouterr().err
    assert said.startswith(f"--scheduler {address}: no scheduler answers there: ")
    assert told in said
    assert "→ start one with `dask scheduler`" in said
    assert not list(tmp_path.glob("out/*"))


def test_another_version_is_refused(
    small_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, three: Any
) -> None:
    """Of the program or of a library on any worker, each named."""
    monkeypatch.setattr(cluster_module, "program_hash", lambda: "0" * 64)
    with pytest.raises(EnvironmentFault, match="another version") as caught:
        run_file(small_file, options(tmp_path / "out", three.scheduler_address))
    assert "here 0000000000000000" in str(caught.value)
    assert str(caught.value).count("127.0.0.1") >= 3
    assert not list(tmp_path.glob("out/*"))


def test_large_work_is_sent_without_a_warning(inside: str) -> None:
    """A history of every rate has more than Dask likes to be sent at once; it is sent once."""
    noise = os.urandom(12_000_000)
    with cluster_module.cluster(inside, 1, Silent()) as workers:
        made = dict(workers.in_order(functools.partial(_byte_of, noise), range(3)))
    assert made == dict(enumerate(noise[:3]))


def _byte_of(noise: bytes, at: int) -> int:
    return noise[at]


def test_a_worker_that_joined_late_is_compared_too() -> None:
    """By every task."""
    with pytest.raises(cluster_module.OtherProgram):
        cluster_module._do("t", "another", zlib.compress(pickle.dumps(len)), ["job"])


def test_another_processor_is_told(
    small_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, three: Any
) -> None:
    """Last bits may differ there."""
    monkeypatch.setattr(cluster_module, "_processor", lambda: "ABACUS")
    watch = Watch(0, lambda: None)
    run_file(small_file, options(tmp_path / "out", three.scheduler_address, draws=64), watch)
    (said,) = watch.said
    assert "3 of 3 workers have a processor with other instructions" in said


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--engine", "spark"], "--engine: threads or dask is wanted (found spark)"),
        (["--scheduler", "tcp://a:1"], "--scheduler: a cluster is wanted"),
        (["--engine", "dask", "--precision", "mean(net_eur)=1%"], "--precision: a number of draws"),
    ],
)
def test_options_that_do_not_go_together(
    small_file: Path, capsys: pytest.CaptureFixture[str], more: list[str], told: str
) -> None:
    """Exit code 2, before anything is started."""
    assert main(["run", str(small_file), *more]) == 2
    assert told in capsys.readouterr().err


def gone(group: int) -> bool:
    """Whether every process of a group ends within ten seconds."""
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


@pytest.mark.soak
@pytest.mark.parametrize("after", [1.0, 1.5, 2.0, 2.5, 3.0, 4.0])
def test_ctrl_c_ends_in_words(small_file: Path, tmp_path: Path, after: float) -> None:
    """A terminal sends it to the workers too: they print nothing, and are gone."""
    command = [sys.executable, "-m", "simulator", "run", str(small_file), "--draws", "50_000_000"]
    command += ["--engine", "dask", "--threads", "2", "--out", str(tmp_path / "out"), "--quiet"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True) as process:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(after)
        os.killpg(process.pid, signal.SIGINT)
        said = process.communicate(timeout=60)[1].decode()
        assert gone(process.pid)
    assert process.returncode == 130
    assert said.startswith("interrupted")
    assert len(said.splitlines()) <= 2, said


def leave(job: int) -> None:
    """The end of the process that does it."""
    os._exit(job)


@pytest.mark.soak
def test_a_task_that_kills_every_worker_ends_in_words() -> None:
    """Exit code 3, not an endless loop."""
    with (
        cluster_module.cluster(None, 2, Silent()) as workers,
        pytest.raises(EnvironmentFault, match="workers died over and over at the same task"),
    ):
        list(workers.in_order(leave, [1]))


@pytest.mark.soak
def test_whoever_works_the_bytes_are_the_same(
    tmp_path: Path, hashes: Hashes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """1, 2 and 4 threads, three block sizes, and a cluster of 1 and of 3, killed every third part.

    The whole budget, with row groups of their usual size.
    """
    monkeypatch.setattr(parquet, "ROW_GROUP_DRAWS", 32_768)
    simulation, found = write_module.Simulation, []
    for threads, block in ((1, 0), (2, 1000), (4, 16_384), (2, 50_000)):
        monkeypatch.setattr(write_module, "Simulation", functools.partial(simulation, block=block))
        asked = options(tmp_path / f"t{threads}-{block}", draws=400_000, threads=threads)
        found.append(hashes(run_file(BASE, asked).folder))
    monkeypatch.setattr(write_module, "Simulation", simulation)
    for number in (1, 3):
        with local(number, processes=True) as here:
            killer = _Killer(here)
            asked = options(tmp_path / f"d{number}", here.scheduler_address, draws=400_000)
            found.append(hashes(run_file(BASE, asked, killer).folder))
            assert killer.killed >= 3
    assert all(files == found[0] for files in found)


class _Killer(Silent):
    """Kills a worker after every third part."""

    def __init__(self, here: Any) -> None:
        self.here, self.parts, self.killed, self.drawing = here, 0, 0, True

    def summarise(self, total: int) -> None:
        self.drawing = False

    def advance(self, n: int) -> None:
        self.parts += 1
        if self.drawing and self.parts % 3 == 0:
            with distributed.Client(self.here.scheduler_address, set_as_default=False) as client:
                pids = client.run(os.getpid)
            os.kill(sorted(pids.values())[0], signal.SIGKILL)
            self.killed += 1


def test_problems_survive_the_way_from_a_worker() -> None:
    """They are made again from their parts."""
    error = InputError([Problem("this is wanted", "a.b", "1"), Problem("that is wanted")])
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    assert again.problems == error.problems
    assert str(again) == str(error)
