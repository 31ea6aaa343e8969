"""Which key of a scenario belongs to which driver of a change: the one place for that rule.

A change from one scenario to another is shared among these groups. Every field of the model is in
one group, or moves no number (`NO_DRIVER`), or makes two scenarios incomparable (`COMMON`).
`mixed` makes the scenario that has some groups from one side and the rest from the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from simulator.scenario.model import Scenario
from simulator.scenario.numbers import Model

GROUPS = (
    "exchange",
    "inflation",
    "post_costs",
    "vacancy",
    "income",
    "inflows",
    "lines",
    "policy",
    "dependence",
)
NO_DRIVER = "none"
"""Keys that describe, compare or check, and move no result."""

COMMON = "common"
"""Keys that both scenarios must have in common for a change to be shared among drivers."""

GROUP_OF: Mapping[str, str] = {
    "schema_version": NO_DRIVER,
    "name": NO_DRIVER,
    "title": NO_DRIVER,
    "description": NO_DRIVER,
    "figures": NO_DRIVER,
    "published": NO_DRIVER,
    "thresholds": NO_DRIVER,
    "sampling": NO_DRIVER,  # results of other settings are not paired in the first place
    "known_on": COMMON,
    "budget": COMMON,
    "parents": "policy",
    "lines": "lines",
    "income": "income",
    "categories": "post_costs",
    "grades": "post_costs",
    "posts": "post_costs",
    "post_changes": "post_costs",
    "rates": "exchange",
    "exchange": "exchange",
    "events": "exchange",
    "inflation": "inflation",
    "correlation": "dependence",
    "inflows": "inflows",
    "windows": "inflows",
    "pledges": "inflows",
}
"""The group of every field of `Scenario`."""

INSIDE: Mapping[str, Mapping[str, str]] = {
    "lines": {"standard_cost_scale": "post_costs", "title": NO_DRIVER},
    "categories": {
        "vacancy": "vacancy",
        "budgeted_vacancy": "vacancy",
        "delayed_recruitment": "vacancy",
        "title": NO_DRIVER,
    },
}
"""Fields of a named line or category that belong to another group than the table itself."""


def group_of(path: tuple[str, ...]) -> str:
    """The group of a key, given as its path: ("lines", "travel", "growth")."""
    if len(path) > 2:
        return INSIDE.get(path[0], {}).get(path[2], GROUP_OF[path[0]])
    return GROUP_OF[path[0]]


def mixed(a: Scenario, b: Scenario, from_b: Set[str]) -> Scenario:
    """The scenario with the groups in `from_b` from `b` and everything else from `a`.

    A line or category is there when its table's side has it, and what the other side lacks of it
    comes along. So do rates that only the other side has and something wants, such as a pledge in
    their currency. Declared figures and thresholds are left out. The result
    is not checked: `read.check_scenario` tells whether it makes sense.
    """
    sides = {True: b, False: a}
    changes: dict[str, Any] = {"published": (), "thresholds": ()}
    for field, group in GROUP_OF.items():
        if field in INSIDE:
            changes[field] = _mixed_table(field, a, b, from_b)
        elif group not in (NO_DRIVER, COMMON):
            changes[field] = getattr(sides[group in from_b], field)
    whole = a.model_copy(update=changes)
    other = sides["exchange" not in from_b]
    missing = [pair for pair in _pairs_wanted(whole) if pair not in whole.rates]
    extra = {pair: other.rates[pair] for pair in missing if pair in other.rates}
    return whole.model_copy(update={"rates": {**whole.rates, **extra}}) if extra else whole


def _pairs_wanted(scenario: Scenario) -> set[str]:
    """The rates without which parents, pledges or exposures could not be turned into money."""
    codes = {parent.assessed_in for parent in scenario.parents.values()}
    codes |= {pledge.currency for pledge in scenario.pledges}
    if scenario.inflows is not None:
        codes.add(scenario.inflows.stated_in)
    wanted = {scenario.pair(code) for code in codes - {scenario.budget.currency}}
    for table in (scenario.lines, scenario.categories):
        for entry in table.values():
            wanted |= set(entry.exposure)
    return wanted


def _mixed_table(field: str, a: Scenario, b: Scenario, from_b: Set[str]) -> dict[str, Model]:
    own = GROUP_OF[field] in from_b
    here, there = (getattr(s, field) for s in ((b, a) if own else (a, b)))
    found: dict[str, Model] = {}
    for name, entry in here.items():
        other = there.get(name)
        changes = {
            inside: getattr(other, inside)
            for inside, group in INSIDE[field].items()
            if other is not None and group != NO_DRIVER and (group in from_b) != own
        }
        found[name] = entry.model_copy(update=changes) if changes else entry
    return found
