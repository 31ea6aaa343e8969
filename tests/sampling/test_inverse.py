"""Table inverses against the exact ones."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import betaincinv, chdtri, ndtr, ndtri, stdtrit

from simulator.sampling.inverse import (
    TOLERANCE,
    BetaTable,
    ScaleTable,
    StudentTable,
    beta_table,
    scale_table,
    student_table,
)


@pytest.mark.parametrize(
    ("alpha", "beta"), [(3, 3), (1, 5), (5, 1), (2.2, 3.8), (1, 1), (40, 60), (2000, 3000)]
)
def test_the_table_is_as_good_as_it_says(alpha: float, beta: float) -> None:
    """A hundred thousand uniforms, tails included, within the stated part of the width."""
    table = beta_table(alpha, beta)
    assert table.usable
    tails = np.geomspace(1e-16, 1e-3, 2000)
    u = np.concatenate([np.random.default_rng(5).random(100_000), tails, 1 - tails])
    error = np.abs(table.ppf(u) - betaincinv(alpha, beta, u))
    assert error.max() <= 2 * TOLERANCE


def test_the_lower_tail_keeps_its_relative_precision() -> None:
    """Near zero the table is good in relative terms too: it works on the logit."""
    u = np.geomspace(1e-15, 1e-3, 500)
    exact = betaincinv(3.0, 3.0, u)
    assert np.allclose(beta_table(3.0, 3.0).ppf(u), exact, rtol=1e-9, atol=0)


def test_the_ends_are_exact() -> None:
    """u of 0 and 1 give the ends, without a warning."""
    assert beta_table(3.0, 3.0).ppf(np.array([0.0, 0.5, 1.0])) == pytest.approx([0, 0.5, 1])


@pytest.mark.parametrize(("alpha", "beta"), [(0.01, 0.01), (1e-4, 3)])
def test_a_law_that_a_table_cannot_follow_is_not_tabled(alpha: float, beta: float) -> None:
    """Where quantiles underflow the exact inverse is used."""
    assert not BetaTable(alpha, beta).usable


def test_the_table_is_increasing() -> None:
    """More probability, never a smaller quantile."""
    u = np.linspace(1e-9, 1 - 1e-9, 200_001)
    assert (np.diff(beta_table(2.2, 3.8).ppf(u)) > 0).all()


def test_quantiles_below_the_smallest_double_are_zero() -> None:
    """Beta(1e-6, 94) is nearly always 0: its quantiles underflow without a warning."""
    u = np.concatenate([np.geomspace(1e-16, 0.5, 1000), np.linspace(0.5, 1 - 1e-9, 1000)])
    found = beta_table(1e-6, 94.0).ppf(u)
    assert np.abs(found - betaincinv(1e-6, 94.0, u)).max() <= 2 * TOLERANCE
    assert found[0] < 1e-300


@pytest.mark.parametrize("df", [2.5, 3.0, 4.0, 5.0, 8.0, 30.0, 1000.0])
def test_student_values_are_as_good_as_they_say(df: float) -> None:
    """Within the stated part of max(1, |t|) of scipy's inverse, tails included, odd in z."""
    table = student_table(df)
    assert table.usable
    z = np.concatenate([np.random.default_rng(5).standard_normal(50_000), np.linspace(-8, 8, 999)])
    z = z[np.abs(z) > 1e-3]  # at the median scipy's own inverse is off by 2.5e-11 for 4 degrees
    exact = np.copysign(stdtrit(df, ndtr(-np.abs(z))), z)
    found = table.at(z)
    assert (np.abs(found - exact) <= 2 * TOLERANCE * np.maximum(1.0, np.abs(exact))).all()
    assert np.allclose(table.at(-z), -found, rtol=1e-12, atol=1e-15)
    density = math.exp(math.lgamma((df + 1) / 2) - math.lgamma(df / 2)) / math.sqrt(df * math.pi)
    slope = table.at(np.array([1e-6]))[0] / 1e-6
    assert slope == pytest.approx(1 / math.sqrt(2 * math.pi) / density, rel=1e-9)


@pytest.mark.parametrize("df", [2.5, 3.0, 5.0, 8.0, 30.0, 1000.0])
def test_scales_are_as_good_as_they_say(df: float) -> None:
    """sqrt(df/χ²) within the stated part of itself."""
    table = scale_table(df)
    assert table.usable
    u = np.concatenate([np.random.default_rng(6).random(50_000), np.geomspace(1e-15, 0.5, 999)])
    exact = np.sqrt(df / chdtri(df, u))
    assert np.abs(table.of(u) / exact - 1.0).max() <= 2 * TOLERANCE


def test_a_table_that_is_not_good_enough_is_not_used() -> None:
    """Barely above two degrees of freedom, or out of the table, values are scipy's own."""
    table = StudentTable(5.0)
    far = np.array([-9.0, 0.5, 30.0])
    assert table.at(far)[[0, 2]].tolist() == table.exact(far)[[0, 2]].tolist()
    table.usable = False
    assert table.at(far).tolist() == table.exact(far).tolist()
    scale = ScaleTable(5.0)
    scale.usable = False
    assert scale.of(np.array([0.3])).tolist() == [math.sqrt(5.0 / chdtri(5.0, 0.3))]


def test_tables_take_any_shape_and_any_block() -> None:
    """Columns of a Fortran array, some rows or all: the same bits."""
    u = np.asfortranarray(np.random.default_rng(7).random((301, 3)))
    for function in (scale_table(8.0).of, lambda part: student_table(5.0).at(ndtri(part))):
        whole = function(u)
        assert np.array_equal(np.vstack([function(u[:7]), function(u[7:])]), whole)
        assert np.array_equal(function(u[:, 1]), whole[:, 1])
