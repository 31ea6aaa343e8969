"""Who does the work: threads of this process, or a cluster of processes (`cluster`).

Either way results are taken in the order of the jobs, so nothing depends on who was first.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol, TypeVar

from simulator.runs.blocks import in_order
from simulator.runs.options import DASK, RunOptions, Saying

Job = TypeVar("Job")
Made = TypeVar("Made")


class Workers(Protocol):
    """Whoever does jobs."""

    def in_order(
        self,
        make: Callable[[Job], Made],
        jobs: Iterable[Job],
        most: int | None = None,
        count: int = 0,
    ) -> Generator[tuple[Job, Made], None, None]:
        """`make(job)` for every job, in the order of the jobs; few results wait.

        `make`, jobs and results can be pickled. `most` is how many jobs of this process may be
        under way at once, where memory sets a bound. `count` is how many jobs there are, when their
        results are small: several of them may then travel together. Close the iterator to stop
        early.
        """


@dataclass(frozen=True, slots=True)
class Threads:
    """So many threads of this process."""

    count: int

    def in_order(
        self,
        make: Callable[[Job], Made],
        jobs: Iterable[Job],
        most: int | None = None,
        count: int = 0,
    ) -> Generator[tuple[Job, Made], None, None]:
        """As `Workers`."""
        return in_order(make, jobs, self.count if most is None else max(1, min(most, self.count)))


@contextmanager
def cluster_of(options: RunOptions, progress: Saying) -> Iterator[Workers | None]:
    """The cluster that the options ask for, while the block lasts; None for threads."""
    if options.engine != DASK:
        yield None
        return
    from simulator.runs.cluster import cluster  # distributed comes with it

    with cluster(options.scheduler, options.thread_count(), progress) as workers:
        yield workers


@contextmanager
def workers_of(options: RunOptions, progress: Saying) -> Iterator[Workers]:
    """The workers that the options ask for, while the block lasts."""
    with cluster_of(options, progress) as found:
        yield found or Threads(options.thread_count())
