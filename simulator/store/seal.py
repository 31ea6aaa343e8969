"""A seal in a file of our own making: the runs it shows, and the checksum of all but the checksum.

A workbook carries it as the comment of its archive, a page, a picture in SVG or a text as a last
comment. So a file that was sent around can be checked alone; what cannot hold a comment (CSV,
Parquet) stands in the ledger. A seal tells damage and later changes; it does not tell who made
the file.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ARCHIVE = ".xlsx"
SEALED = (ARCHIVE, ".html", ".md", ".svg")
END_OF_ARCHIVE = b"PK\x05\x06"
_SEAL = re.compile(rb"sim seal sha256:(?P<sha256>[0-9a-f]{64}) runs:(?P<runs>[0-9a-f,]*)")
_COMMENT = re.compile(rb"\n<!-- " + _SEAL.pattern + rb" -->\n\Z")
LONGEST = 1 << 15


@dataclass(frozen=True, slots=True)
class Seal:
    """What a seal says: checksum over the file before it and its runs, and their identities."""

    sha256: str
    runs: tuple[str, ...]


def seal(path: Path, runs: Sequence[str], *, archive: bool) -> None:
    """Put a seal into a workbook (an archive), or a page or text, that has none yet."""
    with path.open("r+b") as file:
        if archive:
            _make_room(file, len(_text("0" * 64, runs)))
        file.seek(0)
        found = hashlib.file_digest(file, "sha256")
        found.update(",".join(runs).encode())
        text = _text(found.hexdigest(), runs)
        file.seek(0, os.SEEK_END)
        file.write(text if archive else b"\n<!-- " + text + b" -->\n")


def _text(sha256: str, runs: Sequence[str]) -> bytes:
    return f"sim seal sha256:{sha256} runs:{','.join(runs)}".encode()


def _make_room(file: IO[bytes], size: int) -> None:
    """Say in the end of an archive that a comment of this size follows."""
    file.seek(-22, os.SEEK_END)
    if file.read(4) != END_OF_ARCHIVE:
        raise ValueError("an archive without a comment is wanted")
    file.seek(-2, os.SEEK_END)
    file.write(size.to_bytes(2, "little"))


def seal_of(path: Path) -> Seal | None:
    """The seal of a file, None when it has none or it is damaged."""
    found = _find(path)
    return None if found is None else found[0]


def is_whole(path: Path) -> bool | None:
    """Whether a file is as it was when it was sealed; None without a seal."""
    found = _find(path)
    if found is None:
        return None
    mark, start = found
    told = hashlib.sha256()
    with path.open("rb") as file:
        while start > 0:
            piece = file.read(min(start, 1 << 20))
            told.update(piece)
            start -= len(piece)
    told.update(",".join(mark.runs).encode())
    return told.hexdigest() == mark.sha256


def _find(path: Path) -> tuple[Seal, int] | None:
    """The seal and where it starts, if the file ends with one."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - LONGEST))
        end = file.read()
    archive = path.suffix.lower() == ARCHIVE
    match = _archive_comment(end) if archive else _COMMENT.search(end)
    if match is None:
        return None
    runs = tuple(filter(None, match["runs"].decode().split(",")))
    return Seal(match["sha256"].decode(), runs), size - (len(end) - match.start())


def _archive_comment(end: bytes) -> re.Match[bytes] | None:
    at = end.rfind(END_OF_ARCHIVE)
    if at < 0:
        return None
    room = int.from_bytes(end[at + 20 : at + 22], "little")
    match = _SEAL.fullmatch(end, at + 22)
    return match if match is not None and len(match[0]) == room else None
