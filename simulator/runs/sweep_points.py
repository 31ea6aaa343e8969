"""One point of a sweep: its outputs drawn, those that are wanted summarised."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from simulator.analysis.statistics import summarise
from simulator.budget.published import PROPOSED
from simulator.engine import BLOCK, Plan, block_ranges
from simulator.errors import InputError, Problem, did_you_mean
from simulator.runs.grid import Grid, Point
from simulator.runs.precision import STATISTICS
from simulator.runs.thresholds import proposed_of, thresholds_of
from simulator.scenario.model import Scenario
from simulator.store.summary import EXCEEDS
from simulator.tables import Column, Float64

KNOWN = (*STATISTICS, "min", "max")

Row = tuple[str, str, str, str, str]
"""What a statistic is of: output, period, stage, unit, and its name."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A statistic of a column in a period ("" for the whole one): what the heat table shows."""

    statistic: str
    column: str
    period: str = ""

    def __str__(self) -> str:
        inside = f"{self.column}, {self.period}" if self.period else self.column
        return f"{self.statistic}({inside})"


def parse_shown(text: str) -> Shown:
    """From "p95(contribution_xyz.A)" or "mean(net_xyz, 2031)"; InputError when it is neither."""
    match = re.fullmatch(r"\s*([^\s(),]+)\s*\(\s*([^(),]+?)\s*(?:,\s*([^(),]+?)\s*)?\)\s*", text)
    if match is None:
        wanted = "a statistic of an output, and a period if not the whole one, are wanted"
        example = "write p95(contribution_xyz.A) or mean(net_xyz, 2031)"
        raise InputError(Problem(wanted, "--show", text[:80], example))
    statistic = match[1]
    if statistic not in KNOWN and not statistic.startswith(EXCEEDS):
        wanted = "a statistic is wanted"
        remedy = f"{did_you_mean(statistic, KNOWN)} Or {EXCEEDS}THRESHOLD"
        raise InputError(Problem(wanted, "--show", statistic[:40], remedy))
    return Shown(statistic, match[2], match[3] or "")


@dataclass(frozen=True, slots=True)
class PointMade:
    """The statistics of a point: one row each, with value and standard error."""

    rows: tuple[Row, ...]
    values: tuple[float, ...]
    errors: tuple[float, ...]


class PointColumns:
    """What the points have: columns, periods and thresholds, gathered while they are checked."""

    def __init__(self, shown: Shown, patterns: tuple[str, ...]) -> None:
        self.shown = shown
        self.given = patterns
        self.patterns = (*patterns, shown.column)
        self.known: dict[str, Column] = {}
        self.periods: tuple[str, ...] = ()
        self.thresholds: set[str] = set()

    @property
    def unit(self) -> str:
        """The unit of what is shown; a probability has none."""
        shares = self.shown.statistic.startswith(EXCEEDS)
        return "1" if shares else self.known[self.shown.column].unit

    @property
    def cells(self) -> int:
        """Columns × periods that are kept in memory of a point."""
        return len(chosen(self.known.values(), self.patterns)) * len(self.periods)

    def look(self, scenario: Scenario) -> None:
        """Note what a point has; InputError when it cannot be drawn."""
        plan = Plan(scenario)
        self.known.update({column.name: column for column in plan.columns})
        self.periods = plan.periods
        found = thresholds_of(scenario, tuple(proposed_of(scenario)))
        column = self.known.get(self.shown.column)
        if column is not None:
            period = self.shown.period or plan.periods[-1]
            self.thresholds |= set(found.get((column.output, period), {}))

    def refuse(self) -> None:
        """Raise InputError for every pattern that matches nothing, and for what cannot be shown."""
        problems = [
            Problem("the name of an output, or a pattern of names, is wanted", "--outputs",
                    pattern[:80], did_you_mean(pattern, self.known, "`sim show` names some"))
            for pattern in self.given
            if not chosen(self.known.values(), (pattern,))
        ]  # fmt: skip
        shown = self.shown
        if shown.column not in self.known:
            remedy = did_you_mean(shown.column, self.known, "see summary.csv of a run")
            wanted = "the name of an output is wanted"
            problems.append(Problem(wanted, "--show", shown.column[:80], remedy))
        elif shown.period and shown.period not in self.periods:
            remedy = "known: " + ", ".join(self.periods)
            wanted = "a period of the scenario is wanted"
            problems.append(Problem(wanted, "--show", shown.period[:40], remedy))
        elif shown.statistic.startswith(EXCEEDS):
            name = shown.statistic.removeprefix(EXCEEDS)
            if name not in self.thresholds:
                wanted = "a threshold on this output and period is wanted"
                remedy = did_you_mean(name, self.thresholds)
                problems.append(Problem(wanted, "--show", shown.statistic[:80], remedy))
        if problems:
            raise InputError(problems)


def chosen(columns: Iterable[Column], patterns: Sequence[str]) -> list[Column]:
    """The columns whose name, with the stage or without, one of the patterns matches."""
    return [
        column
        for column in columns
        if any(
            fnmatch.fnmatchcase(name, pattern)
            for pattern in patterns
            for name in {column.name, column.output}
        )
    ]


@dataclass(frozen=True)
class Points:
    """Makes points; may be asked from several threads at once."""

    grid: Grid
    patterns: tuple[str, ...]

    def make(self, point: Point) -> PointMade:
        """All statistics of a point."""
        scenario = self.grid.scenario(point)
        plan, count = Plan(scenario), scenario.sampling.draws
        columns = chosen(plan.columns, self.patterns)
        cells: dict[tuple[str, str], Float64] = {
            (column.name, period): np.empty(count) for column in columns for period in plan.periods
        }
        for start, stop in block_ranges(count, BLOCK):
            outcome, _ = plan.block(start, stop)
            for (name, period), values in cells.items():
                values[start:stop] = outcome.get(name, period)
        return self._statistics(scenario, columns, plan.periods, cells)

    def _statistics(
        self,
        scenario: Scenario,
        columns: Sequence[Column],
        periods: Sequence[str],
        cells: Mapping[tuple[str, str], Float64],
    ) -> PointMade:
        proposed = tuple(proposed_of(scenario))
        thresholds = thresholds_of(scenario, proposed)
        outputs = {column.output for column in columns}
        found: list[tuple[Row, float, float]] = [
            ((p.output, p.period, PROPOSED, p.currency, "central"), p.amount, 0.0)
            for p in proposed
            if p.output in outputs
        ]
        for column in columns:
            for period in periods:
                amounts = thresholds.get((column.output, period), {})
                for s in summarise(
                    cells[column.name, period], scenario.sampling.replicates, amounts
                ):
                    unit = "1" if s.name.startswith(EXCEEDS) else column.unit
                    row = column.output, period, column.stage, unit, s.name
                    found.append((row, s.value, s.standard_error))
        return PointMade(
            tuple(row for row, _, _ in found),
            tuple(value for _, value, _ in found),
            tuple(error for _, _, error in found),
        )
