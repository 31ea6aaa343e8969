"""A resolved scenario as TOML: what is written reads back equal, every decimal with its digits."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from simulator.scenario.model import Scenario
from simulator.scenario.numbers import Provenance, Quantity, Uncertain
from simulator.scenario.places import BARE, Path

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_INLINE = (Quantity, Uncertain)
_NAMED = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}

Comment = Callable[[Path], str]


def to_toml(scenario: Scenario, comment: Comment | None = None) -> str:
    """The whole scenario, defaults included and CSV lists written out, as TOML text.

    `read_scenario` of the text gives an equal scenario; equal scenarios give the same text, up
    to idle zeros of decimals. `comment` says in one line what is to stand behind the value of
    a path, nothing unless given.
    """
    return "\n".join(_table(scenario, (), comment)).lstrip("\n") + "\n"


def fragment(tables: Mapping[str, Any]) -> str:
    """Some tables of a scenario as TOML text: parts of the model, or mappings of them."""
    return "\n".join(_table(tables, (), None)).lstrip("\n") + "\n"


def _text(value: str) -> str:
    """A basic string."""
    escaped = "".join(
        _NAMED.get(char) or (f"\\u{ord(char):04x}" if _CONTROL.match(char) else char)
        for char in value
    )
    return f'"{escaped}"'


def _key(name: str) -> str:
    return name if BARE.match(name) else _text(name)


def _fields(node: Any) -> dict[str, Any]:  # noqa: ANN401 - models and mappings alike
    """Entries that say something: no None, no empty list or table, no idle `false`; laws first."""
    if isinstance(node, Mapping):
        return {str(key): value for key, value in node.items()}
    return {
        name: getattr(node, name)
        for name in sorted(type(node).model_fields, key=lambda name: name != "law")
        if _says_something(node, name, getattr(node, name))
    }


def _says_something(node: BaseModel, name: str, value: object) -> bool:
    if value is None or (isinstance(value, tuple | Mapping) and not value):
        return False
    return not (value is False and type(node).model_fields[name].default is False)


def _inline(value: Any) -> str:  # noqa: ANN401
    """A value on one line: a scalar, a list, or a number with its law or provenance."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return _text(value)
        case Decimal() | int():
            return str(value)
        case dt.date():
            return value.isoformat()
        case tuple():
            return "[" + ", ".join(_inline(one) for one in value) + "]"
    entries = _fields(value)
    if isinstance(value, _INLINE) and set(entries) == {"value"}:
        return _inline(value.value)
    last = Provenance.model_fields if isinstance(value, Provenance) else {}
    ordered = sorted(entries, key=lambda name: name in last)  # the number first, then its source
    inner = ", ".join(f"{_key(name)} = {_inline(entries[name])}" for name in ordered)
    return f"{{ {inner} }}" if inner else "{}"


def _is_line(value: Any) -> bool:  # noqa: ANN401
    """True when the value is written as `key = value`, False when it is a table of its own."""
    if isinstance(value, _INLINE):
        return True
    if isinstance(value, tuple):
        return not any(isinstance(one, BaseModel) for one in value)
    return not isinstance(value, BaseModel | Mapping)


def _table(node: Any, path: Path, comment: Comment | None) -> Iterator[str]:  # noqa: ANN401
    """Lines of a table: its plain keys first, then the tables and lists below it."""
    entries = _fields(node)
    for name, value in entries.items():
        if _is_line(value):
            said = f"  # {comment((*path, name))}" if comment is not None else ""
            yield f"{_key(name)} = {_inline(value)}{said}"
    for name, value in entries.items():
        if _is_line(value):
            continue
        below = (*path, name)
        header = ".".join(_key(part) for part in below if isinstance(part, str))
        if isinstance(value, tuple):
            for index, entry in enumerate(value):
                yield from ("", f"[[{header}]]", *_table(entry, (*below, index), comment))
            continue
        inner = list(_table(value, below, comment))
        only_tables = bool(inner) and not inner[0]
        said = f"  # {comment(below)}" if comment is not None and not inner else ""
        yield from inner if only_tables else ("", f"[{header}]{said}", *inner)
