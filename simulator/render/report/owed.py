"""What each parent owes: every year, the whole period and every stage, with probabilities."""

from __future__ import annotations

import math
from collections.abc import Iterator

from simulator.budget.published import PROPOSED
from simulator.render.charts import fan, titles
from simulator.render.pictures.fans import (
    BAND_LEVELS,
    Fan,
    contribution_fan,
    stages_fan,
    stored_stages,
)
from simulator.render.report.blocks import Block, Cell, Picture, Row, Section, Table, middles
from simulator.render.report.results import Made, Told
from simulator.render.workbook.stored import STATISTICS
from simulator.store.summary import EXCEEDS


def owed(made: Made) -> Section:
    """The table that the first screen leads to."""
    blocks: list[Block] = [_table(made, told) for told in made.results]
    return Section("owed", made.speech.translate("What each parent owes"), tuple(blocks))


def _names(told: Told) -> list[str]:
    """Names of the thresholds that anything owed is compared with."""
    found: dict[str, None] = {}
    view = told.stored.view
    for parent in told.stored.scenario.parents:
        for currency in view.currencies(parent):
            for period in told.stored.scenario.periods:
                cell = view.cell(view.contribution(parent, currency), period)
                found.update(dict.fromkeys(cell.named(EXCEEDS) if cell is not None else ()))
    return list(found)


def _table(made: Made, told: Told) -> Table:
    words, names = made.words, _names(told)
    heads = (
        words("head_period"),
        words("head_proposed"),
        words("head_mean"),
        words("head_error"),
        *(words(f"head_{statistic}") for statistic in STATISTICS[1:]),
        *(words("above", name=made.speech.name(name)) for name in names),
    )
    rows = tuple(_rows(made, told, names))
    title = made.titled(told, words("contribution_of", parent=_parents(told)))
    return Table(f"owed-{told.name}", title, heads, rows)


def _parents(told: Told) -> str:
    return ", ".join(told.stored.parent(parent) for parent in told.stored.scenario.parents)


def _rows(made: Made, told: Told, names: list[str]) -> Iterator[Row]:
    view = told.stored.view
    for parent in told.stored.scenario.parents:
        for currency in view.currencies(parent):
            output = view.contribution(parent, currency)
            yield (Cell(f"{told.stored.parent(parent)}, {made.unit(told, currency)}"),)
            for period in told.stored.scenario.periods:
                yield (
                    Cell(period, indent=True),
                    made.figure(told, output, period, "central", PROPOSED),
                    made.figure(told, output, period, "mean", strong=True),
                    _error(made, told, output, period),
                    *(made.figure(told, output, period, name) for name in STATISTICS[1:]),
                    *(made.figure(told, output, period, f"{EXCEEDS}{name}") for name in names),
                )


def _error(made: Made, told: Told, output: str, period: str) -> Cell:
    """The standard error of the mean, to one digit more than the mean."""
    cell = told.stored.view.cell(output, period)
    text = made.amount(told, cell.error("mean"), 1) if cell is not None else ""
    return Cell(text, figure=True)


def by_year(made: Made) -> Section:
    """Fans of each contribution by year."""
    blocks: list[Block] = []
    for told in made.results:
        stored = told.stored
        for parent in stored.scenario.parents:
            for currency in stored.view.currencies(parent):
                data = contribution_fan(stored.view, stored.published, parent, currency)
                if data.points:
                    title = titles.contribution_title(
                        stored.parent(parent), currency, "", made.speech
                    )
                    blocks.append(_picture(made, told, data, made.titled(told, title), "years"))
    return Section("years", made.speech.translate("Year by year"), tuple(blocks), level=3)


def by_stage(made: Made) -> Section:
    """What is left open at each stage: the fan narrows as information arrives."""
    blocks: list[Block] = []
    for told in made.results:
        stored = told.stored
        for parent, its in stored.scenario.parents.items():
            output = stored.view.contribution(parent, its.assessed_in)
            if not stored_stages(stored.view, output):
                continue
            data = stages_fan(stored.run, stored.view, output)
            name = titles.contribution_title(
                stored.parent(parent), its.assessed_in, stored.view.whole, made.speech
            )
            title = titles.stages_title(name, made.speech)
            blocks.append(_picture(made, told, data, made.titled(told, title), "stages"))
    title = made.speech.translate("What each revision settles")
    return Section("stages", title, tuple(blocks))


def _picture(made: Made, told: Told, data: Fan, title: str, kind: str) -> Picture:
    unit = told.stored.scenario.budget.unit
    draw = fan.stages if kind == "stages" else fan.fan
    spec = draw(data, made.speech, made.look, title=title, unit=unit)
    name = f"{kind}-{told.name}-{data.output}"
    return Picture(
        name, title, spec, fan_table(made, told, data, title, name), middles(len(data.points))
    )


def fan_table(made: Made, told: Told, data: Fan, title: str, name: str) -> Table:
    """The points of a fan; a rate has four decimals, an amount those of its cells."""
    words, rate = made.words, "/" in data.unit

    def text(value: float) -> Cell:
        if math.isnan(value):
            return Cell("", figure=True)
        shown = made.speech.number(value, 4) if rate else made.amount(told, value)
        return Cell(shown, figure=True)

    heads = (
        words("head_stage") if name.startswith("stages") else words("head_period"),
        words("head_history"),
        *(words(f"head_{level}") for level in BAND_LEVELS),
        words("budget_rate") if rate else words("head_proposed"),
    )
    rows = []
    for point in data.points:
        label = made.stage(point.label) if name.startswith("stages") else point.label
        levels = point.levels or (math.nan,) * len(BAND_LEVELS)
        cells = map(text, (point.known, *levels, point.beside))
        rows.append((Cell(label), *cells))
    return Table(f"{name}-table", title, heads, tuple(rows))
