"""What `sim doctor` says where something is old, missing or unknown."""

from __future__ import annotations

import datetime as dt
import io
import platform
import shutil
import sys
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import simulator
from simulator.errors import EnvironmentFault
from simulator.history import daily_rates
from simulator.runs import doctor
from simulator.runs.doctor import Check, examined

TODAY = dt.date(2031, 1, 31)


def check(about: str, place: Path) -> Check:
    """What is said of one thing."""
    return next(one for one in examined(place, TODAY) if one.about == about)


def absent(*_: Any) -> Any:
    """As where the package was copied into place."""
    raise metadata.PackageNotFoundError


def test_an_old_python_is_wrong(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Named with the one that is wanted: 3.9 is before 3.11."""
    monkeypatch.setattr(platform, "python_version", lambda: "3.9.18")
    its = check("Python", tmp_path)
    assert (its.state, its.words) == ("wrong", "3.9.18; 3.11 or later is wanted")
    assert its.remedy == "install Python 3.11 or later, and sim with it"


def test_a_program_that_was_copied_knows_less(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Which libraries it needs is not known, and said so; the least Python is."""
    monkeypatch.setattr(metadata, "metadata", absent)
    monkeypatch.setattr(metadata, "requires", absent)
    monkeypatch.setattr(platform, "python_version", lambda: "3.10.0")
    assert doctor.requirements() == []
    assert check("Python", tmp_path).words == "3.10.0; 3.11 or later is wanted"
    its = check("libraries", tmp_path)
    assert (its.state, its.remedy) == ("note", "pip install . in the project")


def test_a_missing_extra_says_what_it_is_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A note, with the way to have it."""
    here = metadata.version

    def version(name: str) -> str:
        return absent() if name == "dask" else here(name)

    monkeypatch.setattr(metadata, "version", version)
    its = check("dask (cluster)", tmp_path)
    assert its.words == "not installed: runs on several machines"
    assert its.remedy == "pip install 'simulator[cluster]'"


def test_versions_beside_the_lock(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without a lock nothing is said; with it, each version that is another one, and no other."""
    program = tmp_path / "simulator" / "__init__.py"
    monkeypatch.setattr(simulator, "__file__", str(program))
    monkeypatch.setattr(doctor, "program_hash", lambda: "0" * 64)
    assert "lock" not in {one.about for one in examined(tmp_path, TODAY)}
    here = metadata.version("numpy")
    lock = tmp_path / "requirements.lock"
    lock.write_text(f"numpy=={here} \\\n    --hash=sha256:0\nno-such-package==1.0 \\\n")
    assert check("lock", tmp_path).state == "ok"
    lock.write_text("numpy==0.1 \\\n    --hash=sha256:0\n")
    its = check("lock", tmp_path)
    assert (its.state, its.words) == ("note", f"other versions: numpy {here} (locked 0.1)")


@pytest.mark.parametrize("series", [None, SimpleNamespace(days={})])
def test_an_archive_without_rates_is_wrong(
    series: object, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It is there and holds nothing."""
    rates = SimpleNamespace(series=lambda *_: series)
    monkeypatch.setattr(daily_rates, "daily_rates", lambda: rates)
    its = check("daily rates", tmp_path)
    assert (its.state, its.words) == ("wrong", "the archive holds none")


def test_an_archive_that_cannot_be_read_is_wrong(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The first line of the fault, and a newer package as the remedy."""

    def broken() -> None:
        raise EnvironmentFault("the archive is damaged\n    → somewhere else")

    monkeypatch.setattr(daily_rates, "daily_rates", broken)
    its = check("daily rates", tmp_path)
    assert (its.state, its.words) == ("wrong", "the archive is damaged")
    assert its.remedy == f"pip install --upgrade {daily_rates.PACKAGE}"


@pytest.mark.parametrize(
    ("last", "state"), [(dt.date(2030, 10, 3), "ok"), (dt.date(2030, 10, 2), "note")]
)
def test_rates_are_old_after_120_days(
    last: dt.date, state: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Four months: the day itself is still good."""
    series = SimpleNamespace(days={last: 1.0})
    monkeypatch.setattr(
        daily_rates, "daily_rates", lambda: SimpleNamespace(series=lambda *_: series)
    )
    its = check("daily rates", tmp_path)
    assert its.state == state
    assert its.words.startswith(f"until {last}, {(TODAY - last).days} days old")


@pytest.mark.parametrize(("free", "state"), [((1 << 30) - 1, "note"), (1 << 30, "ok")])
def test_little_room_is_told(
    free: int, state: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Less than a gibibyte."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    assert check("disk", tmp_path).state == state


def test_a_terminal_without_utf8_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Pictures are then drawn in plain characters; NO_COLOR is told as well."""
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="latin-1"))
    its = check("terminal", tmp_path)
    assert (its.state, its.remedy) == ("note", "set PYTHONUTF8=1")
    assert its.words.endswith(": pictures are drawn in plain characters")
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="utf-8"))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "77")
    assert check("terminal", tmp_path).words == "UTF-8, 77 columns, without colour (NO_COLOR)"
