"""`sim reserve`: the money that covers a loss with a given confidence, and what more costs.

A loss is what a budget holder would have to find: a contribution above the proposed one, receipts
below the plan, programme support below the cost of the posts that it pays. The reserve is an order
statistic of its draws: the least amount that suffices in the wanted part of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from simulator.analysis.order import Order, order_statistic
from simulator.analysis.statistics import standard_error
from simulator.engine import Plan
from simulator.engine.chosen import chosen
from simulator.errors import InputError, Problem, did_you_mean
from simulator.findings import Finding
from simulator.runs.options import Progress, RunOptions
from simulator.runs.thresholds import output_of, proposed_of
from simulator.scenario.model import Scenario
from simulator.scenario.read import read_scenario
from simulator.tables import Float64

KINDS = ("parent", "inflows", "psc")
BEARING = ("budget_rate", "split")
"""Policies under which the organization bears what a rate costs."""


@dataclass(frozen=True, slots=True)
class ReserveAsk:
    """For which losses (`kind`; all that there are unless given), and how surely."""

    file: str
    confidence: float
    kind: str | None = None
    options: RunOptions = field(default_factory=RunOptions)


@dataclass(frozen=True, slots=True)
class Loss:
    """A loss on every draw, shape (n,), in whole units of `currency`; never below 0.

    `months` is, for unpaid posts, the same in months of their cost.
    """

    kind: str
    name: str
    what: str
    currency: str
    values: Float64
    months: Float64 | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """The reserve at a confidence, and what the last per cent up to it costs (NaN: the first)."""

    confidence: float
    reserve: Order
    standard_error: float
    step: float


@dataclass(frozen=True, slots=True)
class Reserve:
    """The reserve for a loss.

    `needed` is the part of the draws with a loss at all, `missing` the mean of what is still
    missing where the reserve does not suffice (NaN when it always does).
    """

    loss: Loss
    levels: tuple[Level, ...]
    needed: float
    missing: float
    months: Order | None


@dataclass(frozen=True, slots=True)
class Reserved:
    """A question with its answers."""

    ask: ReserveAsk
    scenario: Scenario
    reserves: tuple[Reserve, ...]


def reserve(ask: ReserveAsk, progress: Progress) -> Finding:
    """The reserves in words and tables.

    Raises InputError for the file, a confidence out of range, a kind of loss that the scenario
    does not have, and for too few draws.
    """
    from simulator.runs.reserve_words import in_words

    return in_words(reserved(ask, progress))


def reserved(ask: ReserveAsk, progress: Progress) -> Reserved:
    """The reserves in numbers."""
    _refuse(ask)
    scenario = ask.options.sampled(read_scenario(ask.file))
    sampling = scenario.sampling
    if sampling.draws * (1 - ask.confidence) < 1:
        wanted = f"a confidence that {sampling.draws} draws can tell from certainty is wanted"
        remedy = "make more --draws, or ask for less"
        raise InputError(Problem(wanted, "--confidence", f"{ask.confidence:.10g}", remedy))
    try:
        losses = tuple(_losses(scenario, ask, progress))
    finally:
        progress.done()
    found = tuple(reserve_of(loss, ask.confidence, sampling.replicates) for loss in losses)
    return Reserved(ask, scenario, found)


def reserve_of(loss: Loss, confidence: float, replicates: int) -> Reserve:
    """The order statistic at the confidence and at each further per cent up to 99."""
    values = loss.values
    ordered = np.sort(values)
    parts = [np.sort(values[r::replicates]) for r in range(replicates)]
    levels: list[Level] = []
    for level in _levels(confidence):
        order = order_statistic(ordered, level)
        step = order.value - levels[-1].reserve.value if levels else math.nan
        each = [order_statistic(part, level).value for part in parts]
        few = len(parts[-1]) * (1 - level) < 1
        levels.append(Level(level, order, math.nan if few else standard_error(each), step))
    amount = levels[0].reserve.value
    beyond = values[values > amount]
    months = loss.months
    return Reserve(
        loss,
        tuple(levels),
        float(np.mean(values > 0)),
        float(np.mean(beyond - amount)) if len(beyond) else math.nan,
        order_statistic(np.sort(months), confidence) if months is not None else None,
    )


def _levels(confidence: float) -> Iterator[float]:
    """The confidence, then each further per cent up to 99."""
    yield confidence
    for i in range(1, 100):
        level = round(confidence + i / 100, 10)
        if level > 0.99:
            return
        yield level


def _refuse(ask: ReserveAsk) -> None:
    problems = []
    if not 0 < ask.confidence < 1:
        wanted = "a part above 0 and below 1 is wanted: 0.90 suffices in nine cases of ten"
        problems.append(Problem(wanted, "--confidence", f"{ask.confidence:.10g}"))
    if ask.kind is not None and ask.kind not in KINDS:
        remedy = did_you_mean(ask.kind, KINDS)
        problems.append(Problem("parent, inflows or psc is wanted", "--for", ask.kind[:40], remedy))
    if problems:
        raise InputError(problems)


def _losses(scenario: Scenario, ask: ReserveAsk, progress: Progress) -> Iterator[Loss]:
    """The losses that the scenario has, of the kind that is asked for."""
    plan, cur = Plan(scenario), scenario.budget.currency.lower()
    wanted = KINDS if ask.kind is None else (ask.kind,)
    has_posts = plan.budget.xb_posts is not None
    if ask.kind == "inflows" and scenario.inflows is None:
        raise InputError(Problem("a scenario with [inflows] is wanted", "--for", "inflows"))
    if ask.kind == "psc" and not has_posts:
        words = "a scenario with posts that programme support pays is wanted"
        remedy = "posts of the fund that inflows.fund names"
        raise InputError(Problem(words, "--for", "psc", remedy))
    names: list[str] = []
    if "parent" in wanted:
        for name, parent in scenario.parents.items():
            names.append(output_of(name, parent.assessed_in))
            if parent.policy.kind in BEARING and parent.assessed_in != scenario.budget.currency:
                names.append(f"balance_{cur}.{name}")
    if "inflows" in wanted and scenario.inflows is not None:
        names.append(f"xb_shortfall_{cur}")
    if "psc" in wanted and has_posts:
        names += [f"psc_income_{cur}", f"xb_posts_cost_{cur}"]
    progress.start(scenario.sampling.draws)
    tables = chosen(plan, names, ask.options.thread_count(), progress.advance)
    if "parent" in wanted:
        yield from _overruns(scenario, tables)
    if "inflows" in wanted and scenario.inflows is not None:
        what = "extrabudgetary receipts below the plan"
        values = tables[f"xb_shortfall_{cur}"][:, -1]
        yield Loss("inflows", "inflows", what, scenario.budget.currency, values)
    if "psc" in wanted and has_posts:
        yield _unpaid(scenario, tables[f"psc_income_{cur}"], tables[f"xb_posts_cost_{cur}"])


def _overruns(scenario: Scenario, tables: dict[str, Float64]) -> Iterator[Loss]:
    """Contributions above the proposed ones, and what is left with the organization.

    Within the rounding of the proposed contribution nothing is above it, as in a summary.
    """
    budget = scenario.budget.currency
    proposed = {(p.output, p.period): p for p in proposed_of(scenario)}
    for name, parent in scenario.parents.items():
        output = output_of(name, parent.assessed_in)
        its, owed = proposed[output, scenario.period], tables[output][:, -1]
        values = np.where(owed > its.limit, owed - its.amount, 0.0)
        what = f"the contribution of {name} above the proposed one"
        yield Loss("parent", name, what, parent.assessed_in, values)
        balance = tables.get(f"balance_{budget.lower()}.{name}")
        if balance is not None:
            what = f"what the organization lacks of the contribution of {name}"
            loss = np.maximum(0.0, -balance[:, -1])
            yield Loss("parent", f"{name}-balance", what, budget, loss)


def _unpaid(scenario: Scenario, support: Float64, cost: Float64) -> Loss:
    """The most that programme support lags behind the cost of its posts at the end of a year."""
    years = len(scenario.years)
    behind = np.cumsum(cost[:, :years] - support[:, :years], axis=1).max(axis=1)
    values = np.maximum(0.0, behind)
    monthly = cost[:, :years].sum(axis=1) / (12 * years)
    months = np.divide(values, monthly, out=np.zeros_like(values), where=monthly > 0)
    what = "the cost of extrabudgetary posts that programme support does not pay"
    return Loss("psc", "psc", what, scenario.budget.currency, values, months)
