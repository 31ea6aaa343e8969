"""What would have been known later: rates collapse to a point, and the hand calculation holds."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator.engine import simulate
from simulator.errors import InputError
from simulator.history import daily_rates
from simulator.runs.as_of import as_of, as_of_finding
from simulator.scenario.model import Scenario
from simulator.scenario.read import read_scenario

ROOT = Path(__file__).resolve().parents[2]
ACTUALS = ROOT / "scenarios" / "itc" / "actuals.toml"
END = dt.date(2009, 12, 31)
pytestmark = pytest.mark.skipif(not daily_rates.available(), reason="daily rates not installed")


@pytest.fixture(scope="module")
def base() -> Scenario:
    """The base case with few draws."""
    scenario = read_scenario(ROOT / "scenarios" / "base.toml")
    sampling = scenario.sampling.model_copy(update={"draws": 1024, "replicates": 4})
    return scenario.model_copy(update={"sampling": sampling})


def test_at_the_end_exchange_is_a_point(base: Scenario) -> None:
    """Rates are the averages that were, and the contribution in dollars follows by hand."""
    later = as_of(base, END, ACTUALS)
    drawn = simulate(later.scenario)
    rates = drawn["rate.chf_per_usd"]
    assert np.all(rates[:, :2] == rates[0, :2])
    # Yearly averages of the European Central Bank's daily rates, as scenarios/itc/actuals.toml.
    assert rates[0, :2] == pytest.approx([1.0832, 1.0865], abs=2e-3)
    francs, dollars = drawn["contribution_chf.UN"], drawn["contribution_usd.UN"]
    by_hand = francs[:, 0] / rates[:, 0] + francs[:, 1] / rates[:, 1]
    assert dollars[:, -1] == pytest.approx(by_hand, rel=1e-12)
    assert float(dollars[:, -1].mean()) == pytest.approx(float(by_hand.mean()), rel=1e-12)


def test_inflation_of_years_that_are_over_is_known(base: Scenario) -> None:
    """2008 was 2.43 % and 2009 -0.48 %: the sums that the file of actuals has."""
    for day, known in ((dt.date(2008, 12, 31), [0.0243]), (END, [0.0243, -0.0048])):
        drawn = simulate(as_of(base, day, ACTUALS).scenario)["inflation.swiss"]
        for year, value in enumerate(known):
            assert drawn[:, year] == pytest.approx(value, abs=1e-12)
        if len(known) == 1:
            assert np.std(drawn[:, 1]) > 0


def test_the_fan_narrows(base: Scenario) -> None:
    """From October 2007 to the end, revision by revision."""
    days = (dt.date(2007, 12, 31), dt.date(2008, 12, 31), END)
    scenarios = [base, *(as_of(base, day, ACTUALS).scenario for day in days)]
    spreads = [float(np.std(simulate(s)["contribution_usd.UN"][:, -1])) for s in scenarios]
    assert spreads == sorted(spreads, reverse=True)
    assert spreads[-1] < spreads[0] / 5


def test_observed_months_are_those_of_the_bank(base: Scenario) -> None:
    """From the December before the period up to the last month that was over."""
    later = as_of(base, dt.date(2008, 8, 15))
    observed = later.scenario.rates["chf_per_usd"].observed
    assert list(observed) == ["2007-12", *(f"2008-{m:02}" for m in range(1, 8))]
    assert float(observed["2008-03"]) == pytest.approx(1.010, abs=0.005)
    assert later.months == 7
    assert later.scenario.known_on == later.date == dt.date(2008, 7, 31)


@pytest.mark.parametrize(
    ("day", "words"),
    [("2007-10-31", "after 2007-10-31"), ("2007-11-29", "after 2007-10-31"),
     ("2199-01-31", "up to 2199-01-31 are wanted")],
)  # fmt: skip
def test_a_date_that_cannot_be_is_refused(base: Scenario, day: str, words: str) -> None:
    """Before the scenario's own, and after the last rate there is."""
    with pytest.raises(InputError, match=words):
        as_of(base, dt.date.fromisoformat(day))


def test_a_given_path_is_refused(base: Scenario) -> None:
    """There is nothing to replay."""
    later = as_of(base, END).scenario
    with pytest.raises(InputError, match=r"draws its rates|after"):
        as_of(later.model_copy(update={"known_on": dt.date(2009, 1, 1)}), END)


def test_words_have_both_views(base: Scenario) -> None:
    """The proposal, the scenario's own date, and the later one."""
    later = as_of(base, dt.date(2008, 12, 31), ACTUALS)
    finding = as_of_finding(base, later, 1)
    assert [row[0] for row in finding.listings[0].rows] == ["proposed", "2007-10-31", "2008-12-31"]
    assert finding.scenario == base.name


def test_the_command_writes_the_scenario_of_the_day(sim: Any, tmp_path: Path) -> None:
    """Which can be run and compared like any other."""
    out = tmp_path / "later.toml"
    said = sim("as-of", str(ROOT / "scenarios/base.toml"), "2008-12-31", "--draws", "256",
               "--actuals", str(ACTUALS), "--out", str(out), "--json")  # fmt: skip
    assert said.code == 0
    assert json.loads(said.out)["settings"]["date"] == "2008-12-31"
    assert sim("validate", str(out)).code == 0
    assert sim("as-of", str(out), "2008-12-31").code == 2
    assert sim("as-of", str(ROOT / "scenarios/base.toml"), "2008-13-31").code == 2
