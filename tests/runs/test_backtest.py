"""`sim backtest`: what issue and design promise, raw draws, and nothing half-made."""

from __future__ import annotations

import csv
import datetime as dt
import gc
import math
import weakref
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from simulator.analysis.perfect import Band
from simulator.engine.backtest import BASKET, Forecast, Score, forecast
from simulator.engine.calibrate import MAKERS, calibrate
from simulator.errors import InputError
from simulator.history.csv_rates import read_rates
from simulator.history.daily_rates import daily_rates
from simulator.history.prices import Prices
from simulator.history.rates import Rates
from simulator.history.series import Series
from simulator.history.yearly import yearly_figures
from simulator.runs import backtest as module
from simulator.runs.backtest import Backtest, BacktestAsk, backtest, write_cases
from simulator.runs.inflation import inflation_backtest
from simulator.runs.market import Market
from simulator.runs.options import Silent
from simulator.units import Month

SEVEN = ("USD", "EUR", "GBP", "SEK", "NOK", "DKK", "CAD")
SMALL = BacktestAsk(
    home="CHF", currencies=("USD", "EUR"), laws=("blended",), targets=("year", "biennium"),
    first=Month(2003, 5), last=Month(2004, 11), every=6, draws=64, seed=0, threads=1,
)  # fmt: skip


def _market(*sources: Any) -> Market:
    yearly = yearly_figures()
    return Market(Rates(sources), Prices(yearly), yearly)


@pytest.fixture(scope="module")
def daily() -> Market:
    """Daily rates with the program's yearly table."""
    return _market(daily_rates())


@pytest.fixture(scope="module", params=["yearly table", "long history"])
def seven(request: pytest.FixtureRequest, daily: Market) -> Backtest:
    """Seven currencies in francs from May and November of 2003 to 2012."""
    market = daily
    if request.param == "long history":
        shared: Path = request.getfixturevalue("shared")
        market = _market(read_rates(shared / "fx_chf_monthly_fed.csv"), daily_rates())
    ask = replace(SMALL, currencies=SEVEN, last=Month(2012, 11), draws=2048, threads=2)
    return backtest(ask, market, Silent())


def within(band: Band, value: float) -> bool:
    """Whether a score lies in the band, ends included."""
    return band.low <= value <= band.high


def _score(found: Backtest, target: str, law: str = "blended", pair: str = "all") -> Score:
    return next(s for s in found.scores if (s.target, s.law, s.pair) == (target, law, pair))


@pytest.mark.parametrize(("target", "most"), [("year", 0.97), ("biennium", 0.95)])
def test_the_default_law_beats_the_plain_walk(seven: Backtest, target: str, most: float) -> None:
    """The CRPS of 140 cases is at most that part of the walk's; under 0.75 would be leaked data."""
    score = _score(seven, target)
    assert score.cases == 140
    assert 0.75 < score.ratio <= most
    for each in seven.scores:
        assert each.ratio > 0.75, each


@pytest.mark.parametrize("target", ["year", "biennium"])
def test_its_bands_hold_what_they_say(seven: Backtest, target: str) -> None:
    """Coverage of 80 % and 90 %, mean PIT and KS lie where those of a perfect forecaster would."""
    score, bands = _score(seven, target), seven.bands[target, "all"]
    for level in (0.8, 0.9):
        assert within(bands.coverage[level], score.coverage[level])
    assert within(bands.mean_pit, score.mean_pit)
    assert within(bands.ks, score.ks)


@pytest.mark.parametrize("target", ["year", "biennium"])
def test_independent_currencies_fail_on_the_basket(seven: Backtest, target: str) -> None:
    """The 90 % band of the basket holds too little when currencies know nothing of one another."""
    band = seven.bands[target, BASKET].coverage[0.9]
    assert within(band, _score(seven, target, pair=BASKET).coverage[0.9])
    apart = _score(seven, target, "blended, independent", BASKET).coverage[0.9]
    assert apart < band.low


def test_any_number_of_threads_gives_the_same(daily: Market) -> None:
    """Cases, bands and files are equal, to the last bit."""
    one, two = (backtest(replace(SMALL, threads=n), daily, Silent()) for n in (1, 2))
    assert one.cases == two.cases
    assert one.bands == two.bands
    assert one.document() == two.document()


def test_all_laws_run(daily: Market) -> None:
    """Every law that can be calibrated is scored on the same cases."""
    ask = replace(SMALL, laws=tuple(MAKERS), first=Month(2005, 5), last=Month(2005, 11))
    found = backtest(ask, daily, Silent())
    assert {score.law for score in found.scores if score.pair == "all"} == set(MAKERS)
    assert {score.cases for score in found.scores if score.pair == "all"} == {4}
    fixed = _score(found, "year", "fixed")
    mean_error = np.mean(
        [abs(c.start - c.outcome) / c.start for c in found.cases
         if (c.law, c.target) == ("fixed", "year") and c.pair != BASKET]
    )  # fmt: skip
    assert fixed.crps == pytest.approx(mean_error, rel=1e-9), "without spread: the absolute error"


def test_an_origin_sees_nothing_later(daily: Market, tmp_path: Path) -> None:
    """With absurd rates after the last origin the raw draws of every origin are the same bits."""
    after = SMALL.origins[-1]
    source = daily_rates()

    class Absurd:
        name, file, sha256, currencies = "absurd", "", "", source.currencies

        def series(self, home: str, foreign: str) -> Series | None:
            found = source.series(home, foreign)
            if found is None:
                return None
            days = {
                day: quote if day <= after else replace(quote, rate=quote.rate * 1000)
                for day, quote in found.days.items()
            }
            return Series(days)

    for market, name in ((daily, "honest.csv"), (_market(Absurd()), "absurd.csv")):
        found = backtest(SMALL, market, Silent(), tmp_path / name)
        assert len(found.cases) > 0
    assert (tmp_path / "honest.csv").read_bytes() == (tmp_path / "absurd.csv").read_bytes()


def _long(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            return [
                {**row, "draw": int(row["draw"]), "rate": float(row["rate"])}
                for row in csv.DictReader(file)
            ]
    return pq.read_table(path).to_pylist()


def test_raw_draws_in_long_form(daily: Market, tmp_path: Path) -> None:
    """Origin, draw, month, rate, pair: all draws of every origin, pair and month, exactly."""
    files = [tmp_path / "draws.parquet", tmp_path / "draws.csv"]
    for file in files:
        backtest(replace(SMALL, threads=2), daily, Silent(), file)
    rows, same = (_long(file) for file in files)
    assert rows == same
    assert list(rows[0]) == ["origin", "draw", "month", "rate", "pair"]
    table = {(r["origin"], r["pair"], r["month"], r["draw"]): r["rate"] for r in rows}
    assert len(table) == len(rows)
    for origin in SMALL.origins:
        found = calibrate(daily.known(origin), "CHF", ["USD", "EUR"])
        drawn = forecast(found, 64, seed=0)
        for pair, rates in drawn.rates.items():
            for i, month in enumerate(drawn.months):
                column = [table.pop((str(origin), pair, str(month), n)) for n in range(64)]
                assert column == rates[:, i].tolist()
    assert table == {}


def test_raw_draws_of_several_laws_name_them(daily: Market, tmp_path: Path) -> None:
    """A column law, when there are several; the plain walk only when asked for."""
    ask = replace(SMALL, laws=("blended", "fixed"), last=Month(2003, 5))
    backtest(ask, daily, Silent(), tmp_path / "draws.parquet")
    table = pq.read_table(tmp_path / "draws.parquet")
    assert table.column_names == ["origin", "draw", "month", "rate", "pair", "law"]
    assert set(table["law"].to_pylist()) == {"blended", "fixed"}
    assert table.num_rows == 2 * 2 * 64 * (7 + 24)


def test_draws_are_written_although_nothing_is_over(daily: Market, tmp_path: Path) -> None:
    """Whoever scores the draws later may have them now; without draws it is an error."""
    year = dt.datetime.now(dt.UTC).year - 1
    ask = replace(SMALL, targets=("biennium",), first=Month(year, 5), last=Month(year, 5))
    found = backtest(ask, daily, Silent(), tmp_path / "draws.csv")
    assert found.cases == ()
    assert found.scores == ()
    assert "not over" in found.skipped[0]
    assert len(_long(tmp_path / "draws.csv")) == 2 * 64 * (7 + 24)
    with pytest.raises(InputError, match="a target that is over is wanted"):
        backtest(ask, daily, Silent())


def test_origins_without_history_are_skipped_and_told(daily: Market) -> None:
    """Daily rates begin in 1999: earlier origins have no last rate; the others are scored."""
    found = backtest(replace(SMALL, first=Month(1997, 11), last=Month(2001, 11)), daily, Silent())
    assert "1997-11-30" in found.skipped[0]
    assert "a rate known on 1997-11-30 is wanted" in found.skipped[0]
    assert {case.origin.year for case in found.cases} == {1999, 2000, 2001}


def test_an_origin_after_the_last_rate_is_skipped(daily: Market) -> None:
    """A forecast of a century ahead from today's rate would be no forecast at all."""
    ask = replace(SMALL, first=Month(2020, 11), last=Month(2090, 11), every=840)
    found = backtest(ask, daily, Silent())
    assert found.skipped == (
        "2090-11-30: chf_per_usd: the last rate is more than 45 days old; "
        "chf_per_eur: the last rate is more than 45 days old",
    )


def test_a_currency_without_rates_is_refused_at_once(daily: Market) -> None:
    """Every unknown currency is named, with what was meant."""
    with pytest.raises(InputError) as caught:
        backtest(replace(SMALL, currencies=("USS", "EUR", "QQQ")), daily, Silent())
    assert [one.key for one in caught.value.problems] == ["chf_per_uss", "chf_per_qqq"]
    assert "did you mean 'US" in caught.value.problems[0].remedy


class Interrupter(Silent):
    """Presses Ctrl-C after so many origins."""

    def __init__(self, after: int) -> None:
        self.left = after

    def advance(self, n: int) -> None:
        self.left -= 1
        if self.left <= 0:
            raise KeyboardInterrupt


@pytest.mark.parametrize("name", ["draws.csv", "draws.parquet"])
@pytest.mark.parametrize("after", [1, 3])
def test_an_interrupt_leaves_no_file(daily: Market, tmp_path: Path, name: str, after: int) -> None:
    """Nor a part of one; an earlier file stays as it was."""
    with pytest.raises(KeyboardInterrupt):
        backtest(SMALL, daily, Interrupter(after), tmp_path / name)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / name).write_text("old")
    with pytest.raises(KeyboardInterrupt):
        backtest(replace(SMALL, threads=2), daily, Interrupter(after), tmp_path / name, force=True)
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [(name, "old")]


def test_a_failure_leaves_no_file(daily: Market, tmp_path: Path) -> None:
    """Nothing to draw at any origin: no table of nothing."""
    ask = replace(SMALL, first=Month(1990, 5), last=Month(1991, 5))
    with pytest.raises(InputError, match="at least one origin"):
        backtest(ask, daily, Silent(), tmp_path / "draws.csv")
    assert list(tmp_path.iterdir()) == []


def test_memory_does_not_grow_with_origins(
    daily: Market, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Draws are let go once written, or at once when nobody wants them: few origins are alive."""
    alive: list[weakref.ref[Any]] = []
    most = 0

    def watched(*arguments: Any) -> Forecast:
        found = forecast(*arguments)
        alive.append(weakref.ref(next(iter(found.rates.values()))))
        return found

    class Count(Silent):
        def advance(self, n: int) -> None:
            nonlocal most
            gc.collect()
            most = max(most, sum(one() is not None for one in alive))

    monkeypatch.setattr(module, "forecast", watched)
    for path, limit in ((None, 1), (tmp_path / "draws.csv", 2)):
        alive.clear()
        most = 0
        backtest(replace(SMALL, last=Month(2008, 11)), daily, Count(), path)
        assert len(alive) == 24
        assert most <= limit


def test_cases_as_a_table(daily: Market, tmp_path: Path) -> None:
    """A row for every case of every law with the ends of its bands; both kinds are equal."""
    found = backtest(SMALL, daily, Silent())
    for name in ("cases.parquet", "cases.csv"):
        write_cases(tmp_path / name, found, force=False)
    rows = pq.read_table(tmp_path / "cases.parquet").to_pylist()
    with (tmp_path / "cases.csv").open(encoding="utf-8", newline="") as file:
        plain = list(csv.DictReader(file))
    assert len(rows) == len(plain) == len(found.cases)
    assert list(rows[0]) == list(plain[0])
    assert list(rows[0])[-2:] == ["low_0.95", "high_0.95"]
    for row, text, case in zip(rows, plain, found.cases, strict=True):
        assert (row["law"], row["origin"], row["pair"]) == (case.law, str(case.origin), case.pair)
        assert row["crps"] == float(text["crps"]) == case.crps
        assert row["high_0.9"] == case.high[2]
    with pytest.raises(InputError, match="this file exists"):
        write_cases(tmp_path / "cases.csv", found, force=False)


def test_a_plain_history_of_one_pair(tmp_path: Path) -> None:
    """`month,rate` and a pair's name are enough: starts are estimates, and there is no view."""
    file = tmp_path / "abc.csv"
    steps = np.random.default_rng(4).normal(0, 0.02, 300).cumsum()
    rows = [f"{Month(1990, 1).plus(i)},{1.5 * math.exp(step):.6f}" for i, step in enumerate(steps)]
    file.write_text("month,rate\n" + "\n".join(rows) + "\n")
    market = _market(read_rates(file, pair="abc_per_xyz"))
    ask = replace(SMALL, home="ABC", currencies=("XYZ",), last=Month(2011, 11), draws=256)
    found = backtest(ask, market, Silent())
    assert found.notes == (
        "no view of abc_per_xyz: inflation there or at home is not known (--prices FILE) "
        "(18 origins)",
        "starts estimated from monthly averages, with their error: abc_per_xyz (18 origins)",
    )
    assert _score(found, "year").cases == 18
    assert {pair for _, pair in found.bands} == {"all"}, "one rate has no basket"
    assert 0.75 < _score(found, "biennium").ratio < 1.25


def test_the_origins_are_ends_of_months() -> None:
    """From first to last, every so many months; none when the last is before the first."""
    ask = replace(SMALL, first=Month(2004, 2), last=Month(2005, 1), every=4)
    assert ask.origins == (dt.date(2004, 2, 29), dt.date(2004, 6, 30), dt.date(2004, 10, 31))
    assert replace(ask, last=Month(2004, 1)).origins == ()


def test_inflation_walks_forward_beside_its_competitors() -> None:
    """23 origins of 1985 to 2007; two and three years ahead the rule does better than both."""
    (found,) = inflation_backtest(_market(), ["CHF"], 1985, 2007)
    scores = {(score.law, score.horizon): score for score in found.scores}
    assert len(scores) == 9
    assert {score.cases for score in found.scores} == {23}
    for ahead in (2, 3):
        rule, other = scores["rule", ahead], scores["ar1", ahead]
        assert rule.ratio < 0.9 < other.ratio
    assert scores["rule", 1].crps < scores["ar1", 1].crps
    assert "World Bank" in found.sources[0]


def test_inflation_of_every_country_is_asked_before_failing() -> None:
    """Short series, unknown currencies and empty spans are told together."""
    with pytest.raises(InputError) as caught:
        inflation_backtest(_market(), ["CHF", "QQQ"], 1965, 1970)
    assert [one.key for one in caught.value.problems] == ["inflation of CHF", "QQQ"]
    with pytest.raises(InputError, match="--from before --to"):
        inflation_backtest(_market(), ["CHF"], 1990, 1985)
    with pytest.raises(InputError, match="whose inflation became known"):
        inflation_backtest(_market(), ["CHF"], 2025, 2025)
