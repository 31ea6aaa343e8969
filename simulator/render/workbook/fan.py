"""*Fan*: rates by month and contributions by year, with nested bands and what came before them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise

from simulator.render.pictures.fans import (
    BAND_LEVELS,
    Fan,
    History,
    Point,
    contribution_fan,
    rate_fans,
)
from simulator.render.pictures.scale import limits_around
from simulator.render.workbook import styles
from simulator.render.workbook.book import Book
from simulator.render.workbook.charts import GRID, FanTable, axis, fan_chart, title_at
from simulator.render.workbook.page import Page
from simulator.render.workbook.stored import Stored
from simulator.render.workbook.styles import Shown, Style

SIZE = (780, 380)


def write_fan(book: Book, stored: Stored, history: Mapping[str, History] | None = None) -> None:
    """The sheet: a fan for each rate that was kept by month and for each contribution."""
    words = book.words
    page = book.page(stored.title(words, "sheet_fan"))
    row = page.title(words("fan_title"), words("fan_note"))
    page.freeze(2)
    page.portrait()
    printed = 2 + len(BAND_LEVELS) + 1
    page.print_columns(printed)
    for column in range(printed):
        page.wide(column, 11.5)
    for pair, fan in rate_fans(stored.run, history).items():
        given = (history or {}).get(pair)
        note = words("history_start")
        if given is not None and given.months:
            note = words("history_given", source=given.source)
        title = words("fan_rate", pair=fan.unit)
        row = _block(page, book, row, (title, note), fan, beside=words("budget_rate"))
    for parent in stored.scenario.parents:
        for currency in stored.view.currencies(parent):
            title = f"{words('contribution_of', parent=stored.parent(parent))}, {currency}"
            fan = contribution_fan(stored.view, stored.published, parent, currency)
            if len(fan.points) > 1:  # a single one has no fan: the sheet of distributions shows it
                texts = (title, words("fan_years"))
                row = _block(page, book, row, texts, fan, beside=words("head_proposed"))


def _block(
    page: Page,
    book: Book,
    row: int,
    texts: tuple[str, str],
    fan: Fan,
    beside: str,
) -> int:
    """Heading, chart, and the table that the chart is drawn from."""
    words, (title, note) = book.words, texts
    if row > 3:
        page.break_before(row)
    page.text(row, 0, title, styles.SUBTITLE, fits=False)
    page.prose(row + 1, note)
    place = row + 2
    row = place + math.ceil(SIZE[1] / 20) + 1
    shown: Shown = (
        "rate" if max(p.beside if p.levels else 0 for p in fan.points) < 1000 else "amount"
    )
    heads = [words("head_period"), words("head_history")]
    heads += [words(f"head_{level}") for level in BAND_LEVELS]
    heads += [beside, words("head_base")]
    heads += [f"{a.upper()}\u2013{b.upper()}" for a, b in _steps()]
    page.heads(row, heads)
    table = FanTable(row + 1, row + len(fan.points), 1, 2, 2 + len(BAND_LEVELS) + 1)
    for row, one in enumerate(fan.points, start=row + 1):  # noqa: B020 - goes on below
        _row(page, row, one, table, Style(shown=shown))
    names = {band: words("band", percent=band) for band in ("50", "80", "90")}
    names |= {"p50": words("head_p50"), "history": words("head_history")}
    lines = [(beside, table.parts - 1, "#B5533C")]
    chart = fan_chart(page, book, title_at(page, place - 2), table, names=names, lines=lines)
    found = limits_around(fan.values())
    digits = found.digits
    vertical = axis(book, shown="rate" if digits else "amount", digits=digits)
    limits = {"min": found.low, "max": found.high, "major_unit": found.step}
    chart.set_y_axis({**vertical, **limits, "major_gridlines": GRID})
    chart.set_x_axis(axis(book, interval=max(1, len(fan.points) // 12)))
    page.place(place, 0, chart, words("alt_fan", what=title), SIZE)
    return row + 2


def _steps() -> list[tuple[str, str]]:
    return list(pairwise(BAND_LEVELS))


def _row(page: Page, row: int, one: Point, table: FanTable, style: Style) -> None:
    """Figures, and beside them the parts of the areas as formulas."""
    page.text(row, 0, one.label)
    if math.isfinite(one.known):
        page.number(row, table.history, one.known, style)
    for i, value in enumerate(one.levels):
        page.number(row, table.levels + i, value, style.but(kind="simulated"))
    if math.isfinite(one.beside):
        page.number(row, table.parts - 1, one.beside, style)
    live = style.but(kind="live")
    if not one.levels:  # before the fan opens, its parts have no width
        cell = page.here(row, table.history)
        page.formula(row, table.parts, cell, one.known, live)
        for i in range(len(_steps())):
            page.number(row, table.parts + 1 + i, 0, style)
        return
    page.formula(row, table.parts, page.here(row, table.levels), one.levels[0], live)
    for i in range(len(_steps())):
        low, high = page.here(row, table.levels + i), page.here(row, table.levels + i + 1)
        value = one.levels[i + 1] - one.levels[i]
        page.formula(row, table.parts + 1 + i, f"{high}-{low}", value, live)
