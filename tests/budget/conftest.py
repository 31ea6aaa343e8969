"""Scenarios for the tests of the budget, and how to change one input of them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from simulator.scenario.model import Scenario
from simulator.scenario.read import read_scenario

SCENARIOS = Path(__file__).parents[2] / "scenarios"

Change = Callable[..., Scenario]


@pytest.fixture(scope="session")
def base() -> Scenario:
    """The proposal of A/62/6 (Sect.13)/Add.1."""
    return read_scenario(SCENARIOS / "base.toml")


@pytest.fixture(scope="session")
def example() -> Scenario:
    """The fictitious commission: one year, three parents, a bottom-up posts line."""
    return read_scenario(SCENARIOS / "examples" / "three-parents.toml")


def _mutable(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _mutable(value) for key, value in node.items()}
    return [_mutable(value) for value in node] if isinstance(node, list | tuple) else node


def _changed(scenario: Scenario, *changes: tuple[str, Any]) -> Scenario:
    """The scenario with values replaced by path: ("posts/0/posts", 2).

    A callable gets the old value. An entry of a list may be named by its id, name or office
    (the first one that has it).
    """
    data = _mutable(scenario.model_dump(exclude_none=True))
    for path, value in changes:
        *parts, last = path.split("/")
        node = data
        for part in parts:
            node = node[_place(node, part)]
        last = _place(node, last)
        node[last] = value(node[last]) if callable(value) else value
    return Scenario.model_validate(data)


def _place(node: Any, part: str) -> Any:
    if isinstance(node, dict):
        return int(part) if part.isdigit() and int(part) in node else part
    if part.isdigit():
        return int(part)
    names = ("id", "name", "office")
    return next(i for i, one in enumerate(node) if part in [one.get(name) for name in names])


@pytest.fixture(scope="session")
def changed() -> Change:
    """`changed(scenario, ("lines/posts/appropriation/value", Decimal("1")), …)`."""
    return _changed


def _tiny(**parts: Any) -> Scenario:
    """Two grades, one line of each kind, two parents; `parts` replace whole sections."""
    data: dict[str, Any] = {
        "name": "tiny",
        "title": "Tiny",
        "known_on": "2019-12-31",
        "budget": {"organization": "XYZ", "currency": "EUR", "years": [2020, 2021]},
        "parents": {
            "A": {"share": "1/3", "assessed_in": "EUR", "policy": "own_currency"},
            "B": {"share": "2/3", "assessed_in": "USD", "policy": "budget_rate", "round_to": 10},
        },
        "categories": {"staff": {"delayed_recruitment": {"value": Decimal("0.25")}}},
        "grades": {
            "X": {"category": "staff", "standard_cost": 100},
            "Y": {"category": "staff", "standard_cost": 50},
        },
        "posts": [
            {"office": "One", "fund": "core", "grade": "X", "posts": 3},
            {"office": "Two", "fund": "core", "grade": "Y", "posts": 4},
        ],
        "lines": {
            "staff": {"kind": "posts", "fund": "core"},
            "other": {"kind": "non_posts", "appropriation": Decimal("90.3")},
        },
        "rates": {"eur_per_usd": {"budget": Decimal("0.9"), "start": Decimal("0.9")}},
        "sampling": {"seed": 0},
    }
    return Scenario.model_validate(data | parts)


@pytest.fixture(scope="session")
def tiny() -> Callable[..., Scenario]:
    """Builds a tiny scenario; keyword arguments replace whole sections."""
    return _tiny
