"""What a killed run left beside its target, and what of it can be gone on with.

A long run notes in a journal how far its files have come: after each full row group their sizes
and the checksums of all bytes so far. Whoever goes on reads the files once, believes them as far
as the checksums agree, and cuts off the rest. The folder is locked as long as its run lives.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from simulator.store.folder import JOURNAL, is_abandoned, leftovers, remove
from simulator.store.joined import Begun
from simulator.store.kept import Kept, heading_of
from simulator.store.manifest import StoredFile
from simulator.store.sink import HashedStart

SYNC_SECONDS = 10.0
"""A power cut takes the work of so many seconds at most; a kill takes none that is noted."""

PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A folder that a run left: what the run was to make, and how many draws it noted."""

    path: Path
    about: Mapping[str, Any]
    draws: int

    def remove(self) -> None:
        """It is not wanted any more."""
        remove(self.path)


def unfinished(target: Path) -> list[Unfinished]:
    """What abandoned runs for `target` left that noted something; the furthest one first."""
    found = []
    for path in leftovers(target):
        if (path / JOURNAL).is_file() and is_abandoned(path):
            about, draws = _noted(path / JOURNAL)
            found.append(Unfinished(path, about, draws))
    return sorted(found, key=lambda one: -one.draws)


def _noted(path: Path) -> tuple[Mapping[str, Any], int]:
    """The heading of a journal and its last draws; nothing of what is damaged."""
    heading, last = heading_of(path)
    try:
        return dict(json.loads(heading)), int(last["draws"]) if last is not None else 0
    except (ValueError, TypeError, LookupError):
        return {}, 0


class Journal:
    """Notes how far the files in `folder` have come; `about` says what the run makes.

    A journal that is there already is gone on with: `begun` is then what can be believed. `told`
    hears of bytes that are checked.
    """

    def __init__(
        self, folder: Path, about: Mapping[str, Any], told: Callable[[int], None] | None = None
    ) -> None:
        self._kept = Kept(folder / JOURNAL, json.dumps(about, sort_keys=True))
        self._synced = time.monotonic()
        checked = _checked(folder, self._kept.values(), told or (lambda _: None))
        self.begun, count = checked
        self._kept.cut(count)
        known = self.begun.files if self.begun is not None else ()
        for entry in folder.iterdir():
            if entry.name != JOURNAL and entry.name not in known:
                shutil.rmtree(entry) if _is_folder(entry) else entry.unlink()

    @property
    def count(self) -> int:
        """How many notes there are."""
        return self._kept.count

    def due(self) -> bool:
        """Whether what is noted next is to reach the disk before."""
        return time.monotonic() - self._synced >= SYNC_SECONDS

    def note(self, draws: int, files: Mapping[str, StoredFile], *, to_disk: bool) -> None:
        """So many draws are in files of these sizes and checksums."""
        marks = {name: [file.size, file.sha256] for name, file in files.items()}
        self._kept.append({"draws": draws, "files": marks}, to_disk=to_disk)
        if to_disk:
            self._synced = time.monotonic()

    def close(self) -> None:
        """Let go of it; without a note it is of no use and removed."""
        self._kept.close(remove=self._kept.count == 0)


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _checked(
    folder: Path, notes: Iterator[Any], told: Callable[[int], None]
) -> tuple[Begun | None, int]:
    """How far the files are as they were noted: that, and the number of notes that hold."""
    files: dict[str, _File] = {}
    begun, count = None, 0
    try:
        for note in notes:
            marks = note["files"]
            for name in marks:
                if name not in files:
                    files[name] = _File(folder / name)
            if not all(files[name].reaches(*marks[name], told=told) for name in marks):
                break
            starts = {name: files[name].start() for name in marks}
            begun, count = Begun(note["draws"], starts), count + 1
    except FileNotFoundError:
        pass  # nothing beyond can be believed
    finally:
        for file in files.values():
            file.close()
    return begun, count


class _File:
    """A file that is read once, with the checksum of what was read."""

    def __init__(self, path: Path) -> None:
        self._file: IO[bytes] = path.open("rb")
        self._hash, self._size = hashlib.sha256(), 0

    def reaches(self, size: int, sha256: str, *, told: Callable[[int], None]) -> bool:
        """Read on up to `size` bytes: whether there are so many, and they have this checksum."""
        while self._size < size:
            piece = self._file.read(min(PIECE, size - self._size))
            if not piece:
                return False
            self._hash.update(piece)
            self._size += len(piece)
            told(len(piece))
        return self._hash.hexdigest() == sha256

    def start(self) -> HashedStart:
        return HashedStart(self._hash.copy(), self._size)

    def close(self) -> None:
        self._file.close()
