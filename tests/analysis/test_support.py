"""An account that pays posts, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.analysis.support import account, monthly


def test_months_add_up_to_their_years() -> None:
    """A year's amount in twelve equal parts."""
    found = monthly(np.array([[12.0, 24.0]]))
    assert found.shape == (1, 24)
    assert found[0, :12].tolist() == [1.0] * 12
    assert found[0, 12:].tolist() == [2.0] * 12


def test_an_account_that_runs_out() -> None:
    """Costs 10 a month, earns 8: an opening balance of 7 lasts three months, not four."""
    found = account(np.array([[96.0]]), np.array([[120.0]]), opening=7.0, notice=3)
    assert found.balance[0, :4].tolist() == [5.0, 3.0, 1.0, -1.0]
    assert found.runs_out.tolist() == [4]
    assert found.cover[0, :4].tolist() == [0.5, 0.3, 0.1, 0.0]
    assert found.opening_needed.tolist() == [17.0]  # 24 − 7
    assert found.unpaid[0] == pytest.approx(17 / 120)
    assert found.stranded[0] == pytest.approx(3 * 2.0)


def test_notice_beyond_the_period_is_priced_like_its_last_month() -> None:
    """Money that runs out in month 12 with six months of notice: six months of the gap."""
    found = account(np.array([[96.0]]), np.array([[120.0]]), opening=23.0, notice=6)
    assert found.runs_out.tolist() == [12]
    assert found.stranded[0] == pytest.approx(6 * 2.0)


def test_an_account_that_lasts() -> None:
    """Exactly enough is enough, and without cost cover is endless."""
    found = account(np.array([[96.0], [5.0]]), np.array([[120.0], [0.0]]), opening=24.0, notice=3)
    assert found.runs_out.tolist() == [0, 0]
    assert found.stranded.tolist() == [0.0, 0.0]
    assert found.unpaid.tolist() == [0.0, 0.0]
    assert np.isinf(found.cover[1]).all()


def test_a_bad_first_year_runs_out_though_the_second_makes_up_for_it() -> None:
    """Months are looked at one by one, so a year's end or the whole period hides nothing."""
    found = account(np.array([[60.0, 180.0]]), np.array([[120.0, 120.0]]), opening=0.0, notice=2)
    assert found.runs_out.tolist() == [1]
    assert found.unpaid.tolist() == [0.0]
    assert found.opening_needed.tolist() == [60.0]
