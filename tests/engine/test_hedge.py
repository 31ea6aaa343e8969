"""Forward cover through the engine: certain at 1, the plain run at 0, linear between."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from simulator.engine import simulate
from simulator.engine.hedge import amounts, covered, forward_rate, hedge, shortfall
from simulator.scenario.model import Scenario
from simulator.scenario.numbers import Quantity
from simulator.scenario.parts import Interest

RATES = {2031: 0.91, 2032: 0.93}
OWED = "contribution_usd.A"


def _interest(home: str, abroad: str) -> Interest:
    return Interest(home=Quantity(value=Decimal(home)), abroad=Quantity(value=Decimal(abroad)))


def test_covered_parity() -> None:
    """F = S·(1 + i)/(1 + i*) after a year, its square after two, S where both are alike."""
    assert forward_rate(0.9, _interest("0.02", "0.05"), 12) == pytest.approx(0.9 * 1.02 / 1.05)
    twice = 0.9 * (1.02 / 1.05) ** 2
    assert forward_rate(0.9, _interest("0.02", "0.05"), 24) == pytest.approx(twice)
    assert forward_rate(0.9, _interest("0.03", "0.03"), 17) == 0.9


def test_cover_0_equals_no_cover_bit_for_bit(small: Scenario) -> None:
    """Every output of the run, not only what the parent owes."""
    plain, none = simulate(small), simulate(covered(small, "A", 0.0, RATES))
    for name in plain:
        assert plain[name].tobytes() == none[name].tobytes(), name


def test_full_cover_leaves_only_the_budget_currency(small: Scenario) -> None:
    """Each year is the contribution at its forward rate, so its spread is that side's alone."""
    found = simulate(covered(small, "A", 1.0, RATES))
    for year, rate in RATES.items():
        owed, own = found.get(OWED, str(year)), found.get("contribution_eur.A", str(year))
        np.testing.assert_allclose(owed, own / rate, rtol=1e-12)
        assert owed.var() == pytest.approx(own.var() / rate**2, rel=1e-9)
        assert owed.var() < simulate(small).get(OWED, str(year)).var()


def test_with_a_certain_budget_full_cover_is_certain(small_dict: dict[str, Any]) -> None:
    """Only the rate moves: not a cent of variance is left."""
    small_dict["categories"]["professional"] |= {
        "vacancy": 0.05, "standard_cost_error": 0, "exposure": {},
    }  # fmt: skip
    small_dict["inflation"]["euro"] |= {"sd": 0, "start": 0}
    small_dict["lines"]["travel"] |= {"price_error": 0, "exposure": {}}
    small_dict["income"]["rent"]["estimate"] = 20
    found = hedge(Scenario.model_validate(small_dict), "A", (0.0, 1.0), RATES)
    assert found.covers[0].sd.value > 0
    assert found.covers[1].sd.value == 0.0


def test_a_ratio_between_is_what_the_engine_makes_of_it(small: Scenario) -> None:
    """The mixture of two runs equals a run under the policy itself."""
    open_, full = (simulate(covered(small, "A", c, RATES)).get(OWED, "2031") for c in (0.0, 1.0))
    run = simulate(covered(small, "A", 0.4, RATES)).get(OWED, "2031")
    np.testing.assert_allclose(amounts(0.4, open_, full), run, rtol=1e-12)


def test_ratios_by_hand(small: Scenario) -> None:
    """Means, tails and changes of the draws themselves; the spread on the covered part."""
    found = hedge(small, "A", (0.0, 0.5), RATES, half_spread=0.001)
    nothing, half = found.covers
    period = small.periods[-1]
    open_, full = (simulate(covered(small, "A", c, RATES)).get(OWED, period) for c in (0.0, 1.0))
    mixed = 0.5 * (open_ + full)
    assert half.mean.value == pytest.approx(mixed.mean())
    assert half.mean.change == pytest.approx(mixed.mean() - open_.mean())
    assert half.p95.value == pytest.approx(np.quantile(mixed, 0.95))
    assert half.shortfall.value == pytest.approx(np.sort(mixed)[-26:].mean())
    assert half.at_spread == pytest.approx(0.5 * full.mean() * (1 / 0.999 - 1))
    apart = [float((mixed - open_)[r::4].mean()) for r in range(4)]
    assert half.mean.change_error == pytest.approx(np.std(apart, ddof=1) / 2)
    assert (nothing.mean.change, nothing.p95.change, nothing.at_spread) == (0.0, 0.0, 0.0)


def test_shortfall_of_few_draws() -> None:
    """At least the worst draw."""
    assert shortfall(np.array([3.0, 1.0, 2.0])) == 3.0


def test_interest_moves_no_draw(small: Scenario, varied: Callable[..., Scenario]) -> None:
    """It is what cover is priced with, and nothing else."""
    interest = {"home": 0.02, "abroad": {"value": 0.05, "source": "a bank"}}
    other = varied(**{"rates.eur_per_usd.interest": interest})
    one, two = simulate(small), simulate(other)
    assert all(one[name].tobytes() == two[name].tobytes() for name in one)
