"""Columns and cells of a list as the fields of its entries and their values."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, get_origin

from simulator.errors import did_you_mean
from simulator.scenario.decode import decimal_of
from simulator.scenario.shape import entry_types, is_model, is_number, keys_at, types_at
from simulator.sheets.grid import Cell, Fault, cell_text
from simulator.sheets.numerals import Marks

_FLAGS = {
    **dict.fromkeys(("true", "yes", "vrai", "oui", "wahr", "ja", "是"), True),
    **dict.fromkeys(("false", "no", "faux", "non", "falsch", "nein", "否"), False),
}
"""Truth as spreadsheets of several languages write it into a CSV."""
_DIGITS = re.compile(r"[+-]?\d{1,39}", re.ASCII)
_TYPE_AGAIN = "and type the value again: the spreadsheet took it for something else"


@dataclass(frozen=True, slots=True)
class Column:
    """A field of an entry, and the types that it may have."""

    name: str
    types: tuple[Any, ...]

    @property
    def number(self) -> bool:
        """True where numbers are wanted."""
        return is_number(self.types) and bool not in self.types


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a cell has no value that its column could take."""

    wanted: str
    remedy: str = ""


def fields(section: str) -> frozenset[str]:
    """Fields of one entry of a list."""
    return keys_at((section, 0)) or frozenset()


def column_of(section: str, name: str) -> tuple[Column | None, str, str]:
    """The column of a field such as `amount.pert.min`, or what is wrong with it and a remedy."""
    if not name:
        return None, "a column name is wanted", "name the column as in the scenario, or remove it"
    here, path = entry_types(section), name.split(".")
    for depth, part in enumerate(path):
        known = frozenset(key for one in here if is_model(one) for key in one.model_fields)
        if known and part not in known:
            shown = [".".join((*path[:depth], key)) for key in known]
            return None, "unknown column, which would be ignored", did_you_mean(name, shown)
        here = tuple(below for one in here for below in types_at((part,), one))
        if not here or not part:
            return None, "unknown column, which would be ignored", "see `sim schema` for the names"
    if any(get_origin(one) in (tuple, dict) for one in here):
        text = "a list or table does not fit into one cell"
        remedy = f"use columns such as {name}.2024, or keep this list in the TOML file"
        return None, text, remedy
    if any(is_model(one) for one in here) and not is_number(here):
        return None, "a table does not fit into one cell", f"use columns such as {name}.min"
    return Column(name, here), "", ""


def value_of(types: tuple[Any, ...], cell: Cell, marks: Marks) -> Any:  # noqa: ANN401
    """The cell as its column's type, or why it cannot be (`Refused`).

    Text that is no date is left to the model, which says what it wants.
    """
    if isinstance(cell, Fault):
        return Refused(cell.wanted, cell.remedy)
    if bool in types:
        flag = cell if isinstance(cell, bool) else _FLAGS.get(cell_text(cell).lower())
        return Refused("true or false is wanted") if flag is None else flag
    if is_number(types):
        return _number(cell, marks)
    if dt.date in types:
        return _date(cell)
    return _text(cell)


def _number(cell: Cell, marks: Marks) -> Any:  # noqa: ANN401 - int, Decimal or Refused
    if isinstance(cell, bool):
        return Refused("a number is wanted, this is true or false", "write the number")
    if isinstance(cell, dt.date):
        return Refused("a number is wanted, this is a date",
                       f"format the cell as a number {_TYPE_AGAIN}")  # fmt: skip
    text = cell_text(cell)
    if isinstance(cell, str):
        numeral = marks.read(text)
        if not numeral.plain:
            return Refused(numeral.wanted, numeral.remedy)
        text = numeral.plain
    return int(text) if _DIGITS.fullmatch(text) else decimal_of(text)


def _date(cell: Cell) -> Any:  # noqa: ANN401 - a date, text for the model, or Refused
    if isinstance(cell, bool | Decimal):
        return Refused("a date such as 2031-01-31 is wanted", "format the cell as a date")
    if isinstance(cell, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", cell):
        try:
            return dt.date.fromisoformat(cell)
        except ValueError:
            return cell
    return cell


def _text(cell: Cell) -> str | Refused:
    """Text; a number as it is, because grades and periods may be numbers."""
    if isinstance(cell, bool | dt.date):
        what = "true or false" if isinstance(cell, bool) else "a date"
        return Refused(f"text is wanted, this is {what}",
                       f"format the cell as text {_TYPE_AGAIN}")  # fmt: skip
    return cell_text(cell)


def put(entry: dict[str, Any], path: list[str], value: Any) -> bool:  # noqa: ANN401
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
