"""The inflation rule and its competitors: by hand, on published rates, and walked forward."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest

from simulator.analysis.inflation import (
    LAWS,
    AutoRegression,
    PlainWalk,
    Rule,
    Series,
    scored_forecasts,
    walk_forward,
)
from simulator.analysis.scores import crps_normal
from simulator.errors import InputError

ROOT = Path(__file__).resolve().parents[2]
PRICES = ROOT.parent / "shared" / "data" / "cpi_annual_wb.csv"


def made_up(years: int = 50, first: int = 1960, seed: int = 9) -> list[tuple[int, float]]:
    """A series that wanders about 2 points."""
    rng, rate, found = np.random.default_rng(seed), 2.0, []
    for year in range(first, first + years):
        rate = 0.6 + 0.7 * rate + float(rng.standard_normal())
        found.append((year, rate))
    return found


def swiss() -> list[tuple[int, float]]:
    """Swiss inflation by year, points; the World Bank's series."""
    if not PRICES.exists():
        pytest.skip("the World Bank's yearly inflation is not beside this repository")
    with PRICES.open(encoding="utf-8", newline="") as file:
        return [
            (int(row["year"]), float(row["inflation_pct"]))
            for row in csv.DictReader(file)
            if row["currency"] == "CHF"
        ]


def test_the_rule_by_hand() -> None:
    """Twenty years of 1, then 3: c was always 1, so s is √(4/11) and c is 1½ + ½·1.2 = 2.1."""
    rule = Rule.fit([(2000 + i, 1.0) for i in range(20)] + [(2020, 3.0)])
    assert rule.centre == pytest.approx(2.1)
    assert rule.errors == 11
    assert rule.spread == pytest.approx(math.sqrt(4 / 11))
    assert rule.weights(3) == pytest.approx([rule.spread, 0.7 * rule.spread, 0.49 * rule.spread])


def test_the_rule_looks_back_twenty_errors_and_no_further() -> None:
    """Twenty errors of c, each on the ten years before it: all rests on the last thirty years."""
    series = made_up(50)
    changed = [(year, 50.0 if i < 20 else rate) for i, (year, rate) in enumerate(series)]
    assert Rule.fit(changed) == Rule.fit(series)
    assert Rule.fit(series).errors == 20
    one_more = [(year, 50.0 if i < 21 else rate) for i, (year, rate) in enumerate(series)]
    assert Rule.fit(one_more).spread != Rule.fit(series).spread


def test_the_rule_at_may_2007() -> None:
    """Swiss rates to 2006: sd 1.05, 1.28, 1.38 points one, two and three years ahead (± 0.05)."""
    rule = Rule.fit([(year, rate) for year, rate in swiss() if year <= 2006])
    assert [rule.forecast(h).sd for h in (1, 2, 3)] == pytest.approx([1.05, 1.28, 1.38], abs=0.05)
    assert rule.spread == pytest.approx(1.0476, abs=0.0001)
    assert rule.centre == pytest.approx(0.9401, abs=0.0001)


def test_the_spread_grows_as_a_geometric_sum() -> None:
    """sd = s·√Σ 0.49^k, towards s/√0.51."""
    rule = Rule(1.0, 0.8, 20)
    for horizon in (1, 2, 3, 8, 40):
        wanted = 0.8 * math.sqrt((1 - 0.49**horizon) / 0.51)
        assert rule.forecast(horizon).sd == pytest.approx(wanted)
        assert rule.forecast(horizon).mean == 1.0


def test_the_autoregression_is_a_least_squares_line() -> None:
    """A second way: `lstsq` of each rate on the one before; deviation with n − 2 degrees."""
    series = made_up()
    rates = np.array([rate for _, rate in series])
    table = np.column_stack([np.ones(len(rates) - 1), rates[:-1]])
    (constant, slope), (squares,), *_ = np.linalg.lstsq(table, rates[1:], rcond=None)
    law = AutoRegression.fit(series)
    assert (law.constant, law.persistence) == pytest.approx((constant, slope), rel=1e-10)
    assert law.spread == pytest.approx(math.sqrt(squares / (len(rates) - 3)), rel=1e-10)
    three = law.forecast(3)
    mean = constant + slope * (constant + slope * (constant + slope * rates[-1]))
    assert three.mean == pytest.approx(mean)
    assert three.sd == pytest.approx(law.spread * math.sqrt(1 + slope**2 + slope**4))


def test_the_plain_walk_starts_from_the_last_rate() -> None:
    """Changes of ±1 for twenty years: sd √h about the last rate, whatever came before them."""
    series = [(1990 + i, 40.0 * i) for i in range(10)]
    series += [(2000 + i, float(i % 2)) for i in range(21)]
    law = PlainWalk.fit(series).forecast(3)
    assert (law.mean, law.sd) == pytest.approx((0.0, math.sqrt(3)))


@pytest.mark.parametrize("name", LAWS)
def test_laws_do_not_care_for_the_unit(name: str) -> None:
    """Fractions give a hundredth of points: mean, sd and score."""
    series = made_up()
    points = LAWS[name](series).forecast(2)
    fractions = LAWS[name]([(year, rate / 100) for year, rate in series]).forecast(2)
    assert fractions.mean == pytest.approx(points.mean / 100)
    assert fractions.sd == pytest.approx(points.sd / 100)
    found = float(fractions.crps(np.array(0.031)))
    assert found == pytest.approx(float(points.crps(np.array(3.1))) / 100)


def test_a_forecast_knows_nothing_of_its_future() -> None:
    """Changing the rates from the origin on changes outcomes and scores, but no forecast."""
    series = made_up()
    other = [(year, rate + 7 * (year >= 1995)) for year, rate in series]
    before, after = (scored_forecasts(s, 1995, 1995) for s in (series, other))
    assert [(f.law, f.mean, f.sd) for f in before] == [(f.law, f.mean, f.sd) for f in after]
    assert all(b.crps != a.crps for b, a in zip(before, after, strict=True))


def test_the_walk_forward_sums_single_forecasts() -> None:
    """Cases, scores, bias, PIT and coverage of the plain walk, made again with a plain loop."""
    series = made_up()
    known = dict(series)
    scores, errors, pits = [], [], []
    for origin in range(1990, 2001):
        changes = [known[y] - known[y - 1] for y in range(origin - 20, origin)]
        sd = math.sqrt(sum(x * x for x in changes) / 20 * 2)
        mean, outcome = known[origin - 1], known[origin + 1]
        scores.append(float(crps_normal(np.array(mean), np.array(sd), np.array(outcome))))
        errors.append(mean - outcome)
        pits.append(0.5 * (1 + math.erf((outcome - mean) / sd / math.sqrt(2))))
    rows = walk_forward(series, 1990, 2000, horizons=(2,))
    assert [row.law for row in rows] == ["rule", "ar1", "walk"]
    walk = rows[-1]
    assert (walk.horizon, walk.cases, walk.ratio) == (2, 11, 1.0)
    assert walk.crps == pytest.approx(np.mean(scores))
    assert walk.bias == pytest.approx(np.mean(errors))
    assert walk.mean_pit == pytest.approx(np.mean(pits))
    assert walk.coverage[0.8] == np.mean([abs(p - 0.5) <= 0.4 for p in pits])
    assert rows[0].ratio == pytest.approx(rows[0].crps / walk.crps)


def test_targets_beyond_the_series_are_left_out() -> None:
    """With rates to 2009 the origins 2005 to 2010 have 5, 4 and 3; a horizon without, no row."""
    rows = walk_forward(made_up(50), 2005, 2010, horizons=(1, 2, 3, 30))
    assert {row.horizon: row.cases for row in rows} == {1: 5, 2: 4, 3: 3}


def test_swiss_walk_forward_1985_to_2007() -> None:
    """The rule beats the plain walk at every horizon, and an AR(1) by more."""
    rows = walk_forward(swiss(), 1985, 2007)
    score = {(row.law, row.horizon): row for row in rows}
    assert {row.cases for row in rows} == {23}
    for horizon in (1, 2, 3):
        rule, walk, ar1 = (score[law, horizon].crps for law in ("rule", "walk", "ar1"))
        assert rule < walk < ar1
    found = [round(score["rule", h].crps, 3) for h in (1, 2, 3)]
    assert found == [0.621, 0.828, 0.946]
    assert [score["rule", h].coverage[0.95] for h in (1, 2, 3)] == [1.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("series", "words"),
    [
        ([], "none"),
        (made_up(19), "19, 1960 to 1978"),
        ([*made_up(25)[:7], *made_up(25)[8:]], "1968 after 1966"),
        ([*made_up(25), (1984, 1.0)], "1984 after 1984"),
        ([*made_up(25), (1985, math.nan)], "nan in 1985"),
        ([(2000 + i, 1.5) for i in range(30)], "nothing to chance"),
    ],
)
@pytest.mark.parametrize("name", LAWS)
def test_a_series_that_no_law_can_use(series: Series, words: str, name: str) -> None:
    """Too short, a gap, a year twice, a missing rate, no change: each is said in words."""
    with pytest.raises(InputError, match=words):
        LAWS[name](series)


def test_every_problem_is_said_at_once() -> None:
    """A short series with a gap has two problems, each with key, value and remedy."""
    with pytest.raises(InputError) as caught:
        Rule.fit([(2000, 1.0), (2002, 2.0)])
    assert len(caught.value.problems) == 2
    assert all(p.key and p.value and p.remedy for p in caught.value.problems)


def test_an_origin_far_beyond_the_series_is_refused() -> None:
    """A forecast made years after the last rate would not be one of a year's horizon."""
    with pytest.raises(InputError, match="made in 2012 wants the rates up to 2011"):
        walk_forward(made_up(50), 2012, 2012)
    with pytest.raises(InputError, match="at least 20 known years"):
        walk_forward(made_up(50), 1965, 1990)
