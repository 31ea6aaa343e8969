"""`sim plot`: single pictures of stored results, for slides."""

from __future__ import annotations

from typing import Annotated

import typer

from simulator.cli import talk
from simulator.cli.options import Force, whole


def plot(
    results: Annotated[
        list[str],
        typer.Argument(metavar="RESULT…", help="A result; for a waterfall also another one."),
    ],
    what: Annotated[
        str,
        typer.Option(
            metavar="PICTURE", help="fan, distribution, tornado, waterfall, stages or inflows."
        ),
    ] = "fan",
    to: Annotated[str, typer.Option("--to", metavar="FORMAT", help="svg, png or text.")] = "svg",
    out: Annotated[
        str | None, typer.Option(metavar="FILE", help="Default: named after the scenarios, here.")
    ] = None,
    output: Annotated[
        str,
        typer.Option(
            metavar="KEY", help="A parent, an output, or for a fan a rate such as eur_per_usd."
        ),
    ] = "",
    period: Annotated[
        str, typer.Option(metavar="PERIOD", help="A year; default: the whole period.")
    ] = "",
    stage: Annotated[
        str, typer.Option(metavar="STAGE", help="An earlier stage, such as initial.")
    ] = "",
    lang: Annotated[str, typer.Option(metavar="LANG", help="en, fr or zh.")] = "en",
    width: Annotated[
        int | None,
        typer.Option(parser=whole, metavar="N", help="Pixels (720), or characters for text."),
    ] = None,
    dark: Annotated[bool, typer.Option("--dark", help="Light on dark.")] = False,
    force: Force = False,
) -> int:
    """Draw one picture of a stored result into a file, or in characters on the terminal.

    A PNG has twice as many pixels as its width says. The same result gives the same file.

    \b
    Examples:
      sim plot base
      sim plot base --what distribution --output contribution_eur.B --to png
      sim plot base high-rates --what waterfall --lang fr --dark
      sim plot base --what tornado --to text --width 80
    """
    from pathlib import Path

    from simulator.runs import plot as pictures

    options = pictures.PlotOptions(
        what=what,
        to=to,
        out=Path(out) if out is not None else None,
        output=output,
        period=period,
        stage=stage,
        lang=lang,
        width=width,
        dark=dark,
        force=force,
    )
    if to == pictures.TEXT:
        talk.show_lines(
            lambda columns: pictures.plot_lines(
                results, options, columns, ascii_only=not talk.unicode()
            )
        )
    else:
        talk.emit(str(pictures.plot(results, options)))
    return 0
