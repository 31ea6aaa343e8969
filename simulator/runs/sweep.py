"""`sim sweep`: a scenario at every point of a grid, on the same draws, summarised.

Streams of chance depend on names alone, so all points share their draws: what differs between two
points is due to the values. Each point is made whole by one thread, and kept on the disk as soon as
it is done (`store.kept`), so a sweep that was stopped goes on where it was.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import math
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from simulator.budget.published import PROPOSED, contribution_name
from simulator.errors import InputError, Interrupted, Problem, tidy_up_first
from simulator.runs.grid import Axis, Grid, grid_of
from simulator.runs.options import RunOptions, Saying
from simulator.runs.room import MEMORY
from simulator.runs.sending import Target
from simulator.runs.sweep_points import PointColumns, PointMade, Points, Row, Shown
from simulator.runs.sweep_table import as_json, read_back, write_table
from simulator.runs.versions import library_versions, program
from simulator.runs.workers import workers_of
from simulator.scenario.fingerprint import fingerprint
from simulator.scenario.model import Scenario
from simulator.scenario.read import read_scenario
from simulator.store.kept import Kept
from simulator.store.single import refuse_existing
from simulator.store.tidy import refuse_ending
from simulator.units import finite

DEFAULT_OUTPUTS = ("contribution_*",)


class Counting(Saying, Protocol):
    """Whoever shows how far a sweep has come."""

    def begin(self, phase: str, unit: str, total: int) -> None:
        """A phase begins: `total` of `unit` will be done."""

    def advance(self, n: int) -> None:
        """`n` more are done."""

    def done(self) -> None:
        """The sweep is over, well or not."""


@dataclass(frozen=True, slots=True)
class SweepAsk:
    """What is swept, what is kept of each point, what is shown, and where to.

    `outputs` are patterns of names (`contribution_*`, `*.A@initial`). Without `out` nothing is
    kept but what is shown. The table is sent `to` an address, where there is one.
    """

    file: str
    axes: tuple[Axis, ...]
    options: RunOptions
    outputs: tuple[str, ...] = ()
    shown: Shown | None = None
    out: Path | None = None
    to: str = ""

    @property
    def target(self) -> Target | None:
        """Where the table is made, and where it goes."""
        return Target(self.out, self.to) if self.out is not None else None


@dataclass(frozen=True, slots=True)
class Swept:
    """What came of a sweep: `values` and `errors` of what is shown, by point, NaN for nothing.

    `identity` is equal for two sweeps exactly when their tables are.
    """

    scenario: Scenario
    axes: tuple[Axis, ...]
    shown: Shown
    unit: str
    values: tuple[float, ...]
    errors: tuple[float, ...]
    rows: int
    resumed: int
    notes: tuple[str, ...]
    identity: str

    def document(self) -> dict[str, Any]:
        """As plain values, for a program."""
        budget, sampling = self.scenario.budget, self.scenario.sampling
        points = itertools.product(*(axis.texts for axis in self.axes))
        return {
            "scenario": self.scenario.name,
            "title": self.scenario.title,
            "axes": [{"key": axis.key, "values": list(axis.texts)} for axis in self.axes],
            "shown": {
                "statistic": self.shown.statistic,
                "output": self.shown.column,
                "period": self.shown.period or self.scenario.period,
                "unit": self.unit,
            },
            "amounts": {"unit": budget.unit, "cell": str(budget.cell)},
            "draws": sampling.draws,
            "seed": sampling.seed,
            "sampler": sampling.sampler,
            "replicates": sampling.replicates,
            "points": [
                {"values": point, "value": finite(value), "standard_error": finite(se)}
                for point, value, se in zip(points, self.values, self.errors, strict=True)
            ],
            "notes": list(self.notes),
        }


def sweep(ask: SweepAsk, progress: Counting) -> Swept:
    """Simulate every point of the grid and write the table.

    Every point is checked before the first is simulated. Raises InputError for the file, the
    keys, the values and the options, EnvironmentFault for the disk, Interrupted on Ctrl-C; what
    was done until then is kept beside `out`.
    """
    if ask.target is not None:
        refuse_ending(ask.target.path)
        refuse_existing(ask.target.path, force=ask.target.replaces(force=ask.options.force))
    try:
        return _sweep(ask, progress)
    finally:
        progress.done()


def partial_of(out: Path) -> Path:
    """Where the points that are done are kept until all are."""
    return out.with_name(f"{out.name}.partial")


def _sweep(ask: SweepAsk, progress: Counting) -> Swept:
    scenario = ask.options.sampled(read_scenario(ask.file))
    ask.options.thread_count()  # it is refused before anything is checked
    grid = grid_of(scenario, ask.axes)
    shown = ask.shown or _first_contribution(scenario)
    columns = PointColumns(shown, _patterns(ask))
    progress.begin("checking", "points", len(grid))
    notes = (*_left_out(scenario), *grid.check(columns.look, progress.advance))
    columns.refuse()
    about = _about(grid, columns)
    gathered = _Gathered(shown, scenario.period)
    rows = resumed = 0
    target, force = ask.target, ask.options.force
    if target is None:
        _make(grid, columns, ask.options, None, gathered, progress)
    else:
        with _keeping(target.path, about["identity"], force=force) as kept:
            for made in read_back(kept):
                gathered.add(made)
            resumed = len(gathered.values)
            _make(grid, columns, ask.options, kept, gathered, progress)
            replaces = target.replaces(force=force)
            rows = write_table(target.path, grid, kept, about, force=replaces)
            target.send(force=force)  # until the table is there the points are kept
            kept.close(remove=True)
    values, errors = tuple(gathered.values), tuple(gathered.errors)
    found = (values, errors, rows, resumed, notes, str(about["identity"]))
    return Swept(scenario, grid.axes, shown, columns.unit, *found)


@contextmanager
def _keeping(out: Path, identity: str, *, force: bool) -> Iterator[Kept]:
    """The points that are done, beside the table that is to be; Ctrl-C leaves them there."""
    path = partial_of(out)
    with tidy_up_first(), closing(Kept(path, identity, force=force)) as kept:
        try:
            yield kept
        except KeyboardInterrupt:
            raise Interrupted(
                f"interrupted; {kept.count} points that are done are kept in {path}\n"
                "    → the same command goes on from there"
            ) from None


def _make(
    grid: Grid,
    columns: PointColumns,
    options: RunOptions,
    kept: Kept | None,
    gathered: _Gathered,
    progress: Counting,
) -> None:
    """Simulate the points that are not there yet, in order, and keep each."""
    draws, done = grid.base.sampling.draws, len(gathered.values)
    threads = options.thread_count()
    work = Points(grid, columns.patterns)
    most = _workers(columns, draws, threads)
    named: dict[tuple[Row, ...], int] = {}
    progress.begin("drawing", "draws", (len(grid) - done) * draws)
    jobs = islice(grid.points(), done, None)
    with (
        workers_of(options, progress) as workers,
        closing(workers.in_order(work.make, jobs, most, len(grid) - done)) as points,
    ):
        for _, made in points:
            gathered.add(made)
            if kept is not None:
                kept.append(as_json(made, named))
            progress.advance(draws)


def _left_out(scenario: Scenario) -> tuple[str, ...]:
    """What is not done at the points, in words."""
    if not scenario.published:
        return ()
    return (
        f"the {len(scenario.published)} published figures tie out for the file as it stands; at "
        "the points, which are other budgets, they are left out",
    )


def _first_contribution(scenario: Scenario) -> Shown:
    name, parent = next(iter(scenario.parents.items()))
    return Shown("mean", contribution_name(name, parent.assessed_in))


def _patterns(ask: SweepAsk) -> tuple[str, ...]:
    """Which outputs are summarised: of a sweep that is only shown, what is shown."""
    if ask.out is None:
        if ask.outputs:
            wanted = "a table is wanted, or this would not be used"
            raise InputError(Problem(wanted, "--outputs", remedy="add --out FILE.parquet"))
        return ()
    return tuple(dict.fromkeys(ask.outputs or DEFAULT_OUTPUTS))


def _workers(columns: PointColumns, draws: int, threads: int) -> int:
    """How many points are made at once: their columns, and copies of one of them, must fit."""
    each = 8 * draws * (columns.cells + 3)
    if each > MEMORY:
        most = MEMORY // (8 * (columns.cells + 3))
        wanted = f"at most {most} draws are wanted for so many outputs"
        remedy = "make fewer --draws, or name fewer --outputs"
        raise InputError(Problem(wanted, "--draws", str(draws), remedy))
    return max(1, min(threads, MEMORY // each))


class _Gathered:
    """What is shown of each point, in order."""

    def __init__(self, shown: Shown, whole: str) -> None:
        self.output, _, self.stage = shown.column.partition("@")
        self.statistic, self.period = shown.statistic, shown.period or whole
        self.values: list[float] = []
        self.errors: list[float] = []

    def add(self, point: PointMade) -> None:
        """The next point."""
        value = error = math.nan
        for row, its, spread in zip(point.rows, point.values, point.errors, strict=True):
            output, period, stage, _, statistic = row
            if (output, period, statistic) == (self.output, self.period, self.statistic) and (
                stage == self.stage if self.stage else stage != PROPOSED
            ):
                value, error = its, spread  # of several stages the last is the outcome
                if not self.stage:
                    break
        self.values.append(value)
        self.errors.append(error)


def _about(grid: Grid, columns: PointColumns) -> dict[str, Any]:
    """What a table says of itself; `identity` is a sha256 over all that its numbers depend on."""
    sampling = grid.base.sampling
    parts: dict[str, Any] = {
        "fingerprint": fingerprint(grid.base),
        "program_sha256": program().sha256,
        "libraries": library_versions(),
        "axes": {axis.key: list(axis.texts) for axis in grid.axes},
        "outputs": sorted(set(columns.patterns)),
        "draws": sampling.draws,
        "seed": sampling.seed,
        "sampler": sampling.sampler,
        "replicates": sampling.replicates,
    }
    digest = hashlib.sha256(json.dumps(parts).encode()).hexdigest()
    return {"kind": "sweep", "scenario": grid.base.name, **parts, "identity": digest}
