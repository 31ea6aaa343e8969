"""Places in a scenario: paths, how people write them, and what was found or missed there."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar

from pydantic import BaseModel

from simulator.errors import shorten
from simulator.units import plain_digits, to_decimal

Path = tuple[str | int, ...]
"""Keys and zero-based list indices from the top of the file: ("pledges", 2, "amount")."""

ENOUGH = 1000
"""Problems: nobody mends more at once; looking for the nearest name of each would take minutes."""

BARE = re.compile(r"[A-Za-z0-9_\-]+\Z")
"""A key that needs no quotes."""

_M = TypeVar("_M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem by its path in the scenario; reading adds the file and the line."""

    path: Path
    wanted: str
    value: str = ""
    remedy: str = ""


class Unusable(Decimal):
    """Infinity in place of a number too long, too large or too small to work with."""

    text: str

    @classmethod
    def of(cls, text: str) -> Unusable:
        """Keeps what was written, for the message."""
        number = cls("Infinity")
        number.text = text
        return number


def key_text(path: Sequence[str | int]) -> str:
    """A path as people write it, list entries counted from 1: `pledges[3].amount.pert.min`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        else:
            shown = part if BARE.match(part) else '"' + shorten(part, 80) + '"'
            text += f".{shown}" if text else shown
    return text


def path_of(text: str, data: object) -> Path:
    """The path that `key_text`, or the name of a factor, speaks of: as far as `data` has it.

    Entries of lists go by their number, name or id: `published.net.2031.rule`.
    """
    path: list[str | int] = []
    while text:
        names: dict[str, str | int] = {}
        if isinstance(data, Mapping):
            names = {str(key): key for key in data}
        elif isinstance(data, list):
            for index, one in enumerate(data):
                name = (one.get("name") or one.get("id")) if isinstance(one, Mapping) else None
                names |= {f"[{index + 1}]": index} | ({str(name): index} if name else {})
        found = [name for name in names if f"{text}.".startswith((f"{name}.", f"{name}["))]
        if not found:
            break
        name = max(found, key=len)
        data = data[names[name]]  # type: ignore[index]
        path.append(names[name])
        text = text[len(name) :].removeprefix(".")
    return tuple(path)


def found_text(value: Any) -> str:  # noqa: ANN401 - raw TOML
    """A value as it would be written in the file, short."""
    match value:
        case bool():
            return "true" if value else "false"
        case Unusable():
            return shorten(value.text)
        case str():
            return '"' + shorten(value) + '"'
        case int():
            return shorten(str(value)) if value.bit_length() < 4000 else "a very long number"
        case Decimal() | float():
            return shorten(str(value))
        case dt.date() | dt.time():
            return value.isoformat()
        case Mapping():
            return shorten(_table_text(value)) if value else "an empty table"
        case list() | tuple():
            if not value or len(value) > 6 or any(isinstance(x, Mapping | list) for x in value):
                return f"a list of {len(value)}" if value else "an empty list"
            return "[" + ", ".join(shorten(found_text(one), 30) for one in value) + "]"
    return ""


def _table_text(table: Mapping[object, object]) -> str:
    """`{ p10 = 9, p50 = 5, pert = {…} }`, the first entries only."""
    parts = [
        f"{shorten(str(key), 20)} = " + ("{…}" if isinstance(value, Mapping) else found_text(value))
        for key, value in list(table.items())[:6]
    ]
    return "{ " + ", ".join(parts) + " }"


def number_text(value: Fraction) -> str:
    """At most ten digits, without an exponent and without idle zeros: 1.05, 0.3333333333."""
    return plain_digits(to_decimal(value, 10))


def listed(names: Sequence[str], most: int) -> str:
    """The first names, and a sign that there are more."""
    return ", ".join(names[:most]) + (", …" if len(names) > most else "")


def quotes(rule: str, name: str) -> bool:
    """True when the rule of a published figure names `name` in quotes."""
    return f"'{name}'" in rule or f'"{name}"' in rule


def quoted_in_rules(scenario: Any, name: str) -> bool:  # noqa: ANN401 - stands below the model
    """True when the rule of any published figure does."""
    return any(quotes(figure.rule, name) for figure in scenario.published)


def inside(node: object, model: type[_M], path: Path = ()) -> Iterator[tuple[Path, _M]]:
    """Every instance of `model` within `node`, with its path."""
    if isinstance(node, model):
        yield path, node
    below: Iterable[tuple[str | int, object]] = ()
    if isinstance(node, BaseModel):
        below = ((name, getattr(node, name)) for name in type(node).model_fields)
    elif isinstance(node, dict):
        below = ((str(key), value) for key, value in node.items())
    elif isinstance(node, tuple):
        below = enumerate(node)
    for part, value in below:
        if isinstance(value, BaseModel | dict | tuple):
            yield from inside(value, model, (*path, part))
