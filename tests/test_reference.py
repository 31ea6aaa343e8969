"""docs/reference is what the program says: its help, its schema, its columns, its exit codes."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import typer

from simulator.budget.outputs import outcomes
from simulator.engine.plan import Plan
from simulator.scenario.read import read_scenario

ROOT = Path(__file__).resolve().parent.parent
PLACE = ROOT / "docs" / "reference"


def _tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("reference", ROOT / "tools" / "reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TOOL = _tool()


def test_the_pages_are_what_the_program_says() -> None:
    """Every page of docs/reference is made again and equals the one that is there."""
    made = TOOL.pages()
    assert {path.name for path in PLACE.glob("*.md")} == set(made)
    for name, text in made.items():
        assert (PLACE / name).read_text(encoding="utf-8") == text, f"{name}: make reference"


@pytest.mark.parametrize("command", ["", "run", "compare"])
def test_the_page_has_the_help_that_a_user_gets(command: str) -> None:
    """What the page shows is what `sim … --help` prints in a terminal of 80 columns."""
    done = subprocess.run(
        [sys.executable, "-m", "simulator", *command.split(), "--help"],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "80"},
        capture_output=True,
        text=True,
        check=True,
    )
    page = (PLACE / "commands.md").read_text(encoding="utf-8")
    shown = page.partition(f"## sim {command}".rstrip() + "\n\n```text\n")[2].partition("```\n")[0]
    assert shown == "".join(f"{line.rstrip()}\n" for line in done.stdout.splitlines())


def test_an_option_without_help_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new option fails the pages until somebody says what it is for."""
    group: Any = typer.main.get_command(TOOL.app)
    option = next(one for one in group.commands["run"].params if one.name == "seed")
    monkeypatch.setattr(option, "help", None)
    monkeypatch.setattr(typer.main, "get_command", lambda _: group)
    with pytest.raises(TOOL.Undocumented, match="run: no help text for seed"):
        TOOL.command_help()


@pytest.mark.parametrize(
    ("word", "said"),
    [("description", "says nothing about it"), ("unit", "in which unit")],
)
def test_a_key_without_meaning_or_unit_is_refused(
    word: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new key fails the pages until the model has a description, and a unit if it is a number."""
    schema = TOOL.json_schema()
    del schema["$defs"]["Parent"]["properties"]["round_to"][word]
    monkeypatch.setattr(TOOL, "json_schema", lambda: schema)
    with pytest.raises(TOOL.Undocumented, match=rf"Parent\.round_to.*{said}"):
        TOOL.scenario_page()


def test_every_table_of_the_schema_is_on_the_page() -> None:
    """No key of any table of the schema is missing, and every link leads to its table."""
    page = (PLACE / "scenario.md").read_text(encoding="utf-8")
    for name, table in TOOL.json_schema()["$defs"].items():
        if name.startswith("Changed") or name in ("Whole", "Removal"):
            continue
        (inside,) = (one for one in [table, *table.get("anyOf", [])] if "properties" in one)
        section = page.partition(f"## {name}\n")[2].partition("\n## ")[0]
        keys = [line.split("`")[1] for line in section.splitlines() if line.startswith("| `")]
        assert keys == list(inside["properties"]), name


def _kinds(columns: Any) -> Iterator[str]:
    return (column.name.partition(".")[0].rpartition("_")[0] for column in columns)


def test_every_kind_of_column_is_on_the_page() -> None:
    """A scenario that uses every part of the model has no kind of column that the page lacks."""
    page = (PLACE / "columns.md").read_text(encoding="utf-8")
    shown = {line.split("`")[1] for line in page.splitlines() if line.startswith("| `")}
    plan = Plan(read_scenario(ROOT / "tests" / "independent" / "everything.toml"))
    made = outcomes(plan.budget, plan.draws(0, 1)).columns
    kinds = {name.partition(".")[0].rpartition("_")[0] for name in shown}
    assert set(_kinds(made)) <= kinds
    factors = {name.partition(".")[0] for name in shown}
    assert {column.name.partition(".")[0] for column in plan.input_columns} <= factors
