"""One number of a result or a scenario, traced to its inputs and held against what is stored.

The draw that is asked for is drawn again, alone: its values depend on nothing but the scenario and
its number. The steps are worked out with plain numbers, and each that a run stores is compared with
the stored number; those of the published page with the page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from simulator.analysis.statistics import percentiles
from simulator.budget.explain import check_request, explain
from simulator.budget.inputs import final_stage
from simulator.budget.published import PROPOSED
from simulator.budget.steps import Step
from simulator.engine import BLOCK, Plan
from simulator.errors import CheckFailed, InputError, Problem
from simulator.runs.blocks import in_order, spans
from simulator.runs.options import RunOptions
from simulator.runs.thresholds import proposed_of
from simulator.scenario.layers import Layers, read_layers
from simulator.scenario.model import Scenario
from simulator.scenario.places import path_of
from simulator.scenario.read import scenario_of
from simulator.store.folder import DRAWS, INPUTS, SCENARIO
from simulator.store.parquet import ColumnsReader
from simulator.store.remote import here
from simulator.store.result import Run, read_run
from simulator.tables import Float64

CENTRAL = "central"
RELATIVE = 1e-11
"""What rounding may do to a number, as a part of the largest number (or 1) in its arithmetic."""

GRID_STEPS = 32
"""Steps of the cascade's grid that a sum of rounded amounts may be off."""

Stored = dict[tuple[str, str], float]


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be explained: an output, and in which period, stage and draw.

    `at` is "central" or a percentile such as "p95", which stands for the draw nearest to it;
    `draw` is the number of a draw. Without either it is the central case.
    """

    output: str
    period: str | None = None
    stage: str | None = None
    draw: int | None = None
    at: str | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The steps of one number and what is stored of them.

    `case` says in words which draw it is, `against` what the steps were compared with; `places`
    has the file and line of the keys that inputs have.
    """

    scenario: Scenario
    question: Question
    period: str
    stage: str
    draw: int | None
    case: str
    against: str
    step: Step
    stored: Mapping[Step, float]
    places: Mapping[str, str]
    grid: float

    def agrees(self, step: Step) -> bool:
        """Whether a step is the stored number, up to rounding."""
        allowed = RELATIVE * max(1.0, step.magnitude)
        if step.unit.isalpha() and step.unit.isupper():  # an amount of money
            allowed += GRID_STEPS * self.grid
        return abs(float(step.value) - self.stored[step]) <= allowed

    @property
    def broken(self) -> tuple[Step, ...]:
        """The steps that are not what is stored."""
        return tuple(step for step in self.stored if not self.agrees(step))

    def insist(self) -> None:
        """Raise CheckFailed when a step is not what is stored."""
        lines = [
            f"{step.name}: the steps give {float(step.value)!r}, stored is {self.stored[step]!r}"
            for step in self.broken
        ]
        if lines:
            remedy = "    → run the scenario again with --force: another version made the result"
            head = f"the explanation is not what {self.against} holds"
            raise CheckFailed("\n".join([head, *lines, remedy]))


class _Numbers(Protocol):
    """Where the numbers are that an explanation is held against."""

    @property
    def against(self) -> str:
        """What it is, in words."""

    @property
    def draws(self) -> int:
        """How many draws there are."""

    def column(self, name: str, period: str) -> Float64:
        """A column of every draw, shape (n_draws,)."""

    def draw(self, draw: int, wanted: Mapping[str, set[str]]) -> Stored:
        """Columns of one draw by (column, period), of those wanted by period."""

    def inputs(self, draw: int, wanted: set[str]) -> dict[str, float]:
        """Inputs of one draw by column, of those wanted that are stored."""

    def proposed(self) -> Stored:
        """Published contributions by (output, period)."""


@dataclass(frozen=True, slots=True)
class _OfResult:
    """The numbers of a stored result."""

    run: Run

    @property
    def against(self) -> str:
        return self.run.place

    @property
    def draws(self) -> int:
        return self.run.manifest.draws

    def column(self, name: str, period: str) -> Float64:
        return self.run.column(name, period)

    def draw(self, draw: int, wanted: Mapping[str, set[str]]) -> Stored:
        with ColumnsReader(self.run.file(DRAWS)) as reader:
            known = {column.name for column in reader.columns}
            return {
                (name, period): value
                for period, names in wanted.items()
                for name, value in reader.draw(draw, sorted(names & known), period).items()
            }

    def inputs(self, draw: int, wanted: set[str]) -> dict[str, float]:
        with ColumnsReader(self.run.file(INPUTS)) as reader:
            known = {column.name for column in reader.columns}
            return reader.draw(draw, sorted(wanted & known))

    def proposed(self) -> Stored:
        rows = [row for row in self.run.summary() if row.stage == PROPOSED]
        return {(row.output, row.period): row.value for row in rows}


@dataclass(frozen=True, slots=True)
class _OfScenario:
    """The numbers that the engine makes of a scenario."""

    plan: Plan
    threads: int

    @property
    def against(self) -> str:
        return "the engine"

    @property
    def draws(self) -> int:
        return self.plan.scenario.sampling.draws

    def column(self, name: str, period: str) -> Float64:
        def make(span: tuple[int, int]) -> Float64:
            return self.plan.block(*span)[0].get(name, period).copy()

        jobs = spans(0, self.draws, BLOCK)
        with closing(in_order(make, jobs, self.threads)) as blocks:
            return np.concatenate([values for _, values in blocks])

    def draw(self, draw: int, wanted: Mapping[str, set[str]]) -> Stored:
        found, _ = self.plan.block(draw, draw + 1)
        return {
            (name, period): float(found.get(name, period)[0])
            for period, names in wanted.items()
            for name in names & set(found)
        }

    def inputs(self, draw: int, wanted: set[str]) -> dict[str, float]:
        _, found = self.plan.block(draw, draw + 1)
        return {name: float(found[name][0]) for name in wanted & set(found)}

    def proposed(self) -> Stored:
        return {(one.output, one.period): one.amount for one in proposed_of(self.plan.scenario)}


def explain_result(folder: Path | str, question: Question) -> Explanation:
    """A number of a stored result.

    Raises InputError when it is no result, or the question asks for what is not there.
    """
    run = read_run(folder)
    plan = Plan(run.scenario)
    layers = read_layers(here(Path(folder), SCENARIO), stored=True)
    return _explained(plan, _OfResult(run), question, layers)


def explain_file(path: Path | str, question: Question) -> Explanation:
    """A number that a run of a scenario file would make.

    Raises InputError for the scenario, or when the question asks for what is not there.
    """
    layers = read_layers(path)
    plan = Plan(scenario_of(layers))
    return _explained(plan, _OfScenario(plan, RunOptions().thread_count()), question, layers)


def _explained(plan: Plan, numbers: _Numbers, question: Question, layers: Layers) -> Explanation:
    scenario, last = plan.scenario, final_stage(plan.scenario)
    period = question.period or scenario.periods[-1]
    stage = question.stage or last
    check_request(plan.budget, question.output, period, stage)
    column = question.output if stage == last else f"{question.output}@{stage}"
    number, case = _which(numbers, question, column, period, proposed=stage == PROPOSED)
    draw = None
    if number is not None:
        values = plan.draws(number, number + 1).values
        draw = {name: tuple(map(float, drawn[0])) for name, drawn in values.items()}
    step = explain(plan.budget, draw, question.output, period, stage)
    stored = _stored(plan, numbers, step, number, stage)
    against = numbers.against
    if number is None:
        against = "the published page" if stage == PROPOSED else "the engine's central case"
    return Explanation(
        scenario, question, period, stage, number, case, against, step, stored,
        _places(step, layers), plan.budget.grid,
    )  # fmt: skip


def _which(
    numbers: _Numbers, question: Question, column: str, period: str, *, proposed: bool
) -> tuple[int | None, str]:
    """The draw that is asked for (None: the centre), and in words."""
    if question.draw is not None and question.at is not None:
        raise InputError(Problem("either --draw or --at is wanted, not both", key="--draw"))
    if proposed:
        if question.draw is not None or question.at not in (None, CENTRAL):
            option = "--draw" if question.draw is not None else "--at"
            wanted = "the published page has no draws"
            raise InputError(Problem(wanted, key=option, remedy="leave the option out"))
        return None, "the published page"
    if question.draw is not None:
        if not 0 <= question.draw < numbers.draws:
            wanted = f"a draw from 0 to {numbers.draws - 1} is wanted"
            raise InputError(Problem(wanted, key="--draw", value=str(question.draw)))
        return question.draw, f"draw {question.draw}"
    at = question.at or CENTRAL
    if at == CENTRAL:
        return None, "the central case: every factor central, rates at the budget rate"
    match = re.fullmatch(r"[pP](\d{1,2}(?:\.\d{1,6})?|100)", at)
    if match is None:
        wanted = "central or a percentile such as p95 is wanted"
        raise InputError(Problem(wanted, key="--at", value=at[:80]))
    values = numbers.column(column, period)
    level = percentiles(values, [float(match[1]) / 100])[0]
    nearest = int(np.argmin(np.abs(values - level)))
    return nearest, f"draw {nearest}, of {len(values)} the nearest to {at.lower()}"


def _stored(
    plan: Plan, numbers: _Numbers, step: Step, draw: int | None, stage: str
) -> dict[Step, float]:
    """What is stored of the steps: columns of the draw, cells of the page."""
    rows = plan.budget.published.rows
    steps = list(step.walk())
    found = {
        one: float(rows[one.cell[0]][one.cell[1]])
        for one in steps
        if one.cell[1] in rows.get(one.cell[0], {})
    }
    last = final_stage(plan.scenario)
    columns = [one for one in steps if one.output]
    if stage == PROPOSED:
        page = numbers.proposed()
        return found | {
            one: page[key] for one in columns if (key := (one.output, one.period)) in page
        }
    suffix = "" if stage == last or draw is None else f"@{stage}"
    wanted: dict[str, set[str]] = {}
    for one in columns:
        wanted.setdefault(one.period, set()).add(one.output + suffix)
    if draw is None:
        centre = plan.central()
        values = {
            (name, period): float(centre.get(name, period)[0])
            for period, names in wanted.items()
            for name in names
        }
    else:
        values = numbers.draw(draw, wanted)
        drawn = [one for one in steps if one.drawn]
        inputs = numbers.inputs(draw, {one.drawn for one in drawn})
        found |= {one: inputs[one.drawn] for one in drawn if one.drawn in inputs}
    return found | {
        one: values[key] for one in columns if (key := (one.output + suffix, one.period)) in values
    }


def _places(step: Step, layers: Layers) -> dict[str, str]:
    """The file and line of the key of every input."""
    found: dict[str, str] = {}
    for one in step.walk():
        if one.key and one.key not in found:
            path = path_of(one.key, layers.whole.value)
            found[one.key] = layers.comment(path) if path else "default"
    return found
