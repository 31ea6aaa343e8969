"""A file that knows its checksum while it is written, so that it need not be read again."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

from simulator.store.manifest import StoredFile


class HashingFile:
    """A new binary file, as pyarrow wants one, that hashes what passes through.

    After `abandon` it swallows whatever is still written: pyarrow finishes a file when its
    writer is collected, and a file that was given up must not raise then.
    """

    closed = False
    mode = "wb"

    def __init__(self, path: Path) -> None:
        self._file = io.BufferedWriter(io.FileIO(path, "xb"), buffer_size=1 << 20)
        self._hash = hashlib.sha256()
        self._size = 0
        self._abandoned = False
        self._held: list[bytes] | None = None

    def write(self, data: bytes | memoryview) -> int:
        """Write and hash; returns the number of bytes."""
        size = memoryview(data).nbytes
        if self._held is not None:
            self._held.append(bytes(data))
        elif not self._abandoned:
            self._file.write(data)
            self._hash.update(data)
            self._size += size
        return size

    def hold(self) -> None:
        """Keep back what is written from now on, until `release`."""
        self._held = []

    def release(self) -> bytes:
        """What was kept back; writing goes on as before."""
        held, self._held = self._held or [], None
        return b"".join(held)

    def tell(self) -> int:
        """Bytes given so far, also those kept back."""
        return self._size + sum(map(len, self._held or ()))

    def flush(self) -> None:
        """pyarrow calls it; `finish` does it."""

    def close(self) -> None:
        """pyarrow calls it; `finish` does it."""

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
