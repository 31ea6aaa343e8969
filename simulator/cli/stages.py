"""`sim stages`: what does each revision settle?"""

from __future__ import annotations

from typing import Annotated

import typer

from simulator.cli.finding import deliver, folder_named
from simulator.cli.options import whole
from simulator.cli.run import display_of


def stages(
    file: Annotated[
        str, typer.Argument(metavar="RESULT", help="A result, or a scenario file (TOML).")
    ],
    draws: Annotated[
        int | None, typer.Option(parser=whole, metavar="N", help="Draws of each simulation.")
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
    """Show every contribution at each revision: its fan, what is still open, what changed it.

    The change from the proposal is shared among exchange, inflation, post costs, vacancy, income
    and inflows, draw by draw, so that the shares add up.

    \b
    Examples:
      sim stages base
      sim stages FILE --draws 4096 --json
    """
    from simulator.runs.findings import about
    from simulator.runs.named import scenario_named
    from simulator.runs.options import RunOptions
    from simulator.runs.stages import staged, stages_finding

    options = RunOptions(draws=draws, threads=threads)
    scenario = scenario_named(file, options)
    with display_of(quiet=quiet) as display:
        if display is not None:
            display.next(scenario.name)
        drivers, found = staged(scenario, options.thread_count())
    finding = about(stages_finding(scenario, drivers, found), file)
    deliver(finding, quiet=quiet, json=json, keep=keep, result=folder_named(file))
    return 0
