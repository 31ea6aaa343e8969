"""What a report is made from: stored results, words and numbers in a language, what was asked."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simulator.budget.tieout import TieOut
from simulator.findings import Finding
from simulator.render.charts.look import Look
from simulator.render.charts.wording import Wording
from simulator.render.figures import NOTHING
from simulator.render.languages import Words
from simulator.render.pictures.fans import History
from simulator.render.report.blocks import Cell, Number, Part
from simulator.render.summary import Cell as Statistics
from simulator.render.workbook.stored import Stored, stage_words
from simulator.store.summary import DRIVER, EXCEEDS

_FIELD = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Told:
    """A result with what stands beside it.

    `marks` are amounts with names by output and period (what was proposed, thresholds), `steps`
    the shares of drivers in the way from the first result to this one.
    """

    stored: Stored
    history: Mapping[str, History]
    findings: Sequence[Finding]
    tie_out: TieOut
    marks: Mapping[tuple[str, str], Mapping[str, float]]
    steps: Sequence[Mapping[str, Any]] = ()

    @property
    def name(self) -> str:
        """What tells it apart; "" when it is alone."""
        return self.stored.label


@dataclass(frozen=True, slots=True)
class Made:
    """Results in the order in which they were named, and the language of the report."""

    results: tuple[Told, ...]
    words: Words
    speech: Wording
    look: Look

    @property
    def alone(self) -> bool:
        """Whether there is one result only."""
        return len(self.results) == 1

    def titled(self, told: Told, text: str) -> str:
        """A title, with the result it is about when there are several."""
        _ = self.speech.translate
        return text if self.alone else _("{what}: {which}").format(what=text, which=told.name)

    def stage(self, stage: str) -> str:
        """A stage in words."""
        return stage_words(self.words, stage)

    # --- Numbers ----------------------------------------------------------------------------

    def amount(self, told: Told, value: float, more: int = 0) -> str:
        """An amount in the scenario's unit, to the decimals of its cells and so many `more`."""
        stored = told.stored
        unit = stored.scenario.budget.unit
        return NOTHING if math.isnan(value) else self.speech.number(
            value / unit, stored.digits + more
        )  # fmt: skip

    def unit(self, told: Told, currency: str) -> str:
        """The unit of amounts in words: thousand XYZ."""
        return self.speech.scale(told.stored.scenario.budget.unit, currency)

    def shown(self, told: Told, cell: Statistics, statistic: str) -> str:
        """A stored statistic in the manner of its unit."""
        value = cell[statistic]
        if math.isnan(value):
            return NOTHING
        if statistic.startswith((EXCEEDS, DRIVER)) or cell.unit == "1":
            return self.speech.percent(value)
        if cell.unit == "count":
            return self.speech.number(value, 0)
        if "/" in cell.unit:
            return self.speech.number(value, 4)
        return self.amount(told, value)

    def key(self, told: Told, output: str, period: str, statistic: str, stage: str = "") -> str:
        """The key of a stored number."""
        name = told.name or told.stored.run.manifest.scenario
        return "|".join((name, output, period, stage or told.stored.view.stage, statistic))

    def figure(
        self, told: Told, output: str, period: str, statistic: str, stage: str = "", *,
        strong: bool = False,
    ) -> Cell:  # fmt: skip
        """A cell with a stored statistic; a dash without a key where it was not stored."""
        cell = told.stored.view.cell(output, period, stage or None)
        if cell is None or math.isnan(cell[statistic]):
            return Cell(NOTHING, figure=True)
        key = self.key(told, output, period, statistic, stage)
        return Cell(self.shown(told, cell, statistic), key, figure=True, strong=strong)

    def number(self, told: Told, output: str, period: str, statistic: str) -> Number:
        """A stored statistic for a sentence."""
        cell = self.figure(told, output, period, statistic)
        return Number(cell.text, cell.key)


def sentence(template: str, **fields: Part) -> tuple[Part, ...]:
    """A translated template with its fields filled, numbers staying numbers."""
    parts: list[Part] = []
    end = 0
    for match in _FIELD.finditer(template):
        parts += [template[end : match.start()], fields[match[1]]]
        end = match.end()
    return tuple(part for part in (*parts, template[end:]) if part != "")
