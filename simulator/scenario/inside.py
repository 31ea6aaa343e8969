"""Which files a scenario may name: those in its own folder and below, unless more is allowed.

The folder is that of the scenario that was named, whatever it extends. A `..` is taken out of a
path as it is written, and links are followed: what counts is where the file lies in the end.
Nothing outside is looked at before that is known, not even whether it is there.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from simulator.errors import EnvironmentFault

LONGEST = 4096
"""Characters of a path that a file may name, as many as systems take."""

OPTION = "--allow-outside"
BESIDE = "put it beside the scenario or in a folder below, and give its path from there"

_everywhere: ContextVar[bool] = ContextVar("everywhere", default=False)


@contextmanager
def outside_allowed() -> Iterator[None]:
    """Inside the block scenarios may name any file that the system lets them read."""
    before = _everywhere.set(True)
    try:
        yield
    finally:
        _everywhere.reset(before)


def locate(top: Path, folder: Path, reference: str, what: str) -> tuple[Path | None, str, str]:
    """The file that a scenario's file in `folder` names, below `top`, the folder of the scenario.

    Or None with what is wanted, and a remedy. Raises EnvironmentFault when the system refuses to
    say where a link leads.
    """
    if "\0" in reference or "\n" in reference or not reference.strip() or len(reference) > LONGEST:
        return None, f"the name of {what} is wanted", BESIDE
    path = top / os.path.normpath(Path(name_of(folder, top), reference))
    if _everywhere.get():
        return path, "", ""
    remedy = f"{BESIDE}; or add {OPTION} if what it names may be read"
    if Path(reference).is_absolute() or _climbs(name_of(path, top)):
        return None, "a file inside the scenario's folder is wanted", remedy
    if not leads_inside(path, top):
        wanted = "a file inside the scenario's folder is wanted, not a symbolic link out of it"
        return None, wanted, remedy
    return path, "", ""


def name_of(path: Path, top: Path) -> str:
    """The path of a file from the folder of the scenario; a full one where it was named by one."""
    return (path.relative_to(top) if path.is_relative_to(top) else path).as_posix()


def may_read(top: Path, name: str) -> bool:
    """Whether a file known by its path from the scenario's folder is one, and may be read now."""
    path = top / name
    allowed = _everywhere.get() or (not _climbs(name) and leads_inside(path, top))
    return allowed and is_file(path)


def _climbs(name: str) -> bool:
    """Whether a path from a folder leads out of it, as it is written."""
    path = Path(name)
    return path.is_absolute() or ".." in path.parts


def leads_inside(path: Path, top: Path) -> bool:
    """Whether every link on the way to `path` stays below `top`."""
    return _quietly(lambda: Path(os.path.realpath(path)).is_relative_to(os.path.realpath(top)))


def is_there(path: Path) -> bool:
    """True when something of this name exists."""
    return _quietly(path.exists)


def is_file(path: Path) -> bool:
    """True for a regular file: reading it will come to an end."""
    return _quietly(path.is_file)


def _quietly(question: Callable[[], bool]) -> bool:
    """The answer of the file system; no when a name is impossible.

    Raises EnvironmentFault when it refuses to answer.
    """
    try:
        return question()
    except PermissionError as error:
        raise EnvironmentFault(f"{error.filename}: cannot be read: {error.strerror}") from error
    except (OSError, ValueError):
        return False
