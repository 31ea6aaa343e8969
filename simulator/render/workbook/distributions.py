"""*Distributions*: a histogram and a cumulative curve for what each parent owes."""

from __future__ import annotations

import math

from simulator.render.pictures.distribution import Histogram, histogram
from simulator.render.workbook import styles
from simulator.render.workbook.book import Book
from simulator.render.workbook.charts import GRID, axis, title_at
from simulator.render.workbook.page import Page
from simulator.render.workbook.stored import Stored
from simulator.render.workbook.styles import Style

SIZE = (860, 360)
FULL = {"min": 0, "max": 1, "label_position": "next_to"}


def write_distributions(book: Book, stored: Stored) -> None:
    """The sheet: a chart and its table for each parent and currency."""
    words, view = book.words, stored.view
    page = book.page(stored.title(words, "sheet_distributions"))
    row = page.title(words("distributions_title", period=view.whole), words("distributions_note"))
    page.freeze(2)
    page.portrait()
    for parent in stored.scenario.parents:
        for currency in view.currencies(parent):
            cell = stored.owed(parent, currency, view.whole)
            if cell is None:
                continue
            if row > 3:
                page.break_before(row)
            title = f"{words('contribution_of', parent=stored.parent(parent))}, {currency}"
            found = histogram(stored.run, view.contribution(parent, currency), cell)
            row = _block(page, book, row, title, found)


def _block(page: Page, book: Book, row: int, title: str, found: Histogram) -> int:
    words = book.words
    page.text(row, 0, title, styles.SUBTITLE, fits=False)
    place = row + 1
    row = place + math.ceil(SIZE[1] / 20) + 1
    heads = ("from", "below", "draws", "part", "cumulative")
    page.heads(row, [words(f"head_{key}") for key in heads])
    first, last = row + 1, row + len(found.counts)
    for i, (part, passed) in enumerate(zip(found.parts(), found.cumulative(), strict=True)):
        row += 1
        page.number(row, 0, found.edges[i], styles.AMOUNT)
        page.number(row, 1, found.edges[i + 1], styles.AMOUNT)
        page.number(row, 2, found.counts[i], Style("simulated", "count"))
        page.number(row, 3, part, Style("simulated", "percent"))
        page.number(row, 4, passed, Style("simulated", "percent"))
    _chart(page, book, place, title, (first, last))
    page.prose(row + 1, words("open_bins"))
    return row + 3


def _chart(page: Page, book: Book, row: int, title: str, rows: tuple[int, int]) -> None:
    words = book.words
    first, last = rows
    bars, line = book.chart("column"), book.chart("line")
    categories = [page.name, first, 0, last, 0]
    bars.add_series(
        {
            "name": words("head_part"),
            "categories": categories,
            "values": [page.name, first, 3, last, 3],
            "fill": {"color": "#7C93B8"},
            "gap": 8,
        }
    )
    line.add_series(
        {
            "name": words("head_cumulative"),
            "categories": categories,
            "values": [page.name, first, 4, last, 4],
            "line": {"color": "#B5533C", "width": 2},
            "y2_axis": True,
        }
    )
    bars.combine(line)
    bars.set_title(title_at(page, row - 1))
    count = last - first + 1
    bars.set_x_axis(axis(book, words("head_from"), interval=max(1, count // 10)))
    bars.set_y_axis({**axis(book, words("head_part"), shown="percent"), "major_gridlines": GRID})
    line.set_y2_axis({**axis(book, words("head_cumulative"), shown="percent"), **FULL})
    bars.set_legend({"position": "bottom"})
    page.place(row, 0, bars, words("alt_distribution", what=title), SIZE)
