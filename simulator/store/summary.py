"""The summary of a run: statistic × output × period × stage, as Parquet and as CSV."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from operator import attrgetter
from pathlib import Path
from typing import Any

from simulator.errors import InputError, Problem
from simulator.files import read_bytes, size_of
from simulator.store.manifest import StoredFile
from simulator.store.sink import HashingFile, write_text


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One statistic; `standard_error` is NaN where it cannot be had, both in `unit`."""

    output: str = field(metadata={"means": "name of the output, without its stage"})
    period: str = field(metadata={"means": "a year, or the whole period"})
    stage: str = field(metadata={"means": "the stage at which it is estimated"})
    statistic: str = field(metadata={"means": "which statistic, see below"})
    value: float = field(metadata={"means": "its value, in `unit`"})
    standard_error: float = field(
        metadata={"means": "of the value, in `unit`; empty (null) where it cannot be had"}
    )
    unit: str = field(metadata={"means": "unit of value and standard error"})
    description: str = field(metadata={"means": "what the output is"})


DRIVER, EXCEEDS = "driver:", "exceeds:"
"""How statistics begin that stand for a driver, or for an amount with a name."""

OF_COLUMN = (
    *("mean", "sd", "min", "p5", "p10", "p25", "p50", "p75", "p90", "p95"),
    *("es95_low", "es95", "max"),
)
"""The statistics that every column has in every period; what is published has its central value."""

MAX_BYTES = 64_000_000

NAMES = tuple(one.name for one in fields(SummaryRow))
_NUMBERS = ("value", "standard_error")


def _shown(value: str | float) -> str:
    """Numbers so that they read back to the same bits; nothing for NaN."""
    if isinstance(value, str):
        return value
    return "" if math.isnan(value) else repr(value)


def write_summary_csv(path: Path, rows: Iterable[SummaryRow]) -> StoredFile:
    """Write `summary.csv`: UTF-8, comma, one heading line, full precision."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(NAMES)
    cells, count = attrgetter(*NAMES), 0
    for row in rows:
        writer.writerow([_shown(value) for value in cells(row)])
        count += 1
    return write_text(path, text.getvalue(), rows=count)


def read_summary_csv(path: Path) -> tuple[SummaryRow, ...]:
    """Read `summary.csv` back, bit for bit; InputError names the file and line when damaged."""
    try:
        text = read_bytes(path, str(path), limit=MAX_BYTES, what="a summary").decode("utf-8")
        lines = list(csv.reader(io.StringIO(text), strict=True))
    except (ValueError, csv.Error) as error:
        raise InputError(
            Problem(file=str(path), wanted="a table is wanted", value=str(error))
        ) from None
    if not lines or tuple(lines[0]) != NAMES:
        raise InputError(Problem(file=str(path), line=1, wanted="the columns " + ", ".join(NAMES)))
    return tuple(_row(path, i, line) for i, line in enumerate(lines[1:], start=2))


def incomplete(
    rows: Iterable[SummaryRow], periods: Sequence[str]
) -> Iterator[tuple[str, str, str]]:
    """Output, period and stage of a column that lacks statistics there, or all of them."""
    found: dict[tuple[str, str, str], set[str]] = {}
    for row in rows:
        found.setdefault((row.output, row.period, row.stage), set()).add(row.statistic)
    wanted = frozenset(OF_COLUMN)
    columns = {(output, stage) for (output, _, stage), its in found.items() if its & wanted}
    for output, stage in sorted(columns):
        for period in periods:
            if not found.get((output, period, stage), set()) >= wanted:
                yield output, period, stage


def _row(path: Path, number: int, line: list[str]) -> SummaryRow:
    try:
        output, period, stage, statistic, value, error, unit, description = line
        return SummaryRow(
            output, period, stage, statistic, _number(value), _number(error), unit, description
        )
    except ValueError:
        raise InputError(
            Problem(file=str(path), line=number, wanted="eight cells, two of them numbers")
        ) from None


def _number(text: str) -> float:
    return float(text) if text else math.nan


def write_summary_parquet(
    path: Path, rows: Sequence[SummaryRow], identity: Mapping[str, Any]
) -> StoredFile:
    """Write `summary.parquet`: the same rows; a standard error that cannot be had is null."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from simulator.store.arrow import KEY, floats, words

    columns = {name: [getattr(row, name) for row in rows] for name in NAMES}
    arrays = [floats(c) if name in _NUMBERS else words(c) for name, c in columns.items()]
    text = json.dumps({"kind": "summary", **identity}, sort_keys=True, separators=(",", ":"))
    table = pa.Table.from_arrays(arrays, names=NAMES)
    file = HashingFile(path)
    try:
        writer = pq.ParquetWriter(
            file, table.schema, compression="zstd", compression_level=1, write_page_checksum=True
        )
        writer.write_table(table)
        writer.add_key_value_metadata({KEY: text.encode()})
        writer.close()
        return file.finish(rows=len(rows))
    except BaseException:
        file.abandon()
        raise


def read_summary_parquet(path: Path) -> tuple[SummaryRow, ...]:
    """Read `summary.parquet` back, bit for bit; InputError when it is damaged."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        size_of(path, str(path), "a summary")
        table = pq.read_table(path, columns=list(NAMES), page_checksum_verification=True)
        columns: list[list[Any]] = [table.column(name).to_pylist() for name in NAMES]
        for name in _NUMBERS:
            column = columns[NAMES.index(name)]
            column[:] = [math.nan if value is None else value for value in column]
        return tuple(SummaryRow(*row) for row in zip(*columns, strict=True))
    except (pa.ArrowException, ValueError, TypeError, LookupError, OSError) as error:
        problem = Problem(file=str(path), wanted="a summary is wanted here", value=str(error)[:80])
        raise InputError(problem) from None
