"""A result made once more, and what differs from the one that is there."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.errors import InputError
from simulator.runs.run import write_run
from simulator.runs.verify import Check, same_program
from simulator.scenario.read import read_scenario
from simulator.store.folder import DRAWS, INPUTS, SCENARIO

if TYPE_CHECKING:
    from simulator.store.manifest import Manifest

SHOWN = 5
"""Columns that are named when many differ."""


def replayed(folder: Path, manifest: Manifest) -> Iterator[Check]:
    """Simulate the stored scenario again, in a folder of its own, and compare every file."""
    other = same_program(manifest)
    if other:
        yield Check("program", None, f"made by {other}; this program may come to other numbers")
    try:
        scenario = read_scenario(folder / SCENARIO, stored=True)
        with tempfile.TemporaryDirectory(prefix="sim-verify-") as place:
            again = write_run(scenario, Path(place) / "again", keep=manifest.keep)
            for name, file in again.manifest.files.items():
                stored = manifest.files.get(name)
                same = stored is not None and stored.sha256 == file.sha256
                words = "the same bytes again" if same else "other bytes"
                if not same and name in (DRAWS, INPUTS):
                    words = _difference(folder / name, again.folder / name)
                yield Check(f"replay of {name}", same, words)
    except InputError as error:
        yield Check("replay", False, str(error))


def _difference(one: Path, other: Path) -> str:
    """In which columns two files differ, and by how much at most."""
    import numpy as np

    from simulator.store.parquet import ColumnsReader

    with ColumnsReader(one) as a, ColumnsReader(other) as b:
        names = [column.name for column in a.columns]
        if names != [column.name for column in b.columns] or a.layout.draws != b.layout.draws:
            return "other columns or another number of draws"
        said = []
        for name in names:
            gap = 0.0
            count = 0
            for period in a.layout.periods or (None,):
                left, right = a.column(name, period), b.column(name, period)
                apart = (left != right) & ~(np.isnan(left) & np.isnan(right))
                count += int(apart.sum())
                gap = max(gap, float(np.max(np.abs(left - right), where=apart, initial=0.0)))
            if count:
                said.append(f"{name}: {count} values, by {gap:.3g} at most")
    if not said:
        return "other bytes, but the same values in every column"
    more = f" and {len(said) - SHOWN} more columns" if len(said) > SHOWN else ""
    return "; ".join(said[:SHOWN]) + more
