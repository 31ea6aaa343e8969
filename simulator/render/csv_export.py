"""Results as CSV: as a program reads it, or as a spreadsheet of a place does.

For programs: UTF-8, comma, decimal point, every number with all its bits. For spreadsheets: a byte
order mark, so that accents survive; a semicolon, because the comma is the decimal mark; 15 digits,
which is what a spreadsheet keeps of a text; and text that would be taken for a formula is marked
as text.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import TextIO

from simulator.render.workbook.draws import SLICE
from simulator.store.result import Run
from simulator.store.summary import NAMES

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula in a CSV."""

Cell = str | int | float


@dataclass(frozen=True, slots=True)
class Flavour:
    """How a CSV is written; `digits` 0 means as many as the number has."""

    delimiter: str = ","
    decimal: str = "."
    mark: bool = False
    digits: int = 0

    def cell(self, value: Cell) -> str:
        """A cell; nothing for a number that cannot be had."""
        if isinstance(value, float):
            if math.isnan(value):
                return ""
            text = f"{value:.{self.digits}g}" if self.digits else repr(value)
            return text.replace(".", self.decimal)
        if isinstance(value, str):
            return f"'{value}" if self.mark and value.startswith(FORMULA) else value
        return str(value)


PROGRAM = Flavour()


def spreadsheet(decimal: str) -> Flavour:
    """As a spreadsheet with this decimal mark reads it; the semicolon is safe with both."""
    return Flavour(";", decimal, mark=True, digits=15)


def write_csv(path: Path, rows: Iterable[Sequence[Cell]], flavour: Flavour = PROGRAM) -> None:
    """Write rows as they come."""
    with path.open("w", encoding="utf-8-sig" if flavour.mark else "utf-8", newline="") as file:
        _write(file, rows, flavour)


def _write(file: TextIO, rows: Iterable[Sequence[Cell]], flavour: Flavour) -> None:
    ending = "\r\n" if flavour.mark else "\n"
    writer = csv.writer(file, delimiter=flavour.delimiter, lineterminator=ending)
    for row in rows:
        writer.writerow([flavour.cell(value) for value in row])


def summary_table(runs: Sequence[Run]) -> Iterator[Sequence[Cell]]:
    """Headings, then every statistic of every result: the name of the result, then as stored."""
    yield ("result", *NAMES)
    for run in runs:
        for row in run.summary():
            yield (run.manifest.scenario, *astuple(row))


def draws_table(runs: Sequence[Run], draws: int) -> Iterator[Sequence[Cell]]:
    """Headings, then a row for each of the first `draws` draws and each period, every output.

    Results need not have the same outputs: what a result has not is left empty.
    """
    names = list(dict.fromkeys(column.name for run in runs for column in run.columns()))
    yield ("result", "draw", "period", *names)
    for run in runs:
        yield from _draws(run, names, min(draws, run.manifest.draws))


def _draws(run: Run, names: Sequence[str], draws: int) -> Iterator[Sequence[Cell]]:
    known = {column.name for column in run.columns()}
    for period in run.periods:
        pieces = [run.chunks(name, period) if name in known else None for name in names]
        passed = 0
        while passed < draws:
            arrays = [None if piece is None else next(piece) for piece in pieces]
            size = next(len(array) for array in arrays if array is not None)
            size = min(size, draws - passed)
            for low in range(0, size, SLICE):
                high = min(low + SLICE, size)
                columns = [
                    [""] * (high - low) if array is None else array[low:high].tolist()
                    for array in arrays
                ]
                for i, values in enumerate(zip(*columns, strict=True)):
                    yield (run.manifest.scenario, passed + low + i, period, *values)
            passed += size


def text_of(rows: Iterable[Sequence[Cell]], flavour: Flavour = PROGRAM) -> str:
    """The same as text."""
    held = io.StringIO(newline="")
    _write(held, rows, flavour)
    return held.getvalue()
