"""`sim verify`: is it as it was written?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli import talk
from simulator.errors import CheckFailed
from simulator.runs.options import result_folder

if TYPE_CHECKING:
    from simulator.runs.verify import Check


def verify(
    paths: Annotated[
        list[str],
        typer.Argument(metavar="PATH", help="Results, workbooks, reports, tables, or a ledger."),
    ],
    replay: Annotated[
        bool, typer.Option("--replay", help="Simulate the result again and compare every byte.")
    ] = False,
    ledger: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Where files are looked up; results/runs.jsonl."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a path.")] = False,
) -> int:
    """Check that results, and files made from them, are as they were written.

    A result: every checksum, what its files say of themselves, and that scenario and run identity
    follow from one another. A workbook or report: its seal. Any other file: the ledger of its
    results. Exit code 1 when something differs.

    \b
    Examples:
      sim verify results/base
      sim verify results/base --replay
      sim verify base.xlsx base.csv results/runs.jsonl
    """
    from pathlib import Path

    from simulator.runs.verify import verify as verified
    from simulator.store.remote import all_here, is_address

    wrong: list[str] = []
    for name in paths:
        folder, place = result_folder(name), name
        if is_address(name):
            all_here(folder)
        else:
            place = str(folder)
        checks = verified(folder, replay=replay, ledger=None if ledger is None else Path(ledger))
        if json:
            talk.emit_json(
                {
                    "path": place,
                    "whole": all(check.holds is not False for check in checks),
                    "checks": [
                        {"about": c.about, "holds": c.holds, "words": c.words} for c in checks
                    ],
                }
            )
        else:
            talk.emit(place)
            talk.show_text(map(_line, checks), then=" " * 12)
        if any(check.holds is False for check in checks):
            wrong.append(place)

    if wrong:
        raise CheckFailed(f"not as written: {', '.join(wrong)}")
    return 0


def _line(check: Check) -> str:
    mark = "note" if check.holds is None else "ok" if check.holds else "DIFFERS"
    return f"  {mark:<8}{check.about}: {check.words}"
