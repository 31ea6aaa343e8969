"""`sim stages`: every contribution at each revision, what is still open, and what changed it.

Amounts at a stage are estimates with what is known then. Two fans follow from them: the estimate
itself, which may have moved further from the proposal the later it is made; and what is still to
come after it, the final amount less the estimate, which narrows until nothing is left.

The change from the proposal is shared among drivers draw by draw by Shapley's rule (`analysis.
shapley`) over outcomes in which only some of them move, so the shares of a draw add up to its
change. What no driver explains is the difference between the proposal and the central case of the
simulation: roundings, and the weight that a view gives to known rates.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from simulator.analysis.measure import measured
from simulator.analysis.shapley import shapley
from simulator.analysis.statistics import percentiles
from simulator.budget.published import PROPOSED, contribution_name
from simulator.engine.moving import coalitions, moving_groups
from simulator.engine.plan import Plan
from simulator.errors import InputError, Problem
from simulator.findings import Finding, Heading, Listing, Sentence, Value
from simulator.findings import mark as _
from simulator.runs.findings import whose
from simulator.runs.options import Progress, Silent
from simulator.runs.thresholds import proposed_of
from simulator.scenario.model import Scenario
from simulator.tables import Float64

LEVELS = (0.05, 0.25, 0.50, 0.75, 0.95)


@dataclass(frozen=True, slots=True)
class Stage:
    """A contribution at a stage: its estimate and the shares of drivers, draw by draw.

    `shares` has shape (groups, n): how much each driver changed the proposal up to this stage.
    `rest` is what no driver explains, the same in every draw.
    """

    name: str
    estimate: Float64
    open: Float64
    shares: Float64
    rest: float


@dataclass(frozen=True, slots=True)
class Staged:
    """A parent's contribution over the whole period in its own currency, stage by stage."""

    parent: str
    title: str
    currency: str
    proposed: float
    stages: tuple[Stage, ...]


def staged(
    scenario: Scenario, threads: int = 1, progress: Progress | None = None
) -> tuple[list[str], list[Staged]]:
    """The drivers that move, and every parent's contribution; 2^k simulations on the same draws.

    Raises InputError when the scenario has no stages before the last.
    """
    plan = Plan(scenario)
    groups = moving_groups(scenario)
    whole = scenario.periods[-1]
    amounts = {(p.output, p.period): p.amount for p in proposed_of(scenario)}
    outputs = {key: contribution_name(key, p.assessed_in) for key, p in scenario.parents.items()}
    columns = {key: _stages_of(plan, output) for key, output in outputs.items()}
    if not any(len(found) > 1 for found in columns.values()):
        wanted = "a scenario with revisions before the last is wanted"
        raise InputError(Problem(wanted, "FILE", scenario.name))
    names = [name for found in columns.values() for name in found.values()]
    progress = progress or Silent()
    progress.start(scenario.sampling.draws << len(groups))
    values = coalitions(plan, list(groups.values()), names, whole, threads, progress.advance)
    found = []
    for key, output in outputs.items():
        parent, proposed = scenario.parents[key], amounts[output, whole]
        last = values[output][-1]
        stages = tuple(
            _stage(stage, values[name], last, proposed) for stage, name in columns[key].items()
        )
        title = parent.name or key
        found.append(Staged(key, title, parent.assessed_in, proposed, stages))
    return list(groups), found


def _stages_of(plan: Plan, output: str) -> dict[str, str]:
    """Stages of an output in order of time, each with its column; the last one has no suffix."""
    found = {c.stage: c.name for c in plan.columns if c.output == output and c.name != output}
    last = next(c.stage for c in plan.columns if c.name == output)
    return {**{s: n for s, n in found.items() if s != last}, last: output}


def _stage(name: str, values: Float64, last: Float64, proposed: float) -> Stage:
    estimate = values[-1]
    rest = float(values[0, 0]) - proposed
    return Stage(name, estimate, last - estimate, shapley(values), rest)


# --- In words -----------------------------------------------------------------------------------


def stages_finding(scenario: Scenario, drivers: Sequence[str], found: Sequence[Staged]) -> Finding:
    """The stages of every contribution in sentences and tables."""
    replicates = scenario.sampling.replicates
    sentences: list[Sentence] = []
    listings: list[Listing] = []
    for one in found:
        sentences += _sentences(one, drivers, replicates)
        listings += [_estimates(one), _still_open(one), _changes(one, drivers, replicates)]
    return Finding(
        "stages",
        "",
        _("What each revision settles, and what changed"),
        tuple(sentences),
        tuple(listings),
        *whose(scenario),
        (
            Sentence(
                "Shares are those of the draws: they say what the scenario holds possible, not "
                "what has happened."
            ),
        ),
        {"draws": scenario.sampling.draws},
    )


def _spread(values: Float64) -> float:
    low, high = percentiles(values, [0.05, 0.95])
    return float(high - low)


def _sentences(one: Staged, drivers: Sequence[str], replicates: int) -> Iterator[Sentence]:
    first, last = one.stages[0], one.stages[-1]
    mean = float(np.mean(last.estimate)) - one.proposed
    values: dict[str, Value] = {
        "who": one.title, "change": (abs(mean), one.currency),
        "before": (_spread(last.estimate), one.currency),
        "first": (_spread(first.open), one.currency), "stage": first.name.replace("_", " "),
    }  # fmt: skip
    more = _(
        "On average {who} ends up owing {change:money} more than proposed. When the budget is "
        "proposed, nine draws out of ten span {before:money}; after the stage {stage}, "
        "{first:money} are still open."
    )
    less = _(
        "On average {who} ends up owing {change:money} less than proposed. When the budget is "
        "proposed, nine draws out of ten span {before:money}; after the stage {stage}, "
        "{first:money} are still open."
    )
    yield Sentence(more if mean >= 0 else less, values)
    shares = [float(np.mean(row)) for row in last.shares]
    if shares:
        i = max(range(len(shares)), key=lambda k: abs(shares[k]))
        yield Sentence(
            "Of that change, {share:money} come from {driver}, more than from any other driver.",
            {"share": (shares[i], one.currency), "driver": drivers[i].replace("_", " ")},
        )


Row = tuple[str | float, ...]


def _row(name: str, values: Float64) -> Row:
    levels = percentiles(values, list(LEVELS))
    return (name.replace("_", " "), float(np.mean(values)), *(float(level) for level in levels))


def _fan(one: Staged, name: str, title: str, rows: Sequence[Row]) -> Listing:
    headings = (
        Heading("stage"),
        Heading("mean", "amount", one.currency),
        Heading("P5", "amount", one.currency),
        Heading("P25", "amount", one.currency),
        Heading("P50", "amount", one.currency),
        Heading("P75", "amount", one.currency),
        Heading("P95", "amount", one.currency),
    )
    return Listing(f"{name}-{one.parent}", title, headings, tuple(rows), about=one.title)


def _estimates(one: Staged) -> Listing:
    """The amount as each revision will put it, seen from today."""
    proposed: Row = (PROPOSED, one.proposed, *(one.proposed for _ in LEVELS))
    rows: list[Row] = [proposed, *(_row(stage.name, stage.estimate) for stage in one.stages)]
    return _fan(one, "estimate", _("The amount at each stage, as seen today"), rows)


def _still_open(one: Staged) -> Listing:
    """What is still to come after each revision."""
    rows = [_row(PROPOSED, one.stages[-1].estimate - one.proposed)]
    rows += [_row(stage.name, stage.open) for stage in one.stages]
    return _fan(one, "open", _("What is still to come after each stage"), rows)


def _changes(one: Staged, drivers: Sequence[str], replicates: int) -> Listing:
    """The mean change from the proposal up to each stage, driver by driver."""
    stages = one.stages
    money = [*(stage.name.replace("_", " ") for stage in stages), "standard error"]
    headings = [
        Heading("because of"),
        *(Heading(name, "amount", one.currency) for name in money),
        Heading("P5", "amount", one.currency),
        Heading("P95", "amount", one.currency),
    ]
    rows: list[tuple[str | float | None, ...]] = []
    for i, driver in enumerate(drivers):
        means = [float(np.mean(stage.shares[i])) for stage in stages]
        error = measured(stages[-1].shares[i], _mean, replicates).standard_error
        ends = map(float, percentiles(stages[-1].shares[i], [0.05, 0.95]))
        known = None if math.isnan(error) else error
        rows.append((driver.replace("_", " "), *means, known, *ends))
    rest = stages[-1].rest
    rows.append((_("the central case against the proposal"), *(s.rest for s in stages), None, rest,
                 rest))  # fmt: skip
    totals = [float(np.mean(stage.estimate)) - one.proposed for stage in stages]
    error = measured(stages[-1].estimate, _mean, replicates).standard_error
    ends = map(float, percentiles(stages[-1].estimate - one.proposed, [0.05, 0.95]))
    rows.append((_("all together"), *totals, None if math.isnan(error) else error, *ends))
    title = _("Change from the proposal up to each stage on average, and its range up to the last")
    return Listing(f"change-{one.parent}", title, tuple(headings), tuple(rows), about=one.title)


def _mean(values: Float64) -> float:
    return float(np.mean(values))
