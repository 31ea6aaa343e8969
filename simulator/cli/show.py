"""`sim show`: the screen of a run, from what it stored."""

from __future__ import annotations

from typing import Annotated

import typer

from simulator.cli import talk
from simulator.cli.options import Json
from simulator.runs.options import result_folder


def show(
    result: Annotated[
        str, typer.Argument(metavar="RESULT", help="A result folder, or its name in results/.")
    ],
    json: Json = False,
) -> int:
    """Show a stored result as `sim run` did; nothing is computed.

    \b
    Examples:
      sim show base
      sim show results/base --json
    """
    from simulator.store.result import read_run

    run = read_run(result_folder(result))
    if json:
        from simulator.render.document import run_document
        from simulator.render.view import view_of

        talk.emit_json(run_document(view_of(run), "stored"))
    else:
        talk.show_run(run)
    return 0
