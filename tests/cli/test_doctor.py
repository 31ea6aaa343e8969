"""`sim doctor`: what is there, what is not, and the exit code that says so."""

from __future__ import annotations

import datetime as dt
import json
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from simulator.history import daily_rates
from simulator.runs import doctor
from simulator.runs.doctor import Check, Requirement, examined, exit_code, numbers

TODAY = dt.date(2031, 1, 31)


def found(checks: list[Check], about: str) -> Check:
    return next(check for check in checks if check.about == about)


def test_this_installation_is_whole(sim: Any) -> None:
    """The one that runs the tests: nothing wrong, nothing missing, exit code 0."""
    said = sim("doctor", "--json")
    assert said.code == 0
    document = json.loads(said.out)
    assert document["exit_code"] == 0
    states = {check["about"]: check["state"] for check in document["checks"]}
    assert {"sim", "Python", "numpy", "daily rates", "folder results", "disk"} <= set(states)
    assert set(states.values()) <= {"ok", "note"}
    assert not Path("results").exists()


def test_every_dependency_of_the_project_is_examined() -> None:
    """Core and extras, each with the least version that pyproject names."""
    names = {one.name.lower(): one for one in doctor.requirements()}
    assert names["numpy"] == Requirement("numpy", "1.26", "")
    assert names["python-calamine"].extra == "xlsx"
    assert {one.extra for one in names.values()} == {"", *doctor.PURPOSES}


@pytest.mark.parametrize(
    ("version", "state", "code"),
    [("1.25.9", "wrong", 1), ("1.26", "ok", 0), ("1.100.0rc1", "ok", 0), (None, "missing", 3)],
)
def test_versions_are_compared_as_numbers(
    version: str | None, state: str, code: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """1.100 is later than 1.26; an old library is a check that fails, a missing one the machine."""

    def installed(name: str) -> str:
        if name == "numpy":
            if version is None:
                raise metadata.PackageNotFoundError
            return version
        return "9999"

    monkeypatch.setattr(metadata, "version", installed)
    checks = examined(tmp_path, TODAY)
    assert found(checks, "numpy").state == state
    assert bool(found(checks, "numpy").remedy) == (state != "ok")
    assert exit_code(checks) == code


def test_a_missing_extra_is_a_note_with_what_it_is_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Optional is optional: exit code 0, and how to have it."""
    monkeypatch.setattr(daily_rates, "_archive", lambda: None)
    checks = examined(tmp_path, TODAY)
    assert found(checks, "daily rates").state == "note"
    assert "simulator[fx]" in found(checks, "daily rates").remedy
    assert exit_code(checks) == 0


def test_the_age_of_rates_is_told(tmp_path: Path) -> None:
    """Days since the last rate; a note when that is long ago."""
    last = max(daily_rates.daily_rates().series("EUR", "USD").days)  # type: ignore[union-attr]
    near = found(examined(tmp_path, last + dt.timedelta(30)), "daily rates")
    far = found(examined(tmp_path, last + dt.timedelta(300)), "daily rates")
    assert (near.state, near.words) == ("ok", f"until {last}, 30 days old")
    assert far.state == "note"
    assert "300 days old" in far.words


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="a folder that nobody may write into")
def test_a_folder_that_cannot_be_written_is_the_environment(sim: Any) -> None:
    """Exit code 3, also for root, who may write where permissions forbid it."""
    said = sim("doctor", "--out", "/proc/results")
    assert said.code == 3
    assert "MISSING folder /proc/results: nothing can be written into /proc" in said.out
    assert "→ name another folder with --out" in said.out


def test_numbers_of_versions() -> None:
    """Only the leading numbers count."""
    assert numbers("2.10.1rc1") == (2, 10, 1)
    assert numbers("1.9.0.post1") == (1, 9, 0)
