"""Design points against closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.analysis.stress import design_point, gradient, that_matter
from simulator.tables import Float64

NOTHING = np.zeros(2, dtype=bool)


def test_two_gaussian_drivers_equal_the_analytic_point() -> None:
    """Of a·z ≥ c it is c·a/|a|², at the distance c/|a|."""
    a, c = np.array([3.0, -1.0]), 7.0
    starts = np.array([[4.0, 3.0], [2.5, -4.0]])
    found = design_point(lambda z: z @ a - c, starts)
    assert found.point == pytest.approx(c * a / (a @ a), abs=1e-5)
    assert found.beta == pytest.approx(c / math.sqrt(10), abs=1e-8)
    assert found.settled


def test_correlated_drivers_through_their_factor() -> None:
    """x = L·z with covariance C: the point is C·w·c/(w'Cw) in x, at c/√(w'Cw)."""
    covariance, w, c = np.array([[4.0, 1.2], [1.2, 1.0]]), np.array([1.0, 2.0]), 9.0
    factor = np.linalg.cholesky(covariance)
    found = design_point(lambda z: z @ (factor.T @ w) - c, np.array([[3.0, 3.0]]))
    variance = float(w @ covariance @ w)
    assert factor @ found.point == pytest.approx(covariance @ w * c / variance, abs=1e-4)
    assert found.beta == pytest.approx(c / math.sqrt(variance), abs=1e-8)


def test_a_product_of_lognormals_is_flat_in_normals() -> None:
    """exp(s·z₁)·exp(t·z₂) ≥ k is a half-plane of the normals, though g is curved."""
    s, t, k = 0.3, 0.4, 3.0

    def limit(z: Float64) -> Float64:
        return np.asarray(np.exp(s * z[:, 0] + t * z[:, 1]) - k)

    found = design_point(limit, np.array([[6.0, 1.0]]))
    assert found.beta == pytest.approx(math.log(k) / 0.5, rel=1e-7)
    assert found.point == pytest.approx(np.array([s, t]) * math.log(k) / 0.25, abs=1e-3)


def test_a_curved_edge() -> None:
    """The nearest point of z₁ ≥ 3 − 0.2·z₂² is where the circle touches it, by a fine grid."""

    def limit(z: Float64) -> Float64:
        return np.asarray(z[:, 0] + 0.2 * z[:, 1] ** 2 - 3.0)

    second = np.linspace(-4, 4, 800_001)
    nearest = np.sqrt((3.0 - 0.2 * second**2) ** 2 + second**2).min()
    found = design_point(limit, np.array([[2.0, 3.0], [3.5, 0.5]]))
    assert found.beta == pytest.approx(nearest, rel=1e-6)
    assert limit(found.point[None, :])[0] >= 0


def test_a_component_in_steps_goes_only_as_far_as_it_must() -> None:
    """z₁ above 0.5 adds 2 to z₂: the mildest point has z₁ just at its step."""
    steps = np.array([True, False])

    def limit(z: Float64) -> Float64:
        return np.asarray(2.0 * (z[:, 0] > 0.5) + z[:, 1] - 3.0)

    found = design_point(limit, np.array([[1.7, 2.0]]), steps)
    assert found.point == pytest.approx([0.5, 1.0], abs=1e-6)
    idle = design_point(lambda z: z[:, 1] - 1.0, np.array([[1.7, 2.0]]), steps)
    assert idle.point == pytest.approx([0.0, 1.0], abs=1e-9)


def test_gradient_and_what_matters() -> None:
    """Central differences are exact for squares; what is not in g does not matter."""
    slope = gradient(lambda z: z[:, 0] ** 2, np.array([1.5, 2.0]), ~NOTHING)
    assert slope == pytest.approx([3.0, 0.0], abs=1e-9)
    points = np.array([[0.1, 0.2], [1.0, 1.0]])
    assert that_matter(lambda z: z[:, 1] ** 3, points, NOTHING).tolist() == [False, True]
    jumps = np.array([True, False])
    found = that_matter(lambda z: (z[:, 0] > 1) * 1.0, points, jumps)
    assert found.tolist() == [True, False]
