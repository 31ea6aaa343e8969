"""The five policies side by side for one scenario, as a plain document."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from simulator.analysis.statistics import summarise
from simulator.budget.inputs import final_stage
from simulator.engine.sides import KINDS, Side, foreign_parents, sides, with_policy
from simulator.errors import InputError, Problem
from simulator.runs.compare import Document
from simulator.runs.options import Progress
from simulator.scenario.model import Scenario
from simulator.scenario.numbers import Quantity
from simulator.scenario.parts import Forward, Split
from simulator.scenario.read import check_scenario
from simulator.units import finite, parse_share

SHOWN = ("mean", "sd", "p5", "p25", "p50", "p75", "p95")
MISSING = (
    "no forward rate is known: give --forward start, --forward budget, a rate, or rates by year "
    "as {years}"
)


def policies(
    scenario: Scenario,
    *,
    forward: str | None,
    cover: str | None,
    threads: int,
    progress: Progress,
) -> Document:
    """Who bears the exchange risk under each policy, on the same draws.

    `forward` is "start", "budget", a rate in the budget's currency for every year, or rates by
    year ("2031=0.9,2032=0.88"); without it a parent that declares no forward has none, and that
    is said. `cover` is the covered part. Raises InputError when no parent is assessed in another
    currency, and for what is given wrongly.
    """
    parents = foreign_parents(scenario)
    if not parents:
        wanted = f"a parent assessed in another currency than {scenario.budget.currency} is wanted"
        raise InputError(Problem(wanted, remedy="without one no policy bears an exchange risk"))
    forwards = _forwards(scenario, forward, cover)
    made: list[Side] = []
    kinds = [kind for kind in KINDS if kind != "forward" or forwards]
    try:
        progress.start(scenario.sampling.draws * len(kinds))
        for kind in kinds:
            chosen = with_policy(scenario, kind, forwards)
            those = [name for name in parents if kind != "forward" or name in forwards]
            made += sides(chosen, kind, those, threads, progress.advance)
    finally:
        progress.done()
    years = ",".join(f"{year}=RATE" for year in scenario.years)
    lacking = [name for name in parents if name not in forwards]
    return {
        "scenario": scenario.name,
        "title": scenario.title,
        "budget_currency": scenario.budget.currency,
        "draws": scenario.sampling.draws,
        "stage": final_stage(scenario),
        "parents": {name: scenario.parents[name].assessed_in for name in parents},
        "forward": {name: _terms(one, declared=forward is None) for name, one in forwards.items()},
        "split": {name: _split(scenario, name) for name in parents},
        "missing": {name: {"forward": MISSING.format(years=years)} for name in lacking},
        "rows": [row for side in _with_worth(made, parents) for row in _rows(side, scenario)],
    }


def _terms(one: Forward, *, declared: bool) -> Document:
    rates = {str(year): float(rate) for year, rate in sorted(one.rates.items())}
    return {"cover": float(one.cover), "rates": rates, "declared": declared}


def _split(scenario: Scenario, parent: str) -> Document:
    """The part in the budget's currency and what becomes of the rest."""
    declared = scenario.parents[parent].policy
    chosen = with_policy(scenario, "split", {}).parents[parent].policy
    assert isinstance(chosen, Split)  # noqa: S101 - what was asked for
    return {
        "in_budget_currency": float(parse_share(chosen.in_budget_currency)),
        "rest": chosen.rest,
        "declared": declared.kind == "split",
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
                "statistics": {name: finite(found[name].value) for name in SHOWN},
                "standard_error": finite(found["mean"].standard_error),
            }
        )
    return rows


def _forwards(scenario: Scenario, text: str | None, cover: str | None) -> dict[str, Forward]:
    """The forward of each parent: as given, else as the scenario declares."""
    if text is None:
        if cover is not None:
            wanted = "this is for forward rates and would not be used"
            raise InputError(Problem(wanted, key="--cover", remedy="add --forward RATE"))
        every = {name: parent.policy for name, parent in scenario.parents.items()}
        return {n: p for n, p in every.items() if isinstance(p, Forward) and n in
                foreign_parents(scenario)}  # fmt: skip
    part = _cover("1" if cover is None else cover)
    found = {
        name: Forward(cover=part, rates=_rates(scenario, name, text))
        for name in foreign_parents(scenario)
    }
    _refuse_unusual(with_policy(scenario, "forward", found), text)
    return found


def _refuse_unusual(chosen: Scenario, text: str) -> None:
    """Raise InputError when rates are the wrong way round, or nowhere near the budget rate."""
    problems = [
        Problem(problem.wanted, key="--forward", value=problem.value or text, remedy=problem.remedy)
        for problem in check_scenario(chosen.model_copy(update={"published": ()}))
        if ".policy.rates" in problem.key
    ]
    if problems:
        raise InputError(problems[0])


def _cover(text: str) -> Quantity:
    value = _decimal(text)
    if value is None or not 0 <= value <= 1:
        wanted = "a part from 0 to 1 is wanted: 0.5 covers half of the contribution"
        raise InputError(Problem(wanted, key="--cover", value=text[:40]))
    return Quantity(value=value)


def _rates(scenario: Scenario, parent: str, text: str) -> dict[int, Quantity]:
    """Forward rates of a parent's currency by year, in the budget's currency for one unit."""
    code = scenario.parents[parent].assessed_in
    if text == "budget":
        exact = scenario.budget_rate(code)
        rate = Quantity(value=Decimal(exact.numerator) / Decimal(exact.denominator))
        return dict.fromkeys(scenario.years, rate)
    if text == "start":
        start = scenario.rates[scenario.pair(code)].start
        if start is None:
            wanted = f"{scenario.pair(code)} has no start to take as a forward rate"
            remedy = "give --forward budget, a rate or rates by year"
            raise InputError(Problem(wanted, key="--forward", value=text, remedy=remedy))
        return dict.fromkeys(scenario.years, Quantity(value=start.value))
    codes = {scenario.parents[name].assessed_in for name in foreign_parents(scenario)}
    if len(codes) > 1:
        wanted = "one rate cannot be that of several currencies: " + ", ".join(sorted(codes))
        remedy = "give --forward start or --forward budget"
        raise InputError(Problem(wanted, key="--forward", value=text, remedy=remedy))
    return _given(scenario, text)


def _given(scenario: Scenario, text: str) -> dict[int, Quantity]:
    """A rate for every year, or YEAR=RATE for each of them between commas."""
    one = _decimal(text)
    if one is not None and one > 0:
        return dict.fromkeys(scenario.years, Quantity(value=one))
    found: dict[int, Quantity] = {}
    for part in text.split(","):
        year, _, rate = part.partition("=")
        value = _decimal(rate.strip())
        if year.strip() not in map(str, scenario.years) or value is None or value <= 0:
            years = ",".join(f"{known}=RATE" for known in scenario.years)
            wanted = f"start, budget, a rate above zero, or {years} is wanted"
            raise InputError(Problem(wanted, key="--forward", value=text[:60]))
        found[int(year)] = Quantity(value=value)
    lacking = [str(year) for year in scenario.years if year not in found]
    if lacking:
        wanted = f"a rate for each year is wanted, {', '.join(lacking)} has none"
        raise InputError(Problem(wanted, key="--forward", value=text[:60]))
    return found


def _decimal(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
