"""Cases and scores of a walk-forward, by hand and against the code that draws a run."""

from __future__ import annotations

import datetime as dt
import math
import tomllib
from decimal import Decimal

import numpy as np
import pytest

from simulator.analysis.scores import LEVELS, central_band, crps, pit
from simulator.budget.rates import monthly_rates
from simulator.engine.backtest import (
    BASKET,
    WALK,
    Case,
    Forecast,
    bands_of,
    cases_of,
    forecast,
    rates_scenario,
    scores_of,
)
from simulator.engine.calibrate import calibrate
from simulator.runs.market import Market
from simulator.sampling.draw import Drawer
from simulator.scenario.fingerprint import to_toml
from simulator.scenario.model import Scenario
from simulator.units import Month, months_between

MAY = dt.date(2007, 5, 31)
PAIRS = ("eur_per_usd", "eur_per_gbp")


def _generator() -> np.random.Generator:
    return np.random.default_rng(0)


def _forecast(origin: dt.date = dt.date(2030, 5, 31), draws: int = 500) -> Forecast:
    """Two rates that move together, from 0.9 and 1.2, to the end of the second year after."""
    months = tuple(months_between(Month.of(origin).next(), Month(origin.year + 2, 12)))
    steps = np.random.default_rng(3).normal(0, 0.02, (draws, len(months), 3)).cumsum(axis=1)
    rates = {
        pair: start * np.exp(steps[:, :, 0] + 0.2 * steps[:, :, 1 + i])
        for i, (pair, start) in enumerate(zip(PAIRS, (0.9, 1.2), strict=True))
    }
    return Forecast(origin, months, rates, {PAIRS[0]: 0.9, PAIRS[1]: 1.2})


LAST = Month(2040, 12)


def _truth(rate: float = 1.0, last: Month = LAST) -> dict[Month, float]:
    return {
        month: rate + 0.01 * month.month + 0.1 * (month.year - 2030)
        for month in months_between(Month(2030, 1), last)
    }


@pytest.mark.parametrize("origin", [dt.date(2030, 5, 31), dt.date(2030, 11, 30)])
def test_a_case_is_the_mean_of_calendar_years(origin: dt.date) -> None:
    """The year after the origin's, and both years after; from May as from November."""
    found = _forecast(origin)
    cases = {
        (case.pair, case.target): case
        for case in cases_of(
            "law", found, dict.fromkeys(PAIRS, _truth()), ["year", "biennium"], _generator()
        )
        if case.law == "law"
    }
    assert len(cases) == 6
    for target, years in (("year", (2031,)), ("biennium", (2031, 2032))):
        case = cases["eur_per_usd", target]
        assert (case.first, case.last) == (Month(2031, 1), Month(years[-1], 12))
        outcome = np.mean([_truth()[Month(y, m)] for y in years for m in range(1, 13)])
        assert case.outcome == pytest.approx(outcome, rel=1e-12)
        inside = [i for i, month in enumerate(found.months) if month.year in years]
        values = found.rates["eur_per_usd"][:, inside].mean(axis=1)[:, None]
        happened = np.array([outcome])
        assert case.crps == pytest.approx(float(crps(values, happened)[0]) / 0.9, rel=1e-12)
        assert case.pit == float(pit(values, happened)[0])
        assert case.median == float(np.median(values))
        low, high = central_band(values, 0.9)
        at = LEVELS.index(0.9)
        assert (case.low[at], case.high[at]) == (float(low[0]), float(high[0]))


def test_a_target_that_is_not_over_has_no_case() -> None:
    """With rates until mid-2032 the year is scored and the biennium is not; no rate, no case."""
    known = dict.fromkeys(PAIRS, _truth(last=Month(2032, 6)))
    cases = list(cases_of("law", _forecast(), known, ["year", "biennium"], _generator()))
    assert {case.target for case in cases} == {"year"}
    known = {PAIRS[0]: _truth(), PAIRS[1]: {}}
    assert list(cases_of("law", _forecast(), known, ["year", "biennium"], _generator())) == []


def test_the_basket_is_the_mean_of_rates_over_their_starts() -> None:
    """Joint and independent have the same margins; only the joint one keeps the dependence."""
    found, truth = _forecast(draws=20_000), {PAIRS[0]: _truth(0.9), PAIRS[1]: _truth(1.2)}
    cases = list(cases_of("law", found, truth, ["year"], _generator()))
    joint, apart = (case for case in cases if case.pair == BASKET)
    assert (joint.law, apart.law) == ("law", "law, independent")
    single = [case for case in cases if case.pair != BASKET]
    mean = np.mean([case.outcome / case.start for case in single])
    assert joint.outcome == apart.outcome == pytest.approx(mean, rel=1e-12)
    at = LEVELS.index(0.9)
    widths = [case.high[at] - case.low[at] for case in (joint, apart)]
    # correlation 1/1.04 of the logs: apart is narrower by sqrt((1 + 1/1.04)/2)
    assert widths[0] / widths[1] == pytest.approx(math.sqrt(1 + 1 / 1.04), rel=0.03)


def test_one_rate_has_no_basket() -> None:
    """A basket of one would say everything twice."""
    found = _forecast()
    one = Forecast(found.origin, found.months, {PAIRS[0]: found.rates[PAIRS[0]]}, found.starts)
    cases = list(cases_of("law", one, {PAIRS[0]: _truth()}, ["year"], _generator()))
    assert [case.pair for case in cases] == [PAIRS[0]]


def _case(law: str, pair: str, score: float, place: float, origin: int = 2030) -> Case:
    """A case with a given score and PIT, start 2, outcome 1, median 1.5."""
    ends = tuple(1 + level for level in LEVELS)
    return Case(
        law, dt.date(origin, 5, 31), pair, "year", Month(origin + 1, 1), Month(origin + 1, 12),
        2.0, 1.0, score, place, 1.5, tuple(-end for end in ends), ends,
    )  # fmt: skip


def test_scores_are_means_over_cases() -> None:
    """CRPS, ratio to the walk, coverage, PIT, bias and width, over all rates and for each."""
    cases = [
        _case("law", "a", 1.0, 0.5),
        _case("law", "b", 3.0, 0.03),
        _case(WALK, "a", 2.0, 0.5),
        _case(WALK, "b", 2.0, 0.5),
        _case("law", BASKET, 1.0, 0.2),
        _case(WALK, BASKET, 4.0, 0.2),
    ]
    scores = {(score.law, score.pair): score for score in scores_of(cases)}
    every = scores["law", "all"]
    assert (every.cases, every.crps, every.ratio) == (2, 2.0, 1.0)
    assert every.coverage == {0.5: 0.5, 0.8: 0.5, 0.9: 0.5, 0.95: 1.0}
    assert every.mean_pit == pytest.approx(0.265)
    assert every.bias == pytest.approx((1.5 - 1) / 2)
    assert every.width == pytest.approx((1.9 + 1.9) / 2)
    assert [scores["law", pair].ratio for pair in ("a", "b", BASKET)] == [0.5, 1.5, 0.25]
    assert scores[WALK, "all"].ratio == 1


def test_a_rate_that_never_moves_has_no_ratio() -> None:
    """Nothing over nothing is not a number, and no division by zero."""
    scores = list(scores_of([_case("law", "a", 0.0, 0.5), _case(WALK, "a", 0.0, 0.5)]))
    assert all(math.isnan(score.ratio) for score in scores)
    alone = list(scores_of([_case("law", "a", 1.0, 0.5)]))
    assert all(math.isnan(score.ratio) for score in alone)


def test_bands_hold_a_perfect_forecaster() -> None:
    """For one rate and far-apart origins the band of coverage is binomial: 90 % of 20 cases."""
    cases = [_case(WALK, "a", 1.0, 0.5, origin=1900 + 4 * i) for i in range(20)]
    band = bands_of(cases, {}, np.random.default_rng(1)).coverage[0.9]
    assert (band.low, band.median, band.high) == (0.8, 0.9, 1.0)


def test_the_same_code_draws_a_run(daily: Market) -> None:
    """The scenario of rates, written as TOML and read back, is equal and draws the same bits."""
    found = calibrate(daily.known(MAY), "CHF", ["USD", "EUR", "DKK"])
    drawn = forecast(found, 64, seed=5)
    scenario = rates_scenario(found, (2008, 2009), 5, 64)
    again = Scenario.model_validate(tomllib.loads(to_toml(scenario), parse_float=Decimal))
    assert again == scenario
    block = Drawer(again, again.sampling).block(0, 64)
    for pair in found.pairs:
        months = monthly_rates(again, block, pair)
        for i, month in enumerate(drawn.months):
            assert np.array_equal(drawn.rates[pair][:, i], months[month])


def test_a_forecast_depends_on_its_seed_alone(daily: Market) -> None:
    """Same seed, same bits; another seed, other draws; another currency moves nothing else."""
    known = daily.known(MAY)
    one = forecast(calibrate(known, "CHF", ["USD"], "random_walk"), 32, seed=1)
    same = forecast(calibrate(known, "CHF", ["USD"], "random_walk"), 32, seed=1)
    other = forecast(calibrate(known, "CHF", ["USD"], "random_walk"), 32, seed=2)
    pair = "chf_per_usd"
    assert np.array_equal(one.rates[pair], same.rates[pair])
    assert not np.array_equal(one.rates[pair], other.rates[pair])
    both = forecast(calibrate(known, "CHF", ["USD", "EUR"], "random_walk"), 32, seed=1)
    assert np.array_equal(one.rates[pair], both.rates[pair])
