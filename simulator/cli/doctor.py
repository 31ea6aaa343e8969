"""`sim doctor`: is everything there that a run needs?"""

from __future__ import annotations

from typing import Annotated

import typer

from simulator.cli import talk
from simulator.cli.options import Json

MARKS = {"ok": "ok", "note": "note", "wrong": "WRONG", "missing": "MISSING"}


def doctor(
    out: Annotated[
        str, typer.Option(metavar="FOLDER", help="The folder in which results would be written.")
    ] = "results",
    json: Json = False,
) -> int:
    """Check the installation: versions, optional parts, the age of rates, the folder.

    Nothing is changed and nothing is fetched. Exit code 1 when a version is too old or data is
    damaged, 3 when something that every run needs is missing or the folder cannot be written.

    \b
    Examples:
      sim doctor
      sim doctor --out /mnt/results --json
    """
    import datetime as dt
    from pathlib import Path

    from simulator.runs.doctor import examined, exit_code

    checks = examined(Path(out), dt.datetime.now(dt.UTC).date())
    code = exit_code(checks)
    if json:
        shown = [
            {"about": c.about, "state": c.state, "words": c.words, "remedy": c.remedy}
            for c in checks
        ]
        talk.emit_json({"exit_code": code, "checks": shown})
        return code
    from rich.text import Text

    def lines(width: int) -> list[Text]:
        from simulator.render.columns import wrapped

        found: list[Text] = []
        for one in checks:
            mark = MARKS[one.state]
            found += wrapped(f"{one.about}: {one.words}", width, f"{mark:<8}", " " * 10)
            if one.remedy and one.state != "ok":
                found += wrapped(f"→ {one.remedy}", width, " " * 8, " " * 10)
        return found

    talk.show_lines(lines)
    return code
