"""`sim tie-out`: every published figure against its rule."""

from __future__ import annotations

from typing import Annotated

import typer

from simulator.cli import talk
from simulator.cli.options import Json
from simulator.errors import CheckFailed


def tie_out(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A scenario file (TOML).")],
    json: Json = False,
    faults_only: Annotated[
        bool, typer.Option("--faults-only", help="Only what differs from the document.")
    ] = False,
) -> int:
    """Reproduce every published figure from inputs; exit code 1 when one does not tie.

    \b
    Examples:
      sim tie-out scenarios/base.toml
      sim tie-out scenarios/base.toml --faults-only
    """
    from simulator.budget.tieout import tie_out as check
    from simulator.scenario.read import read_scenario

    scenario = read_scenario(file)
    found = check(scenario)
    if not found.rows:
        talk.say(f"{file}: no published figures are declared, so there is nothing to tie out")
    if json:
        from simulator.render.document import tie_out_document

        talk.emit_json(tie_out_document(scenario.name, found, faults_only=faults_only))
    elif found.rows:
        from simulator.render.tieout import TieOutPage

        talk.show(TieOutPage(found, faults_only))
    return 0 if found.ok else CheckFailed.exit_code
