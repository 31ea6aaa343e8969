"""What is different between two scenarios: every key whose value is, before and after.

Both are resolved first, so it does not matter how they were written. Titles, notes, sources and
published figures are no inputs; entries of lists are found by what names them, not by their place,
and correlations by their two names in either order.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from simulator.scenario.drivers import group_of
from simulator.scenario.entries import label, names_of
from simulator.scenario.model import Scenario
from simulator.scenario.numbers import Provenance, Quantity, Uncertain
from simulator.scenario.parts import Correlation
from simulator.units import parse_share, plain_digits

SKIPPED = frozenset({"name", "title", "description", *Provenance.model_fields})
LABELS = ("name", "title", "description")
CHECKS = ("schema_version", "published")
SHARES = frozenset({"share", "in_budget_currency"})
ABSENT = ""
"""Stands where one side does not have the key."""

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A key whose value is another one in the second scenario; texts as a file would have them.

    `driver` is the group that the key belongs to (`scenario.drivers`), `source` what the second
    scenario says of its value, or the first one where the second has none.
    """

    key: str
    before: str
    after: str
    source: str
    driver: str


def differences(before: Scenario, after: Scenario) -> tuple[Difference, ...]:
    """Every input that differs, in the order of the second scenario; what it lacks comes last.

    Where no input does, the names, titles and descriptions of the scenarios that do.
    """
    found = _different(dict(_inputs(before)), dict(_inputs(after)))
    return found or _different(dict(_labels(before)), dict(_labels(after)))


def _inputs(scenario: Scenario) -> Iterator[tuple[Path, tuple[str, str]]]:
    for name in type(scenario).model_fields:
        value = getattr(scenario, name)
        if name not in (*LABELS, *CHECKS) and value is not None:
            yield from _leaves(value, (name,))


def _labels(scenario: Scenario) -> Iterator[tuple[Path, tuple[str, str]]]:
    for name in LABELS:
        yield (name,), (getattr(scenario, name).strip(), "")


def _different(
    one: Mapping[Path, tuple[str, str]], other: Mapping[Path, tuple[str, str]]
) -> tuple[Difference, ...]:
    keys = [*other, *(path for path in one if path not in other)]
    found = []
    for path in keys:
        (old, source), (new, its) = one.get(path, (ABSENT, "")), other.get(path, (ABSENT, ""))
        if old != new:
            said = its if path in other else source
            found.append(Difference(".".join(path), old, new, said, group_of(path)))
    return tuple(found)


def _leaves(value: Any, path: Path) -> Iterator[tuple[Path, tuple[str, str]]]:  # noqa: ANN401 - any part of the model
    """Each key with its value as text and its source."""
    if isinstance(value, Quantity | Uncertain):
        yield path, (_number(value), _source(value))
    elif isinstance(value, BaseModel):
        yield from _fields(value, path)
    elif isinstance(value, Mapping):
        for name, one in value.items():
            yield from _leaves(one, (*path, str(name)))
    elif isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
        yield from _entries(value, path)
    elif not (isinstance(value, tuple) and not value):
        yield path, (_text(value), "")


def _fields(value: BaseModel, path: Path) -> Iterator[tuple[Path, tuple[str, str]]]:
    """What is inside a part of the model; a source of the part is one of what is in it."""
    said = _source(value) if isinstance(value, Provenance) else getattr(value, "source", None) or ""
    for name in type(value).model_fields:
        inside = getattr(value, name)
        if name in SKIPPED or inside is None:
            continue
        if name == "matrix" and isinstance(value, Correlation):
            yield from _pairs(value, (*path, name))
        elif name in SHARES:
            yield (*path, name), (str(parse_share(inside)), said)
        else:
            for below, (text, source) in _leaves(inside, (*path, name)):
                yield below, (text, source or said)


def _pairs(correlation: Correlation, path: Path) -> Iterator[tuple[Path, tuple[str, str]]]:
    """Correlations by their two names in the order of the alphabet."""
    for first, row in correlation.matrix.items():
        for second, quantity in row.items():
            yield (*path, *sorted((first, second))), (_number(quantity), _source(quantity))


def _entries(values: tuple[BaseModel, ...], path: Path) -> Iterator[tuple[Path, tuple[str, str]]]:
    """Entries of a list by name; those of one name are numbered."""
    seen: dict[str, int] = {}
    for entry in values:
        names = names_of(type(entry))
        given = {name: getattr(entry, name) for name in names}
        name = label({k: list(v) if isinstance(v, tuple) else v for k, v in given.items()}, names)
        seen[name] = seen.get(name, 0) + 1
        shown = name if seen[name] == 1 else f"{name} ({seen[name]})"
        for below, leaf in _leaves(entry, (*path, shown)):
            if below[-1] not in names:
                yield below, leaf


def _source(value: Provenance) -> str:
    parts = [value.source or "", "assumption" if value.assumption else "", value.note or ""]
    return "; ".join(part for part in parts if part)


def _number(value: Quantity | Uncertain) -> str:
    """A number, or a law with its parameters: `normal(mean 0, sd 0.01), min 0`."""
    if value.value is not None:
        return _text(value.value)
    assert isinstance(value, Uncertain)  # noqa: S101 - a quantity has a value
    law = value.law
    assert law is not None  # noqa: S101 - held by the model
    inside = ", ".join(
        f"{name} {_text(getattr(law, name))}"
        for name in type(law).model_fields
        if getattr(law, name) is not None
    )
    ends = [f"{n} {_text(getattr(value, n))}" for n in ("min", "max", "central")
            if getattr(value, n) is not None]  # fmt: skip
    return ", ".join([f"{type(law).__name__.lower()}({inside})", *ends])


def _text(value: Any) -> str:  # noqa: ANN401 - a leaf of the model
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return plain_digits(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_text, value)) + "]"
    return str(value)
