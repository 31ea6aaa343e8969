"""Percentiles from counts in bins are those of a sorted column, to the last bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.analysis import pieces as pieces_module
from simulator.analysis import selection as module
from simulator.analysis.pieces import by_replicate
from simulator.analysis.selection import (
    FEW,
    Piece,
    Selection,
    Shape,
    replicate_percentiles,
    sorted_percentiles,
)
from simulator.analysis.statistics import summarise

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


def in_pieces(values: np.ndarray, replicates: int, size: int) -> list[Piece]:
    """The column as it comes from a file, a piece after the other."""
    starts = range(0, len(values), size)
    return [Piece(*by_replicate(values[s : s + size], replicates, s)) for s in starts]


@pytest.mark.parametrize(
    "kind",
    ["normal", "shortfall", "yes or no", "heavy tails", "rounded", "one far out", "subnormal",
     "constant"],
)  # fmt: skip
@pytest.mark.parametrize(("replicates", "size"), [(1, 700), (3, 512), (8, 1000)])
def test_a_column_that_is_not_held_is_counted_in_finer_bins(
    kind: str, replicates: int, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the extremes of its beginning only, and room for 60 values, to the last bit."""
    monkeypatch.setattr(module, "MANY", 60)
    values = column(kind, np.random.default_rng(6), 20_011)
    pieces = in_pieces(values, replicates, size)
    sizes = np.sum([piece.sizes for piece in pieces], axis=0)
    beginning = values[:size]
    shape = Shape(sizes, float(beginning.min()), float(beginning.max()), kept=False)
    if not np.isfinite(shape.scale):  # nothing to tell apart in the beginning
        pytest.skip("such a column is sorted")
    found = Selection(shape)
    for piece in pieces:
        found.add(piece)
    levels, _ = found.percentiles(lambda: iter(pieces), LEVELS)
    assert np.array_equal(levels, by_sorting(values, replicates))


def test_what_is_collected_stays_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few values far out put all others into one bin: they are not collected for that."""
    most = []
    sort = np.argsort

    def watched(values: np.ndarray, *rest: object) -> np.ndarray:
        most.append(len(values))
        return sort(values, *rest)

    monkeypatch.setattr(np, "argsort", watched)
    monkeypatch.setattr(module, "MANY", 2000)
    values = np.random.default_rng(8).standard_normal(100_000)
    values[::10_000] = 1e12
    found, _ = replicate_percentiles(*by_replicate(values, 4), LEVELS)
    assert np.array_equal(found, by_sorting(values, 4))
    assert most
    assert max(most) <= 2000


@pytest.mark.parametrize("replicates", [1, 6, 8])
def test_a_summary_is_the_same_held_or_not(
    replicates: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every statistic of a column that is read again equals that of one in memory, to the bit."""
    values = column("heavy tails", np.random.default_rng(9), 100_003)
    held = summarise(values, replicates, {"zero": 0.0})
    monkeypatch.setattr(pieces_module, "HELD", 40_000)
    assert [repr(one) for one in summarise(values, replicates, {"zero": 0.0})] == [
        repr(one) for one in held
    ]
    whole = {one.name: one.value for one in held}
    assert whole["mean"] == pytest.approx(np.mean(values), rel=1e-11)
    assert whole["sd"] == pytest.approx(np.std(values, ddof=1), rel=1e-11)
