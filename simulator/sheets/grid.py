"""Cells of a sheet, the lines they stand in, and how a message names their place."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from simulator.errors import Problem, shorten
from simulator.sheets.words import column_label

MAX_BYTES = 20_000_000
MAX_ROWS = 50_000
MAX_COLUMNS = 100
ENOUGH = 10_000
"""Problems of a file after which the rest is not read: nobody mends so many one by one."""

MAX_LINES = 1_000_000
"""Of a CSV, blank ones counted: so many take seconds."""

WORKBOOK = ".xlsx"
OTHER_WORKBOOKS = (".xls", ".xlsm", ".xlsb", ".ods", ".numbers")


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell without a usable value: what it shows, what is wanted, and how to mend it."""

    shown: str
    wanted: str
    remedy: str


Cell = str | bool | Decimal | dt.date | Fault
"""Text of a CSV or a workbook; a workbook also has numbers, truth and dates."""


@dataclass(frozen=True, slots=True)
class Line:
    """The cells of one row; `number` is the row in the sheet, or the line in a CSV, from 1."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """The filled rows of one sheet, the header first; `columns` are their places, from 1.

    `sheet` is empty for a CSV. Rows of a workbook are all as long as `columns`.
    """

    file: str
    sha256: str
    size: int
    sheet: str = ""
    columns: tuple[int, ...] = ()
    lines: tuple[Line, ...] = ()
    problems: list[Problem] = field(default_factory=list)


def split_reference(reference: str) -> tuple[str, str]:
    """File and sheet of `lists.xlsx#Posts`; no sheet where none is named."""
    file, hash_sign, sheet = reference.partition("#")
    if hash_sign and file.lower().endswith(WORKBOOK):
        return file, sheet.strip()
    return reference, ""


def joined_reference(path: Path, sheet: str) -> Path:
    """The path of a file with its sheet, as `split_reference` takes it apart."""
    return path.with_name(f"{path.name}#{sheet}") if sheet else path


def is_workbook(file: str) -> bool:
    """True for a name that ends as a workbook's does, also one of a kind that is not read."""
    return file.lower().endswith((WORKBOOK, *OTHER_WORKBOOKS))


def letters(column: int) -> str:
    """The letters of a column counted from 1: A, Z, AA."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def cell_name(sheet: str, row: int, column: int | None = None) -> str:
    """`sheet Posts, cell B7`, or `sheet Posts, row 7`; empty for a CSV, which has lines."""
    if not sheet:
        return ""
    where = f"cell {letters(column)}{row}" if column else f"row {row}"
    return f"sheet {shorten(sheet)}, {where}"


@dataclass(frozen=True, slots=True)
class Places:
    """Where the columns of a list stand: place (from 1) and header cell by field.

    `sheet` is empty for a CSV, whose places are not told: its lines are.
    """

    sheet: str = ""
    columns: dict[str, tuple[int, str]] = field(default_factory=dict)

    def label(self, name: str, line: int, place: int | None = None) -> str:
        """`grade`, or `sheet Posts, cell C7, grade ("职等")`; `place` of a column without name."""
        at, header = self.columns.get(name, (place, ""))
        if at is None and name:
            below = (at for one, (at, _) in self.columns.items() if one.startswith(f"{name}."))
            at = next(below, None)
        where = cell_name(self.sheet, line, at)
        return ", ".join(filter(None, (where, column_label(name, header))))


def cell_text(cell: Cell) -> str:
    """A cell as text: as it was typed in a CSV, with a point and no separators in a workbook."""
    match cell:
        case bool():
            return "TRUE" if cell else "FALSE"
        case Decimal():
            return f"{cell:f}" if abs(cell.adjusted()) < 40 else str(cell)
        case dt.date():
            return cell.isoformat()
        case Fault():
            return cell.shown
    return cell.strip()


def too_many_lines(text: str, file: str) -> Problem | None:
    """The problem of a CSV that has more lines than anybody's list, found without reading them."""
    lines = max(text.count("\n"), text.count("\r"))
    if lines <= MAX_LINES:
        return None
    remedy = "remove the blank lines, or keep what is wanted of it in a file of its own"
    return Problem(f"at most {MAX_LINES} lines are wanted", "", f"{lines} lines", remedy, file)


def separator_of(header: str) -> str:
    """Semicolon or comma: whichever stands more often between the cells of a header."""
    outside = "".join(header.split('"')[::2])
    return ";" if outside.count(";") > outside.count(",") else ","
