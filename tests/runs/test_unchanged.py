"""A result is called up to date before its scenario is built only where nothing at all differs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.runs import unchanged as module
from simulator.runs.options import RunOptions
from simulator.runs.run import read_run, run_file
from simulator.runs.unchanged import unchanged

Change = Callable[[Path], object]


@pytest.fixture
def case(small_file: Path) -> Path:
    """A scenario that builds on another, run once."""
    path = small_file.parent / "case.toml"
    path.write_text('extends = "small.toml"\nname = "case"\ntitle = "A case"\n', encoding="utf-8")
    run_file(path, options(path))
    return path


def options(path: Path, **settings: object) -> RunOptions:
    """As the case was asked for, with what is given instead."""
    return RunOptions(**{"out": path.parent / "results", "draws": 300, **settings})  # type: ignore[arg-type]


def test_the_same_again_is_unchanged(case: Path) -> None:
    """The answer is that of the run: the same manifest, and the scenario when it is asked for."""
    found = unchanged(case, options(case))
    assert found is not None
    again = run_file(case, options(case))
    assert again.up_to_date
    assert (found.folder, found.manifest) == (again.folder, again.manifest)
    assert found.scenario == again.scenario == read_run(found.folder).scenario
    assert found.manifest.asked == {"file": "case.toml", "draws": "300"}


@pytest.mark.parametrize(
    "settings",
    [{"draws": 299}, {"draws": None}, {"seed": 0}, {"sampler": "sobol"}, {"replicates": 4},
     {"force": True}, {"precision": "mean(net_eur)=1%"}, {"keep": "summary"}, {"threads": 0},
     {"out": Path("elsewhere")}],
)  # fmt: skip
def test_another_request_is_left_to_the_run(case: Path, settings: dict[str, object]) -> None:
    """Even settings that would give the same numbers: the run knows, this does not."""
    asked = options(case, **settings)
    assert unchanged(case, asked) is None


def appended(name: str) -> Change:
    """A line more in a file, which changes nothing that is said."""

    def change(folder: Path) -> None:
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write("\n# so\n")

    return change


def damaged(folder: Path) -> None:
    """One byte of the draws, in place."""
    path = folder / "results" / "case" / "draws.parquet"
    data = bytearray(path.read_bytes())
    data[1000] ^= 1
    path.write_bytes(data)


def forged(folder: Path) -> None:
    """A manifest that says something else, without its seal."""
    path = folder / "results" / "case" / "manifest.json"
    said = json.loads(path.read_text(encoding="utf-8"))
    said["asked"]["draws"] = "300 "
    path.write_text(json.dumps(said), encoding="utf-8")


@pytest.mark.parametrize(
    "change",
    [
        appended("case.toml"),
        appended("small.toml"),
        damaged,
        forged,
        lambda folder: (folder / "small.toml").unlink(),
        lambda folder: (folder / "results" / "case" / "summary.csv").unlink(),
        lambda folder: (folder / "results" / "case" / "manifest.json").unlink(),
        lambda folder: (folder / "case.toml").write_bytes(b"\xff\x00"),
    ],
)
def test_anything_else_is_left_to_the_run(case: Path, change: Change) -> None:
    """A byte of any file that was read or written, or a file that is gone."""
    change(case.parent)
    assert unchanged(case, options(case)) is None


def test_another_file_with_the_same_name_inside(case: Path) -> None:
    """A file that the case builds on is not the case, though it bears its name and was read."""
    small = case.parent / "small.toml"
    text = small.read_text(encoding="utf-8").replace('name = "small"', 'name = "case"', 1)
    small.write_text(text, encoding="utf-8")
    run_file(case, options(case, force=True))
    assert unchanged(case, options(case)) is not None
    assert unchanged(small, options(case)) is None


@pytest.mark.parametrize(
    ("name", "told"),
    [("program_hash", lambda: "0" * 64), ("library_versions", lambda: {"numpy": "0"})],
)
def test_another_program_or_library(
    case: Path, monkeypatch: pytest.MonkeyPatch, name: str, told: Callable[[], object]
) -> None:
    """Numbers of another program may be others."""
    monkeypatch.setattr(module, name, told)
    assert unchanged(case, options(case)) is None
