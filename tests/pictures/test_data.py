"""What pictures show is what is stored."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from simulator.analysis.statistics import PERCENTILES, percentiles, summarise
from simulator.budget.published import publish
from simulator.errors import InputError
from simulator.render.pictures.columns import column_name
from simulator.render.pictures.distribution import (
    MOST_BINS,
    bin_width,
    edges_of,
    exceedance,
    histogram,
)
from simulator.render.pictures.drivers import by_driver, by_line, moved
from simulator.render.pictures.fans import (
    BAND_LEVELS,
    History,
    contribution_fan,
    rate_fans,
    rate_pairs,
    stages_fan,
    stored_stages,
)
from simulator.render.pictures.money import at_risk, received, shortfall
from simulator.render.pictures.scale import Limits, limits_around, nice_floor, nice_step
from simulator.render.pictures.shown import shown_of
from simulator.render.summary import Cell
from simulator.render.view import View, view_of
from simulator.runs.thresholds import proposed_of, thresholds_of
from simulator.store.result import Run
from simulator.store.summary import SummaryRow
from simulator.units import Month

Made = Callable[..., Run]
OWN, WHOLE = "contribution_usd.A", "2031-2032"


def cell_of(values: Any) -> Cell:
    """Statistics of an array, as a summary holds them."""
    cell = Cell()
    for one in summarise(np.asarray(values, dtype=float), 1, {}):
        cell.add(SummaryRow("x", "p", "s", one.name, one.value, math.nan, "EUR", "x"))
    return cell


def test_a_contribution_fan_has_the_stored_percentiles(view: View) -> None:
    """Every level of every year is the summary's, to the last bit; beside it what was proposed."""
    fan = contribution_fan(view, publish(view.scenario), "A", "USD")
    assert [point.label for point in fan.points] == ["2031", "2032"]
    for point in fan.points:
        cell = view.cell(OWN, point.label)
        amount = view.cell(OWN, point.label, "proposed")
        assert cell is not None
        assert amount is not None
        assert point.levels == tuple(cell[level] for level in BAND_LEVELS)
        assert point.beside == amount["central"]
        assert math.isnan(point.known)


def test_a_contribution_fan_begins_with_the_appropriation(made: Made) -> None:
    """In the budget's currency a year of what was appropriated stands before the first year."""
    appropriated = {"lines.staff.appropriation": 2_900, "income.rent.appropriation": 20}
    appropriated |= {"budget.prior_period": "2029-2030"}
    view = view_of(made(**appropriated))
    published = publish(view.scenario)
    fan = contribution_fan(view, published, "A", "EUR")
    prior = published.parents["A"]["appropriation"]
    assert prior is not None
    assert (fan.points[0].label, fan.points[0].levels) == ("2029-2030", ())
    assert fan.points[0].known == float(prior * view.scenario.budget.unit / 2)
    assert len(contribution_fan(view, published, "A", "USD").points) == 2


def test_a_fan_of_an_earlier_stage_has_that_stage(view: View) -> None:
    """`initial` takes the levels that were stored for it."""
    fan = contribution_fan(view, publish(view.scenario), "A", "USD", "initial")
    cell = view.cell(OWN, "2032", "initial")
    assert cell is not None
    assert fan.points[-1].level("p95") == cell["p95"]


def test_a_rate_fan_has_a_point_a_month(run: Run) -> None:
    """From the month after the information date to the end, after the rate that paths start from.

    Levels are percentiles of what was drawn; NumPy's are the same but for the last bits.
    """
    (pair,) = rate_pairs(run)
    fan = rate_fans(run)[pair]
    assert (fan.output, fan.unit) == ("eur_per_usd", "EUR/USD")
    assert [fan.points[i].label for i in (0, 1, -1)] == ["2030-10-31", "2030-11", "2032-12"]
    assert fan.points[0].known == 0.92
    drawn = run.inputs("rates.eur_per_usd[2032-12]")
    assert fan.points[-1].levels == pytest.approx(
        [np.quantile(drawn, level) for level in PERCENTILES.values()], rel=1e-14
    )
    assert {point.beside for point in fan.points} == {0.9}


def test_history_stands_before_a_rate_fan(run: Run) -> None:
    """Months that were given stand first, none after the information date."""
    months = ((Month(2030, 9), 0.91), (Month(2030, 10), 0.93), (Month(2030, 12), 7.0))
    fan = rate_fans(run, {"eur_per_usd": History(months, "a source")})["eur_per_usd"]
    assert [(p.label, p.known) for p in fan.points[:3]] == [
        ("2030-09", 0.91),
        ("2030-10", 0.93),
        ("2030-10-31", 0.92),
    ]


def test_what_is_open_narrows_from_stage_to_stage(run: Run, view: View) -> None:
    """At `proposed` all of the final amount's spread is open, at the last stage nothing is."""
    fan = stages_fan(run, view, OWN)
    stages = stored_stages(view, OWN)
    assert [p.label for p in fan.points] == ["proposed", *stages]
    final = view.cell(OWN, WHOLE)
    assert final is not None
    assert fan.points[0].levels == tuple(final[level] for level in BAND_LEVELS)
    widths = [point.level("p95") - point.level("p5") for point in fan.points]
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] == 0
    assert fan.points[-1].level("p50") == final["p50"]


def test_what_is_open_is_the_final_amount_less_the_estimate(run: Run, view: View) -> None:
    """A second way: the middle of the estimate plus percentiles of what is still to come."""
    fan = stages_fan(run, view, OWN)
    point = next(p for p in fan.points if p.label == "initial")
    estimate, final = run.column(f"{OWN}@initial"), run.column(OWN)
    for level in ("p5", "p50", "p95"):
        share = PERCENTILES[level]
        expected = np.median(estimate) + np.quantile(final - estimate, share)
        assert point.level(level) == pytest.approx(expected, rel=1e-12)


def test_no_draw_is_lost_in_a_histogram(run: Run, view: View) -> None:
    """Counts add up to the draws, at every stage and in every period."""
    for period, stage in ((WHOLE, ""), ("2031", "initial"), ("2032", "")):
        cell = view.cell(OWN, period, stage or view.stage)
        assert cell is not None
        found = histogram(run, OWN, cell, period, stage)
        assert found.draws == run.manifest.draws
        assert found.cumulative()[-1] == 1.0
        values = run.column(column_name(run, OWN, stage), period)
        inside = (values >= found.edges[3]) & (values < found.edges[4])
        assert found.counts[3] == int(np.count_nonzero(inside))


def test_bins_follow_freedman_and_diaconis() -> None:
    """The width is the rule's, rounded up to a round number; with many draws it stays seen."""
    few = cell_of(np.random.default_rng(1).normal(0, 100, 1000))
    rule = 2 * (few["p75"] - few["p25"]) / 10
    assert rule <= bin_width(few, 1000) <= 2.5 * rule
    assert (few["p95"] - few["p5"]) / bin_width(few, 10**12) <= MOST_BINS
    assert bin_width(few, 10**12) == bin_width(few, 10**15)


@example([0.0, 5e-324])
@given(st.lists(st.floats(-1e9, 1e9), min_size=2, max_size=50))
def test_every_amount_has_edges(values: list[float]) -> None:
    """Edges rise, whatever the draws: constants, outliers, two values."""
    edges = edges_of(cell_of(values), len(values))
    assert len(edges) >= 2
    assert all(low < high for low, high in pairwise(edges))
    assert len(edges) < 400


def test_a_ceiling_at_a_threshold_has_the_stored_probability(run: Run, view: View) -> None:
    """Counted at the amounts of the summary, `proposed` included, to the last bit."""
    known = thresholds_of(run.scenario, tuple(proposed_of(run.scenario)))
    for (output, period), marks in known.items():
        cell = view.cell(output, period)
        assert cell is not None
        found = exceedance(run.chunks(output, period), cell, marks)
        for name, amount in marks.items():
            assert found.bounds(amount) == (cell[f"exceeds:{name}"],) * 2


def test_a_ceiling_is_exceeded_as_counted(run: Run, view: View) -> None:
    """Every step has the count of draws above it; between two, the truth lies between theirs."""
    cell = view.cell(OWN, WHOLE)
    assert cell is not None
    found = exceedance(run.chunks(OWN), cell, {})
    values = run.column(OWN)
    assert found.draws == len(values)
    assert list(found.above) == [int(np.count_nonzero(values > a)) for a in found.amounts]
    assert (found.above[0], found.above[-1]) == (len(values), 0)
    between = (found.amounts[40] * 2 + found.amounts[41]) / 3
    least, most = found.bounds(between)
    assert least <= np.mean(values > between) <= most
    assert found.bounds(found.amounts[0] - 1) == (1.0, 1.0)
    assert found.bounds(found.amounts[-1] + 1) == (0.0, 0.0)


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=40), st.integers(-60, 60))
def test_a_draw_on_the_ceiling_does_not_exceed_it(values: list[int], mark: int) -> None:
    """`exceeds` means greater, also where many draws are equal, in any number of pieces."""
    array = np.array(values, dtype=float)
    pieces = [array[::2], array[1::2]]
    found = exceedance(pieces, cell_of(array), {"m": float(mark)})
    counted = np.count_nonzero(array > mark) / len(array)
    assert found.bounds(float(mark)) == (counted, counted)


def test_an_unknown_output_or_stage_is_named(run: Run) -> None:
    """With the nearest one that was stored."""
    with pytest.raises(InputError, match=r"did you mean 'contribution_usd\.A'"):
        column_name(run, "contribution_usd.AA")
    with pytest.raises(InputError, match="did you mean 'initial'"):
        column_name(run, OWN, "intial")


def test_the_tornado_is_the_stored_one(run: Run, view: View) -> None:
    """Every driver's stored part, the largest first."""
    cell = view.cell(OWN, WHOLE)
    assert cell is not None
    found = moved(view, "A")
    assert dict(found) == cell.named("driver:")
    assert [part for _, part in found] == sorted((p for _, p in found), reverse=True)


def test_steps_line_by_line_add_up(made: Made, view: View) -> None:
    """From one mean net to the other nothing is lost, and bars hang together."""
    other = view_of(made(name="two", **{"grades.P2.standard_cost": 110}))
    steps = by_line(view, other, ("one", "two"))
    assert (steps[0].name, steps[-1].name) == ("one", "two")
    assert [step.name for step in steps[1:-1]] == ["staff", "travel", "income"]
    for before, after in pairwise(steps[:-1]):
        assert after.before == before.after
    assert steps[-2].after == pytest.approx(steps[-1].after, rel=1e-12)


def test_steps_by_driver_are_the_attribution() -> None:
    """Levels run through the exact shares, figures are the whole units that add up."""
    shares = [
        {"driver": "exchange", "value": 10.4, "standard_error": 0.5, "whole": 10},
        {"driver": "inflation", "value": -3.6, "standard_error": None, "whole": -3},
    ]
    row = {"before": 100.2, "after": 107.0, "shares": shares}
    steps = by_driver(("a", "b"), row)
    assert [step.change for step in steps[1:-1]] == [10, -3]
    assert steps[2].after == pytest.approx(107.0)
    assert steps[1].parts == pytest.approx((100.2, 0, 10.4, 0))
    assert steps[2].parts == pytest.approx((107.0, 0, 0, 3.6))
    assert steps[-1].parts == (0, 107.0, 0, 0)


def test_receipts_and_risks_are_the_stored_ones(view: View) -> None:
    """Means of windows add up to the mean of them all; every deliverable has its cell."""
    found = received(view)
    assert [one.year for one in found] == ["2031", "2032"]
    for one in found:
        assert sum(mean for _key, mean in one.windows) == pytest.approx(one.total["mean"])
    (risk,) = at_risk(view)
    assert (risk.key, risk.planned) == ("courses", 60)
    assert risk.cell is view.cell("outputs_at_risk.courses", WHOLE)
    assert shortfall(view) is view.cell("xb_shortfall_eur", WHOLE)


def test_a_budget_without_inflows_has_no_receipts(made: Made) -> None:
    """No year, no risk, no shortfall."""
    run = made(inflows=None, windows={}, pledges=[], **{"posts.2.fund": "RB"})
    assert received(view_of(run)) == ()
    assert at_risk(view_of(run)) == ()
    assert shortfall(view_of(run)) is None


def test_a_screen_shows_each_parent(run: Run, view: View) -> None:
    """The first rate kept by month, and what each parent owes in its own currency."""
    shown = shown_of(run, view)
    assert shown.fan is not None
    assert shown.fan.output == "eur_per_usd"
    assert [(one.name, one.currency) for one in shown.owed] == [("A", "USD"), ("B", "EUR")]


@given(st.floats(1e-9, 1e12))
def test_a_nice_step_is_round_and_no_smaller(width: float) -> None:
    """1, 2, 2.5 or 5 times a power of ten, less than two and a half times what was asked for."""
    step = nice_step(width)
    assert width * (1 - 1e-9) <= step <= 2.5 * width
    mantissa = step / 10 ** math.floor(math.log10(step) + 1e-12)
    assert min(abs(mantissa - m) for m in (1, 2, 2.5, 5, 10)) < 1e-9


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=20))
def test_limits_hold_every_value(values: list[float]) -> None:
    """Ticks begin and end at the limits, evenly."""
    limits = limits_around(values)
    assert limits.low <= min(values) + 1e-6
    assert limits.high >= max(values) - 1e-6
    assert len(limits.ticks()) >= 2


def test_ticks_have_the_decimals_that_they_need() -> None:
    """0.05 needs two, 2 500 none; and no tick has the noise of binary fractions."""
    assert Limits(0.9, 1.2, 0.05).digits == 2
    assert Limits(0, 10_000, 2_500).digits == 0
    assert Limits(0.9, 1.2, 0.1).ticks() == (0.9, 1.0, 1.1, 1.2)


def test_an_axis_of_large_bars_begins_near_the_small_steps() -> None:
    """Not at zero, but below the least amount; negative amounts are left alone."""
    assert 0 < nice_floor(1_000_000, 1_010_000) < 1_000_000
    assert nice_floor(-5, 10) == -5


def test_percentiles_of_the_workbook_and_of_pictures_agree(run: Run) -> None:
    """One function makes them all."""
    values = run.column(OWN)
    assert percentiles(values, [0.5])[0] == np.quantile(values, 0.5)
