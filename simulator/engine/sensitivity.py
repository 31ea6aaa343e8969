"""Which groups of drivers make an output uncertain, by drawing some again and keeping the others.

For every coalition S of groups the factors of S keep their draws and the others are drawn again
from their law given those of S. Correlated factors are constructed one after another, so with the
factors of S first in that order keeping their innovations keeps their values, and new innovations
of the others are draws from the conditional law: exact for the Gaussian copula, also across groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulator.analysis.statistics import percentiles
from simulator.analysis.variance import Shares, variance_shares
from simulator.engine.blocks import Told, nobody
from simulator.engine.chosen import chosen
from simulator.engine.plan import Plan
from simulator.errors import InputError, Problem
from simulator.sampling.draw import MIXING
from simulator.scenario.factors import COMMON, DRIVERS, factors_of
from simulator.scenario.model import Scenario
from simulator.scenario.parts import StudentCopula
from simulator.tables import Float64


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """Shares of an output's uncertainty by group, for the mean, P95 and, if asked, a ceiling.

    `targets` has "mean" (shares of the variance of the output itself), "p95" and "ceiling"
    (shares of the variance of the event that the output is above `limits` of that name).
    """

    groups: tuple[str, ...]
    targets: dict[str, Shares]
    limits: dict[str, float]
    mean: float
    sd: float
    chances: dict[str, float]


def groups_of(scenario: Scenario) -> dict[str, tuple[str, ...]]:
    """Names of the streams of each group of drivers that is drawn, in the order of `DRIVERS`.

    Raises InputError when a Student-t copula ties factors of several groups: what they share has
    no law given some of them that could be drawn from.
    """
    factors = factors_of(scenario)
    found = {d: [f.name for f in factors if f.driver == d] for d in DRIVERS}
    tied = _tied(scenario)
    across = [d for d in DRIVERS if tied & set(found[d])]
    if isinstance(scenario.correlation.copula, StudentCopula) and across:
        if len(across) > 1:
            wanted = "a Gaussian copula is wanted where factors of several groups are correlated"
            remedy = 'set correlation.copula to kind = "gaussian" to ask this'
            raise InputError(Problem(wanted, "correlation.copula", ", ".join(across), remedy))
        found[across[0]].append(MIXING)
    if found["exchange"]:
        found["exchange"].append(COMMON)
    return {driver: tuple(names) for driver, names in found.items() if names}


def simulations(scenario: Scenario) -> int:
    """How many simulations `sensitivity` makes: one a coalition, two where groups correlate."""
    groups = groups_of(scenario)
    return (1 << len(groups)) * (2 if _correlated_across(scenario, groups) else 1)


def sensitivity(
    scenario: Scenario,
    column: str,
    period: str,
    ceiling: float | None = None,
    threads: int = 1,
    told: Told = nobody,
) -> Sensitivity:
    """Shares of the uncertainty of a column in a period by group; 2^k simulations or twice that.

    `told` hears of draws made. Raises InputError as `groups_of` does.
    """
    groups = groups_of(scenario)
    place = scenario.periods.index(period)

    def drawn(given: Scenario, kept: Sequence[str] | None) -> Float64:
        table = chosen(Plan(given, scenario.sampling, kept), [column], threads, told)[column]
        return np.ascontiguousarray(table[:, place])

    across = _correlated_across(scenario, groups)
    first = drawn(scenario, None)
    bases, frozen = [], []
    for number in range(1 << len(groups)):
        kept = [n for i, g in enumerate(groups) if number >> i & 1 for n in groups[g]]
        given = _constructed_first(scenario, kept) if across else scenario
        bases.append(drawn(given, None) if across else first)
        every = number == (1 << len(groups)) - 1
        frozen.append(bases[-1] if every else drawn(given, kept))
    limits = {"p95": float(percentiles(first, [0.95])[0])}
    if ceiling is not None:
        limits["ceiling"] = ceiling
    replicates = scenario.sampling.replicates
    targets = {"mean": variance_shares(bases, frozen, replicates)}
    for name, limit in limits.items():
        events = {id(y): np.asarray(y > limit, dtype=float) for y in (*bases, *frozen)}
        above = [[events[id(y)] for y in side] for side in (bases, frozen)]
        targets[name] = variance_shares(above[0], above[1], replicates)
    chances = {name: float(np.mean(first > limit)) for name, limit in limits.items()}
    sd = float(np.std(first, ddof=1)) if len(first) > 1 else 0.0
    return Sensitivity(tuple(groups), targets, limits, float(np.mean(first)), sd, chances)


def _tied(scenario: Scenario) -> set[str]:
    """The factors that the correlation names."""
    return {name for one, row in scenario.correlation.matrix.items() for name in (one, *row)}


def _correlated_across(scenario: Scenario, groups: dict[str, tuple[str, ...]]) -> bool:
    home = {name: group for group, names in groups.items() for name in names}
    return any(
        home.get(one) != home.get(other)
        for one, row in scenario.correlation.matrix.items()
        for other in row
    )


def _constructed_first(scenario: Scenario, kept: Sequence[str]) -> Scenario:
    """The same law with the correlated factors in `kept` constructed before all others."""
    order = tuple(sorted(_tied(scenario), key=lambda name: (name not in kept, name)))
    correlation = scenario.correlation.model_copy(update={"order": order})
    return scenario.model_copy(update={"correlation": correlation})
