"""`sim hedge`: forward cover of a parent's contribution, ratio by ratio."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simulator.cli.finding import deliver, folder_named
from simulator.cli.options import whole
from simulator.cli.run import display_of


def hedge(
    what: Annotated[
        str,
        typer.Argument(
            metavar="RESULT|FILE", help="A result folder or its name in results/, or a scenario."
        ),
    ],
    cover: Annotated[
        str, typer.Option(metavar="RATIOS", help="Covered parts from 0 to 1: 0:1:0.1 or 0,0.5,1.")
    ] = "0:1:0.1",
    tenor: Annotated[
        str | None,
        typer.Option(metavar="MONTHS", help="To the payment of each year; mid-year unless given."),
    ] = None,
    parent: Annotated[
        str | None, typer.Option(metavar="NAME", help="Whose contribution; the first that can be.")
    ] = None,
    draws: Annotated[int | None, typer.Option(parser=whole, metavar="N", help="Draws.")] = None,
    seed: Annotated[
        int | None, typer.Option(parser=whole, metavar="N", help="Where chance starts.")
    ] = None,
    threads: Annotated[
        int | None, typer.Option(parser=whole, metavar="N", help="Default: one a processor.")
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep the answer for the workbook and the report.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say only what is wrong.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object instead of text.")] = False,
) -> int:
    """Cover a parent's contribution at forward rates: the change of mean and tail, and the cost.

    Forward rates follow from interest at home and abroad, which the scenario gives with a source
    in [rates.PAIR.interest]. All ratios are on the same draws.

    \b
    Examples:
      sim hedge scenarios/forward-cover.toml --cover 0:1:0.1
      sim hedge forward-cover --cover 0.5,1 --tenor 12,24 --json
    """
    from simulator.runs.hedge import HedgeAsk
    from simulator.runs.hedge import hedge as price
    from simulator.runs.options import RunOptions, Silent

    options = RunOptions(draws=draws, seed=seed, threads=threads)
    with display_of(quiet=quiet) as display:
        if display is not None:
            display.next(Path(what).stem)
        finding = price(HedgeAsk(what, cover, tenor, parent), options, display or Silent())
    deliver(finding, quiet=quiet, json=json, keep=keep, result=folder_named(what))
    return 0
