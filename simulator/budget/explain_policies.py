"""The policies explained: what a parent owes in its own currency and what that leaves behind.

Formula by formula what `budget.policies` does with arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from simulator.budget.explain_cascade import contribution, in_units
from simulator.budget.explain_inputs import (
    Book,
    budget_rate,
    constant,
    given,
    made,
    rate,
    remembered,
    stored,
)
from simulator.budget.explain_published import printed_contribution
from simulator.budget.steps import Step, Term, as_term
from simulator.scenario.parts import Forward, Split
from simulator.scenario.policies import FurtherPolicy
from simulator.units import parse_share


@remembered
def proposed_amount(book: Book, parent: str, y: int) -> Step:
    """The published contribution of a year, in whole units of the budget's currency."""
    year = str(book.plan.years[y])
    printed = in_units(book, printed_contribution(book, parent, year))
    return made(f"contribution of {parent} {year}, proposed", printed, book.budget_currency)


def _pair(book: Book, parent: str) -> str:
    return book.scenario.pair(book.scenario.parents[parent].assessed_in)


def _rate(book: Book, parent: str, y: int) -> Step:
    return rate(book, _pair(book, parent), y)


@remembered
def fixed(book: Book, parent: str, y: int) -> Step:
    """The proposed contribution at the budget rate."""
    term = proposed_amount(book, parent, y) / budget_rate(book, _pair(book, parent))
    words = f"fixed amount of {parent} {book.plan.years[y]}"
    return made(words, term, book.scenario.parents[parent].assessed_in)


def _recosted(book: Book, parent: str, y: int) -> Term:
    return contribution(book, parent, y) / _rate(book, parent, y)


def _fixed_gain(book: Book, parent: str, y: int) -> Term:
    change = _rate(book, parent, y) - budget_rate(book, _pair(book, parent))
    return fixed(book, parent, y) * change


def _fixed_balance(book: Book, parent: str, y: int) -> Term:
    received = fixed(book, parent, y) * _rate(book, parent, y)
    return received - contribution(book, parent, y)


def _forward(book: Book, parent: str, y: int) -> Term:
    """The covered fraction at the forward rate of its year, the rest at the year's rate."""
    policy, at = book.scenario.parents[parent].policy, f"parents.{parent}.policy"
    assert isinstance(policy, Forward)  # noqa: S101 - the registry pairs them
    year, due = book.plan.years[y], contribution(book, parent, y)
    cover = given(f"cover of {parent}", f"{at}.cover", policy.cover)
    agreed = given(f"forward rate of {parent} {year}", f"{at}.rates.{year}", policy.rates[year])
    return cover * (due / agreed) + (1.0 - cover) * (due / _rate(book, parent, y))


def _split(book: Book, parent: str) -> tuple[Split, Step]:
    """The policy, and the part that is paid in the budget's currency."""
    policy, key = book.scenario.parents[parent].policy, f"parents.{parent}.policy"
    assert isinstance(policy, Split)  # noqa: S101 - the registry pairs them
    name = ("part in budget currency", parent)
    if name not in book.steps:
        part = float(parse_share(policy.in_budget_currency))
        words = f"part that {parent} pays in {book.budget_currency} ({policy.in_budget_currency})"
        book.steps[name] = constant(words, part, f"{key}.in_budget_currency")
    return policy, book.steps[name]


@remembered
def paid_own(book: Book, parent: str, y: int) -> Step:
    """The part of a split contribution that is paid in the parent's own currency."""
    policy, part = _split(book, parent)
    own = book.scenario.parents[parent].assessed_in
    rest = (
        fixed(book, parent, y)
        if policy.rest == "budget_rate"
        else made(f"contribution of {parent} at the year's rate", _recosted(book, parent, y), own)
    )
    return stored(book, f"paid_{own.lower()}.{parent}", y, (1.0 - part) * rest, own)


@remembered
def paid_budget(book: Book, parent: str, y: int) -> Step:
    """The part of a split contribution that is paid in the budget's currency."""
    _, part = _split(book, parent)
    term = part * contribution(book, parent, y)
    return stored(book, f"paid_{book.plan.currency}.{parent}", y, term)


def _split_amount(book: Book, parent: str, y: int) -> Term:
    turned = paid_budget(book, parent, y) / _rate(book, parent, y)
    return paid_own(book, parent, y) + turned


def _split_left(whole: Callable[[Book, str, int], Term], what: str) -> Callable[..., Term]:
    """What the part at the rest's policy leaves with the organization."""

    def left(book: Book, parent: str, y: int) -> Term:
        policy, part = _split(book, parent)
        if policy.rest != "budget_rate":
            return _nothing(book, parent, y)
        words = f"{what} of {parent} if all were at the budget rate {book.plan.years[y]}"
        return (1.0 - part) * made(words, whole(book, parent, y), book.budget_currency)

    return left


def _nothing(book: Book, parent: str, y: int) -> Term:
    """Nothing is left with the organization."""
    return as_term(0.0)


_Formula = Callable[[Book, str, int], Term]

AMOUNT: Mapping[str, _Formula] = {
    "recosted": _recosted,
    "budget_rate": lambda book, parent, y: fixed(book, parent, y).term(),
    "own_currency": lambda book, parent, y: contribution(book, parent, y).term(),
    "forward": _forward,
    "split": _split_amount,
}
GAIN: Mapping[str, _Formula] = {
    "budget_rate": _fixed_gain,
    "split": _split_left(_fixed_gain, "exchange gain"),
}
BALANCE: Mapping[str, _Formula] = {
    "budget_rate": _fixed_balance,
    "split": _split_left(_fixed_balance, "balance"),
}


def _further(book: Book, parent: str) -> FurtherPolicy | None:
    """The policy, if it stands in a file of its own: its formulas work on steps as on draws."""
    policy = book.scenario.parents[parent].policy
    return policy if isinstance(policy, FurtherPolicy) else None


def _owed(book: Book, parent: str, y: int) -> Term:
    if policy := _further(book, parent):
        due, fixed_amount = contribution(book, parent, y), fixed(book, parent, y)
        return as_term(policy.owed(due, _rate(book, parent, y), fixed_amount))
    return AMOUNT[book.scenario.parents[parent].policy.kind](book, parent, y)


def _gained(book: Book, parent: str, y: int) -> Term:
    if policy := _further(book, parent):
        change = _rate(book, parent, y) - budget_rate(book, _pair(book, parent))
        return as_term(policy.gain(fixed(book, parent, y), change))
    return GAIN.get(book.scenario.parents[parent].policy.kind, _nothing)(book, parent, y)


def _left(book: Book, parent: str, y: int) -> Term:
    if _further(book, parent):
        return owed(book, parent, y) * _rate(book, parent, y) - contribution(book, parent, y)
    return BALANCE.get(book.scenario.parents[parent].policy.kind, _nothing)(book, parent, y)


def _source(book: Book, parent: str) -> str:
    return f"policy {book.scenario.parents[parent].policy.kind}"


@remembered
def owed(book: Book, parent: str, y: int) -> Step:
    """The contribution in the parent's own currency under its policy."""
    its = book.scenario.parents[parent]
    output = f"contribution_{its.assessed_in.lower()}.{parent}"
    term = _owed(book, parent, y)
    return stored(book, output, y, term, its.assessed_in, _source(book, parent))


@remembered
def exchange_gain(book: Book, parent: str, y: int) -> Step:
    """What the organization gains because the rate was not the budget rate."""
    term = _gained(book, parent, y)
    output = f"exchange_gain_{book.plan.currency}.{parent}"
    return stored(book, output, y, term, source=_source(book, parent))


@remembered
def balance(book: Book, parent: str, y: int) -> Step:
    """What the organization receives at the year's rate less what it needed."""
    term = _left(book, parent, y)
    output = f"balance_{book.plan.currency}.{parent}"
    return stored(book, output, y, term, source=_source(book, parent))
