"""*Decisions*: what was found out about a result, as `sim sensitivity`, `sim reserve` … kept it."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.findings import Cell, Finding, Heading, Listing
from simulator.render.figures import NOTHING
from simulator.render.finding import said, title_of
from simulator.render.workbook import styles
from simulator.render.workbook.book import Book
from simulator.render.workbook.page import Page
from simulator.render.workbook.stored import Stored
from simulator.render.workbook.styles import Style

SHOWN: dict[str, Style] = {
    "amount": Style("simulated", "amount"),
    "share": Style("simulated", "percent"),
    "rate": Style("simulated", "rate"),
    "figure": Style("simulated", "general"),
    "whole": Style("simulated", "count"),
}


def write_decisions(book: Book, stored: Stored, findings: Sequence[Finding]) -> None:
    """The sheet, if there is anything to show; amounts in whole units of currency."""
    if not findings:
        return
    page = book.page(stored.title(book.words, "sheet_decisions"))
    row = page.title(stored.scenario.title)
    page.freeze(2)
    for finding in findings:
        page.text(row, 0, finding.title, styles.SUBTITLE, fits=False)
        for sentence in (*finding.sentences, *finding.warnings):
            row += 1
            page.prose(row, said(sentence, finding), styles.PROSE)
        row += 2
        for listing in finding.listings:
            row = _listing(page, row, listing, finding) + 1
        row += 1


def _listing(page: Page, row: int, listing: Listing, finding: Finding) -> int:
    """A table; returns the row below it."""
    page.text(row, 0, title_of(listing), styles.BOLD, fits=False)
    page.heads(row + 1, [_head(heading) for heading in listing.headings])
    row += 2
    for cells in listing.rows:
        for column, (value, heading) in enumerate(zip(cells, listing.headings, strict=True)):
            _cell(page, row, column, value, heading.kind)
        row += 1
    if listing.note is not None:
        page.prose(row, said(listing.note, finding))
        row += 1
    return row


def _head(heading: Heading) -> str:
    return f"{heading.title}, {heading.unit}" if heading.unit else heading.title


def _cell(page: Page, row: int, column: int, value: Cell, kind: str) -> None:
    if value is None:
        page.text(row, column, NOTHING)
    elif isinstance(value, str):
        page.text(row, column, value)
    else:
        page.number(row, column, value, SHOWN[kind])
