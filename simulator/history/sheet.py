"""A small CSV or workbook of a user as rows of cells, and cells as months, days and numbers.

Lines of a CSV may end in \\n, \\r\\n or \\r, also mixed: each ends a line, and they are counted so.
A byte order mark is dropped, blank lines are skipped, cells are trimmed. Commas or semicolons
separate cells. Column names may be in capitals, and in a language of `sheets.words`; numbers are
read as `sheets.numerals` says. `rates.xlsx#Monthly` names a sheet of a workbook.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import takewhile
from math import isfinite
from pathlib import Path

from simulator.errors import InputError, Problem, nearest, shorten
from simulator.files import read_bytes, text_of
from simulator.sheets.grid import (
    ENOUGH,
    Cell,
    Fault,
    Line,
    Places,
    cell_name,
    cell_text,
    is_workbook,
    separator_of,
    split_reference,
    too_many_lines,
)
from simulator.sheets.numerals import Marks, remedy_for
from simulator.sheets.words import field_of
from simulator.units import Month

MAX_PROBLEMS = 200
MAX_BYTES = 8_000_000
"""Of a CSV: thirty currencies, a row for each and each day since 1999, have five million."""

MAX_COLUMNS = 200

TEXTS = frozenset(
    {"month", "date", "year", "currency", "base", "pair", "country", "kind", "known_on", "days"}
    | {"note", "notes", "comment", "comments", "source", "licence", "license"}
)
"""Columns that hold no number with decimals: their cells say nothing about decimal marks."""

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
    places: Places = field(default_factory=Places)

    def add(
        self, wanted: str, *, line: int | None = None, key: str = "", value: str = "",
        remedy: str = "",
    ) -> None:  # fmt: skip
        """Note a problem in this file."""
        shown = self.places.label(key, line or self.header_line)
        self.problems.append(Problem(wanted, shown, shorten(value), remedy, self.file, line))

    def read_rows(self) -> Iterator[Row]:
        """Row by row, until there are problems enough."""
        return takewhile(lambda _: len(self.problems) < ENOUGH, self.rows)

    def refuse(self) -> None:
        """Raise InputError with all that was noted, in the order of lines, if anything was."""
        problems = sorted(
            dict.fromkeys(map(self._placed, self.problems)), key=lambda problem: problem.line or 0
        )
        if len(problems) > MAX_PROBLEMS:
            rest = f"{len(problems) - MAX_PROBLEMS} more problems are not shown"
            problems = [*problems[:MAX_PROBLEMS], Problem(rest, file=self.file)]
        if problems:
            raise InputError(problems)

    def _placed(self, problem: Problem) -> Problem:
        """The problem with its row, when it came from elsewhere and the file is a workbook."""
        sheet = self.places.sheet
        if not sheet or problem.line is None or problem.key.startswith(f"sheet {shorten(sheet)}"):
            return problem
        where = cell_name(sheet, problem.line)
        return replace(problem, key=", ".join(filter(None, (where, problem.key))))


def read_sheet(path: str | Path, what: str) -> Sheet:
    """The rows of a CSV or of a workbook's sheet; `what` it should be is for messages.

    Raises InputError when it is neither, or its first row is no header; EnvironmentFault when the
    system refuses to read it, or nothing reads workbooks here. Rows that are wrong become problems.
    """
    file, sheet = split_reference(str(path))
    if is_workbook(file):
        from simulator.sheets.workbook import read_workbook  # XML comes with it

        grid = read_workbook(Path(file), file, sheet, what=what.replace("CSV file", "workbook"))
        header, rows = grid.lines[0], grid.lines[1:]
        names = [cell_text(cell) for cell in header.cells]
        places = _places(names, grid.columns, grid.sheet)
        digest, problems, separator = grid.sha256, grid.problems, ""
    else:
        data = read_bytes(Path(file), file, limit=MAX_BYTES, what=what)
        text, problems = text_of(data, file, what=what), []
        digest = hashlib.sha256(data).hexdigest()
        if many := too_many_lines(text, file):
            raise InputError(many)
        number, names, separator, lines = _header(text, file, what)
        header = Line(number, tuple(names))
        rows, places = tuple(_rows(lines, names, separator, file, problems)), Places()
    columns = tuple(field_of(name).lower() for name in names)
    unread = [problem.line or 0 for problem in problems]
    if not rows and not problems:
        wanted = f"{what} is wanted, there is no row below the header"
        problems.append(Problem(wanted, file=file, line=header.number))
    result = Sheet(file, digest, columns, header.number, (), problems, unread, places)
    return replace(result, rows=tuple(_texts(rows, Marks(separator), result)))


def _places(names: list[str], places: tuple[int, ...], sheet: str) -> Places:
    fields = [field_of(name).lower() for name in names]
    cells = zip(fields, places, names, strict=True)
    return Places(sheet, {name: (place, header) for name, place, header in cells})


def _header(text: str, file: str, what: str) -> tuple[int, list[str], str, list[tuple[int, str]]]:
    """Line and names of the header of a CSV, the separator, and the lines below."""
    lines = [
        (number, line)
        for number, line in enumerate(_LINE_END.split(text), 1)
        if line.strip(" ,\t;\x0c")
    ]
    problems: list[Problem] = []
    number, first = lines[0] if lines else (1, "")
    separator = separator_of(first)
    names = _cells(first, separator, number, file, problems) or []
    if len(names) > MAX_COLUMNS:
        wanted, found = f"at most {MAX_COLUMNS} columns are wanted", f"{len(names)} columns"
        raise InputError(Problem(wanted, "", found, "", file, number))
    if problems or len(names) < 2:
        raise InputError(problems or _no_columns(first, number, file, what))
    return number, names, separator, lines[1:]


def _cells(
    line: str, separator: str, number: int, file: str, problems: list[Problem]
) -> list[str] | None:
    try:
        cells = next(csv.reader([line], strict=True, delimiter=separator))
        return [cell.strip() for cell in cells]
    except csv.Error as error:
        remedy = "close every quote on its line; double the quotes inside a quoted cell"
        problems.append(
            Problem(f"a CSV row is wanted: {error}", "", shorten(line), remedy, file, number)
        )
        return None


def _no_columns(first: str, number: int, file: str, what: str) -> Problem:
    wanted = f"{what} with commas or semicolons between its columns is wanted"
    remedy = "the first row names the columns"
    if "\t" in first:
        remedy = "save the sheet as CSV, or as a workbook (.xlsx)"
    return Problem(wanted, "", shorten(first), remedy, file, number)


def _rows(
    lines: Iterable[tuple[int, str]],
    columns: list[str],
    separator: str,
    file: str,
    problems: list[Problem],
) -> Iterator[Line]:
    for number, line in lines:
        if len(problems) >= ENOUGH:
            break
        cells = _cells(line, separator, number, file, problems)
        if cells is None:
            continue
        if len(cells) == len(columns):
            yield Line(number, tuple(cells))
            continue
        remedy = "give one cell for each column of the first row"
        name, other = ("semicolon", "comma") if separator == ";" else ("comma", "semicolon")
        if len(cells) > len(columns):
            remedy = f"put numbers and text that contain a {name} in double quotes"
            remedy = f"write decimals with a point, or {remedy}" if name == "comma" else remedy
        elif (";" if separator == "," else ",") in line:
            remedy = f"put {name}s, not {other}s, between the cells"
        wanted = f"{len(columns)} cells are wanted, as in the first row"
        problems.append(Problem(wanted, "", shorten(line), remedy, file, number))


def _texts(lines: tuple[Line, ...], marks: Marks, sheet: Sheet) -> Iterator[Row]:
    """The rows with numbers as plain digits; a row with a cell that has no value is unread."""
    numbers = [name not in TEXTS for name in sheet.columns]
    for line in lines:
        for number, cell in zip(numbers, line.cells, strict=True):
            if number and isinstance(cell, str):
                marks.learn(cell)
    for line in lines:
        before, cells = len(sheet.problems), {}
        if before >= ENOUGH:
            break
        for name, number, cell in zip(sheet.columns, numbers, line.cells, strict=True):
            cells[name] = _text(name, cell, marks if number else None, sheet, line.number)
        if len(sheet.problems) > before:
            sheet.unread.append(line.number)
        else:
            yield Row(line.number, cells)


def _text(name: str, cell: Cell, marks: Marks | None, sheet: Sheet, line: int) -> str:
    """A cell as text, a number in plain digits; what holds no value is noted."""
    text = cell_text(cell)
    add = partial(sheet.add, line=line, key=name, value=text)
    if isinstance(cell, Fault):
        add(cell.wanted, remedy=cell.remedy)
    elif marks is None:
        if name == "month" and isinstance(cell, dt.date) and cell.day == 1:
            return text[:7]  # what a spreadsheet makes of 2031-01
    elif isinstance(cell, bool | dt.date):
        what = "true or false" if isinstance(cell, bool) else "a date"
        remedy = "format the cell as a number and type the value again"
        add(f"a number is wanted, this is {what}", remedy=remedy)
    elif isinstance(cell, str):
        numeral = marks.read(text)
        if numeral.readings:
            add(numeral.wanted, remedy=numeral.remedy)
        return numeral.plain or text
    return text


def check_columns(sheet: Sheet, known: Iterable[str], ignored: Iterable[str], example: str) -> None:
    """Note columns that stand twice, or that are neither known nor ignored by name."""
    known, ignored, line = list(known), set(ignored), sheet.header_line
    seen: set[str] = set()
    for place, name in enumerate(sheet.columns, 1):
        key = shorten(name) or f"column {place}"
        if name in seen:
            sheet.add(
                "this column stands twice", line=line, key=key, remedy="remove one of the two"
            )
        elif name not in known and name not in ignored:
            shown = len(sheet.problems) <= MAX_PROBLEMS  # a line of separators has very many
            close = nearest(name, [*known, *ignored]) if shown else None
            remedy = f"did you mean {close!r}?" if close else f"the first row is such as {example}"
            wanted = "unknown column, which would be ignored"
            sheet.add(wanted, line=line, key=key, remedy=remedy)
        seen.add(name)


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
    return remedy_for(text)


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
