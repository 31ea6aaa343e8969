"""The account of programme support is that of the stored columns."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator.engine import simulate
from simulator.errors import InputError
from simulator.render.finding import said
from simulator.runs.run import write_run
from simulator.runs.support import SupportAsk, check_ask, support_finding, supported
from simulator.scenario.model import Scenario
from simulator.store.result import Run, read_run

Varied = Callable[..., Scenario]


@pytest.fixture
def poor(varied: Varied) -> Scenario:
    """The small budget with little programme support."""
    return varied(**{"inflows.psc_rate": 0.08})


@pytest.fixture
def run(tmp_path: Path, poor: Scenario) -> Run:
    """A result of it."""
    write_run(poor, tmp_path / "poor")
    return read_run(tmp_path / "poor")


def test_the_balance_at_the_end_is_income_less_cost(run: Run, poor: Scenario) -> None:
    """On every draw, from the columns that a run stores; the opening balance in the file's unit."""
    found = supported(run, SupportAsk(opening=7.0))
    outcome = simulate(poor)
    end = (
        7000.0
        + outcome.get("psc_income_eur", poor.period)
        - outcome.get("xb_posts_cost_eur", poor.period)
    )
    np.testing.assert_allclose(found.account.balance[:, -1], end, rtol=1e-9, atol=1e-3)
    assert found.posts == {"P1": 1}
    assert [str(month) for month in found.months[::23]] == ["2031-01", "2032-12"]


def test_in_words_and_tables(run: Run) -> None:
    """What runs out, when, what notice costs; a row a month, a row a grade and their sum."""
    finding = support_finding(supported(run, SupportAsk()))
    text = " ".join(said(s, finding) for s in finding.sentences).replace("\u00a0", " ")
    assert "it runs out within the period in" in text
    assert "the middle month is 203" in text
    assert "the balance at the start must be" in text
    months, grades = finding.listings
    assert len(months.rows) == 24
    assert [row[0] for row in grades.rows] == ["P1", "all"]
    out = [float(row[-1] or 0) for row in months.rows]
    assert out == sorted(out)


def test_balance_and_notice_of_the_scenario(tmp_path: Path, varied: Varied) -> None:
    """Are taken unless others are asked for; the run stores the balance at each year's end."""
    stated = {"inflows.psc_balance": 7, "inflows.notice_months": 5, "inflows.psc_rate": 0.08}
    write_run(varied(**stated), tmp_path / "stated")
    run = read_run(tmp_path / "stated")
    found = supported(run, SupportAsk())
    assert (found.opening, found.notice) == (7.0, 5)
    for year, month in (("2031", 11), ("2032", 23)):
        ends = run.column("psc_balance_eur", year)
        np.testing.assert_allclose(found.account.balance[:, month], ends, rtol=1e-9, atol=1e-3)
    assert np.array_equal(run.column("psc_balance_eur"), run.column("psc_balance_eur", "2032"))
    other = supported(run, SupportAsk(opening=0.0, notice=0))
    assert (other.opening, other.notice) == (0.0, 0)


def test_enough_is_said(run: Run) -> None:
    """A large opening balance pays every month."""
    finding = support_finding(supported(run, SupportAsk(opening=1e6)))
    text = " ".join(said(s, finding) for s in finding.sentences)
    assert "every month is paid from the balance as it is" in text


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"opening": -1.0}, "--opening"),
        ({"opening": math.nan}, "--opening"),
        ({"notice": 37}, "--notice"),
        ({"confidence": 1.3}, "--confidence"),
    ],
)
def test_what_is_refused(options: dict[str, Any], says: str) -> None:
    """In words, with the option."""
    with pytest.raises(InputError) as refused:
        check_ask(SupportAsk(**options))
    assert says in str(refused.value)


def test_a_scenario_without_such_posts_is_refused(tmp_path: Path, varied: Varied) -> None:
    """There is nothing to follow."""
    write_run(varied(**{"posts.2.posts": 0}), tmp_path / "none")
    with pytest.raises(InputError, match="posts that programme support pays"):
        supported(read_run(tmp_path / "none"), SupportAsk())


def test_the_command_says_it(sim: Any, small_file: str) -> None:
    """A file is run first; in words, as JSON, and kept beside the result."""
    said = sim("support", small_file, "--draws", "512", "--keep")
    assert said.code == 0
    assert "it runs out within the period in" in " ".join(said.out.split())
    assert Path("results/small.findings/support.json").is_file()
    found = json.loads(sim("support", "small", "--notice", "6", "--json").out)
    assert found["settings"]["notice_months"] == 6
    refused = sim("support", "small", "--notice", "40", "--opening", "-1")
    assert refused.code == 2
    assert "--opening" in refused.err
    assert "--notice" in refused.err
