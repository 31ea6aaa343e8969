"""Each law of exchange month by month in a plain loop, from the same normals.

Moments cannot tell a shock from its mirror image; a path can.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter

from simulator.sampling.exchange import (
    LAWS,
    ResampledPath,
    Setting,
    monthly_sd,
    path_law,
    price_drift,
    within_sd,
)
from simulator.sampling.paths import Shocks, average_steps, step_loadings, walk_loadings
from simulator.scenario.exchange import Blended, Drawn
from simulator.units import Month, months_between

PAIR, OTHER = "eur_per_usd", "eur_per_gbp"
YEARS = [2031, 2032]
MONTHS = list(months_between(Month(2030, 11), Month(2032, 2)))
COUNT = len(MONTHS)
SETTING = Setting(PAIR, 0.9, MONTHS, YEARS)
ADAPTER: TypeAdapter[Any] = TypeAdapter(Drawn)
VOLATILITY = {"volatility": {PAIR: 0.03}}


def law(kind: str, **parts: Any) -> Any:
    """The law of exchange that a scenario with these keys has."""
    return ADAPTER.validate_python({"law": kind, **parts})


def normals(columns: int) -> np.ndarray:
    """Five draws."""
    return np.asfortranarray(np.random.default_rng(3).standard_normal((5, columns)))


def copied(z: np.ndarray) -> np.ndarray:
    """For a path to be written over."""
    return z.copy(order="F")


def along_a_walk(z: np.ndarray, sd: float, start: np.ndarray | float) -> np.ndarray:
    """Averages of a walk of one normal a month, by its changes."""
    shocks = Shocks(step_loadings(average_steps(COUNT)), MONTHS, YEARS).of(copied(z))
    logs = np.zeros((len(z), COUNT))
    for draw in range(len(z)):
        level = 0.0
        for t, (own, carried) in enumerate(average_steps(COUNT)):
            level += own * shocks[draw, t] + (carried * shocks[draw, t - 1] if t else 0.0)
            logs[draw, t] = level
    return np.exp(np.log(0.9) + np.reshape(start, (-1, 1)) + sd * logs)


@pytest.mark.parametrize(
    ("per", "measured_on", "sd"),
    [
        ("month", "ends", 0.03),
        ("month", "averages", 0.03 * math.sqrt(1.5)),
        ("year", "ends", 0.03 / math.sqrt(12)),
        ("day", "ends", 0.03 * math.sqrt(21.75)),
        ("day", "averages", 0.03 * math.sqrt(21.75 * 1.5)),
    ],
)
def test_a_volatility_is_turned_into_that_of_a_month(per: str, measured_on: str, sd: float) -> None:
    """261 trading days and 12 months a year; averages have two thirds of the variance."""
    walk = law("random_walk", **VOLATILITY, per=per, measured_on=measured_on)
    assert monthly_sd(walk, PAIR) == pytest.approx(sd, rel=1e-14)


@pytest.mark.parametrize("rate", [1e-5, 5e-4, 9.99e-4])
def test_a_slow_return_has_the_series(rate: float) -> None:
    """tanh's series gives κ²/12·(1 − κ²/10 + 17κ⁴/1680 − …) for 1 − 2·tanh(κ/2)/κ."""
    series = math.sqrt((1 - rate**2 / 10 + 17 * rate**4 / 1680) / 12)
    assert within_sd(rate) == pytest.approx(series, rel=3e-15)


@pytest.mark.parametrize("rate", [1e-3, 0.02, 0.5])
def test_a_return_has_the_closed_form(rate: float) -> None:
    """Up to what the difference of two nearly equal numbers loses, the series' next term is 31."""
    tail = 17 * rate**4 / 1680 - 31 * rate**6 / 30240
    series = math.sqrt((1 - rate**2 / 10 + tail) / 12)
    assert within_sd(rate) == pytest.approx(series, rel=3e-9 if rate < 0.1 else 1e-4)


@pytest.mark.parametrize("error", [0.0, 0.05])
def test_a_walk(error: float) -> None:
    """The last normal moves the start where that is estimated."""
    more = {"start_error": {PAIR: error}} if error else {}
    path = path_law(law("random_walk", **VOLATILITY, **more), SETTING)
    assert (path.components, path.common) == (COUNT + (error > 0), 0)
    z = normals(path.components)
    moved = error * z[:, -1]
    wanted = along_a_walk(z[:, :COUNT], 0.03, moved)
    np.testing.assert_allclose(path.path(copied(z), np.empty((5, 0))), wanted, rtol=1e-13)


def test_a_blended_path() -> None:
    """The drift in the middle of each month, the common scale on every month alike."""
    keys = {
        "inflation_differential": {PAIR: 0.02}, "real_gap": {PAIR: -0.1},
        "half_life_months": 24, "gap_closed": 0.4, "view": 0.5, "degrees_of_freedom": 6,
    }  # fmt: skip
    blended = law("blended", **VOLATILITY, **keys)
    drift = [
        0.5 * (-0.02 * (t + 0.5) / 12 - 0.1 * 0.4 * (1 - 2 ** (-(t + 0.5) / 24)))
        for t in range(COUNT)
    ]
    assert price_drift(blended, PAIR, COUNT).tolist() == pytest.approx(drift, rel=1e-13)
    path = path_law(blended, SETTING)
    assert (path.components, path.common) == (COUNT, 1)
    z, scale = normals(COUNT), np.array([[0.5], [1.0], [2.0], [0.1], [3.0]])
    still = along_a_walk(z, 0.03, 0.0) / 0.9
    wanted = 0.9 * np.exp(np.log(still) * scale + drift)
    np.testing.assert_allclose(path.path(copied(z), scale), wanted, rtol=1e-12)


def test_a_pair_without_a_view_does_not_drift() -> None:
    """Neither prices nor a gap are known of it."""
    blended = law("blended", volatility={PAIR: 0.03, OTHER: 0.04})
    assert isinstance(blended, Blended)
    assert price_drift(blended, OTHER, 5).tolist() == [0.0] * 5


def test_a_walk_of_calm_and_wild_months() -> None:
    """Both shocks of a month have its scale: half of the first counts in its own average."""
    path = path_law(law("student_walk", **VOLATILITY, start_error={PAIR: 0.02}), SETTING)
    assert (path.components, path.common) == (2 * COUNT + 1, COUNT)
    z = normals(path.components)
    scale = np.abs(np.random.default_rng(5).standard_normal((5, COUNT))) + 0.1
    shocks = Shocks(walk_loadings(COUNT), MONTHS, YEARS).of(copied(z))
    wanted = np.empty((5, COUNT))
    for draw in range(5):
        end = math.log(0.9) + 0.02 * z[draw, -1]
        for t in range(COUNT):
            e, w = (0.03 * scale[draw, t] * shocks[draw, k] for k in (t, COUNT + t))
            wanted[draw, t] = math.exp(end + e / 2 + w / math.sqrt(12))
            end += e
    np.testing.assert_allclose(path.path(copied(z), scale.copy(order="F")), wanted, rtol=1e-12)


@pytest.mark.parametrize("error", [0.0, 0.05])
def test_a_returning_path(error: float) -> None:
    """x_t = a·x_{t−1} + b·e_t about the level; the average from both ends and the bridge."""
    more = {"start_error": {PAIR: error}} if error else {}
    keys = {"towards": {PAIR: 1.1}, "half_life_months": 6, **more}
    path = path_law(law("ou", **VOLATILITY, **keys), SETTING)
    assert (path.components, path.common) == (2 * COUNT + (error > 0), 0)
    kappa = math.log(2) / 6
    keep, half = math.exp(-kappa), math.tanh(kappa / 2) / kappa
    step = math.sqrt((1 - keep**2) / (2 * kappa))
    rows = np.zeros((COUNT, 2 * COUNT))
    for t in range(COUNT):
        for s in range(t + 1):
            rows[t, s] += half * step * keep ** (t - s)
            if s < t:
                rows[t, s] += half * step * keep ** (t - 1 - s)
        rows[t, COUNT + t] = within_sd(kappa)
    z = normals(path.components)
    shocks = Shocks(rows, MONTHS, YEARS).of(copied(z))
    wanted = np.empty((5, COUNT))
    for draw in range(5):
        away = math.log(0.9 / 1.1) + error * z[draw, -1]
        for t in range(COUNT):
            after = keep * away + 0.03 * step * shocks[draw, t]
            inside = 0.03 * within_sd(kappa) * shocks[draw, COUNT + t]
            wanted[draw, t] = math.exp(math.log(1.1) + half * (away + after) + inside)
            away = after
    np.testing.assert_allclose(path.path(copied(z), np.empty((5, 0))), wanted, rtol=1e-11)


@pytest.mark.parametrize("block", [1, 3])
def test_resampled_months_by_hand(block: int) -> None:
    """A block starts where its uniform says, goes on in order and round the end."""
    changes = [0.01 * k for k in (3, -2, 5, 0, -6, 1, 2, -1, 4, -3, 6, -8)]
    path = path_law(law("bootstrap", changes={PAIR: changes}, block_months=block), SETTING)
    assert (path.components, path.common) == (COUNT, -(-COUNT // block))
    z = normals(COUNT)
    shared = np.random.default_rng(9).random((5, path.common))
    mean = sum(changes) / 12
    sd = math.sqrt(sum((c - mean) ** 2 for c in changes) / 12)
    for draw, found in enumerate(path.path(copied(z), shared)):
        level = math.log(0.9)
        for t in range(COUNT):
            first = int(shared[draw, t // block] * 12)
            change = changes[(first + t % block) % 12] - mean
            average = level + change / 2 + sd / math.sqrt(12) * z[draw, t]
            assert found[t] == pytest.approx(math.exp(average), rel=1e-13)
            level += change


def test_changes_of_averages_are_stretched() -> None:
    """Those of month ends have one and a half times their variance."""
    changes = [0.01, -0.02] * 6
    ends = path_law(law("bootstrap", changes={PAIR: changes}), SETTING)
    means = path_law(law("bootstrap", changes={PAIR: changes}, measured_on="averages"), SETTING)
    z, shared = normals(COUNT), np.random.default_rng(9).random((5, COUNT))
    ratio = np.log(means.path(copied(z), shared) / 0.9) / np.log(ends.path(copied(z), shared) / 0.9)
    np.testing.assert_allclose(ratio, math.sqrt(1.5), rtol=1e-10)
    assert isinstance(ends, ResampledPath)


def test_every_drawn_law_is_registered() -> None:
    """Five laws are drawn; the other two are given."""
    makers: dict[type, Callable[..., Any]] = dict(LAWS)
    assert sorted(one.__name__ for one in makers) == [
        "Blended", "Bootstrap", "OrnsteinUhlenbeck", "RandomWalk", "StudentWalk",
    ]  # fmt: skip
