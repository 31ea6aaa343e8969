"""`sim validate`: every problem of every file, at once."""

from __future__ import annotations

from typing import Annotated

import typer

from simulator.cli import talk
from simulator.errors import InputError, Problem


def validate(
    files: Annotated[list[str], typer.Argument(metavar="FILE", help="Scenario files (TOML).")],
) -> int:
    """Check scenarios and name every problem with its line; nothing is simulated.

    \b
    Examples:
      sim validate scenarios/base.toml
      sim validate scenarios/*.toml
    """
    from simulator.runs.check import problems_of_run
    from simulator.scenario.factors import factors_of
    from simulator.scenario.read import placed, read_scenario, warnings_of

    problems: list[Problem] = []
    for file in files:
        try:
            scenario = read_scenario(file)
        except InputError as error:
            problems += error.problems
            continue
        found = placed(problems_of_run(scenario), file)
        problems += found
        if found:
            continue
        for warning in warnings_of(scenario):
            talk.say(f"{file}: warning: {warning}")
        talk.emit(f"{file}: valid, {len(factors_of(scenario))} uncertain inputs")
    if problems:
        raise InputError(problems)
    return 0
