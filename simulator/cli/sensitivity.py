"""`sim sensitivity`: what makes it uncertain?"""

from __future__ import annotations

from typing import Annotated

import typer

from simulator.cli.finding import deliver, folder_named
from simulator.cli.options import whole
from simulator.cli.run import display_of


def sensitivity(
    file: Annotated[
        str, typer.Argument(metavar="RESULT|FILE", help="A result, or a scenario file (TOML).")
    ],
    output: Annotated[
        str, typer.Option(metavar="KEY", help="An output, or a parent; the first one unless given.")
    ] = "",
    period: Annotated[
        str, typer.Option(metavar="PERIOD", help="A year; the whole period unless given.")
    ] = "",
    ceiling: Annotated[
        float | None, typer.Option(metavar="AMOUNT", help="Also who decides whether it is passed.")
    ] = None,
    draws: Annotated[
        int | None,
        typer.Option(
            parser=whole, metavar="N", help="Draws of each simulation; 8192 unless given."
        ),
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
    """Say which drivers make an output uncertain: tornado, Sobol' indices, Shapley effects.

    Shares come with standard errors, for the variance of the output, for whether it is above its
    P95 and, with --ceiling, above an amount. With k drivers that move, 2^k simulations are made.

    \b
    Examples:
      sim sensitivity base
      sim sensitivity base --output contribution_usd.A --ceiling 31e6
      sim sensitivity FILE --period 2031 --draws 32768 --json
    """
    from simulator.runs.findings import about
    from simulator.runs.named import scenario_named
    from simulator.runs.options import RunOptions
    from simulator.runs.sensitivity import (
        USUAL_DRAWS,
        SensitivityAsk,
        sense,
        sensitivity_finding,
    )

    options = RunOptions(draws=draws or USUAL_DRAWS, threads=threads)
    scenario = scenario_named(file, options)
    ask = SensitivityAsk(output, period, ceiling, options.thread_count())
    with display_of(quiet=quiet) as display:
        if display is not None:
            display.next(scenario.name)
        sensed = sense(scenario, ask)
    finding = about(sensitivity_finding(scenario, ask, sensed), file)
    deliver(finding, quiet=quiet, json=json, keep=keep, result=folder_named(file))
    return 0
