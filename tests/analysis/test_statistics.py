"""Summary statistics on arrays with known answers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from simulator.analysis.importance import Drivers, ranks, rows_ranked
from simulator.analysis.statistics import percentiles, standard_error, summarise


@given(
    hnp.arrays(np.float64, st.integers(1, 60), elements=st.floats(-1e9, 1e9)),
    st.lists(st.floats(0, 1), min_size=1, max_size=5),
)
def test_percentiles_equal_numpys_definition(values: np.ndarray, levels: list[float]) -> None:
    """The definition is that of NumPy and Excel."""
    wanted = np.quantile(values, levels)
    scale = 1 + np.abs(values).max()
    assert np.allclose(percentiles(values, levels), wanted, rtol=0, atol=1e-12 * scale)


def test_summary_of_one_to_eight_by_hand() -> None:
    """Mean 4.5, median 4.5, sd √6, half above 4; two replicates of odd and even numbers."""
    found = {s.name: s for s in summarise(np.arange(1.0, 9.0), 2, {"four": 4.0})}
    assert found["mean"].value == 4.5
    assert found["p50"].value == 4.5
    assert found["sd"].value == pytest.approx(math.sqrt(6))
    assert found["exceeds:four"].value == 0.5
    # replicates 1,3,5,7 and 2,4,6,8 have means 4 and 5: sd √½, over √2 is ½
    assert found["mean"].standard_error == pytest.approx(0.5)
    assert math.isnan(found["max"].standard_error)


def test_a_percentile_wants_a_draw_beyond_it_in_each_replicate() -> None:
    """With 16 draws a replicate P5 and P95 have no standard error, P25 has; with 20 all have."""
    rng = np.random.default_rng(2)
    few = {s.name: s.standard_error for s in summarise(rng.standard_normal(128), 8, {})}
    assert math.isnan(few["p5"])
    assert math.isnan(few["p95"])
    assert few["p25"] > 0
    enough = {s.name: s.standard_error for s in summarise(rng.standard_normal(160), 8, {})}
    assert enough["p5"] > 0


def test_a_probability_of_nothing_has_no_standard_error() -> None:
    """No draw above says nothing of how rare it is, unless the output cannot move."""
    found = {s.name: s for s in summarise(np.arange(64.0), 4, {"far": 1e9})}
    assert found["exceeds:far"].value == 0
    assert math.isnan(found["exceeds:far"].standard_error)
    fixed = {s.name: s for s in summarise(np.full(64, 0.1), 4, {"far": 1e9})}
    assert fixed["exceeds:far"].standard_error == 0
    assert (fixed["mean"].value, fixed["sd"].value) == (0.1, 0.0)


def test_one_replicate_has_no_standard_error() -> None:
    """A single scrambling says nothing about its own error."""
    assert all(math.isnan(s.standard_error) for s in summarise(np.arange(8.0), 1, {}))


def test_a_single_draw_is_summarised() -> None:
    """One draw: every percentile is that draw and the spread is unknown."""
    found = {s.name: s.value for s in summarise(np.array([3.0]), 8, {})}
    assert found["p5"] == found["mean"] == found["max"] == 3.0
    assert math.isnan(found["sd"])


def test_standard_error_covers_the_truth() -> None:
    """±2 standard errors of 16 replicates hold a known mean in 85 to 99 % of 400 repetitions."""
    rng = np.random.default_rng(11)
    hits = 0
    for _ in range(400):
        found = summarise(rng.standard_normal(1024), 16, {})[0]
        hits += abs(found.value) <= 2 * found.standard_error
    assert 0.85 <= hits / 400 <= 0.99


def test_standard_error_needs_two_values() -> None:
    """One replicate has no spread."""
    assert math.isnan(standard_error([1.0]))
    assert standard_error([1.0, 3.0]) == pytest.approx(1.0)


def test_ranks_give_ties_their_mean() -> None:
    """10, 20, 20, 30 rank 0, 1.5, 1.5, 3."""
    assert ranks(np.array([20.0, 10.0, 30.0, 20.0])).tolist() == [1.5, 0.0, 3.0, 1.5]


def importance_of(inputs: dict[str, np.ndarray], output: np.ndarray) -> dict[str, float]:
    """Importance of each driver, from its inputs of shape (n_draws, n_inputs)."""
    ranked = {
        driver: np.apply_along_axis(ranks, 0, table[: rows_ranked(table.shape[1])])
        for driver, table in inputs.items()
    }
    return Drivers(ranked).importance(output)


def test_importance_of_a_sum_of_independent_inputs() -> None:
    """y = 2a + b: rank correlations are those of normals, ρ_S = 6/π·asin(ρ/2)."""
    rng = np.random.default_rng(3)
    a, b = rng.standard_normal((2, 40_000))
    found = importance_of({"a": a[:, None], "b": b[:, None]}, 2 * a + b)
    for name, rho in (("a", 2 / math.sqrt(5)), ("b", 1 / math.sqrt(5))):
        wanted = (6 / math.pi * math.asin(rho / 2)) ** 2
        assert found[name] == pytest.approx(wanted, abs=0.02)


def test_importance_is_not_made_by_the_number_of_inputs() -> None:
    """Sixty inputs without influence explain about nothing of 200 draws."""
    rng = np.random.default_rng(4)
    output = rng.standard_normal(200)
    found = importance_of({"none": rng.standard_normal((200, 60))}, output)
    assert found["none"] < 0.25  # the unadjusted value is about 0.30
    many = rng.standard_normal((20_000, 60))
    assert importance_of({"none": many}, rng.standard_normal(20_000))["none"] < 0.005


def test_more_inputs_than_draws_have_no_importance() -> None:
    """What cannot be measured is left out."""
    rng = np.random.default_rng(4)
    assert importance_of({"none": rng.standard_normal((20, 30))}, np.arange(20.0)) == {}


def test_importance_of_an_output_that_does_not_move_is_zero() -> None:
    """A constant has no drivers."""
    assert importance_of({"a": np.arange(9.0)[:, None]}, np.ones(9)) == {"a": 0.0}


def test_importance_of_a_monotone_function_is_one() -> None:
    """Ranks see through any monotone transformation."""
    x = np.linspace(0, 5, 500)
    assert importance_of({"x": x[:, None]}, np.exp(x))["x"] == pytest.approx(1.0)
