"""*About*: which run this is, what its bands contain, from when its data are, what it warns of."""

from __future__ import annotations

from simulator.render.caption import data_as_of
from simulator.render.workbook import styles
from simulator.render.workbook.book import Book
from simulator.render.workbook.page import Page
from simulator.render.workbook.stored import Stored, band_words
from simulator.render.workbook.styles import LEGEND, Style


def write_about(book: Book, stored: Stored) -> None:
    """The sheet."""
    words, manifest, scenario = book.words, stored.run.manifest, stored.scenario
    page = book.page(stored.title(words, "sheet_about"))
    page.portrait()
    page.wide(1, 92)
    row = page.title(scenario.title, scenario.description.strip())
    page.freeze(2)
    pairs = [
        ("organization", scenario.budget.organization),
        ("document", scenario.budget.document or ""),
        ("scenario", manifest.scenario),
        ("known_on", scenario.known_on.isoformat()),
        ("periods", ", ".join(manifest.periods)),
        ("draws", str(manifest.draws)),
        ("sampler", f"{manifest.sampler}, {manifest.replicates} × {manifest.seed}"),
        ("identity", manifest.identity),
        ("fingerprint", manifest.fingerprint),
        ("program", f"{manifest.program.name} {manifest.program.version}"),
        ("program_hash", manifest.program.sha256),
        ("libraries", ", ".join(f"{k} {v}" for k, v in sorted(manifest.libraries.items()))),
        *((f"{name}", f"sha256 {file.sha256}") for name, file in manifest.files.items()),
    ]
    for key, text in pairs:
        label = words(f"about_{key}") if words.has(f"about_{key}") else key
        page.text(row, 0, label, Style(bold=True))
        page.text(row, 1, text, fits=False)
        row += 1
    row = _paragraphs(book, stored, page, row + 1)
    page.text(row, 0, words("legend"), styles.SUBTITLE, fits=False)
    for kind in LEGEND:
        row += 1
        page.text(row, 0, "", Style(kind))
        page.text(row, 1, words(f"legend_{kind}"), fits=False)


def _paragraphs(book: Book, stored: Stored, page: Page, row: int) -> int:
    words, scenario = book.words, stored.scenario
    texts = [
        band_words(words, scenario),
        *(words("data_as_of", when=o.dates("–"), source=o.source) for o in data_as_of(scenario)),
        stored.approvals(words),
    ]
    if scenario.published:
        texts.append(words("tied_out", count=len(scenario.published)))
    texts += [words("warning", text=text) for text in stored.view.warnings]
    for text in texts:
        page.prose(row, text, styles.PROSE)
        row += 1
    return row + 1
