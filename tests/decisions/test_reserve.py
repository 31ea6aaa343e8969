"""Reserves are order statistics of the draws, with intervals; what is not there is refused."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator.analysis.measure import order_interval
from simulator.errors import InputError
from simulator.runs.reserve import check_confidence, gaps_of, reserve, reserve_finding
from simulator.runs.run import write_run
from simulator.runs.thresholds import proposed_of
from simulator.scenario.model import Scenario
from simulator.store.result import Run, read_run


@pytest.fixture
def run(small: Scenario, tmp_path: Path) -> Run:
    """A result of the small budget."""
    write_run(small, tmp_path / "small", draws=4096, replicates=8)
    return read_run(tmp_path / "small")


@pytest.mark.parametrize("confidence", [0.5, 0.9, 0.95, 0.999])
def test_a_reserve_is_the_order_statistic(run: Run, confidence: float) -> None:
    """The least draw of the overrun that covers so many draws, found by sorting."""
    (gap, _) = gaps_of(run, "parent")
    proposed = next(
        p.amount
        for p in proposed_of(run.scenario)
        if (p.parent, p.currency, p.period) == ("A", "USD", "2031-2032")
    )
    overruns = np.sort(np.maximum(run.column("contribution_usd.A") - proposed, 0))
    found = reserve(gap.values, confidence, 8, even=True)
    assert found.amount == overruns[math.ceil(confidence * 4096) - 1]
    assert np.mean(gap.values <= found.amount) >= confidence
    assert not found.low > found.amount
    assert not found.high < found.amount


def test_independent_draws_have_an_interval_of_order_statistics(run: Run) -> None:
    """Evenly spread ones have one from their replicates, which is narrower."""
    (gap, _) = gaps_of(run, "parent")
    wide = reserve(gap.values, 0.9, 8, even=False)
    assert (wide.low, wide.high) == order_interval(gap.values, 0.9)
    assert wide.low < wide.amount < wide.high


def test_one_per_cent_more_costs_the_difference(run: Run) -> None:
    """Of two reserves; beyond the last per cent it is not known."""
    (gap, _) = gaps_of(run, "parent")
    one, other = (reserve(gap.values, c, 8, even=True) for c in (0.90, 0.91))
    assert one.next_per_cent == other.amount - one.amount
    assert math.isnan(reserve(gap.values, 0.995, 8, even=True).next_per_cent)


def test_gaps_of_inflows_and_posts(run: Run) -> None:
    """As stored: the shortfall, and what programme support lacks at the worst year's end."""
    (shortfall,) = gaps_of(run, "inflows")
    assert np.array_equal(shortfall.values, run.column("xb_shortfall_eur"))
    (unpaid,) = gaps_of(run, "psc")
    first, second = (
        run.column("xb_posts_cost_eur", year) - run.column("psc_income_eur", year)
        for year in ("2031", "2032")
    )
    gap = np.maximum(np.maximum(first, first + second), 0)
    np.testing.assert_allclose(unpaid.values, gap, rtol=1e-9, atol=1e-6)
    assert unpaid.month is not None
    assert unpaid.month == pytest.approx(run.column("xb_posts_cost_eur") / 24)


def test_what_each_further_per_cent_costs(run: Run) -> None:
    """Every per cent from the confidence on is listed, up to 99."""
    for listing in reserve_finding(run, "parent", 0.9).listings:
        asked = [round(float(str(row[0])), 9) for row in listing.rows]
        assert [c for c in asked if c >= 0.9] == sorted({*(c / 100 for c in range(90, 100)), 0.975})


def test_a_balance_covers_a_gap(tmp_path: Path, varied: Callable[..., Scenario]) -> None:
    """What is left of programme support from before reduces the reserve by as much."""
    reserves = []
    for name, balance in (("none", 0), ("some", 5)):
        write_run(
            varied(**{"inflows.psc_rate": 0.02, "inflows.psc_balance": balance}), tmp_path / name
        )
        (gap,) = gaps_of(read_run(tmp_path / name), "psc")
        reserves.append(reserve(gap.values, 0.9, 8, even=True).amount)
    assert reserves[0] - reserves[1] == pytest.approx(5000)


def test_a_year_is_not_paid_from_the_next(tmp_path: Path, varied: Callable[..., Scenario]) -> None:
    """Where the first year lacks more than both together, that is the gap."""
    late = {
        "inflows.psc_rate": 0.25,
        "inflows.spending_lag_months": 12,
        "inflows.unspent_before": 0,
    }
    write_run(varied(**late), tmp_path / "late")
    run = read_run(tmp_path / "late")
    (gap,) = gaps_of(run, "psc")
    whole = run.column("xb_posts_cost_eur") - run.column("psc_income_eur")
    assert np.any(gap.values > np.maximum(whole, 0) + 1)


def test_words_have_the_numbers(run: Run) -> None:
    """The sentence, and a ladder of confidences that rises."""
    finding = reserve_finding(run, "parent", 0.9)
    amount = reserve(gaps_of(run, "parent")[0].values, 0.9, 8, even=True).amount
    assert finding.sentences[0].values["amount"] == (amount, "USD")
    for listing in finding.listings:
        amounts = [row[1] for row in listing.rows]
        assert amounts == sorted(amounts)  # type: ignore[type-var]
    assert 0.9 in [row[0] for row in finding.listings[0].rows]


def test_nothing_missing_is_said(varied: Any, tmp_path: Path) -> None:
    """A parent that pays what was proposed, whatever happens, needs no reserve."""
    scenario = varied(**{"parents.A.policy": "budget_rate", "rates.eur_per_usd.start": 0.9})
    write_run(scenario, tmp_path / "x", draws=64, replicates=2)
    finding = reserve_finding(read_run(tmp_path / "x"), "parent", 0.02)
    assert any("No reserve is needed" in one.template for one in finding.sentences)


@pytest.mark.parametrize(
    ("confidence", "words"),
    [(0.0, "between 0 and 1"), (1.0, "between 0 and 1"), (90.0, "write 0.9"), (math.nan, "between"),
     (0.9999, "at least one draw")],
)  # fmt: skip
def test_a_confidence_that_is_none_is_refused(confidence: float, words: str) -> None:
    """Or one that so few draws cannot tell."""
    with pytest.raises(InputError, match=words):
        check_confidence(confidence, 4096)


def test_a_gap_that_is_none_is_refused(run: Run, varied: Any, tmp_path: Path) -> None:
    """A misspelt one; inflows of a scenario that has none."""
    with pytest.raises(InputError, match="did you mean 'psc'"):
        gaps_of(run, "pcs")


def test_the_command_says_it(sim: Any, small_file: str) -> None:
    """A file is run first; in words, as JSON, and kept beside the result."""
    said = sim("reserve", small_file, "--draws", "512", "--confidence", "0.95", "--keep")
    assert said.code == 0
    assert "with a confidence of 95.0 %" in " ".join(said.out.split())
    assert Path("results/small.findings/reserve-parent.json").is_file()
    document = json.loads(sim("reserve", "small", "--for", "psc", "--json").out)
    assert document["settings"]["for"] == "psc"
    assert sim("reserve", "small", "--confidence", "1.3").code == 2


def test_rounding_is_no_overrun(varied: Any, tmp_path: Path) -> None:
    """A contribution fixed at the budget rate is the proposed one but for its rounding: no gap."""
    write_run(varied(**{"parents.A.policy": "budget_rate"}), tmp_path / "fixed", draws=64)
    run = read_run(tmp_path / "fixed")
    proposed = next(p for p in proposed_of(run.scenario) if p.currency == "USD" and "-" in p.period)
    assert run.column("contribution_usd.A")[0] != proposed.amount
    assert not gaps_of(run, "parent")[0].values.any()
