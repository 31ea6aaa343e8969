"""Sheets of numbers and formulas whose cells have names, for a workbook made from inputs only."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name

Number = int | float | Fraction


class List:
    """A sheet with one named number or formula a row: name in A, value in B."""

    def __init__(self, book: Workbook, title: str) -> None:
        self.title = title
        self._sheet = book.add_worksheet(title)
        self._rows: dict[str, int] = {}

    def put(self, name: str, value: Number | str) -> str:
        """A number, or a formula without its sign; returns where it stands."""
        assert name not in self._rows, name
        row = self._rows[name] = len(self._rows)
        self._sheet.write_string(row, 0, name)
        if isinstance(value, str):
            self._sheet.write_formula(row, 1, f"={value}")
        else:
            self._sheet.write_number(row, 1, float(value))
        return self[name]

    def __getitem__(self, name: str) -> str:
        """The cell of a name, as other sheets write it."""
        return f"{self.title}!$B${self._rows[name] + 1}"

    def __contains__(self, name: str) -> bool:
        return name in self._rows

    def total(self, names: Iterable[str]) -> str:
        """A sum of cells."""
        return "(" + ("+".join(self[name] for name in names) or "0") + ")"


class Table:
    """A sheet with a row for each draw; columns are named, `#` is the row in a formula."""

    def __init__(self, book: Workbook, title: str, rows: int) -> None:
        self.title, self.rows = title, rows
        self._sheet = book.add_worksheet(title)
        self._columns: dict[str, str] = {}

    def _next(self, name: str) -> int:
        assert name not in self._columns, name
        at = len(self._columns)
        self._columns[name] = xl_col_to_name(at)
        self._sheet.write_string(0, at, name)
        return at

    def numbers(self, name: str, values: Any) -> None:
        """A column of numbers."""
        at = self._next(name)
        for row, value in enumerate(values, 1):
            self._sheet.write_number(row, at, float(value))

    def formula(self, name: str, text: str) -> str:
        """A column with one formula in every row; returns how other formulas read it."""
        at = self._next(name)
        for row in range(1, self.rows + 1):
            self._sheet.write_formula(row, at, "=" + text.replace("#", str(row + 1)))
        return self[name]

    def __getitem__(self, name: str) -> str:
        return f"{self.title}!{self._columns[name]}#"

    def __contains__(self, name: str) -> bool:
        return name in self._columns
