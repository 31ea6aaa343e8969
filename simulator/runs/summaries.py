"""The summary of a run, made from the draws as they stand on the disk."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

from simulator.analysis.importance import SAMPLE, Drivers, ranks, rows_ranked
from simulator.analysis.statistics import summarise_pieces
from simulator.budget.published import contribution_name
from simulator.runs.blocks import in_order
from simulator.runs.thresholds import Thresholds
from simulator.scenario.model import Scenario
from simulator.store.folder import DRAWS, INPUTS
from simulator.store.parquet import ColumnsReader
from simulator.store.summary import DRIVER, SummaryRow
from simulator.tables import Column, Float64, empty


def nobody(n: int) -> None:
    """Hears that `n` more columns are done, and tells nobody."""


class Readers:
    """A reader for each thread; the footer of the file is parsed once. Closed at the end."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._first = ColumnsReader(path)
        self._local = threading.local()
        self._open = ExitStack()
        self._open.enter_context(self._first)

    def __enter__(self) -> Readers:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @property
    def draws(self) -> int:
        return self._first.layout.draws

    @property
    def columns(self) -> tuple[Column, ...]:
        return self._first.columns

    @property
    def periods(self) -> tuple[str, ...]:
        return self._first.layout.periods

    def mine(self) -> ColumnsReader:
        """The reader of this thread."""
        found: ColumnsReader | None = getattr(self._local, "reader", None)
        if found is None:
            found = ColumnsReader(self._path, self._first.contents)
            self._local.reader = found
            self._open.enter_context(found)
        return found


def summary_rows(
    folder: Path,
    replicates: int,
    thresholds: Thresholds,
    threads: int,
    told: Callable[[int], None] = nobody,
) -> Iterator[SummaryRow]:
    """Statistics of every stored output, period and stage, in the order of the columns.

    `told` hears of every column and period that is done.

    A thread works on one column of one period, which it holds only where it is short: memory does
    not grow with the draws.
    """
    with Readers(folder / DRAWS) as readers:
        yield from _statistics(readers, replicates, thresholds, threads, told)


def _statistics(
    readers: Readers,
    replicates: int,
    thresholds: Thresholds,
    threads: int,
    told: Callable[[int], None],
) -> Iterator[SummaryRow]:
    jobs = [(column, period) for column in readers.columns for period in readers.periods]

    def make(job: tuple[Column, str]) -> tuple[SummaryRow, ...]:
        column, period = job
        reader, amounts = readers.mine(), thresholds.get((column.output, period), {})
        found = summarise_pieces(
            lambda: reader.chunks(column.name, period), readers.draws, replicates, amounts
        )
        return tuple(
            SummaryRow(
                column.output,
                period,
                column.stage,
                one.name,
                one.value,
                one.standard_error,
                column.unit,
                column.description,
            )
            for one in found
        )

    with closing(in_order(make, jobs, threads)) as done:
        for _, rows in done:
            yield from rows
            told(1)


def driver_rows(
    folder: Path,
    scenario: Scenario,
    drivers: Mapping[str, tuple[str, ...]],
    threads: int,
    told: Callable[[int], None] = nobody,
) -> Iterator[SummaryRow]:
    """How much each driver explains of what each parent owes in its own currency.

    Over the whole period, at the last stage, from the first `SAMPLE` draws; statistic
    `driver:<name>` is a squared rank correlation, unit 1, to six decimals (the last bits of a
    regression depend on the processor).
    """
    if not drivers:
        return
    ranked = Drivers(_ranked(folder / INPUTS, drivers, threads))
    with Readers(folder / DRAWS) as readers:
        jobs = driven_columns(scenario, readers.columns)
        yield from _importance(readers, jobs, ranked, threads, told)


def _ranked(path: Path, drivers: Mapping[str, tuple[str, ...]], threads: int) -> dict[str, Float64]:
    """The ranks of each driver's inputs, a column an input."""
    with Readers(path) as readers:
        rows = {d: min(rows_ranked(len(n)), readers.draws) for d, n in drivers.items()}
        tables = {d: empty(rows[d], len(names)) for d, names in drivers.items()}
        jobs = [(d, i, name) for d, names in drivers.items() for i, name in enumerate(names)]

        def make(job: tuple[str, int, str]) -> None:
            driver, place, name = job
            tables[driver][:, place] = ranks(readers.mine().column(name, limit=rows[driver]))

        with closing(in_order(make, jobs, threads)) as done:
            for _ in done:
                pass
    return tables


def driven_columns(scenario: Scenario, columns: Sequence[Column]) -> tuple[Column, ...]:
    """The columns whose drivers are told: what each parent owes in its own currency."""
    parents = scenario.parents.items()
    wanted = {contribution_name(name, parent.assessed_in) for name, parent in parents}
    return tuple(column for column in columns if column.name in wanted)


def _importance(
    readers: Readers,
    jobs: Sequence[Column],
    drivers: Drivers,
    threads: int,
    told: Callable[[int], None],
) -> Iterator[SummaryRow]:
    def make(column: Column) -> Mapping[str, float]:
        return drivers.importance(readers.mine().column(column.name, limit=SAMPLE))

    text = "squared rank correlation with the driver's inputs"
    with closing(in_order(make, jobs, threads)) as done:
        for column, found in done:
            for driver, value in found.items():
                yield SummaryRow(
                    column.output,
                    readers.periods[-1],
                    column.stage,
                    DRIVER + driver,
                    round(value, 6),
                    float("nan"),
                    "1",
                    text,
                )
            told(1)
