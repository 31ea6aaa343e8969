"""The file that a workbook is written to, which a failed write gives up."""

from __future__ import annotations

from io import FileIO
from pathlib import Path


class Target:
    """A binary file for an archive. After a write that failed it swallows everything.

    It is opened when the first bytes come: a workbook that is given up before has no file to close.
    The archive's writer finishes its file whenever it is collected, also one whose disk is full;
    what it tries then must not fail a second time, where nobody could hear of it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: FileIO | None = None
        self._lost, self._at = False, 0

    def write(self, data: bytes) -> int:
        """Write all of it."""
        rest = memoryview(data)
        try:
            while rest and not self._lost:
                rest = rest[self._opened().write(rest) :]
        except OSError:
            self.close()
            raise
        finally:
            self._at += len(data)
        return len(data)

    def tell(self) -> int:
        """Where the next byte goes, or would."""
        return self._at

    def seek(self, place: int) -> int:
        """Go to a place from the start."""
        if not self._lost:
            self._opened().seek(place)
        self._at = place
        return place

    def flush(self) -> None:
        """Every write is flushed."""

    def close(self) -> None:
        """Let go of the file."""
        self._lost = True
        if self._file is not None:
            self._file.close()

    def _opened(self) -> FileIO:
        if self._file is None:
            self._file = FileIO(self._path, "w")
        return self._file
