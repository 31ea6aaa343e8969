"""*Inflows*: receipts by window and year, the shortfall, and the outputs that it puts at risk."""

from __future__ import annotations

import math
from collections.abc import Iterator

from simulator.render.figures import grouped
from simulator.render.pictures.money import WINDOW
from simulator.render.summary import Cell
from simulator.render.workbook import styles
from simulator.render.workbook.book import Book
from simulator.render.workbook.charts import GRID, axis, title_at
from simulator.render.workbook.page import Page
from simulator.render.workbook.stored import STATISTICS, Stored
from simulator.render.workbook.styles import error_of, of_unit

SIZE = (760, 280)


def write_inflows(book: Book, stored: Stored) -> None:
    """The sheet; nothing when the scenario has no inflows."""
    if stored.scenario.inflows is None:
        return
    words, cur = book.words, stored.scenario.budget.currency
    page = book.page(stored.title(words, "sheet_inflows"))
    row = page.title(words("inflows_title"), words("inflows_note"))
    place = row
    row += math.ceil(SIZE[1] / 20) + 2
    heads = [words(f"head_{key}") for key in ("output", "unit", "period", "planned", "mean")]
    heads += [words("head_error"), *(words(f"head_{s}") for s in STATISTICS[1:])]
    page.heads(row, heads)
    page.freeze(2, repeat=(row, row))
    row += 1
    yearly: list[int] = []
    for label, output, planned, periods in _outputs(book, stored):
        for period in periods:
            cell = stored.view.cell(output, period)
            if cell is None:
                continue
            style = of_unit(cell.unit, "simulated")
            _labels(page, row, label, cell.unit, period)
            if planned is not None:
                page.number(row, 3, planned, of_unit(cell.unit))
            _figures(page, row, cell, style)
            if output.startswith(WINDOW) and period in map(str, stored.scenario.years):
                yearly.append(row)
            row += 1
    _chart(page, book, stored, place, yearly, cur)


def _labels(page: Page, row: int, label: str, unit: str, period: str) -> None:
    for column, text in enumerate((label, "" if unit in ("1", "count") else unit, period)):
        page.text(row, column, text)


def _figures(page: Page, row: int, cell: Cell, style: styles.Style) -> None:
    page.number(row, 4, cell["mean"], style)
    page.number(row, 5, cell.error("mean"), error_of(style))
    for i, statistic in enumerate(STATISTICS[1:]):
        page.number(row, 6 + i, cell[statistic], style)


def _outputs(
    book: Book, stored: Stored
) -> Iterator[tuple[str, str, float | None, tuple[str, ...]]]:
    """(label, output, planned number, periods) of what is stored on inflows."""
    scenario, words = stored.scenario, book.words
    inflows = scenario.inflows
    assert inflows is not None  # noqa: S101 - the sheet is left out without
    cur, periods, whole = scenario.budget.currency, scenario.periods, (stored.view.whole,)
    for key, window in scenario.windows.items():
        label = words("receipts_of", window=window.title or key)
        yield label, f"{WINDOW}{cur.lower()}.{key}", None, periods
    for currency in dict.fromkeys((cur, inflows.stated_in)):
        yield words("receipts_all"), f"xb_receipts_{currency.lower()}", None, periods
    low = cur.lower()
    yield words("shortfall"), f"xb_shortfall_{low}", None, periods
    yield words("spending"), f"xb_spending_{low}", None, periods
    yield words("psc_income"), f"psc_income_{low}", None, periods
    yield words("xb_posts_cost"), f"xb_posts_cost_{low}", None, periods
    yield words("xb_posts_coverage"), "xb_posts_coverage", None, periods
    if inflows.psc_balance is not None:
        yield words("psc_balance"), f"psc_balance_{low}", None, periods
    for region in inflows.regions:
        yield words("receipts_for", region=region), f"xb_region_{low}.{region}", None, whole
    for key, deliverable in inflows.deliverables.items():
        title = deliverable.title or key.replace("_", " ")
        planned = float(deliverable.planned)
        yield words("at_risk", what=title), f"outputs_at_risk.{key}", planned, whole


def _chart(
    page: Page, book: Book, stored: Stored, place: int, rows: list[int], currency: str
) -> None:
    """Mean receipts by year, a colour a window."""
    if not rows:
        return
    words, years = book.words, len(stored.scenario.years)
    chart = book.chart("column", "stacked")
    for i in range(len(stored.scenario.windows)):
        first, last = rows[i * years], rows[i * years + years - 1]
        chart.add_series(
            {
                "name": [page.name, first, 0],
                "categories": [page.name, first, 2, last, 2],
                "values": [page.name, first, 4, last, 4],
                "gap": 80,
            }
        )
    title = f"{words('receipts_mean')}, {currency}"
    page.text(place, 0, title, styles.SUBTITLE, fits=False)
    chart.set_title(title_at(page, place))
    chart.set_y_axis({**axis(book), "major_gridlines": GRID})
    chart.set_legend({"position": "bottom"})
    total = stored.view.cell(f"xb_receipts_{currency.lower()}", stored.view.whole)
    amount = grouped(total["mean"], 0) if total is not None else ""
    page.place(place + 1, 0, chart, words("alt_inflows", what=title, amount=amount), SIZE)
