"""One layer of a scenario over another: tables merge by key, lists by name, values replace.

- A table gives the keys that change; the others stay as they are below, in their order.
- A list of named entries gives those that change and those that are new, which come last
  (`entries` says how an entry is named). Any other list, or an empty one, replaces what is below.
- `remove = true`, alone in a table or beside the name of an entry, takes away what is below.
- A number is known or follows one law: when its form changes, the whole number is replaced, its
  source with it. So is a policy, copula or law of another kind.
- A source belongs to the number that it was given for: a number that is changed does not
  inherit `source`, `as_of`, `assumption`, `note` and its approval.

What is merged are raw tables. Whether they make a scenario is found out later, by the model.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, get_origin

from pydantic import BaseModel

from simulator.errors import Problem
from simulator.scenario.complaints import Complaints
from simulator.scenario.entries import Entries, is_name, label, names_of, tie_breaker
from simulator.scenario.model import Scenario
from simulator.scenario.numbers import LAW_NAMES, Lognormal, Provenance, Quantity, Uncertain
from simulator.scenario.origins import Origin, Part
from simulator.scenario.pairs import MATRIX, aligned, is_removal
from simulator.scenario.shape import has_names, is_model, is_number, step, tags_of

Types = tuple[Any, ...]
Model = type[BaseModel]

_FORMS: tuple[str, ...] = ("value", *LAW_NAMES)
_PERCENTILES = ("p10", "p50", "p90")
_NEW = -1
_REFUSED = -2


def lay(above: Part, below: Part, *, base: str, strict: bool = True) -> tuple[Part, list[Problem]]:
    """`above` over `below`, and what is wrong with the changes, each with its file and line.

    `base` names in messages what lies below. When `strict`, an entry that is not there below
    and would be incomplete alone is taken for a misspelt name.
    """
    merger = _Merger(Complaints(base), strict=strict)
    return merger.lay(above, below, (Scenario,)), merger.complaints.problems


class _Merger:
    """Walks two layers side by side, along the types of the model."""

    def __init__(self, complaints: Complaints, *, strict: bool) -> None:
        self.complaints = complaints
        self._strict = strict

    def lay(self, above: Part, below: Part | None, types: Types) -> Part:
        """One value over another, or over nothing."""
        value = above.value
        if below is None and not _removes(value):
            return above
        if isinstance(value, dict):
            return self._table(above, _kept(value, below, types), types)
        models = [one for one in step(types, 0) if is_model(one)]
        if isinstance(value, list) and value and models:
            is_list = below is not None and isinstance(below.value, list)
            return self._entries(above, below if is_list else None, models[0])
        return above

    def _table(self, above: Part, below: Part | None, types: Types) -> Part:
        parts = {key: below.at(key) for key in below.value} if below is not None else {}
        in_pairs = above.origin.path == MATRIX
        if in_pairs:
            above = aligned(above, below.value if below is not None else {})
        for key in above.value:
            one, here = above.at(key), parts.get(key)
            if is_removal(one.value):
                if self._may_remove(one, key, here, parts):
                    del parts[key]
            elif here is not None or below is None or self._is_new(one, key, parts, types):
                parts[key] = self.lay(one, here, step(types, key))
        if below is not None:
            for key in stale_keys(above.value, types):
                if key not in above.value:
                    parts.pop(key, None)
        if in_pairs:
            parts = {key: part for key, part in parts.items() if part.value != {}}
        return above.joined(parts)

    def _may_remove(self, one: Part, key: str, here: Part | None, known: Iterable[str]) -> bool:
        """True when a table to be removed is there, and nothing else is said of it."""
        others = [name for name in one.value if name != "remove"]
        if others:
            self.complaints.more(one, others, "`remove = true`")
        elif here is None:
            self.complaints.absent(one, key, known)
        return here is not None and not others

    def _is_new(self, one: Part, key: str, known: Iterable[str], types: Types) -> bool:
        """False, and reported, for a change of a named table that is not there below."""
        missing = _missing(one.value, step(types, key))
        if not (self._strict and has_names(types) and missing):
            return True
        self.complaints.unknown(one, key, known, missing)
        return False

    def _entries(self, above: Part, below: Part | None, model: Model) -> Part:
        """Entries of the same name merged, those to be removed left out, new ones last."""
        parts = dict(enumerate(below.entries() if below is not None else ()))
        entries = Entries([part.value for part in parts.values()])
        changed: set[int] = set()
        added: list[Part] = []
        for one in above.entries():
            index = self._index_of(one, entries, model) if isinstance(one.value, dict) else _NEW
            if index == _NEW:
                added.append(self.lay(one, None, (model,)))
            elif index in changed:
                self.complaints.twice(one)
            elif index != _REFUSED:
                changed.add(index)
                if is_removal(one.value):
                    del parts[index]
                else:
                    change = _change(one, parts[index], model)
                    parts[index] = self.lay(change, parts[index], (model,))
        return above.listed([*parts.values(), *added])

    def _index_of(self, one: Part, entries: Entries, model: Model) -> int:
        """The entry below that `one` speaks of, _NEW for a new one, _REFUSED and reported."""
        entry = one.value
        given = [name for name in names_of(model) if name in entry]
        if not all(is_name(entry[name]) for name in given):
            return _NEW  # the model will refuse it
        if is_removal(entry) and not self._names_only(one, given, model):
            return _REFUSED
        found = entries.matching(entry, given) if given else []
        by_note = is_removal(entry) and tie_breaker(model) in entry
        if len(found) > 1 or (found and by_note):
            return self._one_of(one, entries, found, model)
        if found:
            return found[0]
        name, missing = label(entry, given), _missing(entry, (model,))
        if is_removal(entry):
            self.complaints.absent(one, name, entries.labels(given))
        elif self._strict and given and missing and entries.values:
            self.complaints.unknown(one, name, entries.labels(given), missing)
        else:
            return _NEW
        return _REFUSED

    def _names_only(self, one: Part, given: list[str], model: Model) -> bool:
        """True when an entry to be removed has a name, and nothing else is said of it."""
        known = {*names_of(model), tie_breaker(model), "remove"}
        others = [key for key in one.value if key not in known]
        if others:
            self.complaints.more(one, others, "`remove = true` and the name of the entry")
        elif not given:
            self.complaints.nameless(one, names_of(model))
        return bool(given) and not others

    def _one_of(self, one: Part, entries: Entries, found: list[int], model: Model) -> int:
        """The one of several entries of the same name that is meant, told by its note."""
        entry, names, tie = one.value, names_of(model), tie_breaker(model)
        notes: list[object] = []
        if tie is not None:
            notes = [entries.values[index].get(tie, "") for index in found]
            if notes.count(entry.get(tie)) == 1:
                return found[notes.index(entry.get(tie))]
        missing = [name for name in names if name not in entry]
        name = label(entry, (*names, tie) if tie is not None else names)
        self.complaints.several(one, name, len(found), missing, notes)
        return _REFUSED


def _removes(value: object) -> bool:
    """True when `remove = true` stands anywhere inside."""
    if isinstance(value, dict):
        return value.get("remove") is True or any(map(_removes, value.values()))
    return isinstance(value, list) and any(map(_removes, value))


def _kept(above: Mapping[str, Any], below: Part | None, types: Types) -> Part | None:
    """What of `below` is merged with the table `above`; None when it is replaced."""
    if below is None:
        return None
    tags = tags_of(types)
    if any(is_model(one) and issubclass(one, Quantity | Uncertain) for one in types):
        below = _as_table(below, "value")
        form, old = _form(above), _form(below.value)
        kept = form == old or () in (form, old)
    elif tags:
        key, default = tags[0][0], tags[0][1] if len(tags) == 1 else None
        below = _as_table(below, key)
        kind, before = above.get(key, default), below.value.get(key, default)
        kept = kind == before or None in (kind, before)
    elif Lognormal in types and isinstance(below.value, dict):
        kept = above.keys() <= below.value.keys()  # by mean and sd, or by median and log_sd
    else:
        kept = isinstance(below.value, dict)
    return below if kept else None


def _as_table(part: Part, key: str) -> Part:
    """A plain number or a bare name as the table that it is short for."""
    if isinstance(part.value, dict):
        return part
    return Part({key: part.value}, Origin(part.origin.source, part.origin.path, {key: part.origin}))


def _form(number: Mapping[str, Any]) -> tuple[str, ...]:
    """How a number is given: ("value",), ("pert",), …; () when only its bounds or source are."""
    percentiles = ["percentiles"] if any(name in number for name in _PERCENTILES) else []
    return (*(form for form in _FORMS if form in number), *percentiles)


def stale_keys(change: Mapping[str, Any], types: Types) -> tuple[str, ...]:
    """Keys of provenance that a table does not inherit when these of its keys are changed."""
    for model in types:
        if is_model(model) and "source" in model.model_fields:
            whole = issubclass(model, Provenance)
            keys = tuple(Provenance.model_fields) if whole else ("source",)
            if any(key not in keys and _is_numeric(model, key) for key in change):
                return keys
    return ()


def _is_numeric(model: Model, key: str) -> bool:
    """True when a key of this table is or holds a number."""
    if issubclass(model, Quantity | Uncertain) or key == "share":
        return True
    here = step((model,), key)
    tables = [one for one in here if get_origin(one) is dict]
    return is_number(here) or is_number(step(tuple(tables), ""))


def _missing(value: object, types: Types) -> list[str]:
    """Keys that a new entry of this type would lack."""
    models = [one for one in types if is_model(one)]
    if len(models) != 1 or not isinstance(value, dict):
        return []
    fields = models[0].model_fields.items()
    return [name for name, one in fields if one.is_required() and name not in value]


def _change(one: Part, below: Part, model: Model) -> Part:
    """What an entry changes: without its name, and the note by which it was told."""
    tie = tie_breaker(model)
    told = {tie} if one.value.get(tie) == below.value.get(tie, "") else set()
    names = {*names_of(model), *told}
    return Part({key: value for key, value in one.value.items() if key not in names}, one.origin)
