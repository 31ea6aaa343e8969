"""`sim calibrate`: the fragment, its document, and a scenario that names it."""

from __future__ import annotations

import copy
import datetime as dt
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator.budget.rates import monthly_rates
from simulator.engine.backtest import forecast
from simulator.engine.calibrate import MAKERS
from simulator.errors import InputError
from simulator.history.csv_rates import read_rates
from simulator.history.daily_rates import daily_rates
from simulator.history.prices import Prices
from simulator.history.rates import Rates
from simulator.history.yearly import yearly_figures
from simulator.runs.calibrate import Calibrated, CalibrationAsk, calibrated, sd_ahead
from simulator.runs.market import Market
from simulator.sampling.draw import Drawer
from simulator.scenario.fingerprint import canonical, fingerprint
from simulator.scenario.model import Scenario
from simulator.scenario.read import read_scenario

MAY = dt.date(2007, 5, 31)
CURRENCIES = ("USD", "EUR", "GBP")


@pytest.fixture(scope="module")
def daily() -> Market:
    """Daily rates with the program's yearly table."""
    yearly = yearly_figures()
    return Market(Rates([daily_rates()]), Prices(yearly), yearly)


def _made(market: Market, law: str = "blended", known_on: dt.date = MAY, **more: Any) -> Calibrated:
    ask = CalibrationAsk(known_on, "CHF", CURRENCIES, law, {"franc": "CHF"}, **more)
    return calibrated(ask, market)


def test_inflation_of_may_2007(daily: Market) -> None:
    """Sd 1.05, 1.28 and 1.38 points one, two and three years after the last one published."""
    law = _made(daily).inflation["franc"]
    assert [100 * sd for sd in sd_ahead(law)] == pytest.approx([1.05, 1.28, 1.38], abs=0.05)
    assert (law.last_published, float(law.persistence), law.degrees_of_freedom) == (2006, 0.7, 5)
    assert list(law.centre) == [2008, 2009]


def _budget(known_on: str) -> dict[str, Any]:
    """A budget of two years whose four rates come from a law file."""
    return {
        "name": "two-years",
        "title": "Two years",
        "known_on": dt.date.fromisoformat(known_on),
        "budget": {"organization": "Example", "currency": "CHF", "years": [2008, 2009]},
        "parents": {"A": {"share": 1, "assessed_in": "CHF", "policy": "own_currency"}},
        "lines": {
            "travel": {
                "kind": "non_posts",
                "appropriation": 400,
                "recosting": {"2008": 1.01, "2009": 1},
                "exposure": {f"chf_per_{name.lower()}": 0.1 for name in CURRENCIES},
                "inflation": {"franc": 1},
            }
        },
        "rates": {
            f"chf_per_{name.lower()}": {"budget": rate}
            for name, rate in zip(CURRENCIES, (1.2, 1.6, 2.4), strict=True)
        },
        "sampling": {"seed": 0, "draws": 64, "replicates": 8,
                     "leading": [f"rates.chf_per_{name.lower()}" for name in CURRENCIES]},
    }  # fmt: skip


def _toml(tables: dict[str, Any]) -> str:
    """Plain tables as TOML, inline below the first level."""

    def value(one: Any) -> str:
        if isinstance(one, dict):
            inner = ", ".join(f"{key} = {value(it)}" for key, it in one.items())
            return f"{{ {inner} }}"
        if isinstance(one, list):
            return "[" + ", ".join(map(value, one)) + "]"
        return f'"{one}"' if isinstance(one, str) else str(one)

    return "\n".join(f"{key} = {value(one)}" for key, one in tables.items()) + "\n"


def _in_place(budget: dict[str, Any], law: dict[str, Any]) -> dict[str, Any]:
    """The budget with the tables of the law written into it."""
    whole = copy.deepcopy(budget)
    for pair, rate in law["rates"].items():
        whole["rates"][pair] |= rate
    return whole | {name: table for name, table in law.items() if name != "rates"}


@pytest.mark.parametrize("law", MAKERS)
def test_a_law_file_is_the_same_as_the_law_in_place(
    daily: Market, tmp_path: Path, law: str
) -> None:
    """Read back by a scenario, the fragment gives the fingerprint of the law written into it."""
    text = _made(daily, law).toml()
    (tmp_path / "law.toml").write_text(text, encoding="utf-8")
    budget = _budget("2007-05-31")
    if law == "fixed":
        del budget["sampling"]["leading"]  # nothing of rates is drawn
    (tmp_path / "two.toml").write_text(_toml({"law_file": "law.toml"} | budget), encoding="utf-8")
    named = read_scenario(tmp_path / "two.toml")
    written = _in_place(budget, tomllib.loads(text, parse_float=Decimal))
    assert fingerprint(named) == fingerprint(Scenario.model_validate(written))
    assert canonical(named) == canonical(Scenario.model_validate(written))


def test_a_scenario_draws_what_the_calibration_showed(daily: Market, tmp_path: Path) -> None:
    """With the same seed a run's rates are the forecast's, bit for bit."""
    found = _made(daily)
    (tmp_path / "law.toml").write_text(found.toml(), encoding="utf-8")
    (tmp_path / "two.toml").write_text(
        _toml({"law_file": "law.toml"} | _budget("2007-05-31")), encoding="utf-8"
    )
    scenario = read_scenario(tmp_path / "two.toml")
    block = Drawer(scenario, scenario.sampling).block(0, 64)
    drawn = forecast(found.calibration, 64, seed=0)
    for pair, rates in drawn.rates.items():
        months = monthly_rates(scenario, block, pair)
        for i, month in enumerate(drawn.months):
            assert np.array_equal(rates[:, i], months[month])


def test_a_scenario_known_before_its_law_is_refused(daily: Market, tmp_path: Path) -> None:
    """Numbers known on 31 May 2007 are no input of 30 April: every one is named with its place."""
    (tmp_path / "law.toml").write_text(_made(daily).toml(), encoding="utf-8")
    (tmp_path / "two.toml").write_text(
        _toml({"law_file": "law.toml"} | _budget("2007-04-30")), encoding="utf-8"
    )
    with pytest.raises(InputError) as caught:
        read_scenario(tmp_path / "two.toml")
    late = [one for one in caught.value.problems if "known on 2007-05-31" in one.wanted]
    assert {"law.toml"} == {Path(one.file).name for one in late}
    assert any("exchange.volatility.chf_per_usd" in one.key for one in late)


def test_the_fragment_can_be_read_by_people(daily: Market) -> None:
    """What it is, how to read it, what it rests on; then tables with the law's name first."""
    text = _made(daily).toml()
    head, _, tables = text.partition("\n\n")
    assert all(line.startswith("#") for line in head.splitlines())
    assert "known on 2007-05-31" in head
    assert head.count("sha256 ") == 2
    assert "to 2007-05-31" in head
    assert "to 2007-02-01" in head, "the last inflation was published then"
    assert '[exchange]\nlaw = "blended"\n' in tables
    assert '[inflation.franc]\nlaw = "ar1"\n' in tables
    assert max(map(len, tables.splitlines())) < 260
    again = _made(daily).toml()
    assert again == text


@pytest.mark.parametrize("law", MAKERS)
def test_the_document_says_what_the_law_says(daily: Market, law: str) -> None:
    """The sd shown is the law's own; the fan's median is near the start; all JSON values."""
    import json

    document = json.loads(json.dumps(_made(daily, law).document(), allow_nan=False))
    one = document["rates"]["chf_per_usd"]
    wanted = {"fixed": 0.0, "blended": 0.03235, "bootstrap": 0.0288}.get(law, 0.0283)
    assert one["monthly_sd"] == pytest.approx(wanted, abs=2e-4)
    assert list(one["fan"]) == ["2008", "2009", "2008-2009"]
    assert one["fan"]["2008"] == sorted(one["fan"]["2008"])
    assert one["fan"]["2008"][2] == pytest.approx(one["start"], rel=0.03)
    assert bool(document["correlation"]) == (law != "fixed")
    assert document["inflation"]["franc"]["sd_by_years_ahead"][0] == pytest.approx(0.0105, abs=5e-4)


def test_old_rates_are_a_warning(shared: Path) -> None:
    """Averages until June 2026 only: for the end of the year the last rate is too old."""
    yearly = yearly_figures()
    long = read_rates(shared / "fx_chf_monthly_fed.csv")
    market = Market(Rates([long]), Prices(yearly), yearly)
    assert _made(market, known_on=dt.date(2026, 8, 14)).warnings == ()
    late = _made(market, known_on=dt.date(2026, 8, 15)).warnings
    assert [one.key for one in late] == ["chf_per_usd", "chf_per_eur", "chf_per_gbp"]
    assert "46 days before" in late[0].value


def test_every_source_is_listed_once(daily: Market) -> None:
    """Rates, and the yearly figures with the day until which they were read."""
    names = [source["name"] for source in _made(daily).sources]
    assert len(names) == len(set(names)) == 2
    assert names[1].startswith("yearly figures")
    alone = calibrated(CalibrationAsk(dt.date(2020, 5, 31), "CHF", ("USD",), "blended"), daily)
    last = {source["name"][:6]: source["as_of"] for source in alone.sources}
    assert last == {"Europe": "2020-05-31", "yearly": "2020-02-01"}
