"""What the operating system says, in words that a user can act on."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from simulator.errors import EnvironmentFault

_WORDS: dict[int, tuple[str, str]] = {
    errno.ENOSPC: ("the disk is full", "free some space, or name a folder on another disk"),
    errno.EDQUOT: ("the disk quota is used up", "free some space, or name another folder"),
    errno.EFBIG: ("a file grew larger than allowed here", "make fewer draws"),
    errno.EACCES: ("not permitted", "ask for the right to write there, or name another folder"),
    errno.EPERM: ("not permitted", "ask for the right to write there, or name another folder"),
    errno.EROFS: ("the disk is read-only", "name a folder on another disk"),
    errno.ENOENT: ("the folder vanished", "check that nothing removes it, and run again"),
    errno.EEXIST: (
        "a file stands where a folder is wanted",
        "name another folder, or move the file away",
    ),
    errno.ENOTDIR: ("a part of the path is a file, not a folder", "name another folder"),
    errno.ESTALE: ("the folder vanished", "check the network disk, and run again"),
    errno.EIO: ("the disk reports an error", "check the disk, or name a folder on another one"),
    errno.ENAMETOOLONG: ("the name is too long", "name a shorter folder"),
    errno.EMFILE: ("too many files are open", "close other programs, and run again"),
    errno.ENFILE: ("too many files are open", "close other programs, and run again"),
    errno.ELOOP: ("links lead in a circle", "name another folder"),
    errno.EXDEV: (
        "the folder cannot be replaced on this kind of disk",
        "remove the folder by hand, or name another one",
    ),
}


def environment_fault(
    error: OSError, path: Path, doing: str, *, making: bool = False
) -> EnvironmentFault:
    """`error` as an EnvironmentFault: what was being done, where, what went wrong, a remedy.

    With `making`, something was to be made in a folder that may never have been there.
    """
    words, remedy = _WORDS.get(
        error.errno or 0, (error.strerror or str(error), "check the disk, and run again")
    )
    if making and error.errno == errno.ENOENT:
        words, remedy = _absent(path)
    return EnvironmentFault(f"{path}: cannot {doing}: {words}\n    → {remedy}")


def _absent(path: Path) -> tuple[str, str]:
    """Words and remedy when the folder in which `path` is to be made does not exist."""
    missing = path.parent
    while not missing.parent.exists():
        missing = missing.parent
    if missing.exists():  # and the operating system refuses to make anything in it
        return f"nothing can be made in {missing}", "name another folder"
    return f"there is no folder {missing}", "make it first, or name another folder"


@contextmanager
def in_words(path: Path, doing: str, *, making: bool = False) -> Iterator[None]:
    """Turns any OSError inside into an EnvironmentFault that says what was being done where."""
    try:
        yield
    except OSError as error:
        raise environment_fault(error, path, doing, making=making) from error
