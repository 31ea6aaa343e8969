"""Calibration: the vintage of May 2007, what it may not see, and what each number rests on."""

from __future__ import annotations

import csv
import datetime as dt
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pydantic import BaseModel

from simulator.analysis.exchange import end_from_averages
from simulator.engine.backtest import forecast
from simulator.engine.calibrate import MAKERS, Calibration, Known, calibrate, inflation_of
from simulator.errors import InputError
from simulator.history.daily_rates import daily_rates
from simulator.history.prices import Prices, UserPrices
from simulator.history.rates import Rates, RateSource
from simulator.history.series import Quote, Series
from simulator.history.yearly import YearlyFigures, yearly_figures
from simulator.runs.market import Market
from simulator.sampling.copula import LEAST_EIGENVALUE
from simulator.scenario.exchange import Blended, Bootstrap, OrnsteinUhlenbeck, RandomWalk
from simulator.scenario.numbers import Quantity
from simulator.units import Month

MAY = dt.date(2007, 5, 31)
SEVEN = ("USD", "EUR", "GBP", "SEK", "NOK", "DKK", "CAD")
FAN = (0.05, 0.25, 0.5, 0.75, 0.95)
PRINTED = (0.978, 1.105, 1.193, 1.288, 1.461)
REALISED = 1.0849
"""CHF for one USD, mean of the 24 months of 2008 and 2009."""


def test_the_vintage_of_may_2007(market: Market) -> None:
    """The dollar starts at 1.2248; sd 3.23 % a month, 2.80 recently and 3.60 since 1973; 1.74 %."""
    found = calibrate(market.known(MAY), "CHF", ["USD"])
    facts, law = found.facts["chf_per_usd"], found.law
    assert isinstance(law, Blended)
    assert float(found.start("chf_per_usd")) == pytest.approx(1.2248, abs=5e-5)
    assert 100 * float(law.volatility["chf_per_usd"]) == pytest.approx(3.23, abs=0.05)
    assert 100 * math.sqrt(1.5 * facts.recent.value) == pytest.approx(2.80, abs=0.05)
    assert 100 * math.sqrt(1.5 * facts.long.value) == pytest.approx(3.60, abs=0.05)
    assert 100 * float(law.inflation_differential["chf_per_usd"]) == pytest.approx(1.74, abs=0.1)
    assert 100 * float(law.real_gap["chf_per_usd"]) == pytest.approx(-0.2, abs=0.2)
    assert (float(law.view), float(law.degrees_of_freedom)) == (1, 8)
    assert law.start_error == {}


def test_the_fan_of_2008_and_2009(market: Market) -> None:
    """Quantiles of the 24 months' mean as printed, and what happened at about the 20th per cent."""
    found = forecast(calibrate(market.known(MAY), "CHF", ["USD"]), 1 << 15, seed=0)
    inside = [i for i, month in enumerate(found.months) if month.year in (2008, 2009)]
    assert len(inside) == 24
    means = found.rates["chf_per_usd"][:, inside].mean(axis=1)
    assert np.quantile(means, FAN) == pytest.approx(PRINTED, abs=0.015)
    assert 0.15 < float((means < REALISED).mean()) < 0.25


def test_the_variance_by_hand(shared: Path) -> None:
    """From the CSV alone: ½·1.5·mean(x², 60 months) + ½·1.5·mean(x², since June 1973)."""
    with (shared / "fx_chf_monthly_fed.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["base"] == "USD"]
    rates = {row["month"]: float(row["chf_per_unit"]) for row in rows}
    months = sorted(month for month in rates if "1973-05" <= month <= "2007-05")
    squares = np.diff(np.log([rates[month] for month in months])) ** 2
    by_hand = math.sqrt(0.75 * squares[-60:].mean() + 0.75 * squares.mean())
    known = _known(Rates([_long(shared), daily_rates()]), MAY)
    law = calibrate(known, "CHF", ["USD"]).law
    assert isinstance(law, Blended)
    assert float(law.volatility["chf_per_usd"]) == pytest.approx(by_hand, rel=1e-6)


def _long(shared: Path) -> RateSource:
    from simulator.history.csv_rates import read_rates

    return read_rates(shared / "fx_chf_monthly_fed.csv")


def _known(rates: Rates, known_on: dt.date, yearly: YearlyFigures | None = None) -> Known:
    yearly = yearly or yearly_figures()
    return Known.of(rates, Prices(yearly), yearly, known_on)


class Absurd:
    """Rates that turn absurd after a date: times 10, times 100, back and forth."""

    name, file, sha256 = "absurd", "", ""

    def __init__(self, source: RateSource, after: dt.date) -> None:
        self.currencies, self._source, self._after = source.currencies, source, after

    def series(self, home: str, foreign: str) -> Series | None:
        found = self._source.series(home, foreign)
        if found is None:
            return None
        return Series(
            {day: self._wrong(quote) for day, quote in found.days.items()},
            {month: self._wrong(quote) for month, quote in found.given_ends.items()},
            {month: self._wrong(quote) for month, quote in found.given_averages.items()},
        )

    def _wrong(self, quote: Quote) -> Quote:
        if quote.date <= self._after:
            return quote
        return replace(quote, rate=quote.rate * 10 ** (1 + quote.date.toordinal() % 2))


def _absurd_table(after: dt.date) -> YearlyFigures:
    """The yearly table with absurd figures for every year that was not published by a date."""
    table = yearly_figures()
    last = after.year - 1

    def wrong(years: dict[int, float]) -> dict[int, float]:
        return {year: value if year <= last else 77.0 for year, value in years.items()}

    return replace(
        table,
        rates={name: wrong(dict(years)) for name, years in table.rates.items()},
        products={pair: wrong(dict(years)) for pair, years in table.products.items()},
        inflation={name: wrong(dict(years)) for name, years in table.inflation.items()},
    )


@pytest.mark.parametrize("known_on", [dt.date(1997, 11, 30), MAY, dt.date(2007, 10, 15)])
def test_nothing_later_is_seen(shared: Path, known_on: dt.date) -> None:
    """Absurd rates, products and inflation after the origin change no bit of law and forecast."""
    sources = [_long(shared), daily_rates()]
    honest = _known(Rates(sources), known_on)
    absurd = _known(
        Rates([Absurd(one, known_on) for one in sources]), known_on, _absurd_table(known_on)
    )
    laws = set(MAKERS) - ({"ou"} if known_on.year < 1998 else set())
    for law in laws:
        one, other = (calibrate(known, "CHF", SEVEN, law) for known in (honest, absurd))
        assert _numbers(one) == _numbers(other)
        first, second = forecast(one, 64, seed=1), forecast(other, 64, seed=1)
        assert first.months == second.months
        for pair in one.pairs:
            assert np.array_equal(first.rates[pair], second.rates[pair])
    one_price, other_price = (inflation_of(known, "CHF", [2008]) for known in (honest, absurd))
    assert (one_price.sd.value, one_price.centre[2008].value) == (
        other_price.sd.value,
        other_price.centre[2008].value,
    )


def _numbers(found: Calibration) -> object:
    """Everything of a calibration but the names of its sources."""
    values = [quantity.value for quantity in _quantities(found.law)]
    changes = found.law.changes if isinstance(found.law, Bootstrap) else None
    matrix = {one: {k: q.value for k, q in row.items()} for one, row in found.matrix.items()}
    starts = [found.start(pair).value for pair in found.pairs]
    return type(found.law), values, changes, matrix, starts


def _quantities(node: object) -> Iterator[Quantity]:
    if isinstance(node, Quantity):
        yield node
    elif isinstance(node, BaseModel):
        for name in type(node).model_fields:
            yield from _quantities(getattr(node, name))
    elif isinstance(node, dict):
        for one in node.values():
            yield from _quantities(one)


@pytest.mark.parametrize("law", MAKERS)
@pytest.mark.parametrize(
    "known_on", [dt.date(2007, 1, 15), MAY, dt.date(2008, 2, 1), dt.date(2013, 3, 31)]
)
def test_every_number_was_known_and_says_from_where(
    market: Market, law: str, known_on: dt.date
) -> None:
    """A number measured carries a short source and a date not after the information date."""
    known = market.known(known_on)
    found = calibrate(known, "CHF", SEVEN, law)
    numbers = [
        *(found.start(pair) for pair in found.pairs),
        *_quantities(dict(found.matrix)),
        *(one for one in _quantities(found.law) if one.source),
        *(one for one in _quantities(inflation_of(known, "CHF", [2014])) if one.source),
    ]
    assert len(numbers) > 8
    for number in numbers:
        assert number.as_of is not None
        assert number.as_of <= known_on
        assert number.source is not None
        assert 5 < len(number.source) < 200
    if isinstance(found.law, RandomWalk | Blended | OrnsteinUhlenbeck):
        assert all(one.source for one in found.law.volatility.values())


def test_inflation_figures_count_from_their_publication(daily: Market) -> None:
    """On 31 January 2007 the last year is 2005, a day later 2006, known on that day."""
    before = inflation_of(daily.known(dt.date(2007, 1, 31)), "CHF", [2008, 2009])
    after = inflation_of(daily.known(dt.date(2007, 2, 1)), "CHF", [2008, 2009])
    assert (before.last_published, after.last_published) == (2005, 2006)
    assert after.sd.as_of == dt.date(2007, 2, 1)
    assert list(after.centre) == [2008, 2009]


def test_prices_of_the_user_are_cited(daily: Market) -> None:
    """Where inflation comes from a file, the numbers that rest on it say so."""
    own = UserPrices("inflation of mine.csv", "mine.csv", "00", {"USD": {2006: 0.05}})
    known = Known.of(daily.rates, Prices(daily.yearly, own), daily.yearly, MAY)
    found = calibrate(known, "CHF", ["USD"])
    assert isinstance(found.law, Blended)
    source = found.law.inflation_differential["chf_per_usd"].source
    assert source is not None
    assert "inflation of mine.csv" in source
    assert next(used.name for used in known.prices.sources_used) == "inflation of mine.csv"


def test_a_start_in_the_middle_of_a_month_carries_the_rest_of_it(daily: Market) -> None:
    """15 October 2007: 16 days to the month's end, so start_error² = v·16/30.4; none at its end."""
    law = calibrate(daily.known(dt.date(2007, 10, 15)), "CHF", ["USD"]).law
    assert isinstance(law, Blended)
    pair = "chf_per_usd"
    expected = float(law.volatility[pair]) * math.sqrt(16 / (365.25 / 12))
    assert float(law.start_error[pair]) == pytest.approx(expected, rel=1e-6)
    for known_on in (dt.date(2007, 10, 31), dt.date(2008, 8, 31), dt.date(2013, 3, 31)):
        at_end = calibrate(daily.known(known_on), "CHF", ["USD"]).law
        assert isinstance(at_end, Blended)
        assert at_end.start_error == {}


def test_the_fan_of_a_mid_month_date_has_the_variance_of_its_time(daily: Market) -> None:
    """The log of the first month's average has variance v·(16/30.4 + 1/3), not v/3."""
    found = calibrate(daily.known(dt.date(2007, 10, 15)), "CHF", ["USD"], "random_walk")
    assert isinstance(found.law, RandomWalk)
    pair, draws = "chf_per_usd", 1 << 14
    logs = np.log(forecast(found, draws, seed=3).rates[pair][:, 0])
    variance = float(found.law.volatility[pair]) ** 2 * (16 / (365.25 / 12) + 1 / 3)
    assert logs.var() == pytest.approx(variance, rel=4 * math.sqrt(2 / draws))


CHANGES = np.random.default_rng(5).normal(0, 0.02, (30, 240))


def test_averages_alone_give_an_estimated_start(invented: Callable[..., Market]) -> None:
    """Without daily rates the start is the best estimate of the month end, with its error."""
    market = invented({"XYZ": CHANGES[0]}, Month(2000, 1))
    found = calibrate(market.known(dt.date(2015, 5, 31)), "ABC", ["XYZ"])
    logs = np.concatenate(([0.0], CHANGES[0].cumsum()))[: 15 * 12 + 5]
    level, variance = end_from_averages(logs[-60:])
    assert float(found.start("abc_per_xyz")) == pytest.approx(math.exp(level), rel=1e-6)
    assert isinstance(found.law, Blended)
    sd = float(found.law.volatility["abc_per_xyz"])
    error = float(found.law.start_error["abc_per_xyz"])
    assert error == pytest.approx(sd * math.sqrt(variance), rel=1e-6)
    assert found.estimated == ("abc_per_xyz",)
    assert "estimated from monthly averages" in str(found.start("abc_per_xyz").source)
    late = calibrate(market.known(dt.date(2015, 6, 28)), "ABC", ["XYZ"]).law
    assert isinstance(late, Blended)
    later = float(late.start_error["abc_per_xyz"])
    assert later == pytest.approx(sd * math.sqrt(variance + 30 / (365.25 / 12)), rel=1e-6)


def test_unknown_prices_give_no_view(invented: Callable[..., Market]) -> None:
    """Neither differential nor gap: zeros that are marked as assumptions, and `no_view` says so."""
    market = invented({"XYZ": CHANGES[0]}, Month(2000, 1))
    found = calibrate(market.known(dt.date(2015, 5, 31)), "ABC", ["XYZ"])
    assert isinstance(found.law, Blended)
    for table in (found.law.inflation_differential, found.law.real_gap):
        assert table["abc_per_xyz"].value == 0
        assert table["abc_per_xyz"].assumption
    assert found.no_view == ("abc_per_xyz",)
    with pytest.raises(InputError, match=r"abc_per_xyz: inflation of both countries(.|\n)*prices"):
        calibrate(market.known(dt.date(2015, 5, 31)), "ABC", ["XYZ"], "ou")


@pytest.mark.parametrize("law", ["blended", "random_walk", "student_walk", "bootstrap"])
def test_more_currencies_than_months_still_draw(invented: Callable[..., Market], law: str) -> None:
    """30 currencies on few months: the singular matrix is mended to a valid one, as written."""
    names = [f"X{chr(65 + i // 26)}{chr(65 + i % 26)}" for i in range(30)]
    months = 60 if law == "bootstrap" else 25
    market = invented({name: CHANGES[i, :months] for i, name in enumerate(names)}, Month(2000, 1))
    known_on = Month(2000, 1).plus(months).last_day()
    found = calibrate(market.known(known_on), "ABC", names, law)
    matrix = np.eye(30)
    place = {f"rates.abc_per_{name.lower()}": i for i, name in enumerate(names)}
    for one, row in found.matrix.items():
        for other, value in row.items():
            matrix[place[one], place[other]] = matrix[place[other], place[one]] = float(value)
    assert np.linalg.eigvalsh(matrix)[0] >= LEAST_EIGENVALUE
    drawn = forecast(found, 32, seed=0)
    assert all(np.isfinite(drawn.rates[pair]).all() for pair in found.pairs)


def test_a_currency_that_never_moves_stays(invented: Callable[..., Market]) -> None:
    """Volatility 0, no correlation with others, and every draw at its start."""
    market = invented({"PEG": np.zeros(100), "XYZ": CHANGES[0, :100]}, Month(2000, 1))
    found = calibrate(market.known(dt.date(2007, 12, 31)), "ABC", ["PEG", "XYZ"])
    assert isinstance(found.law, Blended)
    assert found.law.volatility["abc_per_peg"].value == 0
    assert found.matrix["rates.abc_per_peg"]["rates.abc_per_xyz"].value == 0
    rates = forecast(found, 16, seed=0).rates["abc_per_peg"]
    assert rates == pytest.approx(np.ones_like(rates), abs=1e-12)


def test_correlations_hold_between_a_daily_rate_and_an_estimated_one(daily: Market) -> None:
    """Rates with and without an error of their start are correlated in every month all the same."""
    yearly = yearly_figures()
    usd = daily.rates.as_of(MAY).averages("CHF", "USD")
    quotes = {m: Quote(rate * 0.5, m.last_day(), m.last_day()) for m, rate in usd.items()}

    class Half:
        name, file, sha256, currencies = "half", "", "", frozenset({"CHF", "HLF"})

        def series(self, home: str, foreign: str) -> Series | None:
            return Series(given_averages=quotes) if (home, foreign) == ("CHF", "HLF") else None

    known = _known(Rates([Half(), daily_rates()]), MAY, yearly)
    found = calibrate(known, "CHF", ["USD", "HLF"], "random_walk")
    drawn = forecast(found, 1 << 12, seed=0)
    logs = [np.diff(np.log(drawn.rates[pair]), axis=1) for pair in found.pairs]
    for month in range(logs[0].shape[1]):
        assert np.corrcoef(logs[0][:, month], logs[1][:, month])[0, 1] > 0.99


def test_fixed_rates_stay_at_their_start(daily: Market) -> None:
    """Nothing is drawn, nothing is correlated."""
    found = calibrate(daily.known(MAY), "CHF", ["USD", "EUR"], "fixed")
    assert found.matrix == {}
    drawn = forecast(found, 8, seed=0)
    for pair in found.pairs:
        assert (drawn.rates[pair] == float(found.start(pair))).all()


def test_resampled_months_are_those_of_the_last_15_years(daily: Market) -> None:
    """The bootstrap has the changes of the months that all rates have, in order."""
    found = calibrate(daily.known(MAY), "CHF", ["USD", "EUR"], "bootstrap")
    assert isinstance(found.law, Bootstrap)
    changes = daily.rates.as_of(MAY).changes("CHF", "USD")
    assert [float(c) for c in found.law.changes["chf_per_usd"]] == pytest.approx(
        list(changes.values()), rel=1e-6
    )
    assert len(changes) == 100
    with pytest.raises(InputError, match=r"at least 60 months(.|\n)*--history FILE"):
        calibrate(daily.known(dt.date(2001, 5, 31)), "CHF", ["USD"], "bootstrap")


def test_the_level_of_return_is_that_of_the_mean_real_rate(daily: Market) -> None:
    """`ou` returns to start·exp(gap), half-way in 60 months."""
    found = calibrate(daily.known(MAY), "CHF", ["CAD"], "ou")
    gap = found.facts["chf_per_cad"].gap
    assert gap is not None
    assert isinstance(found.law, OrnsteinUhlenbeck)
    level = float(found.start("chf_per_cad")) * math.exp(gap.value)
    assert float(found.law.towards["chf_per_cad"]) == pytest.approx(level, rel=1e-6)
    assert float(found.law.half_life_months) == 60


def test_every_currency_that_lacks_something_is_named(daily: Market) -> None:
    """Unknown currencies together, an unknown law with what was meant."""
    with pytest.raises(InputError) as caught:
        calibrate(daily.known(MAY), "CHF", ["QQQ", "USD", "ZZZ"])
    assert [one.key for one in caught.value.problems] == ["chf_per_qqq", "chf_per_zzz"]
    with pytest.raises(InputError, match="did you mean 'bootstrap'"):
        calibrate(daily.known(MAY), "CHF", ["USD"], "bootstrp")
    with pytest.raises(InputError, match="at least 24 monthly averages"):
        calibrate(daily.known(dt.date(1999, 5, 31)), "CHF", ["PLN"])


def test_facts_are_worked_out_once(daily: Market) -> None:
    """Several laws of one date share them."""
    known = daily.known(MAY)
    assert known.facts("CHF", "USD") is known.facts("CHF", "USD")
