"""Files as text, with a clear message for whatever cannot be read as such."""

from __future__ import annotations

import codecs
import errno
import stat
from pathlib import Path

from simulator.errors import EnvironmentFault, InputError, Problem, nearest


def read_text(path: Path, file: str, *, limit: int, what: str, hint: str = "") -> str:
    """The file's text; arguments and errors as in `read_bytes` and `text_of`."""
    data = read_bytes(path, file, limit=limit, what=what, hint=hint)
    return text_of(data, file, what=what, hint=hint)


def read_bytes(path: Path, file: str, *, limit: int, what: str, hint: str = "") -> bytes:
    """The file's bytes. `file` is its name in messages, `what` what it should be.

    `hint` is the remedy when there is none and no name beside it is close. Raises InputError when
    it is missing, not a file or larger than `limit` bytes, and EnvironmentFault when the system
    refuses to read it.
    """
    try:
        size = size_of(path, file, what)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        raise InputError(_missing(path, file, what, hint)) from None
    except OSError as error:
        if error.errno in (errno.ENAMETOOLONG, errno.ELOOP):
            raise InputError(_missing(path, file, what, hint)) from None
        raise _unreadable(file, error) from error
    data = b""
    if size <= limit:
        try:
            with path.open("rb") as stream:
                data = stream.read(limit + 1)  # whatever its size is said to be
        except OSError as error:
            raise _unreadable(file, error) from error
        size = max(size, len(data))
    if size > limit:
        wanted = f"{what} of at most {limit // 1_000_000} MB is wanted"
        raise InputError(Problem(wanted, value=f"{size / 1e6:.1f} MB", file=file))
    return data


def size_of(path: Path, file: str, what: str) -> int:
    """The bytes of a regular file, before it is opened: opening a pipe may wait for ever.

    Raises InputError for a directory, a pipe or a device, and what the system says.
    """
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        remedy = "name a file inside it"
        raise InputError(
            Problem(f"{what} is wanted, this is a directory", remedy=remedy, file=file)
        )
    if not stat.S_ISREG(status.st_mode):
        raise InputError(Problem(f"{what} is wanted, this is not a regular file", file=file))
    return status.st_size


def _unreadable(file: str, error: OSError) -> Exception:
    reason = error.strerror or type(error).__name__
    if isinstance(error, PermissionError):
        return EnvironmentFault(f"{file}: cannot be read: {reason}; ask for permission to read it")
    return EnvironmentFault(f"{file}: cannot be read: {reason}")


def _missing(path: Path, file: str, what: str, hint: str) -> Problem:
    remedy = hint or "check the name and the folder"
    close = nearest_file(path)
    if close is not None:
        remedy = f"did you mean {str(path.with_name(close))!r}?"
    return Problem(f"{what} is wanted, there is no such file", remedy=remedy, file=file)


def nearest_file(path: Path) -> str | None:
    """The name of a file beside `path` that was most likely meant, of the same kind."""
    try:
        beside = [other.name for other in path.parent.iterdir() if other.suffix == path.suffix]
    except (OSError, ValueError):
        return None
    return nearest(path.name, beside)


def text_of(data: bytes, file: str, *, what: str, hint: str = "") -> str:
    """The text of a file's bytes, without a byte order mark.

    Raises InputError when there is none, or it is not UTF-8.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        wanted, remedy = "UTF-8 text is wanted, this is UTF-16", "save the file as UTF-8"
        raise InputError(Problem(wanted, remedy=remedy, file=file, line=1))
    if not data.strip():
        wanted = f"{what} is wanted, this file is empty"
        raise InputError(Problem(wanted, remedy=hint, file=file))
    at = data.find(b"\0")
    if at >= 0:
        wanted, line = "text is wanted, here is a NUL byte", data.count(b"\n", 0, at) + 1
        remedy = "the file is damaged or not a text file"
        raise InputError(Problem(wanted, value=f"byte {at}", remedy=remedy, file=file, line=line))
    mark = len(codecs.BOM_UTF8) if data.startswith(codecs.BOM_UTF8) else 0
    try:
        return data[mark:].decode()
    except UnicodeDecodeError as error:
        start = mark + error.start
        raise InputError(
            Problem(
                "UTF-8 text is wanted",
                value=f"byte 0x{data[start]:02x} at offset {start}",
                remedy="save the file as UTF-8 (in Excel: CSV UTF-8)",
                file=file,
                line=data.count(b"\n", 0, start) + 1,
            )
        ) from None
