"""The table of a sweep: points kept one by one while it goes on, and written as rows at the end."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from simulator.runs.grid import Axis, Grid, Point, text_of
from simulator.runs.sweep_points import PointMade, Row
from simulator.store.kept import Kept
from simulator.store.single import writing_file
from simulator.store.tidy import Columns, TableWriter
from simulator.units import finite

ROWS = 1 << 16
"""Rows of the table that are written at a time."""

LABELS = ("output", "period", "stage", "unit", "statistic")


def as_json(made: PointMade, named: dict[tuple[Row, ...], int]) -> dict[str, Any]:
    """A point for the file that keeps it; what its rows are of is written out once."""
    new = {} if made.rows in named else {"named": made.rows}
    number = named.setdefault(made.rows, len(named))
    values = [[finite(v), finite(e)] for v, e in zip(made.values, made.errors, strict=True)]
    return {**new, "rows": number, "values": values}


def read_back(kept: Kept) -> Iterator[PointMade]:
    """The points that are kept, one after another."""
    named: dict[int, tuple[Row, ...]] = {}
    for line in kept.values():
        if "named" in line:
            named[line["rows"]] = tuple(tuple(row) for row in line["named"])
        values = _floats(value for value, _ in line["values"])
        errors = _floats(error for _, error in line["values"])
        yield PointMade(named[line["rows"]], values, errors)


def _floats(numbers: Iterable[float | None]) -> tuple[float, ...]:
    return tuple(math.nan if number is None else number for number in numbers)


def write_table(out: Path, grid: Grid, kept: Kept, about: Mapping[str, Any], *, force: bool) -> int:
    """Write the table from what is kept, point by point; returns the number of rows."""
    kinds = {axis.key: _is_numeric(axis) for axis in grid.axes}
    columns: Columns = {
        "point": "whole",
        **{key: "number" if numeric else "text" for key, numeric in kinds.items()},
        **dict.fromkeys(LABELS, "text"),
        "value": "number",
        "standard_error": "number",
    }
    written = 0
    with writing_file(out, force=force) as path:
        writer = TableWriter(path, columns, csv_file=out.suffix.lower() == ".csv", about=about)
        try:
            batch = _Batch(kinds)
            points = zip(grid.points(), read_back(kept), strict=True)
            for number, (point, made) in enumerate(points, start=1):
                batch.add(number, point, made)
                if batch.rows >= ROWS or number == len(grid):
                    writer.write(batch.part())
                    written += batch.rows
                    batch = _Batch(kinds)
            writer.close()
        except BaseException:
            writer.abort()
            raise
    return written


def _is_numeric(axis: Axis) -> bool:
    return all(isinstance(v, int | Decimal) and not isinstance(v, bool) for v in axis.values)


class _Batch:
    """Rows of some points, as the writer of tables takes them."""

    def __init__(self, kinds: Mapping[str, bool]) -> None:
        self.kinds = kinds
        self.points: list[tuple[int, Point, PointMade]] = []
        self.rows = 0

    def add(self, number: int, point: Point, made: PointMade) -> None:
        """All rows of one more point."""
        self.points.append((number, point, made))
        self.rows += len(made.rows)

    def part(self) -> dict[str, Any]:
        """The columns."""
        counts = [len(made.rows) for _, _, made in self.points]
        found: dict[str, Any] = {"point": np.repeat([n for n, _, _ in self.points], counts)}
        for i, (key, numeric) in enumerate(self.kinds.items()):
            values = [point[i] for _, point, _ in self.points]
            if numeric:
                found[key] = np.repeat([float(v) for v in values], counts)  # type: ignore[arg-type]
            else:
                found[key] = list(zip(map(text_of, values), counts, strict=True))
        rows = [row for _, _, made in self.points for row in made.rows]
        for i, name in enumerate(LABELS):
            found[name] = [(row[i], 1) for row in rows]
        found["value"] = np.concatenate([made.values for _, _, made in self.points])
        found["standard_error"] = np.concatenate([made.errors for _, _, made in self.points])
        return found
