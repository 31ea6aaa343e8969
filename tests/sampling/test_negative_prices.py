"""Surprises of inflation that would turn costs negative are refused, with their probability."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from simulator.engine import Plan
from simulator.errors import InputError
from simulator.sampling.inflation import inflation_law, negative_prices
from simulator.scenario.model import Scenario

Varied = Callable[..., Scenario]


def varied_inflation(varied: Varied, weight: float, **law: Any) -> Scenario:
    """The small budget with its travel exposed to this law by this weight."""
    return varied(**{"inflation.euro": law, "lines.travel.inflation": {"euro": weight}})


@pytest.mark.parametrize(
    ("weight", "law"),
    [
        (6.0, {"sd": 0.15, "persistence": 0.5}),
        (-4.0, {"sd": 0.2, "persistence": 0.9, "start": 0.1, "last_published": 2028}),
        (3.0, {"sd": 0.18, "persistence": -0.4}),
    ],
)
def test_the_probability_is_that_of_the_draws(
    varied: Varied, weight: float, law: dict[str, Any]
) -> None:
    """The stated probability is the part of simulated prices at or below zero, worst year."""
    scenario = varied_inflation(varied, weight, **law)
    found = {problem.key: problem for problem in negative_prices(scenario, 1e-3)}
    problem = found["lines.travel.inflation.euro"]
    stated = float(problem.value.rpartition(" ")[2])
    path, count = inflation_law(scenario, "euro"), 400_000
    normals = np.random.default_rng(1).standard_normal((count, path.components))
    drawn = path.path(np.asfortranarray(normals), np.empty((count, 0)))
    parts = (1 + weight * drawn <= 0).mean(axis=0)
    year = scenario.years[int(np.argmax(parts))]
    assert f"in {year} " in problem.value
    error = 4 * np.sqrt(stated / count) + 0.05 * stated  # two digits are shown
    assert parts.max() == pytest.approx(stated, abs=error)


@pytest.mark.parametrize(
    ("weight", "law", "refused"),
    [
        (1, {"sd": 0.2}, False),
        (1, {"sd": 0.2, "persistence": 0.99, "last_published": 2025}, True),
        (1, {"sd": 0.2, "degrees_of_freedom": 3}, True),
        (4, {"sd": 0.0105, "persistence": 0.7, "degrees_of_freedom": 5}, False),
        (0, {"sd": 0.2}, False),
        (-6, {"sd": 0, "start": 0.2, "persistence": 0.9}, True),
        (-6, {"sd": 0}, False),
    ],
)
def test_only_what_happens_often_is_refused(
    varied: Varied, weight: float, law: dict[str, Any], refused: bool
) -> None:
    """A probability of 0.001 is the line; heavier tails, weights and persistence all count."""
    found = list(negative_prices(varied_inflation(varied, weight, **law), 1e-3))
    assert bool(found) == refused


def test_a_run_refuses_negative_prices(varied: Varied) -> None:
    """What `sim validate` and `sim run` make of it: one message with a remedy."""
    with pytest.raises(InputError) as caught:
        Plan(varied_inflation(varied, 6, sd=0.2))
    (problem,) = caught.value.problems
    assert "turn costs negative" in problem.wanted
    assert "0.01 is one percentage point" in problem.remedy
