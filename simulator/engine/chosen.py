"""Some columns of a simulation, in memory."""

from __future__ import annotations

from collections.abc import Iterable

from simulator.engine.blocks import Told, fill_blocks, nobody
from simulator.engine.plan import BLOCK, Plan
from simulator.tables import Float64, empty


def chosen(
    plan: Plan, names: Iterable[str], threads: int = 1, told: Told = nobody, block: int = BLOCK
) -> dict[str, Float64]:
    """The named columns, each of shape (n_draws, n_periods): the bits that a run would store.

    `told` is as in `fill_blocks`.
    """
    draws = plan.sampling.draws
    found = {name: empty(draws, len(plan.periods)) for name in names}

    def fill(start: int, stop: int) -> None:
        outcome, _ = plan.block(start, stop)
        for name, table in found.items():
            table[start:stop] = outcome[name]

    fill_blocks(fill, draws, threads, told, block)
    return found
