"""A single file is there whole or not at all, and never over another unless that is meant."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from simulator.errors import EnvironmentFault, InputError
from simulator.store.single import refuse_existing, writing_file


def test_a_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    """Nothing of the name is there before the end, and nothing else afterwards."""
    path = tmp_path / "law.toml"
    with writing_file(path, force=False) as temporary:
        temporary.write_text("whole")
        assert not path.exists()
    assert path.read_text() == "whole"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, InputError, MemoryError])
@pytest.mark.parametrize("there", [True, False])
def test_whatever_stops_it_leaves_what_was(
    tmp_path: Path, error: type[BaseException], there: bool
) -> None:
    """The earlier file keeps its content, and no part of the new one stays."""
    path = tmp_path / "law.toml"
    if there:
        path.write_text("old")
    with pytest.raises(error), writing_file(path, force=True) as temporary:  # noqa: PT012
        temporary.write_text("half")
        raise error([])
    assert [one.name for one in tmp_path.iterdir()] == (["law.toml"] if there else [])
    assert not there or path.read_text() == "old"


def test_a_file_is_replaced_only_when_that_is_meant(tmp_path: Path) -> None:
    """Without force an existing file is refused before any work; with it, it is replaced."""
    path = tmp_path / "law.toml"
    path.write_text("old")
    with pytest.raises(InputError, match=r"law\.toml: this file exists(.|\n)*--force"):
        writing_file(path, force=False).__enter__()
    with writing_file(path, force=True) as temporary:
        temporary.write_text("new")
    assert path.read_text() == "new"


def test_a_file_that_came_meanwhile_is_kept(tmp_path: Path) -> None:
    """Somebody else wrote the name while the work went on: theirs stays."""
    path = tmp_path / "law.toml"

    def write() -> None:
        with writing_file(path, force=False) as temporary:
            temporary.write_text("mine")
            path.write_text("theirs")

    with pytest.raises(InputError, match="this file exists"):
        write()
    assert path.read_text() == "theirs"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_system_without_links_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where hard links are not supported, the file is renamed."""

    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    path = tmp_path / "law.toml"
    with writing_file(path, force=False) as temporary:
        temporary.write_text("whole")
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("law.toml", "whole")]


def test_folders_are_looked_at_before_any_work(tmp_path: Path) -> None:
    """A directory of that name, and a folder that is not there, are wrong input."""
    with pytest.raises(InputError, match="this is a directory"):
        refuse_existing(tmp_path, force=True)
    with pytest.raises(InputError, match=r"a folder that exists is wanted(.|\n)*make it first"):
        refuse_existing(tmp_path / "no" / "law.toml", force=False)
    refuse_existing(tmp_path / "law.toml", force=False)


def test_the_disk_is_the_environment(tmp_path: Path) -> None:
    """What the system refuses is told in words (exit code 3), and nothing stays."""
    path = tmp_path / "law.toml"

    def write() -> None:
        with writing_file(path, force=False) as temporary:
            temporary.write_text("half")
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(EnvironmentFault, match="the disk is full"):
        write()
    assert list(tmp_path.iterdir()) == []
