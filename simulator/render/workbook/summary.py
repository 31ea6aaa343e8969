"""*Summary*: what each parent owes, and how sure that is, to the last bit of the stored figures."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.budget.published import PROPOSED
from simulator.render.summary import Cell
from simulator.render.workbook import styles
from simulator.render.workbook.book import Book
from simulator.render.workbook.page import Page
from simulator.render.workbook.stored import STATISTICS, Stored, band_words, stage_words
from simulator.render.workbook.styles import Style, error_of, of_unit
from simulator.store.summary import EXCEEDS

KEYS = ("output", "unit", "period", "stage")


def write_summary(book: Book, stored: Stored) -> None:
    """The sheet: contributions first, then every other output."""
    words, view = book.words, stored.view
    page = book.page(stored.title(words, "sheet_summary"))
    row = page.title(stored.scenario.title, words("summary_note", draws=f"{view.draws:,}"))
    names = tuple(dict.fromkeys(_thresholds(stored)))
    page.heads(row, (*_heads(book), *(words("above", name=_named(book, n)) for n in names)))
    page.freeze(row + 1, 1, repeat=(row, row))
    row += 1
    for parent in stored.scenario.parents:
        for currency in view.currencies(parent):
            name = words("contribution_of", parent=stored.parent(parent))
            row = _contribution(page, book, stored, row, (name, parent, currency), names)
    page.prose(row + 1, band_words(words, stored.scenario))
    row += 3
    page.text(row, 0, words("other_outputs"), styles.SUBTITLE, fits=False)
    page.heads(row + 1, _heads(book))
    row += 2
    for output, description in _others(stored):
        row = _output(page, book, stored, row, (output, description))


def _heads(book: Book) -> tuple[str, ...]:
    words = book.words
    keys = (*KEYS, PROPOSED, "mean", "error", *STATISTICS[1:])
    return tuple(words(f"head_{key}") for key in keys)


def _named(book: Book, threshold: str) -> str:
    return book.words("stage_proposed") if threshold == PROPOSED else threshold


def _cells(stored: Stored, output: str) -> Iterator[tuple[str, str, Cell]]:
    """(stage, period, statistics) of an output at every stage it was stored at, but `proposed`."""
    for stage in stored.stages():
        for period in stored.scenario.periods:
            cell = stored.view.cell(output, period, stage)
            if cell is not None:
                yield stage, period, cell


def _thresholds(stored: Stored) -> Iterator[str]:
    """Names of the amounts that probabilities are given for: what was proposed, then declared."""
    yield PROPOSED
    for parent in stored.scenario.parents:
        for currency in stored.view.currencies(parent):
            for _, _, cell in _cells(stored, stored.view.contribution(parent, currency)):
                yield from cell.named(EXCEEDS)


def _contribution(
    page: Page,
    book: Book,
    stored: Stored,
    row: int,
    what: tuple[str, str, str],
    thresholds: tuple[str, ...],
) -> int:
    """Rows of a contribution in one currency; returns the next free row."""
    name, parent, currency = what
    output = stored.view.contribution(parent, currency)
    last = stored.stages()[-1]
    for stage, period, cell in _cells(stored, output):
        bold = stage == last and period == stored.view.whole
        _labels(page, book, row, (name, currency, period, stage), bold=bold)
        style = styles.AMOUNT.but(kind="simulated", bold=bold)
        proposed = stored.view.cell(output, period, PROPOSED)
        if proposed is not None:
            page.number(row, len(KEYS), proposed["central"], styles.AMOUNT.but(bold=bold))
        _statistics(page, row, len(KEYS) + 1, cell, style)
        odds = cell.named(EXCEEDS)
        for i, threshold in enumerate(thresholds):
            if threshold in odds:
                place = len(KEYS) + 2 + len(STATISTICS) + i
                page.number(row, place, odds[threshold], styles.PERCENT.but(kind="simulated"))
        row += 1
    return row


def _labels(
    page: Page, book: Book, row: int, labels: tuple[str, str, str, str], *, bold: bool
) -> None:
    name, unit, period, stage = labels
    texts = (name, unit, period, stage_words(book.words, stage))
    for i, text in enumerate(texts):
        page.text(row, i, text, Style(bold=bold))


def _statistics(page: Page, row: int, column: int, cell: Cell, style: Style) -> None:
    page.number(row, column, cell["mean"], style)
    page.number(row, column + 1, cell.error("mean"), error_of(style))
    for i, statistic in enumerate(STATISTICS[1:]):
        page.number(row, column + 2 + i, cell[statistic], style)


def _others(stored: Stored) -> Iterator[tuple[str, str]]:
    """(name, words) of every output that is no contribution, as stored."""
    owed = {
        stored.view.contribution(parent, currency)
        for parent in stored.scenario.parents
        for currency in stored.view.currencies(parent)
    }
    for column in stored.run.columns():
        if column.output not in owed and column.name == column.output:
            yield column.output, column.description


def _output(page: Page, book: Book, stored: Stored, row: int, what: tuple[str, str]) -> int:
    output, description = what
    for stage, period, cell in _cells(stored, output):
        _labels(page, book, row, (description, cell.unit, period, stage), bold=False)
        _statistics(page, row, len(KEYS) + 1, cell, of_unit(cell.unit, "simulated"))
        row += 1
    return row
