"""*Distributions*: a histogram and a cumulative curve for what each parent owes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.render.summary import Cell
from simulator.render.workbook import styles
from simulator.render.workbook.book import Book
from simulator.render.workbook.charts import GRID, axis, title_at
from simulator.render.workbook.page import Page
from simulator.render.workbook.stored import Stored
from simulator.render.workbook.styles import Style

BINS = 20
"""About so many bins between P5 and P95."""

SIZE = (860, 360)
FULL = {"min": 0, "max": 1, "label_position": "next_to"}


@dataclass(frozen=True, slots=True)
class Histogram:
    """`counts[i]` draws lie from `edges[i]` on and below `edges[i + 1]`.

    The first and the last bin also hold everything beyond them, so no draw is lost.
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]


def nice_step(width: float) -> float:
    """The nearest of 1, 2, 2.5 and 5 times a power of ten that is not below `width`."""
    power = 10.0 ** math.floor(math.log10(width))
    return next(m * power for m in (1.0, 2.0, 2.5, 5.0, 10.0) if m * power >= width * (1 - 1e-9))


def edges_of(cell: Cell) -> tuple[float, ...]:
    """Round edges from well below P5 to well above P95, or two around a constant."""
    low, high = cell["p5"], cell["p95"]
    if not low < high:
        low, high = cell["min"], cell["max"]
    if not low < high:
        margin = abs(low) * 0.01 or 1.0
        return (low - margin, low + margin)
    step = nice_step((high - low) / BINS)
    spread = (high - low) * 0.6
    first = math.floor(max(cell["min"], low - spread) / step)
    last = math.ceil(min(cell["max"], high + spread) / step)
    return tuple(k * step for k in range(first, max(last, first + 1) + 1))


def histogram(stored: Stored, output: str, cell: Cell) -> Histogram:
    """The histogram of an output over the whole period, read piece by piece."""
    edges = edges_of(cell)
    inner = np.array(edges[1:-1])
    counts: npt.NDArray[np.int64] = np.zeros(len(edges) - 1, dtype=np.int64)
    for values in stored.run.chunks(output):
        places = np.searchsorted(inner, values, side="right")
        counts += np.bincount(places, minlength=len(counts))
    return Histogram(edges, tuple(int(count) for count in counts))


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
            found = histogram(stored, view.contribution(parent, currency), cell)
            row = _block(page, book, row, title, found)


def _block(page: Page, book: Book, row: int, title: str, found: Histogram) -> int:
    words = book.words
    page.text(row, 0, title, styles.SUBTITLE, fits=False)
    place = row + 1
    row = place + math.ceil(SIZE[1] / 20) + 1
    heads = ("from", "below", "draws", "part", "cumulative")
    page.heads(row, [words(f"head_{key}") for key in heads])
    first, total, passed = row + 1, sum(found.counts), 0
    last = first + len(found.counts) - 1
    for i, count in enumerate(found.counts):
        row += 1
        passed += count
        page.number(row, 0, found.edges[i], styles.AMOUNT)
        page.number(row, 1, found.edges[i + 1], styles.AMOUNT)
        page.number(row, 2, count, Style("simulated", "count"))
        page.number(row, 3, count / total, Style("simulated", "percent"))
        page.number(row, 4, passed / total, Style("simulated", "percent"))
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
