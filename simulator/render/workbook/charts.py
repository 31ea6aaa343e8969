"""What charts have in common: axes, titles, nested bands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simulator.render.pictures.fans import BAND_LEVELS, BANDS
from simulator.render.workbook.book import Book
from simulator.render.workbook.page import Page
from simulator.render.workbook.styles import Shown, Style

GRID: dict[str, Any] = {"visible": True, "line": {"color": "#DDDDDD", "width": 0.75}}
FILLS: Mapping[str, str] = {"90": "#D5DEEC", "80": "#AFC0DC", "50": "#7C97C4"}
MEDIAN = "#1F3864"
HISTORY = "#444444"


def title_at(page: Page, row: int, column: int = 0) -> dict[str, Any]:
    """The title of a chart: what stands in a cell.

    Text of a scenario is never given to a chart: XlsxWriter takes what looks like `…!A1` in it for
    a reference.
    """
    return {"name": [page.name, row, column], "name_font": {"size": 12}}


def axis(
    book: Book, name: str = "", *, shown: Shown | None = None, digits: int = 0, interval: int = 0
) -> dict[str, Any]:
    """An axis in the workbook's language and a readable size."""
    found: dict[str, Any] = {"num_font": {"size": 9}, "label_position": "low"}
    if name:
        found |= {"name": name, "name_font": {"size": 9, "bold": False}}
    code = Style(shown=shown or "amount", digits=digits).number_format()
    if shown == "percent" and not digits:
        code = "0%"
    found["num_format"] = f"[$-{book.words.lcid}]{code}"
    if interval:
        found |= {"interval_unit": interval, "interval_tick": interval}
    return found


@dataclass(frozen=True, slots=True)
class FanTable:
    """Where the table of a fan stands: rows, the column of history, of P5 and of the first part.

    The parts are what areas are stacked from: P5 itself, invisible, then the width from each
    level to the next.
    """

    first: int
    last: int
    history: int
    levels: int
    parts: int


def fan_chart(
    page: Page,
    book: Book,
    title: dict[str, Any],
    table: FanTable,
    *,
    names: Mapping[str, str],
    lines: Sequence[tuple[str, int, str]] = (),
) -> Any:  # noqa: ANN401 - XlsxWriter has no types
    """Nested 50, 80 and 90 % bands as stacked areas, with the median, history and other lines."""
    area, line = book.chart("area", "stacked"), book.chart("line")

    def series(column: int) -> dict[str, Any]:
        return {
            "categories": [page.name, table.first, 0, table.last, 0],
            "values": [page.name, table.first, column, table.last, column],
        }

    area.add_series({**series(table.parts), "name": " ", "fill": {"none": True}})
    for i, band in enumerate(BANDS):
        look = {"fill": {"color": FILLS[band]}, "border": {"none": True}}
        area.add_series({**series(table.parts + 1 + i), "name": names[band], **look})
    levels = [(names["p50"], table.levels + BAND_LEVELS.index("p50"), MEDIAN)]
    history = [(names["history"], table.history, HISTORY)] if table.history >= 0 else []
    for name, column, color in (*levels, *history, *lines):
        dashed = {"dash_type": "dash"} if (name, column, color) in lines else {}
        marker = {"type": "circle", "size": 4} if column == table.history else {"type": "none"}
        look = {"line": {"color": color, "width": 1.75, **dashed}, "marker": marker}
        line.add_series({**series(column), "name": name, **look})
    area.combine(line)
    area.set_title(title)
    # The base has no colour, and each band's lower half says all that its legend needs to say.
    area.set_legend({"position": "bottom", "delete_series": [0, 4, 5, 6]})
    return area
