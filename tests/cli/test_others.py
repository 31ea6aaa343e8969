"""`sim validate`, `sim tie-out`, `sim new` and `sim schema`."""

from __future__ import annotations

import json
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

from simulator.scenario.fingerprint import fingerprint
from simulator.scenario.read import read_scenario
from simulator.scenario.schema import json_schema

ROOT = Path(__file__).resolve().parents[2]
BASE = str(ROOT / "scenarios" / "base.toml")


def test_a_valid_file_is_told_in_one_line(sim: Any, small_file: str) -> None:
    """Its name and how many inputs are uncertain."""
    said = sim("validate", small_file)
    assert said.code == 0
    assert said.out.startswith("small.toml: valid, ")
    assert not Path("results").exists()


def test_every_problem_of_every_file_is_told_at_once(sim: Any, small_file: str) -> None:
    """Lines and remedies for all bad files, the good one still reported, and the count."""
    text = Path(small_file).read_text(encoding="utf-8")
    Path("one.toml").write_text(text.replace("title", "titel", 1), encoding="utf-8")
    Path("two.toml").write_text("= 3\n", encoding="utf-8")
    said = sim("validate", "one.toml", small_file, "two.toml", "none.toml")
    assert said.code == 2
    assert "small.toml: valid" in said.out
    for file in ("one.toml:", "two.toml:1:", "none.toml:"):
        assert file in said.err
    assert "title" in said.err
    assert said.err.splitlines()[-1].endswith(" problems")


def test_the_resolved_scenario_is_printed(sim: Any, small_file: str) -> None:
    """On stdout the scenario that reads back equal, nothing else; exit code 0."""
    Path("child.toml").write_text(
        f'extends = "{small_file}"\ntitle = "A child"\nsampling.seed = 7\n', encoding="utf-8"
    )
    said = sim("validate", "--resolved", "child.toml")
    assert said.code == 0
    data = tomllib.loads(said.out)
    assert (data["name"], data["title"], data["sampling"]["seed"]) == ("child", "A child", 7)
    assert "seed = 7  # child.toml:3\n" in said.out
    assert 'organization = "Example"  # small.toml:' in said.out
    Path("again.toml").write_text(said.out, encoding="utf-8")
    assert fingerprint(read_scenario("again.toml")) == fingerprint(read_scenario("child.toml"))


def test_the_resolved_scenario_is_one(sim: Any, small_file: str) -> None:
    """Two files would make one text of two scenarios."""
    said = sim("validate", "--resolved", small_file, small_file)
    assert (said.code, said.out) == (2, "")
    assert "--resolved: one file is wanted" in said.err
    Path("bad.toml").write_text('extends = "no.toml"\n', encoding="utf-8")
    said = sim("validate", "--resolved", "bad.toml")
    assert (said.code, said.out) == (2, "")
    assert "bad.toml:1: extends: a scenario to extend is wanted, there is no such file" in said.err


def test_published_figures_of_another_budget_are_told(sim: Any, tmp_path: Path) -> None:
    """A child that no longer ties is told at the parent's row, and how to go on without."""
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    child = tmp_path / "scenarios" / "child.toml"
    change = "income.miscellaneous.appropriation.value = 480\n"
    child.write_text(f'extends = "base.toml"\ntitle = "A child"\n{change}', encoding="utf-8")
    said = sim("validate", str(child))
    assert said.code == 2
    assert "itc/published.csv:" in said.err
    assert f"or write `published = []` in {child}" in said.err
    child.write_text(f"{child.read_text()}published = []\n", encoding="utf-8")
    assert sim("validate", str(child)).code == 0


def test_the_tie_out_of_the_real_budget(sim: Any) -> None:
    """All 140 published figures, three of them declared faults of the source; exit code 0."""
    said = sim("tie-out", BASE)
    assert said.code == 0
    assert "140 of 140: " in said.out
    assert "3 declared source faults" in said.out
    for place in ("Table 13.1", "Table 13.2", "Table 13.3", "Table 13.4", "Table 13.5", "Annex"):
        assert place in said.out
    assert "0.5 %† (0.4 %)" in said.out


def test_a_changed_input_breaks_cells_by_name(sim: Any, tmp_path: Path) -> None:
    """One appropriation is changed: exit code 1, the broken cells, computed and printed."""
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    path = tmp_path / "scenarios" / "base.toml"
    text = path.read_text(encoding="utf-8")
    assert text.count("value = 52266.7") == 1
    path.write_text(text.replace("value = 52266.7", "value = 52267.7"), encoding="utf-8")
    said = sim("tie-out", str(path), "--faults-only")
    assert said.code == 1
    assert "NOT TIED" in said.out
    assert "✗ t2.posts.approp" in said.out
    assert "computed 52 267.7, printed 52 266.7" in said.out
    document = json.loads(sim("tie-out", str(path), "--json").out)
    assert document["ok"] is False
    assert document["counts"]["MISMATCH"] > 0


def test_a_scenario_without_published_figures_has_nothing_to_tie(sim: Any, small_file: str) -> None:
    """That is said, and is no failure."""
    said = sim("tie-out", small_file)
    assert (said.code, said.out) == (0, "")
    assert "no published figures" in said.err


def test_a_new_scenario_is_valid_and_runs(sim: Any) -> None:
    """What `sim new` writes needs no mending."""
    said = sim("new", "ours", "--currency", "USD", "--year", "2030")
    assert (said.code, said.out) == (0, "ours.toml\n")
    data = tomllib.loads(Path("ours.toml").read_text(encoding="utf-8"))
    assert data["budget"]["currency"] == "USD"
    assert data["budget"]["years"] == [2030]
    assert sim("validate", "ours.toml").code == 0
    assert sim("run", "ours.toml", "--draws", "256", "--quiet").code == 0


def test_a_file_is_never_overwritten(sim: Any) -> None:
    """Neither by accident nor with another option."""
    Path("ours.toml").write_text("mine")
    said = sim("new", "ours.toml")
    assert said.code == 2
    assert "not overwritten" in said.err
    assert Path("ours.toml").read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["a b"], 2), ([""], 2), (["x", "--currency", "Euro"], 2), (["nowhere/x"], 3)],
)
def test_a_name_that_cannot_be_is_refused(sim: Any, arguments: list[str], code: int) -> None:
    """A bad name or currency is wrong use, a missing folder the environment."""
    assert sim("new", *arguments).code == code
    assert list(Path().iterdir()) == []


def test_a_folder_that_is_not_there_is_told(sim: Any, small_file: str) -> None:
    """It never existed, so it did not vanish: make it, or name another."""
    said = sim("new", "not/there/budget")
    assert said.code == 3
    assert "cannot write the scenario: there is no folder not\n" in said.err
    assert "make it first" in said.err
    said = sim("run", small_file, "--out", "/proc/none/of/these")
    assert said.code == 3
    assert "vanished" not in said.err
    assert "no folder /proc/none" in said.err or "nothing can be made in" in said.err


def test_the_schema_is_json(sim: Any) -> None:
    """What is printed is the schema of the model."""
    said = sim("schema")
    assert said.code == 0
    assert json.loads(said.out) == json_schema()
