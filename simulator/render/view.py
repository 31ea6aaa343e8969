"""What is shown of a run: the scenario as it was run, its summary, and where it lies."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.budget.published import contribution_name
from simulator.render.summary import Cell, Summary
from simulator.scenario.model import Scenario
from simulator.scenario.read import warnings_of
from simulator.store.folder import MANIFEST
from simulator.store.manifest import PrecisionAsked
from simulator.store.result import Run


@dataclass(frozen=True, slots=True)
class View:
    """A stored run, ready to be shown; `draws` is how many were made, `folder` where it lies."""

    scenario: Scenario
    summary: Summary
    draws: int
    stage: str
    folder: str = ""
    files: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    precision: PrecisionAsked | None = None

    @property
    def whole(self) -> str:
        """Label of the whole period."""
        return self.scenario.periods[-1]

    def cell(self, output: str, period: str, stage: str | None = None) -> Cell | None:
        """Statistics of an output at a stage, the last one unless given."""
        return self.summary.get(output, period, self.stage if stage is None else stage)

    def contribution(self, parent: str, currency: str) -> str:
        """Name of the output: what a parent owes in a currency."""
        return contribution_name(parent, currency)

    def currencies(self, parent: str) -> tuple[str, ...]:
        """The budget's currency and, when it differs, the parent's own."""
        budget, own = self.scenario.budget.currency, self.scenario.parents[parent].assessed_in
        return (budget,) if own == budget else (budget, own)


def view_of(run: Run) -> View:
    """What is shown of a stored run; nothing is computed, and the draws are not read."""
    summary = Summary(run.summary())
    scenario = run.scenario
    # The net is stored at the last stage only; contributions at every stage.
    stages = summary.stages(f"net_{scenario.budget.currency.lower()}")
    return View(
        scenario,
        summary,
        draws=run.manifest.draws,
        stage=stages[-1] if stages else "",
        folder=run.place,
        files=(*run.manifest.files, MANIFEST),
        warnings=warnings_of(scenario),
        precision=run.manifest.precision,
    )
