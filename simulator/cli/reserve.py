"""`sim reserve`: the money that covers a loss with a given confidence."""

from __future__ import annotations

from typing import Annotated

import typer

from simulator.cli.finding import deliver
from simulator.cli.options import whole
from simulator.cli.run import display_of


def reserve(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A scenario file (TOML).")],
    confidence: Annotated[
        float, typer.Option(metavar="PART", help="How surely it suffices: 0.90.")
    ] = 0.90,
    kind: Annotated[
        str | None,
        typer.Option("--for", metavar="NAME", help="parent, inflows or psc; all unless given."),
    ] = None,
    draws: Annotated[
        int | None, typer.Option(parser=whole, metavar="N", help="Draws to make.")
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
    """Say what reserve covers a loss, how sure that is, and what each further per cent costs.

    Losses: a contribution above the proposed one (parent), receipts below the plan (inflows), and
    extrabudgetary posts that programme support does not pay (psc).

    \b
    Examples:
      sim reserve scenarios/base.toml --confidence 0.90
      sim reserve scenarios/base.toml --for inflows --confidence 0.95
    """
    from pathlib import Path

    from simulator.runs.options import RunOptions, Silent
    from simulator.runs.reserve import ReserveAsk
    from simulator.runs.reserve import reserve as answer

    ask = ReserveAsk(file, confidence, kind, RunOptions(draws=draws, seed=seed, threads=threads))
    with display_of(quiet=quiet) as display:
        if display is not None:
            display.next(Path(file).stem)
        found = answer(ask, display or Silent())
    deliver(found, json=json, keep=True)
    return 0
