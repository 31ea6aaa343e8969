"""The five policies side by side: who bears the exchange risk, on the same draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simulator.budget.published import contribution_name
from simulator.engine.blocks import Told, nobody
from simulator.engine.chosen import chosen
from simulator.engine.plan import Plan
from simulator.scenario.model import Scenario
from simulator.scenario.parts import (
    BudgetRate,
    Forward,
    OwnCurrency,
    Policy,
    Recosted,
    Split,
)
from simulator.tables import Column, Float64

KINDS = ("recosted", "budget_rate", "own_currency", "forward", "split")


@dataclass(frozen=True, slots=True)
class Side:
    """What a policy gives for one parent: the columns and values of one output by period.

    `what` is "contribution", "exchange_gain" or "balance".
    """

    policy: str
    parent: str
    what: str
    column: Column
    periods: tuple[str, ...]
    values: Float64


def foreign_parents(scenario: Scenario) -> tuple[str, ...]:
    """The parents assessed in another currency than the budget's."""
    own = scenario.budget.currency
    return tuple(name for name, one in scenario.parents.items() if one.assessed_in != own)


def with_policy(scenario: Scenario, kind: str, forwards: Mapping[str, Forward]) -> Scenario:
    """The scenario with one policy for the parents that are assessed in another currency.

    What a parent declares of that policy stays, unless `forwards` has another forward for it; a
    parent without a forward keeps its own policy under `forward`. `split` is half and half, the
    rest at the budget rate; under `own_currency` they are assessed in the budget's currency.
    """
    parents = dict(scenario.parents)
    for name in foreign_parents(scenario):
        changes: dict[str, Any] = {}
        if kind == "forward":
            changes["policy"] = forwards.get(name, parents[name].policy)
        elif parents[name].policy.kind != kind:
            changes["policy"] = _PLAIN[kind]
        if kind == "own_currency":
            changes["assessed_in"] = scenario.budget.currency
        parents[name] = parents[name].model_copy(update=changes)
    return scenario.model_copy(update={"parents": parents})


_PLAIN: Mapping[str, Policy] = {
    "recosted": Recosted(),
    "budget_rate": BudgetRate(),
    "own_currency": OwnCurrency(),
    "split": Split(in_budget_currency="1/2", rest="budget_rate"),
}


def sides(
    scenario: Scenario,
    kind: str,
    parents: Sequence[str],
    threads: int = 1,
    told: Told = nobody,
) -> tuple[Side, ...]:
    """Contribution, exchange gain and balance of these parents under a policy.

    `scenario` is one that `with_policy` made for `kind`. All at the last stage; draws are those
    of the scenario's own sampling, which no policy moves.
    """
    plan = Plan(scenario)
    wanted = [(p, what, c) for p in parents for what, c in _columns(plan, p)]
    values = chosen(plan, [column.name for _, _, column in wanted], threads, told)
    return tuple(Side(kind, p, w, c, plan.periods, values[c.name]) for p, w, c in wanted)


def _columns(plan: Plan, parent: str) -> list[tuple[str, Column]]:
    """The columns that tell who bears the risk; only what is owed where there is no exchange."""
    columns = {column.name: column for column in plan.columns}
    own, cur = plan.scenario.parents[parent].assessed_in, plan.budget.currency
    named = {
        "contribution": contribution_name(parent, own),
        "exchange_gain": f"exchange_gain_{cur}.{parent}",
        "balance": f"balance_{cur}.{parent}",
    }
    return [(what, columns[name]) for what, name in named.items() if name in columns]
