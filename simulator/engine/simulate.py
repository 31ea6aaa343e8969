"""Simulate a scenario in memory: blocks of draws, in one thread or several, same bits."""

from __future__ import annotations

from simulator.engine.chosen import chosen
from simulator.engine.plan import BLOCK, Plan
from simulator.scenario.model import Scenario
from simulator.scenario.settings import with_sampling
from simulator.tables import Outcomes


def simulate(
    scenario: Scenario,
    *,
    draws: int | None = None,
    seed: int | None = None,
    sampler: str | None = None,
    replicates: int | None = None,
    threads: int = 1,
    block: int = BLOCK,
) -> Outcomes:
    """Every output of the scenario for every draw, in memory.

    Settings not given are the scenario's own. The same settings give the same bits for any
    number of threads and any block size. Raises InputError for settings out of range and for a
    correlation matrix that is not positive definite.
    """
    settled = with_sampling(
        scenario, draws=draws, seed=seed, sampler=sampler, replicates=replicates
    )
    plan = Plan(settled)
    values = chosen(plan, [column.name for column in plan.columns], threads, block=block)
    return Outcomes(0, settled.sampling.draws, plan.periods, plan.columns, values)
