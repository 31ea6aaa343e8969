"""`sim support`: posts paid from programme support, and their money."""

from __future__ import annotations

from typing import Annotated

import typer

from simulator.cli.finding import deliver, run_named
from simulator.cli.options import Json, Keep, Quiet, Threads, whole


def support(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A scenario file (TOML), or a result.")
    ],
    opening: Annotated[
        float | None,
        typer.Option(
            metavar="AMOUNT",
            help="Balance at the start, the scenario's unit; inflows.psc_balance, or none.",
        ),
    ] = None,
    notice: Annotated[
        int | None,
        typer.Option(
            parser=whole,
            metavar="MONTHS",
            help="Notice that posts are given; inflows.notice_months, or 3.",
        ),
    ] = None,
    confidence: Annotated[
        float, typer.Option(metavar="PART", help="For the balance and the posts at risk.")
    ] = 0.90,
    draws: Annotated[
        int | None, typer.Option(parser=whole, metavar="N", help="Draws, where a file is run.")
    ] = None,
    threads: Threads = None,
    keep: Keep = False,
    quiet: Quiet = False,
    json: Json = False,
) -> int:
    """Follow the money of posts that programme support pays, month by month.

    Months of cover, the month in which money runs out, when notice is due, posts at risk by grade,
    and what is owed in the months of notice without income against it.

    \b
    Examples:
      sim support scenarios/base.toml
      sim support base --opening 500 --notice 6 --keep
    """
    from simulator.runs.options import RunOptions
    from simulator.runs.support import SupportAsk, check_ask, support_finding, supported

    ask = SupportAsk(opening, notice, confidence)
    check_ask(ask)
    run = run_named(file, RunOptions(draws=draws, threads=threads), quiet=quiet)
    finding = support_finding(supported(run, ask))
    deliver(finding, quiet=quiet, json=json, keep=keep, result=run.folder)
    return 0
