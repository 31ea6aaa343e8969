"""`sim risk`: how bad does it get?"""

from __future__ import annotations

from typing import Annotated

import typer

from simulator.cli.finding import deliver
from simulator.cli.options import whole
from simulator.cli.run import display_of


def risk(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A scenario file (TOML), or a result.")
    ],
    output: Annotated[
        str, typer.Option(metavar="KEY", help="An output; what each parent owes.")
    ] = "",
    period: Annotated[
        str, typer.Option(metavar="P", help="A year or the whole period, which is the default.")
    ] = "",
    over: Annotated[
        str,
        typer.Option(
            metavar="A,B,…",
            help="Amounts in the scenario's unit; what was proposed, and steps above it.",
        ),
    ] = "",
    low: Annotated[
        bool, typer.Option("--low", help="The lowest draws are the bad ones, as of receipts.")
    ] = False,
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
    """Say how bad an output gets: expected shortfall, chances of exceeding, the worst month.

    Percentiles with intervals (order statistics where draws are independent, else from the
    replicates), the mean of the draws beyond each, how often each of several amounts is exceeded
    and by how much. A scenario file is run first where its result is not up to date.

    \b
    Examples:
      sim risk base
      sim risk base --over 30000,31000,32000
      sim risk FILE --output NAME --low --keep
    """
    from simulator.runs.named import opened
    from simulator.runs.options import RunOptions
    from simulator.runs.risk import RiskAsk, risk_finding

    ask = RiskAsk(output, period, _amounts(over), low)
    options = RunOptions(draws=draws, threads=threads)
    with display_of(quiet=quiet) as display:
        begin = display.next if display is not None else lambda _: None
        (run,) = opened([file], options, display, begin)
    finding = risk_finding(run, ask)
    deliver(finding, quiet=quiet, json=json, keep=keep, result=run.folder)
    return 0


def _amounts(text: str) -> tuple[float, ...]:
    """The amounts in a list with commas; InputError for what is none."""
    from simulator.errors import InputError, Problem

    found, problems = [], []
    for word in filter(None, (part.strip() for part in text.split(","))):
        try:
            found.append(float(word.replace("_", "").replace(" ", "")))
        except ValueError:
            remedy = "write them as 30000,31e3, without units"
            problems.append(Problem("amounts are wanted", "--over", word[:80], remedy))
    if problems:
        raise InputError(problems)
    return tuple(found)
