"""pydantic's findings in the words of a budget officer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from simulator.errors import did_you_mean, nearest, shorten
from simulator.scenario.numbers import LAW_NAMES, Uncertain
from simulator.scenario.places import ENOUGH, Finding, Path, found_text
from simulator.scenario.shape import (
    LAYER_KEYS,
    is_model,
    is_number,
    keys_at,
    path_in_file,
    tags_of,
    types_at,
    words_for,
)

_PATTERNS = {
    r"^[A-Za-z0-9_\-+]+$": "a name of letters, digits, _, - and + without spaces is wanted",
    r"^[A-Za-z0-9_\-+/]+$": "a name of letters, digits, _, -, + and / without spaces is wanted",
    r"^[A-Z]{3}$": "a currency code of three capital letters, such as EUR, is wanted",
    r"^[a-z]{3}_per_[a-z]{3}$": "a rate's name such as eur_per_usd (EUR for one USD) is wanted",
    r"^\d{4}-(0[1-9]|1[0-2])$": 'a month such as "2024-01" is wanted',
}
_LIMITS = {
    "greater_than": ("gt", "a number above {} is wanted"),
    "greater_than_equal": ("ge", "a number of {} or more is wanted"),
    "less_than": ("lt", "a number below {} is wanted"),
    "less_than_equal": ("le", "a number of {} or less is wanted"),
}
_LENGTHS = {
    "string_too_short": ("min_length", "text of at least {} character is wanted"),
    "string_too_long": ("max_length", "text of at most {} characters is wanted"),
    "too_short": ("min_length", "at least {} entry is wanted"),
    "too_long": ("max_length", "at most {} entries are wanted"),
}


def findings_of(error: ValidationError, data: Mapping[str, Any]) -> list[Finding]:
    """Every problem of validating `data`, one finding for each thing to mend."""
    details = error.errors(include_url=False)[:ENOUGH]
    typos = {
        (path[:-1], nearest(str(path[-1]), known))
        for detail in details
        if detail["type"] == "extra_forbidden"
        and (path := path_in_file(detail["loc"])[0])
        and (known := _known(path[:-1]))
    }
    found: list[Finding] = []
    for detail in details:
        path, _ = path_in_file(detail["loc"])
        if detail["type"] == "missing" and path and (path[:-1], path[-1]) in typos:
            continue  # the misspelt key is reported, with this one as its remedy
        if detail["type"] == "missing" and len(path) == 1 and ((), "extends") in typos:
            continue  # what is missing stands in the scenario that was to be extended
        finding = _finding(detail)
        found.append(replace(finding, path=_as_written(finding.path, data)))
    return found


def _as_written(path: Path, data: object) -> Path:
    """Without the `value` that the model puts around a number written plain."""
    if path[-1:] != ("value",):
        return path
    for part in path[:-1]:
        if isinstance(data, Mapping):
            data = data.get(part, {})
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
    return path if isinstance(data, Mapping) else path[:-1]


def _finding(detail: ErrorDetails) -> Finding:
    path, is_key = path_in_file(detail["loc"])
    if is_key:
        return _key_finding(path, detail)
    special = _SPECIAL.get(detail["type"])
    if special is not None:
        return special(path, detail)
    wanted = _limit(detail) or f"{words_for(types_at(path))} is wanted"
    return Finding(path, wanted, found_text(detail["input"]), _type_remedy(path, detail["input"]))


def _limit(detail: ErrorDetails) -> str:
    context = detail.get("ctx", {})
    kind = detail["type"]
    if kind in _LIMITS:
        name, text = _LIMITS[kind]
        return text.format(_bound_text(context[name]))
    if kind in _LENGTHS:
        name, text = _LENGTHS[kind]
        return text.format(context[name])
    if kind == "string_pattern_mismatch":
        return _PATTERNS.get(str(context["pattern"]), "a name in the usual form is wanted")
    if kind == "finite_number":
        return "an ordinary number is wanted: no inf, no nan, at most 40 digits"
    if kind == "int_from_float":
        return "a whole number is wanted"
    return ""


def _bound_text(bound: object) -> str:
    """A bound in digits: 1 000 000; pydantic gives some as the text `Decimal('1E+6')`."""
    text = str(bound).removeprefix("Decimal('").removesuffix("')")
    number = Decimal(text)
    return f"{int(number):,}".replace(",", " ") if number == int(number) else text


def _type_remedy(path: Path, value: object) -> str:
    here = types_at(path)
    wanted = words_for(here)
    name = next((str(part) for part in reversed(path) if isinstance(part, str)), "")
    if wanted == "a list of tables" and isinstance(value, Mapping):
        return f"write [[{name}]] with double brackets, once for each entry"
    if wanted == "a table" and isinstance(value, list):
        return f"write [{name}] or [{name}.NAME] with single brackets"
    if is_number(here) and isinstance(value, str):
        return "write the number without quotes, with a point for decimals"
    if wanted == "text in quotes" and isinstance(value, int | Decimal):
        return f'write "{found_text(value)}"'
    return ""


def _key_finding(path: Path, detail: ErrorDetails) -> Finding:
    """A key that people choose (a year, a currency pair, a name) and that has the wrong form."""
    wanted = _limit(detail)
    if not wanted or detail["type"] in _LIMITS:
        wanted = "a year such as 2024 is wanted as key"
    return Finding(path, wanted, found_text(str(path[-1])))


def _unknown(path: Path, detail: ErrorDetails) -> Finding:
    key, known = str(path[-1]), _known(path[:-1])
    remedy = did_you_mean(key, known, "see `sim schema` for the known keys")
    top = _known(())
    if key == "remove":
        wanted = "unknown key: only `remove = true` is known, where another scenario is extended"
        return Finding(path, wanted, found_text(detail["input"]), "leave it out")
    if nearest(key, known) is None and key in top:
        one = isinstance(detail["input"], Mapping | list)
        remedy = (
            f"write [{key}] as a table of its own" if one else
            f"{key} belongs at the top of the file, before the first [table]"
        )  # fmt: skip
    if Uncertain in types_at(path[:-1]) and nearest(key, known) is None:
        remedy = "the laws are " + ", ".join((*LAW_NAMES, "p10/p50/p90"))
    return Finding(path, "unknown key, which would be ignored", remedy=remedy)


def _known(table: Path) -> frozenset[str]:
    """Keys that a table may have in a file."""
    known = keys_at(table) or frozenset()
    return known if table else known | set(LAYER_KEYS)


def _missing(path: Path, detail: ErrorDetails) -> Finding:
    if path and isinstance(path[-1], int):
        return Finding(path[:-1], "a list of two is wanted", found_text(detail["input"]))
    words = words_for(types_at(path)).rstrip(",")
    description = _description(path)
    if description:
        words = description if words == "text in quotes" else f"{words} ({description})"
    table = ".".join(str(part) for part in path[:-1] if isinstance(part, str))
    where = f"in [{table}]" if table else "at the top of the file"
    return Finding(path, f"missing: {words}", remedy=f"add `{path[-1]} = …` {where}")


def _description(path: Path) -> str:
    for one in types_at(path[:-1]):
        if is_model(one) and path[-1] in one.model_fields:
            return one.model_fields[path[-1]].description or ""
    return ""


def _value_error(path: Path, detail: ErrorDetails) -> Finding:
    """A rule of the model: its own words, without pydantic's, and the value only once."""
    text, given = _rule_text(detail), detail["input"]
    if is_number(types_at(path)) and isinstance(given, bool | str):
        wanted = f"{words_for(types_at(path))} is wanted"
        return Finding(path, wanted, found_text(given), _type_remedy(path, given))
    if isinstance(given, Mapping):
        named = [key for key in given if re.search(rf"\b{re.escape(str(key))}\b", text)]
        if len(named) == 1:  # the rule speaks of one key of this table
            path, given = (*path, named[0]), given[named[0]]
            text = re.sub(r", (not|found) [^;]*\Z", "", text)
    for shown in (str(given), repr(given)):
        text = text.removesuffix(f", not {shown}")
    value = found_text(given)
    if isinstance(given, str) and repr(given)[:20] in text:
        value = ""
    return Finding(path, shorten(text, 300), value)


def _rule_text(detail: ErrorDetails) -> str:
    error: Any = detail.get("ctx", {}).get("error")
    if isinstance(error, ValidationError):
        inner = error.errors(include_url=False)[0]
        return _rule_text(inner) if inner["type"] == "value_error" else _limit(inner) or "a number"
    return str(error) if error is not None else detail["msg"].removeprefix("Value error, ")


def _no_tag(path: Path, detail: ErrorDetails) -> Finding:
    """A union that is told by a key (policy, law, copula): say the choice once."""
    tags = tags_of(types_at(path))
    key, names = tags[0][0] if tags else "kind", [name for _, name in tags]
    value = detail["input"]
    choice = ", ".join(names)
    name = path[-1] if path else ""
    if isinstance(value, Mapping) and key not in value:
        wanted = f"a table with {key} = one of {choice} is wanted"
        return Finding(path, wanted, found_text(value), f'add {key} = "{names[0]}", for instance')
    given = value.get(key) if isinstance(value, Mapping) else value
    remedy = (
        did_you_mean(given, names) if isinstance(given, str)
        else f'write {name} = "{names[0]}", for instance'
    )  # fmt: skip
    return Finding(path, f"one of {choice} is wanted", found_text(given), remedy)


def _table(path: Path, detail: ErrorDetails) -> Finding:
    here = types_at(path)
    if len(tags_of(here)) > 1:
        return _no_tag(path, detail)
    wanted = f"{words_for(here)} is wanted"
    return Finding(path, wanted, found_text(detail["input"]), _type_remedy(path, detail["input"]))


def _choice(path: Path, detail: ErrorDetails) -> Finding:
    here = types_at(path)
    value = detail["input"]
    names = words_for(here).removeprefix("one of ").split(", ")
    remedy = did_you_mean(value, names) if isinstance(value, str) and len(names) > 1 else ""
    return Finding(path, f"{words_for(here)} is wanted", found_text(value), remedy)


_SPECIAL: dict[str, Callable[[Path, ErrorDetails], Finding]] = {
    "extra_forbidden": _unknown,
    "missing": _missing,
    "value_error": _value_error,
    "union_tag_invalid": _no_tag,
    "union_tag_not_found": _no_tag,
    "model_type": _table,
    "model_attributes_type": _table,
    "literal_error": _choice,
}
