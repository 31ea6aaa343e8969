"""The file that a workbook is written to, which a failed write gives up."""

from __future__ import annotations

from pathlib import Path


class Target:
    """A binary file for an archive. After a write that failed it swallows everything.

    The archive's writer finishes its file whenever it is collected, also one whose disk is full;
    what it tries then must not fail a second time, where nobody could hear of it.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb", buffering=0)
        self._lost, self._at = False, 0

    def write(self, data: bytes) -> int:
        """Write all of it."""
        rest = memoryview(data)
        try:
            while rest and not self._lost:
                rest = rest[self._file.write(rest) :]
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
            self._file.seek(place)
        self._at = place
        return place

    def flush(self) -> None:
        """Every write is flushed."""

    def close(self) -> None:
        """Let go of the file."""
        self._lost = True
        self._file.close()
