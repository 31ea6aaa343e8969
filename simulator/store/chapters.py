"""The row groups of a Parquet file, read one by one, however many there are.

What a footer says of a column of a row group takes a kilobyte once pyarrow has read it: that of a
long run would take gigabytes. Of a long footer (`store.footer`) only some row groups are looked at
at a time, those that a reader of one period goes through next.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from simulator.store import thrift
from simulator.store.footer import MAGIC, Found

CHAPTER = 4096
"""Columns of row groups that are known at a time."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file says of itself. Shared by all readers of the file.

    `rows` and `groups` are counted; `metadata` is what pyarrow made of the footer: all of it, or
    all but the row groups where it is long.
    """

    path: Path
    footer: Found
    rows: int
    groups: int
    schema: pa.Schema
    metadata: pq.FileMetaData


def contents_of(path: Path, footer: Found) -> Contents:
    """Read the footer of a file, without its row groups where it is long."""
    metadata = _part(path, footer, range(0)) if footer.places else pq.read_metadata(path)
    groups = len(footer.places) - 1 if footer.places else metadata.num_row_groups
    schema = metadata.schema.to_arrow_schema()
    return Contents(path, footer, metadata.num_rows, groups, schema, metadata)


class GroupsReader:
    """Reads row groups; one a thread. `rows_of` says how many rows a row group must have.

    Raises ValueError where it has others, and whatever pyarrow raises.
    """

    def __init__(self, contents: Contents, rows_of: Callable[[int], int]) -> None:
        self._contents, self._rows_of = contents, rows_of
        self._source = pa.OSFile(str(contents.path))
        self._groups = range(0)
        self._file: pq.ParquetFile | None = None
        if not contents.footer.places:
            self._open(range(contents.groups), contents.metadata)

    def close(self) -> None:
        """Let go of the file."""
        self._source.close()

    def read(self, group: int, columns: Sequence[str], step: int = 1) -> pa.Table:
        """Columns of a row group; after it that which comes `step` later is likely to be read."""
        if self._file is None or group not in self._groups:
            each = max(1, CHAPTER // len(self._contents.schema))
            groups = range(group, min(self._contents.groups, group + each * step), step)
            self._open(groups, _part(self._contents.path, self._contents.footer, groups))
        assert self._file is not None  # noqa: S101 - for mypy
        at = self._groups.index(group)
        return self._file.read_row_group(at, columns=list(columns), use_threads=False)

    def _open(self, groups: range, metadata: pq.FileMetaData) -> None:
        for at, group in enumerate(groups):
            if metadata.row_group(at).num_rows != self._rows_of(group):
                raise ValueError("row groups are missing or of the wrong size")
        self._file = pq.ParquetFile(
            self._source, metadata=metadata, page_checksum_verification=True, pre_buffer=False
        )
        self._groups = groups


def _part(path: Path, footer: Found, groups: range) -> pq.FileMetaData:
    """The footer as if the file had these row groups only, counted in all their rows."""
    places = footer.places
    with path.open("rb") as file:

        def between(first: int, last: int) -> bytes:
            file.seek(footer.start + first)
            return file.read(last - first)

        count = thrift.list_head(thrift.STRUCT, len(places) - 1)
        pieces = [
            MAGIC,
            between(0, places[0] - len(count)),
            thrift.list_head(thrift.STRUCT, len(groups)),
            *(between(places[group], places[group + 1]) for group in groups),
            between(places[-1], footer.size),
        ]
    size = sum(map(len, pieces)) - len(MAGIC)
    whole = b"".join([*pieces, size.to_bytes(4, "little"), MAGIC])
    return pq.read_metadata(pa.BufferReader(whole))
