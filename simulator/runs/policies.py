"""The five policies side by side for one scenario, as a plain document."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from simulator.analysis.statistics import summarise
from simulator.budget.inputs import final_stage
from simulator.engine.sides import KINDS, Side, foreign_parents, sides, with_policy
from simulator.errors import InputError, Problem
from simulator.runs.compare import Document, number
from simulator.runs.options import Progress
from simulator.scenario.model import Scenario
from simulator.scenario.numbers import Quantity

SHOWN = ("mean", "sd", "p5", "p25", "p50", "p75", "p95")
MISSING = "no forward rate is known: give --forward start, --forward budget or a rate"


def policies(
    scenario: Scenario,
    *,
    forward: str | None,
    cover: str,
    threads: int,
    progress: Progress,
) -> Document:
    """Who bears the exchange risk under each policy, on the same draws.

    `forward` is "start", "budget" or a rate in the budget's currency, the same for every year;
    without it that policy is left out, and said to be. `cover` is the covered part. Raises
    InputError when no parent is assessed in another currency, and for what is given wrongly.
    """
    parents = foreign_parents(scenario)
    if not parents:
        wanted = f"a parent assessed in another currency than {scenario.budget.currency} is wanted"
        raise InputError(Problem(wanted, remedy="without one no policy bears an exchange risk"))
    part = _cover(cover)
    rates = None if forward is None else {name: _rate(scenario, name, forward) for name in parents}
    kinds = [kind for kind in KINDS if kind != "forward" or rates is not None]
    made: list[Side] = []
    try:
        progress.start(scenario.sampling.draws * len(kinds))
        for kind in kinds:
            by_year = None if rates is None else _by_year(scenario, rates)
            chosen = with_policy(scenario, kind, by_year, part)
            made += sides(chosen, kind, parents, threads, progress.advance)
    finally:
        progress.done()
    return {
        "scenario": scenario.name,
        "title": scenario.title,
        "budget_currency": scenario.budget.currency,
        "draws": scenario.sampling.draws,
        "stage": final_stage(scenario),
        "parents": {name: scenario.parents[name].assessed_in for name in parents},
        "forward": {n: float(r.value) for n, r in rates.items()} if rates else None,
        "cover": float(part.value),
        "missing": {} if rates else {"forward": MISSING},
        "rows": [row for side in _with_worth(made, parents) for row in _rows(side, scenario)],
    }


def _with_worth(made: list[Side], parents: tuple[str, ...]) -> list[Side]:
    """Also what `own_currency` is worth in the parent's: at each year's rate, as `recosted`."""
    by_kind = {(one.policy, one.parent, one.what): one for one in made}
    extra = []
    for name in parents:
        one = by_kind["recosted", name, "contribution"]
        extra.append(
            Side("own_currency", name, "contribution", one.column, one.periods, one.values)
        )
        for what in ("exchange_gain", "balance"):
            none = by_kind["recosted", name, what]  # zero on every draw, as under own_currency
            extra.append(Side("own_currency", name, what, none.column, none.periods, none.values))
    renamed = [
        Side(one.policy, one.parent, "assessed", one.column, one.periods, one.values)
        if one.policy == "own_currency"
        else one
        for one in made
    ]
    return sorted(
        (*renamed, *extra), key=lambda one: (parents.index(one.parent), KINDS.index(one.policy))
    )


def _rows(side: Side, scenario: Scenario) -> list[Document]:
    replicates = scenario.sampling.replicates
    rows = []
    for i, period in enumerate(side.periods):
        found = {one.name: one for one in summarise(side.values[:, i], replicates, {})}
        rows.append(
            {
                "policy": side.policy,
                "parent": side.parent,
                "what": side.what,
                "period": period,
                "unit": side.column.unit,
                "statistics": {name: number(found[name].value) for name in SHOWN},
                "standard_error": number(found["mean"].standard_error),
            }
        )
    return rows


def _by_year(scenario: Scenario, rates: dict[str, Quantity]) -> Any:  # noqa: ANN401 - a function
    return lambda parent: dict.fromkeys(scenario.years, rates[parent])


def _cover(text: str) -> Quantity:
    value = _decimal(text)
    if value is None or not 0 <= value <= 1:
        wanted = "a part from 0 to 1 is wanted: 0.5 covers half of the contribution"
        raise InputError(Problem(wanted, key="--cover", value=text[:40]))
    return Quantity(value=value)


def _rate(scenario: Scenario, parent: str, text: str) -> Quantity:
    """The forward rate of a parent's currency, in the budget's currency for one unit."""
    code = scenario.parents[parent].assessed_in
    if text == "budget":
        exact = scenario.budget_rate(code)
        return Quantity(value=Decimal(exact.numerator) / Decimal(exact.denominator))
    if text == "start":
        start = scenario.rates[scenario.pair(code)].start
        if start is None:
            wanted = f"{scenario.pair(code)} has no start to take as a forward rate"
            remedy = "give --forward budget or a rate"
            raise InputError(Problem(wanted, key="--forward", value=text, remedy=remedy))
        return Quantity(value=start.value)
    value = _decimal(text)
    if value is None or value <= 0:
        wanted = "start, budget or a rate above zero is wanted"
        raise InputError(Problem(wanted, key="--forward", value=text[:40]))
    codes = {scenario.parents[name].assessed_in for name in foreign_parents(scenario)}
    if len(codes) > 1:
        wanted = "one rate cannot be that of several currencies: " + ", ".join(sorted(codes))
        remedy = "give --forward start or --forward budget"
        raise InputError(Problem(wanted, key="--forward", value=text, remedy=remedy))
    return Quantity(value=value)


def _decimal(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
