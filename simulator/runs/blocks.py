"""Work done by several threads and taken in order: never more than a few results wait."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Job = TypeVar("Job")
Made = TypeVar("Made")


def in_order(
    make: Callable[[Job], Made], jobs: Iterable[Job], threads: int
) -> Generator[tuple[Job, Made], None, None]:
    """`make(job)` for every job, in the order of the jobs; at most `threads` + 1 results at once.

    Close the iterator (`contextlib.closing`) to stop early: what has not begun is dropped, what
    has is waited for.
    """
    if threads == 1:
        for job in jobs:
            yield job, make(job)
        return
    waiting: deque[tuple[Job, Future[Made]]] = deque()
    pool = ThreadPoolExecutor(threads)
    try:
        for job in jobs:
            waiting.append((job, pool.submit(make, job)))
            if len(waiting) > threads:
                done, future = waiting.popleft()
                yield done, future.result()
        while waiting:
            done, future = waiting.popleft()
            yield done, future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def spans(start: int, stop: int, block: int) -> Iterator[tuple[int, int]]:
    """Consecutive (start, stop) of at most `block` draws that cover `start` ≤ i < `stop`."""
    for first in range(start, stop, block):
        yield first, min(first + block, stop)
