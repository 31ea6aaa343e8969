"""Laws of paths against closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import ndtri

from simulator.sampling.exchange import WalkPath
from simulator.sampling.inflation import Ar1Path
from simulator.sampling.paths import (
    Shocks,
    average_steps,
    leading_directions,
    reflections,
    step_loadings,
    walk_loadings,
)
from simulator.scenario.exchange import Ar1Inflation
from simulator.units import Month, months_between

N = 1 << 16
NONE = np.empty((0, 0))


def _normals(count: int, columns: int, seed: int = 7) -> np.ndarray:
    return np.asfortranarray(np.random.default_rng(seed).standard_normal((count, columns)))


def test_one_month_average_is_lognormal_with_a_third_of_the_variance() -> None:
    """One month from the start: log A is normal(log S0, σ²/3), the average of a Brownian path."""
    law = WalkPath(1.16, 0.03, [Month(2008, 1)], [2008])
    rates = law.path(_normals(N, law.components), NONE)[:, 0]
    sd = 0.03 / math.sqrt(3)
    logs = np.log(rates / 1.16)
    assert logs.mean() == pytest.approx(0, abs=4 * sd / math.sqrt(N))
    assert logs.std() == pytest.approx(sd, rel=4 / math.sqrt(2 * N))
    mean = 1.16 * math.exp(sd**2 / 2)
    assert rates.mean() == pytest.approx(mean, abs=4 * 1.16 * sd / math.sqrt(N))
    for level in (0.05, 0.25, 0.5, 0.75, 0.95):
        z = float(ndtri(level))
        density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
        error = sd * math.sqrt(level * (1 - level) / N) / density
        assert np.quantile(logs, level) == pytest.approx(z * sd, abs=4 * error)


@pytest.mark.parametrize("month", [0, 1, 5, 13])
def test_monthly_log_averages_have_the_variance_of_brownian_averages(month: int) -> None:
    """Var log A_t = σ²(t + 1/3) for the (t+1)-th month."""
    months = list(months_between(Month(2007, 11), Month(2009, 12)))
    law = WalkPath(1.0, 0.02, months, [2008, 2009])
    logs = np.log(law.path(_normals(N, law.components), NONE)[:, month])
    wanted = 0.02 * math.sqrt(month + 1 / 3)
    assert logs.std() == pytest.approx(wanted, rel=4 / math.sqrt(2 * N))


def test_changes_of_monthly_averages_have_two_thirds_of_the_variance() -> None:
    """Working (1960): averages change with 2/3 of the variance and autocorrelation 1/4."""
    months = list(months_between(Month(2008, 1), Month(2009, 12)))
    law = WalkPath(1.0, 0.02, months, [2008, 2009])
    changes = np.diff(np.log(law.path(_normals(N, law.components), NONE)), axis=1)
    middle = changes[:, 5]
    assert middle.var() == pytest.approx(0.02**2 * 2 / 3, rel=4 * math.sqrt(2 / N))
    neighbours = np.corrcoef(middle, changes[:, 6])[0, 1]
    assert neighbours == pytest.approx(0.25, abs=4 / math.sqrt(N))


def test_leading_directions_are_orthonormal_and_span_the_yearly_means() -> None:
    """With every other component at zero the yearly mean logs still move as they must."""
    months = list(months_between(Month(2007, 11), Month(2009, 12)))
    directions = leading_directions(walk_loadings(len(months)), months, [2008, 2009])
    assert directions.shape == (2, 52)
    assert np.allclose(directions @ directions.T, np.eye(2), atol=1e-12)


def test_the_first_component_drives_the_period_mean() -> None:
    """The mean log rate of the period depends on the first component alone."""
    months = list(months_between(Month(2007, 11), Month(2009, 12)))
    law = WalkPath(1.0, 0.02, months, [2008, 2009])
    normals = _normals(64, law.components)
    same = normals.copy(order="F")
    same[:, 1:] = _normals(64, law.components - 1, seed=8)
    inside = [i for i, month in enumerate(months) if month.year >= 2008]
    mean = np.log(law.path(normals, NONE))[:, inside].mean(axis=1)
    again = np.log(law.path(same, NONE))[:, inside].mean(axis=1)
    assert np.allclose(mean, again, atol=1e-14)
    assert mean.std() > 0.01


def test_the_map_of_normals_is_orthogonal_and_leads_with_the_directions() -> None:
    """Innovations stay independent standard normals; the first two normals are the directions."""
    months = list(months_between(Month(2007, 11), Month(2009, 12)))
    loadings = step_loadings(average_steps(len(months)))
    shocks = Shocks(loadings, months, [2008, 2009])
    turned = shocks.of(np.asfortranarray(np.eye(26)))
    assert np.allclose(turned @ turned.T, np.eye(26), atol=1e-14)
    directions = leading_directions(loadings, months, [2008, 2009])
    assert np.allclose(turned[:2], directions, atol=1e-14)


def test_steps_of_averages_have_the_law_of_a_bridges_averages() -> None:
    """Loadings of one normal a month and of two have the same covariances."""
    one, two = step_loadings(average_steps(40)), walk_loadings(40)
    assert np.allclose(one @ one.T, two @ two.T, rtol=1e-13)


def test_an_axis_that_is_a_direction_already_is_left_alone() -> None:
    """No reflection is made where none is needed, and none divides by zero."""
    assert not reflections(np.eye(3)[:2]).any()


def test_a_year_with_no_drawn_month_has_no_direction() -> None:
    """A path that starts inside the period has directions only for what is still drawn."""
    months = list(months_between(Month(2009, 3), Month(2009, 12)))
    assert leading_directions(walk_loadings(len(months)), months, [2008, 2009]).shape == (1, 20)


def test_ar1_surprises_have_the_closed_form_spread() -> None:
    """The second surprise has sd·√(1 + φ²) and correlation φ/√(1 + φ²) with the first."""
    law = Ar1Inflation.model_validate({"sd": 0.01, "persistence": 0.7})
    surprises = Ar1Path(law, [2008, 2009]).path(_normals(N, 2), NONE)
    assert surprises[:, 0].std() == pytest.approx(0.01, rel=4 / math.sqrt(2 * N))
    wanted = 0.01 * math.sqrt(1 + 0.49)
    assert surprises[:, 1].std() == pytest.approx(wanted, rel=4 / math.sqrt(2 * N))
    correlation = np.corrcoef(surprises.T)[0, 1]
    assert correlation == pytest.approx(0.7 / math.sqrt(1.49), abs=4 / math.sqrt(N))


def test_ar1_starts_from_last_years_surprise() -> None:
    """Without shocks the surprise decays geometrically from `start`."""
    law = Ar1Inflation.model_validate({"sd": 0.01, "persistence": 0.5, "start": 0.02})
    surprises = Ar1Path(law, [2008, 2009]).path(np.zeros((1, 2), order="F"), NONE)
    assert surprises.tolist() == [[0.01, 0.005]]


def test_a_path_is_bit_identical_for_any_block() -> None:
    """Row by row or all at once, every value has the same bits."""
    months = list(months_between(Month(2007, 11), Month(2009, 12)))
    law = WalkPath(1.16, 0.03, months, [2008, 2009])
    normals = _normals(37, law.components)
    whole = law.path(normals.copy(order="F"), NONE)
    for size in (1, 2, 5):
        parts = [law.path(normals[i : i + size].copy(order="F"), NONE) for i in range(0, 37, size)]
        assert np.array_equal(np.vstack(parts), whole)
