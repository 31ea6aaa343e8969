"""Forecast laws against other closed forms, quadrature and draws."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import stdtr, stdtrit

from simulator.analysis.forecasts import DEGREES, Forecast, NormalForecast, StudentSum
from simulator.analysis.scores import crps, crps_student

UNIT = math.sqrt((DEGREES - 2) / DEGREES)
LAWS: list[Forecast] = [
    NormalForecast(1.5, 0.7),
    StudentSum(0.0, (1.0,)),
    StudentSum(0.9, (1.05, 0.735, 0.5145)),
    StudentSum(-2.0, (0.3, -0.3, 0.0, 2.0)),
    StudentSum(0.0, tuple(0.7**k for k in range(30))),
    StudentSum(0.0, tuple(0.7**k for k in range(80))),
]


def characteristic(weights: tuple[float, ...], t: np.ndarray) -> np.ndarray:
    """E exp(itX) of Σ c·T, from that of one t₅ variable."""
    a = math.sqrt(3) * np.abs(weights)[:, None] * t
    return np.prod(np.exp(-a) * (1 + a + a * a / 3), axis=0)


def crps_by_inversion(weights: tuple[float, ...], y: float) -> float:
    """(1/π)·∫ |φ(t) − exp(ity)|²/t² dt over t > 0 (Parseval), by Gauss-Legendre panels.

    Beyond 30/max|c| only 1/t² is left.
    """
    end = 30 / max(abs(c) for c in weights)
    nodes, weight = np.polynomial.legendre.leggauss(16)
    total = 1 / end
    for low, high in pairwise(np.linspace(0.0, end, 1001)):
        t = (low + high) / 2 + nodes * (high - low) / 2
        phi = characteristic(weights, t)
        square = (1 - phi) ** 2 + 4 * phi * np.sin(t * y / 2) ** 2
        total += float(weight @ (square / t**2)) * (high - low) / 2
    return total / math.pi


@pytest.mark.parametrize("law", LAWS)
def test_quantiles_invert_probabilities(law: Forecast) -> None:
    """cdf(ppf(u)) = u, from one in a million to the other side."""
    u = np.array([1e-6, 1e-3, 0.05, 0.3, 0.5, 0.5, 0.8, 0.999, 1 - 1e-6])
    x = law.ppf(u)
    assert np.all(np.diff(x) >= 0)
    assert law.cdf(x) == pytest.approx(u, abs=1e-13)
    assert float(law.ppf(np.array(0.5))) == pytest.approx(law.mean, abs=1e-12)
    assert law.ppf(u[:6].reshape(2, 3)).shape == (2, 3)


@pytest.mark.parametrize("law", LAWS)
def test_mean_and_deviation_are_those_of_the_quantiles(law: Forecast) -> None:
    """20 000 evenly spread quantiles have the stated mean and, to 1 %, the stated sd."""
    x = law.ppf((np.arange(20_000) + 0.5) / 20_000)
    assert x.mean() == pytest.approx(law.mean, abs=1e-9)
    assert x.std() == pytest.approx(law.sd, rel=0.01)


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("z", [-5.0, 0.0, 0.8])
def test_the_score_is_that_of_evenly_spread_quantiles(law: Forecast, z: float) -> None:
    """The ensemble's score at 5000 quantiles equals the law's, to 2e-4 of its sd."""
    outcome = np.array(law.mean + z * law.sd)
    draws = law.ppf((np.arange(5000) + 0.5) / 5000)
    assert float(law.crps(outcome)) == pytest.approx(float(crps(draws, outcome)), abs=2e-4 * law.sd)


def test_one_shock_is_a_student_variable() -> None:
    """Probabilities, quantiles and score are those of the t₅ law with unit variance."""
    law = StudentSum(0.4, (1.3,))
    x = np.linspace(-20, 20, 41)
    z = (x - 0.4) / (1.3 * UNIT)
    assert law.cdf(x) == pytest.approx(stdtr(DEGREES, z), abs=1e-14)
    u = np.array([0.001, 0.2, 0.7, 0.99])
    assert law.ppf(u) == pytest.approx(0.4 + 1.3 * UNIT * stdtrit(DEGREES, u), rel=1e-9)
    wanted = crps_student(DEGREES, np.array(0.4), np.array(1.3 * UNIT), x)
    assert law.crps(x) == pytest.approx(wanted, rel=1e-12)


@pytest.mark.parametrize("count", [1, 2, 3, 10, 30, 60])
@pytest.mark.parametrize("decay", [0.7, 1.0])
@pytest.mark.parametrize("y", [0.0, 2.0, -25.0])
def test_the_score_of_a_sum_by_inversion(count: int, decay: float, y: float) -> None:
    """A second way: the closed form equals Parseval's integral, for many shocks too."""
    weights = tuple(1.3 * decay**k for k in range(count))
    law = StudentSum(0.0, weights)
    wanted = crps_by_inversion(weights, y)
    assert float(law.crps(np.array(y))) == pytest.approx(wanted, rel=1e-12, abs=1e-12)


def test_probabilities_of_a_sum_by_simulation() -> None:
    """200 000 draws of three shocks fall below each quantile as often as they should (4 s.e.)."""
    weights = (1.05, 0.735, 0.5145)
    rng = np.random.default_rng(4)
    sums = 0.9 + UNIT * rng.standard_t(DEGREES, (200_000, 3)) @ np.array(weights)
    u = np.array([0.001, 0.05, 0.25, 0.75, 0.95, 0.999])
    found = (sums[:, None] <= StudentSum(0.9, weights).ppf(u)).mean(axis=0)
    assert np.all(np.abs(found - u) <= 4 * np.sqrt(u * (1 - u) / 200_000))


def test_many_equal_shocks_are_nearly_normal() -> None:
    """The sum of 60 equal shocks has excess kurtosis 0.1 and scores normally within 1 %."""
    law = StudentSum(0.0, (1.0,) * 60)
    y = np.array([0.0, 5.0, 10.0])
    assert law.crps(y) == pytest.approx(NormalForecast(0.0, math.sqrt(60)).crps(y), rel=0.01)


@settings(deadline=None)
@given(
    st.lists(st.floats(-3, 3), min_size=1, max_size=6).filter(lambda w: max(map(abs, w)) > 1e-3),
    st.floats(-50, 50),
    st.floats(-5, 5),
)
def test_what_holds_for_any_sum(weights: list[float], y: float, mean: float) -> None:
    """Signs and order of the weights do not matter, mirrored outcomes mirror, scores stay ≥ 0."""
    law = StudentSum(mean, tuple(weights))
    other = StudentSum(mean, tuple(sorted(map(abs, weights))))
    up, down = np.array(mean + y), np.array(mean - y)
    assert float(law.cdf(up)) == pytest.approx(float(other.cdf(up)), abs=1e-13)
    assert float(law.cdf(up)) + float(law.cdf(down)) == pytest.approx(1, abs=1e-13)
    assert float(law.crps(up)) == pytest.approx(float(law.crps(down)), rel=1e-9)
    # ∫ (F − 1)²: at least that at the median, at most the distance more
    least = float(law.crps(np.array(mean)))
    assert 0 < least <= float(law.crps(up)) * (1 + 1e-12) <= least * (1 + 1e-9) + abs(y)


def test_a_sum_of_nothing_is_refused() -> None:
    """Without a shock there is no law; a probability of 0 has no finite quantile."""
    with pytest.raises(ValueError, match="not zero"):
        StudentSum(1.0, (0.0,))
    with pytest.raises(ValueError, match="between 0 and 1"):
        StudentSum(1.0, (1.0,)).ppf(np.array([0.0, 0.5]))
