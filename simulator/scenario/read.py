"""From a TOML file to a scenario, or to every problem in it, each with its place and remedy."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from simulator.errors import InputError, Problem
from simulator.files import read_bytes, text_of
from simulator.scenario.checks import find_problems, warnings_of
from simulator.scenario.csv_lists import SECTIONS, CsvList, is_there, locate, read_csv_list
from simulator.scenario.decode import decimal_of, syntax_problem
from simulator.scenario.model import Scenario
from simulator.scenario.places import Finding, found_text, key_text
from simulator.scenario.problems import findings_of
from simulator.scenario.toml_positions import Positions

__all__ = ["check_scenario", "read_scenario", "scenario_from_dict", "warnings_of"]

MAX_BYTES = 10_000_000
MAX_DEPTH = 32
MAX_PROBLEMS = 200

_NEW = "`sim new NAME` writes one to start from"


def read_scenario(path: str | Path) -> Scenario:
    """The scenario in a TOML file and the CSV files that it names.

    Raises InputError with every problem found, each with file, line, key, value, what was wanted
    and a remedy; EnvironmentFault when the system refuses to read a file.
    """
    file, path = str(path), Path(path)
    text = _text(path, file)
    data = _parse(text, file)
    if "name" not in data:
        data["name"] = _name_from(path.stem)
    sources = _Sources(file, text)
    _join_lists(data, path.parent, sources)
    return _build(data, sources)


def scenario_from_dict(data: Mapping[str, Any], file: str = "") -> Scenario:
    """A scenario from tables as `tomllib` would give them; `file` is named in messages.

    Lists stand in the tables (no CSV references). Raises InputError with every problem.
    """
    if _too_deep(data):
        raise InputError(Problem("tables nested less deeply are wanted", file=file))
    tables = _plain(data)
    if "name" not in tables and file:
        tables["name"] = _name_from(Path(file).stem)
    return _build(tables, _Sources(file))


def placed(problems: Iterable[Problem], path: str | Path) -> tuple[Problem, ...]:
    """Problems found after reading, with the file and line that their keys stand in.

    Keys are paths as the file has them, a published figure by its id: `published.t1.net.rule`.
    """
    path = Path(path)
    text = _text(path, str(path))
    sources = _Sources(str(path), text)
    _join_lists(_parse(text, str(path)), path.parent, sources)
    return tuple(problem if problem.file else sources.place(problem) for problem in problems)


def check_scenario(scenario: Scenario) -> tuple[Problem, ...]:
    """Everything that contradicts itself in a well-formed scenario, without files and lines."""
    sources = _Sources("")
    return tuple(sources.problem(finding) for finding in find_problems(scenario))


@dataclass(frozen=True)
class _Sources:
    """Where the data of a scenario came from: to say file and line of a finding."""

    file: str
    text: str | None = None
    lists: dict[str, CsvList] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @cached_property
    def positions(self) -> Positions:
        return Positions(self.text or "")

    def problem(self, finding: Finding) -> Problem:
        """The finding with its file and line; entries of a CSV are placed in their row."""
        path = finding.path
        file, key, line = self.file, key_text(path), self.positions.line(path)
        table = self.lists.get(str(path[0])) if path else None
        if table is not None and len(path) > 1:
            index = path[1]
            file = table.file
            line = table.lines[index] if isinstance(index, int) and index < len(table.lines) else 1
            key = ".".join(str(part) for part in path[2:])
        return Problem(finding.wanted, key, finding.value, finding.remedy, file, line)

    def place(self, problem: Problem) -> Problem:
        """The problem with its file and line; published figures of a CSV in their row."""
        table = self.lists.get("published")
        if table is not None and problem.key.startswith("published."):
            name = problem.key.removeprefix("published.")
            for row, line in zip(table.entries, table.lines, strict=False):
                given = str(row.get("id"))
                if name == given or name.startswith(f"{given}."):
                    return problem.at(file=table.file, line=line)
            return problem.at(file=table.file)
        keys = problem.key.replace("[", ".").replace("]", "").split(".")
        return problem.at(file=self.file, line=self.positions.line(keys))

    def is_echo(self, finding: Finding) -> bool:
        """True for a field that is missing or incomplete because its cell was refused before."""
        table = self.lists.get(str(finding.path[0])) if finding.path else None
        if table is None or not table.problems:
            return False
        column = ".".join(str(part) for part in finding.path[2:])
        refused = any(f"{problem.key}.".startswith(f"{column}.") for problem in table.problems)
        return refused or finding.wanted.startswith("missing")


def _text(path: Path, file: str) -> str:
    hint = "" if path.suffix == ".toml" else f"a scenario is a TOML file; {_NEW}"
    data = read_bytes(path, file, limit=MAX_BYTES, what="a scenario", hint=hint)
    return text_of(data, file, what="a scenario", hint=_NEW)


def _parse(text: str, file: str) -> dict[str, Any]:
    try:
        data = tomllib.loads(text, parse_float=decimal_of)
    except RecursionError:
        data = None
    except ValueError as error:  # tomllib's own error, or an integer of thousands of digits
        raise InputError(syntax_problem(error, text, file)) from None
    if data is None or _too_deep(data):
        wanted = f"at most {MAX_DEPTH} levels of nested tables and lists are wanted"
        raise InputError(Problem(wanted, remedy="flatten the deepest value", file=file))
    if not data:
        wanted = "a scenario is wanted, this file has no keys"
        raise InputError(Problem(wanted, remedy=_NEW, file=file))
    return data


def _too_deep(data: object) -> bool:
    """Nesting beyond MAX_DEPTH, found without recursion."""
    layer: list[object] = [data]
    for _ in range(MAX_DEPTH + 1):
        layer = [
            below
            for node in layer
            if isinstance(node, dict | list | tuple)
            for below in (node.values() if isinstance(node, dict) else node)
            if isinstance(below, dict | list | tuple)
        ]
        if not layer:
            return False
    return True


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


def _join_lists(data: dict[str, Any], folder: Path, sources: _Sources) -> None:
    """Put the entries of named CSV files where the TOML names them."""
    for section in SECTIONS:
        reference = data.get(section)
        if not isinstance(reference, str):
            continue
        path, refusal = locate(folder, reference)
        if path is None or not is_there(path):
            line = sources.positions.line((section,))
            wanted = refusal or "a CSV file beside the scenario is wanted, there is no such file"
            remedy = (
                "put the CSV beside the scenario and give its path from there"
                if refusal
                else f"the path is taken from {folder}"
            )
            sources.problems.append(
                Problem(wanted, section, found_text(reference), remedy, sources.file, line)
            )
            del data[section]
            continue
        table = read_csv_list(section, path, str(path))
        sources.lists[section] = table
        sources.problems.extend(table.problems)
        data[section] = table.entries


def _build(data: dict[str, Any], sources: _Sources) -> Scenario:
    problems = list(sources.problems)
    scenario: Scenario | None = None
    try:
        scenario = Scenario.model_validate(data)
    except ValidationError as error:
        findings = [found for found in findings_of(error, data) if not sources.is_echo(found)]
        problems += map(sources.problem, findings)
    if scenario is not None and not problems:
        problems += map(sources.problem, find_problems(scenario))
    if scenario is None or problems:
        raise InputError(_in_order(problems, sources.file))
    return scenario


def _in_order(problems: Iterable[Problem], file: str) -> list[Problem]:
    """Without repetitions, by file and line, and not more than anybody reads."""
    unique = list(dict.fromkeys(problems))
    unique.sort(key=lambda problem: (problem.file != file, problem.file, problem.line or 0))
    if len(unique) <= MAX_PROBLEMS:
        return unique
    rest = len(unique) - MAX_PROBLEMS
    more = Problem(f"{rest} or more further problems are not shown; mend these first", file=file)
    return [*unique[:MAX_PROBLEMS], more]
