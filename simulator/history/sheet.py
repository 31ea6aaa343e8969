"""A small CSV of a user as rows of cells, and cells as months, days and numbers.

Lines may end in \\n, \\r\\n or \\r, also mixed: each ends a line, and lines are counted so. A byte
order mark is dropped, blank lines are skipped, cells are trimmed, column names may be in capitals.
Commas separate cells and numbers have a point for decimals; semicolons, tabs and decimal commas
are refused, because 1,234 could be either.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path

from simulator.errors import InputError, Problem, nearest, shorten
from simulator.files import read_bytes, text_of
from simulator.units import Month

MAX_BYTES = 20_000_000
MAX_PROBLEMS = 200

_LINE_END = re.compile(r"\r\n|\r|\n")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?\Z", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one line by column; a refused column is absent."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of a file, and everything that is wrong with it so far.

    `unread` are the lines that were not understood: whatever they say is missing elsewhere.
    """

    file: str
    sha256: str
    columns: tuple[str, ...]
    header_line: int
    rows: tuple[Row, ...]
    problems: list[Problem] = field(default_factory=list)
    unread: list[int] = field(default_factory=list)

    def add(
        self, wanted: str, *, line: int | None = None, key: str = "", value: str = "",
        remedy: str = "",
    ) -> None:  # fmt: skip
        """Note a problem in this file."""
        self.problems.append(Problem(wanted, key, shorten(value), remedy, self.file, line))

    def refuse(self) -> None:
        """Raise InputError with all that was noted, in the order of lines, if anything was."""
        problems = sorted(dict.fromkeys(self.problems), key=lambda problem: problem.line or 0)
        if len(problems) > MAX_PROBLEMS:
            rest = f"{len(problems) - MAX_PROBLEMS} more problems are not shown"
            problems = [*problems[:MAX_PROBLEMS], Problem(rest, file=self.file)]
        if problems:
            raise InputError(problems)


def read_sheet(path: str | Path, what: str) -> Sheet:
    """The rows of a CSV; `what` it should be is for messages.

    Raises InputError when it is no text file, or its first row is no header of a CSV with commas;
    EnvironmentFault when the system refuses to read it. Rows that are wrong become problems.
    """
    file = str(path)
    data = read_bytes(Path(path), file, limit=MAX_BYTES, what=what)
    lines = [
        (number, line)
        for number, line in enumerate(_LINE_END.split(text_of(data, file, what=what)), 1)
        if line.strip(" ,\t;\x0c")
    ]
    problems: list[Problem] = []
    number, first = lines[0] if lines else (1, "")
    columns = [name.lower() for name in _cells(first, number, file, problems) or ()]
    if problems or len(columns) < 2:
        raise InputError(problems or _no_columns(first, number, file, what))
    rows = tuple(_rows(lines[1:], columns, file, problems))
    unread = [problem.line or 0 for problem in problems]
    if not rows and not problems:
        wanted = f"{what} is wanted, there is no row below the header"
        problems.append(Problem(wanted, file=file, line=number))
    return Sheet(
        file, hashlib.sha256(data).hexdigest(), tuple(columns), number, rows, problems, unread
    )


def _cells(line: str, number: int, file: str, problems: list[Problem]) -> list[str] | None:
    try:
        return [cell.strip() for cell in next(csv.reader([line], strict=True))]
    except csv.Error as error:
        remedy = "close every quote on its line; double the quotes inside a quoted cell"
        problems.append(
            Problem(f"a CSV row is wanted: {error}", "", shorten(line), remedy, file, number)
        )
        return None


def _no_columns(first: str, number: int, file: str, what: str) -> Problem:
    wanted = f"{what} with commas between its columns is wanted"
    remedy = "the first row names the columns"
    if ";" in first or "\t" in first:
        remedy = "save the sheet as CSV with commas, and numbers with a point for decimals"
    return Problem(wanted, "", shorten(first), remedy, file, number)


def _rows(
    lines: Iterable[tuple[int, str]], columns: list[str], file: str, problems: list[Problem]
) -> Iterator[Row]:
    for number, line in lines:
        cells = _cells(line, number, file, problems)
        if cells is None:
            continue
        if len(cells) == len(columns):
            yield Row(number, dict(zip(columns, cells, strict=True)))
            continue
        remedy = "give one cell for each column of the first row"
        if len(cells) > len(columns):
            remedy = "write decimals with a point; put text that contains a comma in double quotes"
        elif ";" in line:
            remedy = "put commas, not semicolons, between the cells"
        wanted = f"{len(columns)} cells are wanted, as in the first row"
        problems.append(Problem(wanted, "", shorten(line), remedy, file, number))


def check_columns(sheet: Sheet, known: Iterable[str], ignored: Iterable[str], example: str) -> None:
    """Note columns that stand twice, or that are neither known nor ignored by name."""
    known, ignored, line = list(known), set(ignored), sheet.header_line
    for place, name in enumerate(sheet.columns, 1):
        key = shorten(name) or f"column {place}"
        if name in sheet.columns[: place - 1]:
            sheet.add(
                "this column stands twice", line=line, key=key, remedy="remove one of the two"
            )
        elif name not in known and name not in ignored:
            close = nearest(name, [*known, *ignored])
            remedy = f"did you mean {close!r}?" if close else f"the first row is such as {example}"
            wanted = "unknown column, which would be ignored"
            sheet.add(wanted, line=line, key=key, remedy=remedy)


def number_of(text: str) -> float | None:
    """A finite number, None when the text is not one; `number_remedy` says how to write it."""
    if not _NUMBER.match(text):
        return None
    number = float(text)
    return number if isfinite(number) else None


def number_remedy(text: str) -> str:
    """How to write a number that was not understood."""
    if not text or text.strip("-.#/").lower() in ("", "na", "n/a", "nan", "null", "none", "nd"):
        return "remove the row when there is no figure; gaps are reported apart"
    if "%" in text:
        return "write 0.05 for 5 %"
    if re.fullmatch(r"[+-]?\d+,\d+", text) and not re.fullmatch(r"[+-]?[1-9]\d{0,2},\d{3}", text):
        return f"write decimals with a point: {text.replace(',', '.')}"
    if re.fullmatch(r"[+-]?\d[\d .,'\u00a0\u202f\u2019_]*", text):
        return "write 1234.5: a point for decimals and no thousands separators"
    return "write a number such as 1.2345"


def month_or_day(text: str) -> Month | dt.date | None:
    """A month such as 2031-01 or a day such as 2031-01-31, None when the text is neither."""
    try:
        if _DAY.match(text):
            return dt.date.fromisoformat(text)
        month = Month.parse(text)
        return month if month.last_day() else None
    except ValueError:
        return None


def day_of(text: str) -> dt.date | None:
    """A day such as 2031-01-31, None when the text is not one."""
    day = month_or_day(text)
    return day if isinstance(day, dt.date) else None
