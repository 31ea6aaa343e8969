"""Statistics of draws against closed forms, and intervals that cover as often as they say."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from simulator.analysis.measure import (
    evaluate,
    interval,
    measure,
    measured,
    order_interval,
    order_ranks,
    order_statistic,
)
from simulator.analysis.statistics import shortfall, summarise
from simulator.scenario.conditions import Statistic, statistic_named

P90 = Statistic("percentile", 0.9)


def test_shortfall_of_few_numbers() -> None:
    """By hand: the worst 2.5 of ten numbers are 10, 9 and half of 8."""
    values = np.arange(1.0, 11.0)
    assert shortfall(values, 0.75) == pytest.approx((10 + 9 + 0.5 * 8) / 2.5)
    assert shortfall(values, 0.9) == 10
    assert shortfall(values, 0.99) == 10


@pytest.mark.parametrize("level", [0.5, 0.9, 0.975])
def test_shortfall_of_a_normal(level: float) -> None:
    """φ(z)/(1 − p), at evenly spaced quantiles."""
    values = stats.norm.ppf((np.arange(400_000) + 0.5) / 400_000)
    wanted = stats.norm.pdf(stats.norm.ppf(level)) / (1 - level)
    assert shortfall(values, level) == pytest.approx(wanted, rel=2e-4)


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=40), st.floats(0.01, 0.99))
def test_shortfall_is_beyond_its_percentile(values: list[float], level: float) -> None:
    """Between the percentile and the greatest draw; more with a higher level."""
    array = np.array(values)
    found = shortfall(array, level)
    assert found <= array.max() + 1e-6 * abs(array).max()
    assert (
        found >= np.quantile(array, level, method="inverted_cdf") - 1e-6 * abs(array).max() - 1e-6
    )
    assert shortfall(array, (1 + level) / 2) >= found - 1e-6 * abs(array).max() - 1e-6


@pytest.mark.parametrize("name", ["mean", "sd", "p5", "p50", "p95", "es95", "es95_low"])
def test_statistics_are_those_of_the_summary(name: str) -> None:
    """Value and error to the last bit of what a run stores."""
    values = np.random.default_rng(1).gamma(2.0, size=4001)
    statistic = statistic_named(name)
    assert statistic is not None
    found = measure(values, statistic, 8)
    stored = {s.name: s for s in summarise(values, 8, {})}[name]
    assert found.value == pytest.approx(stored.value, rel=1e-14)
    assert found.standard_error == pytest.approx(stored.standard_error, rel=1e-12)


@pytest.mark.parametrize("replicates", [1, 5, 8])
@pytest.mark.parametrize("count", [7, 4001])
def test_tails_of_a_summary_by_sorting(count: int, replicates: int) -> None:
    """The second way: means of the sorted ends, the draw on the border counted in part."""
    values = np.random.default_rng(3).gamma(2.0, size=count)

    def by_sorting(part: np.ndarray) -> float:
        ordered = np.sort(part)[::-1]
        beyond = (1 - 0.95) * len(part)
        whole = int(beyond)
        return float(ordered[:whole].sum() + (beyond - whole) * ordered[whole]) / beyond

    found = {s.name: s for s in summarise(values, replicates, {})}
    assert found["es95"].value == pytest.approx(by_sorting(values), rel=1e-13)
    assert found["es95_low"].value == pytest.approx(-by_sorting(-values), rel=1e-13)
    assert shortfall(values, 0.95) == pytest.approx(found["es95"].value, rel=1e-13)
    if count == 7 or replicates == 1:
        assert math.isnan(found["es95"].standard_error)
        return
    each = [by_sorting(values[r::replicates]) for r in range(replicates)]
    error = np.std(each, ddof=1) / math.sqrt(replicates)
    assert found["es95"].standard_error == pytest.approx(error, rel=1e-9)


def test_a_probability_counts_what_stands_in_the_relation() -> None:
    """Above and at least differ where draws lie on the threshold."""
    values = np.array([1.0, 2.0, 2.0, 3.0])
    for relation, wanted in ((">", 0.25), (">=", 0.75), ("<", 0.25), ("<=", 0.75), ("=", 0.5)):
        assert evaluate(values, Statistic("probability", math.nan, relation, 2.0)) == wanted


def test_errors_that_cannot_be_had_are_none() -> None:
    """Extremes, sure events, percentiles beyond all draws of a replicate, one replicate."""
    values = np.random.default_rng(2).normal(size=800)
    never = Statistic("probability", math.nan, ">", 99.0)
    for statistic in (Statistic("max"), never, Statistic("percentile", 0.9999)):
        assert math.isnan(measure(values, statistic, 8).standard_error)
    assert math.isnan(measure(values, P90, 1).standard_error)
    assert measure(np.ones(800), Statistic("mean"), 8).standard_error == 0


def test_the_error_is_that_of_the_mean() -> None:
    """σ/√n within what eight replicates can tell."""
    values = np.random.default_rng(3).normal(size=80_000)
    found = measured(values, lambda part: float(np.mean(part)), 8)
    assert found.standard_error == pytest.approx(1 / math.sqrt(80_000), rel=0.8)


@pytest.mark.parametrize("level", [0.1, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("count", [50, 1000, 100_000])
def test_ranks_hold_what_they_promise(count: int, level: float) -> None:
    """Each side misses with at most 5 %, and with one rank less it would miss more."""
    low, high = order_ranks(count, level, 0.9)
    law = stats.binom(count, level)
    assert law.cdf(low - 1) <= 0.05 + 1e-12
    assert law.cdf(low) > 0.05
    assert law.sf(high - 1) <= 0.05 + 1e-12
    assert law.sf(high - 2) > 0.05


def test_an_order_interval_covers_the_truth() -> None:
    """In 85 to 95 of 100 of 200 seeded repetitions, for a skewed law; its reserve lies inside."""
    truth, hits = stats.lognorm(0.5).ppf(0.9), 0
    for seed in range(200):
        values = np.exp(0.5 * np.random.default_rng(seed).normal(size=1000))
        low, high = order_interval(values, 0.9)
        assert low <= order_statistic(values, 0.9) <= high
        hits += low <= truth <= high
    assert 170 <= hits <= 190


def test_an_interval_from_replicates_covers_the_truth() -> None:
    """As often, for a percentile of independent draws in eight replicates."""
    truth, hits = stats.norm.ppf(0.9), 0
    for seed in range(200):
        values = np.random.default_rng(seed).normal(size=8000)
        low, high = interval(measure(values, P90, 8), 8)
        hits += low <= truth <= high
    assert 168 <= hits <= 192  # four standard errors around 180


def test_few_draws_have_no_upper_end() -> None:
    """Ten draws say nothing of how high a 99th percentile may be."""
    assert order_interval(np.arange(10.0), 0.99)[1] == math.inf


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60), st.floats(0.01, 1.0))
def test_an_order_statistic_is_the_least_that_covers(values: list[float], level: float) -> None:
    """At least so many draws do not exceed it, and no smaller draw has that."""
    array = np.array(values)
    found = order_statistic(array, level)
    assert np.mean(array <= found) >= level - 1e-9
    smaller = array[array < found]
    assert smaller.size == 0 or np.mean(array <= smaller.max()) < level + 1e-9
