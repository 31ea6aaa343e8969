"""A Parquet file that grows by row groups, each encoded elsewhere, and can be gone on with.

What the footer will say of the groups stands in a file beside until it is written: memory does not
grow with the groups, and a killed run leaves all that the next one needs.
"""

from __future__ import annotations

import hashlib
import tempfile
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from simulator.store.folder import GROUPS
from simulator.store.footer import LONG, MAGIC, index_of, seal
from simulator.store.groups import Group, Writing
from simulator.store.manifest import StoredFile
from simulator.store.sink import HashedStart, HashingFile

if TYPE_CHECKING:
    import pyarrow as pa

IN_MEMORY = 16 << 20
"""Bytes of a footer above which it waits on the disk while its checksum is made."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What an earlier run left of a file: so many draws, in files by name."""

    draws: int
    files: Mapping[str, HashedStart]


def groups_of(path: Path) -> Path:
    """Where it is kept what the footer of `path` will say."""
    return path.with_suffix(GROUPS)


class JoinedFile:
    """A new file at `path`, or with `begun` (by name of file) one that is there already."""

    def __init__(
        self,
        path: Path,
        writing: Writing,
        begun: Mapping[str, HashedStart] | None = None,
    ) -> None:
        self._writing = writing
        self._path, self._groups_path = path, groups_of(path)
        known = begun or {}
        self._file = HashingFile(path, known.get(path.name))
        self._groups = HashingFile(self._groups_path, known.get(self._groups_path.name))
        if begun is None:
            self._file.write(MAGIC)

    def encode(self, table: pa.Table) -> None:
        """One more row group, made here."""
        self._note(self._writing.encode(table, self._file))

    def add(self, group: Group) -> None:
        """One more row group, made elsewhere."""
        for piece in group.body:
            self._file.write(piece)
        self._note(group)

    def _note(self, group: Group) -> None:
        head = b"".join(n.to_bytes(8, "little") for n in (group.size, group.rows, len(group.about)))
        self._groups.write(head + group.about)

    def marks(self, *, to_disk: bool) -> dict[str, StoredFile]:
        """How far each file has come, by name; see `HashingFile.mark`."""
        return {
            self._path.name: self._file.mark(to_disk=to_disk),
            self._groups_path.name: self._groups.mark(to_disk=to_disk),
        }

    def close(self, about: Mapping[bytes, bytes], *, keep: bool = False) -> StoredFile:
        """Write the footer, with `about` as metadata of the file.

        What stood beside is removed, unless it is to be kept in case the run is killed later.
        """
        self._groups.finish()
        count = rows = 0
        for _, _, its in self._kept():
            count, rows = count + 1, rows + its
        with tempfile.SpooledTemporaryFile(
            max_size=IN_MEMORY, dir=str(self._path.parent)
        ) as waiting:
            places = ((said, place) for said, place, _ in self._kept())
            ends = array("Q", [0])
            for piece in self._writing.footer(about, places, count, rows):
                waiting.write(piece)
                ends.append(ends[-1] + len(piece))
            self._seal(waiting, ends[-count - 3 : -2], ends[-1])
        done = self._file.finish(rows)
        if not keep:
            self._groups_path.unlink()
        return done

    def _seal(self, waiting: IO[bytes], places: Sequence[int], size: int) -> None:
        """Write a footer and in front of it, what proves it and, if it is long, its index."""
        long = size >= LONG
        index = index_of(places) if long else b""
        checksum = hashlib.sha256(index)
        for piece in _pieces(waiting):
            checksum.update(piece)
        self._file.write(index + seal(checksum.digest(), long=long))
        for piece in _pieces(waiting):
            self._file.write(piece)

    def abort(self) -> None:
        """Give up; what is on the disk stays as it is. May be called at any time, and again."""
        self._file.abandon()
        self._groups.abandon()

    def _kept(self) -> Iterator[tuple[bytes, int, int]]:
        """What is to be said of each group, its place in the file, and its rows."""
        place = len(MAGIC)
        with self._groups_path.open("rb") as file:
            while True:
                size, rows, length = (_number(file) for _ in range(3))
                if size is None or rows is None or length is None:
                    return
                yield file.read(length), place, rows
                place += size


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    return iter(lambda: file.read(1 << 20), b"")


def _number(file: IO[bytes]) -> int | None:
    piece = file.read(8)
    return int.from_bytes(piece, "little") if piece else None
