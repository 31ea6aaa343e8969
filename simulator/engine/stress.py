"""The mildest joint movement of a scenario's drivers under which a condition holds.

Draws that meet the condition are the starts; `analysis.stress` goes on from them to the nearest
point, in the independent standard normals of which the drivers are made. Every month of every
rate is a component of its own: gradients evaluate all of them as one block of draws.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.analysis.statistics import standard_error
from simulator.analysis.stress import DesignPoint, Limit, Mask, design_point, that_matter
from simulator.engine.blocks import Told, block_ranges, fill_blocks, nobody
from simulator.engine.plan import BLOCK, Plan
from simulator.scenario.conditions import Condition
from simulator.scenario.factors import factors_of
from simulator.tables import Column, Float64

STARTS = 8
"""Draws that the search starts from, beside their mean."""

LOOKED_AT = 6
"""Draws at which it is looked which components matter."""

MOST_KEPT = 2048
"""Draws that meet the condition of which the normals are kept."""


@dataclass(frozen=True, slots=True)
class Move:
    """How one input must move: its value at the point, its median, and how rare that is.

    `beyond` is the part of draws that lie as far from the median as the point, or farther, on the
    same side; `sd` that of the draws, all in the unit of the input. `years` is how many columns
    of the input the value is the mean of.
    """

    name: str
    driver: str
    unit: str
    description: str
    point: float
    median: float
    sd: float
    beyond: float
    years: int

    @property
    def size(self) -> float:
        """The movement in standard deviations of the input."""
        return abs(self.point - self.median) / self.sd if self.sd > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Odds:
    """How often draws meet a condition: `met` of `draws`, a part of `probability` ± `error`.

    `farthest` is the output of the draw that goes farthest to meeting it, or deepest into it, and
    `middle` the output with every driver at its median, in `unit`.
    """

    draws: int
    met: int
    probability: float
    error: float
    farthest: float
    middle: float
    unit: str


@dataclass(frozen=True, slots=True)
class Stress:
    """What a search found: the odds and the nearest `point`, None when no draw meets the condition.

    `outcome` is the output at the point, `moves` those of the inputs by factor and `yearly` by
    column, the largest first; `shares` of β² by stream of chance with its driver.
    """

    odds: Odds
    point: DesignPoint | None = None
    outcome: float = math.nan
    moves: tuple[Move, ...] = ()
    yearly: tuple[Move, ...] = ()
    shares: tuple[tuple[str, str, float], ...] = ()

    @property
    def already(self) -> bool:
        """Whether the condition holds with every driver at its median."""
        return self.point is not None and self.point.beta == 0.0


class _Space:
    """The normals of all streams side by side, and the limit of a condition on them."""

    def __init__(self, plan: Plan, condition: Condition) -> None:
        self.plan, self._streams = plan, plan.streams
        self.steps: Mask = np.concatenate(
            [np.full(n, name in plan.steps) for name, n in self._streams.items()]
        )
        self.upwards = condition.relation in (">", ">=")
        self._strict = condition.relation in (">", "<")
        self._condition = condition
        self.period = condition.period or plan.periods[-1]

    def apart(self, points: Float64) -> dict[str, Float64]:
        """Points, shape (n, d), as normals of each stream."""
        ends = np.cumsum(list(self._streams.values()))[:-1]
        return dict(zip(self._streams, np.split(points, ends, axis=1), strict=True))

    def output(self, points: Float64) -> Float64:
        """The output at points."""
        outcome, _ = self.plan.at(self.apart(points))
        return outcome.get(self._condition.column, self.period)

    def limit(self, points: Float64) -> Float64:
        """How far the condition is met, in the unit of the output."""
        return self.limit_of(self.output(points))

    def limit_of(self, values: Float64) -> Float64:
        """Values of the output as g; a value on the edge does not meet a strict condition."""
        bound = self._condition.bound
        found = values - bound if self.upwards else bound - values
        return np.where(found == 0, -np.finfo(float).tiny, found) if self._strict else found

    def normals(self, start: int, stop: int) -> Float64:
        """Those of a block of draws, shape (n, d)."""
        found = self.plan.normals(start, stop)
        return np.concatenate([found[name] for name in self._streams], axis=1)


def stress(plan: Plan, condition: Condition, threads: int = 1, told: Told = nobody) -> Stress:
    """The mildest movement that meets a condition on outcomes (not on a statistic, not "=").

    `told` hears how many more draws are made.
    """
    space = _Space(plan, condition)
    values, inputs = _drawn(space, condition, threads, told)
    limits = space.limit_of(values)
    met = limits >= 0
    columns = {column.name: column for column in plan.columns}
    replicates = plan.sampling.replicates
    odds = Odds(
        draws=len(values),
        met=int(met.sum()),
        probability=float(met.mean()),
        error=standard_error([float(met[r::replicates].mean()) for r in range(replicates)]),
        farthest=float(values[int(np.argmax(limits))]),
        middle=float(space.output(np.zeros((1, len(space.steps))))[0]),
        unit=columns[condition.column].unit,
    )
    if not met.any():
        return Stress(odds)
    found = _found(space, np.flatnonzero(met))
    outcome = float(space.output(found.point[None, :])[0])
    return Stress(odds, found, outcome, *_moves(space, found.point, inputs), _shares(space, found))


def _drawn(
    space: _Space, condition: Condition, threads: int, told: Told
) -> tuple[Float64, dict[str, Float64]]:
    """The output and every input that stands for a driver, of all draws."""
    plan = space.plan
    period = plan.periods.index(space.period)
    wanted = {name for names in plan.drivers.values() for name in names}
    values = np.empty(plan.sampling.draws)
    kept = {name: np.empty(plan.sampling.draws) for name in wanted}

    def fill(start: int, stop: int) -> None:
        outcome, inputs = plan.block(start, stop)
        values[start:stop] = outcome[condition.column][:, period]
        for name, column in kept.items():
            column[start:stop] = inputs[name]

    fill_blocks(fill, plan.sampling.draws, threads, told)
    return values, kept


def _found(space: _Space, met: npt.NDArray[np.intp]) -> DesignPoint:
    """The nearest point, from the draws that meet the condition."""
    dimensions = len(space.steps)
    if space.limit(np.zeros((1, dimensions)))[0] >= 0:
        return DesignPoint(np.zeros(dimensions), 0.0, settled=True)
    chosen = met[:MOST_KEPT]
    points = np.empty((len(chosen), dimensions))
    at = 0
    for start, stop in block_ranges(int(chosen[-1]) + 1, BLOCK):
        inside = chosen[(chosen >= start) & (chosen < stop)] - start
        points[at : at + len(inside)] = space.normals(start, stop)[inside]
        at += len(inside)
    matter = that_matter(space.limit, points[:LOOKED_AT], space.steps)
    points[:, ~matter] = 0.0
    near = np.argsort(np.einsum("ij,ij->i", points, points), kind="stable")[:STARTS]
    starts = [points[near]]
    mean = np.where(space.steps, points[near[0]], points.mean(axis=0))[None, :]
    if space.limit(mean)[0] >= 0:
        starts.append(mean)
    return _within(space.limit, np.concatenate(starts), matter, space.steps)


def _within(limit: Limit, starts: Float64, matter: Mask, steps: Mask) -> DesignPoint:
    """`design_point` in the components that matter alone."""

    def full(points: Float64) -> Float64:
        rows = np.zeros((len(points), len(matter)))
        rows[:, matter] = points
        return rows

    found = design_point(lambda z: limit(full(z)), starts[:, matter], steps[matter])
    return DesignPoint(full(found.point[None, :])[0], found.beta, found.settled)


def _moves(
    space: _Space, point: Float64, inputs: Mapping[str, Float64]
) -> tuple[tuple[Move, ...], tuple[Move, ...]]:
    """How inputs move, by factor (the mean of its years) and by column; the largest first."""
    _, there = space.plan.at(space.apart(point[None, :]))
    _, middle = space.plan.at(space.apart(np.zeros((1, len(point)))))
    columns = [column for column in space.plan.input_columns if column.name in inputs]
    drivers = {name: driver for driver, names in space.plan.drivers.items() for name in names}
    texts = {factor.name: factor.description for factor in factors_of(space.plan.scenario)}
    by_factor: dict[str, list[Column]] = {}
    for column in columns:
        by_factor.setdefault(column.output, []).append(column)

    def move(name: str, those: list[Column]) -> Move:
        here = float(np.mean([there[c.name][0] for c in those]))
        rest = float(np.mean([middle[c.name][0] for c in those]))
        drawn = np.mean([inputs[c.name] for c in those], axis=0)
        beyond = float(np.mean(drawn >= here if here >= rest else drawn <= here))
        first = those[0]
        return Move(
            name, drivers[first.name], first.unit, texts.get(name, first.description),
            here, rest, float(drawn.std()), beyond, len(those),
        )  # fmt: skip

    factors = (move(name, those) for name, those in by_factor.items())
    yearly = (move(column.name, [column]) for column in columns)
    return _sorted(factors), _sorted(yearly)


def _sorted(moves: Iterable[Move]) -> tuple[Move, ...]:
    return tuple(sorted(moves, key=lambda one: -one.size))


def _shares(space: _Space, found: DesignPoint) -> tuple[tuple[str, str, float], ...]:
    """Which part of β² each stream makes, the largest first; streams at rest are left out."""
    drivers = {factor.name: str(factor.driver) for factor in factors_of(space.plan.scenario)}
    square = found.beta**2
    parts = [
        (name, drivers.get(name, _common_driver(name)), float(np.sum(z * z)) / square)
        for name, z in space.apart(found.point[None, :]).items()
        if square > 0
    ]
    return tuple(sorted((one for one in parts if one[2] > 1e-6), key=lambda one: -one[2]))


def _common_driver(stream: str) -> str:
    """What a stream that is no factor belongs to: all rates, or all that is correlated."""
    return stream.partition(".")[0]
