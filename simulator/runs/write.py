"""Makes the files of a result: draws block by block, then the summary."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from simulator.analysis.plain import plain_error
from simulator.analysis.statistics import summarise
from simulator.engine import BLOCK, Plan
from simulator.engine.memory import release_freed_memory
from simulator.runs.blocks import in_order, spans
from simulator.runs.options import Progress
from simulator.runs.parts import PartMaker
from simulator.runs.precision import Reached, Target, check_names, checkpoints
from simulator.runs.room import bytes_in
from simulator.runs.summaries import driven_columns, driver_rows, summary_rows
from simulator.runs.thresholds import Thresholds, proposed_of, proposed_rows, thresholds_of
from simulator.runs.workers import Threads, Workers
from simulator.scenario.model import Scenario
from simulator.store import parquet
from simulator.store.folder import DRAWS, INPUTS, SUMMARY, SUMMARY_CSV
from simulator.store.manifest import StoredFile
from simulator.store.parquet import ColumnsWriter
from simulator.store.summary import EXCEEDS, write_summary_csv, write_summary_parquet
from simulator.store.unfinished import Journal
from simulator.tables import Float64, Outcomes

RESUMABLE = 1 << 18
"""Draws from which on a run that is killed can be gone on with: before, it takes seconds."""

Block = tuple[Outcomes, dict[str, Float64]]

ROOM = 48 << 20
"""Bytes of a block at most, where `BLOCK` draws of many outputs would take more."""


@dataclass
class Simulation:
    """A run under way: makes draws, writes them, and watches the targets of `--precision`.

    `resumed` says how many of the draws an earlier run made that was killed, `noted` how many can
    be gone on with if this one is. With `workers` they make the draws, else `threads` do. Memory
    does not grow with the draws, except for 8 bytes a draw and target. `block` draws are made at a
    time, as many as there is room for when it is 0; no bit depends on it.
    """

    scenario: Scenario
    threads: int
    workers: Workers | None = None
    targets: tuple[Target, ...] = ()
    draws: int = 0
    resumed: int = 0
    noted: int = 0
    reached: tuple[Reached, ...] = ()
    block: int = 0
    _journal: Journal | None = None
    _kept: dict[tuple[str, str], list[Float64]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.plan = Plan(self.scenario, self.scenario.sampling)
        self.proposed = tuple(proposed_of(self.scenario))
        self.thresholds = thresholds_of(self.scenario, self.proposed)
        if not self.block:
            self.block = BLOCK
            while self.block > 1024 and 8 * self.block * self._cells > ROOM:
                self.block //= 2
        names = [column.name for column in self.plan.columns]
        check_names(self.targets, names, self.plan.periods, self._by_column())

    @property
    def bytes_wanted(self) -> int:
        """About what the draws and inputs will take on the disk; they compress to three parts."""
        return self.scenario.sampling.draws * self._cells * 6

    @property
    def _cells(self) -> int:
        """Numbers that are stored of a draw."""
        return len(self.plan.columns) * len(self.plan.periods) + len(self.plan.input_columns)

    def _by_column(self) -> Thresholds:
        """Thresholds by column, that is with the stage in the name."""
        found: Thresholds = {}
        for column in self.plan.columns:
            for period in self.plan.periods:
                amounts = self.thresholds.get((column.output, period))
                if amounts:
                    found[column.name, period] = amounts
        return found

    @property
    def resumable(self) -> bool:
        """Whether the run is long enough to be gone on with when it is killed."""
        return not self.targets and self.scenario.sampling.draws >= RESUMABLE

    @contextmanager
    def writing(self, folder: Path, about: Mapping[str, Any], progress: Progress) -> Iterator[None]:
        """Write into `folder` inside the block; what is not finished at its end is given up.

        `about` says what is made: work of an earlier run on the same in that folder is kept as far
        as it is whole.
        """
        self.folder, plan = folder, self.plan
        with ExitStack() as stack:
            begun = None
            if self.resumable:
                if size := bytes_in(folder):
                    progress.begin("checking", "bytes", size)
                self._journal = Journal(folder, about, progress.advance)
                stack.callback(self._journal.close)
                begun = self._journal.begun
            self.draws = self.resumed = self.noted = begun.draws if begun is not None else 0
            self._draws = ColumnsWriter(folder / DRAWS, "draws", plan.columns, plan.periods, begun)
            stack.callback(self._draws.abort)
            self._inputs = ColumnsWriter(folder / INPUTS, "inputs", plan.input_columns, begun=begun)
            stack.callback(self._inputs.abort)
            yield

    def _note(self) -> None:
        """Write down which draws are in row groups, if there are more than before."""
        done = self._draws.grouped
        if self._journal is None or done == self.noted:
            return
        to_disk = self._journal.due()
        marks = self._draws.marks(to_disk=to_disk) | self._inputs.marks(to_disk=to_disk)
        self._journal.note(done, marks, to_disk=to_disk)
        self.noted = done

    def make(self, progress: Progress) -> None:
        """Make and write the draws, as many as the scenario says or as precision needs.

        `draws` and `reached` say afterwards how many and how good.
        """
        cap = self.scenario.sampling.draws
        stops = checkpoints(self.scenario.sampling, cap) if self.targets else [cap]
        for stop in stops:
            if self.targets:
                self._extend(stop, progress)
            else:
                self._extend_by_parts(self.workers or Threads(self.threads), stop, progress)
            self.reached = tuple(self._check(target) for target in self.targets)
            if self.targets and all(found.ok for found in self.reached):
                break
        self._draws.flush()
        self._inputs.flush()
        self._note()

    def _extend(self, stop: int, progress: Progress) -> None:
        """Block by block, to look at some outputs before they are encoded."""

        def make(span: tuple[int, int]) -> Block:
            return self.plan.block(*span)

        jobs = spans(self.draws, stop, self.block)
        with closing(in_order(make, jobs, self.threads)) as blocks:
            for (start, end), (outcomes, inputs) in blocks:
                self._draws.write(start, end - start, outcomes.values)
                self._inputs.write(start, end - start, inputs)
                self._note()
                self._keep(outcomes)
                self.draws = end
                progress.advance(end - start)

    def _extend_by_parts(self, workers: Workers, stop: int, progress: Progress) -> None:
        """In whole row groups, which are encoded where they are made."""
        encoders = self._draws.encoder, self._inputs.encoder
        make = PartMaker.of(self.plan, self.block, *encoders)
        jobs = spans(self.draws, stop, parquet.ROW_GROUP_DRAWS)
        with closing(workers.in_order(make, jobs)) as parts:
            for (start, end), part in parts:
                self._draws.add(start, end - start, part.draws)
                self._inputs.add(start, end - start, part.inputs)
                self._note()
                self.draws = end
                progress.advance(end - start)

    def _keep(self, outcomes: Outcomes) -> None:
        for column, period in {self._watched(target) for target in self.targets}:
            values = np.array(outcomes.get(column, period))
            self._kept.setdefault((column, period), []).append(values)

    def _watched(self, target: Target) -> tuple[str, str]:
        return target.column, target.period or self.plan.periods[-1]

    def _check(self, target: Target) -> Reached:
        key = self._watched(target)
        values = np.concatenate(self._kept[key])
        self._kept[key] = [values]
        amounts = self._by_column().get(key, {})
        found = {s.name: s for s in summarise(values, self.scenario.sampling.replicates, amounts)}
        best = found[target.statistic]
        allowed = target.allowed(best.value)
        limit = amounts.get(target.statistic.removeprefix(EXCEEDS), math.nan)
        plain = plain_error(values, target.statistic, limit)
        return Reached(target, best.value, best.standard_error, allowed, plain)

    def finish(
        self, identity: Mapping[str, Any], progress: Progress
    ) -> Iterator[tuple[str, StoredFile]]:
        """Finish the files of draws and inputs, then write the summaries; yields each file."""
        keep = self._journal is not None
        yield DRAWS, self._draws.close(identity, keep=keep)
        yield INPUTS, self._inputs.close(identity, keep=keep)
        release_freed_memory()
        replicates = self.scenario.sampling.replicates
        driven = driven_columns(self.scenario, self.plan.columns) if self.plan.drivers else ()
        progress.summarise(len(self.plan.columns) * len(self.plan.periods) + len(driven))
        told = progress.advance
        rows = (
            *proposed_rows(self.proposed),
            *summary_rows(self.folder, replicates, self.thresholds, self.threads, told),
            *driver_rows(self.folder, self.scenario, self.plan.drivers, self.threads, told),
        )
        yield SUMMARY, write_summary_parquet(self.folder / SUMMARY, rows, identity)
        yield SUMMARY_CSV, write_summary_csv(self.folder / SUMMARY_CSV, rows)
