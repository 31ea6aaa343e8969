"""Groups of drivers: shares of an output's uncertainty, frozen and drawn again."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from simulator.engine.sensitivity import sensitivity
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
    plain = sensitivity(scenario, "contribution_usd.A", period)
    ceiling = plain.mean + plain.sd / 2
    found = (
        sensitivity(scenario, "contribution_usd.A", period, ceiling)
        if target == "ceiling"
        else plain
    )
    shares = found.targets[target]
    assert shares.effect.sum() == pytest.approx(1.0, abs=1e-9)
    slack = 4 * (shares.effect_error + shares.first_error + shares.total_error)
    assert np.all(shares.effect >= shares.first - slack)
    assert np.all(shares.effect <= shares.total + slack)
