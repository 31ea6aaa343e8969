"""Forward cover of a parent's contribution: what each ratio does to its mean and its tail.

Covered interest parity: F_t = S_0·((1 + i_home)/(1 + i_abroad))^t, t in years, in the budget's
currency for one unit of the parent's. Under the policy `forward` the covered part of each year's
contribution is turned into the parent's currency at the year's forward rate and the rest at the
rates that come, so a ratio's amount lies between those of no cover and of full cover, draw by
draw: two runs on common draws give every ratio.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from simulator.analysis.statistics import percentiles, standard_error
from simulator.budget.published import contribution_name
from simulator.engine.blocks import Told, nobody
from simulator.engine.chosen import chosen
from simulator.engine.plan import Plan
from simulator.engine.sides import with_policy
from simulator.scenario.model import Scenario
from simulator.scenario.numbers import Quantity
from simulator.scenario.parts import Forward, Interest
from simulator.tables import Float64

TAIL = 0.95


@dataclass(frozen=True, slots=True)
class Judged:
    """A statistic, its change against no cover, and the standard errors of both.

    The error of the change is that of paired draws: its two sides share what chance did.
    """

    value: float
    error: float
    change: float
    change_error: float


@dataclass(frozen=True, slots=True)
class Cover:
    """A ratio: mean, standard deviation, P95 and the mean beyond it (expected shortfall).

    `at_spread` is what the covered part costs on average beyond the mid; NaN without a spread.
    """

    ratio: float
    mean: Judged
    sd: Judged
    p95: Judged
    shortfall: Judged
    at_spread: float


@dataclass(frozen=True, slots=True)
class Hedge:
    """Every ratio for one parent's whole period; `rates` are the forwards by year, at the mid."""

    parent: str
    column: str
    unit: str
    rates: Mapping[int, float]
    covers: tuple[Cover, ...]


def forward_rate(start: float, interest: Interest, months: int) -> float:
    """Covered interest parity after so many months (see above)."""
    growth = (1.0 + float(interest.home)) / (1.0 + float(interest.abroad))
    return start * float(growth ** (months / 12.0))


def covered(scenario: Scenario, parent: str, cover: float, rates: Mapping[int, float]) -> Scenario:
    """The scenario with a part of one parent's contribution covered at these rates by year."""
    policy = Forward(
        cover=Quantity(value=Decimal(repr(cover))),
        rates={year: Quantity(value=Decimal(repr(rate))) for year, rate in rates.items()},
    )
    return with_policy(scenario, "forward", {parent: policy})


def hedge(
    scenario: Scenario,
    parent: str,
    ratios: Sequence[float],
    rates: Mapping[int, float],
    half_spread: float | None = None,
    threads: int = 1,
    told: Told = nobody,
) -> Hedge:
    """Mean and tail of a parent's contribution at each ratio of cover, on the same draws.

    `told` hears of the draws of two runs.
    """
    open_, full = (
        _contribution(covered(scenario, parent, part, rates), parent, threads, told)
        for part in (0.0, 1.0)
    )
    replicates = scenario.sampling.replicates
    code = scenario.parents[parent].assessed_in
    covers = tuple(_cover(one, open_, full, half_spread, replicates) for one in ratios)
    return Hedge(parent, contribution_name(parent, code), code, dict(rates), covers)


def amounts(ratio: float, open_: Float64, full: Float64) -> Float64:
    """What is owed at a ratio, from what is owed without cover and with all of it."""
    if ratio in (0.0, 1.0):
        return full if ratio else open_
    return np.asarray(ratio * full + (1.0 - ratio) * open_)


def _contribution(scenario: Scenario, parent: str, threads: int, told: Told) -> Float64:
    """The contribution of the whole period, shape (n_draws,)."""
    name = contribution_name(parent, scenario.parents[parent].assessed_in)
    return chosen(Plan(scenario), [name], threads, told)[name][:, -1]


def _cover(
    ratio: float, open_: Float64, full: Float64, half_spread: float | None, replicates: int
) -> Cover:
    owed = amounts(ratio, open_, full)

    def judged(of: Callable[[Float64], float]) -> Judged:
        each = [(of(owed[r::replicates]), of(open_[r::replicates])) for r in range(replicates)]
        here, there = of(owed), of(open_)
        moved = [a - b for a, b in each]
        return Judged(
            here, standard_error([a for a, _ in each]), here - there, standard_error(moved)
        )

    lost = math.nan
    if half_spread is not None:
        lost = ratio * float(full.mean()) * (1.0 / (1.0 - half_spread) - 1.0)
    return Cover(ratio, judged(_mean), judged(_sd), judged(_p95), judged(shortfall), lost)


def _mean(values: Float64) -> float:
    return float(values.mean())


def _sd(values: Float64) -> float:
    return float(values.std(ddof=1)) if len(values) > 1 else math.nan


def _p95(values: Float64) -> float:
    return float(percentiles(np.ascontiguousarray(values), [TAIL])[0])


def shortfall(values: Float64) -> float:
    """The mean of the highest 5 % of draws, at least of one.

    Of whole draws: `statistics.shortfall` counts the one on the border in part, which moves the
    last digits, or more where 5 % is no whole number of draws.
    """
    count = max(1, round(len(values) * (1.0 - TAIL)))
    return float(np.partition(values, len(values) - count)[-count:].mean())
