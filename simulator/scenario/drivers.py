"""Which key of a scenario belongs to which driver of a change: the one place for that rule.

A change from one scenario to another is shared among these groups. Every field of the model is in
one group, or moves no number (`NO_DRIVER`), or makes two scenarios incomparable (`COMMON`).
`mixed` makes the scenario that has some groups from one side and the rest from the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any

from simulator.scenario.base import Model
from simulator.scenario.factors import factors_of
from simulator.scenario.model import Scenario
from simulator.scenario.numbers import Quantity
from simulator.scenario.parts import Correlation, GaussianCopula

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

RATE = "rates."


def group_of(path: tuple[str, ...]) -> str:
    """The group of a key, given as its path: ("lines", "travel", "growth").

    Correlations between two rates are part of how rates move; a declared independence silences
    a warning and moves nothing.
    """
    if path[0] == "correlation":
        if path[1:2] == ("independent",):
            return NO_DRIVER
        among = len(path) > 3 and path[1] == "matrix" and _among_rates(path[2], path[3])
        return "exchange" if among else GROUP_OF["correlation"]
    if len(path) > 2:
        return INSIDE.get(path[0], {}).get(path[2], GROUP_OF[path[0]])
    return GROUP_OF[path[0]]


def mixed(a: Scenario, b: Scenario, from_b: Set[str]) -> Scenario:
    """The scenario with the groups in `from_b` from `b` and everything else from `a`.

    A line or category is there when its table's side has it, and what the other side lacks of it
    comes along. So do rates that only the other side has and something wants, such as a pledge in
    their currency, with the law's numbers for them. Correlations with what is not there are
    dropped, as are declared figures and thresholds. The result is not checked:
    `read.check_scenario` tells whether it makes sense.
    """
    sides = {True: b, False: a}
    changes: dict[str, Any] = {"published": (), "thresholds": ()}
    for field, group in GROUP_OF.items():
        if field in INSIDE:
            changes[field] = _mixed_table(field, a, b, from_b)
        elif group not in (NO_DRIVER, COMMON):
            changes[field] = getattr(sides[group in from_b], field)
    whole = _with_missing_rates(a.model_copy(update=changes), sides["exchange" not in from_b])
    movers, ties = sides["exchange" in from_b], sides["dependence" in from_b]
    return whole.model_copy(update={"correlation": _correlation(whole, movers, ties, (a, b))})


def _with_missing_rates(whole: Scenario, other: Scenario) -> Scenario:
    """The scenario with the rates that it wants and only the other side has."""
    wanted = _pairs_wanted(whole) - set(whole.rates)
    wanted |= {rate.pegged.to for p, rate in other.rates.items() if p in wanted and rate.pegged}
    extra = {p: r for p, r in other.rates.items() if p in wanted and p not in whole.rates}
    if not extra:
        return whole
    law = whole.exchange
    if type(law) is type(other.exchange):  # numbers by rate, such as volatility
        tables = {
            name: {**{p: v for p, v in getattr(other.exchange, name).items() if p in extra}, **own}
            for name in type(law).model_fields
            if isinstance(own := getattr(law, name), dict)
        }
        law = law.model_copy(update=tables)
    return whole.model_copy(update={"rates": {**whole.rates, **extra}, "exchange": law})


def idle_rates(scenario: Scenario) -> frozenset[str]:
    """Rates that nothing wants: a mix keeps them, as others may be drawn after them."""
    wanted = _pairs_wanted(scenario)
    wanted |= {rate.pegged.to for p, rate in scenario.rates.items() if p in wanted and rate.pegged}
    return frozenset(scenario.rates) - wanted


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


def _correlation(
    whole: Scenario, movers: Scenario, ties: Scenario, both: tuple[Scenario, Scenario]
) -> Correlation:
    """Correlations among rates from one side, all others from another, of what there is."""
    drawn = {factor.name for factor in factors_of(whole)}
    gone = {f.name for side in both for f in factors_of(side)} - drawn
    entries = {key: q for key, q in _entries(ties.correlation) if not _among_rates(*key)}
    entries |= {key: q for key, q in _entries(movers.correlation) if _among_rates(*key)}
    given = {frozenset(key) for key in entries}
    for side in both:  # a rate that came along is correlated as where it came from
        for key, quantity in _entries(side.correlation):
            new = any(_came_along(name, movers) for name in key)
            if _among_rates(*key) and new and frozenset(key) not in given:
                entries[key] = quantity
    matrix: dict[str, dict[str, Quantity]] = {}
    for (first, second), quantity in entries.items():
        if not {first, second} & gone:
            matrix.setdefault(first, {})[second] = quantity
    order = _order(matrix, _common_order(*both) or ties.correlation.order, movers)
    copula = ties.correlation.copula if matrix else GaussianCopula()
    changes = {"matrix": matrix, "order": order, "copula": copula}
    return ties.correlation.model_copy(update=changes)


def _order(
    matrix: Mapping[str, Mapping[str, Quantity]], first: Sequence[str], movers: Scenario
) -> tuple[str, ...]:
    """The order of construction; rates that came along are last, and so move no other factor."""
    linked = {*matrix, *(name for row in matrix.values() for name in row)}
    added = {name for name in linked if _came_along(name, movers)}
    kept = [name for name in first if name in linked - added]
    return (*kept, *sorted(linked.difference(kept, added)), *sorted(added))


def _common_order(a: Scenario, b: Scenario) -> tuple[str, ...]:
    """An order that both scenarios' factors are constructed in; none where they contradict."""
    one, two = _constructed(a.correlation), _constructed(b.correlation)
    for longer, other in ((one, two), (two, one)):
        if tuple(name for name in longer if name in other) == other:
            return longer
    return ()


def _constructed(correlation: Correlation) -> tuple[str, ...]:
    """Correlated factors in the order that `sampling.copula` constructs them in."""
    linked = {name for key, _ in _entries(correlation) for name in key}
    first = [name for name in correlation.order if name in linked]
    return (*first, *sorted(linked.difference(first)))


def _came_along(name: str, movers: Scenario) -> bool:
    return name.startswith(RATE) and name.removeprefix(RATE) not in movers.rates


def _entries(correlation: Correlation) -> Iterator[tuple[tuple[str, str], Quantity]]:
    for first, row in correlation.matrix.items():
        for second, quantity in row.items():
            yield (first, second), quantity


def _among_rates(first: str, second: str) -> bool:
    return first.startswith(RATE) and second.startswith(RATE)


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
