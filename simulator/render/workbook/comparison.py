"""*Comparison*: several results side by side, and what each differs from the first, draw by draw.

Results with the same settings of chance, made by the same program, share their draws by
construction, so differences are taken within a draw: their spread is that of the difference, not
of two independent guesses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from simulator.analysis.statistics import summarise
from simulator.render.summary import Cell
from simulator.render.workbook.book import Book
from simulator.render.workbook.page import Page
from simulator.render.workbook.stored import STATISTICS, Stored
from simulator.render.workbook.styles import Style, error_of, of_unit


@dataclass(frozen=True, slots=True)
class Difference:
    """A paired difference of an output: mean, its standard error, percentiles, P(above)."""

    statistics: dict[str, float]
    error: float
    above: float


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """An output in a period in one result, and how it differs from the first result's."""

    label: str
    unit: str
    period: str
    result: str
    cell: Cell
    difference: Difference | None


def paired(one: Stored, two: Stored) -> bool:
    """Whether two results share their draws, so that differences within a draw mean something."""
    return _chance(one) == _chance(two)


def _chance(stored: Stored) -> tuple[object, ...]:
    """All that a draw depends on besides the scenario's own numbers, as `sim compare` asks for."""
    manifest, sampling = stored.run.manifest, stored.scenario.sampling
    settings = (manifest.seed, manifest.sampler, manifest.replicates, manifest.draws)
    return (*settings, sampling.leading, manifest.program.sha256, dict(manifest.libraries))


def difference(base: Stored, other: Stored, output: str, period: str) -> Difference:
    """Other less base, draw by draw."""
    values = other.run.column(output, period) - base.run.column(output, period)
    found = {s.name: s for s in summarise(values, base.run.manifest.replicates, {})}
    above = float(np.count_nonzero(values > 0)) / len(values)
    return Difference(
        {name: found[name].value for name in STATISTICS}, found["mean"].standard_error, above
    )


def compared(results: Sequence[Stored]) -> Iterator[ComparedRow]:
    """Every contribution, and the net, in every period that results have in common."""
    base = results[0]
    for output, label in _outputs(results).items():
        for period in base.scenario.periods:
            for stored in results:
                cell = stored.view.cell(output, period)
                if cell is None:
                    continue
                found = None
                there = base.view.cell(output, period) is not None
                if stored is not base and there and paired(base, stored):
                    found = difference(base, stored, output, period)
                yield ComparedRow(label, cell.unit, period, stored.label, cell, found)


def _outputs(results: Sequence[Stored]) -> dict[str, str]:
    found: dict[str, str] = {}
    for stored in results:
        for parent in stored.scenario.parents:
            for currency in stored.view.currencies(parent):
                found.setdefault(stored.view.contribution(parent, currency), stored.parent(parent))
    for stored in results:
        found.setdefault(f"net_{stored.scenario.budget.currency.lower()}", "")
    return found


def write_comparison(
    book: Book, results: Sequence[Stored], rows: Sequence[ComparedRow] | None = None
) -> None:
    """The sheet; `rows` in place of those worked out here when a comparison was made elsewhere."""
    words = book.words
    page = book.page(words("sheet_comparison"))
    row = page.title(words("comparison_title"), words("comparison_note", base=results[0].label))
    heads = [words(f"head_{key}") for key in ("output", "unit", "period", "result", "mean")]
    heads += [words("head_error"), *(words(f"head_{s}") for s in STATISTICS[1:])]
    heads += [words(f"head_difference_{key}") for key in ("mean", "error", "p5", "p50", "p95")]
    heads += [words("head_difference_above")]
    page.heads(row, heads)
    page.freeze(row + 1, 4, repeat=(row, row))
    for one in compared(results) if rows is None else rows:
        row += 1
        _row(page, book, row, one)
    if any(not paired(results[0], other) for other in results[1:]):
        page.prose(row + 2, words("not_paired"))


def _row(page: Page, book: Book, row: int, one: ComparedRow) -> None:
    words = book.words
    name = words("contribution_of", parent=one.label) if one.label else words("row_net")
    for column, text in enumerate((name, one.unit, one.period, one.result)):
        page.text(row, column, text)
    style = of_unit(one.unit, "simulated")
    page.number(row, 4, one.cell["mean"], style)
    page.number(row, 5, one.cell.error("mean"), error_of(style))
    for i, statistic in enumerate(STATISTICS[1:]):
        page.number(row, 6 + i, one.cell[statistic], style)
    found = one.difference
    if found is None:
        return
    start = 5 + len(STATISTICS)
    page.number(row, start, found.statistics["mean"], style.but(bold=True))
    page.number(row, start + 1, found.error, error_of(style))
    for i, statistic in enumerate(("p5", "p50", "p95")):
        page.number(row, start + 2 + i, found.statistics[statistic], style)
    page.number(row, start + 5, found.above, Style("simulated", "percent"))
