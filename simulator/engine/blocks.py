"""Draws made block by block, in one thread or several."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from simulator.engine.plan import BLOCK

Told = Callable[[int], None]


def nobody(n: int) -> None:
    """Hears that `n` more draws are made, and tells nobody."""


def block_ranges(draws: int, block: int) -> Iterator[tuple[int, int]]:
    """Consecutive (start, stop) that cover `draws`."""
    for start in range(0, draws, block):
        yield start, min(start + block, draws)


def fill_blocks(
    fill: Callable[[int, int], None],
    draws: int,
    threads: int = 1,
    told: Told = nobody,
    block: int = BLOCK,
) -> None:
    """Call `fill(start, stop)` for every block of draws, from so many threads.

    `told` hears, in this thread, of the draws of each block that is done.
    """
    spans = list(block_ranges(draws, block))
    if threads <= 1:
        for start, stop in spans:
            fill(start, stop)
            told(stop - start)
        return
    with ThreadPoolExecutor(threads) as pool:
        for (start, stop), _ in zip(spans, pool.map(lambda span: fill(*span), spans), strict=True):
            told(stop - start)
