"""Differences by draw: exact symmetry, what pairing saves, errors from replicates."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from simulator.analysis.paired import Paired, paired, unpaired_error
from simulator.analysis.statistics import percentiles
from simulator.tables import Float64

VALUES = arrays(np.float64, st.integers(1, 40), elements=st.floats(-1e6, 1e6, width=32))


@given(VALUES)
def test_a_column_less_itself_is_exactly_zero(values: Float64) -> None:
    """Every statistic of A − A is zero, its standard error too where it can be had."""
    found = paired(values, values, 2)
    error = 0.0 if len(values) >= 4 else math.nan
    assert repr(found) == repr(Paired(0.0, 0.0, 0.0, 0.0, error, 0.0, 0.0))


@given(st.data())
def test_exchanging_the_columns_changes_signs_and_nothing_else(data: st.DataObject) -> None:
    """A − B is exactly −(B − A): bit by bit, with P5 and P95, above and below exchanged."""
    a = data.draw(VALUES)
    b = data.draw(arrays(np.float64, len(a), elements=st.floats(-1e6, 1e6, width=32)))
    one, other = paired(a, b, 2), paired(b, a, 2)
    assert (one.mean, one.p5, one.p50, one.p95) == (-other.mean, -other.p95, -other.p50, -other.p5)
    assert (one.above, one.below) == (other.below, other.above)
    assert repr(one.standard_error) == repr(other.standard_error)


def test_percentiles_are_those_of_the_summary() -> None:
    """P5, P50 and P95 of the difference are the type-7 ones that summaries have."""
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=1001), rng.normal(size=1001)
    found = paired(a, b, 4)
    wanted = percentiles(b - a, [0.05, 0.5, 0.95])
    assert np.allclose([found.p5, found.p50, found.p95], wanted, rtol=1e-12)
    assert found.above == np.mean(b > a)


def test_the_error_is_the_spread_of_replicates() -> None:
    """Two replicates with means 1 and 3: half of their distance."""
    found = paired(np.zeros(4), np.array([1.0, 3.0, 1.0, 3.0]), 2)
    assert found.standard_error == pytest.approx(1.0)
    assert unpaired_error(3.0, 4.0) == 5.0
