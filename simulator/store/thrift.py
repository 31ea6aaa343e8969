"""Thrift's compact protocol, as far as the footer of a Parquet file needs it.

pyarrow reads and writes footers, but cannot move a row group to another place in a file. Here a
structure becomes fields by number, which can be changed and written again.
Source: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, SET, MAP, STRUCT = range(1, 13)

Struct = dict[int, tuple[int, Any]]
"""Fields by number, each a type and a value: int, bytes, bool, `Items` or `Struct`."""


@dataclass(slots=True)
class Items:
    """A list: the type of its elements, and these."""

    kind: int
    values: list[Any]


class Reader:
    """Reads one structure from the beginning of `data`; ValueError where there is none."""

    def __init__(self, data: bytes) -> None:
        self._data, self.place = data, 0

    def struct(self) -> Struct:
        """The structure that begins here."""
        return {number: (kind, self.value(kind)) for number, kind in self.heads()}

    def heads(self) -> Iterator[tuple[int, int]]:
        """Number and type of each field of the structure that begins here.

        Its value is read, or skipped, before the next is asked for.
        """
        number = 0
        while head := self._byte():
            number = number + (head >> 4) if head >> 4 else self._signed()
            yield number, head & 15

    def items(self) -> tuple[int, int]:
        """Type and number of the elements of the list that begins here."""
        head = self._byte()
        return head & 15, head >> 4 if head >> 4 != 15 else self._unsigned()

    def skip(self, kind: int) -> None:
        """Pass over a value."""
        if kind in (I16, I32, I64):
            while self._byte() > 127:
                pass
        elif kind == STRUCT:
            for _, its in self.heads():
                self.skip(its)
        else:
            self.value(kind)

    def value(self, kind: int) -> Any:  # noqa: ANN401 - whatever the type says
        """A value of this type."""
        if kind in (I16, I32, I64):
            return self._signed()
        if kind == BINARY:
            return self._bytes(self._unsigned())
        if kind == STRUCT:
            return self.struct()
        if kind in (LIST, SET):
            return self._items()
        if kind in (TRUE, FALSE):
            return kind == TRUE
        if kind in (BYTE, DOUBLE):
            return self._bytes(1 if kind == BYTE else 8)
        raise ValueError(f"no type of a footer: {kind}")

    def _items(self) -> Items:
        kind, size = self.items()
        if kind in (TRUE, FALSE):  # in a list each is a byte
            return Items(kind, [self._bytes(1) for _ in range(size)])
        return Items(kind, [self.value(kind) for _ in range(size)])

    def _byte(self) -> int:
        try:
            value = self._data[self.place]
        except IndexError:
            raise ValueError("the structure ends too early") from None
        self.place += 1
        return value

    def _bytes(self, size: int) -> bytes:
        piece = self._data[self.place : self.place + size]
        if len(piece) < size:
            raise ValueError("the structure ends too early")
        self.place += size
        return piece

    def _unsigned(self) -> int:
        value = shift = 0
        while True:
            byte = self._byte()
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7

    def _signed(self) -> int:
        value = self._unsigned()
        return (value >> 1) ^ -(value & 1)


def unsigned(value: int) -> bytes:
    """A number from 0 on, seven bits a byte."""
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    found.append(value)
    return bytes(found)


def list_head(kind: int, size: int) -> bytes:
    """What stands in front of a list."""
    return bytes([size << 4 | kind]) if size < 15 else bytes([0xF0 | kind]) + unsigned(size)


def written(fields: Struct) -> bytes:
    """A structure as bytes, its fields in the order of their numbers."""
    out = bytearray()
    _struct(out, fields)
    return bytes(out)


def _struct(out: bytearray, fields: Struct) -> None:
    before = 0
    for number in sorted(fields):
        kind, value = fields[number]
        if kind in (TRUE, FALSE):
            kind = TRUE if value else FALSE
        step = number - before
        if 0 < step < 16:
            out.append(step << 4 | kind)
        else:
            out.append(kind)
            out += signed(number)
        before = number
        if kind not in (TRUE, FALSE):
            _value(out, kind, value)
    out.append(0)


def _value(out: bytearray, kind: int, value: Any) -> None:  # noqa: ANN401 - whatever the type says
    if kind in (I16, I32, I64):
        out += signed(value)
    elif kind == BINARY:
        out += unsigned(len(value))
        out += value
    elif kind == STRUCT:
        _struct(out, value)
    elif kind in (LIST, SET):
        out += list_head(value.kind, len(value.values))
        for item in value.values:
            _value(out, value.kind, item)
    else:  # a byte, a double, a truth in a list
        out += value


def signed(value: int) -> bytes:
    """Any number, its sign in the last bit."""
    return unsigned(value << 1 if value >= 0 else (-value << 1) - 1)
