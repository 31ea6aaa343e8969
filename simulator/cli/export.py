"""`sim export`: stored results as a workbook, as CSV, or as a SIPmath library."""

from __future__ import annotations

from typing import Annotated

import typer

from simulator.cli import talk
from simulator.cli.options import whole
from simulator.runs.options import ALL


def draws_of(text: str) -> int:
    """A number of draws, or "all"."""
    if text.strip().lower() == "all":
        return ALL
    number = whole(text)
    if number < 0:
        raise typer.BadParameter(f"a number of draws or all is wanted (found {text[:40]!r})")
    return number


def export(
    results: Annotated[
        list[str],
        typer.Argument(metavar="RESULT…", help="Result folders, or their names in results/."),
    ],
    to: Annotated[
        str, typer.Option("--to", metavar="FORMAT", help="xlsx, csv or sipmath.")
    ] = "xlsx",
    out: Annotated[
        str | None, typer.Option(metavar="FILE", help="Default: named after the scenarios, here.")
    ] = None,
    locale: Annotated[str, typer.Option(metavar="LANG", help="en, fr, de-CH, es or zh.")] = "en",
    draws: Annotated[
        int | None,
        typer.Option(parser=draws_of, metavar="N|all", help="Also that many draws."),
    ] = None,
    split: Annotated[
        bool, typer.Option("--split", help="Several sheets when one does not hold the draws.")
    ] = False,
    excel_locale: Annotated[
        bool,
        typer.Option("--excel-locale", help="CSV with semicolon, decimal comma and BOM."),
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist.")] = False,
) -> int:
    """Write stored results for a spreadsheet or another program; nothing is simulated.

    A workbook has the published cascade as live formulas over its inputs, and native charts.
    Several results share a workbook with a comparison in front.

    \b
    Examples:
      sim export base
      sim export results/base --to xlsx --locale fr --draws 10000 --out base.xlsx
      sim export base high-rates --force
      sim export base --to csv --excel-locale
      sim export base --to sipmath
    """
    from pathlib import Path

    from simulator.runs.export import ExportOptions
    from simulator.runs.export import export as written

    options = ExportOptions(
        to=to,
        out=Path(out) if out is not None else None,
        locale=locale,
        draws=draws or 0,
        split=split,
        excel_locale=excel_locale,
        force=force,
    )
    exported = written(results, options)
    for note in exported.notes:
        talk.say(f"note: {note}")
    for path in exported.files:
        talk.emit(str(path))
    return 0
