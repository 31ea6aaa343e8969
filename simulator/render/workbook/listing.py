"""Every input of a scenario as a list: key, value, law, unit, source, date, assumption, remark.

The model is walked field by field, so an input that a later version adds is listed without a
change here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from pydantic import BaseModel

from simulator.scenario.approval import with_approval
from simulator.scenario.model import Scenario
from simulator.scenario.numbers import Provenance, Quantity, Uncertain
from simulator.scenario.parts import GrowthItem
from simulator.units import PAIR

ELSEWHERE = ("posts", "post_changes", "published")
"""Lists with a sheet, or a tie-out, of their own."""

ORIGIN = tuple(Provenance.model_fields)
WORDS_ONLY = ("title", "description", "name", *ORIGIN)
MANY = 24
"""A longer list of numbers is told by its length; the scenario file holds it."""

Origin = Provenance | None
Value = Decimal | int | str | bool | dt.date


@dataclass(frozen=True, slots=True)
class Input:
    """One input. `key` is its place in the scenario file; `law` is "" where there is none."""

    key: str
    value: Value
    law: str = ""
    unit: str = ""
    title: str = ""
    origin: Provenance | None = None

    @property
    def source(self) -> str:
        """Where the number comes from."""
        return (self.origin.source or "") if self.origin else ""

    @property
    def as_of(self) -> str:
        """When it was known."""
        return self.origin.as_of.isoformat() if self.origin and self.origin.as_of else ""

    @property
    def assumption(self) -> bool:
        """True when it is ours and no source's."""
        return self.origin.assumption if self.origin else False

    @property
    def approval(self) -> str:
        """Who approved it, when and until when, as names and dates; "" where nobody did."""
        if self.origin is None:
            return ""
        given = (self.origin.approved_by, self.origin.approved_on)
        text = ", ".join(str(one) for one in given if one is not None)
        until = f"→ {self.origin.expires}" if self.origin.expires is not None else ""
        return " ".join(filter(None, (text, until)))

    @property
    def note(self) -> str:
        """The remark that travels with it."""
        return (self.origin.note or "") if self.origin else ""


def inputs_of(scenario: Scenario) -> Iterator[Input]:
    """Every input, in the order of the model."""
    for name in type(scenario).model_fields:
        if name not in (*ELSEWHERE, *WORDS_ONLY):
            yield from _walk(scenario, name, getattr(scenario, name), None)


def law_words(number: Uncertain) -> str:
    """A law as the scenario spells it: normal(mean 0, sd 0.01), min 0."""
    if number.is_known:
        return ""
    law = number.law
    kind = "p10/p50/p90" if number.p50 is not None else type(law).__name__.lower()
    parts = [f"{kind}({_parameters(law)})"] if isinstance(law, BaseModel) else [kind]
    parts += [
        f"{name} {getattr(number, name)}"
        for name in ("min", "max")
        if getattr(number, name) is not None
    ]
    return ", ".join(parts)


def _parameters(law: BaseModel) -> str:
    values = ((name, getattr(law, name)) for name in type(law).model_fields)
    return ", ".join(f"{name} {_several(value)}" for name, value in values if value is not None)


def _several(value: object) -> str:
    if not isinstance(value, tuple):
        return str(value)
    return f"({len(value)} values)" if len(value) > MANY else ", ".join(map(str, value))


def _walk(scenario: Scenario, key: str, value: object, origin: Origin) -> Iterator[Input]:
    unit = unit_of(scenario, key)
    match value:
        case None:
            return
        case Uncertain():
            yield Input(key, value.centre, law_words(value), unit, "", _own(value, origin))
        case Quantity():
            yield Input(key, value.value, "", unit, "", _own(value, origin))
        case GrowthItem():
            yield Input(key, value.amount, "", unit, value.name, _own(value, origin))
        case bool() | int() | str() | Decimal() | dt.date():
            yield Input(key, value, "", unit, "", origin)
        case _:
            yield from _inside(scenario, key, value, origin)


def _inside(scenario: Scenario, key: str, value: object, origin: Origin) -> Iterator[Input]:
    """What a table or a list holds."""
    if isinstance(value, BaseModel):
        mine = _own(value, origin) if isinstance(value, Provenance) else origin
        for name in type(value).model_fields:
            if name not in WORDS_ONLY:
                yield from _walk(scenario, f"{key}.{name}", getattr(value, name), mine)
    elif isinstance(value, Mapping):
        for name, one in value.items():
            yield from _walk(scenario, f"{key}.{name}", one, origin)
    elif isinstance(value, tuple) and any(isinstance(one, BaseModel) for one in value):
        for i, one in enumerate(value, start=1):
            named = getattr(one, "name", None) if key == "pledges" else None
            yield from _walk(scenario, f"{key}.{named or i}", one, origin)
    elif value:
        yield Input(key, _several(value), "", unit_of(scenario, key), "", origin)


def _own(value: Provenance, outer: Origin) -> Provenance:
    """What a number says of itself; when it says nothing, what the entry around it says."""
    said = any(getattr(value, name) for name in ORIGIN)
    if not said and outer is not None:
        return outer
    return with_approval(value, outer)


def unit_of(scenario: Scenario, key: str) -> str:
    """The unit of an input as far as its place tells it; "" where it is a plain number or word."""
    parts = key.split(".")
    head, last = parts[0], parts[-1]
    budget = scenario.budget
    if head == "rates" and ".pegged" not in key:
        pair = PAIR.match(parts[1]) if len(parts) > 1 else None
        return f"{pair[1].upper()}/{pair[2].upper()}" if pair else ""
    if head == "lines" and ("appropriation" in key or ".growth." in key):
        return f"{budget.unit} {budget.currency}"
    if head == "income" or last in ("standard_cost", "unspent_before"):
        return f"{budget.unit} {budget.currency}"
    if head == "pledges" and last == "amount":
        name = key.split(".", 1)[1].removesuffix(".amount")
        for pledge in scenario.pledges:
            if pledge.name == name:
                return f"{budget.unit} {pledge.currency}"
    return ""
