"""A list in a workbook: the filled cells of one sheet, with the place of each.

Needs python-calamine, the optional extra `xlsx`. Numbers are those stored, not those shown, so
formats, locales and percent signs change nothing; dates are dates by their format. Hidden rows
and columns count as rows and columns.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

from simulator.errors import EnvironmentFault, InputError, Problem, did_you_mean, shorten
from simulator.files import read_bytes
from simulator.sheets.grid import MAX_BYTES, WORKBOOK, Cell, Fault, Grid, Line, cell_name
from simulator.sheets.package import Scan, package, part_of_sheet, scan

MISSING = (
    "{file}: reading workbooks needs python-calamine, which is not installed\n"
    "    → pip install 'simulator[xlsx]', or save the sheet as CSV"
)
_Merged = tuple[tuple[int, int], tuple[int, int]]
_Raw = list[list[Any]]


def read_workbook(path: Path, file: str, sheet: str = "", *, what: str = "a workbook") -> Grid:
    """The filled rows of `sheet`, of the first visible one unless named.

    Raises InputError when it is no workbook, is damaged, too large, has no such sheet or no filled
    row; EnvironmentFault when python-calamine is missing or the system refuses to read the file.
    Merged cells are among the problems of the result.
    """
    if not file.lower().endswith(WORKBOOK):
        remedy = "save it as .xlsx, or the sheet as CSV"
        raise InputError(Problem(f"{what} as .xlsx or .csv is wanted", remedy=remedy, file=file))
    calamine = _calamine(file)
    data = read_bytes(path, file, limit=MAX_BYTES, what=what)
    with package(data, file) as archive:
        book = _opened(calamine, data, file)
        name = _sheet_named(book, sheet, file)
        found = scan(archive, part_of_sheet(archive, name), file, name)
        rows, merged = _cells(book, name, file)
    grid = _grid(rows, found, Grid(file, hashlib.sha256(data).hexdigest(), len(data), name))
    _note_merged(merged, grid)
    return grid


def _calamine(file: str) -> Any:  # noqa: ANN401 - an optional module
    try:
        import python_calamine
    except ImportError:
        raise EnvironmentFault(MISSING.format(file=file)) from None
    return python_calamine


def _opened(calamine: Any, data: bytes, file: str) -> Any:  # noqa: ANN401
    try:
        return calamine.load_workbook(BytesIO(data))
    except BaseException as error:  # noqa: BLE001 - a panic of the reader is no Exception
        raise _unread(error, file) from None


def _cells(book: Any, name: str, file: str) -> tuple[_Raw, list[_Merged]]:  # noqa: ANN401
    """All cells from A1 on, and the merged ranges (rows and columns from 0)."""
    try:
        sheet = book.get_sheet_by_name(name)
        return sheet.to_python(skip_empty_area=False), list(sheet.merged_cell_ranges or ())
    except BaseException as error:  # noqa: BLE001 - a panic of the reader is no Exception
        raise _unread(error, file) from None


def _unread(error: BaseException, file: str) -> BaseException:
    """The reader's own failure as a problem; its panics are no Exception, Ctrl-C stays itself."""
    if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
        return error
    remedy = "open it in a spreadsheet program and save it as .xlsx again, without a password"
    wanted = f"a workbook (.xlsx) is wanted, this one cannot be read: {shorten(str(error), 80)}"
    return InputError(Problem(wanted, remedy=remedy, file=file))


def _sheet_named(book: Any, wanted: str, file: str) -> str:  # noqa: ANN401
    sheets = [one for one in book.sheets_metadata if str(one.typ).endswith("WorkSheet")]
    names: list[str] = [one.name for one in sheets]
    if wanted:
        found = [name for name in names if name.casefold() == wanted.casefold()]
        if not found:
            problem = Problem("a sheet of the workbook is wanted", f"sheet {shorten(wanted)}",
                              "", did_you_mean(wanted, names), file)  # fmt: skip
            raise InputError(problem)
        return found[0]
    shown: list[str] = [one.name for one in sheets if str(one.visible).endswith(".Visible")]
    if not shown:
        raise InputError(Problem("a workbook with a sheet of cells is wanted", file=file))
    return shown[0]


def _grid(raw: _Raw, found: Scan, grid: Grid) -> Grid:
    """The filled rows as lines, without the columns that hold nothing at all."""
    lines = [
        (number, [_cell(value, found.faults.get((number, column))) for column, value in row])
        for number, row in enumerate(map(_numbered, raw), 1)
    ]
    width = max((len(cells) for _, cells in lines), default=0)
    _with_faults(lines, found, width)
    filled = [(number, cells) for number, cells in lines if any(cell != "" for cell in cells)]
    columns = [at for at in range(width) if any(cells[at] != "" for _, cells in filled)]
    if not filled:
        key = f"sheet {shorten(grid.sheet)}"
        raise InputError(
            Problem("a header and rows are wanted, the sheet is empty", key, file=grid.file)
        )
    return Grid(
        grid.file, grid.sha256, grid.size, grid.sheet, tuple(at + 1 for at in columns),
        tuple(Line(number, tuple(cells[at] for at in columns)) for number, cells in filled),
    )  # fmt: skip


def _numbered(row: Iterable[Any]) -> Iterable[tuple[int, Any]]:
    return enumerate(row, 1)


def _with_faults(lines: list[tuple[int, list[Cell]]], found: Scan, width: int) -> None:
    """Cells in error beyond the last cell that has a value are cells all the same."""
    width = max(width, found.columns)
    lines += [(number, []) for number in range(len(lines) + 1, found.rows + 1)]
    for number, cells in lines:
        cells += [
            found.faults.get((number, column), "") for column in range(len(cells) + 1, width + 1)
        ]


def _cell(value: Any, fault: Fault | None) -> Cell:  # noqa: ANN401 - what calamine gives
    """One cell as text, number, truth or date; whole days only."""
    if fault is not None:
        return fault
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return Decimal(repr(value)).normalize() if value else Decimal(0)
    if isinstance(value, dt.datetime):
        if value.time() == dt.time():
            return value.date()
    elif isinstance(value, dt.date):
        return value
    remedy = "format the cell as a number, a date or text, and type it again"
    return Fault(str(value), "a number, a date or text is wanted, this is a time", remedy)


def _note_merged(merged: list[_Merged], grid: Grid) -> None:
    """Merged cells hold one value for several rows or columns: the others would be empty."""
    first, last = grid.lines[0].number, grid.lines[-1].number
    for (top, left), (bottom, right) in merged:
        if bottom + 1 < first or top + 1 > last or left + 1 > grid.columns[-1]:
            continue
        where = cell_name(grid.sheet, top + 1, left + 1)
        end = cell_name(grid.sheet, bottom + 1, right + 1).rpartition(" ")[2]
        what = "header" if top + 1 == first else "list"
        wanted = f"one value in each cell is wanted, cells of the {what} are merged"
        remedy = "unmerge them, and fill each cell; put titles on another sheet"
        grid.problems.append(Problem(wanted, f"{where} to {end}", "", remedy, grid.file, top + 1))
