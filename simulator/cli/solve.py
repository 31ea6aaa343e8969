"""`sim solve`: which value of a key makes a condition on a statistic hold."""

from __future__ import annotations

from typing import Annotated

import typer

from simulator.cli.finding import deliver
from simulator.cli.options import whole
from simulator.cli.run import display_of


def solve(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A scenario file (TOML).")],
    key: Annotated[str, typer.Option("--for", metavar="KEY", help="The key that is sought.")],
    such_that: Annotated[
        str,
        typer.Option(metavar="CONDITION", help='Such as "p95(contribution_xyz.A) <= 31e6".'),
    ],
    low: Annotated[
        float | None, typer.Option("--from", metavar="X", help="Least value; 0.8 × the present.")
    ] = None,
    high: Annotated[
        float | None, typer.Option("--to", metavar="X", help="Most value; 1.25 × the present.")
    ] = None,
    pareto: Annotated[
        str | None,
        typer.Option(metavar="KEY[=VALUES]", help="The answer for each value of another key."),
    ] = None,
    draws: Annotated[
        int | None, typer.Option(parser=whole, metavar="N", help="Draws at each point.")
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
    """Seek the values of a key for which a condition holds, on the same draws.

    The answer comes with its bracket and its error. Nothing is taken for monotone: the range is
    scanned, then every change is narrowed down. @proposed is the published figure.

    \b
    Examples:
      sim solve FILE --for inflows.psc_rate --such-that "p5(xb_posts_coverage) >= 1" --from 0.05
      sim solve FILE --for rates.eur_per_usd.budget --such-that "contribution_usd.A@proposed = 3e6"
    """
    from pathlib import Path

    from simulator.runs.options import RunOptions, Silent
    from simulator.runs.solve import SolveAsk
    from simulator.runs.solve import solve as answer

    options = RunOptions(draws=draws, seed=seed, threads=threads)
    ask = SolveAsk(file, key.strip(), such_that, low, high, pareto, options)
    with display_of(quiet=quiet) as display:
        if display is not None:
            display.next(Path(file).stem)
        found = answer(ask, display or Silent())
    deliver(found, json=json, keep=True)
    return 0
