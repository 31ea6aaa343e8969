"""`sim stress`: the mildest joint movement of the drivers that does something."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simulator.cli.finding import deliver, folder_named
from simulator.cli.options import whole
from simulator.cli.run import display_of


def stress(
    what: Annotated[
        str,
        typer.Argument(
            metavar="RESULT|FILE", help="A result folder or its name in results/, or a scenario."
        ),
    ],
    such_that: Annotated[
        str, typer.Option(metavar="CONDITION", help='Such as "contribution_xyz.A > 32e6".')
    ],
    draws: Annotated[
        int | None, typer.Option(parser=whole, metavar="N", help="Draws to begin with.")
    ] = None,
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
    """Find the mildest joint movement of the drivers under which a condition holds.

    Of all ways to it, the most likely one: how each driver moves, how rare that is, and how often
    the condition holds at all.

    \b
    Examples:
      sim stress scenarios/base.toml --such-that "contribution_xyz.A > 32e6"
      sim stress base --such-that "xb_receipts_xyz[2031] < 25e6" --draws 8192 --json
    """
    from simulator.runs.options import RunOptions, Silent
    from simulator.runs.stress import stress as find

    options = RunOptions(draws=draws, seed=seed, threads=threads)
    with display_of(quiet=quiet) as display:
        if display is not None:
            display.next(Path(what).stem)
        finding = find(what, such_that, options, display or Silent())
    deliver(finding, quiet=quiet, json=json, keep=keep, result=folder_named(what))
    return 0
