"""`sim hindsight`: what really happened, placed in the fan of a result."""

from __future__ import annotations

from typing import Annotated

import typer

from simulator.cli import talk
from simulator.cli.options import Json
from simulator.runs.options import result_folder


def hindsight(
    result: Annotated[
        str, typer.Argument(metavar="RESULT", help="A result folder, or its name in results/.")
    ],
    actuals: Annotated[
        str, typer.Option(metavar="FILE", help="What happened (TOML): output, period, value.")
    ],
    json: Json = False,
) -> int:
    """Place what really happened in the fan of a stored result, each figure with its percentile.

    \b
    Examples:
      sim hindsight results/base --actuals scenarios/itc/actuals.toml
      sim hindsight base --actuals scenarios/itc/actuals.toml --json
    """
    from pathlib import Path

    from simulator.runs.hindsight import hindsight as place
    from simulator.store.result import read_run

    run = read_run(result_folder(result))
    rows = [placed.document() for placed in place(run, Path(actuals))]
    title = f"{run.scenario.title}: scenario {run.scenario.name}, known on {run.scenario.known_on}"
    if json:
        talk.emit_json({"scenario": run.scenario.name, "title": run.scenario.title, "rows": rows})
    else:
        from simulator.render.hindsight import HindsightPage

        talk.show(HindsightPage(title, rows))
    return 0
