"""A single file that is there whole or not at all, and never over another unless that is meant."""

from __future__ import annotations

import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from simulator.errors import InputError, Problem, tidy_up_first
from simulator.store.faults import in_words
from simulator.store.folder import YOUNG_SECONDS, process_exists


def refuse_existing(path: Path, *, force: bool) -> None:
    """Raise InputError when something is there already, or the folder is not, before any work."""
    with in_words(path, "look for an earlier file"):
        there, folder = path.exists(), path.is_dir()
        parent = path.absolute().parent.is_dir()
    if folder:
        raise InputError(Problem("a file is wanted, this is a directory", file=str(path)))
    if there and not force:
        remedy = "choose another name, or add --force to replace it"
        raise InputError(
            Problem("this file exists and is not overwritten", file=str(path), remedy=remedy)
        )
    if not parent:
        raise InputError(
            Problem(
                "a folder that exists is wanted",
                file=str(path.parent),
                remedy=_remedy(path),
            )
        )


def _remedy(path: Path) -> str:
    """Other commands send nothing: an address looks like a path to them."""
    if re.match(r"[A-Za-z][A-Za-z0-9+.\-]+:/", str(path)):
        return "this file is written to this machine: name a path, and copy it to the address"
    return "make it first, or name another"


@contextmanager
def writing_file(path: Path, *, force: bool) -> Iterator[Path]:
    """A name beside `path` to write to; it becomes `path` when the block ends well.

    Whatever stops the block leaves `path` as it was. Raises InputError when `path` is there and
    not to be replaced, EnvironmentFault for the disk.
    """
    refuse_existing(path, force=force)
    _clear_up(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}.partial")
    with tidy_up_first(), in_words(path, "write"):
        try:
            yield temporary
            with temporary.open("rb+") as file:
                os.fsync(file.fileno())
            if force:
                temporary.replace(path)
            else:
                _put(temporary, path)
        finally:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)


def _clear_up(path: Path) -> None:
    """Remove what killed commands left beside `path`; whatever may still be written is not.

    A file cannot be locked before it is made, so its age and its process decide.
    """
    ours = re.compile(re.escape(f".{path.name}.") + r"(?P<pid>\d{1,9})\.[0-9a-f]{8}\.partial")
    with suppress(OSError):
        for entry in path.absolute().parent.iterdir():
            match = ours.fullmatch(entry.name)
            if match is None or process_exists(int(match["pid"])):
                continue
            if abs(time.time() - entry.stat().st_mtime) > YOUNG_SECONDS:
                entry.unlink(missing_ok=True)


def _put(temporary: Path, path: Path) -> None:
    """Give the file its name unless somebody else took it meanwhile."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        refuse_existing(path, force=False)
    except OSError:  # a file system without links
        temporary.replace(path)
