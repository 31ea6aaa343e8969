"""What a long piece of work has done so far, in a file that a kill cannot spoil.

Each line is a checksum and one JSON value, appended and flushed. When the work starts again, whole
lines are kept and a torn last one is cut off; a lock holds off a second one at the same work.
"""

from __future__ import annotations

import json
import os
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from simulator.errors import InputError, Problem
from simulator.files import size_of
from simulator.store.faults import in_words

if sys.platform != "win32":
    import fcntl

ANEW = "give the options of that one to go on with it, or add --force to begin anew"


class Kept:
    """Values appended one by one to `path`; those of an earlier start are there already.

    `identity` says what the work is: a file of another is refused, or with `force` begun anew.
    Raises InputError for that, and when somebody else is at it; EnvironmentFault for the disk.
    """

    def __init__(self, path: Path, identity: str, *, force: bool = False) -> None:
        self.path = path
        self.count = 0
        with in_words(path, "keep what is done", making=True):
            if path.exists():
                size_of(path, str(path), "the work that is kept")
            self._file: IO[bytes] = path.open("a+b")
            try:
                self._lock()
                self._settle(identity, force=force)
            except BaseException:
                self._file.close()
                raise

    def append(self, value: Any, *, to_disk: bool = False) -> None:  # noqa: ANN401 - any JSON
        """One more value, on its way to the disk; with `to_disk` it is there."""
        with in_words(self.path, "keep what is done"):
            self._file.write(_line(value))
            self._file.flush()
            if to_disk:
                os.fsync(self._file.fileno())
        self.count += 1

    def cut(self, count: int) -> None:
        """Keep the first `count` values only."""
        with in_words(self.path, "keep what is done"):
            if count >= self.count:
                return
            self._file.seek(0)
            for _ in range(count + 1):  # the heading is a line too
                self._file.readline()
            self._file.truncate(self._file.tell())
        self.count = count

    def values(self) -> Iterator[Any]:
        """All values from the first on."""
        with in_words(self.path, "read what is kept"), self.path.open("rb") as file:
            for number, line in enumerate(file):
                if number:
                    yield _read(line)

    def close(self, *, remove: bool = False) -> None:
        """Let go of the file; with `remove` it is not needed any more."""
        with in_words(self.path, "remove what was kept"):
            if remove:
                self.path.unlink(missing_ok=True)
            self._file.close()

    def _lock(self) -> None:
        if sys.platform == "win32":
            return
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            wanted = "a file that nobody else writes is wanted; the same work is under way"
            remedy = "wait for it, or name another file"
            raise InputError(Problem(wanted, file=str(self.path), remedy=remedy)) from None
        except OSError:  # a disk without locks
            return

    def _settle(self, identity: str, *, force: bool) -> None:
        """Keep the whole lines of this work, cut off the rest, and write a heading if need be."""
        self._file.seek(0)
        first, heading, end = self._file.readline(), _line(identity), 0
        if first == heading:
            end = len(heading)
            for line in self._file:
                if _read(line) is None:
                    break
                self.count += 1
                end += len(line)
        elif not force and not heading.startswith(first) and self._is_somebodys(first):
            wanted = "what is kept here is not of this work"
            raise InputError(Problem(wanted, file=str(self.path), remedy=ANEW))
        self._file.truncate(end)
        if end == 0:
            self._file.write(heading)
            self._file.flush()

    def _is_somebodys(self, first: bytes) -> bool:
        """True unless it is the heading of another work of ours that had done nothing yet."""
        return _read(first) is None or bool(self._file.readline())


def heading_of(path: Path) -> tuple[str, Any]:
    """What the work of a file is, "" when that is damaged, and its last whole value, if any."""
    heading, last = "", None
    with in_words(path, "read what is kept"), path.open("rb") as file:
        for number, line in enumerate(file):
            value = _read(line)
            if value is None:
                break
            heading, last = (value, None) if number == 0 else (heading, value)
    return heading, last


def _line(value: Any) -> bytes:  # noqa: ANN401
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode()
    return b"%08x %s\n" % (zlib.crc32(text), text)


def _read(line: bytes) -> Any:  # noqa: ANN401
    """The value of a whole line, None for one that is torn."""
    mark, _, text = line.rstrip(b"\n").partition(b" ")
    whole = line.endswith(b"\n") and mark == b"%08x" % zlib.crc32(text)
    return json.loads(text) if whole else None
