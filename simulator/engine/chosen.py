"""Some columns of a simulation, in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from simulator.engine.plan import BLOCK, Plan
from simulator.engine.simulate import block_ranges
from simulator.tables import Float64, empty

Told = Callable[[int], None]


def nobody(n: int) -> None:
    """Hears that `n` more draws are made, and tells nobody."""


def chosen(
    plan: Plan, names: Iterable[str], threads: int = 1, told: Told = nobody
) -> dict[str, Float64]:
    """The named columns, each of shape (n_draws, n_periods): the bits that a run would store.

    `told` hears, in this thread, of the draws of each block that is done.
    """
    draws = plan.sampling.draws
    found = {name: empty(draws, len(plan.periods)) for name in names}

    def fill(span: tuple[int, int]) -> int:
        outcome, _ = plan.block(*span)
        for name, table in found.items():
            table[span[0] : span[1]] = outcome[name]
        return span[1] - span[0]

    with ThreadPoolExecutor(threads) as pool:
        for made in pool.map(fill, list(block_ranges(draws, BLOCK))):
            told(made)
    return found
