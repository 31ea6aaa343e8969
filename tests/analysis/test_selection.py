"""Percentiles from counts in bins are those of a sorted column, to the last bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.analysis.selection import FEW, replicate_percentiles, sorted_percentiles
from simulator.analysis.statistics import by_replicate

LEVELS = [0.0, 0.05, 0.25, 0.5, 0.9, 0.95, 1.0]


def by_sorting(values: np.ndarray, replicates: int) -> np.ndarray:
    """The second way: sort every replicate, and the whole."""
    parts = [values[r::replicates] for r in range(replicates)]
    return np.array([sorted_percentiles(part, LEVELS) for part in (*parts, values)])


def column(kind: str, rng: np.random.Generator, count: int) -> np.ndarray:
    """Columns as a budget has them, and some that it should never have."""
    z = rng.standard_normal(count)
    return {
        "normal": z,
        "shortfall": np.maximum(z, 0.0),
        "capped": np.minimum(z, 0.3),
        "yes or no": (z > 0.4).astype(np.float64),
        "heavy tails": z / np.abs(rng.standard_normal(count)),
        "rounded": np.round(z, 1),
        "one far out": np.where(np.arange(count) == 7, 1e18, z),
        "subnormal": z * 5e-324,
        "next to nothing": np.where(z > 0, 0.0, np.abs(z)) * 1e-300,
        "too wide": np.where(z > 0, 1.7e308, -1.7e308),
        "constant": np.full(count, 0.1),
    }[kind]


@pytest.mark.parametrize(
    "kind",
    ["normal", "shortfall", "capped", "yes or no", "heavy tails", "rounded", "one far out",
     "subnormal", "next to nothing", "constant"],
)  # fmt: skip
@pytest.mark.parametrize("replicates", [1, 3, 8])
def test_any_column_has_the_percentiles_of_its_sorted_self(kind: str, replicates: int) -> None:
    """Ties, atoms, outliers and subnormal numbers change nothing; sizes need not divide."""
    values = column(kind, np.random.default_rng(5), 5003)
    found, _ = replicate_percentiles(*by_replicate(values, replicates), LEVELS)
    assert np.array_equal(found, by_sorting(values, replicates))


@pytest.mark.parametrize("kind", ["normal", "shortfall", "capped", "yes or no", "constant"])
@pytest.mark.parametrize("count", [1, 40, 5003])
def test_borders_of_tails_are_order_statistics(kind: str, count: int) -> None:
    """int(q·n) draws beyond on either side, of each replicate and of the whole."""
    values = column(kind, np.random.default_rng(5), count)
    replicates = min(3, count)
    ordered, sizes = by_replicate(values, replicates)
    _, found = replicate_percentiles(ordered, sizes, LEVELS, [0.05, 0.5])
    for row, part in zip(
        found, [*(values[r::replicates] for r in range(replicates)), values], strict=True
    ):
        sorted_part, n = np.sort(part), len(part)
        few, half = min(int(0.05 * n), n - 1), min(int(0.5 * n), n - 1)
        wanted = [few, n - 1 - few, half, n - 1 - half]
        assert row.tolist() == sorted_part[wanted].tolist()


def test_a_column_wider_than_a_double_is_sorted() -> None:
    """Where the width overflows there are no bins; order statistics are still exact."""
    values = column("too wide", np.random.default_rng(5), 4096)
    with np.errstate(over="ignore"):
        found, _ = replicate_percentiles(*by_replicate(values, 2), [0.0, 1.0])
    assert found.tolist() == [[-1.7e308, 1.7e308]] * 3


@settings(max_examples=40, deadline=None)
@given(
    st.integers(FEW, 4 * FEW),
    st.integers(1, 9),
    st.integers(0, 2**32),
    st.floats(0.1, 40),
    st.floats(-1e12, 1e12),
)
def test_random_columns(count: int, replicates: int, seed: int, power: float, shift: float) -> None:
    """Whatever the shape of the law and wherever it stands."""
    z = np.random.default_rng(seed).standard_normal(count)
    values = np.sign(z) * np.abs(z) ** min(power, 9.0) + shift
    found, _ = replicate_percentiles(*by_replicate(values, replicates), LEVELS)
    assert np.array_equal(found, by_sorting(values, replicates))
