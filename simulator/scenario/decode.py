"""Files as text and text as numbers, with a clear message for whatever is neither."""

from __future__ import annotations

import hashlib
import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from simulator.errors import InputError, Problem
from simulator.files import read_bytes, text_of
from simulator.scenario.depth import MAX_DEPTH, long_key, too_deep
from simulator.scenario.places import Unusable

_NEW = "`sim new NAME` writes one to start from"

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
    scenario = what == "a scenario"
    first = "check the name and the folder" if path.suffix == ".toml" else f"{what} is a TOML file"
    hint = f"{first}; {_NEW}" if scenario else ""
    data = read_bytes(path, file, limit=limit, what=what, hint=hint)
    text = text_of(data, file, what=what, hint=_NEW if scenario else "")
    return FileText(text, hashlib.sha256(data).hexdigest(), len(data))


def read_tables(text: str, file: str, what: str = "a scenario") -> dict[str, Any]:
    """The tables of a TOML text, decimals with their digits.

    Raises InputError for broken TOML, for nesting beyond MAX_DEPTH and when there are no keys.
    """
    try:
        data = tomllib.loads(text, parse_float=decimal_of) if not long_key(text) else None
    except RecursionError:
        data = None
    except ValueError as error:  # tomllib's own error, or an integer of thousands of digits
        raise InputError(syntax_problem(error, text, file)) from None
    if data is None or too_deep(data):
        wanted = f"at most {MAX_DEPTH} levels of nested tables and lists are wanted"
        raise InputError(Problem(wanted, remedy="flatten the deepest value", file=file))
    if not data:
        remedy = _NEW if what == "a scenario" else ""
        wanted = f"{what} is wanted, this file has no keys"
        raise InputError(Problem(wanted, remedy=remedy, file=file))
    return data


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
