"""`sim explain`: one number traced from output to inputs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simulator.cli import talk
from simulator.cli.options import Json, whole
from simulator.runs.options import result_folder


def explain(
    what: Annotated[
        str,
        typer.Argument(
            metavar="RESULT|FILE", help="A result folder or its name in results/, or a scenario."
        ),
    ],
    output: Annotated[
        str, typer.Argument(metavar="OUTPUT", help="An output, such as contribution_xyz.A.")
    ],
    period: Annotated[
        str | None, typer.Option(metavar="PERIOD", help="A year, or the whole period (default).")
    ] = None,
    stage: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="proposed, initial …; the last stage unless given."),
    ] = None,
    draw: Annotated[
        int | None, typer.Option(parser=whole, metavar="N", help="The draw with this number.")
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(metavar="PLACE", help="central (default), or p95: the draw nearest to it."),
    ] = None,
    json: Json = False,
) -> int:
    """Trace one number to its inputs: every step with its formula, figures, keys and sources.

    Every step that is stored is compared with what is stored; exit code 1 when one differs.

    \b
    Examples:
      sim explain base contribution_xyz.A --at p95
      sim explain scenarios/base.toml contribution_xyz.A --stage proposed
      sim explain results/base net_xyz --period 2031 --draw 17 --json
    """
    from simulator.render.explanation import ExplanationPage, Traced, explanation_document
    from simulator.runs.explain import Question, explain_file, explain_result

    question = Question(output, period, stage, draw, at)
    if what.endswith(".toml") or Path(what).is_file():
        found = explain_file(what, question)
    else:
        found = explain_result(result_folder(what), question)
    heading = (
        f"{found.scenario.name}: {output} in {found.period}, stage {found.stage}; {found.case}"
    )
    traced = Traced(heading, found.step, found.stored, found.agrees, found.places, found.against)
    if json:
        talk.emit_json(explanation_document(traced))
    else:
        talk.show(ExplanationPage(traced))
    found.insist()
    return 0
