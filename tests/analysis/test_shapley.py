"""Exact Shapley values against closed forms and a second way."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.analysis.shapley import rounded, shapley, shares_with_errors
from simulator.tables import Float64


def games(least: int = 0, most: int = 5) -> st.SearchStrategy[Float64]:
    """Values of all coalitions of up to `most` drivers."""
    return st.integers(least, most).flatmap(
        lambda k: st.lists(st.floats(-1e6, 1e6), min_size=1 << k, max_size=1 << k).map(np.array)
    )


def by_permutations(values: Float64) -> list[float]:
    """A second way: the mean over all orders of what each driver adds in its turn."""
    count = round(math.log2(len(values)))
    total = [0.0] * count
    for order in itertools.permutations(range(count)):
        inside: set[int] = set()
        for driver in order:
            before = values[sum(1 << i for i in inside)]
            inside.add(driver)
            total[driver] += float(values[sum(1 << i for i in inside)] - before)
    return [one / math.factorial(count) for one in total]


@given(games(1))
def test_the_mean_over_all_orders_agrees(values: Float64) -> None:
    """Weights of coalitions and the mean over permutations give the same shares."""
    assert np.allclose(shapley(values), by_permutations(values), rtol=1e-9, atol=1e-6)


@given(games(1))
def test_shares_sum_to_the_change(values: Float64) -> None:
    """Within 1e-9 of the amounts that they come from."""
    error = abs(shapley(values).sum() - (values[-1] - values[0]))
    assert error <= 1e-9 * max(1.0, np.abs(values).max())


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=6))
def test_a_linear_change_gives_one_at_a_time_changes(effects: list[float]) -> None:
    """Where drivers only add, each has what it would change alone."""
    coalitions = range(1 << len(effects))
    values = np.array([math.fsum(e for i, e in enumerate(effects) if s >> i & 1)
                       for s in coalitions])  # fmt: skip
    assert np.allclose(shapley(values), effects, rtol=1e-9, atol=1e-6)


def test_two_interacting_drivers_halve_what_they_do_together() -> None:
    """v = 100 alone x 7, alone y 5, together 20: 8 more, 4 to each."""
    assert shapley(np.array([100.0, 107.0, 105.0, 120.0])).tolist() == [11.0, 9.0]


def test_errors_come_from_replicates() -> None:
    """Two replicates with shares 1 and 3 have mean 2 and standard error 1."""
    whole, parts = np.array([0.0, 2.0]), np.array([[0.0, 0.0], [1.0, 3.0]])
    shares, errors = shares_with_errors(whole, parts)
    assert shares.tolist() == [2.0]
    assert errors.tolist() == pytest.approx([1.0])
    assert math.isnan(shares_with_errors(whole, parts[:, :1])[1][0])


def test_other_counts_of_coalitions_are_refused() -> None:
    """Three values are the coalitions of nothing."""
    with pytest.raises(ValueError, match="2\\^k"):
        shapley(np.zeros(3))


@given(st.lists(st.floats(-1e7, 1e7), min_size=1, max_size=9), st.integers(-1, 1))
def test_printed_shares_add_up_to_the_last_unit(shares: list[float], more: int) -> None:
    """Whole shares sum to the printed change; none is more than a unit and the rest away."""
    total = round(math.fsum(shares)) + more
    found = rounded(shares, total)
    assert sum(found) == total
    assert max(abs(f - s) for f, s in zip(found, shares, strict=True)) <= 2
