"""*Draws*: one row a draw, streamed, so that a full sheet of a million rows needs little memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np
from xlsxwriter.utility import xl_col_to_name

from simulator.render.workbook import styles
from simulator.render.workbook.book import MAX_ROWS, Book, ExactSheet
from simulator.render.workbook.page import NOT_AVAILABLE
from simulator.render.workbook.stored import Stored
from simulator.render.workbook.styles import of_unit
from simulator.tables import Column, Float64

MAX_DRAWS = MAX_ROWS - 1
"""Draws that a sheet holds under its row of headings."""

MAX_COLUMNS = 16_384
SLICE = 4_096


@dataclass(frozen=True, slots=True)
class DrawColumn:
    """An output in a period, as a column of the sheet."""

    column: Column
    period: str

    @property
    def heading(self) -> str:
        """Output, period and unit."""
        return f"{self.column.name} {self.period} ({self.column.unit})"


def draw_columns(stored: Stored) -> list[DrawColumn]:
    """The main outputs: contributions and net in every period, the rest over the whole."""
    scenario, cur = stored.scenario, stored.scenario.budget.currency.lower()
    known = {column.name: column for column in stored.run.columns()}
    owed = [
        stored.view.contribution(parent, currency)
        for parent in scenario.parents
        for currency in stored.view.currencies(parent)
    ]
    rates = [f"rate.{scenario.pair(scenario.parents[n].assessed_in)}" for n in stored.foreign]
    sums = [f"{name}_{cur}" for name in ("posts", "non_posts", "total", "income")]
    money = [f"xb_receipts_{cur}", f"xb_shortfall_{cur}"]
    every = [(name, p) for name in (*owed, f"net_{cur}") for p in scenario.periods]
    whole = [(name, stored.view.whole) for name in (*sums, *dict.fromkeys(rates), *money)]
    return [DrawColumn(known[name], p) for name, p in (*every, *whole) if name in known]


class BulkSheet(ExactSheet):
    """A sheet whose rows below the headings are made while the file is written."""

    source: Iterator[tuple[int, list[Float64]]]
    look: Sequence[int]
    rows: int

    def _write_dimension(self) -> None:
        self.dim_rowmax = self.rows
        super()._write_dimension()

    def _write_sheet_data(self) -> None:
        self.dim_rowmax = 0
        self._xml_start_tag("sheetData")
        self._write_rows()
        number = count(2)
        for start, arrays in self.source:
            self.fh.writelines(_rows(number, start, arrays, self.look))
        self._xml_end_tag("sheetData")


def _rows(
    number: Iterator[int], start: int, arrays: list[Float64], look: Sequence[int]
) -> Iterator[str]:
    """Rows of XML: the number of the draw, then its figures with all their bits."""
    letters = [xl_col_to_name(i) for i in range(len(arrays) + 1)]
    cells = [f'<c r="{a}%d" s="{s}"><v>%r</v></c>' for a, s in zip(letters, look, strict=True)]
    words = f't="inlineStr"><is><t>{NOT_AVAILABLE}</t></is></c>'
    size = len(arrays[0]) if arrays else 0
    for low in range(0, size, SLICE):
        pieces = [array[low : low + SLICE] for array in arrays]
        finite = all(bool(np.isfinite(piece).all()) for piece in pieces)
        columns = [piece.tolist() for piece in pieces]
        template = '<row r="%d">' + "".join(cells) + "</row>\n"
        for i, values in enumerate(zip(*columns, strict=True)):
            row = next(number)
            flat: list[Any] = [row, row, start + low + i]
            for value in values:
                flat += (row, value)
            text = template % tuple(flat)
            if not finite:
                for word in ("nan", "inf", "-inf"):
                    text = text.replace(f"><v>{word}</v></c>", f" {words}")
            yield text


def _blocks(
    stored: Stored, columns: Sequence[DrawColumn], first: int, last: int
) -> Iterator[tuple[int, list[Float64]]]:
    """Figures of the draws from `first` on and before `last`, a row group at a time."""
    pieces = [stored.run.chunks(one.column.name, one.period) for one in columns]
    place = 0
    for arrays in zip(*pieces, strict=True):
        size = len(arrays[0])
        low, high = max(first - place, 0), min(last - place, size)
        if low < high:
            yield place + low, [array[low:high] for array in arrays]
        place += size
        if place >= last:
            return


def write_draws(book: Book, stored: Stored, draws: int) -> None:
    """As many sheets as `draws` need: one, or several where the caller allowed more."""
    columns = draw_columns(stored)
    words = book.words
    sheets = -(-draws // MAX_DRAWS)
    for i in range(sheets):
        first, last = i * MAX_DRAWS, min((i + 1) * MAX_DRAWS, draws)
        title = stored.title(words, "sheet_draws") + (f" {i + 1}" if sheets > 1 else "")
        page = book.page(title, sheet_class=BulkSheet)
        page.heads(0, [words("head_draw"), *(one.heading for one in columns)])
        for column in range(1, len(columns) + 1):
            page.wide(column, 14)
        page.freeze(1, 1, repeat=(0, 0))
        page.full_size()
        looks = [styles.COUNT, *(of_unit(one.column.unit) for one in columns)]
        page.sheet.look = [book.format(look)._get_xf_index() for look in looks]
        page.sheet.rows = last - first
        page.sheet.source = _blocks(stored, columns, first, last)
        page.reaches(last - first)
