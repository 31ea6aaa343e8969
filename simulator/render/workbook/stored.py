"""A stored result as the sheets need it: opened once, named, with its published cascade."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from simulator.budget.published import CLASSES, PublishedCascade, publish
from simulator.render.caption import contains_parts
from simulator.render.figures import decimals
from simulator.render.languages import Words
from simulator.render.summary import Cell
from simulator.render.view import View, view_of
from simulator.scenario.approval import STATUSES, Standing, standing
from simulator.scenario.model import Scenario
from simulator.store.result import Run

COLUMNS = ("appropriation", "growth", "growth_percent", "before", "recosting", "estimate")
"""Columns of the published page before its years."""

STATISTICS = ("mean", "p5", "p25", "p50", "p75", "p95", "es95")


@dataclass(frozen=True, slots=True)
class Stored:
    """A result: `label` is "" when it is alone in its workbook, else what tells it apart."""

    run: Run
    view: View
    published: PublishedCascade
    label: str = ""

    @classmethod
    def of(cls, run: Run, label: str = "") -> Stored:
        """A result that was opened."""
        return cls(run, view_of(run), publish(run.scenario), label)

    @property
    def scenario(self) -> Scenario:
        """The scenario as it was run."""
        return self.run.scenario

    @property
    def digits(self) -> int:
        """Decimals of a printed cell."""
        return decimals(self.scenario.budget.cell)

    def title(self, words: Words, key: str) -> str:
        """The name of a sheet, with the result's label when there are several."""
        return f"{words(key)} {self.label}".rstrip()

    def parent(self, key: str) -> str:
        """A parent in words."""
        return self.scenario.parents[key].name or key

    @property
    def foreign(self) -> tuple[str, ...]:
        """Parents that are assessed in another currency than the budget's."""
        parents, budget = self.scenario.parents.items(), self.scenario.budget.currency
        return tuple(name for name, parent in parents if parent.assessed_in != budget)

    def owed(
        self, parent: str, currency: str, period: str, stage: str | None = None
    ) -> Cell | None:
        """The statistics of a contribution."""
        return self.view.cell(self.view.contribution(parent, currency), period, stage)

    def stages(self) -> tuple[str, ...]:
        """Stages of the contributions that were simulated, in time order."""
        from simulator.budget.inputs import stages

        known = {column.stage for column in self.run.columns()}
        return tuple(stage for stage in stages(self.scenario) if stage in known)

    def approvals(self, words: Words) -> str:
        """How many assumptions were approved, drafts or expired on the day of the run."""
        return words("approvals", **_counts(self.standing))

    @property
    def standing(self) -> Standing:
        """How every assumption stood on the day of the run."""
        return standing(self.scenario, dt.date.fromisoformat(self.run.manifest.created[:10]))

    def footer(self) -> str:
        """Which run this is, for the foot of every printed page."""
        manifest = self.run.manifest
        return (
            f"{manifest.scenario} · {manifest.program.name} {manifest.program.version} · "
            f"run {manifest.identity[:16]} · scenario {manifest.fingerprint[:16]} · "
            f"seed {manifest.seed}, {manifest.draws} draws"
        )


def _counts(found: Standing) -> dict[str, object]:
    counts: dict[str, object] = {status: len(found.of(status)) for status in STATUSES}
    return {"all": len(found.statements), "day": found.day.isoformat(), **counts}


def page_rows(words: Words, stored: Stored) -> Iterator[tuple[str, str, bool]]:
    """Rows of the published page in order: its key, its label, and whether it is a total."""
    scenario = stored.scenario
    for kind in CLASSES:
        members = [name for name, line in scenario.lines.items() if line.kind == kind]
        for name in members:
            alone = len(members) == 1
            title = scenario.lines[name].title
            yield name, title or (words(f"row_{kind}") if alone else name), False
        if len(members) > 1:
            yield kind, words("row_subtotal", what=words(f"row_{kind}")), True
    yield "total", words("row_total"), True
    if len(scenario.income) > 1:
        for name, line in scenario.income.items():
            yield f"income.{name}", line.title or name, False
    yield "income", words("row_income"), len(scenario.income) > 1
    yield "net", words("row_net"), True
    for name in scenario.parents:
        yield name, words("contribution_of", parent=stored.parent(name)), False


def stage_words(words: Words, stage: str) -> str:
    """A stage in words; reports of later years, which have no word of their own, as they are."""
    key = f"stage_{stage}"
    return words(key) if words.has(key) else stage.replace("_", " ")


def band_words(words: Words, scenario: Scenario) -> str:
    """What the bands contain and what they do not, in the workbook's language."""
    inside, outside = contains_parts(scenario)
    listed = ", ".join(words(f"driver_{driver}") for driver in inside) or words("nothing")
    left = [words("certain", what=words(f"driver_{driver}")) for driver in outside]
    return words("bands_contain", inside=listed, outside=", ".join([*left, words("never_inside")]))
