"""How likely amounts are: a histogram, and how often any ceiling is exceeded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from simulator.budget.published import PROPOSED
from simulator.render.charts import distribution as charts
from simulator.render.charts import titles
from simulator.render.pictures.columns import column_name
from simulator.render.pictures.distribution import Exceedance, exceedance, histogram
from simulator.render.pictures.fans import stored_stages
from simulator.render.report.blocks import (
    Block,
    Ceiling,
    Cell,
    Choice,
    Picture,
    Section,
    Table,
    middles,
)
from simulator.render.report.results import Made, Told
from simulator.render.summary import Cell as Statistics

ABOUT = 24
"""Rows of a table of ceilings, about; the panel has all of them."""


@dataclass(frozen=True, slots=True)
class Owed:
    """A contribution in a period at a stage ("" is the last)."""

    told: Told
    parent: str
    currency: str
    period: str
    stage: str
    cell: Statistics

    @property
    def output(self) -> str:
        """The stored output."""
        return self.told.stored.view.contribution(self.parent, self.currency)

    def counted(self) -> Exceedance:
        """How many draws are above each amount at which a ceiling may stand."""
        run = self.told.stored.run
        marks = self.told.marks.get((self.output, self.period), {}) if not self.stage else {}
        chunks = run.chunks(column_name(run, self.output, self.stage), self.period)
        return exceedance(chunks, self.cell, marks)


def likelihood(made: Made) -> Section:
    """The panel with a ceiling to move, and for what is owed at the end pictures and tables."""
    blocks: list[Block] = []
    choices: list[Choice] = []
    for told in made.results:
        for one in _every(told):
            counted = one.counted()
            choices.append(_choice(made, one, counted))
            if one.period == told.stored.view.whole and not one.stage:
                blocks += [_histogram(made, one), _exceeded(made, one, counted)]
    title = made.speech.translate("How likely is more than a ceiling?")
    panel = Ceiling(tuple(choices), _labels(made), made.speech.decimal, made.speech.percent_sign)
    return Section("likelihood", title, (panel, *blocks))


def _every(told: Told) -> Iterator[Owed]:
    view = told.stored.view
    for parent in told.stored.scenario.parents:
        for currency in reversed(view.currencies(parent)):
            output = view.contribution(parent, currency)
            for period in reversed(told.stored.scenario.periods):
                for stage in reversed(stored_stages(view, output)):
                    last = stage == view.stage
                    cell = view.cell(output, period, stage)
                    if cell is not None and cell["min"] < cell["max"]:
                        yield Owed(told, parent, currency, period, "" if last else stage, cell)


def _choice(made: Made, one: Owed, counted: Exceedance) -> Choice:
    told = one.told
    unit = told.stored.scenario.budget.unit
    stage = one.stage or told.stored.view.stage
    return Choice(
        told.name,
        told.stored.parent(one.parent),
        made.unit(told, one.currency),
        one.period,
        made.stage(stage),
        tuple(float(f"{amount / unit:.12g}") for amount in counted.amounts),
        tuple(_text(made, one, counted, amount) for amount in counted.amounts),
        counted.above,
        counted.draws,
        {made.speech.name(n): counted.amounts.index(a) for n, a in counted.marks.items()},
    )


def _text(made: Made, one: Owed, counted: Exceedance, amount: float) -> str:
    """An amount; what was proposed as the document prints it, whose rounding still ties."""
    view = one.told.stored.view
    if counted.marks.get(PROPOSED) == amount:
        cell = view.cell(one.output, one.period, PROPOSED)
        amount = cell["central"] if cell is not None else amount
    return made.amount(one.told, amount)


def _labels(made: Made) -> dict[str, str]:
    _ = made.speech.translate
    return {
        "result": made.words("head_result"),
        "parent": _("Parent organization"),
        "currency": _("Currency"),
        "period": made.words("head_period"),
        "stage": made.words("head_stage"),
        "ceiling": _("Ceiling"),
        "exceeded": _("Probability of exceeding"),
        "help": _("Move the ceiling with the slider, with the arrow keys, or on the curve."),
    }


def _title(made: Made, one: Owed) -> str:
    stored = one.told.stored
    name = titles.contribution_title(
        stored.parent(one.parent), one.currency, one.period, made.speech
    )
    return made.titled(one.told, name)


def _histogram(made: Made, one: Owed) -> Picture:
    told, title = one.told, _title(made, one)
    bins = histogram(told.stored.run, one.output, one.cell, one.period)
    unit = told.stored.scenario.budget.unit
    marks = told.marks.get((one.output, one.period), {})
    spec = charts.distribution(bins, one.cell, made.speech, made.look, title=title, unit=unit,
                               currency=one.currency, marks=marks)  # fmt: skip
    heads = tuple(made.words(f"head_{key}") for key in ("from", "below", "draws", "part",
                                                       "cumulative"))  # fmt: skip
    rows = tuple(
        (
            Cell(made.amount(told, low)),
            Cell(made.amount(told, high), figure=True),
            Cell(made.speech.number(count), figure=True),
            Cell(made.speech.percent(part), figure=True),
            Cell(made.speech.percent(passed), figure=True),
        )
        for low, high, count, part, passed in zip(
            bins.edges, bins.edges[1:], bins.counts, bins.parts(), bins.cumulative(), strict=False
        )
    )
    name = f"distribution-{told.name}-{one.output}"
    note = made.words("open_bins")
    return Picture(
        name, title, spec, Table(f"{name}-table", title, heads, rows, note), middles(len(rows))
    )


def _exceeded(made: Made, one: Owed, counted: Exceedance) -> Picture:
    told = one.told
    _ = made.speech.translate
    title = _("Probability of exceeding an amount: {what}.").format(what=_title(made, one))
    title = title.rstrip(".。")
    unit = told.stored.scenario.budget.unit
    spec = charts.exceedance(counted, made.speech, made.look, title=title, unit=unit,
                             currency=one.currency)  # fmt: skip
    domain = _domain(spec)
    chosen = list(_rows(counted, unit, domain))
    rows = tuple(
        (
            Cell(
                " ".join([_text(made, one, counted, counted.amounts[i]), *_named(made, counted, i)])
            ),
            Cell(made.speech.percent(counted.above[i] / counted.draws), figure=True),
        )
        for i in chosen
    )
    low, high = domain
    places = tuple((counted.amounts[i] / unit - low) / (high - low) for i in chosen)
    name = f"exceedance-{told.name}-{one.output}"
    heads = (f"{_('Ceiling')}, {made.unit(told, one.currency)}", _("Probability of exceeding"))
    return Picture(name, title, spec, Table(f"{name}-table", title, heads, rows), places)


def _domain(spec: dict[str, object]) -> tuple[float, float]:
    """Where the chart's axis of amounts begins and ends."""
    layer = spec["layer"]
    assert isinstance(layer, list)  # noqa: S101 - as the chart makes it
    low, high = layer[0]["encoding"]["x"]["scale"]["domain"]
    return float(low), float(high)


def _rows(counted: Exceedance, unit: int, domain: tuple[float, float]) -> Iterator[int]:
    """Amounts inside the chart, thinned out evenly; marks stay."""
    low, high = domain
    inside = [i for i, amount in enumerate(counted.amounts) if low <= amount / unit <= high]
    every = max(1, len(inside) // ABOUT)
    marks = set(counted.marks.values())
    for place, i in enumerate(inside):
        if place % every == 0 or counted.amounts[i] in marks:
            yield i


def _named(made: Made, counted: Exceedance, i: int) -> list[str]:
    names = [made.speech.name(n) for n, a in counted.marks.items() if a == counted.amounts[i]]
    return [f"({', '.join(names)})"] if names else []
