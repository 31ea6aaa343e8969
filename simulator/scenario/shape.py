"""What the model expects at a place: known keys, plain words for types, paths without tags."""

from __future__ import annotations

import datetime as dt
import types
from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from simulator.scenario.model import Scenario
from simulator.scenario.numbers import Quantity, Uncertain
from simulator.scenario.places import Path

_LISTS = {
    "a table": "a list of tables",
    "a number": "a list of numbers",
    "a whole number": "a list of whole numbers",
    "text in quotes": "a list of texts",
}

LAYER_KEYS = ("extends", "law_file", "rates_file")
"""Keys of a file that name other files to build on; the scenario itself does not have them."""

KEY = "[key]"
"""pydantic's mark for a problem with a key rather than with its value."""


def members(annotation: Any) -> tuple[Any, ...]:  # noqa: ANN401 - type annotations
    """The alternatives of a type: itself, or the parts of a union; None is left out."""
    if get_origin(annotation) is Annotated:
        return members(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        parts = [part for arg in get_args(annotation) for part in members(arg)]
        return tuple(part for part in parts if part is not type(None))
    return (annotation,)


def is_model(annotation: Any) -> bool:  # noqa: ANN401
    """True for a class of the scenario's model."""
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def has_names(types_here: tuple[Any, ...]) -> bool:
    """True for a table whose keys are names that people give: parents, rates, years."""
    return any(get_origin(one) is dict for one in types_here)


def tag_of(model: type[BaseModel]) -> tuple[str, str] | None:
    """(key, tag) that tells this member of a union: ("kind", "forward")."""
    for name in ("kind", "law"):
        field = model.model_fields.get(name)
        if field is not None and get_origin(field.annotation) is Literal:
            names = get_args(field.annotation)
            return (name, str(names[0])) if len(names) == 1 else None
    return None


def tags_of(types_here: tuple[Any, ...]) -> list[tuple[str, str]]:
    """(key, tag) of each member of a union that is told by one."""
    return [tag for one in types_here if is_model(one) and (tag := tag_of(one)) is not None]


def step(types_here: tuple[Any, ...], part: str | int) -> tuple[Any, ...]:
    """Types at `part` below any of `types_here`; empty when nothing is known there."""
    found: list[Any] = []
    for one in types_here:
        origin, args = get_origin(one), get_args(one)
        if is_model(one):
            if part in one.model_fields:
                found += members(one.model_fields[part].annotation)
        elif origin is dict:
            found += members(args[1])
        elif origin is tuple and isinstance(part, int):
            found += members(args[0])
    return tuple(found)


def types_at(path: Path, top: Any = Scenario) -> tuple[Any, ...]:  # noqa: ANN401
    """Types that may stand at `path`; empty when nothing is known there."""
    here: tuple[Any, ...] = members(top)
    for part in path:
        here = step(here, part)
    return here


def keys_at(path: Path, top: Any = Scenario) -> frozenset[str] | None:  # noqa: ANN401
    """Keys that a table at `path` may have; None when any key goes (names people give)."""
    here = types_at(path, top)
    if has_names(here):
        return None
    return frozenset(name for one in here if is_model(one) for name in one.model_fields)


def entry_types(section: str) -> tuple[Any, ...]:
    """Types of one entry of a list section such as `posts`."""
    return types_at((section, 0))


def path_in_file(location: Sequence[str | int]) -> tuple[Path, bool]:
    """A pydantic location as a path in the file, and whether its key is at fault.

    Tags of unions ("forward" in parents.A.policy.forward.cover) are not keys and fall out.
    """
    path: list[str | int] = []
    here: tuple[Any, ...] = (Scenario,)
    for part in location:
        if part == KEY:
            return tuple(path), True
        if len(here) > 1:
            tagged = [one for one in here if is_model(one) and tag_of(one) is not None]
            chosen = [one for one in tagged if (tag_of(one) or ("", ""))[1] == part]
            if chosen:
                here = (chosen[0],)
                continue
        path.append(part)
        here = step(here, part)
    return tuple(path), False


def is_number(types_here: tuple[Any, ...]) -> bool:
    """True where a bare number may stand."""
    return any(
        one in (Decimal, int, float) or (is_model(one) and issubclass(one, Quantity | Uncertain))
        for one in types_here
    )


def _alternatives(types_here: tuple[Any, ...]) -> str:
    tags = tags_of(types_here)
    names = ", ".join(tag for _, tag in tags)
    return f"one of {names}" if len(tags) > 1 else "a table"


def words_for(types_here: tuple[Any, ...]) -> str:
    """What is wanted there, in plain words: "a number", "text in quotes", "one of a, b"."""
    if not types_here:
        return "a value"
    first = types_here[0]
    if get_origin(first) is Literal:
        names = [str(name) for name in get_args(first)]
        return names[0] if len(names) == 1 else "one of " + ", ".join(names)
    if get_origin(first) is dict:
        return "a table"
    if get_origin(first) is tuple:
        item = words_for(members(get_args(first)[0]))
        return _LISTS.get(item, "a list")
    if len(types_here) > 1:
        return _alternatives(types_here)
    if is_model(first):
        if issubclass(first, Uncertain):
            return "a number, or a law such as { pert = { min = 1, mode = 2, max = 4 } },"
        return "a number" if issubclass(first, Quantity) else "a table"
    plain = {
        Decimal: "a number",
        int: "a whole number",
        bool: "true or false",
        str: "text in quotes",
        dt.date: "a date such as 2024-10-31",
    }
    return plain.get(first, "a value")
