"""Draws and inputs as Parquet: written block by block, read column by column.

Row groups hold `ROW_GROUP_DRAWS` draws of one period, the periods of the same draws one after
another. A reader of one period therefore skips the others, and the bytes of a file do not depend
on how the draws were cut into blocks or who made them. Nothing in a file tells when it was made.
Pages carry checksums that are verified when they are read, and so does the footer (`store.footer`);
the few bytes in front of a page are covered by the file's checksum in the manifest only.

Arrays pass between numpy and Arrow as buffers: `pyarrow.array` would import pandas where that is
installed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from simulator.errors import EnvironmentFault, InputError, Problem, did_you_mean
from simulator.store.arrow import KEY, constant_strings, from_numpy, to_numpy
from simulator.store.chapters import Contents, GroupsReader, contents_of
from simulator.store.faults import environment_fault
from simulator.store.footer import Found, footer_of
from simulator.store.groups import Group, Pieces, Writing
from simulator.store.joined import Begun, JoinedFile
from simulator.store.manifest import StoredFile
from simulator.tables import Column, Float64, empty

ROW_GROUP_DRAWS = 32_768
DRAW, PERIOD = "draw", "period"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Layout:
    """What a file says of itself: its kind, its draws and its periods (none for inputs)."""

    kind: str
    draws: int
    periods: tuple[str, ...]
    identity: Mapping[str, Any]


@dataclass(frozen=True)
class Encoder:
    """Makes row groups; `kind`, `columns` and `periods` as in `ColumnsWriter`.

    May be called from several threads at once, and sent to other machines.
    """

    kind: str
    columns: tuple[Column, ...]
    periods: tuple[str, ...] = ()

    @cached_property
    def schema(self) -> pa.Schema:
        """The columns of the file."""
        key = [pa.field(DRAW, pa.int64(), nullable=False)]
        if self.periods:
            words = pa.dictionary(pa.int32(), pa.string())
            key.append(pa.field(PERIOD, words, nullable=False))
        return pa.schema([*key, *(_field(column) for column in self.columns)])

    @property
    def options(self) -> dict[str, Any]:
        """How pyarrow writes them."""
        keys = [DRAW, PERIOD] if self.periods else [DRAW]
        numbers = {column.name: "BYTE_STREAM_SPLIT" for column in self.columns}
        return {
            "compression": "lz4",  # half the time of zstd, 7 % larger
            "use_dictionary": [PERIOD] if self.periods else False,
            "column_encoding": {DRAW: "DELTA_BINARY_PACKED", **numbers},
            "write_statistics": keys,
            "write_page_checksum": True,
            "write_batch_size": ROW_GROUP_DRAWS,  # a column at once
        }

    @cached_property
    def writing(self) -> Writing:
        """Whoever encodes them."""
        return Writing(self.schema, self.options)

    def __getstate__(self) -> dict[str, Any]:
        return {one.name: getattr(self, one.name) for one in fields(self)}

    def tables(self, start: int, count: int, values: Mapping[str, Float64]) -> Iterator[pa.Table]:
        """Draws `start` to `start + count`, at most `ROW_GROUP_DRAWS`: a table for each period.

        `values` have shape (≥ count, n_periods), or (≥ count,) without periods.
        """
        tables = [values[column.name][:count].reshape(count, -1) for column in self.columns]
        numbers = from_numpy(np.arange(start, start + count, dtype=np.int64))
        for i in range(max(1, len(self.periods))):
            arrays = [numbers]
            if self.periods:
                arrays.append(constant_strings(self.periods, i, count))
            arrays += [from_numpy(np.ascontiguousarray(table[:, i])) for table in tables]
            yield pa.Table.from_arrays(arrays, schema=self.schema)

    def groups(self, start: int, count: int, values: Mapping[str, Float64]) -> Iterator[Group]:
        """The same as row groups, to be added to a file elsewhere."""
        for table in self.tables(start, count, values):
            body = Pieces()
            group = self.writing.encode(table, body)
            yield replace(group, body=body.all())

    def about(self, draws: int, identity: Mapping[str, Any]) -> dict[bytes, bytes]:
        """What the file says of itself."""
        said = {
            **identity,
            "format": FORMAT,
            "kind": self.kind,
            "draws": draws,
            "periods": list(self.periods),
            "row_group_draws": ROW_GROUP_DRAWS,
        }
        return {KEY: json.dumps(said, sort_keys=True, separators=(",", ":")).encode()}


class ColumnsWriter:
    """Writes consecutive blocks of any size into row groups of fixed size.

    `kind` is "draws" or "inputs". With `periods`, arrays have shape (n_draws, n_periods) and a
    row is a draw and a period; without, shape (n_draws,) and a row is a draw. Holds the draws of
    one row group in memory. With `begun` it goes on with a file of an earlier run. Call `close`
    when all is written, `abort` when it will not be.
    """

    def __init__(
        self,
        path: Path,
        kind: str,
        columns: Sequence[Column],
        periods: Sequence[str] = (),
        begun: Begun | None = None,
    ) -> None:
        self.encoder = Encoder(kind, tuple(columns), tuple(periods))
        self._names = tuple(column.name for column in columns)
        self._held: dict[str, Float64] = {}  # the row group that is being filled
        self._filled = 0
        self._draws = begun.draws if begun is not None else 0
        self._file = JoinedFile(path, self.encoder.writing, begun.files if begun else None)

    def write(self, start: int, count: int, values: Mapping[str, Float64]) -> None:
        """Add the draws `start` to `start + count`, which must follow those already added."""
        if start != self._draws:
            raise ValueError(f"draws from {self._draws} on are wanted, not from {start}")
        done = 0
        while done < count:
            size = min(count - done, ROW_GROUP_DRAWS - self._filled)
            given = {name: values[name][done : done + size] for name in self._names}
            done += size
            self._draws += size
            if size == ROW_GROUP_DRAWS:
                self._encode(given, size)
                continue
            self._hold(given, size)
            if self._filled == ROW_GROUP_DRAWS:
                self.flush()

    def _hold(self, given: Mapping[str, Float64], size: int) -> None:
        """Keep a part of a row group until the rest comes."""
        if not self._held:
            shape = ROW_GROUP_DRAWS, max(1, len(self.encoder.periods))
            self._held = {name: empty(*shape) for name in self._names}
        for name, values in given.items():
            self._held[name][self._filled : self._filled + size] = values.reshape(size, -1)
        self._filled += size

    def flush(self) -> None:
        """Put what is held into a row group; unless it is full, nothing can follow."""
        size, self._filled = self._filled, 0
        if size:
            self._encode(self._held, size)

    def _encode(self, values: Mapping[str, Float64], size: int) -> None:
        """The last `size` draws."""
        for table in self.encoder.tables(self._draws - size, size, values):
            self._file.encode(table)

    def add(self, start: int, count: int, groups: Iterable[Group]) -> None:
        """Add draws that `encoder` made into row groups elsewhere; all but the last are full."""
        if start != self._draws or self._filled:
            raise ValueError(f"draws from {self._draws} on are wanted, not from {start}")
        for group in groups:
            self._file.add(group)
        self._draws += count

    @property
    def grouped(self) -> int:
        """Draws that stand in row groups already."""
        return self._draws - self._filled

    def marks(self, *, to_disk: bool) -> dict[str, StoredFile]:
        """How far the files have come that hold those draws, by name."""
        return self._file.marks(to_disk=to_disk)

    def close(self, identity: Mapping[str, Any], *, keep: bool = False) -> StoredFile:
        """Write what is left and the identity of the run; returns checksum, size and rows.

        With `keep`, all that a later run needs to go on stays where it is.
        """
        self.flush()
        return self._file.close(self.encoder.about(self._draws, identity), keep=keep)

    def abort(self) -> None:
        """Give up: nothing more reaches the disk. May be called at any time, and again."""
        self._file.abort()
        self._held = {}


def _field(column: Column) -> pa.Field:
    about = {
        "unit": column.unit,
        "description": column.description,
        "output": column.output,
        "stage": column.stage,
    }
    return pa.field(column.name, pa.float64(), nullable=False, metadata=about)


def _damaged(path: Path, why: str) -> InputError:
    return InputError(
        Problem(
            file=str(path),
            wanted=f"a whole file of results is wanted, and this one is damaged: {why[:200]}",
            remedy="run the scenario again with --force",
        )
    )


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turns what goes wrong inside while reading `path` into words."""
    try:
        yield
    except (InputError, EnvironmentFault):
        raise
    except (FileNotFoundError, IsADirectoryError):
        raise InputError(
            Problem(
                file=str(path),
                wanted="a file of results is wanted, and there is none",
                remedy="run the scenario again",
            )
        ) from None
    except OSError as error:
        if error.errno is not None:
            raise environment_fault(error, path, "read the results") from error
        raise _damaged(path, str(error)) from error
    except (pa.ArrowException, ValueError, TypeError, LookupError, MemoryError) as error:
        raise _damaged(path, str(error)) from error


class ColumnsReader:
    """Reads columns of a file that `ColumnsWriter` wrote; one reader a thread.

    Pass `contents` of another reader of the same file to save reading them again.
    """

    def __init__(self, path: Path, contents: Contents | None = None) -> None:
        self.path = path
        with reading(path):
            self.contents = contents or contents_of(path, self._footer())
            self.layout = self._layout()
            spans = -(-self.layout.draws // ROW_GROUP_DRAWS)
            if self.contents.groups != spans * self._parts:
                raise _damaged(self.path, "row groups are missing")
            self._file = GroupsReader(self.contents, self._rows_of)
            self.columns = tuple(
                _column(field) for field in self.contents.schema if field.name not in (DRAW, PERIOD)
            )
        self._names = {column.name for column in self.columns}

    def __enter__(self) -> ColumnsReader:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def _footer(self) -> Found:
        footer = footer_of(self.path)
        if footer is None:
            raise InputError(
                Problem(
                    file=str(self.path),
                    wanted="a file of results is wanted, and another program wrote this one",
                )
            )
        if not isinstance(footer, Found):
            raise _damaged(self.path, "its end is missing, or not as it was written")
        return footer

    def _layout(self) -> Layout:
        about = json.loads(self.contents.metadata.metadata[KEY])
        if about["format"] != FORMAT:
            raise InputError(
                Problem(
                    file=str(self.path),
                    wanted=f"format {FORMAT} is wanted",
                    value=repr(about["format"]),
                    remedy="read it with the version of the program that wrote it",
                )
            )
        return Layout(str(about["kind"]), int(about["draws"]), tuple(about["periods"]), about)

    @property
    def _parts(self) -> int:
        """Row groups of the same draws: one a period."""
        return max(1, len(self.layout.periods))

    def _rows_of(self, group: int) -> int:
        """How many rows a row group has."""
        return min(ROW_GROUP_DRAWS, self.layout.draws - group // self._parts * ROW_GROUP_DRAWS)

    def _groups(self, column: str, period: str | None) -> range:
        """The row groups of a period; InputError for an unknown column or period."""
        if column not in self._names:
            raise InputError(
                Problem(
                    file=str(self.path),
                    wanted="the name of a stored column is wanted",
                    value=column,
                    remedy=did_you_mean(column, self._names),
                )
            )
        periods = self.layout.periods
        if not periods:
            return range(self.contents.groups)
        label = periods[-1] if period is None else period
        if label not in periods:
            raise InputError(
                Problem(
                    file=str(self.path),
                    wanted="a stored period is wanted",
                    value=label,
                    remedy="known: " + ", ".join(periods),
                )
            )
        return range(periods.index(label), self.contents.groups, len(periods))

    def chunks(self, column: str, period: str | None = None) -> Iterator[Float64]:
        """Values of a column in draw order, a row group at a time; each of shape (≤ 32 768,).

        `period` is the whole period when not given; files of inputs have none.
        """
        for group in self._groups(column, period):
            with reading(self.path):
                table = self._file.read(group, [column], self._parts)
                yield to_numpy(table.column(0))

    def column(self, column: str, period: str | None = None, limit: int | None = None) -> Float64:
        """Values of a column in draw order, shape (n,), the first `limit` when given."""
        count = self.layout.draws if limit is None else min(limit, self.layout.draws)
        values: Float64 = np.empty(count)
        filled = 0
        for chunk in self.chunks(column, period):
            size = min(len(chunk), count - filled)
            values[filled : filled + size] = chunk[:size]
            filled += size
            if filled == count:
                break
        return values

    def draw(self, draw: int, names: Sequence[str], period: str | None = None) -> dict[str, float]:
        """Values of some columns in one draw and period: one row group is read."""
        wanted = list(dict.fromkeys(names))
        groups = [self._groups(name, period) for name in wanted]
        if not groups:
            return {}
        with reading(self.path):
            group = groups[0][draw // ROW_GROUP_DRAWS]
            table = self._file.read(group, wanted)
            row = draw % ROW_GROUP_DRAWS
            return {name: float(to_numpy(table.column(name))[row]) for name in wanted}


def _column(field: pa.Field) -> Column:
    about = {key.decode(): text.decode() for key, text in (field.metadata or {}).items()}
    return Column(field.name, about["unit"], about["description"], about["output"], about["stage"])


def read_column(path: Path, column: str, period: str | None = None) -> Float64:
    """One column of a file of draws or inputs, shape (n_draws,), in the unit of its field.

    `period` is the whole period when not given. InputError, naming the file, when it is missing,
    damaged or foreign, or has no such column or period.
    """
    with ColumnsReader(path) as reader:
        return reader.column(column, period)


def iter_column(path: Path, column: str, period: str | None = None) -> Iterator[Float64]:
    """One column in pieces of at most `ROW_GROUP_DRAWS` draws, in draw order."""
    with ColumnsReader(path) as reader:
        yield from reader.chunks(column, period)


def columns_of(path: Path) -> tuple[Column, ...]:
    """The columns of a file of draws or inputs: name, unit, description, output and stage."""
    with ColumnsReader(path) as reader:
        return reader.columns
