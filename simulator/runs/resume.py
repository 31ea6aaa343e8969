"""Going on with a run that was killed: what is there, and what is said about it.

Imports neither numpy nor pyarrow: most runs find nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.render.figures import grouped
from simulator.store.folder import JOURNAL, leftovers

if TYPE_CHECKING:
    from simulator.runs.options import Progress
    from simulator.store.unfinished import Unfinished

PROGRAM = ("program_sha256", "libraries")
"""What must be the same for anybody to be able to go on."""


def going_on(folder: Path, draws: int, cap: int) -> str:
    """What is said when a run goes on."""
    return f"{folder}: goes on from {grouped(draws, 0)} of {grouped(cap, 0)} draws"


def begun_for(
    folder: Path, about: Mapping[str, Any], progress: Progress, *, anew: bool
) -> Path | None:
    """The folder of a killed run that was to make the same, if there is one.

    Of others nothing is used: what this program can still go on with is told and left, the rest
    removed. With `anew` all are removed.
    """
    if not any((path / JOURNAL).exists() for path in leftovers(folder)):
        return None
    from simulator.store.unfinished import unfinished

    mine: Path | None = None
    for one in unfinished(folder):
        same = dict(one.about) == dict(about)
        if same and mine is None and not anew:
            mine = one.path
        elif same or anew or not _of_this_program(one, about):
            one.remove()
        else:
            progress.say(_of_another(folder, one))
    return mine


def _of_this_program(one: Unfinished, about: Mapping[str, Any]) -> bool:
    return one.draws > 0 and all(one.about.get(key) == about[key] for key in PROGRAM)


def _of_another(folder: Path, one: Unfinished) -> str:
    wanted, seed = int(one.about.get("draws", 0)), one.about.get("seed")
    return (
        f"{folder}: beside it lies an unfinished run with other settings "
        f"({grouped(one.draws, 0)} of {grouped(wanted, 0)} draws, seed {seed})\n"
        "    → its own command goes on with it; --force removes it"
    )
