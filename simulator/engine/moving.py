"""Outcomes in which only some groups of drivers move, and all others stay at their centre.

A factor that is not drawn is certain, and the cascade takes its central value: so the same draws
with fewer factors are the same futures with fewer things going on in them. The value of no group at
all is the central case, that of all groups the outcome of a run, to the bit.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from simulator.budget.outputs import outcomes
from simulator.engine.blocks import Told, fill_blocks, nobody
from simulator.engine.plan import Plan
from simulator.scenario.factors import DRIVERS, factors_of
from simulator.scenario.model import Scenario
from simulator.tables import Draws, Float64


def moving_groups(scenario: Scenario) -> dict[str, tuple[str, ...]]:
    """The drivers that are drawn, with their factors, in the order of `DRIVERS`."""
    factors = factors_of(scenario)
    found = {d: tuple(f.name for f in factors if f.driver == d) for d in DRIVERS}
    return {driver: names for driver, names in found.items() if names}


def coalitions(
    plan: Plan,
    groups: Sequence[Sequence[str]],
    columns: Sequence[str],
    period: str,
    threads: int = 1,
    told: Told = nobody,
) -> dict[str, Float64]:
    """Each column in a period for every coalition of groups of factors, shape (2^k, n_draws).

    Coalitions are numbered as in `analysis.shapley`: group i moves where bit i is set. `told`
    hears of the draws of each block that is done, once for every coalition.
    """
    count, draws = 1 << len(groups), plan.sampling.draws
    place = plan.periods.index(period)
    found = {name: np.empty((count, draws)) for name in columns}

    def fill(start: int, stop: int) -> None:
        drawn = plan.draws(start, stop)
        for number in range(count):
            moving = {n for i, names in enumerate(groups) if number >> i & 1 for n in names}
            part = {name: values for name, values in drawn.values.items() if name in moving}
            outcome = outcomes(plan.budget, Draws(start, stop - start, part))
            for name, table in found.items():
                table[number, start:stop] = outcome[name][:, place]

    fill_blocks(fill, draws, threads, lambda n: told(count * n))
    return found
