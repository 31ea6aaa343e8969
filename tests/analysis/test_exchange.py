"""Calibration formulas: by hand, by simulation, and by conditioning a Gaussian vector."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.analysis.exchange import blended_variance, end_from_averages

PATIENT = settings(deadline=None)
THETA = 2 - math.sqrt(3)
LIMIT = math.sqrt(3) / 6


def test_blended_variance_of_the_dollar_in_may_2007() -> None:
    """2.80 % over five years and 3.60 % since 1973 blend to 3.23 % a month (DESIGN, section 6)."""
    variance = blended_variance(0.0280**2 / 1.5, 0.0360**2 / 1.5)
    assert math.sqrt(variance) == pytest.approx(0.0323, abs=0.0001)  # of rounded inputs


def test_blended_variance_makes_month_ends_of_averages() -> None:
    """Equal mean squares v of averages give 1.5·v."""
    assert blended_variance(0.0004, 0.0004) == pytest.approx(0.0006)
    assert blended_variance(0.0004, 0.0) == pytest.approx(0.0003)


def conditioned(months: int, steps: int) -> tuple[np.ndarray, float]:
    """Weights of the averages in E[end | averages] and its variance, σ² = 1, by linear algebra.

    A walk of `steps` a month starts at an unknown level (a diffuse prior: weights that sum to 1);
    averages over the steps of a month, the end is the last step. steps = 0: continuous time, with
    exact covariances of a Brownian motion from the end of month 0.
    """
    if steps:
        count = months * steps
        walk = np.tril(np.ones((count, count))) / math.sqrt(steps)
        rows = np.repeat(np.eye(months), steps, axis=1) / steps @ walk
        cov, cross, end = rows @ rows.T, rows @ walk[-1], float(walk[-1] @ walk[-1])
    else:
        t = np.arange(months)
        cov = np.minimum.outer(t, t) + 0.5 - np.eye(months) / 6  # Cov of averages
        cross, end = t + 0.5, float(months)
    ones = np.ones(months)  # a unit vector of the unknown level: Lagrange multiplier
    system = np.block([[cov, ones[:, None]], [ones[None, :], np.zeros((1, 1))]])
    solution = np.linalg.solve(system, np.append(cross, 1.0))
    weights = solution[:months]
    return weights, end - 2 * float(weights @ cross) + float(weights @ cov @ weights)


@pytest.mark.parametrize("months", [1, 2, 3, 7, 60])
def test_the_end_is_the_exact_conditional_mean(months: int) -> None:
    """Weights and variance equal those of conditioning the joint Gaussian law of all averages."""
    weights, variance = conditioned(months, 0)
    found = [end_from_averages(row) for row in np.eye(months)]
    assert [level for level, _ in found] == pytest.approx(weights.tolist(), abs=1e-10)
    assert found[0][1] == pytest.approx(variance, abs=1e-10)


def test_the_limit_is_that_of_the_moving_average() -> None:
    """Many months: end = A_n + θ·ε_n with θ = 2 − √3, variance (⅔)/(1 + θ²) − ⅓ = √3/6 = 0.2887."""
    log_averages = np.random.default_rng(8).standard_normal(80).cumsum()
    surprise = 0.0
    for change in np.diff(log_averages):
        surprise = change - THETA * surprise
    level, variance = end_from_averages(log_averages)
    assert level == pytest.approx(log_averages[-1] + THETA * surprise, abs=1e-12)
    assert variance == pytest.approx((2 / 3) / (1 + THETA**2) - 1 / 3, abs=1e-14)
    assert variance == pytest.approx(LIMIT, abs=1e-14)


def test_the_end_by_simulation() -> None:
    """4000 walks of 24 months in 200 steps: no bias, variance √3/6 of σ², within 4 s.e."""
    rng, sd, steps = np.random.default_rng(21), 0.03, 200
    changes = rng.standard_normal((4000, 24 * steps)) * sd / math.sqrt(steps)
    walks = changes.cumsum(axis=1)
    # The mean of a step's both ends: the average of a path in continuous time, to 1/steps².
    middles = (walks - changes / 2).reshape(4000, 24, steps).mean(axis=2)
    errors = np.array([end_from_averages(row)[0] for row in middles]) - walks[:, -1]
    variance = LIMIT * sd**2
    assert errors.mean() == pytest.approx(0.0, abs=4 * math.sqrt(variance / 4000))
    assert errors.var() == pytest.approx(variance, rel=4 * math.sqrt(2 / 4000))


def test_averages_of_daily_rates_say_a_little_more() -> None:
    """With 21 rates a month the same estimate has variance 0.265 of σ²; no linear one has less."""
    _, best = conditioned(24, 21)
    weights, _ = conditioned(24, 0)
    steps = 21
    walk = np.tril(np.ones((24 * steps, 24 * steps))) / math.sqrt(steps)
    rows = np.repeat(np.eye(24), steps, axis=1) / steps @ walk
    error = weights @ rows - walk[-1]
    assert float(error @ error) == pytest.approx(0.265, abs=0.001)
    assert best <= float(error @ error) < LIMIT


def test_one_month_gives_its_own_average() -> None:
    """The end of the only month is its average, with variance ⅓."""
    assert end_from_averages(np.array([0.2])) == (0.2, pytest.approx(1 / 3))


@PATIENT
@given(st.lists(st.floats(-2, 2), min_size=1, max_size=30), st.floats(-3, 3))
def test_the_end_moves_with_the_level(values: list[float], shift: float) -> None:
    """Another unit of the rate moves the log level by as much, and no variance."""
    level, variance = end_from_averages(np.array(values))
    moved, same = end_from_averages(np.array(values) + shift)
    assert moved == pytest.approx(level + shift, abs=1e-9)
    assert same == variance
    assert LIMIT - 1e-12 <= variance <= 1 / 3 + 1e-12


@pytest.mark.parametrize("wrong", [np.array([]), np.array([0.1, math.nan]), np.zeros((3, 2))])
def test_an_end_wants_finite_averages(wrong: np.ndarray) -> None:
    """Nothing, a gap or a table is refused."""
    with pytest.raises(ValueError, match="monthly averages"):
        end_from_averages(wrong)
