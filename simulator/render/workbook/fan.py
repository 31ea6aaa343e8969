"""*Fan*: rates by month and contributions by year, with nested bands and what came before them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from simulator.analysis.statistics import PERCENTILES, percentiles
from simulator.render.workbook import styles
from simulator.render.workbook.book import Book
from simulator.render.workbook.charts import BAND_LEVELS, GRID, FanTable, axis, fan_chart, title_at
from simulator.render.workbook.distributions import nice_step
from simulator.render.workbook.page import Page
from simulator.render.workbook.stored import Stored
from simulator.render.workbook.styles import Shown, Style
from simulator.units import Month

MONTHLY = re.compile(r"rates\.([a-z]{3}_per_[a-z]{3})\[(\d{4}-\d{2})\]")
SIZE = (780, 380)


@dataclass(frozen=True, slots=True)
class History:
    """Monthly averages of a rate before the first drawn month: not stored in a result, so given."""

    months: tuple[tuple[Month, float], ...]
    source: str


@dataclass(frozen=True, slots=True)
class FanRow:
    """A point on the horizontal axis: what was, or the seven levels of what may be."""

    label: str
    history: float = math.nan
    levels: tuple[float, ...] = ()
    beside: tuple[float, ...] = ()


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
    for pair, rows in _rates(stored, history or {}).items():
        given = (history or {}).get(pair)
        note = words("history_start")
        if given is not None and given.months:
            note = words("history_given", source=given.source)
        unit = f"{pair[:3].upper()}/{pair[-3:].upper()}"
        title = words("fan_rate", pair=unit)
        row = _block(page, book, row, (title, note), rows, beside=(words("budget_rate"),))
    for parent in stored.scenario.parents:
        for currency in stored.view.currencies(parent):
            title = f"{words('contribution_of', parent=stored.parent(parent))}, {currency}"
            rows = _contribution(stored, parent, currency)
            if len(rows) > 1:  # a single point has no fan: the sheet of distributions shows it
                beside = (words("head_proposed"),)
                row = _block(page, book, row, (title, words("fan_years")), rows, beside=beside)


def _rates(stored: Stored, history: Mapping[str, History]) -> dict[str, list[FanRow]]:
    """Fans of the rates whose months were kept; before them the last rate known, or history."""
    levels = list(PERCENTILES.values())
    found: dict[str, list[FanRow]] = {}
    for column in stored.run.input_columns():
        match = MONTHLY.fullmatch(column.name)
        if match is None:
            continue
        pair, month = match[1], match[2]
        rate = stored.scenario.rates[pair]
        budget = float(stored.scenario.budget_rate(pair[-3:].upper()))
        if pair not in found:
            found[pair] = _before(stored, pair, history, budget)
        values = percentiles(stored.run.inputs(column.name), levels)
        seen = rate.observed.get(month)
        past = float(seen) if seen is not None else math.nan
        row = FanRow(month, past, tuple(float(v) for v in values), (budget,))
        found[pair].append(row)
    return found


def _before(
    stored: Stored, pair: str, history: Mapping[str, History], budget: float
) -> list[FanRow]:
    """What was known before the first drawn month, ending where the paths start."""
    scenario, rate = stored.scenario, stored.scenario.rates[pair]
    known = Month.of(scenario.known_on)
    given = history[pair].months if pair in history else ()
    months = {str(month): value for month, value in given if month <= known}
    rows = [FanRow(label, value, (), (budget,)) for label, value in sorted(months.items())]
    start = float(rate.start) if rate.start is not None else math.nan
    if math.isnan(start):
        return rows
    day = (rate.start.as_of if rate.start else None) or scenario.known_on
    return [*rows, FanRow(day.isoformat(), start, (), (budget,))]


def _contribution(stored: Stored, parent: str, currency: str) -> list[FanRow]:
    """A contribution by year; before it a year of the appropriation's, where it was given."""
    scenario, view = stored.scenario, stored.view
    rows: list[FanRow] = []
    prior = stored.published.parents[parent].get("appropriation")
    if prior is not None and currency == scenario.budget.currency:
        a_year = float(prior * scenario.budget.unit / len(scenario.years))
        rows.append(FanRow(scenario.budget.prior_period or "", a_year, (), (math.nan,)))
    output = view.contribution(parent, currency)
    for year in map(str, scenario.years):
        cell = view.cell(output, year)
        if cell is None:
            return []
        proposed = view.cell(output, year, "proposed")
        central = proposed["central"] if proposed is not None else math.nan
        rows.append(FanRow(year, math.nan, tuple(cell[p] for p in BAND_LEVELS), (central,)))
    return rows


def _block(
    page: Page,
    book: Book,
    row: int,
    texts: tuple[str, str],
    rows: Sequence[FanRow],
    beside: tuple[str, ...],
) -> int:
    """Heading, chart, and the table that the chart is drawn from."""
    words, (title, note) = book.words, texts
    if row > 3:
        page.break_before(row)
    page.text(row, 0, title, styles.SUBTITLE, fits=False)
    page.prose(row + 1, note)
    place = row + 2
    row = place + math.ceil(SIZE[1] / 20) + 1
    shown: Shown = "rate" if max(r.beside[0] if r.levels else 0 for r in rows) < 1000 else "amount"
    heads = [words("head_period"), words("head_history")]
    heads += [words(f"head_{level}") for level in BAND_LEVELS]
    heads += [*beside, words("head_base")]
    heads += [f"{a.upper()}\u2013{b.upper()}" for a, b in _steps()]
    page.heads(row, heads)
    table = FanTable(row + 1, row + len(rows), 1, 2, 2 + len(BAND_LEVELS) + len(beside))
    for row, one in enumerate(rows, start=row + 1):  # noqa: B020 - goes on below
        _row(page, row, one, table, Style(shown=shown))
    names = {band: words("band", percent=band) for band in ("50", "80", "90")}
    names |= {"p50": words("head_p50"), "history": words("head_history")}
    lines = [(name, table.parts - len(beside) + i, "#B5533C") for i, name in enumerate(beside)]
    chart = fan_chart(page, book, title_at(page, place - 2), table, names=names, lines=lines)
    low, high, step = _limits(rows)
    digits = max(0, -math.floor(math.log10(step))) if step < 1 else 0
    vertical = axis(book, shown="rate" if digits else "amount", digits=digits)
    limits = {"min": low, "max": high, "major_unit": step}
    chart.set_y_axis({**vertical, **limits, "major_gridlines": GRID})
    chart.set_x_axis(axis(book, interval=max(1, len(rows) // 12)))
    page.place(place, 0, chart, words("alt_fan", what=title), SIZE)
    return row + 2


def _steps() -> list[tuple[str, str]]:
    return list(pairwise(BAND_LEVELS))


def _limits(rows: Sequence[FanRow]) -> tuple[float, float, float]:
    """The vertical axis: round limits around everything shown, and its step."""
    shown = [v for r in rows for v in (r.history, *r.levels, *r.beside) if math.isfinite(v)]
    low, high = min(shown), max(shown)
    if low == high:
        low, high = low - (abs(low) * 0.05 or 1.0), high + (abs(high) * 0.05 or 1.0)
    step = nice_step((high - low) / 6)
    first, last = math.floor(low / step - 0.1), math.ceil(high / step + 0.1)
    return round(first * step, 10), round(last * step, 10), step


def _row(page: Page, row: int, one: FanRow, table: FanTable, style: Style) -> None:
    """Figures, and beside them the parts of the areas as formulas."""
    page.text(row, 0, one.label)
    if math.isfinite(one.history):
        page.number(row, table.history, one.history, style)
    for i, value in enumerate(one.levels):
        page.number(row, table.levels + i, value, style.but(kind="simulated"))
    beside = table.parts - len(one.beside)
    for i, value in enumerate(one.beside):
        if math.isfinite(value):
            page.number(row, beside + i, value, style)
    live = style.but(kind="live")
    if not one.levels:  # before the fan opens, its parts have no width
        cell = page.here(row, table.history)
        page.formula(row, table.parts, cell, one.history, live)
        for i in range(len(_steps())):
            page.number(row, table.parts + 1 + i, 0, style)
        return
    page.formula(row, table.parts, page.here(row, table.levels), one.levels[0], live)
    for i in range(len(_steps())):
        low, high = page.here(row, table.levels + i), page.here(row, table.levels + i + 1)
        value = one.levels[i + 1] - one.levels[i]
        page.formula(row, table.parts + 1 + i, f"{high}-{low}", value, live)
