"""The five policies by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter

from simulator.budget.policies import POLICIES, Terms, assess
from simulator.scenario.parts import Policy

ADAPTER: TypeAdapter[Any] = TypeAdapter(Policy)


def _terms(policy: dict[str, Any], contribution: float = 1200.0, rate: float = 1.0) -> Terms:
    return Terms(
        policy=ADAPTER.validate_python(policy),
        years=(2031,),
        contribution=(np.array([contribution]),),
        proposed=(1100.0,),
        rate=(np.array([rate]),),
        budget_rate=1.25,
    )


def _first(by_year: Any) -> float:
    return float(np.asarray(by_year[0]).ravel()[0])


def test_recosted_divides_by_the_years_rate() -> None:
    """1200 at 1.00 is 1200; the organization gains and loses nothing."""
    found = assess(_terms({"kind": "recosted"}))
    assert _first(found.amount) == 1200.0
    assert (_first(found.exchange_gain), _first(found.balance)) == (0.0, 0.0)


def test_budget_rate_is_fixed_and_leaves_the_loss_with_the_organization() -> None:
    """1100/1.25 = 880, worth 880 at 1.00: 220 lost on exchange, 320 short of the 1200 needed."""
    found = assess(_terms({"kind": "budget_rate"}))
    assert _first(found.amount) == 880.0
    assert _first(found.exchange_gain) == pytest.approx(-220.0)
    assert _first(found.balance) == pytest.approx(-320.0)


def test_own_currency_is_the_contribution() -> None:
    """The parent pays in the budget's currency."""
    found = assess(_terms({"kind": "own_currency"}))
    assert _first(found.amount) == _first(found.paid_budget) == 1200.0


def test_forward_covers_a_fraction() -> None:
    """Half at 1.20, half at 1.00: 500 + 600."""
    found = assess(_terms({"kind": "forward", "cover": 0.5, "rates": {2031: 1.2}}))
    assert _first(found.amount) == pytest.approx(1100.0)


def test_forward_without_cover_is_recosted_bit_for_bit() -> None:
    """Cover 0 changes no bit."""
    rates = np.random.default_rng(1).uniform(0.7, 1.7, 1000)
    terms = _terms({"kind": "forward", "cover": 0, "rates": {2031: 1.2}})
    terms = Terms(**{f: getattr(terms, f) for f in terms.__slots__} | {"rate": (rates,)})
    assert np.array_equal(assess(terms).amount[0], 1200.0 / rates)


def test_forward_with_full_cover_does_not_move_with_the_rate() -> None:
    """Cover 1: the amount is the contribution at the forward rate."""
    for rate in (0.8, 1.0, 1.4):
        found = assess(_terms({"kind": "forward", "cover": 1, "rates": {2031: 1.2}}, rate=rate))
        assert _first(found.amount) == pytest.approx(1000.0)


def test_split_pays_in_both_currencies() -> None:
    """A quarter in the budget's currency (300), the rest of the fixed 880: 660; together 960."""
    found = assess(_terms({"kind": "split", "in_budget_currency": "1/4"}))
    assert _first(found.paid_budget) == pytest.approx(300.0)
    assert _first(found.paid_own) == pytest.approx(660.0)
    assert _first(found.amount) == pytest.approx(960.0)
    assert _first(found.exchange_gain) == pytest.approx(-165.0)


def test_split_recosted_owes_the_whole_contribution() -> None:
    """With the rest at the year's rate both parts together are worth the contribution."""
    policy = {"kind": "split", "in_budget_currency": 0.4, "rest": "recosted"}
    found = assess(_terms(policy, rate=1.6))
    assert _first(found.amount) * 1.6 == pytest.approx(1200.0)
    assert _first(found.balance) == 0.0


@pytest.mark.parametrize("kind", sorted(POLICIES))
def test_what_is_received_and_what_is_left_add_up(kind: str) -> None:
    """Paid own × rate + paid budget = contribution + balance, for every policy."""
    extra = {
        "forward": {"cover": 0.3, "rates": {2031: 1.2}},
        "split": {"in_budget_currency": "1/3"},
    }.get(kind, {})
    terms = _terms({"kind": kind, **extra}, rate=1.1)
    found = assess(terms)
    if kind == "forward":
        return_at_forward = 0.3 * 1200 / 1.2 * 1.2 + 0.7 * 1200 / 1.1 * 1.1
        assert return_at_forward == pytest.approx(1200 + _first(found.balance))
        return
    received = _first(found.paid_own) * 1.1 + _first(found.paid_budget)
    assert received == pytest.approx(1200 + _first(found.balance))
