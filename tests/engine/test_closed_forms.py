"""Whole simulations against closed forms: the budget is chosen so that the answer is known."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy.special import ndtr, ndtri

from simulator.engine import simulate
from simulator.scenario.model import Scenario

DRAWS = 65_536


def _pledge_only(data: dict[str, Any]) -> Scenario:
    """One pledge in the budget's currency, on time: receipts are Bernoulli × log-normal."""
    data["pledges"][0] |= {"currency": "EUR", "delay_months": 0, "received": {"2031": 1}}
    data["inflows"]["stated_in"] = "EUR"
    return Scenario.model_validate(data)


@pytest.mark.parametrize("sampler", ["sobol", "lhs", "random"])
def test_bernoulli_times_lognormal(small_dict: dict[str, Any], sampler: str) -> None:
    """Mean p·m·e^(σ²/2), variance and percentiles of a pledge that may not arrive."""
    p, median, sigma = 0.8, 1_000_000.0, 0.2
    found = simulate(_pledge_only(small_dict), draws=DRAWS, sampler=sampler)
    receipts = found.get("xb_receipts_eur", "2031")
    mean = p * median * math.exp(sigma**2 / 2)
    second = p * median**2 * math.exp(2 * sigma**2)
    sd = math.sqrt(second - mean**2)
    error = sd / math.sqrt(DRAWS)
    assert receipts.mean() == pytest.approx(mean, abs=4 * error)
    assert receipts.std() == pytest.approx(sd, rel=0.02)
    assert np.mean(receipts == 0) == pytest.approx(0.2, abs=4 * math.sqrt(0.16 / DRAWS))
    for level in (0.3, 0.5, 0.9):
        exact = median * math.exp(sigma * float(ndtri((level - (1 - p)) / p)))
        below = float(np.mean(receipts <= exact))
        assert below == pytest.approx(level, abs=4 * math.sqrt(level * (1 - level) / DRAWS))


def test_the_shortfall_of_a_pledge_is_that_of_its_law(small_dict: dict[str, Any]) -> None:
    """E max(0, plan − X) of Bernoulli × log-normal, by the Black-Scholes put."""
    p, median, sigma = 0.8, 1_000_000.0, 0.2
    found = simulate(_pledge_only(small_dict), draws=DRAWS)
    plan = p * median
    forward = median * math.exp(sigma**2 / 2)
    d2 = (math.log(plan / median)) / sigma
    put = plan * float(ndtr(d2)) - forward * float(ndtr(d2 - sigma))
    exact = (1 - p) * plan + p * put
    shortfall = found.get("xb_shortfall_eur", "2031")
    error = float(shortfall.std()) / math.sqrt(DRAWS)
    assert shortfall.mean() == pytest.approx(exact, abs=4 * error)


def test_a_budget_of_one_post_by_hand(small_dict: dict[str, Any]) -> None:
    """One post of 100, vacancy 10 % against 5 % budgeted, 15 % in dollars that rose by a tenth."""
    small_dict["posts"] = [{"office": "Here", "fund": "RB", "grade": "P2", "posts": 1}]
    small_dict["grades"] = {"P2": small_dict["grades"]["P2"]}
    for key in ("post_changes", "inflows", "pledges", "windows", "income"):
        small_dict.pop(key)
    small_dict["categories"]["professional"] |= {
        "vacancy": 0.10,
        "delayed_recruitment": 0,
        "standard_cost_error": 0.02,
    }
    small_dict["lines"]["travel"] |= {"price_error": 0}
    small_dict["inflation"]["euro"] |= {"sd": 0, "start": 0}
    small_dict["exchange"] = {"law": "fixed", "at": "start"}
    small_dict["rates"]["eur_per_usd"]["start"] = 0.99
    found = simulate(Scenario.model_validate(small_dict), draws=1)
    first = 100_000 * 1.02 * 1.02 * (0.90 / 0.95) * (0.85 + 0.15 * 1.1)
    assert found.get("posts_eur", "2031")[0] == pytest.approx(first, rel=1e-9)
    assert found.get("posts_eur", "2032")[0] == pytest.approx(first * 1.01, rel=1e-9)
    travel = 200_000 * 1.01 * (1 + 0.5 * 0.1)
    assert found.get("non_posts_eur", "2031")[0] == pytest.approx(travel, rel=1e-9)
    owed = (first + travel) / 3 / 0.99
    assert found.get("contribution_usd.A", "2031")[0] == pytest.approx(owed, rel=1e-9)


def test_inflation_alone_has_the_closed_form_spread(small_dict: dict[str, Any]) -> None:
    """With only price surprises the log of next to nothing else moves: sd of posts is k·sd."""
    small_dict["categories"]["professional"] |= {"vacancy": 0.05, "standard_cost_error": 0}
    small_dict["exchange"] = {"law": "fixed", "at": "budget"}
    found = simulate(Scenario.model_validate(small_dict), draws=DRAWS)
    posts = found.get("posts_eur", "2031")
    central = float(np.mean(posts))
    assert posts.std() / central == pytest.approx(0.01, rel=4 / math.sqrt(2 * DRAWS))
    second = found.get("posts_eur", "2032")
    # (1 + u1)(1 + u2) with u2 = u1/2 + sd·ε: to first order 1.5·ε1 + ε2
    wanted = 0.01 * math.sqrt(1.5**2 + 1)
    assert second.std() / float(np.mean(second)) == pytest.approx(wanted, rel=0.01)
