"""Who bears the exchange risk: how a contribution is stated in the parent's own currency.

Each policy is one function of `Terms`; `POLICIES` names them as scenarios do. Amounts are
per year; the organization's result is what it receives, turned into the budget's currency at the
year's rate, less the contribution that it needed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from simulator.budget.rates import ByYear, Value
from simulator.scenario.parts import Forward, Policy, Split
from simulator.scenario.policies import FurtherPolicy
from simulator.units import parse_share


@dataclass(frozen=True, slots=True)
class Terms:
    """What a policy works on, by year.

    `contribution` is the parent's share of the net and `proposed` its published contribution,
    both in the budget's currency; `rate` is the stage's rate in budget currency for one unit of
    the parent's own, `budget_rate` the rate written into the budget.
    """

    policy: Policy
    years: tuple[int, ...]
    contribution: ByYear
    proposed: tuple[float, ...]
    rate: ByYear
    budget_rate: float


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the parent owes by year and what that leaves with the organization.

    `amount` is stated in the parent's own currency; `paid_own` and `paid_budget` are the parts
    actually paid in each currency. `exchange_gain` is the gain (+) or loss (−) of the
    organization from the rate alone and `balance` all that it receives less what it needed,
    both in the budget's currency.
    """

    amount: ByYear
    paid_own: ByYear
    paid_budget: ByYear
    exchange_gain: ByYear
    balance: ByYear


def _years(terms: Terms, value: Callable[[int], Value]) -> ByYear:
    return tuple(value(y) for y in range(len(terms.years)))


def _zero(terms: Terms) -> ByYear:
    return (0.0,) * len(terms.years)


def recosted(terms: Terms) -> Assessment:
    """Set at the rates of the stage: the parent bears the exchange risk, the organization none."""
    amount = _years(terms, lambda y: terms.contribution[y] / terms.rate[y])
    return Assessment(amount, amount, _zero(terms), _zero(terms), _zero(terms))


def budget_rate(terms: Terms) -> Assessment:
    """The proposed contribution at the budget rate, fixed: the organization bears every change."""
    amount: ByYear = _years(terms, lambda y: terms.proposed[y] / terms.budget_rate)
    gain = _years(terms, lambda y: amount[y] * (terms.rate[y] - terms.budget_rate))
    balance = _years(terms, lambda y: amount[y] * terms.rate[y] - terms.contribution[y])
    return Assessment(amount, amount, _zero(terms), gain, balance)


def own_currency(terms: Terms) -> Assessment:
    """Assessed in the budget's currency: no exchange between parent and organization."""
    return Assessment(
        terms.contribution, _zero(terms), terms.contribution, _zero(terms), _zero(terms)
    )


def forward(terms: Terms) -> Assessment:
    """The covered fraction at the forward rate of its year, the rest at the year's rate."""
    assert isinstance(terms.policy, Forward)  # noqa: S101 - the registry pairs them
    cover = float(terms.policy.cover)
    at = [float(terms.policy.rates[year]) for year in terms.years]
    amount = _years(
        terms,
        lambda y: (
            cover * (terms.contribution[y] / at[y])
            + (1.0 - cover) * (terms.contribution[y] / terms.rate[y])
        ),
    )
    return Assessment(amount, amount, _zero(terms), _zero(terms), _zero(terms))


def split(terms: Terms) -> Assessment:
    """One part in the budget's currency, the rest in the parent's own under its own policy.

    The amount adds both parts, the first turned into the parent's currency at the year's rate.
    """
    assert isinstance(terms.policy, Split)  # noqa: S101 - the registry pairs them
    part = float(parse_share(terms.policy.in_budget_currency))
    rest = (budget_rate if terms.policy.rest == "budget_rate" else recosted)(terms)
    own = _years(terms, lambda y: (1.0 - part) * rest.amount[y])
    budget = _years(terms, lambda y: part * terms.contribution[y])
    return Assessment(
        amount=_years(terms, lambda y: own[y] + budget[y] / terms.rate[y]),
        paid_own=own,
        paid_budget=budget,
        exchange_gain=_years(terms, lambda y: (1.0 - part) * rest.exchange_gain[y]),
        balance=_years(terms, lambda y: (1.0 - part) * rest.balance[y]),
    )


POLICIES: Mapping[str, Callable[[Terms], Assessment]] = {
    "recosted": recosted,
    "budget_rate": budget_rate,
    "own_currency": own_currency,
    "forward": forward,
    "split": split,
}


def further(terms: Terms) -> Assessment:
    """A policy of a file of its own; the balance is what is received less what was needed."""
    policy = terms.policy
    assert isinstance(policy, FurtherPolicy)  # noqa: S101 - asked for that
    fixed = budget_rate(terms).amount
    due, rate, at = terms.contribution, terms.rate, terms.budget_rate
    amount: ByYear = _years(terms, lambda y: policy.owed(due[y], rate[y], fixed[y]))
    gain: ByYear = _years(terms, lambda y: policy.gain(fixed[y], rate[y] - at))
    balance = _years(terms, lambda y: amount[y] * rate[y] - due[y])
    return Assessment(amount, amount, _zero(terms), gain, balance)


def assess(terms: Terms) -> Assessment:
    """Apply the policy that the scenario declares."""
    if isinstance(terms.policy, FurtherPolicy):
        return further(terms)
    return POLICIES[terms.policy.kind](terms)
