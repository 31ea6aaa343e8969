"""Timing of money: delays, lags and what is carried over, by hand and in general."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.budget.inflows import carried_over, shifted


@pytest.mark.parametrize(
    ("months", "wanted"),
    [
        (0.0, [120.0, 240.0]),
        (3.0, [90.0, 30.0 + 180.0]),
        (12.0, [0.0, 120.0]),
        (18.0, [0.0, 60.0]),
        (24.0, [0.0, 0.0]),
    ],
)
def test_a_delay_moves_even_receipts(months: float, wanted: list[float]) -> None:
    """120 and 240 due evenly over two years, some months late."""
    found = shifted((120.0, 240.0), months)
    assert [float(x) for x in found] == pytest.approx(wanted)


def test_negative_delays_count_as_none() -> None:
    """Money is not received before it is due."""
    assert [float(x) for x in shifted((120.0, 240.0), -5.0)] == [120.0, 240.0]


@given(
    st.lists(st.floats(0, 1e9), min_size=1, max_size=5),
    st.floats(0, 80),
)
def test_a_delay_never_makes_money(due: list[float], months: float) -> None:
    """What is received inside the period is never more than what was due in it."""
    found = [float(x) for x in shifted(tuple(due), months)]
    assert all(x >= 0 for x in found)
    assert sum(found) <= sum(due) * (1 + 1e-12)


@given(st.floats(0, 60), st.integers(1, 8))
def test_what_is_carried_over_is_spent_in_time(months: float, years: int) -> None:
    """The carried amount is spent within the lag, never more than it is."""
    found = [float(x) for x in carried_over(100.0, months, years)]
    assert sum(found) <= 100 * (1 + 1e-12)
    if months <= 12 * years:
        assert sum(found) == pytest.approx(100.0)
    if months <= 12:
        assert found[0] == pytest.approx(100.0)


def test_a_lag_of_eighteen_months_spreads_over_two_years() -> None:
    """Two thirds in the first year, one third in the first half of the second."""
    found = carried_over(90.0, 18.0, 2)
    assert [float(x) for x in found] == pytest.approx([60.0, 30.0])


def test_what_was_due_before_the_period_counts_when_it_is_late() -> None:
    """120 due the year before and four months late bring 40; on time they bring nothing."""
    late = shifted((120.0, 0.0, 0.0), 4.0, before=1)
    assert [float(x) for x in late] == pytest.approx([40.0, 0.0])
    assert [float(x) for x in shifted((120.0, 0.0, 0.0), 0.0, before=1)] == [0.0, 0.0]


def test_delays_are_taken_draw_by_draw() -> None:
    """Arrays of months give arrays of receipts."""
    found = shifted((12.0,), np.array([0.0, 6.0, 12.0]))
    assert found[0].tolist() == [12.0, 6.0, 0.0]
