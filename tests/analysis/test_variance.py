"""Shares of variance against closed forms: Ishigami, Sobol's g, a correlated linear model."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from simulator.analysis.shapley import shapley
from simulator.analysis.variance import Shares, explained, indices, variance_shares
from simulator.tables import Float64

R, N = 32, 1 << 16
Function = Callable[[Float64], Float64]


def independent(f: Function, k: int, seed: int = 3, n: int = N) -> Shares:
    """Indices of f over k independent uniforms, by pick-freeze."""
    rng = np.random.default_rng(seed)
    a, b = rng.random((n, k)), rng.random((n, k))
    base = f(a)
    frozen = [f(np.where([s >> i & 1 for i in range(k)], a, b)) for s in range(1 << k)]
    return variance_shares([base] * (1 << k), frozen, R)


def close(found: Float64, error: Float64, wanted: list[float]) -> None:
    """Within two standard errors, all of which are small."""
    assert np.all(error < 0.02)
    assert np.all(np.abs(found - wanted) <= 2 * error + 1e-12)


def ishigami(u: Float64) -> Float64:
    x = math.pi * (2 * u - 1)
    return np.asarray(
        np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    )


def test_ishigami() -> None:
    """First-order and total indices are the closed forms, Shapley splits the interaction."""
    a, b, p = 7.0, 0.1, math.pi
    v1, v2 = (1 + b * p**4 / 5) ** 2 / 2, a * a / 8
    v13 = b * b * p**8 * (1 / 18 - 1 / 50)
    v = v1 + v2 + v13
    found = independent(ishigami, 3)
    close(found.first, found.first_error, [v1 / v, v2 / v, 0])
    close(found.total, found.total_error, [(v1 + v13) / v, v2 / v, v13 / v])
    close(found.effect, found.effect_error, [(v1 + v13 / 2) / v, v2 / v, v13 / 2 / v])
    assert found.effect.sum() == pytest.approx(1, abs=1e-12)


def test_errors_are_as_large_as_they_say() -> None:
    """Of 320 indices of Sobol's g over 40 seeds, about 95 % lie within two of their errors."""
    a = np.array([0, 1, 4.5, 9])
    alone = 1 / 3 / (1 + a) ** 2
    v = np.prod(1 + alone) - 1
    total = [alone[i] * np.prod(1 + np.delete(alone, i)) / v for i in range(4)]
    near = []
    for seed in range(40):
        found = independent(
            lambda u: np.prod((np.abs(4 * u - 2) + a) / (1 + a), axis=1), 4, seed, 1 << 12
        )
        near += list(np.abs(found.first - alone / v) <= 2 * found.first_error)
        near += list(np.abs(found.total - total) <= 2 * found.total_error)
    assert 0.90 <= np.mean(near) <= 0.99


def test_g_function() -> None:
    """Sobol's g with a = 0, 1, 4.5, 9."""
    a = np.array([0, 1, 4.5, 9])
    alone = 1 / 3 / (1 + a) ** 2
    v = np.prod(1 + alone) - 1
    found = independent(lambda u: np.prod((np.abs(4 * u - 2) + a) / (1 + a), axis=1), 4)
    close(found.first, found.first_error, list(alone / v))
    total = [alone[i] * np.prod(1 + np.delete(alone, i)) / v for i in range(4)]
    close(found.total, found.total_error, total)
    slack = 3 * (found.effect_error + found.first_error)
    assert np.all(found.effect >= found.first - slack)
    assert np.all(found.effect <= found.total + slack)


def test_correlated_linear_model() -> None:
    """Two correlated normals: effects of Owen and Prieur 2017, sec. 4; one with none at all."""
    beta, rho = np.array([1.0, 2.0]), 0.6
    rng = np.random.default_rng(7)
    one, two, again = rng.standard_normal((3, N, 2))
    mix = math.sqrt(1 - rho**2)

    def y(x1: Float64, x2: Float64) -> Float64:
        return np.asarray(beta[0] * x1 + beta[1] * x2)

    x1, x2 = one[:, 0], rho * one[:, 0] + mix * one[:, 1]
    pairs = {
        0: (y(x1, x2), y(two[:, 0], rho * two[:, 0] + mix * two[:, 1])),
        1: (y(x1, x2), y(x1, rho * x1 + mix * again[:, 1])),
        2: (y(x1, x2), y(rho * x2 + mix * again[:, 0], x2)),
        3: (y(x1, x2), y(x1, x2)),
    }
    found = variance_shares([pairs[s][0] for s in range(4)], [pairs[s][1] for s in range(4)], R)
    cross = rho * beta[0] * beta[1]
    v = beta @ beta + 2 * cross
    half = rho**2 / 2 * (beta[1] ** 2 - beta[0] ** 2)
    wanted = [(beta[0] ** 2 + cross + half) / v, (beta[1] ** 2 + cross - half) / v]
    close(found.effect, found.effect_error, wanted)


def test_agrees_with_scipy() -> None:
    """`scipy.stats.sobol_indices` gives the same for Ishigami, within the errors."""
    from scipy import stats

    found = independent(ishigami, 3)
    law = stats.uniform()
    other = stats.sobol_indices(
        func=lambda x: ishigami(x.T), n=4096, dists=[law] * 3, rng=np.random.default_rng(1)
    )
    assert np.all(np.abs(found.first - other.first_order) < 4 * found.first_error + 0.02)
    assert np.all(np.abs(found.total - other.total_order) < 4 * found.total_error + 0.02)


def test_an_output_that_does_not_vary_has_no_shares() -> None:
    """NaN, not a division by zero."""
    assert math.isnan(explained(np.ones(8), np.ones(8)))
    assert np.isnan(variance_shares([np.ones(8)] * 4, [np.ones(8)] * 4, 2).effect).all()


def test_indices_are_read_off_the_game() -> None:
    """First: alone; total: what all others leave; effect: the Shapley value."""
    parts = np.array([0, 0.2, 0.5, 1.0])
    assert np.allclose(indices(parts), [[0.2, 0.5], [0.5, 0.8], shapley(parts)])
