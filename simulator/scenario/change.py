"""One value of a scenario set by its dotted key: what a sweep or a search for a value does.

    rates.eur_per_usd.budget          a number; a law that stood there is replaced
    pledges.one.probability           an entry of a list by its name, its id or its number, [2]
    parents.A.policy                  a policy, copula or law by its bare name
    correlation.matrix."rates.eur_per_usd"."rates.eur_per_gbp"

The scenario is resolved first, so every key that it has by default can be set as well.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from simulator.errors import InputError, Problem, did_you_mean, nearest
from simulator.scenario.decode import decimal_of, read_tables
from simulator.scenario.entries import label, names_of
from simulator.scenario.merge import Types, stale_keys
from simulator.scenario.model import Scenario
from simulator.scenario.places import Path
from simulator.scenario.shape import has_names, is_model, is_number, step, tag_of, tags_of
from simulator.scenario.toml_text import to_toml

Value = int | Decimal | bool | str | dt.date

LABELS = frozenset({"schema_version", "name", "title", "description"})
"""Keys that say what a scenario is called; no number depends on them."""


def tables_of(scenario: Scenario) -> dict[str, Any]:
    """The resolved scenario as raw tables, as a file would give them."""
    return read_tables(to_toml(scenario), "")


def value_of(text: str) -> Value:
    """A value as people write it: a number, true, false, a date, or else a text or name."""
    text = text.strip()
    if re.fullmatch(r"[+-]?\d+(_\d+)*", text):
        return int(text) if len(text) <= 40 else decimal_of(text)
    if re.fullmatch(r"[+-]?(\d+(_\d+)*)?\.?\d+([eE][+-]?\d+)?", text):
        return decimal_of(text)
    if text in ("true", "false"):
        return text == "true"
    try:
        return dt.date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else text
    except ValueError:
        return text


@dataclass(frozen=True, slots=True)
class Place:
    """Where a key leads: its path in the raw tables, and the types that may stand there."""

    key: str
    path: Path
    types: Types


def place_of(tables: Mapping[str, Any], key: str) -> Place:
    """The place of a dotted key that holds one value.

    Names that people give must be there already: a misspelt one would change nothing. Raises
    InputError, with the nearest key, when there is none, and when the key holds several values.
    """
    here: Any = tables
    types: Types = (Scenario,)
    path: Path = ()
    rest, said = key.strip(), ""
    while rest and not (rest == "value" and is_number(types)):
        names = _names(here, types)
        name = max((n for n in names if _begins(rest, n)), key=len, default="")
        if not name:
            raise InputError(_unknown(key, rest, said, names))
        part = names[name]
        types, here = step(_models(here, types), part), _below(here, part)
        path, rest = (*path, part), rest[len(name) :].removeprefix(".")
        said = key.strip()[: len(key.strip()) - len(rest)].rstrip(".") if rest else key.strip()
    if not path or path[0] in LABELS:
        wanted = "a key that numbers depend on is wanted"
        raise InputError(Problem(wanted, key))
    if not (is_number(types) or _is_scalar(types) or tags_of(types)):
        raise InputError(_several(key, here, types))
    return Place(key, path, types)


def with_value(tables: Mapping[str, Any], place: Place, value: Value) -> dict[str, Any]:
    """The tables with another value at a place; the given ones stay as they are.

    A plain number replaces a number with its law and source, a bare name a policy or law. Sources
    around it that spoke of the old number go, as they do in a scenario that extends another.
    """
    if not (is_number(place.types) or _is_scalar(place.types)) and not isinstance(value, str):
        names = ", ".join(tag for _, tag in tags_of(place.types))
        wanted = f"one of {names} is wanted"
        raise InputError(Problem(wanted, place.key, str(value)))
    return dict(_set(tables, place.path, (Scenario,), value))


def _set(node: Any, path: Path, types: Types, value: Value) -> Any:  # noqa: ANN401 - raw tables
    part, *below = path
    inner = step(_models(node, types), part)
    if isinstance(part, int):
        entries = list(node)
        entries[part] = _set(entries[part], tuple(below), inner, value) if below else value
        return entries
    if not isinstance(node, Mapping):  # a bare name, or a table that was not there
        tags = tags_of(types)
        node = {tags[0][0]: node} if tags and isinstance(node, str) else {}
    stale = stale_keys({str(part): value}, types)
    table = {name: one for name, one in node.items() if name not in stale}
    table[part] = _set(node.get(part), tuple(below), inner, value) if below else value
    return table


def _names(here: Any, types: Types) -> dict[str, str | int]:  # noqa: ANN401 - raw tables
    """What may follow in a key, in each way of writing it, and the part of the path it means."""
    if isinstance(here, list):
        found: dict[str, str | int] = {f"[{i + 1}]": i for i in range(len(here))}
        model = next((one for one in step(types, 0) if is_model(one)), None)
        for i, entry in enumerate(here):
            if model is not None and isinstance(entry, Mapping):
                found.setdefault(label(entry, names_of(model)), i)
        return found
    names = [str(name) for name in here] if isinstance(here, Mapping) else []
    if not has_names(types):
        models = _models(here, types)
        names += [name for one in models if is_model(one) for name in one.model_fields]
    return {written: name for name in names for written in (name, f'"{name}"')}


def _models(here: Any, types: Types) -> Types:  # noqa: ANN401 - raw tables
    """The types of a table: where a key tells several apart, the one that it names."""
    tags = {tag: one for one in types if is_model(one) and (tag := tag_of(one)) is not None}
    for (key, name), one in tags.items():
        if here == name or (isinstance(here, Mapping) and here.get(key) == name):
            return (one,)
    return types


def _below(here: Any, part: str | int) -> Any:  # noqa: ANN401 - raw tables
    if isinstance(part, int):
        return here[part]
    return here.get(part) if isinstance(here, Mapping) else None


def _begins(rest: str, name: str) -> bool:
    return rest == name or rest.startswith((f"{name}.", f"{name}["))


def _is_scalar(types: Types) -> bool:
    """True where one text, date, or true or false stands."""
    tables = any(is_model(one) or has_names((one,)) or step((one,), 0) for one in types)
    return bool(types) and not tables


def _unknown(key: str, rest: str, said: str, names: Mapping[str, str | int]) -> Problem:
    known = [name for name in names if not name.startswith(('"', "["))]
    tail = rest.split(".")
    tries = [".".join(tail[: i + 1]) for i in range(len(tail))]
    close = [(near, one) for one in tries if (near := nearest(one, known)) is not None]
    where = f" in {said}" if said else ""
    wanted = f"there is no {tail[0][:60]!r}{where}, so this would change nothing"
    if close:
        near, one = close[0]
        better = ".".join(filter(None, (said, near))) + rest[len(one) :]
        return Problem(wanted, key, remedy=f"did you mean {better!r}?")
    remedy = did_you_mean(tail[0], known) if known else "name a key of the scenario"
    return Problem(wanted, key, remedy=remedy)


def _several(key: str, here: Any, types: Types) -> Problem:  # noqa: ANN401 - raw tables
    names = [n for n in _names(here, types) if not n.startswith(('"', "["))]
    remedy = f"add one of its names: {key}.{names[0]}, for instance" if names else ""
    return Problem("a key with one value is wanted, this one holds several", key, remedy=remedy)
