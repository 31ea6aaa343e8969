"""Normal scores from the table are those of the exact inverse, within the stated error."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri

from simulator.sampling.scores import TOLERANCE, normal_scores


def worst(u: np.ndarray) -> float:
    """Largest error, as a part of max(1, |score|)."""
    exact = ndtri(u)
    return float(np.max(np.abs(normal_scores(u) - exact) / np.maximum(1.0, np.abs(exact))))


def test_the_error_is_below_the_stated_one() -> None:
    """At 400 000 random places, in either tail down to 10^-300, and around every cell's ends."""
    random = np.random.default_rng(3).random(400_000)
    tails = 10.0 ** np.linspace(-300, math.log10(0.5), 100_000)
    ends = 2.0 ** -np.arange(1.0, 36.0)[:, None] * (1 + np.arange(512) / 512)
    near = np.concatenate(
        [np.nextafter(ends.ravel(), 0), ends.ravel(), np.nextafter(ends, 1).ravel()]
    )
    for u in (random, tails, 1 - tails[tails > 1e-15], near[near < 1], 1 - near[near < 1]):
        assert worst(u) <= TOLERANCE


def test_the_ends_and_the_middle() -> None:
    """The median has score 0, the ends have infinite ones, and there is nothing outside."""
    assert normal_scores(np.array([0.0, 0.5, 1.0])).tolist() == [-math.inf, 0.0, math.inf]
    assert np.isnan(normal_scores(np.array([-0.5, 1.5, math.nan]))).all()
    assert normal_scores(np.empty(0)).shape == (0,)


def test_scores_rise_with_the_uniform() -> None:
    """Where cells meet they do not step back by more than the error."""
    u = np.sort(np.random.default_rng(4).random(200_000))
    assert np.diff(normal_scores(u)).min() >= -TOLERANCE


@given(st.lists(st.floats(1e-300, 1 - 2**-53), min_size=1, max_size=40), st.integers(0, 39))
def test_no_bit_depends_on_the_company(values: list[float], cut: int) -> None:
    """A number has the same score alone, in a column, over itself and in a table."""
    u = np.array(values)
    whole = normal_scores(u)
    parts = np.concatenate([normal_scores(u[:cut]), normal_scores(u[cut:])])
    table = np.asfortranarray(np.stack([u, u], axis=1))
    assert np.array_equal(whole, parts)
    assert np.array_equal(normal_scores(table), np.stack([whole, whole], axis=1))
    assert normal_scores(u, out=u) is u
    assert np.array_equal(u, whole)


@pytest.mark.parametrize("power", [31, 40, 53])
def test_far_tails_go_to_the_exact_inverse(power: int) -> None:
    """Below 2^-31 the score is scipy's, to the last bit."""
    u = np.array([0.3, 2.0**-power * 0.99, 0.7])
    assert normal_scores(u)[1] == ndtri(u[1])
