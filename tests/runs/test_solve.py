"""The answer of a goal seek is the one that a grid or arithmetic gives."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator.engine import simulate
from simulator.errors import InputError
from simulator.findings import Finding
from simulator.render.finding import said
from simulator.runs.options import RunOptions, Silent
from simulator.runs.solve import SolveAsk, Solved, solve, solved
from simulator.scenario.fingerprint import to_toml
from simulator.scenario.model import Scenario

Varied = Callable[..., Scenario]
BASE = Path(__file__).resolve().parents[2] / "scenarios" / "base.toml"
START, PSC = "rates.eur_per_usd.start", "inflows.psc_rate"


@pytest.fixture
def file(tmp_path: Path, small: Scenario) -> str:
    """The small budget as a file."""
    path = tmp_path / "small.toml"
    path.write_text(to_toml(small), encoding="utf-8")
    return str(path)


def asked(file: str, key: str, such_that: str, **more: Any) -> Solved:
    """A question solved in one thread."""
    return solved(SolveAsk(file, key, such_that, options=RunOptions(threads=1), **more), Silent())


def words(finding: Finding) -> str:
    """All sentences."""
    return " ".join(said(s, finding) for s in finding.sentences).replace("\u00a0", " ")


def test_the_budget_rate_of_a_proposed_contribution() -> None:
    """34 526 200 / 30 000 000 to six digits: the contribution is rounded after the division."""
    found = asked(str(BASE), "rates.chf_per_usd.budget", "contribution_usd.UN@proposed = 30e6")
    ((low, high),) = found.answers[0].pieces
    middle = (low.edge.x + high.edge.x) / 2
    assert middle == pytest.approx(34_526_200 / 30_000_000, abs=5e-7)
    # Half up to the hundred: 29 999 950 rounds up, 30 000 050 does too.
    assert low.edge.x == pytest.approx(34_526_200 / 30_000_050, abs=1e-9)
    assert high.edge.x == pytest.approx(34_526_200 / 29_999_950, abs=1e-9)
    assert low.subject.value == high.subject.value == 30e6


def test_a_rounded_figure_that_cannot_be_had_is_said() -> None:
    """30 000 001 lies between two hundreds."""
    ask = SolveAsk(str(BASE), "rates.chf_per_usd.budget", "contribution_usd.UN@proposed = 30000001")
    assert "No value of rates.chf_per_usd.budget gives exactly" in words(solve(ask, Silent()))


def test_a_percentile_agrees_with_a_grid(file: str, varied: Varied) -> None:
    """P95 on a fine grid of starts, each simulated on its own, crosses within the error."""
    bound = 1_250_000.0
    found = asked(file, START, f"p95(contribution_usd.A) <= {bound}", low=0.85, high=1.1)
    ((low, high),) = found.answers[0].pieces
    assert high.edge.at_end
    assert low.error > 0
    starts = [round(low.edge.x + i * low.error / 4, 6) for i in range(-8, 9)]
    p95 = [
        float(np.percentile(simulate(varied(**{START: Decimal(str(s))})).get(
            "contribution_usd.A", "2031-2032"), 95))
        for s in starts
    ]  # fmt: skip
    first = next(s for s, value in zip(starts, p95, strict=True) if value <= bound)
    assert abs(first - low.edge.x) <= low.error


def test_the_subject_is_that_of_a_run_bit_for_bit(file: str, varied: Varied) -> None:
    """The scan's mean at a start is the mean of that scenario simulated alone."""
    found = asked(file, START, "mean(net_eur[2032]) <= 1", low=0.9, high=1.0)
    x, subject = found.answers[0].scan[0]
    point = simulate(varied(**{START: Decimal(str(x))}))
    assert subject.value == float(np.mean(point.get("net_eur", "2032")))
    assert found.answers[0].pieces == ()


def test_a_linear_output_is_solved_by_hand(file: str) -> None:
    """Programme support is rate × spending, so the rate that gives twice the mean is twice."""
    at = asked(file, PSC, "mean(psc_income_eur) <= 1e12", low=0.13, high=0.2)
    mean = at.answers[0].scan[0][1].value
    found = asked(file, PSC, f"mean(psc_income_eur) = {1.25 * mean!r}", low=0.1, high=0.3)
    ((edge, _),) = found.answers[0].pieces
    assert edge.edge.x == pytest.approx(1.25 * 0.13, abs=2e-7)
    error = edge.subject.standard_error / (mean / 0.13)
    assert edge.error == pytest.approx(error, rel=1e-6)


def test_no_value_does(file: str) -> None:
    """The range gives what it gives, and that is said."""
    ask = SolveAsk(file, START, "mean(contribution_usd.A) < 5", 0.85, 1.1,
                   options=RunOptions(threads=1))  # fmt: skip
    finding = solve(ask, Silent())
    assert "No value of rates.eur_per_usd.start from 0.85 to 1.1 does" in words(finding)
    assert [listing.name for listing in finding.listings] == ["scan"]


def test_a_frontier_solves_each_value_of_the_other_key(file: str) -> None:
    """Each row is the answer with the other key at its value."""
    mean = "mean(psc_income_eur) >= 150000"
    found = asked(file, PSC, mean, low=0.05, high=0.4, pareto="pledges.one.probability=0.6,0.8")
    one, two = (answer.pieces[0][0].edge.x for answer in found.answers)
    assert one > two
    alone = asked(file, PSC, mean, low=0.05, high=0.4)
    assert alone.answers[0].pieces[0][0].edge.x == pytest.approx(two, abs=1e-6)


@pytest.mark.parametrize(
    ("key", "such_that", "more", "says"),
    [
        ("parents.A.policy", "mean(net_eur) < 5", {}, "a key that holds a number is wanted"),
        ("rates.eur_per_use.start", "mean(net_eur) < 5", {}, "did you mean"),
        ("sampling.draws", "mean(net_eur) < 5", {}, "use --draws or --seed"),
        (START, "mean(net_euro) < 5", {}, "did you mean 'net_eur'?"),
        (START, "net_eur < 5", {}, "a statistic of the output is wanted"),
        (START, "p95(contribution_usd.A@proposed) < 5", {}, "one figure without chance"),
        (START, "mean(net_eur) < 5", {"low": 2.0, "high": 1.0}, "from a smaller number"),
        (START, "mean(net_eur) < 5", {"pareto": START + "=0.9,1"}, "that do not hold each other"),
        (START, "mean(net_eur) < 5", {"pareto": "parents.A.policy"}, "--pareto"),
        (START, "mean(net_eur) < 5", {"low": -1.0, "high": 1.0}, "a number above zero is wanted"),
    ],
)  # fmt: skip
def test_what_cannot_be_solved_is_refused(
    file: str, key: str, such_that: str, more: dict[str, Any], says: str
) -> None:
    """Each with the option, and in the words of a sweep where a sweep refuses it too."""
    with pytest.raises(InputError) as refused:
        asked(file, key, such_that, **more)
    assert says in str(refused.value)
