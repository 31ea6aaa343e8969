"""`sim new`: a commented scenario to start from."""

from __future__ import annotations

from typing import Annotated

import typer

from simulator.cli import talk
from simulator.cli.options import whole
from simulator.errors import InputError, Problem


def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name; NAME.toml is written.")],
    currency: Annotated[
        str, typer.Option(metavar="CODE", help="The currency of the budget.")
    ] = "EUR",
    year: Annotated[
        int | None, typer.Option(parser=whole, metavar="YEAR", help="The year budgeted for.")
    ] = None,
) -> int:
    """Write NAME.toml, a commented scenario to start from; nothing is ever overwritten.

    \b
    Examples:
      sim new our-budget
      sim new our-budget --currency USD --year 2030
    """
    from pathlib import Path

    from simulator.scenario.template import new_scenario
    from simulator.store.faults import environment_fault

    path = Path(name.removesuffix(".toml") + ".toml")
    given = {} if year is None else {"year": year}
    text = new_scenario(path.stem, currency=currency, **given)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        remedy = "choose another name, or move the file away"
        raise InputError(
            Problem("this file exists and is not overwritten", file=str(path), remedy=remedy)
        ) from None
    except OSError as error:
        raise environment_fault(error, path, "write the scenario", making=True) from None
    talk.emit(str(path))
    talk.say(f"next: edit it, then sim validate {path} and sim run {path}")
    return 0
