"""How a folder that a run left is told from one that a run is still at."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Any

import pytest

from simulator.store import folder as folder_module


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder that may be locked."""
    (tmp_path / "work").mkdir()
    return tmp_path / "work"


def test_a_lock_is_held_until_it_is_closed(place: Path) -> None:
    """Free, held by the first who asks, refused to the second, free again."""
    assert folder_module._lock_state(place) == "free"
    lock = folder_module._lock(place)
    assert lock is not None
    assert folder_module._lock_state(place) == "held"
    assert not folder_module.is_abandoned(place)
    before = len([*Path("/proc/self/fd").iterdir()])
    assert folder_module._lock(place) is None
    assert len([*Path("/proc/self/fd").iterdir()]) == before  # nothing is left open
    os.close(lock)
    assert folder_module.is_abandoned(place)


def test_a_folder_that_is_not_there_has_no_known_state(place: Path) -> None:
    """Nor has one on a disk that knows no locks."""
    assert folder_module._lock_state(place / "none") == "unknown"


def test_a_disk_without_locks_is_unknown(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not free: somebody may be writing on another machine."""

    def unsupported(*_: Any) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(fcntl, "flock", unsupported)
    assert folder_module._lock_state(place) == "unknown"
    assert folder_module._lock(place) is None


def test_work_is_adopted_by_one(place: Path) -> None:
    """It gets our name while it is locked; somebody else's is left, and so is what went away."""
    ours = place.with_name("ours")
    lock = folder_module._adopt(place, ours)
    assert lock is not None
    assert ours.is_dir()
    assert not place.exists()
    assert folder_module._adopt(ours, place) is None
    assert ours.is_dir()
    os.close(lock)
    assert folder_module._adopt(place, ours) is None


def test_what_vanished_may_be_live(place: Path) -> None:
    """There is nothing to clear up, so nothing is."""
    assert folder_module._may_be_live(place / "none", os.getpid())


def test_a_process_of_somebody_else_exists(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may not be signalled; a number beyond all processes has none."""

    def forbidden(*_: Any) -> None:
        raise PermissionError

    assert folder_module.process_exists(os.getpid())
    assert not folder_module.process_exists(10**30)
    monkeypatch.setattr(os, "kill", forbidden)
    assert folder_module.process_exists(1)


def test_no_folder_no_leftovers(tmp_path: Path) -> None:
    """Where results were never written nothing was left."""
    assert folder_module.leftovers(tmp_path / "none" / "base") == []
