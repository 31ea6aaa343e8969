"""The ledger: one line for each run and export, only ever appended to.

A line is a JSON object. `after` is the checksum of the line before, so that no line can be
changed, dropped or put in unseen; `check` is the checksum of the line itself without it. The file
is locked and brought to the disk for every line. A line torn by a kill stays where it is, is named
when the ledger is read, and spoils no other.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from simulator.files import size_of
from simulator.store.faults import in_words

if sys.platform != "win32":
    import fcntl

LEDGER = "runs.jsonl"
FIRST = "0" * 16
"""What the first line comes after."""

PIECE = 1 << 16
LONGEST = 1 << 20
"""Bytes of a line; a longer one is none of ours."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the ledger, counted from 1; `damage` says what is wrong with it, if anything."""

    number: int
    record: Mapping[str, Any]
    damage: str = ""


def append(ledger: Path, record: Mapping[str, Any]) -> None:
    """Put a record at the end of the ledger, on the disk. Raises EnvironmentFault for the disk."""
    _refuse_other(ledger)
    with in_words(ledger, "write down the run", making=True), ledger.open("a+b", 0) as file:
        if sys.platform != "win32":
            fcntl.flock(file, fcntl.LOCK_EX)  # ends when the file is closed
        last, torn = _last_line(file)
        line = (b"\n" if torn else b"") + _line(record, _checksum(last) if last else FIRST)
        end = file.seek(0, os.SEEK_END)
        try:
            _write(file, line)
            os.fsync(file.fileno())
        except BaseException:  # a full disk takes a part of a line: it is taken back
            with suppress(OSError):
                file.truncate(end)
            raise


def entries(ledger: Path) -> Iterator[Entry]:
    """Every line of the ledger in order, none if there is no ledger."""
    before = FIRST
    with in_words(ledger, "read the ledger"):
        if not ledger.exists():
            return
        _refuse_other(ledger)
        with ledger.open("rb") as file:
            for number, line in enumerate(iter(lambda: file.readline(LONGEST), b""), start=1):
                record, damage = _read(line, before)
                yield Entry(number, record, damage)
                before = _checksum(line)


def _write(file: IO[bytes], line: bytes) -> None:
    while line:
        line = line[file.write(line) :]


def _refuse_other(ledger: Path) -> None:
    """Raise InputError for what is no file, before it is opened: a pipe would wait for ever."""
    with suppress(FileNotFoundError, NotADirectoryError):
        size_of(ledger, str(ledger), "the list of runs")


def _line(record: Mapping[str, Any], after: str) -> bytes:
    said = {"after": after, **record}
    text = json.dumps({**said, "check": _check(said)}, ensure_ascii=False, allow_nan=False)
    return text.encode() + b"\n"


def _check(said: Mapping[str, Any]) -> str:
    return _checksum(json.dumps(said, ensure_ascii=False, allow_nan=False).encode())


def _checksum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[: len(FIRST)]


def _read(line: bytes, before: str) -> tuple[Mapping[str, Any], str]:
    """The record of a line, and what is wrong with it."""
    if not line.endswith(b"\n"):
        return {}, "the line is torn: its writer was stopped"
    try:
        said = json.loads(line)
        check = said.pop("check")
        whole = _line({k: v for k, v in said.items() if k != "after"}, said["after"]) == line
        if not whole or check != _check(said):
            return {}, "the line is not as it was written"
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return {}, "the line is torn, or not as it was written"
    after = said.pop("after")
    return said, "" if after == before else "what stood before this line is not what stands there"


def _last_line(file: IO[bytes]) -> tuple[bytes, bool]:
    """The last line, and whether it is torn: without an end."""
    end = file.seek(0, os.SEEK_END)
    text, start = b"", end
    while start > 0 and b"\n" not in text[:-1]:
        start = max(0, start - PIECE)
        file.seek(start)
        text = file.read(end - start)
    if not text:
        return b"", False
    torn = not text.endswith(b"\n")
    last = text.rsplit(b"\n", 1 if torn else 2)
    line = last[-1] if torn else (last[-2] + b"\n")
    return (line + b"\n" if torn else line), torn
