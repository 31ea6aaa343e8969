"""Groups of drivers: shares of an output's uncertainty, frozen and drawn again."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from simulator.engine.sensitivity import groups_of, sensitivity
from simulator.scenario.model import Scenario
from simulator.scenario.parts import Sampling

Varied = Callable[..., Scenario]


def few(scenario: Scenario) -> Scenario:
    sampling = Sampling(**{**scenario.sampling.model_dump(), "draws": 4096, "replicates": 8})
    return scenario.model_copy(update={"sampling": sampling})


@pytest.mark.parametrize("target", ["mean", "p95", "ceiling"])
def test_effects_sum_to_one_and_lie_between(varied: Varied, target: str) -> None:
    """With independent groups a Shapley effect is between first-order and total index."""
    scenario = few(varied())
    period = scenario.periods[-1]
    found = sensitivity(scenario, "contribution_usd.A", period, ceiling=900.0e3)
    shares = found.targets[target]
    if target == "ceiling" and found.chances["ceiling"] in (0.0, 1.0):
        assert np.isnan(shares.effect).all()
        return
    assert shares.effect.sum() == pytest.approx(1.0, abs=1e-9)
    slack = 4 * (shares.effect_error + shares.first_error + shares.total_error)
    assert np.all(shares.effect >= shares.first - slack)
    assert np.all(shares.effect <= shares.total + slack)


def test_what_moves_nothing_has_no_share(varied: Varied) -> None:
    """The contribution in its own currency does not depend on the money of donors."""
    scenario = few(varied())
    assert "exchange" in groups_of(scenario)
    found = sensitivity(scenario, "contribution_eur.B", scenario.periods[-1])
    place = found.groups.index("vacancy")
    assert found.targets["mean"].total[place] > 0
