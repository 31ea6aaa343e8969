"""Correlations are given for pairs, in either order: [matrix.a] b = 0.5 is [matrix.b] a = 0.5."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.scenario.origins import Part

MATRIX = ("correlation", "matrix")
"""The place of the correlations in a file."""


def is_removal(value: object) -> bool:
    """True for a table that says `remove = true`."""
    return isinstance(value, Mapping) and value.get("remove") is True


def aligned(above: Part, below: Mapping[str, Any]) -> Part:
    """The correlations `above` with each pair in the order that `below` has it in.

    A name that is removed stands in every row below where it is correlated with another.
    """
    rows: dict[str, dict[str, Part]] = {}
    whole: dict[str, Part] = {}
    given: Mapping[str, Any] = above.value
    others: dict[str, list[str]] = {}
    for first in below:
        for second in _row(below, first):
            others.setdefault(second, []).append(first)
    for one in given:
        row = above.at(one)
        if is_removal(row.value):
            for other in others.get(one, ()):
                rows.setdefault(other, {})[one] = row
            if one in below or one not in others:
                whole[one] = row
        elif not isinstance(row.value, dict):
            whole[one] = row  # the model will refuse it
    for one in given:
        for other in _row(given, one) if one not in whole else ():
            turned = one in _row(below, other) and other not in _row(below, one)
            twice = one in _row(given, other)
            first, second = (other, one) if turned and not twice else (one, other)
            rows.setdefault(first, {})[second] = above.at(one).at(other)
    joined = {one: Part({}, above.origin.at(one)).joined(row) for one, row in rows.items()}
    return above.joined({**joined, **whole})


def _row(matrix: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    row = matrix.get(name)
    return row if isinstance(row, Mapping) and not is_removal(row) else {}
