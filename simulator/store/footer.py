"""A checksum for the footer of a Parquet file, which the format leaves without one.

Pages are checked one by one, but a flipped bit in the footer could name another column's page,
or end the process inside the library. The checksum stands in front of the footer, between the
pages and it, where other readers of Parquet never look.

In front of the checksum of a long footer stands where it speaks of each row group, so that it can
be read in parts: parsed, it takes fifteen times its bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from simulator.files import size_of

MARK, MARK_OF_LONG = b"simF", b"simI"
MAGIC = b"PAR1"
LONG = 1 << 19
"""Bytes from which on a footer is read in parts."""

TAIL = 8  # length of the footer (4 bytes, little endian) and the magic
_SEAL = len(MARK) + 32
_NUMBER = 8
PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Found:
    """Where the footer of a file begins in it, and how long it is.

    `places` are where in a long footer each row group begins, and where the last one ends.
    """

    start: int
    size: int
    places: tuple[int, ...] = ()


def index_of(places: Sequence[int]) -> bytes:
    """What stands in front of the seal of a long footer; `places` as in `Found`."""
    numbers = (*places, len(places))
    return b"".join(number.to_bytes(_NUMBER, "little") for number in numbers)


def seal(checksum: bytes, *, long: bool = False) -> bytes:
    """What stands in front of a footer.

    `checksum` is the sha256 of its index, where it is `long`, then of it, length and magic.
    """
    return (MARK_OF_LONG if long else MARK) + checksum


def is_sealed(path: Path) -> bool | None:
    """Whether the footer is as it was written; None when the file never had a checksum.

    A damaged file may count as either; both are refused.
    """
    found = footer_of(path)
    return found if isinstance(found, bool) else None if found is None else True


def footer_of(path: Path) -> Found | bool | None:
    """The footer, if it is as it was written; otherwise False or None as `is_sealed`."""
    size_of(path, str(path), "a file of results")
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - TAIL))
        tail = file.read(TAIL)
        length = int.from_bytes(tail[:4], "little")
        start = size - TAIL - length
        if tail[4:] != MAGIC or start - _SEAL < len(MAGIC):
            return False
        file.seek(start - _SEAL)
        mark, wanted = file.read(len(MARK)), file.read(32)
        if mark not in (MARK, MARK_OF_LONG):
            return None
        index = _index(file, start - _SEAL) if mark == MARK_OF_LONG else b""
        if index is None:
            return False
        checksum = hashlib.sha256(index)
        file.seek(start)
        while piece := file.read(PIECE):
            checksum.update(piece)
    if checksum.digest() != wanted:
        return False
    return Found(start, length, _numbers(index)[:-1])


def _index(file: IO[bytes], end: int) -> bytes | None:
    """The index that ends there; None where there cannot be one."""
    file.seek(end - _NUMBER)
    size = _NUMBER * (int.from_bytes(file.read(_NUMBER), "little") + 1)
    if size > end - len(MAGIC):
        return None
    file.seek(end - size)
    return file.read(size)


def _numbers(index: bytes) -> tuple[int, ...]:
    steps = range(0, len(index), _NUMBER)
    return tuple(int.from_bytes(index[at : at + _NUMBER], "little") for at in steps)
