"""Rates that cannot be meant: the other way round, in hundredths, far off, or moving too much."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from simulator.scenario.checks.rates import well_quoted
from simulator.scenario.exchange import Bootstrap, Moving, OrnsteinUhlenbeck, PathRates
from simulator.scenario.model import Scenario
from simulator.scenario.numbers import Quantity
from simulator.scenario.parts import Forward
from simulator.scenario.places import Finding, Path, number_text

_FAR_FROM_BUDGET = math.log(1.25)
_NEAR_INVERSE = 0.15
_ABSURD = Fraction(2)
"""A rate more than so many times the budget rate, or less than such a part of it, is a slip."""

_VOLATILE = 0.15
"""Standard deviation of a month's change of the log rate above which a percent was meant."""

_A_MONTH = {"day": math.sqrt(261 / 12), "month": 1.0, "year": math.sqrt(1 / 12)}

_Given = tuple[str, Path, Quantity]  # the pair, where a rate of it stands, and that rate


def _in_rates(scenario: Scenario) -> Iterator[_Given]:
    for pair, rate in well_quoted(scenario).items():
        if rate.pegged is not None:
            continue  # what a pegged rate gives beside its peg is refused already
        if rate.start is not None:
            yield pair, ("rates", pair, "start"), rate.start
        for month, value in rate.observed.items():
            yield pair, ("rates", pair, "observed", month), value


def _elsewhere(scenario: Scenario) -> Iterator[_Given]:
    for name, parent in scenario.parents.items():
        if isinstance(parent.policy, Forward):
            pair = scenario.pair(parent.assessed_in)
            for year, value in parent.policy.rates.items():
                yield pair, ("parents", name, "policy", "rates", str(year)), value
    law = scenario.exchange
    if isinstance(law, OrnsteinUhlenbeck):
        for pair, value in law.towards.items():
            yield pair, ("exchange", "towards", pair), value
    if isinstance(law, PathRates):
        for pair, rates in law.rates.items():
            for label, value in rates.items():
                yield pair, ("exchange", "rates", pair, label), value


def _budget_rate(scenario: Scenario, pair: str) -> Quantity | None:
    """The rate to compare with; None where it is missing, which is reported elsewhere."""
    rate = scenario.rates.get(pair)
    return rate.budget if rate is not None else None


def _odd(given: _Given, budget: Quantity) -> Finding | None:
    """What is odd about a rate beside the budget rate of its pair, if anything is."""
    pair, path, quantity = given
    value, what = quantity.exact, f"{'the rate of ' if path[-1] != 'start' else ''}{path[-1]}"
    near = math.log(value) - math.log(budget.exact), math.log(value) + math.log(budget.exact)
    meant = f"if {quantity.value} is meant, add unusual = true to [rates.{pair}]"
    if abs(near[0]) > _FAR_FROM_BUDGET and abs(near[1]) < _NEAR_INVERSE:
        wanted = f"{what} looks inverted: the budget rate is {budget.value}"
        remedy = f"write {path[-1]} = {number_text(1 / value)}, or mend the budget rate; {meant}"
        return Finding(path, wanted, str(quantity.value), remedy)
    low, high = budget.exact / _ABSURD, budget.exact * _ABSURD
    if not low <= value <= high:
        wanted = f"{what} is far from the budget rate {budget.value}: "
        wanted += f"one between {number_text(low)} and {number_text(high)} is wanted"
        remedy = f"mend it, or the budget rate; {meant}"
        return Finding(path, wanted, str(quantity.value), remedy)
    return None


def _volatilities(scenario: Scenario) -> Iterator[tuple[str, Path, float, float]]:
    """Every measure of movement: pair, place, the number, and the most of its kind."""
    law = scenario.exchange
    if isinstance(law, Moving):
        most = _VOLATILE / _A_MONTH[law.per]
        for pair, quantity in law.volatility.items():
            yield pair, ("exchange", "volatility", pair), float(quantity), most
        for pair, quantity in law.start_error.items():
            yield pair, ("exchange", "start_error", pair), float(quantity), _VOLATILE
    if isinstance(law, Bootstrap):
        for pair, changes in law.changes.items():
            size = math.sqrt(sum(float(change) ** 2 for change in changes) / len(changes))
            yield pair, ("exchange", "changes", pair), size, _VOLATILE


def _wild_rates(scenario: Scenario) -> Iterator[tuple[str, Finding]]:
    """Every rate that moves more than rates do, with its pair."""
    per = getattr(scenario.exchange, "per", "month")
    for pair, path, value, most in _volatilities(scenario):
        if value > most and pair in scenario.rates:
            a_time = f" a {per}" if path[1] == "volatility" else ""
            wanted = f"a standard deviation of the log rate of at most {most:.2g}{a_time} is wanted"
            remedy = f"write a fraction: {value / 100:.4g} for {value:.4g} %; if {value:.4g} is "
            remedy += f"meant, add unusual = true to [rates.{pair}]"
            yield pair, Finding(path, wanted, f"{value:.4g}", remedy)


def _odd_rates(scenario: Scenario) -> Iterator[tuple[str, Finding]]:
    """Every odd rate with its pair, meant or not."""
    for given in (*_in_rates(scenario), *_elsewhere(scenario)):
        budget = _budget_rate(scenario, given[0])
        finding = _odd(given, budget) if budget is not None else None
        if finding is not None:
            yield given[0], finding


def rates_can_be_meant(scenario: Scenario) -> Iterator[Finding]:
    """Starts, observed months, forward rates, levels and paths lie near the budget rate.

    A rate near 1/budget and far from budget was most likely quoted the other way round; one more
    than twice the budget rate, or less than half of it, is a slip of the point or of the unit.
    So is a rate that moves by 15 % or more in a usual month: percent written as a fraction.
    """
    tables: dict[tuple[str, Path], list[Finding]] = {}
    for pair, finding in (*_odd_rates(scenario), *_wild_rates(scenario)):
        if not scenario.rates[pair].unusual:
            tables.setdefault((pair, finding.path[:-1]), []).append(finding)
    for first, *more in tables.values():
        also = f", and {len(more)} more here" if more else ""
        yield replace(first, wanted=first.wanted + also)


def unusual_is_needed(scenario: Scenario) -> Iterator[Finding]:
    """`unusual = true` on a rate like any other would change nothing."""
    odd = {pair for pair, _ in (*_odd_rates(scenario), *_wild_rates(scenario))}
    for pair, rate in well_quoted(scenario).items():
        if rate.unusual and pair not in odd:
            wanted = "nothing about this rate is unusual, this would be ignored"
            yield Finding(("rates", pair, "unusual"), wanted, "true", "remove it")


CHECKS = (rates_can_be_meant, unusual_is_needed)
