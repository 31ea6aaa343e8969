"""`sim validate`: every problem of every file, at once."""

from __future__ import annotations

from typing import Annotated

import typer

from simulator.cli import talk
from simulator.errors import CheckFailed, InputError, Problem


def validate(
    files: Annotated[list[str], typer.Argument(metavar="FILE", help="Scenario files (TOML).")],
    resolved: Annotated[
        bool,
        typer.Option("--resolved", help="Print the whole scenario, and where each value stands."),
    ] = False,
    approvals: Annotated[
        bool, typer.Option("--approvals", help="Print how each assumption stands today.")
    ] = False,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Fail for assumptions that are not approved, or expired."),
    ] = False,
) -> int:
    """Check scenarios and name every problem with its line; nothing is simulated.

    \b
    Examples:
      sim validate scenarios/base.toml
      sim validate scenarios/*.toml
      sim validate --resolved scenarios/base.toml
      sim validate --approvals scenarios/base.toml
    """
    if resolved and len(files) > 1:
        wanted = "one file is wanted, what is printed is one scenario"
        raise InputError(Problem(wanted, "--resolved", f"{len(files)} files"))
    problems: list[Problem] = []
    unapproved: list[str] = []
    for file in files:
        try:
            _one(file, resolved=resolved, approvals=approvals, strict=strict)
        except InputError as error:
            problems += error.problems
        except CheckFailed as failed:
            unapproved.append(str(failed))
    if problems:
        raise InputError(problems)
    if unapproved:
        raise CheckFailed("\n".join(unapproved))
    return 0


def _one(file: str, *, resolved: bool, approvals: bool, strict: bool) -> None:
    """One file; InputError with its problems, CheckFailed for what is not approved."""
    from simulator.runs.approvals import insist, standing_today
    from simulator.runs.check import problems_of_run
    from simulator.scenario.factors import factors_of
    from simulator.scenario.fingerprint import to_toml
    from simulator.scenario.read import read_layers, scenario_of, warnings_of

    layers = read_layers(file)
    scenario = scenario_of(layers)
    if resolved:
        talk.emit(to_toml(scenario, layers.comment))
    found = [layers.place(problem) for problem in problems_of_run(scenario)]
    if found:
        raise InputError(found)
    for warning in warnings_of(scenario):
        talk.say(f"{file}: warning: {warning}")
    if not resolved:
        talk.emit(f"{file}: valid, {len(factors_of(scenario))} uncertain inputs")
    today = standing_today(scenario)
    if approvals:
        talk.emit(f"{file}: {today.in_words}")
        for one in today.statements:
            talk.emit(f"  {one.key}: {one.in_words(today.day)}")
    if strict:
        insist(today, layers)
