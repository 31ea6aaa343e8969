"""How a run is asked for: draws, seed, sampler, threads, where to, and how precise."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from simulator.errors import InputError, Problem
from simulator.store.folder import EVERYTHING, STATISTICS
from simulator.store.remote import fetched, is_address

if TYPE_CHECKING:
    from simulator.scenario.model import Scenario

RESULTS = Path("results")
"""Where results are written and looked for, unless it is said."""

ALL = -1
"""Every draw there is, where a number of draws is asked for."""

MOST_THREADS = 1024
THREADS, DASK = "threads", "dask"


def result_folder(name: str) -> Path:
    """A result folder as typed: its path, its bare name in results/, or its address."""
    if is_address(name):
        return fetched(name)
    folder = Path(name)
    return RESULTS / name if not folder.exists() and folder.name == name else folder


class Saying(Protocol):
    """Whoever passes words on to the user."""

    def say(self, text: str) -> None:
        """What the user must know at once."""


class Progress(Saying, Protocol):
    """Whoever shows how far a run has come. Called from the thread that runs, in this order.

    `say` is called seldom, `begin` only where there is something from an earlier run.
    """

    def begin(self, phase: str, unit: str, total: int) -> None:
        """A phase begins: `total` of `unit` will be done."""

    def start(self, total: int) -> None:
        """`total` draws will be made (with `--precision`: at most)."""

    def advance(self, n: int) -> None:
        """`n` more draws are on their way to the disk; after `summarise`, columns are done."""

    def summarise(self, total: int) -> None:
        """The draws are made; `total` columns will be summarised."""

    def done(self) -> None:
        """The run is over, well or not."""


class Silent:
    """Shows nothing."""

    def say(self, text: str) -> None:
        """Nothing."""

    def begin(self, phase: str, unit: str, total: int) -> None:
        """Nothing."""

    def start(self, total: int) -> None:
        """Nothing."""

    def advance(self, n: int) -> None:
        """Nothing."""

    def summarise(self, total: int) -> None:
        """Nothing."""

    def done(self) -> None:
        """Nothing."""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """Settings of a run; None means the scenario's own (threads: one a processor).

    `out` is the folder in which each scenario gets its result folder. `precision` is text such as
    "mean(contribution_xyz.A)=0.1%" (see `runs.precision`); `draws` is then the most to make.
    `keep` is "all", or "summary" for statistics without the draws. `engine` is "threads", or
    "dask" for a cluster: that at the address `scheduler`, or `threads` processes of this machine.
    """

    draws: int | None = None
    seed: int | None = None
    sampler: str | None = None
    replicates: int | None = None
    threads: int | None = None
    out: Path = RESULTS
    force: bool = False
    precision: str | None = None
    keep: str = EVERYTHING
    engine: str = THREADS
    scheduler: str | None = None
    strict: bool = False
    """Refuse a scenario with assumptions that are drafts or expired."""
    to: str = ""
    """The address to which the result goes; `out` is then where it is made (`runs.sending`)."""

    def check(self) -> None:
        """Raise InputError for options that have no such choice, or do not go together."""
        problems = []
        if self.keep not in (EVERYTHING, STATISTICS):
            wanted = f"{EVERYTHING} or {STATISTICS} is wanted"
            problems.append(Problem(wanted, "--keep", self.keep[:40]))
        if self.engine not in (THREADS, DASK):
            wanted = f"{THREADS} or {DASK} is wanted"
            problems.append(Problem(wanted, "--engine", self.engine[:40]))
        elif self.engine != DASK and self.scheduler is not None:
            wanted = "a cluster is wanted, or this would not be used"
            problems.append(Problem(wanted, "--scheduler", remedy=f"add --engine {DASK}"))
        if self.engine == DASK and self.precision is not None:
            wanted = "a number of draws that is known is wanted on a cluster"
            remedy = f"use --draws, or leave --engine {DASK} out"
            problems.append(Problem(wanted, "--precision", remedy=remedy))
        if problems:
            raise InputError(problems)

    def sampled(self, scenario: Scenario) -> Scenario:
        """The scenario under these settings; InputError names every option out of range."""
        from simulator.scenario.settings import with_sampling  # pydantic comes with it

        self.check()
        chosen = with_sampling(
            scenario,
            draws=self.draws,
            seed=self.seed,
            sampler=self.sampler,
            replicates=self.replicates,
        )
        sampling = chosen.sampling
        if sampling.draws < sampling.replicates:
            raise InputError(
                Problem(
                    key="--draws",
                    wanted="at least as many draws as replicates are wanted",
                    value=f"{sampling.draws} draws in {sampling.replicates} replicates",
                    remedy=f"make {sampling.replicates} draws or more, or use --replicates 1",
                )
            )
        return chosen

    def thread_count(self) -> int:
        """Threads to use; InputError when the number asked for is out of range."""
        if self.threads is None:
            return (
                len(os.sched_getaffinity(0))
                if hasattr(os, "sched_getaffinity")
                else (os.cpu_count() or 1)
            )
        if not 1 <= self.threads <= MOST_THREADS:
            raise InputError(
                Problem(
                    key="--threads",
                    wanted=f"a number of threads from 1 to {MOST_THREADS} is wanted",
                    value=str(self.threads),
                )
            )
        return self.threads
