"""`sim solve`: for which values of a key a condition on a statistic holds, on common draws.

Every point is a sweep's: the same bits as a run of the changed scenario, and refused for the same
reasons. The range is scanned, because a statistic need not move in one direction, and every change
between two points of the scan is narrowed down. The error of an answer is that of the statistic
(between replicates) divided by its slope there.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from simulator.analysis.seek import Edge, Region, regions, scan_points
from simulator.errors import InputError, Problem
from simulator.findings import Finding
from simulator.runs.grid import Axis, Grid, parse_axis
from simulator.runs.options import RunOptions
from simulator.runs.solve_points import (
    FOR,
    Line,
    Subject,
    Subjects,
    check_number,
    decimal_at,
    line_grid,
    present,
    whole_at,
)
from simulator.runs.sweep import Counting
from simulator.scenario.change import Value
from simulator.scenario.conditions import Condition, parse
from simulator.scenario.model import Scenario
from simulator.scenario.read import read_scenario

SCAN, SCAN_PAIRS = 17, 9
NARROW, NARROW_CERTAIN = 1e-6, 1e-10
"""How closely a change is bracketed, as a part of the range; closer where there is no chance."""
USUAL = (0.8, 1.25)
REACH = (1.0, 0.75, 0.5, 0.25, 0.1)
"""Parts of the usual way from the present value that are tried, as far as makes a scenario."""
PARETO = "--pareto"


@dataclass(frozen=True, slots=True)
class SolveAsk:
    """What is sought: values of `key` from `low` to `high` that meet a condition.

    Without a range, from 0.8 to 1.25 times the present value, or as near to that as is accepted.
    `pareto` is another key, with values as `sim sweep` takes them or without: the answer for each
    of its values.
    """

    file: str
    key: str
    such_that: str
    low: float | None = None
    high: float | None = None
    pareto: str | None = None
    options: RunOptions = field(default_factory=RunOptions)


@dataclass(frozen=True, slots=True)
class Boundary:
    """An edge of an answer with what the subject is there and how exactly the edge is known.

    `error` is NaN where it cannot be had; `leap` says that no value gives the bound itself.
    """

    edge: Edge
    subject: Subject
    slope: float
    error: float
    leap: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """The values of the key that do, in pieces, and what the scan found."""

    pieces: tuple[tuple[Boundary, Boundary], ...]
    scan: tuple[tuple[float, Subject], ...]
    before: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Solved:
    """A question with its answers: one, or one a value of the other key."""

    ask: SolveAsk
    scenario: Scenario
    condition: Condition
    unit: str
    certain: bool
    low: float
    high: float
    now: float | None
    answers: tuple[Answer, ...]
    other: Axis | None
    notes: tuple[str, ...]


def solve(ask: SolveAsk, progress: Counting) -> Finding:
    """The answer in words and tables.

    Raises InputError for the file, the condition, keys that hold no number or cannot be swept,
    and for values that make no scenario.
    """
    from simulator.runs.solve_words import in_words

    return in_words(solved(ask, progress))


def solved(ask: SolveAsk, progress: Counting) -> Solved:
    """The answer in numbers."""
    condition = parse(ask.such_that)
    scenario = ask.options.sampled(read_scenario(ask.file))
    threads = ask.options.thread_count()
    try:
        return _solved(ask, condition, scenario, threads, progress)
    finally:
        progress.done()


def _solved(
    ask: SolveAsk, condition: Condition, scenario: Scenario, threads: int, progress: Counting
) -> Solved:
    check_number(scenario, ask.key, FOR)
    subjects = Subjects(scenario, condition, threads)
    other = _other(ask, scenario)
    now = present(scenario, ask.key)
    low, high = _range(ask, scenario, now)
    whole = whole_at(scenario, ask.key)
    points = scan_points(low, high, SCAN_PAIRS if other else SCAN, whole=whole)
    if now is not None and low < now < high:
        points = tuple(sorted({*points, now}))
    values = tuple(decimal_at(x, whole=whole) for x in points)
    axes = (*((other,) if other else ()), Axis(ask.key, values))
    grid = line_grid(scenario, axes)
    progress.begin("checking", "points", len(grid))
    notes = _checked(grid, ask, progress.advance)
    progress.begin("drawing", "draws", len(grid) * scenario.sampling.draws)
    befores: list[tuple[Value, ...]] = [(v,) for v in other.values] if other else [()]
    answers = tuple(
        _answer(Line(grid, subjects, before, progress.advance), points, subjects, before)
        for before in befores
    )
    return Solved(
        ask, scenario, condition, subjects.unit, subjects.certain, low, high, now, answers,
        other, notes,
    )  # fmt: skip


def _answer(
    line: Line, points: tuple[float, ...], subjects: Subjects, before: tuple[Value, ...]
) -> Answer:
    """The pieces of one line, with errors."""
    part = NARROW_CERTAIN if subjects.certain else NARROW
    width = points[-1] - points[0]
    relation = subjects.condition.relation
    found = regions(line.excess, relation, points, part * width, whole=line.whole)
    step = width / max(1, len(points) - 1)
    pieces = tuple(
        (_boundary(line, region, region.low, points, step, subjects),
         _boundary(line, region, region.high, points, step, subjects))
        for region in found
    )  # fmt: skip
    return Answer(pieces, tuple((x, line.at(x)) for x in points), before)


def _boundary(
    line: Line,
    region: Region,
    edge: Edge,
    points: tuple[float, ...],
    step: float,
    subjects: Subjects,
) -> Boundary:
    """An edge with the error of the statistic over its slope; none where the line only ends."""
    subject = line.at(edge.x)
    leap = _leaps(line, region, edge, subjects)
    if edge.at_end or line.whole or subjects.certain:
        return Boundary(edge, subject, math.nan, math.nan, leap)
    near = max(points[0], edge.x - step / 4), min(points[-1], edge.x + step / 4)
    slope = line.slope(*near)
    sloping = not leap and slope not in (0.0, math.inf)
    error = subject.standard_error / abs(slope) if sloping else math.nan
    return Boundary(edge, subject, slope, error, leap)


def _leaps(line: Line, region: Region, edge: Edge, subjects: Subjects) -> bool:
    """Whether the subject steps over the bound by more than chance makes of it."""
    if subjects.certain:
        return region.crossing and line.excess(edge.x) != 0
    if not edge.jump:
        return False
    step = abs(line.excess(edge.high) - line.excess(edge.low))
    return not step <= line.at(edge.low).standard_error


def _other(ask: SolveAsk, scenario: Scenario) -> Axis | None:
    """The other key with its values."""
    if ask.pareto is None:
        return None
    key, equals, _ = ask.pareto.partition("=")
    key = key.strip()
    check_number(scenario, key, PARETO)
    if equals:
        try:
            axis = parse_axis(ask.pareto)
        except InputError as error:
            raise InputError(
                [Problem(p.wanted, PARETO, p.value, p.remedy) for p in error.problems]
            ) from None
        wrong = [v for v in axis.values if isinstance(v, bool) or not isinstance(v, int | Decimal)]
        if wrong:
            raise InputError(Problem("numbers are wanted", PARETO, str(wrong[0])[:80]))
        return axis
    now = present(scenario, key)
    if not now:
        wanted = f"values of {key} are wanted, it holds no number to start from"
        raise InputError(Problem(wanted, PARETO, key, f"write {PARETO} {key}=FIRST:LAST:STEP"))
    low, high = sorted(now * part for part in USUAL)
    whole = whole_at(scenario, key)
    points = scan_points(low, high, SCAN_PAIRS, whole=whole)
    return Axis(key, tuple(decimal_at(x, whole=whole) for x in points))


def _range(ask: SolveAsk, scenario: Scenario, now: float | None) -> tuple[float, float]:
    """From and to, as given or around the present value."""
    low, high = ask.low, ask.high
    if low is None or high is None:
        if not now:
            missing = "--from" if low is None else "--to"
            wanted = f"a range is wanted, {ask.key} holds no number to start from"
            raise InputError(Problem(wanted, missing, remedy="give --from and --to"))
        less, more = USUAL if now > 0 else USUAL[::-1]
        low = _reach(scenario, ask.key, now, less) if low is None else low
        high = _reach(scenario, ask.key, now, more) if high is None else high
    if not low < high or not (math.isfinite(low) and math.isfinite(high)):
        wanted = "a range from a smaller number to a larger one is wanted"
        raise InputError(Problem(wanted, "--from", f"{low:.12g} to {high:.12g}"))
    return low, high


def _reach(scenario: Scenario, key: str, now: float, part: float) -> float:
    """`part` of the present value, or as far towards it as makes a scenario."""
    whole = whole_at(scenario, key)
    grid = line_grid(scenario, (Axis(key, (decimal_at(now, whole=whole),)),))
    for share in REACH:
        x = now * (1 + share * (part - 1))
        value = decimal_at(math.ceil(x) if whole and part < 1 else x, whole=whole)
        try:
            grid.scenario((value,))
        except InputError:
            continue
        return float(value)
    return now * part


def _checked(grid: Grid, ask: SolveAsk, told: Callable[[int], None]) -> tuple[str, ...]:
    """Check the points of the scan, by the rules of a sweep; what is to be said of them."""
    try:
        return grid.check(lambda scenario: None, told)
    except InputError as error:
        if ask.low is not None and ask.high is not None:
            raise
        wanted = "without --from and --to, values from 0.8 to 1.25 times the present one are tried"
        more = Problem(wanted, FOR, ask.key, "give --from and --to")
        raise InputError([*error.problems, more]) from None
