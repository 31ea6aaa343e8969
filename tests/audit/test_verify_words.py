"""What `sim verify` says of a ledger, of one file of a result, and of a replay that differs."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from simulator.errors import InputError
from simulator.runs.options import RunOptions
from simulator.runs.run import run_file
from simulator.runs.verify import Check, verify
from simulator.scenario.fingerprint import to_toml
from simulator.scenario.model import Scenario
from simulator.store.ledger import LEDGER
from simulator.store.manifest import read_manifest
from simulator.store.sink import hash_of


def made(small: Scenario, place: Path, *, seed: int = 0, draws: int = 256) -> Path:
    """A result of the small budget, in a folder of results of its own."""
    sampling = small.sampling.model_copy(update={"seed": seed})
    path = place / "small.toml"
    place.mkdir(exist_ok=True)
    path.write_text(to_toml(small.model_copy(update={"sampling": sampling})), encoding="utf-8")
    run_file(path, RunOptions(out=place / "results", draws=draws))
    return place / "results" / "small"


@pytest.fixture
def result(tmp_path: Path, small: Scenario) -> Path:
    """One of seed 0 with 256 draws."""
    return made(small, tmp_path / "one")


def test_a_ledger_is_read_line_by_line(result: Path) -> None:
    """Whole: its lines are counted. One changed: it is named by its number."""
    ledger = result.parent / LEDGER
    count = len(ledger.read_text().splitlines())
    assert verify(ledger) == [Check("ledger", True, f"{count} lines, each as it was written")]
    ledger.write_text(ledger.read_text() + "{}\n")
    (damaged,) = verify(ledger)
    assert (damaged.about, damaged.holds) == (f"line {count + 1}", False)


def test_a_manifest_with_one_more_line_end_is_not_as_it_was_written(result: Path) -> None:
    """The numbers in it are the same, and its own seal: its bytes are not."""
    manifest = result / "manifest.json"
    manifest.write_bytes(manifest.read_bytes() + b"\n")
    wanted = Check("manifest.json", False, "it is not as it was written: its seal does not fit")
    assert verify(manifest) == [wanted]
    assert verify(result)[0] == wanted


def test_one_file_of_a_result(result: Path) -> None:
    """Against the manifest beside it; a stranger is told apart from what was changed."""
    its = read_manifest(result).identity[:16]
    sealed = Check("manifest.json", True, f"its seal fits; run {its}")
    assert verify(result / "manifest.json") == [sealed]
    same = Check("summary.csv", True, "its sha256 is that of the manifest")
    assert verify(result / "summary.csv") == [sealed, same]
    (result / "notes.txt").write_text("mine")
    stranger = Check("notes.txt", False, "it is no file of this result")
    assert verify(result / "notes.txt") == [sealed, stranger]
    with (result / "summary.csv").open("a") as file:
        file.write("\n")
    changed = Check("summary.csv", False, "it is not as it was written")
    assert verify(result / "summary.csv") == [sealed, changed]


def test_one_file_beside_a_broken_manifest(result: Path) -> None:
    """What is wrong is the manifest."""
    (result / "manifest.json").write_text("{")
    (check,) = verify(result / "summary.csv")
    assert (check.about, check.holds) == ("manifest.json", False)


def test_a_file_cannot_be_replayed(result: Path) -> None:
    """Only a result can; the remedy says which two ways there are."""
    with pytest.raises(InputError) as caught:
        verify(result / "summary.csv", replay=True)
    (problem,) = caught.value.problems
    assert problem.remedy == "name the result folder, or leave --replay out"


def replayed(result: Path, name: str) -> Check:
    """What a replay says of a file that somebody changed, and the manifest after it."""
    manifest, path = read_manifest(result), result / name
    file = replace(manifest.files[name], sha256=hash_of(path), size=path.stat().st_size)
    other = replace(manifest, files={**manifest.files, name: file})
    (result / "manifest.json").write_text(other.to_json(), encoding="utf-8")
    (check,) = [c for c in verify(result, replay=True) if c.about == f"replay of {name}"]
    return check


def test_a_replay_says_which_columns_differ(result: Path, small: Scenario, tmp_path: Path) -> None:
    """Draws of another seed: values and the largest distance, the rest counted."""
    other = made(small, tmp_path / "two", seed=1)
    shutil.copy(other / "draws.parquet", result / "draws.parquet")
    check = replayed(result, "draws.parquet")
    assert check.holds is False
    first, *_ = check.words.split("; ")
    name, _, rest = first.partition(": ")
    assert name == "contribution_eur.A"
    assert rest.endswith(" at most")
    assert rest.startswith("768 values, by ")  # 256 draws of two years and the period
    assert check.words.endswith(" more columns")


def test_a_replay_of_other_columns_or_draws(result: Path, small: Scenario, tmp_path: Path) -> None:
    """They cannot be compared value by value, which is said."""
    more = made(small, tmp_path / "two", draws=512)
    shutil.copy(more / "draws.parquet", result / "draws.parquet")
    assert replayed(result, "draws.parquet").words == "other columns or another number of draws"
