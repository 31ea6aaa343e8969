"""`sim show`: the screen of a run, from what it stored."""

from __future__ import annotations

from typing import Annotated

import typer

from simulator.cli import talk
from simulator.cli.options import result_folder


def show(
    result: Annotated[
        str, typer.Argument(metavar="RESULT", help="A result folder, or its name in results/.")
    ],
    json: Annotated[bool, typer.Option("--json", help="One JSON object instead of text.")] = False,
) -> int:
    """Show a stored result as `sim run` did; nothing is computed.

    \b
    Examples:
      sim show base
      sim show results/base --json
    """
    from simulator.render.view import view_of
    from simulator.store.result import read_run

    view = view_of(read_run(result_folder(result)))
    if json:
        from simulator.render.document import run_document

        talk.emit_json(run_document(view, "stored"))
    else:
        from simulator.render.terminal import Screen

        talk.show(Screen(view))
    return 0
