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
from simulator.units import parse_share

LIVE = re.compile(
    r"parents\.[^.]+\.share"
    r"|lines\.[^.]+\.(appropriation|growth\.\d+|recosting\.\d+|standard_cost_scale\.\d+)"
    r"|income\.[^.]+\.(appropriation|estimate)"
    r"|categories\.[^.]+\.delayed_recruitment"
    r"|grades\.[^.]+\.standard_cost"
    r"|rates\.[^.]+\.(budget|pegged\.ratio)"
)
"""Inputs that formulas of *Cascade* read."""

WIDTHS = {1: 18, 3: 18, 5: 34, 6: 40, 9: 40, 10: 30}
WRAPPED = Style(wrap=True)
HEADS = (
    "key", "value", "unit", "as_run", "live", "law", "source", "as_of", "assumption", "note",
    "approval",
)  # fmt: skip
SAME = 1e-12
"""So much of itself may a value differ from the one that was run and still count as the same."""


@dataclass(frozen=True, slots=True)
class Named:
    """Names of the live cells by key of the input, and the cells of each line's growth items.

    `states` are the cells that say of each input whether it is as it was run.
    """

    names: Mapping[str, str]
    states: str
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
    first = row + 1
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
    return Named(names, page.column_range(4, first, row), ranges)


def _row(page: Page, book: Book, row: int, one: Input, *, live: bool) -> None:
    words = book.words
    label = f"{one.key} ({one.title})" if one.title else one.key
    page.text(row, 0, label)
    _value(page, row, 1, one, Style("input" if live else "", "general"))
    page.text(row, 2, one.unit)
    if live:
        _value(page, row, 3, one, Style(shown="general"))
        now, run = page.here(row, 1), page.here(row, 3)
        texts = [words(key).replace('"', '""') for key in ("yes", "changed")]
        same = f"ABS({now}-{run})<={SAME!r}*ABS({run})".replace("e", "E")
        formula = f'IF({same},"{texts[0]}","{texts[1]}")'
        page.formula(row, 4, formula, words("yes"), Style("live"))
    page.text(row, 5, one.law, WRAPPED, fits=False)
    page.text(row, 6, one.source, WRAPPED, fits=False)
    page.text(row, 7, one.as_of)
    page.text(row, 8, words("yes") if one.assumption else "")
    page.text(row, 9, one.note, WRAPPED, fits=False)
    page.text(row, 10, one.approval, WRAPPED, fits=False)


def _value(page: Page, row: int, column: int, one: Input, style: Style) -> None:
    """The value as a number wherever it is one; an exact share as the quotient that it is."""
    value = one.value
    if one.key.endswith((".share", ".in_budget_currency")) and isinstance(value, str):
        share = parse_share(value)
        if share.denominator != 1:
            quotient = f"{share.numerator}/{share.denominator}"
            page.formula(row, column, quotient, float(share), style)
            return
        value = Decimal(int(share))
    if isinstance(value, bool):
        page.text(row, column, str(value).lower(), style.but(wrap=True))
    elif isinstance(value, Decimal | int):
        page.number(row, column, number_of(value), style)
    else:
        text = value.isoformat() if isinstance(value, dt.date) else value
        page.text(row, column, text, style.but(wrap=True), fits=False)


def number_of(value: Decimal | Fraction | int) -> float:
    """The nearest float64, which is what a spreadsheet holds."""
    return float(value)
