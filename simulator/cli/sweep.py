"""`sim sweep`: a scenario at every point of a grid, on the same draws."""

from __future__ import annotations

from typing import Annotated

import typer

from simulator.cli import talk
from simulator.cli.options import Engine, Json, Quiet, Scheduler, Seed, Threads, whole
from simulator.cli.run import display_of


def sweep(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A scenario file (TOML).")],
    over: Annotated[
        list[str],
        typer.Option(metavar="KEY=VALUES", help="A key with first:last:step, or a,b,c. Repeat."),
    ],
    show: Annotated[
        str | None,
        typer.Option(metavar="STATISTIC", help="What the table on the screen shows, p95(OUTPUT)."),
    ] = None,
    outputs: Annotated[
        list[str] | None,
        typer.Option(metavar="PATTERN", help="Outputs in the file; contribution_* unless given."),
    ] = None,
    draws: Annotated[
        int | None, typer.Option(parser=whole, metavar="N", help="Draws at each point.")
    ] = None,
    seed: Seed = None,
    threads: Threads = None,
    engine: Engine = "threads",
    scheduler: Scheduler = None,
    out: Annotated[
        str | None, typer.Option(metavar="FILE", help="Every statistic, as .parquet or .csv.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace the file, and what another sweep kept.")
    ] = False,
    quiet: Quiet = False,
    json: Json = False,
) -> int:
    """Simulate a scenario at every combination of some values of its keys, on the same draws.

    A key is a place in the scenario file. Every point is checked before the first is simulated.
    With --out, a sweep that was stopped goes on where it was when it is asked for again.

    \b
    Examples:
      sim sweep scenarios/base.toml --over exchange.view=0:1:0.25 --draws 4096
      sim sweep scenarios/base.toml --over inflows.psc_rate=0.10:0.16:0.01 --out grid.csv
    """
    from pathlib import Path

    from simulator.runs.grid import parse_axis
    from simulator.runs.options import RunOptions, Silent
    from simulator.runs.recorded import record_table
    from simulator.runs.sending import target_of
    from simulator.runs.sweep import SweepAsk
    from simulator.runs.sweep import sweep as make
    from simulator.runs.sweep_points import parse_shown

    target = target_of(out, force=force) if out is not None else None
    ask = SweepAsk(
        file=file,
        axes=tuple(map(parse_axis, over)),
        options=RunOptions(
            draws=draws,
            seed=seed,
            threads=threads,
            force=force,
            engine=engine,
            scheduler=scheduler,
        ),
        outputs=tuple(outputs or ()),
        shown=parse_shown(show) if show is not None else None,
        out=target.path if target is not None else None,
        to=target.to if target is not None else "",
    )
    with display_of(Path(file).stem, quiet=quiet) as display:
        found = make(ask, display or Silent())
    if target is not None:
        record_table("sweep", target.path, found.identity, ask.options.out)
        target.leave()
    document = found.document()
    if json:
        talk.emit_json(document)
    elif not quiet:
        from simulator.render.heat import HeatPage

        talk.show(HeatPage(document))
    if out is not None and not quiet:
        again = f", {found.resumed} of {len(found.values)} points from before" * bool(found.resumed)
        talk.say(f"{out}: {found.rows} rows{again}")
    return 0
