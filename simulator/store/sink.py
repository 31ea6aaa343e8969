"""A file that knows its checksum while it is written, so that it need not be read again."""

from __future__ import annotations

import hashlib
import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.store.manifest import StoredFile

BUFFER = 1 << 16
"""Bytes that wait for more; longer pieces go to the system as they are, without a copy."""


@dataclass(frozen=True, slots=True)
class HashedStart:
    """The first `size` bytes of a file, and the hash that has seen them."""

    hash: Any
    size: int


class HashingFile:
    """A new binary file, as pyarrow wants one, that hashes what passes through.

    With `begun` it is one that is there already, and goes on behind those bytes.
    After `abandon` it swallows whatever is still written: pyarrow finishes a file when its
    writer is collected, and a file that was given up must not raise then.
    """

    closed = False
    mode = "wb"

    def __init__(self, path: Path, begun: HashedStart | None = None) -> None:
        raw = io.FileIO(path, "xb" if begun is None else "rb+")
        self._hash, self._size = hashlib.sha256(), 0
        if begun is not None:
            self._hash, self._size = begun.hash.copy(), begun.size
            raw.truncate(begun.size)
            raw.seek(begun.size)
        self._file = io.BufferedWriter(raw, buffer_size=BUFFER)
        self._abandoned = False

    def write(self, data: bytes | memoryview) -> int:
        """Write and hash; returns the number of bytes."""
        size = memoryview(data).nbytes
        if not self._abandoned:
            self._file.write(data)
            self._hash.update(data)
            self._size += size
        return size

    def tell(self) -> int:
        """Bytes given so far."""
        return self._size

    def flush(self) -> None:
        """pyarrow calls it; `finish` does it."""

    def close(self) -> None:
        """pyarrow calls it; `finish` does it."""

    def mark(self, *, to_disk: bool) -> StoredFile:
        """Size and checksum of what was written until now, which has left this process.

        With `to_disk` it has also reached the disk.
        """
        self._file.flush()
        if to_disk:
            os.fsync(self._file.fileno())
        return StoredFile(self._hash.hexdigest(), self._size)

    def finish(self, rows: int | None = None) -> StoredFile:
        """Flush and close; returns checksum, size and rows."""
        try:
            self._file.close()
        except OSError:
            self.abandon()
            raise
        return StoredFile(self._hash.hexdigest(), self._size, rows)

    def abandon(self) -> None:
        """Close without caring for what is still unwritten."""
        self._abandoned = True
        try:
            self._file.close()
        except OSError:
            self._file.raw.close()


def write_text(path: Path, text: str, rows: int | None = None) -> StoredFile:
    """Write a new UTF-8 file; returns checksum and size."""
    file = HashingFile(path)
    try:
        file.write(text.encode())
        return file.finish(rows)
    except OSError:
        file.abandon()
        raise


def hash_of(path: Path) -> str:
    """sha256 (hex) of a file, read in pieces."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            found.update(piece)
    return found.hexdigest()
