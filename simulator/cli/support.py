"""`sim support`: posts paid from programme support, and their money."""

from __future__ import annotations

from typing import Annotated

import typer

from simulator.cli.finding import deliver
from simulator.cli.options import whole
from simulator.cli.run import display_of


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
    threads: Annotated[
        int | None, typer.Option(parser=whole, metavar="N", help="Default: one a processor.")
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep the answer for the workbook and the report.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say only what is wrong.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> int:
    """Follow the money of posts that programme support pays, month by month.

    Months of cover, the month in which money runs out, when notice is due, posts at risk by grade,
    and what is owed in the months of notice without income against it.

    \b
    Examples:
      sim support scenarios/base.toml
      sim support base --opening 500 --notice 6 --keep
    """
    from simulator.runs.named import opened
    from simulator.runs.options import RunOptions
    from simulator.runs.support import SupportAsk, check_ask, support_finding, supported

    ask = SupportAsk(opening, notice, confidence)
    check_ask(ask)
    with display_of(quiet=quiet) as display:
        begin = display.next if display is not None else lambda _: None
        (run,) = opened([file], RunOptions(draws=draws, threads=threads), display, begin)
    finding = support_finding(supported(run, ask))
    deliver(finding, quiet=quiet, json=json, keep=keep, result=run.folder)
    return 0
