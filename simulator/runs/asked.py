"""How a run was asked for: the file that was named, and the settings that replaced its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.runs.options import RunOptions

SETTINGS = ("draws", "seed", "sampler", "replicates")


def asked_of(path: Path | str, options: RunOptions) -> dict[str, str]:
    """The name of the scenario's file, and every setting of its sampling that was given."""
    given = {name: getattr(options, name) for name in SETTINGS}
    settings = {name: str(value) for name, value in given.items() if value is not None}
    return {"file": Path(path).name, **settings}
