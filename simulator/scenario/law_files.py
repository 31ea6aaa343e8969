"""Law files: what is known about rates and prices at a date, kept apart from the budget.

`sim calibrate` writes them, and a scenario names them with `law_file`. Such a file holds nothing
but the law of exchange, starts and observed months of rates, correlations, and laws of inflation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.errors import Problem, did_you_mean
from simulator.scenario.origins import Part
from simulator.scenario.pairs import is_removal
from simulator.scenario.places import Path

TABLES = ("exchange", "rates", "correlation", "inflation")


def checked(file: Part) -> tuple[Part, list[Problem]]:
    """A law file without the keys that do not belong there, and a problem for each of them."""
    problems: list[Problem] = []

    def kept(part: Part) -> Part:
        if not isinstance(part.value, dict):
            return part  # where a table is wanted, the model will refuse it
        parts: dict[str, Part] = {}
        known = _known(part.origin.path)
        for key in part.value:
            one = part.at(key)
            if known and key not in known:
                wanted = f"a law file has only {', '.join(known)} here; this would be ignored"
                remedy = did_you_mean(key, known)
                problems.append(one.origin.problem(wanted, remedy=remedy))
            elif is_removal(one.value):
                wanted = "a law file takes nothing away"
                remedy = "say it in the scenario that names the file"
                problems.append(one.origin.problem(wanted, remedy=remedy))
            else:
                parts[key] = kept(one)
        return part.joined(parts)

    return kept(file), problems


def _known(path: Path) -> tuple[str, ...]:
    """The keys that a table of a law file may have; none stands for any."""
    match path:
        case ():
            return TABLES
        case ("rates", _):
            return ("start", "observed")
        case ("correlation",):
            return ("matrix", "order")
    return ()


def without_law(below: Part, law: Mapping[str, Any]) -> Part:
    """What a law file lies over, emptied of what the law file replaces as a whole.

    A law of exchange or inflation, the observed months of a rate, and the correlations between
    rates belong to one date: the new ones are not mixed with those of another.
    """
    whole: dict[str, Any] = below.value
    if "exchange" in law:
        whole = _with(whole, ("exchange",), {})
    for name in _table(law, "inflation"):
        whole = _with(whole, ("inflation", name), {})
    for pair, rate in _table(law, "rates").items():
        if isinstance(rate, Mapping) and "observed" in rate:
            whole = _with(whole, ("rates", pair, "observed"), {})
    if "matrix" in _table(law, "correlation"):
        matrix = _table(_table(whole, "correlation"), "matrix")
        kept = {one: _not_between_rates(one, row) for one, row in matrix.items()}
        rows = {one: row for one, row in kept.items() if row}
        whole = _with(whole, ("correlation", "matrix"), rows)
    return Part(whole, below.origin)


def _table(table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = table.get(key)
    return value if isinstance(value, Mapping) else {}


def _with(table: dict[str, Any], path: tuple[str, ...], value: dict[str, Any]) -> dict[str, Any]:
    """A copy of the table with another value at a path, when there is something."""
    key, *rest = path
    if not isinstance(table, dict) or key not in table:
        return table
    return {**table, key: _with(table[key], tuple(rest), value) if rest else value}


def _not_between_rates(one: str, row: object) -> object:
    if not (one.startswith("rates.") and isinstance(row, Mapping)):
        return row
    return {other: value for other, value in row.items() if not other.startswith("rates.")}
