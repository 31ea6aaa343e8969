"""`sim reserve`: how much has to be laid by?"""

from __future__ import annotations

from typing import Annotated

import typer

from simulator.cli.finding import deliver
from simulator.cli.options import whole
from simulator.cli.run import display_of


def reserve(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A scenario file (TOML), or a result.")
    ],
    confidence: Annotated[
        float, typer.Option(metavar="P", help="How often the reserve is to do.")
    ] = 0.90,
    what: Annotated[
        str, typer.Option("--for", metavar="GAP", help="parent, inflows or psc.")
    ] = "parent",
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
    """Say which reserve covers a gap at a confidence, and what each further per cent costs.

    parent: what a parent owes above the proposal; inflows: what is missing of the planned
    extrabudgetary inflows; psc: what posts paid from programme support cost beyond what it earns. A
    scenario file is run first where its result is not up to date.

    \b
    Examples:
      sim reserve base --confidence 0.95
      sim reserve FILE --for inflows
      sim reserve base --for psc --keep
    """
    from simulator.runs.named import opened
    from simulator.runs.options import RunOptions
    from simulator.runs.reserve import check_confidence, gaps_of, reserve_finding

    check_confidence(confidence, 1 << 32)
    options = RunOptions(draws=draws, threads=threads)
    with display_of(quiet=quiet) as display:
        begin = display.next if display is not None else lambda _: None
        (run,) = opened([file], options, display, begin)
    gaps_of(run, what)
    finding = reserve_finding(run, what, confidence)
    deliver(finding, quiet=quiet, json=json, keep=keep, result=run.folder)
    return 0
