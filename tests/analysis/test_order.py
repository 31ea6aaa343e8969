"""Order statistics are draws, and their intervals hold the truth as often as they say."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import bdtr

from simulator.analysis.order import interval_ranks, order_statistic, rank


@pytest.mark.parametrize("count", [1, 2, 7, 10, 99, 1000])
@pytest.mark.parametrize("level", [0.01, 0.5, 0.9, 0.99])
def test_the_rank_is_the_least_that_suffices(count: int, level: float) -> None:
    """At least `level` of the draws lie at or below it, and below the one before it do not."""
    k = rank(count, level)
    assert k / count >= level - 1e-9
    assert k == 1 or (k - 1) / count < level


def test_ninety_per_cent_of_ten_draws_is_the_ninth() -> None:
    """Not the tenth, which binary numbers would make of 10 × 0.9."""
    assert order_statistic(np.arange(1.0, 11.0), 0.9).value == 9.0
    assert order_statistic(np.arange(1.0, 1001.0), 0.9).value == 900.0


def test_the_ranks_have_the_binomial_probability() -> None:
    """P(l ≤ B ≤ u − 1) is at least 90 %, and a rank nearer on either side has a tail too many."""
    count, level = 500, 0.9
    low, high = interval_ranks(count, level)
    assert bdtr(high - 1.0, count, level) - bdtr(low - 1.0, count, level) >= 0.9
    assert bdtr(low - 1.0, count, level) <= 0.05 < bdtr(float(low), count, level)
    assert 1 - bdtr(high - 1.0, count, level) <= 0.05 < 1 - bdtr(high - 2.0, count, level)


def test_too_few_draws_have_no_interval() -> None:
    """The 99 % quantile of 20 draws may be above all of them."""
    found = order_statistic(np.sort(np.random.default_rng(1).random(20)), 0.99)
    assert math.isnan(found.high)
    assert found.low < found.value


@pytest.mark.parametrize("level", [0.9, 0.95])
def test_the_interval_covers_the_truth(level: float) -> None:
    """In 85 to 95 % of 200 seeded repetitions, for a law with a heavy tail (Pareto, index 2)."""
    truth = (1 - level) ** -0.5
    covered = 0
    for seed in range(200):
        uniform = np.random.default_rng([20, seed]).random(1000)
        found = order_statistic(np.sort((1 - uniform) ** -0.5), level)
        covered += found.low <= truth <= found.high
    assert 0.85 <= covered / 200 <= 0.95
