"""A change from one scenario to another, shared among the groups of inputs that changed.

Every coalition of changed groups is simulated on the same draws: their inputs from the second
scenario, all others from the first. `analysis.shapley` shares the change of a statistic.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from simulator.analysis.shapley import MOST_DRIVERS, rounded, shares_with_errors
from simulator.analysis.statistics import percentiles
from simulator.budget.published import contribution_name
from simulator.engine.blocks import Told, nobody
from simulator.engine.chosen import chosen
from simulator.engine.plan import Plan
from simulator.errors import InputError, Problem
from simulator.scenario.differences import differences
from simulator.scenario.drivers import COMMON, GROUPS, idle_rates, mixed
from simulator.scenario.model import Scenario
from simulator.scenario.read import check_scenario
from simulator.tables import Float64
from simulator.units import whole_units

MEAN = "mean"


@dataclass(frozen=True, slots=True)
class Share:
    """A driver's part of the change of a statistic.

    `whole` is the part in whole units: with all others it adds up to the change from `before` to
    `after` as they are printed, to the last unit.
    """

    driver: str
    value: float
    standard_error: float
    whole: int


@dataclass(frozen=True, slots=True)
class Attribution:
    """The change of a statistic of an output from `before` to `after`, by driver."""

    output: str
    period: str
    stage: str
    unit: str
    statistic: str
    before: float
    after: float
    shares: tuple[Share, ...]

    @property
    def change(self) -> float:
        """After less before, in `unit`."""
        return self.after - self.before


def changed_groups(a: Scenario, b: Scenario) -> tuple[str, ...]:
    """The groups of inputs that differ and move results, in the order of `drivers.GROUPS`.

    Raises InputError when the scenarios differ in what has to be common, or in too many groups.
    """
    found = {one.driver: one for one in reversed(differences(a, b))}
    if COMMON in found:
        key = found[COMMON]
        wanted = "a change can be shared among drivers only between equal budgets and dates"
        value, remedy = f"{key.before} and {key.after}", "compare with --no-drivers"
        raise InputError(Problem(wanted, key=key.key, value=value, remedy=remedy))
    groups = tuple(group for group in GROUPS if group in found)
    if len(groups) > MOST_DRIVERS:
        wanted = (
            f"at most {MOST_DRIVERS} changed groups are shared among: each one doubles the work"
        )
        raise InputError(Problem(wanted, value=", ".join(groups), remedy="use --no-drivers"))
    return groups


def coalitions(a: Scenario, b: Scenario, groups: Sequence[str]) -> tuple[Scenario, ...]:
    """The 2^k scenarios between `a` and `b`; number S has group i from `b` when S has bit i.

    Raises InputError when one of them contradicts itself, with the groups and what it says.
    """
    found = []
    for number in range(1 << len(groups)):
        taken = _members(groups, number)
        scenario = mixed(a, b, frozenset(taken))
        idle = {f"rates.{pair}" for pair in idle_rates(scenario)}
        problems = [problem for problem in check_scenario(scenario) if problem.key not in idle]
        if problems:
            raise _contradiction(a, b, groups, taken, problems[0])
        found.append(scenario)
    return tuple(found)


def _members(groups: Sequence[str], number: int) -> list[str]:
    return [group for i, group in enumerate(groups) if number >> i & 1]


def _contradiction(
    a: Scenario, b: Scenario, groups: Sequence[str], taken: Sequence[str], problem: Problem
) -> InputError:
    wanted = (
        f"the change cannot be shared among {', '.join(groups)}: with "
        f"{', '.join(taken) or 'nothing'} from {b.name} and the rest from {a.name} the scenario "
        "contradicts itself"
    )
    remedy = "compare with --no-drivers"
    return InputError(Problem(wanted, key=problem.key, value=problem.wanted, remedy=remedy))


def contribution_columns(scenario: Scenario) -> tuple[str, ...]:
    """Columns of what each parent owes, at the last stage, in the budget's and its own currency."""
    return tuple(
        contribution_name(name, code)
        for name, parent in scenario.parents.items()
        for code in dict.fromkeys((scenario.budget.currency, parent.assessed_in))
    )


def attribute(
    a: Scenario,
    b: Scenario,
    levels: dict[str, float],
    threads: int = 1,
    told: Told = nobody,
    *,
    outputs: Sequence[str] = (),
) -> tuple[Attribution, ...]:
    """The change in each contribution that both have, in every period, shared among drivers.

    `outputs` are others to share in their place, at the last stage. `levels` are percentiles by
    name, such as {"p95": 0.95}, besides the mean. Both scenarios have the same sampling settings;
    `told` hears of draws made. Holds one coalition's columns at a time. Raises InputError as
    `changed_groups` and `coalitions` do.
    """
    groups = changed_groups(a, b)
    replicates = a.sampling.replicates
    statistics: list[dict[tuple[str, str, str], Float64]] = []
    units: dict[str, tuple[str, str]] = {}
    for number, scenario in enumerate(coalitions(a, b, groups)):
        try:
            plan = Plan(scenario, a.sampling)
        except InputError as error:  # correlations that cannot be, found where they are used
            taken = _members(groups, number)
            raise _contradiction(a, b, groups, taken, error.problems[0]) from error
        units |= {column.name: (column.unit, column.stage) for column in plan.columns}
        there = {column.name for column in plan.columns}
        names = [name for name in outputs or contribution_columns(scenario) if name in there]
        values = chosen(plan, names, threads, told)
        statistics.append(
            {
                (output, period, name): column
                for output, table in values.items()
                for i, period in enumerate(plan.periods)
                for name, column in _statistics(table[:, i], levels, replicates)
            }
        )
    common = [key for key in statistics[0] if all(key in one for one in statistics)]
    return tuple(
        _shared(key, units[key[0]], groups, np.array([one[key] for one in statistics]))
        for key in common
    )


def _statistics(
    values: Float64, levels: dict[str, float], replicates: int
) -> Iterator[tuple[str, Float64]]:
    """Each statistic on all draws and then in every replicate, shape (1 + R,).

    A percentile with less than one draw beyond it in a replicate is NaN there, as in summaries.
    """
    parts = [values, *(values[r::replicates] for r in range(replicates))]
    yield MEAN, np.array([np.mean(np.ascontiguousarray(part)) for part in parts])
    if levels:
        found = np.array([percentiles(part, list(levels.values())) for part in parts])
        least = len(values) // replicates
        for (name, level), column in zip(levels.items(), found.T, strict=True):
            if least * min(level, 1 - level) < 1 - 1e-9:
                column[1:] = math.nan
            yield name, column


def _shared(
    key: tuple[str, str, str],
    about: tuple[str, str],
    groups: Sequence[str],
    values: Float64,
) -> Attribution:
    output, period, statistic = key
    (unit, stage), whole = about, values[:, 0]
    shares, errors = shares_with_errors(whole, values[:, 1:])
    before, after = float(whole[0]), float(whole[-1])
    parts = shares.tolist()
    whole_parts = rounded(parts, whole_units(after) - whole_units(before))
    rows = zip(groups, parts, errors.tolist(), whole_parts, strict=True)
    return Attribution(
        output, period, stage, unit, statistic, before, after, tuple(Share(*row) for row in rows)
    )
