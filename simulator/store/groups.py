"""Row groups of a Parquet file, each encoded alone, and the footer that joins them.

A row group does not know where it stands in a file; only the footer does. So groups can be encoded
anywhere - in another thread, on another machine, in a run that was killed later - and still make
the file that one writer would have made, byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
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

    `about` is as if it were the first group of a file. `body`, in pieces as they were encoded, is
    empty where the bytes went on at once.
    """

    about: bytes
    size: int
    rows: int
    body: tuple[bytes, ...] = ()


class Pieces:
    """Keeps what it is given, piece by piece: to join them would copy all once more."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        """Keep a piece."""
        self._pieces.append(data)
        return len(data)

    def all(self) -> tuple[bytes, ...]:
        """What was given, in order."""
        return tuple(self._pieces)


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
    def footer(self) -> bytes:
        return _footer_of(b"".join(self._footer or ()))


class Writing:
    """Makes row groups of a schema, by pyarrow's writer with these options.

    All footers with one group have the same bytes in front of what they say of it, and the same
    behind: they are cut off, for to read them takes as long as a tenth of the encoding.
    """

    def __init__(self, schema: pa.Schema, options: Mapping[str, Any]) -> None:
        self._schema, self._options = schema, options
        empty = _footer_of(self._empty({}))
        reader, ends = thrift.Reader(empty), {}
        for number, kind in reader.heads():
            reader.skip(kind)
            ends[number] = reader.place
        self._front, self._behind = empty[: ends[_ROWS - 1]], empty[ends[_GROUPS] :]

    def _empty(self, about: Mapping[bytes, bytes]) -> bytes:
        """A file without groups."""
        sink = pa.BufferOutputStream()
        with pq.ParquetWriter(sink, self._schema, **self._options) as writer:
            if about:
                writer.add_key_value_metadata(dict(about))
        return bytes(sink.getvalue().to_pybytes())

    def encode(self, table: pa.Table, out: Taking) -> Group:
        """A table as one row group; its bytes go to `out`."""
        body = _Body(out)
        with pq.ParquetWriter(body, self._schema, **self._options) as writer:
            writer.write_table(table, row_group_size=max(1, table.num_rows))
            size = body.hold()
        return Group(self._about(body.footer, table.num_rows), size, table.num_rows)

    def _about(self, footer: bytes, rows: int) -> bytes:
        """What a footer says of its only group."""
        front = self._front + _rows_and_groups(rows, 1)
        if footer.startswith(front) and footer.endswith(self._behind):
            return footer[len(front) : len(footer) - len(self._behind)]
        (group,) = thrift.Reader(footer).struct()[_GROUPS][1].values
        return thrift.written(group)

    def footer(
        self,
        about: Mapping[bytes, bytes],
        groups: Iterable[tuple[bytes, int]],
        count: int,
        rows: int,
    ) -> Iterator[bytes]:
        """The pieces of a footer for `count` groups, each as `Group.about` with its place.

        `about` is the file's key-value metadata, `rows` those of all groups. The last piece is
        length and magic.
        """
        empty = _footer_of(self._empty(about))
        behind = empty[len(self._front) + len(_rows_and_groups(0, 0)) :]
        size = 0
        front = self._front + _rows_and_groups(rows, count)
        moved = (_moved(said, place - len(MAGIC)) for said, place in groups)
        for piece in chain([front], moved, [behind]):
            size += len(piece)
            yield piece
        yield size.to_bytes(4, "little") + MAGIC


def _rows_and_groups(rows: int, count: int) -> bytes:
    """What a footer says between its schema and its first group: rows, and how many groups."""
    step = 1 << 4  # from one field to the next
    head = bytes([step | thrift.I64]) + thrift.signed(rows) + bytes([step | thrift.LIST])
    return head + thrift.list_head(thrift.STRUCT, count)


def _footer_of(whole: bytes) -> bytes:
    """The footer at the end of `whole`, without its length."""
    length = int.from_bytes(whole[-TAIL:-4], "little")
    return whole[-TAIL - length : -TAIL]


def _moved(about: bytes, by: int) -> bytes:
    """The same row group so many bytes further on in its file.

    Nor does it say which of the groups it is: all would have the first one's number.
    """
    reader, pieces, done = thrift.Reader(about), [], 0
    for number, place in _places(reader):
        pieces.append(about[done:place])
        done = reader.place
        if number != _ORDINAL:
            value = thrift.Reader(about[place:done]).value(thrift.I64)
            # 0 says that there is none, or that nobody looks there any more.
            pieces.append(thrift.signed(value + by if value else 0))
        else:
            pieces[-1] = pieces[-1][:-1]  # without the head of the field: it is the last one
    return b"".join(pieces) + about[done:]


def _places(reader: thrift.Reader) -> Iterator[tuple[int, int]]:
    """Fields of a row group that hold a place in the file, or its number: where each begins."""
    for number, kind in reader.heads():
        if number == _COLUMNS:
            for _ in range(reader.items()[1]):
                yield from _places_of_chunk(reader)
            continue
        place = reader.place
        reader.skip(kind)
        if number in (_PLACE, _ORDINAL):
            yield number, place


def _places_of_chunk(reader: thrift.Reader) -> Iterator[tuple[int, int]]:
    for number, kind in reader.heads():
        if number == _META:
            for its, kind_of_it in reader.heads():
                place = reader.place
                reader.skip(kind_of_it)
                if its in _META_PLACES:
                    yield its, place
            continue
        place = reader.place
        reader.skip(kind)
        if number in _CHUNK_PLACES:
            yield number, place
