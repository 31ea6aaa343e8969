"""*Drivers*: what moves each contribution (tornado), and what moved the net between two results."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from simulator.render.pictures.drivers import INCOME, Step, by_line, moved
from simulator.render.pictures.scale import nice_floor
from simulator.render.workbook import styles
from simulator.render.workbook.book import Book
from simulator.render.workbook.charts import GRID, axis, title_at
from simulator.render.workbook.page import Page
from simulator.render.workbook.stored import Stored
from simulator.render.workbook.styles import Style

SIZE = (760, 300)


def write_drivers(book: Book, stored: Stored, base: Stored | None = None) -> None:
    """The sheet; with `base`, the result that this one is compared with, also a waterfall."""
    words, view = book.words, stored.view
    page = book.page(stored.title(words, "sheet_drivers"))
    row = page.title(words("drivers_title", period=view.whole), words("drivers_note"))
    page.freeze(2)
    page.portrait()
    for parent in stored.scenario.parents:
        own = stored.scenario.parents[parent].assessed_in
        ranked = moved(view, parent)
        if ranked:
            name = f"{words('contribution_of', parent=stored.parent(parent))}, {own}"
            row = _tornado(page, book, row, name, ranked)
    if base is not None:
        _waterfall(page, book, row, base, stored)


def _tornado(
    page: Page, book: Book, row: int, title: str, ranked: Sequence[tuple[str, float]]
) -> int:
    words = book.words
    page.text(row, 0, title, styles.SUBTITLE, fits=False)
    place = row + 1
    row = place + math.ceil(SIZE[1] / 20) + 1
    page.heads(row, [words("head_driver"), words("head_explained")])
    first, last = row + 1, row + len(ranked)
    for row, (driver, part) in enumerate(ranked, start=first):
        key = f"driver_{driver}"
        page.text(row, 0, words(key) if words.has(key) else driver.replace("_", " "))
        page.number(row, 1, part, Style("simulated", "percent"))
    bars = book.chart("bar")
    bars.add_series(
        {
            "name": words("head_explained"),
            "categories": [page.name, first, 0, last, 0],
            "values": [page.name, first, 1, last, 1],
            "fill": {"color": "#7C97C4"},
            "gap": 40,
            "data_labels": {"value": True},
        }
    )
    bars.set_title(title_at(page, place - 1))
    # The largest stands on top, and the axis of figures stays at the foot.
    down = {"reverse": True, "crossing": "max", "num_font": {"size": 9}, "label_position": "low"}
    bars.set_y_axis(down)
    bars.set_x_axis({**axis(book, shown="percent"), "min": 0, "major_gridlines": GRID})
    bars.set_legend({"none": True})
    page.place(place, 0, bars, words("alt_tornado", what=title), SIZE)
    return row + 2


def _comparable(base: Stored, other: Stored) -> bool:
    one, two = base.scenario, other.scenario
    return one.budget.currency == two.budget.currency and one.periods == two.periods


def _waterfall(page: Page, book: Book, row: int, base: Stored, other: Stored) -> None:
    words = book.words
    if not _comparable(base, other):
        page.prose(row, words("not_comparable"))
        return
    title = words("waterfall", one=base.label, other=other.label)
    page.break_before(row)
    page.text(row, 0, title, styles.SUBTITLE, fits=False)
    place = row + 1
    row = place + math.ceil(SIZE[1] / 20) + 1
    unit = base.scenario.budget.currency
    heads = [words("head_step"), f"{words('head_change')} ({unit})"]
    heads += [words(f"head_{key}") for key in ("level", "base", "whole", "more", "less")]
    page.heads(row, heads)
    steps = by_line(base.view, other.view, (base.label, other.label))
    first, last = row + 1, row + len(steps)
    for row, step in enumerate(steps, start=first):
        page.text(row, 0, _label(book, other, base, step))
        for column, value in enumerate((step.change, step.after, *step.parts), start=1):
            page.number(row, column, value, Style("simulated", "amount"))
    chart = _stacked(page, book, (first, last))
    chart.set_title(title_at(page, place - 1))
    room = nice_floor(min(step.after for step in steps), max(step.change for step in steps))
    chart.set_y_axis({**axis(book), "min": room, "major_gridlines": GRID})
    page.place(place, 0, chart, words("alt_waterfall", what=title), SIZE)


def _label(book: Book, other: Stored, base: Stored, step: Step) -> str:
    if step.kind == "end":
        return step.name
    if step.name == INCOME:
        return book.words("row_income")
    line = other.scenario.lines.get(step.name) or base.scenario.lines[step.name]
    return line.title or step.name


def _stacked(page: Page, book: Book, rows: tuple[int, int]) -> Any:  # noqa: ANN401 - XlsxWriter has no types
    words, (first, last) = book.words, rows
    chart = book.chart("column", "stacked")
    looks = (("base", None), ("whole", "#5B6F94"), ("more", "#B5533C"), ("less", "#5E9C76"))
    for i, (key, color) in enumerate(looks):
        chart.add_series(
            {
                "name": words(f"head_{key}"),
                "categories": [page.name, first, 0, last, 0],
                "values": [page.name, first, 3 + i, last, 3 + i],
                "fill": {"color": color} if color else {"none": True},
                "gap": 40,
            }
        )
    chart.set_legend({"position": "bottom", "delete_series": [0]})
    chart.set_x_axis({"num_font": {"size": 9}, "label_position": "low"})
    return chart
