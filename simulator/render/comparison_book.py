"""A comparison as a workbook: what differs, every output, and shares of drivers with waterfalls.

Cells hold the numbers of the document, not figures as printed; levels of a waterfall are formulas
that add each share to what was before, so that a reader sees them add up. Nothing in a file tells
when it was made.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from simulator.errors import InputError, Problem
from simulator.render.comparison import in_words, lost
from simulator.render.policies import FIGURES, WORDS, explained
from simulator.units import round_half_up

Document = Mapping[str, Any]
Cell = str | float | int | None
ROWS, TEXT = 1 << 20, 32_767
"""What a sheet and a cell hold; XlsxWriter drops what is beyond without a word."""

MADE = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
STATISTICS = ("mean", "p5", "p50", "p95")
ODDS = "probability that it is more"
STEP = 6
"""Column of a waterfall's labels; change, error, level and the bars follow."""

BARS = (("amount", "#7F8FA9"), ("more", "#C0504D"), ("less", "#4F9D69"))
CHART_ROWS = 18


class Book:
    """A workbook of tables: a heading line, columns as wide as their contents, figures."""

    def __init__(self, path: Path) -> None:
        self._book = xlsxwriter.Workbook(str(path))
        self._book.set_properties({"created": MADE})
        self._head = self._book.add_format({"bold": True, "text_wrap": True, "bottom": 1})
        self._bold = self._book.add_format({"bold": True})
        self._formats = {
            code: self._book.add_format({"num_format": code})
            for code in ("#,##0", "0.0%", "0.0000", "General")
        }

    def close(self) -> None:
        """Write the file."""
        self._book.close()

    def prose(self, name: str, lines: Iterable[str]) -> None:
        """A sheet of sentences, the first of them a title."""
        sheet = self._book.add_worksheet(name)
        sheet.set_column(0, 0, 110, self._book.add_format({"text_wrap": True}))
        for i, line in enumerate(lines):
            sheet.write_string(i, 0, line[:TEXT], self._bold if i == 0 else None)

    def table(
        self, name: str, heads: Sequence[str], rows: Sequence[tuple[str, Sequence[Cell]]]
    ) -> Any:  # noqa: ANN401 - a sheet of XlsxWriter
        """A sheet with a row for each of `rows`: the unit of its numbers, and its cells.

        A column whose heading is `ODDS` holds probabilities.
        """
        if len(rows) >= ROWS:
            wanted = f"at most {ROWS - 1} rows fit into a sheet"
            remedy = "write .parquet or .csv"
            raise InputError(Problem(wanted, key="--out", value=str(len(rows)), remedy=remedy))
        sheet = self._book.add_worksheet(name)
        for column, head in enumerate(heads):
            inside = [len(_seen(cells[column])) for _, cells in rows[:500]]
            sheet.set_column(column, column, min(44, max(10, *map(len, head.split()), *inside)))
            sheet.write_string(0, column, head, self._head)
        for i, (unit, cells) in enumerate(rows, 1):
            for column, cell in enumerate(cells):
                self._write(sheet, i, column, cell, "1" if heads[column] == ODDS else unit)
        sheet.freeze_panes(1, 0)
        if rows:
            sheet.autofilter(0, 0, len(rows), len(heads) - 1)
        return sheet

    def _write(self, sheet: Any, row: int, column: int, cell: Cell, unit: str) -> None:  # noqa: ANN401
        if isinstance(cell, str):
            sheet.write_string(row, column, cell if len(cell) <= TEXT else cell[: TEXT - 1] + "…")
        elif cell is not None:
            sheet.write_number(row, column, cell, self._formats[_code(unit)])

    def level(self, sheet: Any, row: int, column: int, value: int) -> None:  # noqa: ANN401
        """The level above plus this row's change, as a formula with its value."""
        letter, change = chr(ord("A") + column), chr(ord("A") + STEP + 1)
        sheet.write_formula(
            row, column, f"={letter}{row}+{change}{row + 1}", self._formats["#,##0"], value
        )

    def waterfalls(self, sheet: str, blocks: Sequence[tuple[str, int, int, float]]) -> None:
        """A chart for each block of rows of a sheet: title, first and last row, least amount."""
        page = self._book.add_worksheet("Waterfalls")
        for i, (title, first, last, least) in enumerate(blocks):
            chart = self._book.add_chart({"type": "column", "subtype": "stacked"})
            columns = [("below", None), *BARS]
            for j, (name, colour) in enumerate(columns, STEP + 4):
                chart.add_series(
                    {
                        "name": name,
                        "categories": [sheet, first, STEP, last, STEP],
                        "values": [sheet, first, j, last, j],
                        "fill": {"none": True} if colour is None else {"color": colour},
                        "gap": 40,
                    }
                )
            chart.set_title({"name": title, "name_font": {"size": 11}})
            chart.set_legend({"position": "bottom", "delete_series": [0]})
            chart.set_y_axis({"min": least, "num_format": "#,##0"})
            chart.set_size({"width": 620, "height": 340})
            page.insert_chart((i // 2) * CHART_ROWS, (i % 2) * 10, chart)


def _seen(cell: Cell) -> str:
    """About what a reader sees of a cell, for the width of its column."""
    return cell if isinstance(cell, str) else "" if cell is None else f"{cell:,.0f}"


def _code(unit: str) -> str:
    if unit == "1":
        return "0.0%"
    return "0.0000" if "/" in unit else "#,##0" if unit else "General"


def comparison_book(document: Document, path: Path) -> None:
    """Write the comparison of results as a workbook to `path`."""
    book = Book(path)
    book.prose("About", _about(document))
    heads = ["scenario", "key", "before", "after", "driver", "source"]
    book.table("Inputs", heads, [
        ("", [other["scenario"], *(row[key] for key in heads[1:])])
        for other in document["comparisons"] for row in other["inputs"]
    ])  # fmt: skip
    book.table("Outputs", *_outputs(document))
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
    sheet = book.table("Drivers", heads, rows)
    for row, value in levels.items():
        book.level(sheet, row, STEP + 3, value)
    if blocks:
        book.waterfalls("Drivers", blocks)


def _steps(ends: tuple[str, str], one: Document) -> Iterator[list[Cell]]:
    """Label, change, error, level, and the bars: what is below, an amount, more, less."""
    level = _whole(one["before"])
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


def _whole(value: float) -> int:
    return int(round_half_up(Decimal(repr(value)), Decimal(1)))


def _int(cell: Cell) -> int:
    assert isinstance(cell, int)  # noqa: S101 - a level
    return cell


def policies_book(document: Document, path: Path) -> None:
    """Write the policies side by side as a workbook to `path`."""
    book = Book(path)
    draws = document["draws"]
    about = f"{document['title']}: who bears the exchange risk, on the same {draws} draws"
    book.prose("About", [about, *explained(document)])
    heads = ["parent", "what", "unit", "period", "policy", *(" ".join(f.heading) for f in FIGURES)]
    rows = []
    for row in document["rows"]:
        values = {**row["statistics"], "standard_error": row["standard_error"]}
        texts = [row["parent"], WORDS[row["what"]], row["unit"], row["period"], row["policy"]]
        rows.append((row["unit"], [*texts, *(values[figure.key] for figure in FIGURES)]))
    book.table("Policies", heads, rows)
    book.close()
