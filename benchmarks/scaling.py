"""What a part of a run, a point of a sweep and a task cost: the figures of docs/scaling.md.

    .venv/bin/python benchmarks/scaling.py

Processor time, not the clock: it does not depend on what else the machine does. Everything is made
in a folder of its own that is removed afterwards.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from simulator.render.figures import grouped
from simulator.runs.cluster import cluster
from simulator.runs.grid import grid_of, parse_axis
from simulator.runs.options import RunOptions, Silent
from simulator.runs.parts import PartMaker
from simulator.runs.run import run_file
from simulator.runs.summaries import summary_rows
from simulator.runs.sweep_points import Points
from simulator.runs.write import Simulation
from simulator.scenario.read import read_scenario
from simulator.store.folder import DRAWS, INPUTS
from simulator.store.joined import groups_of
from simulator.store.parquet import ROW_GROUP_DRAWS, ColumnsWriter, Encoder

SCENARIO = "scenarios/base.toml"
PARTS = 8
POINT = 4096
TASKS = 1000


def took(work: Callable[[], object]) -> float:
    """Seconds of processor time of this process."""
    before = time.process_time()
    work()
    return time.process_time() - before


def told(what: str, value: float, digits: int, unit: str) -> None:
    """One figure."""
    print(f"{what:<58} {grouped(value, digits):>12} {unit}")


def nothing(job: int) -> int:
    """A task that costs nothing but its way."""
    return job


def of_parts(folder: Path) -> None:
    """Draw and encode parts, write them, and summarise them."""
    scenario = read_scenario(SCENARIO)
    run = Simulation(scenario, 1)
    outputs = Encoder("draws", run.plan.columns, run.plan.periods)
    inputs = Encoder("inputs", run.plan.input_columns)
    make = PartMaker(scenario, run.block, outputs, inputs)
    make((0, 1))  # what is prepared once
    spans = [(i * ROW_GROUP_DRAWS, (i + 1) * ROW_GROUP_DRAWS) for i in range(PARTS)]
    parts = []
    drawing = took(lambda: parts.extend(map(make, spans)))
    size = sum(group.size for part in parts for group in (*part.draws, *part.inputs))
    said = sum(len(group.about) for part in parts for group in (*part.draws, *part.inputs))
    one = ColumnsWriter(folder / DRAWS, "draws", run.plan.columns, run.plan.periods)
    two = ColumnsWriter(folder / INPUTS, "inputs", run.plan.input_columns)

    def write() -> None:
        for (start, stop), part in zip(spans, parts, strict=True):
            one.add(start, stop - start, part.draws)
            two.add(start, stop - start, part.inputs)
        one.close({}, keep=True)
        two.close({})

    writing = took(write)
    assert groups_of(folder / DRAWS).exists()
    summing = took(
        lambda: list(summary_rows(folder, scenario.sampling.replicates, run.thresholds, 1))
    )
    draws = PARTS * ROW_GROUP_DRAWS
    told("draws of a part", ROW_GROUP_DRAWS, 0, "draws")
    told("draw and encode a part", drawing / PARTS, 3, "s")
    told("draws by one core", draws / drawing, 0, "draws/s")
    told("bytes of a part", size / PARTS / 1e6, 1, "MB")
    told("bytes of a draw", size / draws, 0, "bytes")
    told("what the footers say of a part", said / PARTS / 1e3, 1, "kB")
    told("take in a part (checksum, write)", writing / PARTS, 3, "s")
    told("take in", size / writing / 1e6, 0, "MB/s")
    told("summarise a million draws", summing / draws * 1e6, 1, "s")


def of_points() -> None:
    """Points of a sweep, as `sim sweep --draws 4096 --out` makes them."""
    scenario = RunOptions(draws=POINT).sampled(read_scenario(SCENARIO))
    grid = grid_of(scenario, (parse_axis("exchange.view=0:1:0.25"),))
    work = Points(grid, ("contribution_*",))
    points = list(grid.points())
    checking = took(lambda: grid.check(lambda _: None, lambda _: None))
    made = []
    making = took(lambda: made.extend(map(work.make, points)))
    told(f"check a point ({len(points)} points)", checking / len(points), 3, "s")
    told(f"make a point of {grouped(POINT, 0)} draws", making / len(points), 3, "s")
    told("rows of a point", len(made[0].rows), 0, "rows")


def of_tasks() -> None:
    """Tasks that do nothing, through a scheduler and two workers of this machine."""
    with cluster(None, 2, Silent()) as workers:
        for count, what in ((0, "alone"), (16 * TASKS, "together")):
            jobs = range(count or TASKS)
            began = time.perf_counter()
            with closing(workers.in_order(nothing, jobs, count=count)) as done:
                for _ in done:
                    pass
            rate = len(jobs) / (time.perf_counter() - began)
            told(f"jobs that do nothing, {what}", rate, 0, "/s by the clock")


def of_whole_runs(folder: Path) -> None:
    """The same run by two threads and by two worker processes, with the clock."""
    draws = 4 * PARTS * ROW_GROUP_DRAWS
    for name, engine in (("two threads", "threads"), ("two worker processes", "dask")):
        options = RunOptions(draws=draws, out=folder / engine, threads=2, engine=engine)
        seconds = run_file(SCENARIO, options).seconds
        told(f"a run of {grouped(draws, 0)} draws, {name}", seconds, 1, "s by the clock")


def main() -> None:
    """Print them all."""
    print(f"{os.cpu_count()} cores; load before: {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory(dir=".") as name:
        of_parts(Path(name))
        of_points()
        of_tasks()
        of_whole_runs(Path(name))


if __name__ == "__main__":
    main()
