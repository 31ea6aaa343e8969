"""Where the numbers of a scenario come from: their sources and the dates they were known."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.scenario.base import Model
from simulator.scenario.model import Scenario
from simulator.store.manifest import Vintage


def _models(value: object) -> Iterator[Model]:
    """Every model inside a value, itself included."""
    if isinstance(value, Model):
        yield value
        for name in type(value).model_fields:
            yield from _models(getattr(value, name))
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _models(inner)
    elif isinstance(value, tuple):
        for inner in value:
            yield from _models(inner)


def vintages_of(scenario: Scenario) -> tuple[Vintage, ...]:
    """Every distinct (source, date known) that a number of the scenario states, sorted."""
    found: set[tuple[str, str]] = set()
    for model in _models(scenario):
        source, as_of = getattr(model, "source", None), getattr(model, "as_of", None)
        if source or as_of:
            found.add((source or "", as_of.isoformat() if as_of else ""))
    return tuple(Vintage(source, as_of) for source, as_of in sorted(found))
