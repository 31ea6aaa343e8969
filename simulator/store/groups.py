"""Row groups of a Parquet file, each encoded alone, and the footer that joins them.

A row group does not know where it stands in a file; only the footer does. So groups can be encoded
anywhere - in another thread, on another machine, in a run that was killed later - and still make
the file that one writer would have made, byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from simulator.store import thrift
from simulator.store.footer import MAGIC, TAIL

_ROWS, _GROUPS = 3, 4  # fields of FileMetaData
_COLUMNS, _PLACE, _ORDINAL = 1, 5, 7  # of RowGroup
_META = 3  # of ColumnChunk
_CHUNK_PLACES = (2, 4, 6)  # of ColumnChunk: the chunk, its offset index and column index
_META_PLACES = (9, 10, 11, 14)  # of ColumnMetaData: pages of data, index, dictionary; Bloom filter


class Taking(Protocol):
    """Whatever takes bytes: a file, a buffer."""

    def write(self, data: bytes, /) -> int:
        """Take them all."""


@dataclass(frozen=True, slots=True)
class Group:
    """A row group that was encoded: its size in bytes, its rows, and what a footer says of it.

    `about` is as if it were the first group of a file. `body` is empty where the bytes went on
    at once.
    """

    about: bytes
    size: int
    rows: int
    body: bytes = b""


class _Body:
    """A file for pyarrow that passes on what is between the magic and the footer."""

    closed = False
    mode = "wb"

    def __init__(self, out: Taking) -> None:
        self._out, self._size = out, 0
        self._footer: list[bytes] | None = None

    def write(self, data: bytes) -> int:
        if self._footer is not None:
            self._footer.append(data)
        elif self._size:
            self._out.write(data)
        elif data != MAGIC:
            raise ValueError("a file that begins with its magic is wanted")
        self._size += len(data)
        return len(data)

    def tell(self) -> int:
        return self._size

    def flush(self) -> None:
        """pyarrow calls it."""

    def close(self) -> None:
        """pyarrow calls it."""

    def hold(self) -> int:
        """What comes from now on is the footer; returns the bytes of the body."""
        self._footer = []
        return self._size - len(MAGIC)

    @property
    def footer(self) -> thrift.Struct:
        return _read(b"".join(self._footer or ()))


def encode(table: pa.Table, options: Mapping[str, Any], out: Taking) -> Group:
    """A table as one row group, by pyarrow's writer with these options; its bytes go to `out`."""
    body = _Body(out)
    with pq.ParquetWriter(body, table.schema, **options) as writer:
        writer.write_table(table, row_group_size=max(1, table.num_rows))
        size = body.hold()
    (group,) = body.footer[_GROUPS][1].values
    return Group(thrift.written(group), size, table.num_rows)


def footer(
    schema: pa.Schema,
    options: Mapping[str, Any],
    about: Mapping[bytes, bytes],
    groups: Iterable[tuple[bytes, int]],
    count: int,
    rows: int,
) -> Iterator[bytes]:
    """The pieces of a footer for `count` groups, each as `Group.about` with its place in the file.

    `about` is the file's key-value metadata, `rows` those of all groups. The last piece is length
    and magic.
    """
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(sink, schema, **options) as writer:
        writer.add_key_value_metadata(dict(about))
    fields = _read(sink.getvalue().to_pybytes())
    fields[_ROWS] = thrift.I64, rows
    head = {number: field for number, field in fields.items() if number < _GROUPS}
    tail = {number: field for number, field in fields.items() if number > _GROUPS}
    size = 0
    for piece in _pieces(head, tail, groups, count):
        size += len(piece)
        yield piece
    yield size.to_bytes(4, "little") + MAGIC


def _pieces(
    head: thrift.Struct, tail: thrift.Struct, groups: Iterable[tuple[bytes, int]], count: int
) -> Iterator[bytes]:
    yield thrift.written(head)[:-1]  # the structure goes on
    yield bytes([(_GROUPS - max(head)) << 4 | thrift.LIST]) + thrift.list_head(thrift.STRUCT, count)
    for about, place in groups:
        group = _moved(thrift.Reader(about).struct(), place - len(MAGIC))
        group.pop(_ORDINAL, None)  # all would have the first one's
        yield thrift.written(group)
    # Numbers of fields are told as steps from the field before, which is that of the groups.
    yield thrift.written({number - _GROUPS: field for number, field in tail.items()})


def _read(whole: bytes) -> thrift.Struct:
    """The footer at the end of `whole`."""
    length = int.from_bytes(whole[-TAIL:-4], "little")
    return thrift.Reader(whole[-TAIL - length : -TAIL]).struct()


def _moved(group: thrift.Struct, by: int) -> thrift.Struct:
    """The same row group so many bytes further on in its file."""
    _move(group, (_PLACE,), by)
    for chunk in group[_COLUMNS][1].values:
        _move(chunk, _CHUNK_PLACES, by)
        _move(chunk[_META][1], _META_PLACES, by)
    return group


def _move(fields: thrift.Struct, places: Sequence[int], by: int) -> None:
    for number in places:
        kind, value = fields.get(number, (0, 0))
        if value:  # 0 says that there is none, or that nobody looks there any more
            fields[number] = kind, value + by
