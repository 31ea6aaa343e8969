"""The command of sensitivities: tornado, shares, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from simulator.analysis.variance import variance_shares
from simulator.errors import InputError
from simulator.runs.sensitivity import SensitivityAsk, sense, sensitivity_finding
from simulator.scenario.model import Scenario


@pytest.fixture
def few(small: Scenario) -> Scenario:
    """The small budget with few draws."""
    sampling = small.sampling.model_copy(update={"draws": 1024, "replicates": 4})
    return small.model_copy(update={"sampling": sampling})


def linear(weights: list[float], n: int, seed: int) -> tuple[list[Any], list[Any]]:
    """Columns of Σ aᵢXᵢ, Xᵢ standard normal and independent, for every coalition."""
    rng = np.random.default_rng(seed)
    one, other = rng.normal(size=(2, len(weights), n))
    a = np.array(weights)
    base = a @ one
    frozen = []
    for coalition in range(1 << len(weights)):
        kept = np.array([coalition >> i & 1 for i in range(len(weights))], dtype=bool)
        frozen.append(a @ np.where(kept[:, None], one, other))
    return [base] * len(frozen), frozen


def test_small_shares_have_small_errors() -> None:
    """A driver of 0.01 % is told from nothing: its index within two errors of the closed form."""
    weights = [1.0, 0.1, 0.01]
    bases, frozen = linear(weights, 8192, seed=4)
    found = variance_shares(bases, frozen, 8)
    squares = np.array(weights) ** 2
    wanted = squares / squares.sum()
    assert np.all(np.abs(found.first - wanted) <= 2 * found.first_error + 1e-12)
    assert np.all(np.abs(found.total - wanted) <= 2 * found.total_error + 1e-12)
    assert found.first_error[2] < 0.003
    assert np.all(found.first <= found.effect + 3 * found.first_error)


def test_the_tornado_is_of_one_driver_at_a_time(few: Scenario) -> None:
    """Each end by hand: a law with one driver, all others certain, at its tenth percentile."""
    sensed = sense(few, SensitivityAsk())
    assert [one.high - one.low for one in sensed.alone] == sorted(
        (one.high - one.low for one in sensed.alone), reverse=True
    )
    for one in sensed.alone:
        assert one.low <= sensed.centre * (1 + 1e-9) or one.driver == "exchange"
    inflows = next(one for one in sensed.alone if one.driver == "inflows")
    assert inflows.low == inflows.high == pytest.approx(sensed.centre)


def test_shares_add_up(few: Scenario) -> None:
    """Shapley effects to one, for the variance and for both events."""
    ceiling = 1.01 * sense(few, SensitivityAsk("A", "2031")).centre
    sensed = sense(few, SensitivityAsk("A", "2031", ceiling))
    for shares in sensed.found.targets.values():
        assert float(np.sum(shares.effect)) == pytest.approx(1, abs=1e-9)
    finding = sensitivity_finding(few, SensitivityAsk("A", "2031", ceiling), sensed)
    assert finding.settings["ceiling"] == ceiling


def test_a_ceiling_that_is_never_passed_is_said(few: Scenario) -> None:
    """Shares of an event that hardly happens are not made up."""
    ask = SensitivityAsk(ceiling=1e12)
    finding = sensitivity_finding(few, ask, sense(few, ask))
    assert "shares-ceiling" not in [listing.name for listing in finding.listings]
    assert "too rarely" in finding.warnings[0].template


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (SensitivityAsk("contribution_usd.B"), "an output or a parent is wanted"),
        (SensitivityAsk(period="2040"), "a period of the scenario is wanted"),
        (SensitivityAsk(ceiling=float("inf")), "a number is wanted"),
    ],
)
def test_what_cannot_be_asked_is_refused(few: Scenario, ask: SensitivityAsk, words: str) -> None:
    """With the nearest name."""
    with pytest.raises(InputError, match=words):
        sense(few, ask)


def test_the_command_says_it(sim: Any, small_file: str) -> None:
    """In words, as JSON, and kept for the report."""
    said = sim("sensitivity", small_file, "--draws", "512", "--ceiling", "310e3")
    assert said.code == 0
    assert "Shapley effect" in " ".join(said.out.split())
    document = json.loads(sim("sensitivity", small_file, "--draws", "512", "--json").out)
    assert document["listings"][0]["name"] == "tornado"
    assert sim("sensitivity", small_file, "--output", "net_xyz").code == 2
