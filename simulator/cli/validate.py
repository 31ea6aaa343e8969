"""`sim validate`: every problem of every file, at once."""

from __future__ import annotations

from typing import Annotated

import typer

from simulator.cli import talk
from simulator.errors import InputError, Problem


def validate(
    files: Annotated[list[str], typer.Argument(metavar="FILE", help="Scenario files (TOML).")],
    resolved: Annotated[
        bool,
        typer.Option("--resolved", help="Print the whole scenario, and where each value stands."),
    ] = False,
) -> int:
    """Check scenarios and name every problem with its line; nothing is simulated.

    \b
    Examples:
      sim validate scenarios/base.toml
      sim validate scenarios/*.toml
      sim validate --resolved scenarios/base.toml
    """
    from simulator.runs.check import problems_of_run
    from simulator.scenario.factors import factors_of
    from simulator.scenario.fingerprint import to_toml
    from simulator.scenario.read import read_layers, scenario_of, warnings_of

    if resolved and len(files) > 1:
        wanted = "one file is wanted, what is printed is one scenario"
        raise InputError(Problem(wanted, "--resolved", f"{len(files)} files"))
    problems: list[Problem] = []
    for file in files:
        try:
            layers = read_layers(file)
            scenario = scenario_of(layers)
        except InputError as error:
            problems += error.problems
            continue
        if resolved:
            talk.emit(to_toml(scenario, layers.comment))
        found = [layers.place(problem) for problem in problems_of_run(scenario)]
        problems += found
        if found:
            continue
        for warning in warnings_of(scenario):
            talk.say(f"{file}: warning: {warning}")
        if not resolved:
            talk.emit(f"{file}: valid, {len(factors_of(scenario))} uncertain inputs")
    if problems:
        raise InputError(problems)
    return 0
