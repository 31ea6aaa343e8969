"""Results at an address: whole there or not there, read from there, and gone on with here."""

from __future__ import annotations

import filecmp
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from simulator.cli import main
from simulator.errors import EnvironmentFault, InputError, Stopping
from simulator.store import address as address_module
from simulator.store import remote
from simulator.store.address import Place
from simulator.store.manifest import StoredFile
from simulator.store.remote import fetched, publish, staging_of
from simulator.store.result import read_run

Hashes = Callable[[Path], dict[str, str]]
OUT = "flaky://bucket/results"
AT = f"{OUT}/small"


class Flaky(MemoryFileSystem):  # type: ignore[misc]
    """Objects in memory; its n-th write fails, and so does reading when the network is gone."""

    protocol = "flaky"
    store: ClassVar[dict[str, Any]] = {}
    pseudo_dirs: ClassVar[list[str]] = [""]
    fail_at: ClassVar[int] = 0
    failure: ClassVar[Exception] = ConnectionResetError("the other side hung up")
    gone: ClassVar[bool] = False
    done: ClassVar[list[str]] = []

    def _strip_protocol(path: str) -> str:  # type: ignore[override]  # noqa: N805 - as fsspec has it
        return "/" + path.removeprefix("flaky://").strip("/")

    _strip_protocol = staticmethod(_strip_protocol)  # type: ignore[assignment]

    def _change(self, what: str, path: str) -> None:
        Flaky.done.append(f"{what} {path.rpartition('/')[2]}")
        Flaky.fail_at -= 1
        if Flaky.fail_at == 0:
            raise Flaky.failure

    def _open(self, path: str, mode: str = "rb", **options: Any) -> Any:
        if Flaky.gone:
            raise TimeoutError("no answer")
        if mode == "rb":
            Flaky.done.append(f"read {path.rpartition('/')[2]}")
        else:
            self._change("write", path)
        return super()._open(path, mode, **options)

    def rm_file(self, path: str) -> None:
        self._change("remove", path)
        super()._rm(path)


fsspec.register_implementation("flaky", Flaky, clobber=True)


@pytest.fixture(autouse=True)
def _clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small_file: Path) -> Iterator[None]:
    """An empty store, an empty working folder, nothing fetched before."""
    assert small_file.exists()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Stopping, "in_order", 0)
    Flaky.store.clear()
    Flaky.pseudo_dirs[:] = [""]
    Flaky.fail_at, Flaky.gone, Flaky.done = 0, False, []
    Flaky.failure = ConnectionResetError("the other side hung up")
    fetched.cache_clear()
    yield
    fetched.cache_clear()


def run(*more: str, out: str = OUT, draws: int = 256) -> int:
    """`sim run small.toml` with so many draws to an address."""
    given = "run", "small.toml", "--draws", str(draws), "--threads", "1", "--out", out, "--quiet"
    return main([*given, *more])


def there() -> set[str]:
    """The files at the address."""
    return {path.rpartition("/")[2] for path in Flaky.store}


def content(name: str) -> bytes:
    """The bytes of a file at the address."""
    found: bytes = Flaky.store[f"/bucket/results/small/{name}"].getvalue()
    return found


def changes() -> list[str]:
    """What was done there but reading."""
    return [one for one in Flaky.done if not one.startswith("read")]


def again() -> None:
    """As another process: nothing is remembered."""
    fetched.cache_clear()
    Flaky.done, Flaky.fail_at = [], 0


FILES = ["draws.parquet", "inputs.parquet", "summary.parquet", "summary.csv", "scenario.toml"]


def test_the_manifest_is_written_last_and_the_bytes_are_those_of_a_folder(
    tmp_path: Path, hashes: Hashes
) -> None:
    """Nothing else is there, and nothing stays here but the ledger."""
    assert run() == 0
    assert changes() == [*(f"write {name}" for name in FILES), "write manifest.json"]
    assert main(["run", "small.toml", "--draws", "256", "--threads", "1", "--quiet"]) == 0
    local = tmp_path / "results" / "small"
    for path in local.iterdir():
        if path.name != "manifest.json":
            assert content(path.name) == path.read_bytes()
    manifest = json.loads(content("manifest.json"))
    assert manifest["files"] == json.loads((local / "manifest.json").read_bytes())["files"]
    staging = staging_of(OUT)
    assert [path.name for path in staging.iterdir()] == ["runs.jsonl"]
    assert hashes(fetched(AT)).keys() == {".origin"}


def test_a_result_that_is_there_is_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    """Only its manifest is read; with other draws it is replaced, its manifest removed first."""
    run()
    again()
    assert run() == 0
    assert set(Flaky.done) == {"read manifest.json"}
    again()
    assert main(["run", "small.toml", "--draws", "256", "--out", OUT, "--threads", "1"]) == 0
    assert f"{AT}: up to date" in capsys.readouterr().err
    assert {"read summary.csv", "read scenario.toml"} <= set(Flaky.done)
    assert not changes()
    again()
    assert run(draws=128) == 0
    assert changes()[0] == "remove manifest.json"
    assert changes()[-1] == "write manifest.json"
    assert json.loads(content("manifest.json"))["draws"] == 128
    again()
    assert run("--keep", "summary", "--force", draws=128) == 0
    assert there() == {*FILES, "manifest.json"} - {"draws.parquet", "inputs.parquet"}


@pytest.mark.parametrize("step", [1, 2, 4, 7])
def test_a_failed_write_leaves_no_result_there_and_the_whole_one_here(
    step: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over an earlier result: step 1 is the removal of its manifest, 7 the new manifest."""
    run(draws=128)
    again()
    Flaky.fail_at = step
    assert run() == 3
    said = capsys.readouterr().err
    waiting = staging_of(OUT) / "small"
    assert f"{AT}: cannot " in said
    assert "the connection failed (the other side hung up)" in said
    assert f"the result is whole in {waiting}: the same command sends it" in said
    assert "Traceback" not in said
    assert ("manifest.json" in there()) == (step == 1)
    assert main(["show", AT]) == (0 if step == 1 else 2)
    assert read_run(waiting).manifest.draws == 256
    again()
    monkeypatch.setattr("simulator.runs.run.run_file", lambda *_: pytest.fail("made again"))
    assert run() == 0
    assert not waiting.exists()
    assert main(["verify", AT]) == 0


def test_what_reached_the_place_is_not_sent_again() -> None:
    """A command that was killed after the manifest, before it cleared up."""
    run()
    waiting = staging_of(OUT) / "small"
    shutil.copytree(fetched(AT), waiting)
    remote.all_here(waiting)
    again()
    assert not publish(waiting, AT, lambda _: None)
    assert run() == 0
    assert not changes()


@pytest.mark.parametrize(
    "command",
    [
        ["show", AT],
        ["verify", AT, "--replay"],
        ["compare", AT, f"{OUT}/../other/small", "--unpaired"],
        ["explain", AT, "net_eur", "--draw", "3"],
        ["export", AT, "--to", "csv"],
        pytest.param(["report", AT], marks=pytest.mark.soak),
        pytest.param(["plot", AT], marks=pytest.mark.soak),
        pytest.param(["risk", AT], marks=pytest.mark.soak),
        pytest.param(["stages", AT, "--draws", "64"], marks=pytest.mark.soak),
    ],
)
def test_what_is_written_there_can_be_read(
    command: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """By every command that takes a result, with the same answer as from a folder."""
    other = "flaky://bucket/other"
    run()
    run("--seed", "5", out=other)
    again()
    command = [word.replace(f"{OUT}/../other", other) for word in command]
    code, found = main(command), capsys.readouterr()
    assert code == 0, found.err
    made = {path.name: path.read_bytes() for path in tmp_path.glob("small*") if path.is_file()}
    run(out="results")
    run("--seed", "5", out="other")
    capsys.readouterr()
    for name in made:
        if name != "small.toml":
            (tmp_path / name).unlink()
    local = [word.replace(other, "other").replace(OUT, "results") for word in command]
    assert main(local) == 0
    wanted = capsys.readouterr()
    shown = found.out.replace(other, "other").replace(OUT, "results")
    assert shown.split() == wanted.out.split()  # lines are broken elsewhere
    if command[0] == "export":
        assert made["small.csv"] == (tmp_path / "small.csv").read_bytes()
        assert main(["verify", "small.csv"]) == 0


def test_draws_come_when_they_are_asked_for() -> None:
    """To show a result its draws are not fetched; a column fetches one file, once."""
    run()
    again()
    stored = read_run(fetched(AT))
    assert stored.place == AT
    stored.summary()
    assert set(Flaky.done) == {
        f"read {n}" for n in ("manifest.json", "scenario.toml", "summary.csv")
    }
    assert len(stored.column("net_eur")) == 256
    assert len(stored.column("net_eur", "2031")) == 256
    assert Flaky.done.count("read draws.parquet") == 1
    assert "read inputs.parquet" not in Flaky.done


def test_a_file_that_is_not_as_written_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """A flipped bit, another size, a file that is gone: told as of a folder."""
    run()
    place = "/bucket/results/small"
    explain = ["explain", AT, "net_eur", "--draw", "3"]
    for name, command in (("summary.csv", ["show", AT]), ("draws.parquet", explain)):
        again()
        whole = content(name)
        Flaky().pipe_file(f"{place}/{name}", b"x" + whole[1:])
        assert main(["verify", AT]) == 1
        assert f"DIFFERS {name}: " in capsys.readouterr().out
        again()
        assert main(command) == 2
        assert "not as it was written: its checksum differs" in capsys.readouterr().err
        again()
        Flaky().pipe_file(f"{place}/{name}", whole + b"more")
        assert main(["show", AT]) == 2
        assert "bytes is wanted" in capsys.readouterr().err
        again()
        Flaky().rm_file(f"{place}/{name}")
        assert main(["verify", AT]) == 1
        again()
        assert main(["show", AT]) == 2
        assert "a file of the result is missing" in capsys.readouterr().err
        Flaky().pipe_file(f"{place}/{name}", whole)
    again()
    assert main(["verify", AT]) == 0


def test_other_files_are_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    """A place that holds something else is refused before anything is made."""
    Flaky().pipe_file("/bucket/results/small/thesis.txt", b"mine")
    assert run() == 2
    assert "holds files that are not results" in capsys.readouterr().err
    assert there() == {"thesis.txt"}
    assert not (staging_of(OUT) / "small").exists()


@pytest.mark.parametrize(
    ("failure", "words", "remedy"),
    [
        (PermissionError("403"), "not permitted (403)", "check the credentials"),
        (FileNotFoundError("no such bucket"), "it is not there (no such bucket)", "must exist"),
        (NotImplementedError(), "cannot be written to", "name another address"),
        (RuntimeError("SlowDown"), "RuntimeError: SlowDown", "the same command again"),
    ],
)
def test_what_a_file_system_says_is_told(
    failure: Exception, words: str, remedy: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """In words with a remedy, exit code 3."""
    Flaky.failure, Flaky.fail_at = failure, 1
    assert run() == 3
    said = capsys.readouterr().err
    assert words in said
    assert remedy in said
    assert "Traceback" not in said


def test_a_network_that_is_gone(capsys: pytest.CaptureFixture[str]) -> None:
    """Reading says so as well, and nothing is made before the place answers."""
    run()
    again()
    Flaky.gone = True
    for command in (["show", AT], ["run", "small.toml", "--out", OUT]):
        assert main(command) == 3
        said = capsys.readouterr().err
        assert "the connection failed (no answer)" in said
        assert "check the network" in said


@pytest.mark.parametrize(
    ("address", "code", "words"),
    [
        ("nowhere://bucket/x", 3, "Protocol not known: nowhere"),
        ("hdfs3nope+x://b", 3, "Protocol not known"),
        ("absent://bucket/x", 3, "python -m pip install simulator_absent"),
        ("sftp://me:secret@host/x", 2, "an address without a password is wanted"),
    ],
)
def test_addresses_that_cannot_be_used(
    address: str, code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """An unknown protocol, a package that is not there, a password."""
    fsspec.register_implementation(
        "absent", "simulator_absent.FileSystem", clobber=True, errtxt="Install it"
    )
    for command in (["show", address], ["run", "small.toml", "--out", address]):
        assert main(command) == code
        said = capsys.readouterr().err
        assert words in said
        assert "secret" not in said


def test_without_fsspec_the_extra_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is not needed for anything else."""
    monkeypatch.setitem(__import__("sys").modules, "fsspec.core", None)
    assert run() == 3
    assert "pip install 'simulator[remote]'" in capsys.readouterr().err


def test_what_does_not_fit_is_not_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    """The manifest says how much will come: the disk is looked at before."""
    run()
    again()
    stored = read_run(fetched(AT))
    free = shutil.disk_usage(stored.folder)._replace(free=1000)
    monkeypatch.setattr(address_module.shutil, "disk_usage", lambda _: free)
    with pytest.raises(EnvironmentFault, match="TMPDIR"):
        stored.column("net_eur")


def test_more_than_the_manifest_says_is_not_read(tmp_path: Path) -> None:
    """A file that goes on and on is given up behind its size."""
    Flaky().pipe_file("/bucket/long", b"0" * 5_000_000)
    Flaky().pipe_file("/bucket/short", b"0" * 10)
    with pytest.raises(InputError, match="its checksum differs"):
        Place("flaky://bucket").fetch("long", tmp_path / "copy", StoredFile("0" * 64, 100))
    assert not (tmp_path / "copy").exists()
    assert (tmp_path / "copy.partial").stat().st_size <= address_module.PIECE
    with pytest.raises(InputError, match="at most 5 bytes"):
        Place("flaky://bucket").read("short", 5)


def test_a_sweep_is_sent_and_its_points_are_kept_until_then(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A failed write loses no point; a table that is there is not replaced without --force."""
    grid = f"{OUT}/grid.csv"
    over = "sweep", "small.toml", "--over", "income.rent.estimate.pert.mode=15:25:5"
    command = [*over, "--draws", "64", "--quiet", "--out", grid]
    Flaky.fail_at = 1
    assert main(command) == 3
    assert "the file is whole" in capsys.readouterr().err
    waiting = staging_of(OUT)
    assert {path.name for path in waiting.iterdir()} == {"grid.csv", "grid.csv.partial"}
    again()
    assert main([word for word in command if word != "--quiet"]) == 0
    assert "3 of 3 points from before" in capsys.readouterr().err
    assert there() == {"grid.csv"}
    assert not list(waiting.iterdir())
    sent = Flaky.store["/bucket/results/grid.csv"].getvalue()
    assert main([*command[:-1], "grid.csv"]) == 0
    assert sent == Path("grid.csv").read_bytes()
    assert main(command) == 2
    assert "exists and is not overwritten" in capsys.readouterr().err
    assert main([*command, "--force"]) == 0
    assert Flaky.store["/bucket/results/grid.csv"].getvalue() == sent


def test_a_folder_by_its_address_is_a_folder(tmp_path: Path) -> None:
    """file:// writes files beside those of a run without it."""
    assert run(out=f"file://{tmp_path}/store") == 0
    assert run(out="plain") == 0
    for name in FILES:
        assert (tmp_path / "store" / "small" / name).read_bytes() == (
            tmp_path / "plain" / "small" / name
        ).read_bytes()
    assert main(["verify", str(tmp_path / "store" / "small")]) == 0


def test_other_files_are_written_to_this_machine(capsys: pytest.CaptureFixture[str]) -> None:
    """An address for an export is refused with the way out."""
    run(out="results")
    assert main(["export", "small", "--to", "csv", "--out", f"{OUT}/small.csv"]) == 2
    assert "name a path, and copy it to the address" in capsys.readouterr().err


@pytest.mark.soak
def test_a_cluster_killed_in_the_middle_goes_on_and_is_sent_whole(tmp_path: Path) -> None:
    """Three workers of Dask; the files at the address are those of one thread."""
    sim = str(Path(sys.executable).with_name("sim"))
    base = str(Path(__file__).resolve().parents[2] / "scenarios" / "base.toml")
    out = f"file://{tmp_path}/store"
    command = [sim, "run", base, "--draws", "524_288", "--out", out]
    cluster = [*command, "--engine", "dask", "--threads", "3"]
    first = subprocess.Popen(cluster, cwd=tmp_path, start_new_session=True)
    journals = staging_of(out)
    while first.poll() is None and not any(
        path.stat().st_size > 1000 for path in (tmp_path / journals).glob(".base.*/*.journal")
    ):
        time.sleep(0.2)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    assert not (tmp_path / "store").exists()
    second = subprocess.run(cluster, cwd=tmp_path, capture_output=True, text=True)
    assert second.returncode == 0, second.stderr
    assert "goes on from" in second.stderr
    alone = [*command[:-1], "alone", "--threads", "1", "--quiet"]
    assert subprocess.run(alone, cwd=tmp_path).returncode == 0
    for name in FILES:
        there, here = (tmp_path / place / "base" / name for place in ("store", "alone"))
        assert filecmp.cmp(there, here, shallow=False), name
    assert subprocess.run([sim, "verify", f"{out}/base"], cwd=tmp_path).returncode == 0
