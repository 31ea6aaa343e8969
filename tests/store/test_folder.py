"""A result folder is replaced whole or not at all, and nothing of the user's is ever removed."""

from __future__ import annotations

import errno
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from simulator.errors import EnvironmentFault, InputError
from simulator.store import folder as folder_module
from simulator.store.folder import RESULT_FILES, names_of_ours, replacing, settle

OURS = json.dumps({"schema_version": 1, "program": {"name": "simulator"}, "files": {}})


def fill(folder: Path, text: str) -> None:
    """A result as small as they come: every file holds `text`, the manifest last."""
    for name in sorted(RESULT_FILES - {"manifest.json"}):
        (folder / name).write_text(text)
    (folder / "manifest.json").write_text(OURS)


def result(target: Path, text: str = "old") -> Path:
    """A whole result at `target`."""
    with replacing(target) as temporary:
        fill(temporary, text)
    return target


def text_of(target: Path) -> str:
    """What the result holds; fails when its files differ or one is missing."""
    texts = {(target / name).read_text() for name in RESULT_FILES - {"manifest.json"}}
    assert (target / "manifest.json").read_text() == OURS
    (text,) = texts
    return text


def names(folder: Path) -> list[str]:
    """Everything in a folder, hidden names too."""
    return sorted(entry.name for entry in folder.iterdir())


def test_a_new_result_appears_whole(tmp_path: Path) -> None:
    """With the folders above it, and nothing beside it."""
    target = result(tmp_path / "results" / "base")
    assert text_of(target) == "old"
    assert names(target.parent) == ["base"]


def test_an_old_result_is_replaced(tmp_path: Path) -> None:
    """By all of the new one."""
    target = result(tmp_path / "base")
    result(target, "new")
    assert text_of(target) == "new"
    assert names(tmp_path) == ["base"]


def test_until_the_end_the_old_result_is_there(tmp_path: Path) -> None:
    """The new one is written beside."""
    target = result(tmp_path / "base")
    with replacing(target) as temporary:
        fill(temporary, "new")
        assert text_of(target) == "old"
        assert temporary.parent == target.parent
    assert text_of(target) == "new"


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit, MemoryError])
def test_an_exception_leaves_the_old_result(tmp_path: Path, error: type[BaseException]) -> None:
    """Ctrl-C too; the temporary folder is gone, and the exception is the one raised."""
    target = result(tmp_path / "base")
    with pytest.raises(error), replacing(target) as temporary:  # noqa: PT012
        fill(temporary, "new")
        raise error
    assert text_of(target) == "old"
    assert names(tmp_path) == ["base"]


def test_an_exception_leaves_no_result_where_there_was_none(tmp_path: Path) -> None:
    """Not even an empty folder."""
    with pytest.raises(ValueError, match="no"), replacing(tmp_path / "base"):
        raise ValueError("no")
    assert names(tmp_path) == []


def test_a_second_interrupt_does_not_stop_the_clearing_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """People press Ctrl-C twice."""
    remove, calls = folder_module.shutil.rmtree, []

    def impatient(path: Path, ignore_errors: bool) -> None:
        calls.append(path)
        if len(calls) == 1:
            raise KeyboardInterrupt
        remove(path, ignore_errors=ignore_errors)

    monkeypatch.setattr(folder_module.shutil, "rmtree", impatient)
    with pytest.raises(KeyboardInterrupt), replacing(tmp_path / "base") as temporary:  # noqa: PT012
        fill(temporary, "new")
        raise KeyboardInterrupt
    assert len(calls) == 2
    assert names(tmp_path) == []


def test_a_users_folder_is_refused(tmp_path: Path) -> None:
    """It holds no manifest of ours: nothing in it is touched."""
    target = tmp_path / "mine"
    target.mkdir()
    (target / "thesis.txt").write_text("years of work")
    with pytest.raises(InputError, match="not results"), replacing(target):
        pytest.fail("the block must not run")
    assert (target / "thesis.txt").read_text() == "years of work"
    assert names(tmp_path) == ["mine"]


@pytest.mark.parametrize(
    "manifest",
    [
        "",
        "{}",
        "[]",
        "null",
        '{"program": {"name": "other"}}',
        '{"program": "simulator"}',
        "[" * 9999,
    ],
)
def test_a_foreign_manifest_does_not_make_a_folder_ours(tmp_path: Path, manifest: str) -> None:
    """Other programs write manifests too."""
    (tmp_path / "manifest.json").write_text(manifest)
    (tmp_path / "index.html").touch()
    assert names_of_ours(tmp_path) is None


def test_a_scenario_in_a_folder_of_its_own_is_not_a_result(tmp_path: Path) -> None:
    """`--out` naming the folder of the scenario itself must not remove it."""
    (tmp_path / "scenario.toml").write_text("title = 'mine'")
    assert names_of_ours(tmp_path) is None
    (tmp_path / "manifest.json").write_text("{}")
    assert names_of_ours(tmp_path) is None


def test_a_result_with_a_damaged_or_lost_manifest_may_be_replaced(tmp_path: Path) -> None:
    """Because nothing but files of results lies there."""
    target = result(tmp_path / "base")
    (target / "manifest.json").write_text("{")
    result(target, "new")
    assert text_of(target) == "new"
    (target / "manifest.json").unlink()
    result(target, "newer")
    assert text_of(target) == "newer"
    (target / "manifest.json").write_text("{")
    (target / "notes.txt").touch()
    with pytest.raises(InputError), replacing(target):
        pytest.fail("the block must not run")


def test_a_file_in_the_way_is_refused(tmp_path: Path) -> None:
    """And left."""
    (tmp_path / "base").write_text("mine")
    with pytest.raises(InputError, match="this is a file"), replacing(tmp_path / "base"):
        pytest.fail("the block must not run")
    assert (tmp_path / "base").read_text() == "mine"


def test_a_file_above_is_an_environment_fault(tmp_path: Path) -> None:
    """A part of the path is no folder."""
    (tmp_path / "results").touch()
    with pytest.raises(EnvironmentFault), replacing(tmp_path / "results" / "base"):
        pytest.fail("the block must not run")


def test_an_empty_folder_may_be_filled(tmp_path: Path) -> None:
    """It holds nothing to lose."""
    (tmp_path / "base").mkdir()
    assert text_of(result(tmp_path / "base")) == "old"


def test_files_that_came_meanwhile_are_not_lost(tmp_path: Path) -> None:
    """Somebody makes the folder while the run is under way: the run gives in."""
    target = tmp_path / "base"
    with pytest.raises(InputError, match="not results"), replacing(target) as temporary:  # noqa: PT012
        fill(temporary, "new")
        target.mkdir()
        (target / "mine.txt").touch()
    assert names(target) == ["mine.txt"]
    assert names(tmp_path) == ["base"]


def test_what_the_user_put_into_a_result_is_carried_over(tmp_path: Path) -> None:
    """Notes, exports, folders and links survive any number of runs."""
    target = result(tmp_path / "base")
    (target / "notes.txt").write_text("ask the treasurer")
    (target / "charts" / "2031").mkdir(parents=True)
    (target / "charts" / "2031" / "fan.svg").write_text("<svg/>")
    (target / "latest").symlink_to("notes.txt")
    for text in ("new", "newer"):
        result(target, text)
        assert text_of(target) == text
        assert (target / "notes.txt").read_text() == "ask the treasurer"
        assert (target / "charts" / "2031" / "fan.svg").read_text() == "<svg/>"
        assert os.readlink(target / "latest") == "notes.txt"  # noqa: PTH115 - the text of the link
    assert names(tmp_path) == ["base"]


def test_files_are_copied_where_they_cannot_be_linked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not every disk knows hard links."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, "no links here")

    target = result(tmp_path / "base")
    (target / "notes.txt").write_text("mine")
    monkeypatch.setattr(os, "link", refuse)
    result(target, "new")
    assert (target / "notes.txt").read_text() == "mine"


def test_files_of_an_older_layout_are_not_carried_over(tmp_path: Path) -> None:
    """What the old manifest names was written by a run, and is replaced with it."""
    target = result(tmp_path / "base")
    (target / "old.parquet").touch()
    listed = {**json.loads(OURS), "files": {"old.parquet": {}}}
    (target / "manifest.json").write_text(json.dumps(listed))
    result(target, "new")
    assert "old.parquet" not in names(target)


def test_a_link_keeps_pointing(tmp_path: Path) -> None:
    """What it points to is replaced, not the link."""
    real = result(tmp_path / "disk" / "base")
    link = tmp_path / "base"
    link.symlink_to(real)
    result(link, "new")
    assert link.is_symlink()
    assert text_of(real) == "new"


def no_exchange(*_: object) -> bool:
    """A disk without an exchange of names."""
    return False


def test_without_an_exchange_two_renames_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Older systems and some network disks."""
    monkeypatch.setattr(folder_module, "_exchange", no_exchange)
    target = result(tmp_path / "base")
    result(target, "new")
    assert text_of(target) == "new"
    assert names(tmp_path) == ["base"]


@pytest.mark.parametrize("failing", [1, 2])
@pytest.mark.parametrize("error", [OSError(errno.EIO, "input/output error"), KeyboardInterrupt()])
def test_a_failing_rename_brings_the_old_result_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int, error: BaseException
) -> None:
    """Whichever of the two it is, and on Ctrl-C too."""
    target = result(tmp_path / "base")
    rename, calls = Path.rename, []

    def unreliable(self: Path, other: Path) -> Path:
        if self.name == "base" or other.name == "base":
            calls.append(self)
        if len(calls) == failing + 1:  # the first is the plain rename that finds the old result
            calls.append(self)
            raise error
        return rename(self, other)

    monkeypatch.setattr(folder_module, "_exchange", no_exchange)
    monkeypatch.setattr(Path, "rename", unreliable)
    with pytest.raises((EnvironmentFault, KeyboardInterrupt)), replacing(target) as temporary:
        fill(temporary, "new")
    assert text_of(target) == "old"
    assert names(tmp_path) == ["base"]


def dead_process() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def leftover(target: Path, pid: int, kind: str, text: str = "old", age: float = 0) -> Path:
    """What a killed run leaves beside a target."""
    path = target.parent / f".{target.name}.{pid}.0123abcd.{kind}"
    path.mkdir()
    fill(path, text)
    then = time.time() - age
    os.utime(path, (then, then))
    return path


def test_leftovers_of_dead_processes_go_with_the_next_run(tmp_path: Path) -> None:
    """And only those of this target."""
    target = tmp_path / "base"
    stale = leftover(target, dead_process(), "partial")
    other = leftover(tmp_path / "base2", dead_process(), "partial")
    result(target, "new")
    assert not stale.exists()
    assert other.exists()


def test_leftovers_of_a_number_that_is_used_again_go_too(tmp_path: Path) -> None:
    """In a container every run has the same process number; the lock tells the truth."""
    target = tmp_path / "base"
    stale = leftover(target, os.getpid(), "partial", age=3600)
    result(target, "new")
    assert not stale.exists()


def test_a_folder_not_yet_locked_is_left_alone(tmp_path: Path) -> None:
    """Between making and locking a folder there is a moment."""
    young = leftover(tmp_path / "base", os.getpid(), "partial")
    settle(tmp_path / "base")
    assert young.exists()


def test_live_runs_are_left_alone_however_old(tmp_path: Path) -> None:
    """A run of sixteen million draws takes its time."""
    target = tmp_path / "base"
    with replacing(target) as long_run:
        fill(long_run, "long")
        os.utime(long_run, (0, 0))
        result(target, "short")
        assert text_of(long_run) == "long"
        assert text_of(target) == "short"
    assert text_of(target) == "long"
    assert names(tmp_path) == ["base"]


def test_where_folders_cannot_be_locked_age_decides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A network disk: another machine may be writing, so only old leftovers go."""
    monkeypatch.setattr(folder_module, "_lock_state", lambda _: "unknown")
    target, dead = tmp_path / "base", dead_process()
    young = leftover(target, dead, "partial", age=3600)
    settle(target)
    assert young.exists()
    os.utime(young, (0, 0))
    settle(target)
    assert not young.exists()


def test_a_result_left_aside_is_recovered(tmp_path: Path) -> None:
    """Killed between the two renames: there was no result, and now there is the old one."""
    target = tmp_path / "base"
    aside = leftover(target, dead_process(), "old")
    settle(target)
    assert text_of(target) == "old"
    assert not aside.exists()


def test_names_that_only_look_alike_are_left(tmp_path: Path) -> None:
    """Hidden files of the user's."""
    for name in (
        ".base.partial",
        ".base.12.partial",
        ".base.x.ab.partial",
        ".base.1.ab.partial.txt",
    ):
        (tmp_path / name).mkdir()
    before = names(tmp_path)
    settle(tmp_path / "base")
    assert names(tmp_path) == before


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EDQUOT, "quota"),
        (errno.EACCES, "not permitted"),
        (errno.EROFS, "read-only"),
        (errno.EIO, "the disk reports an error"),
        (errno.ENXIO, os.strerror(errno.ENXIO)),
    ],
)
def test_what_the_system_says_is_put_into_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    """Exit code 3, the folder, a remedy; the old result is there."""
    target = result(tmp_path / "base")

    def refuse(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(EnvironmentFault) as caught, replacing(target) as temporary:
        fill(temporary, "new")
    assert words in str(caught.value)
    assert str(target) in str(caught.value)
    assert "→" in str(caught.value)
    assert caught.value.exit_code == 3
    monkeypatch.undo()
    assert text_of(target) == "old"
    assert names(tmp_path) == ["base"]


def test_the_folder_that_cannot_be_made_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Permission bits do not bind the superuser, so the refusal is played."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    target = result(tmp_path / "base")
    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(EnvironmentFault, match="not permitted"), replacing(target):
        pytest.fail("the block must not run")
    assert text_of(target) == "old"


def test_a_folder_that_vanishes_is_told(tmp_path: Path) -> None:
    """Somebody removes everything while the run is under way."""
    target = tmp_path / "results" / "base"
    with pytest.raises(EnvironmentFault, match="vanished"), replacing(target) as temporary:  # noqa: PT012
        fill(temporary, "new")
        folder_module.shutil.rmtree(target.parent)
    assert names(tmp_path) == []


KILLED = """
import sys
from pathlib import Path
from simulator.store import folder
if sys.argv[2] == "renames":
    folder._exchange = lambda *_: False
print("ready", flush=True)
i = 0
while True:
    with folder.replacing(Path(sys.argv[1])) as temporary:
        for name in sorted(folder.RESULT_FILES - {"manifest.json"}):
            (temporary / name).write_text(f"run {i}" * 100)
        (temporary / "manifest.json").write_text(sys.argv[3])
    i += 1
"""


@pytest.mark.parametrize("moments", [20, pytest.param(1000, marks=pytest.mark.soak)])
@pytest.mark.parametrize("how", ["exchange", "renames"])
def test_kill_leaves_a_whole_result(tmp_path: Path, how: str, moments: int) -> None:
    """`kill -9` at random moments of runs that follow one another without a pause.

    Where names cannot be exchanged the result may be aside until the next run recovers it.
    """
    target = result(tmp_path / "base")
    chance = random.Random(0)  # noqa: S311
    for _ in range(moments):
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(target), how, OURS],
            stdout=subprocess.PIPE,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        try:
            process.wait(chance.uniform(0.001, 0.05))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        process.stdout.close()
        if how == "exchange":
            text_of(target)
        settle(target)
        text_of(target)
        assert names(tmp_path) == ["base"]


@pytest.mark.parametrize("kibibytes", [4, 8, 16, 24, 32, 48, 64, 96])
def test_a_full_disk_leaves_the_old_result(tmp_path: Path, small_disk: Any, kibibytes: int) -> None:
    """A new result of 120 KiB does not fit beside an old one, wherever the disk is full."""
    with small_disk(tmp_path / "disk", f"{kibibytes + 24}k"):
        target = result(tmp_path / "disk" / "base")
        with pytest.raises(EnvironmentFault, match="full"), replacing(target) as temporary:
            fill(temporary, "x" * 20 * 1024)
        assert text_of(target) == "old"
        assert names(target.parent) == ["base"]


def test_a_read_only_disk_is_told(tmp_path: Path, small_disk: Any) -> None:
    """The old result can still be read."""
    with small_disk(tmp_path / "disk", "1m") as change:
        target = result(tmp_path / "disk" / "base")
        change("ro")
        with pytest.raises(EnvironmentFault, match="read-only"), replacing(target):
            pytest.fail("the block must not run")
        assert text_of(target) == "old"
