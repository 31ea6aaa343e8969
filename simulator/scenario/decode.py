"""Files as text and text as numbers, with a clear message for whatever is neither."""

from __future__ import annotations

import codecs
import errno
import hashlib
import re
import stat
import tomllib
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from simulator.errors import EnvironmentFault, InputError, Problem, nearest
from simulator.scenario.places import Unusable

MAX_DEPTH = 32
"""Levels of nested tables and lists; deeper ones are a slip, and recursion is safe below."""

_MOST_DIGITS = 40
"""More digits or a larger exponent than this is a slip, and would make exact arithmetic crawl."""


@dataclass(frozen=True, slots=True)
class FileText:
    """What a file said, and the sha256 (hex) and number of the very bytes that were read."""

    text: str
    sha256: str
    size: int


def decimal_of(text: str) -> Decimal:
    """The number as written; one that nobody can mean becomes an `Unusable` infinity."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return Unusable.of(text)
    if not number.is_finite():
        return Unusable.of(text)
    digits, exponent = len(number.as_tuple().digits), number.adjusted()
    if digits > _MOST_DIGITS or (number and abs(exponent) > _MOST_DIGITS):
        return Unusable.of(text)
    return number if number else Decimal(0) if abs(exponent) > _MOST_DIGITS else number


def read_text(path: Path, file: str, *, limit: int, what: str) -> FileText:
    """The file's text. `file` is its name in messages, `what` what it should be.

    Raises InputError when it is missing, not a file, too large, empty or not UTF-8, and
    EnvironmentFault when the system refuses to read it.
    """
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        raise InputError(_missing(path, file, what)) from None
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise InputError(_missing(path, file, what)) from None
        raise _unreadable(file, error) from error
    if stat.S_ISDIR(status.st_mode):
        remedy = "name a file inside it"
        raise InputError(
            Problem(f"{what} is wanted, this is a directory", remedy=remedy, file=file)
        )
    if not stat.S_ISREG(status.st_mode):
        raise InputError(Problem(f"{what} is wanted, this is not a regular file", file=file))
    if status.st_size > limit:
        wanted = f"{what} of at most {limit // 1_000_000} MB is wanted"
        raise InputError(Problem(wanted, value=f"{status.st_size / 1e6:.1f} MB", file=file))
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _unreadable(file, error) from error
    return FileText(_text(data, file, what), hashlib.sha256(data).hexdigest(), len(data))


def _unreadable(file: str, error: OSError) -> Exception:
    reason = error.strerror or type(error).__name__
    if isinstance(error, PermissionError):
        return EnvironmentFault(f"{file}: cannot be read: {reason}; ask for permission to read it")
    return EnvironmentFault(f"{file}: cannot be read: {reason}")


def _missing(path: Path, file: str, what: str) -> Problem:
    remedy = "check the name and the folder"
    close = nearest_file(path)
    if close is not None:
        remedy = f"did you mean {str(path.with_name(close))!r}?"
    elif path.suffix != ".toml" and what == "a scenario":
        remedy = "a scenario is a TOML file; `sim new NAME` writes one to start from"
    return Problem(f"{what} is wanted, there is no such file", remedy=remedy, file=file)


def nearest_file(path: Path) -> str | None:
    """The name of a file beside `path` that was most likely meant, of the same kind."""
    try:
        beside = [other.name for other in path.parent.iterdir() if other.suffix == path.suffix]
    except (OSError, ValueError):
        return None
    return nearest(path.name, beside)


def _text(data: bytes, file: str, what: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        wanted, remedy = "UTF-8 text is wanted, this is UTF-16", "save the file as UTF-8"
        raise InputError(Problem(wanted, remedy=remedy, file=file, line=1))
    if not data.strip():
        remedy = "`sim new NAME` writes one to start from" if what == "a scenario" else ""
        raise InputError(Problem(f"{what} is wanted, this file is empty", remedy=remedy, file=file))
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


def read_tables(text: str, file: str, what: str = "a scenario") -> dict[str, Any]:
    """The tables of a TOML text, decimals with their digits.

    Raises InputError for broken TOML, for nesting beyond MAX_DEPTH and when there are no keys.
    """
    try:
        data = tomllib.loads(text, parse_float=decimal_of)
    except RecursionError:
        data = None
    except ValueError as error:  # tomllib's own error, or an integer of thousands of digits
        raise InputError(syntax_problem(error, text, file)) from None
    if data is None or too_deep(data):
        wanted = f"at most {MAX_DEPTH} levels of nested tables and lists are wanted"
        raise InputError(Problem(wanted, remedy="flatten the deepest value", file=file))
    if not data:
        remedy = "`sim new NAME` writes one to start from" if what == "a scenario" else ""
        wanted = f"{what} is wanted, this file has no keys"
        raise InputError(Problem(wanted, remedy=remedy, file=file))
    return data


def too_deep(data: object) -> bool:
    """Nesting beyond MAX_DEPTH, found without recursion."""
    layer: list[object] = [data]
    for _ in range(MAX_DEPTH + 1):
        layer = [
            below
            for node in layer
            if isinstance(node, dict | list | tuple)
            for below in (node.values() if isinstance(node, dict) else node)
            if isinstance(below, dict | list | tuple)
        ]
        if not layer:
            return False
    return True


def syntax_problem(error: ValueError, text: str, file: str) -> Problem:
    """tomllib's message with its line and column, and the line itself."""
    message = str(error)
    match = re.search(r"\s*\(at line (\d+), column (\d+)\)\Z", message)
    lines = text.replace("\r\n", "\n").split("\n")
    if match is not None:
        line, column = int(match.group(1)), int(match.group(2))
        message = message[: match.start()]
    elif message.endswith("(at end of document)"):
        line, column = len(lines), len(lines[-1]) + 1
        message = message.removesuffix("(at end of document)").rstrip()
    else:  # a number of thousands of digits, which Python refuses to convert
        return Problem(f"valid TOML is wanted: {message[:120]}", file=file)
    if declared := re.match(r"Cannot declare \((.*?),?\) twice", message):
        message = f"Cannot declare {declared.group(1).replace(', ', '.')} twice"
    shown = lines[line - 1].strip() if line <= len(lines) else ""
    return Problem(
        wanted=f"valid TOML is wanted: {message[:1].lower()}{message[1:200]}",
        value=shown[:60],
        remedy=_syntax_remedy(message, shown),
        file=file,
        line=line,
        column=column,
    )


def _syntax_remedy(message: str, shown: str) -> str:
    if "Cannot declare" in message:
        return "this table stands twice: join the two, or write [[name]] for a list"
    if shown.startswith("[") and "Cannot" in message:
        return "one name is used for a [table] and a [[list]], or twice: use one form throughout"
    if "Cannot overwrite" in message or "Cannot mutate" in message:
        return "this key stands twice: keep one"
    if "Unclosed" in message or "Unterminated" in message:
        return "close the bracket or the quote"
    value = shown.partition("=")[2].strip()
    if re.match(r"[+-]?\d+,\d", value):
        return "write decimals with a point, and no thousands separators"
    if re.match(r"[+-]?[\d.]+ ?%", value):
        return "write 0.05 for 5 %"
    if "Invalid value" in message:
        return 'text needs quotes: "like this"; true and false are written small'
    if "Expected ']'" in message:
        return "close the bracket; a name with spaces or dots needs quotes"
    if "after a key" in message:
        return "a key with spaces or other signs needs quotes; then = and a value"
    return ""
