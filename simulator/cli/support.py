"""`sim support`: posts paid from programme support, and their money."""

from __future__ import annotations

from typing import Annotated

import typer

from simulator.cli.finding import deliver
from simulator.cli.options import whole
from simulator.cli.run import display_of


def support(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A scenario file (TOML).")],
    opening: Annotated[
        float, typer.Option(metavar="AMOUNT", help="Balance at the start, the scenario's unit.")
    ] = 0.0,
    notice: Annotated[
        int | None,
        typer.Option(parser=whole, metavar="MONTHS", help="Notice that posts are given; 3."),
    ] = None,
    confidence: Annotated[
        float, typer.Option(metavar="PART", help="For the balance and the posts at risk.")
    ] = 0.90,
    draws: Annotated[
        int | None, typer.Option(parser=whole, metavar="N", help="Draws to make.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(parser=whole, metavar="N", help="Where chance starts.")
    ] = None,
    threads: Annotated[
        int | None, typer.Option(parser=whole, metavar="N", help="Default: one a processor.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> int:
    """Follow the money of posts that programme support pays, month by month.

    Months of cover, the month in which money runs out, when notice is due, posts at risk by grade,
    and what is owed in the months of notice without income against it.

    \b
    Examples:
      sim support scenarios/base.toml
      sim support scenarios/base.toml --opening 500 --notice 6
    """
    from pathlib import Path

    from simulator.runs.options import RunOptions, Silent
    from simulator.runs.support import SupportAsk
    from simulator.runs.support import support as answer

    options = RunOptions(draws=draws, seed=seed, threads=threads)
    ask = SupportAsk(file, opening, 3 if notice is None else notice, confidence, options)
    with display_of(quiet=quiet) as display:
        if display is not None:
            display.next(Path(file).stem)
        found = answer(ask, display or Silent())
    deliver(found, json=json, keep=True)
    return 0
