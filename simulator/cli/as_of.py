"""`sim as-of`: what would have been known later?"""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from simulator.cli import talk
from simulator.cli.finding import deliver, folder_named
from simulator.cli.options import day, whole
from simulator.cli.run import display_of


def as_of(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A scenario file (TOML), or a result.")
    ],
    date: Annotated[dt.date, typer.Argument(parser=day, metavar="DATE", help="As 2031-12-31.")],
    actuals: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="What happened (TOML): inflation of years that are over."
        ),
    ] = None,
    out: Annotated[
        str | None, typer.Option(metavar="FILE", help="Also write the scenario of that day (TOML).")
    ] = None,
    draws: Annotated[
        int | None, typer.Option(parser=whole, metavar="N", help="Draws of each simulation.")
    ] = None,
    threads: Annotated[
        int | None, typer.Option(parser=whole, metavar="N", help="Default: one a processor.")
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep the answer for the workbook and the report.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that exists.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say only what is wrong.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> int:
    """Replay what would have been known at a later date: a revision, or the end of the period.

    Rates up to the date are those that were observed (from the daily rates of the extra fx), paths
    start from the last of them, and inflation of years that are over is fixed with --actuals. The
    rest is drawn as before.

    \b
    Examples:
      sim as-of FILE 2031-12-31
      sim as-of FILE 2032-12-31 --actuals actuals.toml --out later.toml
    """
    from pathlib import Path

    from simulator.runs.as_of import as_of as replayed
    from simulator.runs.as_of import as_of_finding
    from simulator.runs.findings import about
    from simulator.runs.named import scenario_named
    from simulator.runs.options import RunOptions
    from simulator.scenario.fingerprint import to_toml
    from simulator.store.single import refuse_existing, writing_file

    options = RunOptions(draws=draws, threads=threads)
    scenario = scenario_named(file, options)
    if out is not None:
        refuse_existing(Path(out), force=force)
    later = replayed(scenario, date, Path(actuals) if actuals is not None else None)
    with display_of(quiet=quiet) as display:
        if display is not None:
            display.next(later.scenario.name)
        finding = as_of_finding(scenario, later, options.thread_count())
    if out is not None:
        with writing_file(Path(out), force=force) as place:
            place.write_text(to_toml(later.scenario), encoding="utf-8")
    deliver(about(finding, file), quiet=quiet, json=json, keep=keep, result=folder_named(file))
    if out is not None and not quiet:
        talk.say(f"{out}: written")
    return 0
