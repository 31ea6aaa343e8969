"""A comparison as a workbook: what differs, every output, and shares of drivers with waterfalls.

Cells hold the numbers of the document, not figures as printed; levels of a waterfall are formulas
that add each share to what was before, so that a reader sees them add up. Nothing in a file tells
when it was made.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from simulator.errors import InputError, Problem
from simulator.render.comparison import in_words, lost
from simulator.render.languages import words_of
from simulator.render.policies import FIGURES, WORDS, explained
from simulator.render.workbook import styles
from simulator.render.workbook.book import MAX_ROWS, Book
from simulator.render.workbook.page import Page
from simulator.render.workbook.styles import Style, of_unit
from simulator.units import whole_units

Document = Mapping[str, Any]
Cell = str | float | int | None
MADE = dt.date(2000, 1, 1)
STATISTICS = ("mean", "p5", "p50", "p95")
ODDS = "probability that it is more"
STEP = 6
"""Column of a waterfall's labels; change, error, level and the bars follow."""

BARS = (("amount", "#7F8FA9"), ("more", "#C0504D"), ("less", "#4F9D69"))
CHART_ROWS, CHART_COLUMNS, CHART_SIZE = 18, 10, (620, 340)
PROSE_WIDTH = 110.0


ROWS = MAX_ROWS - 1
"""Rows of a table below its heading."""


def _book(path: Path, title: str) -> Book:
    return Book(path, words_of("en"), created=MADE, title=title, footer=title)


def _prose(book: Book, name: str, lines: Iterable[str]) -> None:
    """A sheet of sentences, the first of them a title."""
    page = book.page(name)
    page.portrait()
    page.wide(0, PROSE_WIDTH)
    for i, line in enumerate(lines):
        page.prose(i, line, styles.SUBTITLE if i == 0 else styles.PROSE)


def _table(
    book: Book, name: str, heads: Sequence[str], rows: Sequence[tuple[str, Sequence[Cell]]]
) -> Page:
    """A sheet with a row for each of `rows`: the unit of its numbers, and its cells.

    A column whose heading is `ODDS` holds probabilities.
    """
    if len(rows) > ROWS:
        wanted = f"at most {ROWS} rows fit into a sheet"
        remedy = "write .parquet or .csv"
        raise InputError(Problem(wanted, key="--out", value=str(len(rows)), remedy=remedy))
    page = book.page(name)
    page.heads(0, heads)
    for i, (unit, cells) in enumerate(rows, 1):
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                page.text(i, column, cell)
            elif cell is not None:
                page.number(i, column, cell, _style("1" if heads[column] == ODDS else unit))
    page.freeze(1, 0, repeat=(0, 0))
    page.filtered(0, len(rows), len(heads))
    return page


def _style(unit: str) -> Style:
    return of_unit(unit) if unit else Style(shown="general")


def _level(page: Page, row: int, column: int, value: int) -> None:
    """The level above plus this row's change, as a formula with its value."""
    formula = f"{page.here(row - 1, column)}+{page.here(row, STEP + 1)}"
    page.formula(row, column, formula, value, styles.AMOUNT)


def _waterfalls(book: Book, sheet: Page, blocks: Sequence[tuple[str, int, int, float]]) -> None:
    """A chart for each block of rows of a sheet: title, first and last row, least amount."""
    page = book.page("Waterfalls")
    below = 0
    for i, (title, first, last, least) in enumerate(blocks):
        chart = book.chart("column", "stacked")
        for j, (name, colour) in enumerate([("below", None), *BARS], STEP + 4):
            chart.add_series(
                {
                    "name": name,
                    "categories": f"={sheet.column_range(STEP, first, last)}",
                    "values": f"={sheet.column_range(j, first, last)}",
                    "fill": {"none": True} if colour is None else {"color": colour},
                    "gap": 40,
                }
            )
        chart.set_title({"name": title, "name_font": {"size": 11}})
        chart.set_legend({"position": "bottom", "delete_series": [0]})
        chart.set_y_axis({"min": least, "num_format": "#,##0"})
        row = (i // 2) * CHART_ROWS
        alt = f"Waterfall: {title}. The figures stand in rows {first + 1} to {last + 1} of Drivers."
        below = page.place(row, (i % 2) * CHART_COLUMNS, chart, alt, CHART_SIZE)
    page.reaches(below)


def comparison_book(document: Document, path: Path) -> None:
    """Write the comparison of results as a workbook to `path`."""
    lines = list(_about(document))
    book = _book(path, lines[0])
    _prose(book, "About", lines)
    heads = ["scenario", "key", "before", "after", "driver", "source"]
    _table(book, "Inputs", heads, [
        ("", [other["scenario"], *(row[key] for key in heads[1:])])
        for other in document["comparisons"] for row in other["inputs"]
    ])  # fmt: skip
    _table(book, "Outputs", *_outputs(document))
    _drivers(book, document)
    book.close()


def _about(document: Document) -> Iterator[str]:
    baseline, others = document["baseline"], document["comparisons"]
    yield f"{', '.join(other['scenario'] for other in others)} against {baseline['scenario']}"
    for one in (baseline, *others):
        yield f"{one['scenario']}: {one['title']} ({one['folder']})"
    yield (
        f"{baseline['draws']} draws in {baseline['replicates']} replicates "
        f"({baseline['sampler']}, seed {baseline['seed']}); amounts in whole units of currency."
    )
    for other in others:
        yield in_words(baseline, other)
        for text in (lost(other), other["attribution_note"]):
            if text:
                yield f"{other['scenario']}: {text}"
        for row in other["pairing_gains"]:
            if row["times"] is not None:
                yield (
                    f"{other['scenario']}, {row['output']}: standard error of the mean difference "
                    f"{row['paired']:.1f} {row['unit']}, without pairing {row['unpaired']:.1f}: "
                    f"{row['times']:.1f} times smaller."
                )


def _outputs(document: Document) -> tuple[list[str], list[tuple[str, list[Cell]]]]:
    base = document["baseline"]["scenario"]
    heads = ["scenario", "output", "period", "stage", "unit"]
    heads += [f"{side} {name}" for side in (base, "scenario") for name in (*STATISTICS, "s.e.")]
    heads += [f"difference {name}" for name in (*STATISTICS, "s.e.")]
    heads += [ODDS, "s.e. if not paired", "description"]
    rows = []
    for other in document["comparisons"]:
        for row in other["outputs"]:
            cells: list[Cell] = [other["scenario"]]
            cells += [row[key] for key in ("output", "period", "stage", "unit")]
            for side in ("before", "after", "difference"):
                cells += [row[side][name] for name in (*STATISTICS, "standard_error")]
            cells += [row["difference"]["above"], row["standard_error_unpaired"]]
            rows.append((row["unit"], [*cells, row["description"]]))
    return heads, rows


def _drivers(book: Book, document: Document) -> None:
    """Shares in whole units, their running level, and the bars of the charts beside them."""
    heads = ["scenario", "output", "period", "stage", "unit", "statistic", "step", "change",
             "s.e. of the change", "level", "below", *(name for name, _ in BARS)]  # fmt: skip
    rows: list[tuple[str, list[Cell]]] = []
    levels: dict[int, int] = {}
    blocks = []
    for other in document["comparisons"]:
        ends = document["baseline"]["scenario"], other["scenario"]
        for one in other["attribution"]:
            first = len(rows) + 1
            steps = list(_steps(ends, one))
            where = [one[key] for key in ("output", "period", "stage", "unit", "statistic")]
            rows += [(one["unit"], [other["scenario"], *where, *step]) for step in steps]
            levels |= {first + i: _int(step[3]) for i, step in enumerate(steps) if i}
            whole = one["period"] == document["baseline"]["periods"][-1]
            least = min(_int(step[3]) for step in steps)
            if whole and one["shares"] and least >= 0:
                most = max(_int(step[3]) for step in steps)
                title = f"{one['output']}, {one['unit']}, {one['statistic']}: {ends[1]}"
                blocks.append((title, first, len(rows), _below(least, most)))
    sheet = _table(book, "Drivers", heads, rows)
    for row, value in levels.items():
        _level(sheet, row, STEP + 3, value)
    if blocks:
        _waterfalls(book, sheet, blocks)


def _steps(ends: tuple[str, str], one: Document) -> Iterator[list[Cell]]:
    """Label, change, error, level, and the bars: what is below, an amount, more, less."""
    level = whole_units(one["before"])
    yield [ends[0], None, None, level, 0, level, 0, 0]
    for share in one["shares"]:
        change, error = share["whole"], share["standard_error"]
        low, high = min(level, level + change), max(level, level + change)
        level += change
        bars = [high - low, 0] if change >= 0 else [0, high - low]
        yield [share["driver"].replace("_", " "), change, error, level, low, 0, *bars]
    yield [ends[1], 0, None, level, 0, level, 0, 0]


def _below(least: int, most: int) -> float:
    """A round number some way below the least amount, for an axis to begin at."""
    step = 10 ** (len(str(max(most - least, 1))) - 1)
    return float(max(0, (least - (most - least) // 4) // step * step))


def _int(cell: Cell) -> int:
    assert isinstance(cell, int)  # noqa: S101 - a level
    return cell


def policies_book(document: Document, path: Path) -> None:
    """Write the policies side by side as a workbook to `path`."""
    draws = document["draws"]
    about = f"{document['title']}: who bears the exchange risk, on the same {draws} draws"
    book = _book(path, about)
    _prose(book, "About", [about, *explained(document)])
    heads = ["parent", "what", "unit", "period", "policy", *(" ".join(f.heading) for f in FIGURES)]
    rows = []
    for row in document["rows"]:
        values = {**row["statistics"], "standard_error": row["standard_error"]}
        texts = [row["parent"], WORDS[row["what"]], row["unit"], row["period"], row["policy"]]
        rows.append((row["unit"], [*texts, *(values[figure.key] for figure in FIGURES)]))
    _table(book, "Policies", heads, rows)
    book.close()
