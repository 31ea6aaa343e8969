"""Lists kept in a spreadsheet: a CSV beside the scenario becomes posts, pledges or figures.

The first row names the fields as the TOML does; `amount.pert.min` or `received.2024` builds
nested tables. An empty cell is a field not given. Numbers have a point for decimals.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_origin

from simulator.errors import EnvironmentFault, InputError, Problem, did_you_mean, shorten
from simulator.scenario.decode import decimal_of, read_text
from simulator.scenario.places import Path as Place
from simulator.scenario.places import found_text
from simulator.scenario.shape import entry_types, is_model, is_number, keys_at, types_at

SECTIONS = ("posts", "post_changes", "pledges", "published")
"""Lists that may come from a CSV."""

MAX_BYTES = 20_000_000
MAX_ROWS = 50_000

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?\Z")
_FLAGS = {"true": True, "yes": True, "false": False, "no": False}


@dataclass(frozen=True, slots=True)
class CsvList:
    """The entries of one list, the file line of each, and what is wrong with the file.

    `name` is its path from the scenario's folder; `sha256` and `size` are of the bytes read.
    """

    file: str
    name: str = ""
    sha256: str = ""
    size: int = 0
    entries: list[dict[str, Any]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def add(
        self, wanted: str, *, line: int | None = None, key: str = "", value: str = "",
        remedy: str = "",
    ) -> None:  # fmt: skip
        """Note a problem in this file."""
        self.problems.append(Problem(wanted, key, value, remedy, self.file, line))

    def key(self, path: Place) -> str:
        """The column that a place (row, column, …) stands in."""
        return ".".join(str(part) for part in path[1:])

    def line(self, path: Place) -> int:
        """The line of a row counted from 0; of the header for what has no row."""
        row = path[0] if path else None
        return self.lines[row] if isinstance(row, int) and row < len(self.lines) else 1


def locate(
    folder: Path, reference: str, what: str = "a CSV file beside the scenario"
) -> tuple[Path | None, str]:
    """The file that a scenario in `folder` refers to, or None and why it is refused."""
    relative = Path(reference)
    if "\0" in reference or "\n" in reference or not reference.strip():
        return None, f"the name of {what} is wanted"
    if relative.is_absolute() or ".." in relative.parts:
        return None, "a file inside the scenario's folder is wanted"
    target = folder
    for part in relative.parts:
        target = target / part
        if _quietly(target.is_symlink):
            return None, "a file inside the scenario's folder is wanted, not a symbolic link"
    return target, ""


def is_there(path: Path) -> bool:
    """True when something of this name exists."""
    return _quietly(path.exists)


def is_file(path: Path) -> bool:
    """True for a regular file: reading it will come to an end."""
    return _quietly(path.is_file)


def _quietly(question: Callable[[], bool]) -> bool:
    """The answer of the file system; no when a name is impossible.

    Raises EnvironmentFault when it refuses to answer.
    """
    try:
        return question()
    except PermissionError as error:
        raise EnvironmentFault(f"{error.filename}: cannot be read: {error.strerror}") from error
    except OSError:
        return False


def read_csv_list(section: str, path: Path, file: str, name: str = "") -> CsvList:
    """Entries of `section` from a CSV; problems carry the file and the line of the row."""
    try:
        found = read_text(path, file, limit=MAX_BYTES, what="a CSV file")
    except InputError as error:
        return CsvList(file, name, problems=list(error.problems))
    result = CsvList(file, name, found.sha256, found.size)
    reader = csv.reader(io.StringIO(found.text, newline=""), strict=True)
    try:
        _read_rows(section, reader, result)
    except csv.Error as error:
        result.add(
            f"a CSV row is wanted: {error}",
            line=reader.line_num,
            remedy="close every quote; double the quotes inside a quoted cell",
        )
    return result


def _read_rows(section: str, reader: Any, result: CsvList) -> None:  # noqa: ANN401 - csv's reader
    header: list[str] | None = None
    columns: list[tuple[str, tuple[Any, ...]] | None] = []
    end = 0
    for row in reader:
        line, end = end + 1, reader.line_num
        if not any(cell.strip() for cell in row):
            continue
        if header is None:
            header = [cell.strip() for cell in row]
            columns = _columns(section, header, result, line)
            continue
        if len(result.lines) >= MAX_ROWS:
            result.add(f"at most {MAX_ROWS} rows are wanted", line=line)
            return
        if len(row) != len(header):
            wanted = f"{len(header)} cells are wanted, as in the first row"
            result.add(wanted, line=line, value=f"{len(row)} cells", remedy=(
                "put cells that contain a comma in double quotes"
            ))  # fmt: skip
            continue
        result.lines.append(line)
        result.entries.append(_entry(columns, row, result, line))
    if header is None:
        remedy = "the first row names the columns, such as " + ", ".join(sorted(_fields(section)))
        result.add("a header and rows are wanted, the file is empty", line=1, remedy=remedy)


def _fields(section: str) -> frozenset[str]:
    return keys_at((section, 0)) or frozenset()


def _columns(
    section: str, header: list[str], result: CsvList, line: int
) -> list[tuple[str, tuple[Any, ...]] | None]:
    """Name and types of every column; None for a column that is refused (and reported)."""
    if len(header) == 1 and header[0].count(";") + header[0].count("\t") > 0:
        result.add(
            "commas between the cells are wanted",
            line=line,
            value=found_text(header[0]),
            remedy="save the sheet as CSV with commas, and numbers with a point for decimals",
        )
        return [None]
    columns: list[tuple[str, tuple[Any, ...]] | None] = []
    for place, name in enumerate(header, 1):
        types, problem, remedy = _column_types(section, name)
        if name in header[: place - 1]:
            types, problem, remedy = (), "this column stands twice", "remove one of the two"
        if problem:
            result.add(problem, line=line, key=shorten(name) or f"column {place}", remedy=remedy)
        columns.append(None if problem else (name, types))
    return columns


def _column_types(section: str, name: str) -> tuple[tuple[Any, ...], str, str]:
    """Types of a column, or what is wrong with its name and a remedy."""
    if not name:
        return (), "a column name is wanted", "name the column as in the scenario, or remove it"
    here, path = entry_types(section), name.split(".")
    for depth, part in enumerate(path):
        known = frozenset(key for one in here if is_model(one) for key in one.model_fields)
        if known and part not in known:
            shown = [".".join((*path[:depth], key)) for key in known]
            return (), "unknown column, which would be ignored", did_you_mean(name, shown)
        here = tuple(below for one in here for below in types_at((part,), one))
        if not here or not part:
            return (), "unknown column, which would be ignored", "see `sim schema` for the names"
    if any(get_origin(one) in (tuple, dict) for one in here):
        text = "a list or table does not fit into one cell"
        remedy = f"use columns such as {name}.2024, or keep this list in the TOML file"
        return (), text, remedy
    if any(is_model(one) for one in here) and not is_number(here):
        return (), "a table does not fit into one cell", f"use columns such as {name}.min"
    return here, "", ""


def _entry(
    columns: list[tuple[str, tuple[Any, ...]] | None], row: list[str], result: CsvList, line: int
) -> dict[str, Any]:
    entry: dict[str, Any] = {}
    for column, cell in zip(columns, row, strict=True):
        text = cell.strip()
        if column is None or not text:
            continue
        name, types = column
        value = _value(types, text)
        if value is None:
            wanted = "a number with a point for decimals is wanted"
            remedy = "write 1234.5: no spaces, no thousands separators, no percent sign"
            if types[0] is bool:
                wanted, remedy = "true or false is wanted", ""
            result.add(wanted, line=line, key=name, value=found_text(text), remedy=remedy)
            continue
        if not _put(entry, name.split("."), value):
            remedy = "give either the plain number or the columns of a law in one row, not both"
            result.add("this cell contradicts another of its row", line=line, key=name,
                       value=found_text(text), remedy=remedy)  # fmt: skip
    return entry


def _value(types: tuple[Any, ...], text: str) -> Any:  # noqa: ANN401
    """The cell as its column's type, None when it cannot be; dates are left to the model."""
    if bool in types:
        return _FLAGS.get(text.lower())
    if is_number(types):
        if not _NUMBER.match(text):
            return None
        return int(text) if len(text) < 40 and re.fullmatch(r"[+-]?\d+", text) else decimal_of(text)
    if dt.date in types and re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            return text
    return text


def _put(entry: dict[str, Any], path: list[str], value: Any) -> bool:  # noqa: ANN401
    """Set a nested value; False when something else stands in its way."""
    for part in path[:-1]:
        below = entry.setdefault(part, {})
        if not isinstance(below, dict):
            return False
        entry = below
    if path[-1] in entry:
        return False
    entry[path[-1]] = value
    return True
