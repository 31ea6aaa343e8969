"""Markets to calibrate on: daily rates, the long history, and small invented ones."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from simulator.history.csv_rates import read_rates
from simulator.history.daily_rates import daily_rates
from simulator.history.pairs import PairRates
from simulator.history.prices import Prices
from simulator.history.rates import Rates
from simulator.history.series import Quote, Series
from simulator.history.yearly import yearly_figures
from simulator.runs.market import Market
from simulator.units import Month, months_between

LONG = "fx_chf_monthly_fed.csv"


@pytest.fixture(scope="session", params=["yearly table", "long history"])
def market(request: pytest.FixtureRequest) -> Market:
    """Daily rates with the program's yearly table, and the same behind the long history."""
    sources: list[PairRates] = [daily_rates()]
    if request.param == "long history":
        shared: Path = request.getfixturevalue("shared")
        sources.insert(0, read_rates(shared / LONG))
    yearly = yearly_figures()
    return Market(Rates(sources), Prices(yearly), yearly)


@pytest.fixture(scope="session")
def daily() -> Market:
    """Daily rates with the program's yearly table."""
    yearly = yearly_figures()
    return Market(Rates([daily_rates()]), Prices(yearly), yearly)


def averages_of(changes: Mapping[str, np.ndarray], first: Month, home: str = "ABC") -> PairRates:
    """A source of monthly averages, from 1 on by these log changes, by foreign currency."""

    def series(steps: np.ndarray) -> Series:
        months = list(months_between(first, first.plus(len(steps))))
        rates = [math.exp(level) for level in (0.0, *steps.cumsum())]
        quotes = {
            month: Quote(rate, month.last_day(), month.last_day())
            for month, rate in zip(months, rates, strict=True)
        }
        return Series(given_averages=quotes)

    return PairRates(
        "invented averages",
        {(home, name): (lambda steps=steps: series(steps)) for name, steps in changes.items()},
    )


@pytest.fixture
def invented() -> Callable[..., Market]:
    """A market of invented monthly averages: invented({"XYZ": changes}, Month(2000, 1))."""

    def build(changes: Mapping[str, np.ndarray], first: Month) -> Market:
        yearly = yearly_figures()
        return Market(Rates([averages_of(changes, first)]), Prices(yearly), yearly)

    return build
