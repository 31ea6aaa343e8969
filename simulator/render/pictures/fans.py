"""Fans: nested bands of what may be, after what was.

A band of 90 % lies between P5 and P95, one of 80 % between P10 and P90, one of 50 % between the
quartiles: as the fan charts of central banks are drawn (Britton, Fisher and Whitley 1998).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from simulator.analysis.statistics import PERCENTILES, percentiles
from simulator.budget.inputs import stages
from simulator.budget.published import PROPOSED, PublishedCascade
from simulator.render.pictures.columns import column_name
from simulator.render.view import View
from simulator.store.result import Run
from simulator.tables import Float64
from simulator.units import Month, rate_unit, split_pair

BAND_LEVELS = tuple(PERCENTILES)
"""The seven levels: P5, P10, P25, P50, P75, P90, P95."""

BANDS = ("90", "80", "50", "50", "80", "90")
"""Between each level and the next: the widest band that it belongs to, in percent."""

MONTHLY = re.compile(r"rates\.([a-z]{3}_per_[a-z]{3})\[(\d{4}-\d{2})\]")


@dataclass(frozen=True, slots=True)
class History:
    """Monthly averages of a rate before the first drawn month: not stored in a result, so given."""

    months: tuple[tuple[Month, float], ...]
    source: str


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the horizontal axis: what is known, the seven levels of what may be, or both.

    `beside` is what it is compared with: the budget rate, or the amount proposed.
    """

    label: str
    known: float = math.nan
    levels: tuple[float, ...] = ()
    beside: float = math.nan

    def level(self, name: str) -> float:
        """A level by its name, such as p5; NaN where there is no band."""
        return self.levels[BAND_LEVELS.index(name)] if self.levels else math.nan


@dataclass(frozen=True, slots=True)
class Fan:
    """Points in order of time; `output` names what is shown (or the rate), `unit` its unit."""

    output: str
    unit: str
    points: tuple[Point, ...]

    def values(self) -> list[float]:
        """Everything that a picture of it has to have room for."""
        return [v for p in self.points for v in (p.known, *p.levels, p.beside)]


def rate_pairs(run: Run) -> tuple[str, ...]:
    """The rates whose months were kept, as the scenario orders them."""
    matches = (MONTHLY.fullmatch(column.name) for column in run.input_columns())
    return tuple(dict.fromkeys(match[1] for match in matches if match))


def rate_fans(
    run: Run, history: Mapping[str, History] | None = None, pairs: Sequence[str] | None = None
) -> dict[str, Fan]:
    """Fans of rates by pair, of all whose months were kept unless given; before them history.

    Without history the last rate known stands there, from which the paths start.
    """
    wanted = rate_pairs(run) if pairs is None else pairs
    levels = list(PERCENTILES.values())
    found = {pair: _before(run, pair, history or {}) for pair in wanted}
    for column in run.input_columns():
        match = MONTHLY.fullmatch(column.name)
        if match is None or match[1] not in found:
            continue
        pair, month = match[1], match[2]
        seen = run.scenario.rates[pair].observed.get(month)
        known = float(seen) if seen is not None else math.nan
        values = _floats(percentiles(run.inputs(column.name), levels))
        found[pair].append(Point(month, known, values, budget_rate(run, pair)))
    return {pair: Fan(pair, rate_unit(pair), tuple(points)) for pair, points in found.items()}


def budget_rate(run: Run, pair: str) -> float:
    """The rate that was written into the budget."""
    return float(run.scenario.budget_rate(split_pair(pair)[1]))


def _before(run: Run, pair: str, history: Mapping[str, History]) -> list[Point]:
    """What was known before the first drawn month, ending where the paths start."""
    scenario, rate, budget = run.scenario, run.scenario.rates[pair], budget_rate(run, pair)
    known = Month.of(scenario.known_on)
    given = history[pair].months if pair in history else ()
    months = {str(month): value for month, value in given if month <= known}
    points = [Point(label, value, (), budget) for label, value in sorted(months.items())]
    if rate.start is None:
        return points
    day = rate.start.as_of or scenario.known_on
    return [*points, Point(day.isoformat(), float(rate.start), (), budget)]


def contribution_fan(
    view: View, published: PublishedCascade, parent: str, currency: str, stage: str | None = None
) -> Fan:
    """A contribution by year; before it a year of the appropriation, where it was given.

    No points at all where the years are not stored (at that stage, the last unless given).
    """
    scenario, output = view.scenario, view.contribution(parent, currency)
    points: list[Point] = []
    prior = published.parents[parent].get("appropriation")
    if prior is not None and currency == scenario.budget.currency:
        a_year = float(prior * scenario.budget.unit / len(scenario.years))
        points.append(Point(scenario.budget.prior_period or "", a_year))
    for year in map(str, scenario.years):
        cell = view.cell(output, year, stage)
        if cell is None:
            return Fan(output, currency, ())
        levels = tuple(cell[level] for level in BAND_LEVELS)
        points.append(Point(year, math.nan, levels, proposed(view, output, year)))
    return Fan(output, currency, tuple(points))


def proposed(view: View, output: str, period: str) -> float:
    """The amount proposed for a contribution; NaN where there is none."""
    cell = view.cell(output, period, PROPOSED)
    return cell["central"] if cell is not None else math.nan


def stages_fan(run: Run, view: View, output: str, period: str | None = None) -> Fan:
    """What is left open at each stage, so that the fan narrows as information arrives.

    At `proposed`, the levels are those of the final amount. At a later
    stage they are the median estimate of that stage plus the levels of what is still to come: the
    final amount less the estimate, draw by draw. At the last stage nothing is left.
    """
    period = period or view.whole
    final = run.column(output, period)
    amount = proposed(view, output, period)
    wanted = list(PERCENTILES.values())
    points = [Point(PROPOSED, math.nan, _floats(percentiles(final, wanted)), amount)]
    for stage in stored_stages(view, output):
        estimate = run.column(column_name(run, output, stage), period)
        middle = float(percentiles(estimate, [0.5])[0])
        open_ = percentiles(final - estimate, wanted)
        points.append(Point(stage, math.nan, _floats(middle + open_), amount))
    first = view.cell(output, period)
    return Fan(output, first.unit if first is not None else "", tuple(points))


def stored_stages(view: View, output: str) -> tuple[str, ...]:
    """Stages at which an output was estimated from draws and stored, in order of time."""
    there = view.summary.stages(output)
    return tuple(stage for stage in stages(view.scenario) if stage in there)


def _floats(values: Float64) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
