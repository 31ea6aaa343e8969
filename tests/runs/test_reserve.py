"""A reserve is an order statistic of a loss, by hand from the draws."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator.engine import simulate
from simulator.errors import InputError
from simulator.render.finding import said
from simulator.runs.options import RunOptions, Silent
from simulator.runs.reserve import Loss, Reserve, ReserveAsk, reserve, reserve_of, reserved
from simulator.runs.thresholds import proposed_of
from simulator.scenario.fingerprint import to_toml
from simulator.scenario.model import Scenario

Varied = Callable[..., Scenario]


@pytest.fixture
def written(tmp_path: Path) -> Callable[[Scenario], str]:
    """Writes a scenario to a file."""

    def write(scenario: Scenario) -> str:
        path = tmp_path / "small.toml"
        path.write_text(to_toml(scenario), encoding="utf-8")
        return str(path)

    return write


def asked(file: str, kind: str | None = None, confidence: float = 0.9) -> dict[str, Reserve]:
    """Reserves by name, made in one thread."""
    ask = ReserveAsk(file, confidence, kind, RunOptions(threads=1))
    return {one.loss.name: one for one in reserved(ask, Silent()).reserves}


def at(values: Any, level: float) -> float:
    """The least draw with at least `level` of the draws at or below it, by counting."""
    return float(min(v for v in values if np.mean(values <= v) >= level))


def test_an_overrun_is_what_is_owed_above_the_proposed(written: Any, small: Scenario) -> None:
    """The 90 % reserve is that draw of contribution less proposed contribution, or 0."""
    found = asked(written(small), "parent")
    assert set(found) == {"A", "B"}
    outcome = simulate(small)
    proposed = {p.output: p for p in proposed_of(small) if p.period == small.period}
    for name, column in (("A", "contribution_usd.A"), ("B", "contribution_eur.B")):
        owed, its = outcome.get(column, small.period), proposed[column]
        loss = np.where(owed > its.limit, owed - its.amount, 0.0)
        assert found[name].levels[0].reserve.value == at(loss, 0.9)
        assert found[name].needed == np.mean(loss > 0)
        beyond = loss[loss > at(loss, 0.9)] - at(loss, 0.9)
        assert found[name].missing == pytest.approx(beyond.mean(), rel=1e-12)


def test_a_shortfall_and_unpaid_posts(written: Any, varied: Varied) -> None:
    """Receipts below the plan; support that lags at the end of the worse year, and its months."""
    poor = varied(**{"inflows.psc_rate": 0.1})
    found, outcome = asked(written(poor)), simulate(poor)
    short = outcome.get("xb_shortfall_eur", poor.period)
    assert found["inflows"].levels[0].reserve.value == at(short, 0.9)
    cost, support = outcome["xb_posts_cost_eur"], outcome["psc_income_eur"]
    first = cost[:, 0] - support[:, 0]
    loss = np.maximum(0.0, np.maximum(first, first + cost[:, 1] - support[:, 1]))
    assert found["psc"].levels[0].reserve.value == at(loss, 0.9)
    months = found["psc"].months
    assert months is not None
    assert months.value == at(24 * loss / (cost[:, 0] + cost[:, 1]), 0.9)


def test_a_fixed_contribution_leaves_the_loss_with_the_organization(
    written: Any, varied: Varied
) -> None:
    """Under `budget_rate` the parent never owes more; the organization may lack some."""
    fixed = varied(**{"parents.A.policy": "budget_rate"})
    found = asked(written(fixed), "parent")
    assert found["A"].needed == 0
    balance = simulate(fixed).get("balance_eur.A", fixed.period)
    expected = at(np.maximum(0.0, -balance), 0.9)
    assert found["A-balance"].levels[0].reserve.value == expected > 0


def test_each_further_per_cent_costs_the_difference() -> None:
    """Levels go up by one per cent to 99; their steps add up to the difference of the ends."""
    values = np.random.default_rng(3).exponential(1e6, 4096)
    found = reserve_of(Loss("parent", "A", "a loss", "EUR", values), 0.9, 8)
    assert [level.confidence for level in found.levels] == [
        0.9, 0.91, 0.92, 0.93, 0.94, 0.95, 0.96, 0.97, 0.98, 0.99,
    ]  # fmt: skip
    steps = math.fsum(level.step for level in found.levels[1:])
    ends = found.levels[-1].reserve.value - found.levels[0].reserve.value
    assert steps == pytest.approx(ends, rel=1e-12)
    assert found.missing == pytest.approx(1e6, rel=0.15)  # an exponential law forgets


def test_in_words(written: Any, varied: Varied) -> None:
    """Sentences have amount, interval, and the price of the next per cent."""
    ask = ReserveAsk(written(varied(**{"inflows.psc_rate": 0.1})), 0.9, None, RunOptions(threads=1))
    finding = reserve(ask, Silent())
    text = " ".join(said(s, finding) for s in finding.sentences).replace("\u00a0", " ")
    assert (
        "covers the contribution of A above the proposed one with 90.0 % confidence (90.0 %" in text
    )
    assert "One per cent more, 91.0 %, costs another" in text
    assert "months of these posts are unpaid" in text


@pytest.mark.parametrize(
    ("changes", "kind", "confidence", "says"),
    [
        ({}, "inflow", 0.9, "did you mean 'inflows'?"),
        ({}, None, 1.3, "a part above 0 and below 1 is wanted"),
        ({}, None, math.nan, "a part above 0 and below 1 is wanted"),
        ({}, None, 0.9999, "512 draws can tell from certainty"),
        ({"posts.2.posts": 0}, "psc", 0.9, "posts that programme support pays"),
    ],
)
def test_what_is_refused(
    written: Any, varied: Varied, changes: dict[str, Any], kind: str, confidence: float, says: str
) -> None:
    """In words, with the option."""
    with pytest.raises(InputError) as refused:
        asked(written(varied(**changes)), kind, confidence)
    assert says in str(refused.value)
