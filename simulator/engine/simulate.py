"""Simulate a scenario in memory: blocks of draws, in one thread or several, same bits."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from simulator.engine.plan import BLOCK, Plan
from simulator.scenario.model import Scenario
from simulator.scenario.settings import with_sampling
from simulator.tables import Float64, Outcomes, empty


def block_ranges(draws: int, block: int) -> Iterator[tuple[int, int]]:
    """Consecutive (start, stop) that cover `draws`."""
    for start in range(0, draws, block):
        yield start, min(start + block, draws)


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
    chosen = with_sampling(scenario, draws=draws, seed=seed, sampler=sampler, replicates=replicates)
    plan = Plan(chosen)
    count = chosen.sampling.draws
    values: dict[str, Float64] = {
        column.name: empty(count, len(plan.periods)) for column in plan.columns
    }

    def fill(span: tuple[int, int]) -> None:
        outcome, _ = plan.block(*span)
        for name, table in values.items():
            table[span[0] : span[1]] = outcome[name]

    spans = list(block_ranges(count, block))
    if threads > 1:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(fill, spans))
    else:
        for span in spans:
            fill(span)
    return Outcomes(0, count, plan.periods, plan.columns, values)
