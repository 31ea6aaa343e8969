"""Write docs/reference from the program itself: help, schema, columns, exit codes.

    make reference

Nothing in those pages is written by hand, so nothing in them can be out of date: a test makes them
again and compares. An option without help, a key without a meaning or a number without a unit is
refused here.
"""

from __future__ import annotations

import dataclasses
import re
import sys
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import typer

from simulator import errors
from simulator.analysis.statistics import summarise
from simulator.cli import app, exits
from simulator.engine.plan import Plan
from simulator.runs.summaries import DRIVER
from simulator.scenario.factors import DRIVERS
from simulator.scenario.model import Scenario
from simulator.scenario.numbers import Quantity, Uncertain
from simulator.scenario.parts import Split
from simulator.scenario.read import read_scenario
from simulator.scenario.schema import json_schema
from simulator.store.summary import SummaryRow
from simulator.tables import Column

ROOT = Path(__file__).resolve().parent.parent
PLACE = ROOT / "docs" / "reference"
MADE = "*This page is made by `make reference`; what it says is what the program says.*"
SHOWN = ("scenarios/base.toml", "scenarios/examples/three-parents.toml")
"""Scenarios that between them have every kind of column."""

WIDTH = 78
"""Of help in a terminal of 80 columns."""
Json = dict[str, Any]

ABOUT_KEYS = """\
Every key that a scenario file may have; one that is not here is refused.
[scenarios.md](../scenarios.md) says how files build on one another, [model.md](../model.md) what
becomes of the numbers, and `sim schema` prints what an editor needs to complete and check them.
`NAME`, `YEAR`, `PAIR` and `MONTH` stand for a name of your own, a year such as 2031, a rate such as
`eur_per_usd` and a month such as 2031-05. The file's unit of currency is `budget.unit` units,
thousands unless it says otherwise."""
ABOUT_COLUMNS = f"""\
A result folder holds `draws.parquet`, `inputs.parquet` and `summary.parquet` (the same rows in
`summary.csv`). Unit and description of a column of draws and inputs stand in the metadata of its
Parquet field; here are those of `{SHOWN[0]}`, of
`{SHOWN[1]}` and, where
neither has them, of the policy `split`, of
`inflows.psc_balance` and of windows with a timing of their own.
[spreadsheets.md](../spreadsheets.md) shows how other programs
read them."""
ABOUT_DRAWS = """\
A row for each draw and period: `draw` (a whole number from 0), `period` (a year, or the whole
period), and these. Contributions also come with `@initial`, `@first_performance` and so on, as they
are estimated at those stages."""
ABOUT_INPUTS = """\
A row for each draw: `draw`, and what was drawn. `[…]` stands for a year or a month; a factor that
is drawn once has no brackets."""
ABOUT_STREAMS = """\
Results go to stdout; talk, warnings and progress to stderr. A command that works through several
files ends with the highest code."""


class Undocumented(Exception):
    """Something that a user meets and that nobody has explained."""


# Commands


def command_help() -> dict[str, str]:
    """The help of `sim` and of each command, as `--help` prints it in 80 columns."""
    group: Any = typer.main.get_command(app)
    above = group.context_class(
        group, info_name="sim", terminal_width=WIDTH, **group.context_settings
    )
    helps = {"sim": _help_of("sim", group)}
    for name, command in group.commands.items():
        helps[f"sim {name}"] = _help_of(name, command, above)
    return helps


def _help_of(name: str, command: Any, above: Any = None) -> str:  # noqa: ANN401 - Typer's own
    silent = [one.name for one in command.params if one.name != "help" and not one.help]
    if silent:
        raise Undocumented(f"{name}: no help text for {', '.join(silent)}")
    settings = {} if above else {"terminal_width": WIDTH, **command.context_settings}
    context = command.context_class(command, info_name=name, parent=above, **settings)
    return "".join(f"{line.rstrip()}\n" for line in command.get_help(context).splitlines())


def commands_page() -> str:
    """docs/reference/commands.md."""
    helps = command_help()
    lines = ["# Commands", "", MADE, ""]
    lines += [", ".join(f"[`{name}`](#{_anchor(name)})" for name in helps), ""]
    for name, text in helps.items():
        lines += [f"## {name}", "", "```text", text.rstrip(), "```", ""]
    return "\n".join(lines)


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


# Keys of a scenario


def scenario_page() -> str:
    """docs/reference/scenario.md."""
    schema = json_schema()
    tables = schema["$defs"]
    whole = tables["Whole"]
    layers = {k: v for k, v in schema["properties"].items() if k not in whole["properties"]}
    top = {"properties": {**layers, **whole["properties"]}, "required": whole["required"]}
    lines = [
        "# Keys of a scenario",
        "",
        MADE,
        "",
        ABOUT_KEYS,
        "",
        *_table("The file", "", top, tables),
    ]
    for name in _reached(whole, tables):
        lines += _table(name, tables[name].get("description", ""), tables[name], tables)
    return "\n".join(lines)


def _reached(schema: Json, tables: Json) -> list[str]:
    """Names of the tables below a schema, in the order in which a reader meets them."""
    found: list[str] = []
    waiting = list(_references(schema))
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found.append(name)
            waiting = [*_references(tables[name]), *waiting]
    return found


def _references(node: Any) -> Iterator[str]:  # noqa: ANN401 - JSON of any shape
    if isinstance(node, list):
        for one in node:
            yield from _references(one)
    elif isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"].rpartition("/")[2]
        for one in node.values():
            yield from _references(one)


def _table(name: str, about: str, schema: Json, tables: Json) -> list[str]:
    whole = next((one for one in [schema, *schema.get("anyOf", [])] if "properties" in one), None)
    if whole is None:
        return []
    required = whole.get("required", [])
    said = [" ".join(about.split()), ""] if about else []
    lines = [
        f"## {name}",
        "",
        *said,
        "| key | type | default | unit | meaning |",
        "|---|---|---|---|---|",
    ]
    for key, one in whole["properties"].items():
        meaning = one.get("description")
        if not meaning:
            raise Undocumented(f"{name}.{key}: the schema says nothing about it")
        unit = one.get("unit", "")
        if not unit and "const" not in one and is_number(one):
            raise Undocumented(f"{name}.{key}: the schema does not say in which unit it is")
        default = "required" if key in required else _shown(one.get("default"))
        cells = (f"`{key}`", _type(one, tables), default, "" if unit == "none" else unit, meaning)
        lines.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
    return [*lines, ""]


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def _shown(default: Any) -> str:  # noqa: ANN401 - JSON
    if default is None:
        return ""
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def is_number(schema: Json) -> bool:
    """Whether what a key holds is a number, or a table or list of numbers."""
    if schema.get("type") in ("number", "integer"):
        return True
    if schema.get("$ref", "").rpartition("/")[2] in ("Quantity", "Uncertain"):
        return True
    below = [*schema.get("patternProperties", {}).values(), *schema.get("anyOf", [])]
    below += [schema[key] for key in ("additionalProperties", "items") if key in schema]
    return any(is_number(one) for one in below if isinstance(one, dict))


def _type(schema: Json, tables: Json) -> str:
    """What a key holds, in a few words."""
    if "$ref" in schema:
        return _named(schema["$ref"].rpartition("/")[2], tables)
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return ", ".join(f"`{one}`" for one in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_type(one, tables) for one in schema["anyOf"]))
    if "items" in schema or "prefixItems" in schema:
        inside = schema.get("items") or schema["prefixItems"][0]
        return f"list of {_type(inside, tables)}"
    if "patternProperties" in schema:
        ((pattern, inside),) = schema["patternProperties"].items()
        return f"table: {_name_of(pattern)} = {_type(inside, tables)}"
    if isinstance(inside := schema.get("additionalProperties"), dict):
        return f"table: NAME = {_type(inside, tables)}"
    words = {"string": "text", "boolean": "true or false", "integer": "whole number"}
    kind = schema.get("type", "table")
    text = "date" if schema.get("format") == "date" else words.get(kind, kind)
    return text + _range(schema)


def _name_of(pattern: str) -> str:
    """What stands for the keys of a table."""
    known = {
        r"^\d{4}$": "YEAR",
        r"^\d{4}-(0[1-9]|1[0-2])$": "MONTH",
        r"^\d{4}(-(0[1-9]|1[0-2]))?$": "MONTH",
    }
    return known.get(pattern, "PAIR" if "_per_" in pattern else "NAME")


def _range(schema: Json) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    above = schema.get("exclusiveMinimum")
    if above is not None:
        return f" above {above:g}"
    if low is not None and high is not None:
        return f", {low} to {high}" if schema["type"] == "integer" else f", {low:g} to {high:g}"
    return f", {low:g} or more" if low is not None else ""


def _named(name: str, tables: Json) -> str:
    words = {"Quantity": "number", "Uncertain": "number or law"}
    return f"[{words.get(name, name)}](#{_anchor(name)})" if name in tables else name


# Columns of results


def columns_page() -> str:
    """docs/reference/columns.md."""
    lines = [
        "# Columns of results",
        "",
        MADE,
        "",
        ABOUT_COLUMNS,
        "",
        "## draws.parquet",
        "",
        ABOUT_DRAWS,
        "",
    ]
    scenarios = [read_scenario(ROOT / name) for name in SHOWN]
    plans = [Plan(scenario) for scenario in (*scenarios, _otherwise(scenarios[0]))]
    final = [c for plan in plans for c in plan.columns if "@" not in c.name]
    lines += _columns(final)
    lines += [
        "## inputs.parquet",
        "",
        ABOUT_INPUTS,
        "",
        *_columns([_whole_factor(c) for plan in plans for c in plan.input_columns]),
        "## summary.parquet and summary.csv",
        "",
        "A row for each statistic, output, period and stage.",
        "",
        "| column | holds | meaning |",
        "|---|---|---|",
    ]
    for one in dataclasses.fields(SummaryRow):
        kind = "number" if one.type == "float" else "text"
        lines.append(f"| `{one.name}` | {kind} | {one.metadata['means']} |")
    lines += ["", "| statistic | meaning |", "|---|---|"]
    lines += [f"| `{name}` | {text} |" for name, text in statistics().items()]
    return "\n".join([*lines, ""])


MEANINGS: Mapping[str, str] = {
    "mean": "the mean of the draws",
    "sd": "their standard deviation",
    "min": "the least of them",
    "max": "the greatest of them",
    "es95": "expected shortfall: the mean of the highest 5 % of the draws",
    "es95_low": "the mean of the lowest 5 % of the draws, where low is bad",
    "exceeds:": "the probability that the output exceeds the declared amount of that name",
    DRIVER: "part of the rank variance that a driver explains: " + ", ".join(DRIVERS),
}


def statistics() -> dict[str, str]:
    """Every statistic that a summary may hold, with its meaning."""
    found: dict[str, str] = {}
    for one in summarise(np.arange(64.0), 4, {"a": 1.0}):
        name = one.name.partition(":")[0] + ":" if ":" in one.name else one.name
        percentile = re.fullmatch(r"p(\d+)", name)
        text = (
            f"{percentile[1]} % of the draws do not exceed it" if percentile else MEANINGS.get(name)
        )
        if text is None:
            raise Undocumented(f"{name}: a statistic that tools/reference.py does not explain")
        found[name + "NAME" if name.endswith(":") else name] = text
    return {**found, f"{DRIVER}NAME": MEANINGS[DRIVER]}


def _otherwise(scenario: Scenario) -> Scenario:
    """The scenario with what no shipped one has: parents split, a balance, windows of their own."""
    split = {"policy": Split(in_budget_currency="1/2")}
    parents = {name: one.model_copy(update=split) for name, one in scenario.parents.items()}
    balance = {"psc_balance": Quantity(value=Decimal(0))}
    inflows = scenario.inflows and scenario.inflows.model_copy(update=balance)
    law = Uncertain.model_validate({"pert": {"min": 0, "mode": 1, "max": 6}})
    late = {"delay_months": law, "spending_lag_months": law}
    windows = {name: one.model_copy(update=late) for name, one in scenario.windows.items()}
    changed = {"parents": parents, "inflows": inflows, "windows": windows}
    return scenario.model_copy(update=changed)


def _whole_factor(column: Column) -> Column:
    name, bracket, _ = column.name.partition("[")
    text = re.sub(r"mean of the drawn months of \d{4}, ", "", column.description)
    return dataclasses.replace(column, name=f"{name}[…]" if bracket else name, description=text)


def _once(columns: list[Column]) -> Iterator[Column]:
    """Each column the first time that it comes."""
    seen: set[str] = set()
    for column in columns:
        if column.name not in seen:
            seen.add(column.name)
            yield column


def _columns(columns: list[Column]) -> list[str]:
    lines = ["| column | unit | meaning |", "|---|---|---|"]
    for column in _once(columns):
        if not column.unit or not column.description:
            raise Undocumented(f"{column.name}: a column without unit or description")
        cells = (f"`{column.name}`", column.unit, column.description)
        lines.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
    return [*lines, ""]


# Exit codes


def exits_page() -> str:
    """docs/reference/exit-codes.md."""
    codes = {0: "Done."}
    for kind in (
        errors.CheckFailed,
        errors.InputError,
        errors.EnvironmentFault,
        errors.Interrupted,
    ):
        codes[kind.exit_code] = (kind.__doc__ or "").partition("\n")[0]
    codes[exits.BUG] = (
        "A bug in sim; `SIM_DEBUG=1` shows where. Please report it with the scenario."
    )
    codes = {code: re.sub(r" \(exit code \d+\)", "", text) for code, text in sorted(codes.items())}
    lines = ["# Exit codes", "", MADE, "", "| code | meaning |", "|---|---|"]
    lines += [f"| {code} | {text} |" for code, text in codes.items()]
    lines += [
        "",
        ABOUT_STREAMS,
        "",
    ]
    return "\n".join(lines)


def pages() -> dict[str, str]:
    """The pages by file name."""
    return {
        "commands.md": commands_page(),
        "scenario.md": scenario_page(),
        "columns.md": columns_page(),
        "exit-codes.md": exits_page(),
    }


def main() -> int:
    """Write the pages; the exit code."""
    PLACE.mkdir(exist_ok=True)
    for name, text in pages().items():
        path = PLACE / name
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        path.write_text(text, encoding="utf-8")
        print(f"reference/{name}: {'as it was' if text == before else 'rewritten'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
