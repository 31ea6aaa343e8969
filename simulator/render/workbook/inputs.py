"""*Inputs*: every input with its law and source; those that *Cascade* reads have names."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from simulator.render.workbook.book import Book
from simulator.render.workbook.listing import Input, inputs_of
from simulator.render.workbook.page import Page
from simulator.render.workbook.stored import Stored
from simulator.render.workbook.styles import Style
from simulator.units import exact, parse_share

LIVE = re.compile(
    r"parents\.[^.]+\.share"
    r"|lines\.[^.]+\.(appropriation|growth\.\d+|recosting\.\d+|standard_cost_scale\.\d+)"
    r"|income\.[^.]+\.(appropriation|estimate)"
    r"|categories\.[^.]+\.delayed_recruitment"
    r"|grades\.[^.]+\.standard_cost"
    r"|rates\.[^.]+\.(budget|pegged\.ratio)"
)
"""Inputs that formulas of *Cascade* read."""

WIDTHS = {1: 18, 4: 34, 5: 40, 8: 40}
WRAPPED = Style(wrap=True)
HEADS = ("key", "value", "unit", "live", "law", "source", "as_of", "assumption", "note")


@dataclass(frozen=True, slots=True)
class Named:
    """Names of the live cells by key of the input, and the cells of each line's growth items."""

    names: Mapping[str, str]
    growth: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, key: str) -> str:
        return self.names[key]

    def __contains__(self, key: str) -> bool:
        return key in self.names


def write_inputs(book: Book, stored: Stored, page: Page) -> Named:
    """Fill the sheet; returns the names that formulas use."""
    words = book.words
    row = page.title(words("inputs_title"), words("inputs_note"))
    page.heads(row, [words(f"head_{key}") for key in HEADS])
    page.freeze(row + 1, 2, repeat=(row, row))
    names: dict[str, str] = {}
    growth: dict[str, list[int]] = {}
    for row, one in enumerate(inputs_of(stored.scenario), start=row + 1):  # noqa: B020 - goes on below
        live = LIVE.fullmatch(one.key) is not None
        _row(page, book, row, one, live=live)
        if live:
            prefix = f"{stored.label}." if stored.label else ""
            names[one.key] = book.name_cell(prefix + one.key, page.at(row, 1))
        if ".growth." in one.key and live:
            growth.setdefault(one.key.split(".")[1], []).append(row)
    for column, width in WIDTHS.items():
        page.wide(column, width)
    ranges = {line: page.column_range(1, rows[0], rows[-1]) for line, rows in growth.items()}
    return Named(names, ranges)


def _row(page: Page, book: Book, row: int, one: Input, *, live: bool) -> None:
    words = book.words
    label = f"{one.key} ({one.title})" if one.title else one.key
    page.text(row, 0, label)
    _value(page, row, one, Style("input" if live else "", "general"))
    page.text(row, 2, one.unit)
    page.text(row, 3, words("yes") if live else "")
    page.text(row, 4, one.law, WRAPPED, fits=False)
    page.text(row, 5, one.source, WRAPPED, fits=False)
    page.text(row, 6, one.as_of)
    page.text(row, 7, words("yes") if one.assumption else "")
    page.text(row, 8, one.note, WRAPPED, fits=False)


def _value(page: Page, row: int, one: Input, style: Style) -> None:
    """The value as a number wherever it is one; an exact share as the quotient that it is."""
    value = one.value
    if one.key.endswith((".share", ".in_budget_currency")) and isinstance(value, str):
        share = parse_share(value)
        if share.denominator != 1:
            quotient = f"{share.numerator}/{share.denominator}"
            page.formula(row, 1, quotient, float(share), style)
            return
        value = Decimal(int(share))
    if isinstance(value, bool):
        page.text(row, 1, str(value).lower(), style.but(wrap=True))
    elif isinstance(value, Decimal | int):
        page.number(row, 1, number_of(value), style)
    else:
        text = value.isoformat() if isinstance(value, dt.date) else value
        page.text(row, 1, text, style.but(wrap=True), fits=False)


def number_of(value: Decimal | Fraction | int) -> float:
    """The nearest float64, which is what a spreadsheet holds."""
    return float(exact(value))
