"""The first screen: what each parent will owe, in a paragraph each."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.budget.published import PROPOSED
from simulator.render.report.blocks import Block, Number, Paragraph, Part, Section, joined
from simulator.render.report.results import Made, Told, sentence
from simulator.store.summary import EXCEEDS


def answer(made: Made) -> Section:
    """A paragraph per parent and result, each number leading to its table."""
    blocks: list[Block] = []
    for told in made.results:
        for parent in told.stored.scenario.parents:
            between = "" if made.speech.code == "zh" else " "
            parts = joined(list(_paragraph(made, told, parent)), between)
            if parts:
                blocks.append(Paragraph(parts, "lead"))
    return Section("answer", made.speech.translate("What will be owed"), tuple(blocks))


def _paragraph(made: Made, told: Told, parent: str) -> Iterator[tuple[Part, ...]]:
    """The parent's own currency first, then the budget's where it is another."""
    view = told.stored.view
    for i, currency in enumerate(reversed(view.currencies(parent))):
        output = view.contribution(parent, currency)
        cell = view.cell(output, view.whole)
        if cell is None:
            continue
        yield _most_likely(made, told, parent, currency, first=i == 0)
        yield from _against_proposal(made, told, output, currency)


def _most_likely(
    made: Made, told: Told, parent: str, currency: str, *, first: bool
) -> tuple[Part, ...]:
    _ = made.speech.translate
    view = told.stored.view
    output, period = view.contribution(parent, currency), view.whole
    cell = view.cell(output, period)
    assert cell is not None  # noqa: S101 - asked for stored contributions only
    certain = cell["min"] == cell["max"]
    if first and certain:
        text = _(
            "{scenario}the contribution of {parent} for {period} is {middle} {unit}, "
            "whatever happens."
        )
    elif first:
        text = _(
            "{scenario}the contribution of {parent} for {period} will most likely be about "
            "{middle} {unit}; nine times out of ten it lies between {low} and {high}."
        )
    elif certain:
        text = _("In {currency} it is {middle} {unit}, whatever happens.")
    else:
        text = _(
            "In {currency} it will most likely be about {middle} {unit}, nine times out of ten "
            "between {low} and {high}."
        )
    fields: dict[str, Part] = {
        "scenario": "" if made.alone else _("In {name}, ").replace("{name}", told.name),
        "parent": told.stored.parent(parent),
        "period": period,
        "currency": currency,
        "middle": made.number(told, output, period, "p50"),
        "low": made.number(told, output, period, "p5"),
        "high": made.number(told, output, period, "p95"),
        "unit": made.unit(told, currency),
    }
    parts = sentence(text, **fields)
    head, rest = parts[0], parts[1:]
    return (f"{head[:1].upper()}{head[1:]}", *rest) if isinstance(head, str) else parts


def _against_proposal(
    made: Made, told: Told, output: str, currency: str
) -> Iterator[tuple[Part, ...]]:
    """How often it is more than what was proposed, and what the mean is against it."""
    _ = made.speech.translate
    view = told.stored.view
    cell, amount = view.cell(output, view.whole), view.cell(output, view.whole, PROPOSED)
    if cell is None or amount is None or f"{EXCEEDS}{PROPOSED}" not in cell:
        return
    difference = cell["mean"] - amount["central"]
    printed = made.amount(told, abs(difference))
    if printed == made.amount(told, 0.0):
        text = _(
            "It is above the proposal of {proposed} with a probability of {chance}; on average "
            "it equals the proposal."
        )
    elif difference > 0:
        text = _(
            "It is above the proposal of {proposed} with a probability of {chance}; on average "
            "it is {difference} {unit} more than proposed."
        )
    else:
        text = _(
            "It is above the proposal of {proposed} with a probability of {chance}; on average "
            "it is {difference} {unit} less than proposed."
        )
    central = made.figure(told, output, view.whole, "central", PROPOSED)
    fields: dict[str, Part] = {
        "proposed": Number(central.text, central.key),
        "chance": made.number(told, output, view.whole, f"{EXCEEDS}{PROPOSED}"),
        "difference": printed,
        "unit": made.unit(told, currency),
    }
    yield sentence(text, **fields)
