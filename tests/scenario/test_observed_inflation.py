"""Inflation that is known stands where it was drawn, and the next year goes on from it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from pydantic import ValidationError

from simulator.engine import simulate
from simulator.errors import InputError
from simulator.scenario.model import Scenario

LAW = {
    "law": "ar1", "sd": 0.01, "persistence": 0.5,
    "centre": {"2031": 0.02, "2032": 0.02}, "observed": {"2031": 0.05},
}  # fmt: skip


def test_a_known_year_is_fixed(varied: Callable[..., Scenario]) -> None:
    """2031 is 5 %; 2032 goes on from its surprise of three points, half of which persists."""
    drawn = simulate(varied(**{"inflation.euro": LAW}), draws=4096)["inflation.euro"]
    assert drawn[:, 0] == pytest.approx(0.05, abs=1e-12)
    error = 0.01 / np.sqrt(4096)
    assert abs(float(drawn[:, 1].mean()) - (0.02 + 0.5 * 0.03)) < 4 * error


def test_nothing_else_moves(varied: Callable[..., Scenario]) -> None:
    """Draws of all other factors are the same."""
    one = simulate(varied(**{"inflation.euro": {k: v for k, v in LAW.items() if k != "observed"}}))
    other = simulate(varied(**{"inflation.euro": LAW}))
    for name in ("rate.eur_per_usd", "xb_receipts_usd", "income_eur"):
        assert np.array_equal(one[name], other[name])


def test_without_a_centre_it_is_refused(varied: Callable[..., Scenario]) -> None:
    """A surprise is the distance from it."""
    law = {**LAW, "centre": {"2032": 0.02}}
    with pytest.raises((InputError, ValidationError), match="centre of 2031 is wanted"):
        varied(**{"inflation.euro": law})
