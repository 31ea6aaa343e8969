"""From a TOML file to a scenario, or to every problem in it, each with its place and remedy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from simulator.errors import InputError, Problem
from simulator.scenario.checks import find_problems, warnings_of
from simulator.scenario.decode import decimal_of
from simulator.scenario.depth import too_deep
from simulator.scenario.layers import Layers, read_layers
from simulator.scenario.model import Scenario
from simulator.scenario.origins import Origin, Part, TomlSource
from simulator.scenario.problems import findings_of
from simulator.scenario.shape import LAYER_KEYS

__all__ = [
    "check_scenario",
    "placed",
    "read_layers",
    "read_scenario",
    "scenario_from_dict",
    "scenario_of",
    "warnings_of",
]

MAX_PROBLEMS = 200


def read_scenario(path: str | Path, *, stored: bool = False) -> Scenario:
    """The scenario in a TOML file, in what it extends, and the law and CSV files they name.

    One that is `stored` in a result may be longer than people write them.
    Raises InputError with every problem found, each with file, line, key, value, what was wanted
    and a remedy; EnvironmentFault when the system refuses to read a file.
    """
    return scenario_of(read_layers(path, stored=stored))


def scenario_of(layers: Layers) -> Scenario:
    """The scenario that the layers make together; raises InputError with every problem found."""
    data = layers.whole.value
    if "name" not in data and layers.file:
        data = {"name": _name_from(Path(layers.file).stem), **data}
    problems = list(layers.problems)
    scenario: Scenario | None = None
    try:
        scenario = Scenario.model_validate(data)
    except ValidationError as error:
        findings = [found for found in findings_of(error, data) if not layers.is_echo(found)]
        problems += map(layers.problem, findings)
    if scenario is not None and not problems:
        problems += map(layers.problem, find_problems(scenario))
    if scenario is None or problems:
        raise InputError(_in_order(problems, layers.file))
    return scenario


def scenario_from_dict(data: Mapping[str, Any], file: str = "") -> Scenario:
    """A scenario from tables as `tomllib` would give them; `file` is named in messages.

    Lists stand in the tables (no CSV references), and they extend nothing. Raises InputError
    with every problem.
    """
    if too_deep(data):
        raise InputError(Problem("tables nested less deeply are wanted", file=file))
    tables = _plain(data)
    problems = tuple(
        Problem("tables that stand alone are wanted", key, remedy="read it from a file", file=file)
        for key in LAYER_KEYS
        if tables.pop(key, None) is not None
    )
    return scenario_of(Layers(file, Part(tables, Origin(TomlSource(file))), problems=problems))


def placed(problems: Iterable[Problem], path: str | Path) -> tuple[Problem, ...]:
    """Problems found after reading, with the file and line that their keys stand in.

    Keys are paths as the file has them, an entry of a list by its name or id:
    `pledges.one.amount`, `published.t1.net.rule`.
    """
    found = tuple(problems)
    if all(problem.file for problem in found):
        return found
    return tuple(map(read_layers(path).place, found))


def check_scenario(scenario: Scenario) -> tuple[Problem, ...]:
    """Everything that contradicts itself in a well-formed scenario, without files and lines."""
    nowhere = Layers("", Part({}, Origin(TomlSource(""))))
    return tuple(nowhere.problem(finding) for finding in find_problems(scenario))


def _plain(value: Any) -> Any:  # noqa: ANN401 - tables of any shape
    """A copy with text keys, lists for tuples, and decimals for floats."""
    if isinstance(value, Mapping):
        return {str(key): _plain(below) for key, below in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(below) for below in value]
    if isinstance(value, float | Decimal):
        return decimal_of(str(value))
    return value


def _name_from(stem: str) -> str:
    """A file's stem as a scenario's name: other signs than a name may have become `-`."""
    name = re.sub(r"[^A-Za-z0-9_\-+]+", "-", stem).strip("-")[:60]
    return name or "scenario"


def _in_order(problems: Iterable[Problem], file: str) -> list[Problem]:
    """Without repetitions, by file and line, and not more than anybody reads."""
    unique = list(dict.fromkeys(problems))
    unique.sort(key=lambda problem: (problem.file != file, problem.file, problem.line or 0))
    if len(unique) <= MAX_PROBLEMS:
        return unique
    rest = len(unique) - MAX_PROBLEMS
    more = Problem(f"{rest} or more further problems are not shown; mend these first", file=file)
    return [*unique[:MAX_PROBLEMS], more]
