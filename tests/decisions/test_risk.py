"""Risk measures are those of the draws: counted, sorted and added up a second way."""

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
from simulator.findings import Finding, Listing
from simulator.render.finding import said
from simulator.runs.risk import RiskAsk, risk_finding, worst_month
from simulator.runs.run import write_run
from simulator.runs.thresholds import proposed_of
from simulator.scenario.model import Scenario
from simulator.store.result import Run, read_run

Varied = Callable[..., Scenario]


@pytest.fixture
def run(small: Scenario, tmp_path: Path) -> Run:
    """A result of the small budget."""
    write_run(small, tmp_path / "small", draws=4096, replicates=8)
    return read_run(tmp_path / "small")


def listing(finding: Finding, name: str) -> Listing:
    """The table of this name."""
    return next(one for one in finding.listings if one.name == name)


@pytest.mark.parametrize("low", [False, True])
def test_percentiles_and_what_lies_beyond(run: Run, low: bool) -> None:
    """Against NumPy: the quantile, and the mean of the sorted end (whole draws at these levels)."""
    values = run.column("contribution_usd.A")
    finding = risk_finding(run, RiskAsk("contribution_usd.A", low=low))
    rows = listing(finding, "tail-contribution_usd.A").rows
    ordered = np.sort(values)[:: 1 if low else -1]
    for place, amount, error, begin, end, beyond, its_error in rows:
        part = float(place) if low else 1 - float(place)  # type: ignore[arg-type]
        assert amount == pytest.approx(np.quantile(values, float(place)))  # type: ignore[arg-type]
        count = part * len(values)
        whole = int(count)
        mean = (ordered[:whole].sum() + (count - whole) * ordered[whole]) / count
        assert beyond == pytest.approx(mean, rel=1e-12)
        assert begin < amount < end  # type: ignore[operator]
        assert error > 0  # type: ignore[operator]
        assert its_error > 0  # type: ignore[operator]


def test_independent_draws_have_intervals_of_order_statistics(
    tmp_path: Path, small: Scenario
) -> None:
    """As a random sampler makes them."""
    write_run(small, tmp_path / "random", draws=2048, replicates=8, sampler="random")
    run = read_run(tmp_path / "random")
    rows = listing(risk_finding(run, RiskAsk()), "tail-contribution_usd.A").rows
    values = run.column("contribution_usd.A")
    for row in rows:
        assert (row[3], row[4]) == order_interval(values, float(row[0]))  # type: ignore[arg-type]


@pytest.mark.parametrize("low", [False, True])
def test_several_thresholds(run: Run, low: bool) -> None:
    """Counted; the mean excess over all draws is probability times the excess when it is."""
    values = run.column("contribution_usd.A")
    asked = tuple(float(q) / 1000 for q in np.quantile(values, [0.2, 0.5, 0.9]))
    finding = risk_finding(run, RiskAsk("contribution_usd.A", over=(*asked, 1e6), low=low))
    rows = listing(finding, "over-contribution_usd.A").rows
    for (_, amount, part, _, excess, mean), limit in zip(rows, (*asked, 1e6), strict=True):
        beyond = values < 1000 * limit if low else values > 1000 * limit
        assert amount == pytest.approx(1000 * limit)
        assert part == np.mean(beyond)
        assert mean == pytest.approx(np.abs(values - 1000 * limit)[beyond].sum() / len(values))
        if part:
            assert part * excess == pytest.approx(mean)  # type: ignore[operator]
        else:
            assert excess is None


def test_what_was_proposed_counts_as_the_summary_counts_it(run: Run) -> None:
    """The probability is that of the stored summary; the amount is the printed one."""
    rows = listing(risk_finding(run, RiskAsk()), "over-contribution_usd.A").rows
    stored = {
        row.statistic: row.value
        for row in run.summary()
        if (row.output, row.period) == ("contribution_usd.A", run.periods[-1])
        and row.stage == "second_performance"
    }
    printed = next(
        p.amount
        for p in proposed_of(run.scenario)
        if (p.output, p.period) == ("contribution_usd.A", run.periods[-1])
    )
    assert rows[0][:3] == ("proposed", printed, stored["exceeds:proposed"])
    assert [row[0] for row in rows[-4:]] == ["+5 %", "+10 %", "+15 %", "+20 %"]


def test_the_worst_month_of_each_draw(run: Run) -> None:
    """The least monthly rate of the period, and that year's instalment at it: by hand."""
    worst = worst_month(run, "A")
    assert worst is not None
    names = [c.name for c in run.input_columns()]
    months = [n for n in names if n.startswith("rates.eur_per_usd[203") and "-" in n]
    inside = [n for n in months if n[18:22] in ("2031", "2032")]
    assert len(inside) == 24
    table = np.stack([run.inputs(name) for name in inside])
    assert np.array_equal(worst.rate, table.min(axis=0))
    due = np.stack([run.column("contribution_eur.A", year) / 12 for year in ("2031", "2032")])
    year = table.argmin(axis=0) // 12
    wanted = due[year, np.arange(len(year))] / table.min(axis=0)
    np.testing.assert_allclose(worst.instalment, wanted)
    np.testing.assert_allclose(worst.usual, due[year, np.arange(len(year))] / 0.9)
    assert worst_month(run, "B") is None


def test_no_rates_no_worst_month(tmp_path: Path, varied: Varied) -> None:
    """Where rates are not drawn there is no month to tell."""
    fixed = {
        "exchange": {"law": "fixed", "at": "budget"},
        "correlation.independent": [{"between": ["inflation", "inflows"]}],
    }
    write_run(varied(**fixed), tmp_path / "fixed")
    run = read_run(tmp_path / "fixed")
    assert worst_month(run, "A") is None
    assert not any(one.name.startswith("month-") for one in risk_finding(run, RiskAsk()).listings)


def test_in_words(run: Run) -> None:
    """The mean, the tail, the proposal; an output that is no money is told in figures."""
    finding = risk_finding(run, RiskAsk())
    text = " ".join(said(s, finding) for s in finding.sentences).replace("\u00a0", " ")
    assert "contribution_usd.A, 2031-2032:" in text
    assert "the highest 5 % of the draws average" in text
    assert "it is below the budget rate of 0.9000" in text
    rate = risk_finding(run, RiskAsk("rate.eur_per_usd", low=True))
    assert "the lowest 5 % of the draws average 0." in said(rate.sentences[0], rate)
    assert math.isclose(float(str(rate.listings[0].rows[0][1])), 0.9, rel_tol=0.2)


def test_what_is_refused(run: Run) -> None:
    """Everything at once, with what is near."""
    ask = RiskAsk("contribution_usd.C", "2033", (math.nan,))
    with pytest.raises(InputError) as refused:
        risk_finding(run, ask)
    said_ = str(refused.value)
    assert "contribution_usd.A" in said_
    assert "--period" in said_
    assert "--over" in said_


def test_the_command_says_it(sim: Any, small_file: str) -> None:
    """A file is run first; in words, as JSON, kept beside the result; wrong amounts are named."""
    said_ = sim("risk", small_file, "--draws", "512", "--keep", "--over", "20,30e0")
    assert said_.code == 0
    assert Path("results/small.findings/risk.json").is_file()
    found = json.loads(sim("risk", "small", "--output", "xb_receipts_eur", "--low", "--json").out)
    assert found["settings"]["output"] == "xb_receipts_eur"
    refused = sim("risk", "small", "--over", "10,ten")
    assert refused.code == 2
    assert "amounts are wanted (found ten)" in refused.err
