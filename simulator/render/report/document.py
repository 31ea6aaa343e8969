"""Puts the sections of a report together."""

from __future__ import annotations

from simulator.render.report.answer import answer
from simulator.render.report.blocks import Document
from simulator.render.report.cascade import cascade
from simulator.render.report.compared import comparison
from simulator.render.report.likelihood import likelihood
from simulator.render.report.movers import money, movers, rates
from simulator.render.report.owed import by_stage, by_year, owed
from simulator.render.report.results import Made
from simulator.render.report.sources import assumptions, bands, decisions, manifest, tied

SECTIONS = (
    answer, owed, comparison, cascade, likelihood, movers, by_stage, by_year, rates, money,
    decisions, assumptions, tied, bands, manifest,
)  # fmt: skip


def document(made: Made) -> Document:
    """The report; sections without anything to say are left out."""
    _ = made.speech.translate
    first = made.results[0].stored
    budget = first.scenario.budget
    names = ", ".join(told.name for told in made.results)
    title = first.scenario.title if made.alone else f"{budget.organization}: {names}"
    parts = [budget.organization, budget.document or "", first.scenario.period]
    sections = tuple(found for section in SECTIONS if (found := section(made)).blocks)
    return Document(
        made.speech.code,
        title,
        "; ".join(filter(None, parts)),
        sections,
        tuple(told.stored.run.manifest.identity for told in made.results),
        {
            "contents": _("Contents"),
            "skip": _("Skip to the answer"),
            "tables": _("Tables instead of charts"),
            "figures": _("The figures of this chart"),
            "table": _("The whole table"),
            "read": _("Arrow keys read the values of this chart."),
        },
    )
