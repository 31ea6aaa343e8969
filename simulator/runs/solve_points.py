"""One value of a scenario's keys, and what a condition's subject is there, on common draws."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np

from simulator.analysis.statistics import percentiles, standard_error
from simulator.engine import Plan
from simulator.engine.chosen import chosen
from simulator.errors import InputError, Problem, did_you_mean
from simulator.runs.grid import Axis, Grid, grid_of
from simulator.runs.thresholds import PROPOSED, proposed_of
from simulator.scenario.change import Place, Value, place_of, tables_of
from simulator.scenario.conditions import Condition, Statistic, check_names
from simulator.scenario.model import Scenario
from simulator.scenario.numbers import Quantity, Uncertain
from simulator.scenario.shape import is_number
from simulator.tables import Float64

FOR = "--for"
DIGITS = 15
"""Significant digits of a value that is tried: what a binary number holds."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What the condition's subject is at a point, and its standard error (NaN: not to be had)."""

    value: float
    standard_error: float


def statistic_of(values: Float64, statistic: Statistic, replicates: int) -> Subject:
    """A statistic of draws, shape (n,), and its standard error between replicates."""
    whole = _plain(values, statistic)
    if replicates < 2 or len(values) < 2 * replicates or statistic.kind in ("min", "max"):
        return Subject(whole, math.nan)
    return Subject(
        whole, standard_error([_plain(values[r::replicates], statistic) for r in range(replicates)])
    )


BEYOND = {"<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal, "=": np.equal}


def _plain(values: Float64, statistic: Statistic) -> float:
    """A statistic without its error."""
    if statistic.kind == "percentile":
        return float(percentiles(values, [statistic.level])[0])
    if statistic.kind == "shortfall":
        ordered = np.sort(values)
        return float(ordered[math.floor(statistic.level * len(ordered)) :].mean())
    if statistic.kind == "probability":
        return float(np.mean(BEYOND[statistic.relation](values, statistic.threshold)))
    if statistic.kind == "sd":
        return float(np.std(values, ddof=1))
    if statistic.kind == "mean":
        return float(np.mean(values))
    return float(values.min() if statistic.kind == "min" else values.max())


def decimal_at(x: float, *, whole: bool) -> int | Decimal:
    """A value as the scenario would hold it."""
    return round(x) if whole else Decimal(f"{x:.{DIGITS}g}")


def is_whole(place: Place) -> bool:
    """True where only whole numbers may stand."""
    return int in place.types and not any(one is Decimal for one in place.types)


def whole_at(scenario: Scenario, key: str) -> bool:
    """True where a key takes whole numbers only."""
    return is_whole(place_of(tables_of(scenario), key))


def check_number(scenario: Scenario, key: str, option: str) -> None:
    """Raise InputError when there is no such key, or it holds no number."""
    try:
        place = place_of(tables_of(scenario), key)
    except InputError as error:
        raise InputError([replace(p, key=option, value=p.key) for p in error.problems]) from None
    if not is_number(place.types):
        wanted = "a key that holds a number is wanted"
        remedy = f"try its values one by one: sim sweep FILE --over {key}=…"
        raise InputError(Problem(wanted, option, key[:80], remedy))


def present(scenario: Scenario, key: str) -> float | None:
    """The number that stands at a key, or the centre of its law; None when there is none."""
    here: Any = scenario
    for part in place_of(tables_of(scenario), key).path:
        if isinstance(here, dict):
            here = next((one for name, one in here.items() if str(name) == str(part)), None)
        elif isinstance(part, int):
            here = here[part]
        else:
            here = getattr(here, part, None)
    if isinstance(here, Quantity):
        return float(here.value)
    if isinstance(here, Uncertain):
        return float(here.centre)
    return float(here) if isinstance(here, int | Decimal) else None


class Subjects:
    """Evaluates a condition's subject at points; every point shares the same draws."""

    def __init__(self, scenario: Scenario, condition: Condition, threads: int) -> None:
        self.condition, self._threads = condition, threads
        self.unit = self._checked(scenario)

    @property
    def certain(self) -> bool:
        """True when the subject is a published figure, without chance."""
        return self.condition.stage == PROPOSED

    def _checked(self, scenario: Scenario) -> str:
        """The unit of the subject; InputError when it is not there or is no single figure."""
        condition, plan = self.condition, Plan(scenario)
        units = {column.name: column.unit for column in plan.columns}
        units |= {f"{p.output}@{PROPOSED}": p.currency for p in proposed_of(scenario)}
        check_names(condition, list(units), scenario.periods)
        if self.certain and condition.statistic is not None:
            wanted = "what is proposed is one figure without chance, no statistic of it is wanted"
            plain = str(condition).replace(condition.subject, _inside(condition))
            raise InputError(Problem(wanted, "--such-that", str(condition), f"write {plain!r}"))
        if condition.statistic is None and not self.certain:
            wanted = "a statistic of the output is wanted, its outcomes are many"
            names = f"p95({condition.subject}) or mean({condition.subject})"
            remedy = f"write {names}, or {condition.output}@{PROPOSED} for the published figure"
            raise InputError(Problem(wanted, "--such-that", str(condition), remedy))
        kind = condition.statistic.kind if condition.statistic is not None else ""
        return "" if kind == "probability" else units[condition.column]

    def at(self, scenario: Scenario, told: Callable[[int], None]) -> Subject:
        """The subject in a scenario; `told` hears of the draws that are made."""
        condition = self.condition
        period = condition.period or scenario.period
        if condition.statistic is None:
            told(scenario.sampling.draws)
            amounts = {(p.output, p.period): p.amount for p in proposed_of(scenario)}
            return Subject(amounts[condition.output, period], 0.0)
        plan = Plan(scenario)
        if condition.column not in {column.name for column in plan.columns}:
            remedy = did_you_mean(condition.column, [column.name for column in plan.columns])
            wanted = "an output that every value of the key leaves there is wanted"
            raise InputError(Problem(wanted, "--such-that", condition.column, remedy))
        table = chosen(plan, [condition.column], self._threads, told)[condition.column]
        values = table[:, plan.periods.index(period)]
        found = statistic_of(values, condition.statistic, scenario.sampling.replicates)
        return Subject(found.value, found.standard_error)


def _inside(condition: Condition) -> str:
    return condition.subject.partition("(")[2].rpartition(")")[0].partition(" ")[0]


class Line:
    """The values of one key, the other keys held at theirs: what a search goes along."""

    def __init__(
        self, grid: Grid, subjects: Subjects, before: tuple[Value, ...], told: Callable[[int], None]
    ) -> None:
        self._grid, self._subjects = grid, subjects
        self._before, self._told = before, told
        self.whole = is_whole(grid.places[-1])
        self.known: dict[float, Subject] = {}

    def at(self, x: float) -> Subject:
        """The subject at a value of the key."""
        if x not in self.known:
            value = decimal_at(x, whole=self.whole)
            scenario = self._grid.scenario((*self._before, value))
            self.known[x] = self._subjects.at(scenario, self._told)
        return self.known[x]

    def excess(self, x: float) -> float:
        """Value less bound."""
        return self.at(x).value - self._subjects.condition.bound

    def slope(self, low: float, high: float) -> float:
        """Change of the subject for one unit of the key, between two points."""
        if high <= low:
            return math.nan
        return (self.at(high).value - self.at(low).value) / (high - low)


def line_grid(scenario: Scenario, axes: tuple[Axis, ...]) -> Grid:
    """The grid of the scan, by the rules of a sweep."""
    return grid_of(scenario, axes, FOR)
