"""`sim report`: a page that a committee can read."""

from __future__ import annotations

from typing import Annotated

import typer

from simulator.cli import talk
from simulator.cli.options import Force


def report(
    results: Annotated[
        list[str],
        typer.Argument(metavar="RESULT…", help="Result folders, or their names in results/."),
    ],
    out: Annotated[
        str | None, typer.Option(metavar="FILE", help="Default: named after the scenarios, here.")
    ] = None,
    lang: Annotated[str, typer.Option(metavar="LANG", help="en, fr or zh.")] = "en",
    form: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help="html, pdf-ready or md.")
    ] = "html",
    force: Force = False,
) -> int:
    """Write stored results as one page: what was found, shown, and open to questions.

    The file opens offline in any browser. With several results the others are compared with the
    first. pdf-ready is the same page without scripts and with every table open, to be printed.

    \b
    Examples:
      sim report base
      sim report base high-rates --lang fr --out committee.html
      sim report base --format md
    """
    from pathlib import Path

    from simulator.runs.report import ReportOptions
    from simulator.runs.report import report as written

    options = ReportOptions(Path(out) if out is not None else None, lang, form, force)
    talk.emit(str(written(results, options)))
    return 0
