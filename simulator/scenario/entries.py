"""How entries of a list are known: by the keys that name them, whatever their order.

A pledge, growth item or event by its `name`, a published figure by its `id`, an independence by
its two drivers, in either order. Posts have no name: an office, a fund and a grade are one, a
change of posts has its `change` beside them, a threshold its parent, currency and period. An entry
gives as many of these keys as it takes to name one. Where several posts have the same, `note` tells
them apart.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from simulator.scenario.parts import Independent, Post, PostChange, PublishedFigure, Threshold
from simulator.scenario.places import found_text

_NAMED: dict[type[BaseModel], tuple[str, ...]] = {
    Post: ("office", "fund", "grade"),
    PostChange: ("change", "office", "fund", "grade"),
    Threshold: ("name", "parent", "currency", "period"),
    PublishedFigure: ("id",),
    Independent: ("between",),
}
_TOLD_BY_NOTE = (Post, PostChange)

Entry = Mapping[str, Any]


def names_of(model: type[BaseModel]) -> tuple[str, ...]:
    """The keys that name an entry of this type."""
    return _NAMED.get(model, ("name",))


def tie_breaker(model: type[BaseModel]) -> str | None:
    """The key that tells entries of the same name apart, where there may be such."""
    return "note" if model in _TOLD_BY_NOTE else None


def is_name(value: object) -> bool:
    """True for what can be a part of a name: text, or a list of texts."""
    parts = value if isinstance(value, list) else [value]
    return all(isinstance(part, str) for part in parts)


def _shown(value: object) -> str:
    """A name as it is; what stands where a name should, as it would be written in the file."""
    if isinstance(value, list):
        return " and ".join(map(_shown, value))
    return value if isinstance(value, str) else found_text(value)


def label(entry: Entry, names: Sequence[str]) -> str:
    """The name of an entry in a message: `Here / RB / P-2`."""
    values = [entry[name] for name in names if name in entry]
    return " / ".join(_shown(value) for value in values)


def _comparable(value: object) -> Hashable:
    """A value for comparison: a pair in either order is the same pair."""
    if isinstance(value, list):
        return frozenset(map(str, value))
    return value if isinstance(value, Hashable) else None


class Entries:
    """The entries of a list, to be found by any of the keys that name them."""

    def __init__(self, values: Sequence[Any]) -> None:
        self.values = values
        self._by: dict[tuple[str, ...], dict[tuple[Hashable, ...], list[int]]] = {}

    def matching(self, entry: Entry, names: Sequence[str]) -> list[int]:
        """Indices of the entries that have the same value for each of these keys."""
        keys = tuple(names)
        if keys not in self._by:
            index: dict[tuple[Hashable, ...], list[int]] = {}
            for number, value in enumerate(self.values):
                if isinstance(value, Mapping):
                    name = tuple(_comparable(value.get(key)) for key in keys)
                    index.setdefault(name, []).append(number)
            self._by[keys] = index
        return self._by[keys].get(tuple(_comparable(entry[key]) for key in keys), [])

    def labels(self, names: Sequence[str]) -> Iterator[str]:
        """Names of all entries."""
        return (label(value, names) for value in self.values if isinstance(value, Mapping))
