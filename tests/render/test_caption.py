"""The caption of a result: what its bands contain, and from when its rates are."""

from __future__ import annotations

from collections.abc import Callable

from simulator.render.caption import contains, data_in_words
from simulator.scenario.model import Scenario


def test_what_is_drawn_is_named(small: Scenario) -> None:
    """Every driver with an uncertain input, in the order of the drivers."""
    said = contains(small)
    assert said.startswith("The bands contain exchange rates, inflation, post costs, vacancy,")
    assert said.endswith("not: errors of the model itself, and what the parents decide.")


def test_what_is_certain_is_not_in_the_bands(varied: Callable[..., Scenario]) -> None:
    """Rates that are fixed are said to be certain."""
    said = contains(varied(exchange={"law": "fixed"}))
    assert "exchange rates" not in said.partition("not:")[0]
    assert "exchange rates (certain in this scenario)" in said


def test_the_dates_of_the_rates_are_said(varied: Callable[..., Scenario]) -> None:
    """Source and date of the last rate known."""
    start = {"value": 0.92, "as_of": "2030-10-30", "source": "a bank"}
    scenario = varied(**{"rates.eur_per_usd.start": start})
    assert list(data_in_words(scenario)) == ["Rates as of 2030-10-30: a bank."]
