"""Puts the sheets of a workbook together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from simulator.findings import Finding
from simulator.render.languages import Words
from simulator.render.pictures.fans import History
from simulator.render.workbook.about import write_about
from simulator.render.workbook.book import Book
from simulator.render.workbook.cascade import write_cascade
from simulator.render.workbook.comparison import ComparedRow, write_comparison
from simulator.render.workbook.decisions import write_decisions
from simulator.render.workbook.distributions import write_distributions
from simulator.render.workbook.draws import write_draws
from simulator.render.workbook.drivers import write_drivers
from simulator.render.workbook.fan import write_fan
from simulator.render.workbook.inflows import write_inflows
from simulator.render.workbook.inputs import write_inputs
from simulator.render.workbook.posts import write_posts
from simulator.render.workbook.stored import Stored
from simulator.render.workbook.summary import write_summary
from simulator.store.result import Run


def workbook(
    path: Path,
    runs: Sequence[Run],
    words: Words,
    *,
    draws: int = 0,
    history: Mapping[str, Mapping[str, History]] | None = None,
    comparison: Sequence[ComparedRow] | None = None,
    findings: Sequence[Sequence[Finding]] = (),
) -> None:
    """Write the workbook of one result, or of several with a comparison in front.

    `draws` of each result go into sheets of their own; `history` holds, by scenario, monthly
    rates from before the first draw, and `findings` what was found out about each result. Memory
    grows with the draws of one output, not with the rows of the sheets. The caller sees to it
    that `draws` fit (`draws.MAX_DRAWS` a sheet).
    """
    labels = labels_of(runs)
    results = [Stored.of(run, label) for run, label in zip(runs, labels, strict=True)]
    first = results[0]
    book = Book(
        path,
        words,
        created=first.scenario.known_on,
        title=first.scenario.title,
        footer=first.footer(),
    )
    if len(results) > 1:
        write_comparison(book, results, comparison)
    for stored, found in zip(results, findings or [()] * len(results), strict=True):
        book.footer_of(stored.footer())
        write_summary(book, stored)
        cascade = book.page(stored.title(words, "sheet_cascade"))
        write_posts(book, stored)
        write_distributions(book, stored)
        write_fan(book, stored, (history or {}).get(stored.run.manifest.scenario))
        write_drivers(book, stored, first if stored is not first else None)
        write_inflows(book, stored)
        write_decisions(book, stored, found)
        inputs = book.page(stored.title(words, "sheet_inputs"))
        named = write_inputs(book, stored, inputs)
        write_cascade(book, stored, cascade, named)
        if draws:
            write_draws(book, stored, min(draws, stored.run.manifest.draws))
        write_about(book, stored)
    book.close()


def labels_of(runs: Sequence[Run]) -> list[str]:
    """What tells results apart: the scenario's name, numbered where it comes again."""
    if len(runs) == 1:
        return [""]
    found: list[str] = []
    for run in runs:
        name, number = run.manifest.scenario, 1
        while (name if number == 1 else f"{name} {number}") in found:
            number += 1
        found.append(name if number == 1 else f"{name} {number}")
    return found
