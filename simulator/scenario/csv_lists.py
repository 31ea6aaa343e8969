"""Lists kept in a spreadsheet: a CSV or a workbook becomes posts, pledges or figures.

The first row names the fields as the TOML does, or in another language of `sheets.words`;
`amount.pert.min` or `received.2031` builds nested tables. An empty cell is a field not given.
Numbers are read as `sheets.numerals` says.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulator.errors import InputError, Problem, shorten
from simulator.scenario.decode import read_text
from simulator.scenario.list_cells import Column, Refused, column_of, fields, put, value_of
from simulator.scenario.places import Path as Place
from simulator.scenario.places import found_text
from simulator.sheets.grid import (
    ENOUGH,
    MAX_BYTES,
    MAX_COLUMNS,
    MAX_ROWS,
    Cell,
    Line,
    Places,
    cell_text,
    is_workbook,
    separator_of,
    too_many_lines,
)  # fmt: skip
from simulator.sheets.numerals import Marks
from simulator.sheets.words import field_of

SECTIONS = ("posts", "post_changes", "pledges", "published")
"""Lists that may come from a CSV or a workbook."""


@dataclass(frozen=True, slots=True)
class CsvList:
    """The entries of one list, the row of each, and what is wrong with the file.

    `name` is its path from the scenario's folder; `sha256` and `size` are of the bytes read.
    `refused` are the columns of refused cells by line, line 0 for a whole column or row.
    """

    file: str
    name: str = ""
    sha256: str = ""
    size: int = 0
    places: Places = field(default_factory=Places)
    entries: list[dict[str, Any]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    refused: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(
        self, wanted: str, *, line: int | None = None, key: str = "", value: str = "",
        remedy: str = "", place: int | None = None,
    ) -> None:  # fmt: skip
        """Note a problem in this file; of a column when `key` names one, or `place` counts it."""
        self.refused[line if line is not None and line in self.lines[-1:] else 0].add(key)
        shown = self.places.label(key, line or 1, place)
        self.problems.append(Problem(wanted, shown, value, remedy, self.file, line))

    def key(self, path: Place) -> str:
        """The column, and in a workbook the cell, that a place (row, column, …) stands in."""
        return self.places.label(".".join(str(part) for part in path[1:]), self.line(path))

    def line(self, path: Place) -> int:
        """The line of a row counted from 0; of the header for what has no row."""
        row = path[0] if path else None
        return self.lines[row] if isinstance(row, int) and row < len(self.lines) else 1


def read_csv_list(section: str, path: Path, file: str, name: str = "", sheet: str = "") -> CsvList:
    """Entries of `section` from a CSV or a workbook's sheet; problems carry file, row and column.

    Raises EnvironmentFault when the system refuses to read it, or nothing reads workbooks here.
    """
    try:
        if is_workbook(file):
            from simulator.sheets.workbook import read_workbook  # XML comes with it

            grid = read_workbook(path, file, sheet, what="a workbook beside the scenario")
            result = CsvList(file, name, grid.sha256, grid.size, Places(grid.sheet))
            for problem in grid.problems:
                result.problems.append(problem)
                result.refused[0].add("")
            _read_lines(section, grid.lines, grid.columns, Marks(), result)
            return result
        found = read_text(path, file, limit=MAX_BYTES, what="a CSV file")
    except InputError as error:
        return CsvList(file, name, problems=list(error.problems))
    result = CsvList(file, name, found.sha256, found.size)
    if many := too_many_lines(found.text, file):
        return CsvList(file, name, problems=[many])
    first = next((line for line in found.text.splitlines() if line.strip(" ,;\t")), "")
    separator = separator_of(first)
    lines = tuple(_csv_lines(found.text, separator, result))
    if lines or not result.problems:
        _read_lines(section, lines, (), Marks(separator), result)
    return result


def _csv_lines(text: str, separator: str, result: CsvList) -> Iterator[Line]:
    """Rows that have any text, each with its first line, up to one that is no CSV."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=separator)
    end = 0
    try:
        for row in reader:
            line, end = end + 1, reader.line_num
            if any(cell.strip() for cell in row):
                yield Line(line, tuple(cell.strip() for cell in row))
    except csv.Error as error:
        result.add(
            f"a CSV row is wanted: {error}",
            line=reader.line_num,
            remedy="close every quote; double the quotes inside a quoted cell",
        )


def _read_lines(
    section: str, lines: tuple[Line, ...], places: tuple[int, ...], marks: Marks, result: CsvList
) -> None:
    """Make entries of the lines below the header; `places` are the columns' own, in a workbook."""
    if not lines:
        remedy = "the first row names the columns, such as " + ", ".join(sorted(fields(section)))
        result.add("a header and rows are wanted, the file is empty", line=1, remedy=remedy)
        return
    header, rows = lines[0], lines[1:]
    columns = _columns(section, header, places, result)
    if len(rows) > MAX_ROWS:
        result.add(f"at most {MAX_ROWS} rows are wanted", line=rows[MAX_ROWS].number)
        rows = rows[:MAX_ROWS]
    fitting = [line for line in rows if _fits(line, len(columns), marks.separator, result)]
    numbers = [at for at, column in enumerate(columns) if column is not None and column.number]
    for line in fitting:
        for at in numbers:
            cell = line.cells[at]
            if isinstance(cell, str):
                marks.learn(cell)
    for line in fitting:
        if len(result.problems) >= ENOUGH:
            break
        result.lines.append(line.number)
        result.entries.append(_entry(columns, line, marks, result))


def _fits(line: Line, width: int, separator: str, result: CsvList) -> bool:
    """True for a line as wide as the header; another is a problem."""
    if len(line.cells) == width:
        return True
    what = "semicolon" if separator == ";" else "comma"
    remedy = f"put cells that contain a {what} in double quotes"
    result.add(f"{width} cells are wanted, as in the first row", line=line.number,
               value=f"{len(line.cells)} cells", remedy=remedy)  # fmt: skip
    return False


def _columns(
    section: str, header: Line, places: tuple[int, ...], result: CsvList
) -> list[Column | None]:
    """Name and types of every column; None for a column that is refused (and reported)."""
    names = [cell_text(cell) for cell in header.cells]
    if len(names) > MAX_COLUMNS:
        result.add(f"at most {MAX_COLUMNS} columns are wanted", line=header.number,
                   value=f"{len(names)} columns")  # fmt: skip
        return [None] * len(names)
    if len(names) == 1 and "\t" in names[0]:
        result.add(
            "commas or semicolons between the cells are wanted",
            line=header.number,
            value=found_text(names[0]),
            remedy="save the sheet as CSV, or as a workbook (.xlsx)",
        )
        return [None]
    columns: list[Column | None] = []
    for place, name in zip(places or range(1, len(names) + 1), names, strict=True):
        column, problem, remedy = column_of(section, field_of(name))
        if column is not None and column.name in result.places.columns:
            problem, remedy = "this column stands twice", "remove one of the two"
        if problem:
            key = shorten(name) or f"column {place}"
            result.add(problem, line=header.number, key=key, remedy=remedy, place=place)
        elif column is not None:
            result.places.columns[column.name] = (place, name)
        columns.append(None if problem else column)
    return columns


def _entry(
    columns: list[Column | None], line: Line, marks: Marks, result: CsvList
) -> dict[str, Any]:
    entry: dict[str, Any] = {}
    for column, cell in zip(columns, line.cells, strict=True):
        if column is None or cell == "":
            continue
        value = value_of(column.types, cell, marks)
        if isinstance(value, Refused):
            result.add(value.wanted, line=line.number, key=column.name, value=_shown(cell),
                       remedy=value.remedy)  # fmt: skip
        elif not put(entry, column.name.split("."), value):
            remedy = "give either the plain number or the columns of a law in one row, not both"
            result.add("this cell contradicts another of its row", line=line.number,
                       key=column.name, value=_shown(cell), remedy=remedy)  # fmt: skip
    return entry


def _shown(cell: Cell) -> str:
    """A cell as a message shows it: text in quotes."""
    return found_text(cell) if isinstance(cell, str) else shorten(cell_text(cell))
