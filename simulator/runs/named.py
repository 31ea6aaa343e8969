"""What a user names to be compared: a result folder, a result by its name, or a scenario file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from simulator.errors import InputError, Problem
from simulator.runs.options import Progress, RunOptions
from simulator.runs.run import run_file
from simulator.scenario.model import Scenario
from simulator.scenario.read import read_scenario
from simulator.store.folder import which_result
from simulator.store.remote import fetched, is_address
from simulator.store.result import Run, read_run


def opened(
    names: Sequence[str],
    options: RunOptions,
    progress: Progress | None = None,
    begin: Callable[[str], None] = lambda _: None,
) -> list[Run]:
    """The results that are named, in order; scenario files are run first where that is needed.

    `begin` hears the name of each run that may start. Raises InputError, with every problem,
    when one is neither, and before anything is run.
    """
    places: list[Path] = []
    problems: list[Problem] = []
    for name in names:
        try:
            places.append(_place(name, options.out))
        except InputError as error:
            problems += error.problems
    problems += _problems([place for place in places if not place.is_dir()])
    if problems:
        raise InputError(problems)
    for place in places:
        if place.is_dir():
            read_run(place)  # a damaged result is told before others are run
    found = []
    for place in places:
        if place.is_dir():
            found.append(read_run(place))
        else:
            begin(place.stem)
            found.append(run_file(place, replace(options, force=False), progress).open())
    return found


def _place(name: str, results: Path) -> Path:
    """The folder or scenario file that a name means."""
    if is_address(name):
        return fetched(name)
    path = Path(name)
    bare = path.name == name
    if bare and not path.is_file() and (results / name).is_dir():
        return results / name
    if path.is_file() and path.suffix.lower() == ".toml":
        return path
    if path.is_dir():
        return path
    if path.exists():
        wanted = "a result folder or a scenario file (TOML) is wanted, this is neither"
        raise InputError(Problem(wanted, value=name, remedy=which_result(name, results)))
    wanted = "a result folder, the name of a result or a scenario file is wanted"
    raise InputError(Problem(wanted, value=name, remedy=which_result(name, results)))


def _problems(files: Sequence[Path]) -> list[Problem]:
    """Problems of the files, and one where a result would take the place of another's."""
    named: dict[str, Path] = {}
    problems: list[Problem] = []
    for file in dict.fromkeys(files):
        try:
            scenario = read_scenario(file).name
        except InputError as error:
            problems += error.problems
            continue
        first = named.setdefault(scenario, file)
        if first.resolve() != file.resolve():
            wanted = f"another name is wanted: the result of {first} goes to the same folder"
            problems.append(Problem(wanted, key="name", value=scenario, file=str(file)))
    return problems


def scenario_named(name: str, options: RunOptions) -> Scenario:
    """The scenario of a result, or in a file, under the options; nothing is run."""
    place = _place(name, options.out)
    scenario = read_run(place).scenario if place.is_dir() else read_scenario(place)
    return options.sampled(scenario)
