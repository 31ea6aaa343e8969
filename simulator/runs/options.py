"""How a run is asked for: draws, seed, sampler, threads, where to, and how precise."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pydantic import ValidationError

from simulator.errors import InputError, Problem
from simulator.scenario.model import Scenario
from simulator.scenario.parts import Sampling

MOST_THREADS = 1024

WANTED = {
    "draws": "a whole number of draws from 1 to 4 294 967 296 is wanted",
    "seed": "a whole number from 0 to 9 223 372 036 854 775 807 is wanted",
    "sampler": "sobol, lhs or random is wanted",
    "replicates": "a whole number of replicates from 1 to 256 is wanted",
}


class Progress(Protocol):
    """Whoever shows how far a run has come. Called from the thread that runs, in this order."""

    def start(self, total: int) -> None:
        """`total` draws will be made (with `--precision`: at most)."""

    def advance(self, n: int) -> None:
        """`n` more draws are on their way to the disk."""

    def done(self) -> None:
        """The run is over, well or not."""


class Silent:
    """Shows nothing."""

    def start(self, total: int) -> None:
        """Nothing."""

    def advance(self, n: int) -> None:
        """Nothing."""

    def done(self) -> None:
        """Nothing."""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """Settings of a run; None means the scenario's own (threads: one a processor).

    `out` is the folder in which each scenario gets its result folder. `precision` is text such as
    "mean(contribution_xyz.A)=0.1%" (see `runs.precision`); `draws` is then the most to make.
    """

    draws: int | None = None
    seed: int | None = None
    sampler: str | None = None
    replicates: int | None = None
    threads: int | None = None
    out: Path = Path("results")
    force: bool = False
    precision: str | None = None

    def sampled(self, scenario: Scenario) -> Scenario:
        """The scenario under these settings; InputError names every option out of range."""
        given = {key: getattr(self, key) for key in WANTED}
        changes = {key: value for key, value in given.items() if value is not None}
        if not changes:
            return scenario
        try:
            sampling = Sampling.model_validate({**scenario.sampling.model_dump(), **changes})
        except ValidationError as error:
            keys = dict.fromkeys(str(detail["loc"][0]) for detail in error.errors())
            raise InputError(
                Problem(key=f"--{key}", wanted=WANTED[key], value=str(given[key])[:80])
                for key in keys
            ) from None
        if sampling.draws < sampling.replicates:
            raise InputError(
                Problem(
                    key="--draws",
                    wanted="at least as many draws as replicates are wanted",
                    value=f"{sampling.draws} draws in {sampling.replicates} replicates",
                    remedy=f"make {sampling.replicates} draws or more, or use --replicates 1",
                )
            )
        return scenario.model_copy(update={"sampling": sampling})

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
