"""`sim solve`: the value of one key for which a statistic of an output is what is asked.

Every value is simulated on the same draws, so what differs between two values is due to the key.
The range is scanned first, so nothing is taken for granted about rising or falling; then each place
where the condition begins or ends to hold is closed in on (Brent 1973, as SciPy has it).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

import numpy as np

from simulator.analysis.measure import Measured, measure
from simulator.budget.published import PROPOSED, contribution_name, publish
from simulator.engine.chosen import chosen
from simulator.engine.plan import Plan
from simulator.errors import InputError, Problem
from simulator.runs.grid import OPTION, Axis, Grid, grid_of
from simulator.scenario.change import value_of
from simulator.scenario.conditions import Condition, check_names
from simulator.scenario.model import Scenario
from simulator.scenario.shape import is_number

SCAN = 9
"""Values at which the range is looked at before any place is closed in on."""

FACTORS = (2.0, 1.5, 1.2, 1.05)
"""How far the range reaches from the value where no range is given, the widest that can be had."""

DIGITS = 9
"""Significant digits to which a place is closed in on."""

LEAP = 1e-6
"""Part of the change between two values of the scan that, left at an answer, is a step."""

STEP = 1e-3
"""Part of the range over which the slope at an answer is taken."""


@dataclass(frozen=True, slots=True)
class SolveAsk:
    """Which key is sought, in which range (None: around its value), for which condition."""

    key: str
    condition: Condition
    low: float | None = None
    high: float | None = None
    threads: int = 1


@dataclass(frozen=True, slots=True)
class Tried:
    """A value of the key, and the statistic there."""

    at: float
    found: Measured


@dataclass(frozen=True, slots=True)
class Answer:
    """Where the condition begins or ends to hold: `rising` when the statistic rises there.

    `leap` says that the statistic steps over the bound there and never is the bound itself.
    """

    at: float
    error: float
    rising: bool
    bracket: tuple[float, float]
    leap: bool = False


@dataclass(frozen=True, slots=True)
class Solved:
    """What was tried over the range, and every answer in it."""

    tried: tuple[Tried, ...]
    answers: tuple[Answer, ...]


Evaluate = Callable[[float], Measured]


def solve(scenario: Scenario, ask: SolveAsk, told: Callable[[int], None]) -> Solved:
    """Every value in the range at which the statistic equals the bound.

    `told` hears of each simulation. Raises InputError for the key, the range, the condition, and
    a value in the range that makes no scenario.
    """
    try:
        low, high = bracket_of(scenario, ask)
        evaluate = evaluator(scenario, ask, (low, high), told)
        return search(evaluate, ask.condition.bound, low, high)
    except InputError as error:
        raise InputError([_as_ours(problem) for problem in error.problems]) from None


def _as_ours(problem: Problem) -> Problem:
    return replace(problem, key="--for") if problem.key == OPTION else problem


def search(evaluate: Evaluate, bound: float, low: float, high: float) -> Solved:
    """Scan, then close in on every change of sign of statistic − bound."""
    from scipy.optimize import brentq

    tried = [Tried(at, evaluate(at)) for at in map(float, _points(low, high))]
    gaps = [one.found.value - bound for one in tried]
    answers = []
    for i, (one, other) in enumerate(pairwise(tried)):
        if gaps[i] == 0.0 and (i == 0 or gaps[i - 1] != 0.0):
            answers.append(_answer(evaluate, one.at, (low, high), (one.at, one.at)))
        elif gaps[i] * gaps[i + 1] < 0:
            at = brentq(lambda x: evaluate(x).value - bound, one.at, other.at,
                        xtol=abs(high) * 10.0**-DIGITS + 1e-300, rtol=10.0**-DIGITS)  # fmt: skip
            answer = _answer(evaluate, float(at), (low, high), (one.at, other.at))
            left = evaluate(answer.at)
            step, cell = abs(left.value - bound), abs(gaps[i + 1] - gaps[i])
            leap = step > LEAP * cell and not step <= left.standard_error
            answers.append(replace(answer, leap=leap))
    if gaps[-1] == 0.0 and gaps[-2] != 0.0:
        answers.append(_answer(evaluate, high, (low, high), (high, high)))
    return Solved(tuple(tried), tuple(answers))


def _answer(
    evaluate: Evaluate, at: float, ends: tuple[float, float], bracket: tuple[float, float]
) -> Answer:
    """The answer, with the error of the statistic there by the slope of the statistic there."""
    step = STEP * (ends[1] - ends[0])
    left, right = max(ends[0], at - step), min(ends[1], at + step)
    slope = (evaluate(right).value - evaluate(left).value) / (right - left)
    error = evaluate(at).standard_error
    return Answer(at, error / abs(slope) if slope else math.inf, slope > 0, bracket)


def bracket_of(scenario: Scenario, ask: SolveAsk) -> tuple[float, float]:
    """The range that is searched; InputError when there is none."""
    grid = grid_of(scenario, [Axis(ask.key, ())])
    now = number_at(grid)
    if ask.low is None or ask.high is None:
        if not now:
            wanted = "a range is wanted: the key has no value now, or zero, to start from"
            raise InputError(Problem(wanted, "--for", ask.key, "add --from A --to B"))
        low, high = _around(scenario, ask, now)
    else:
        low, high = ask.low, ask.high
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        wanted = "a range from a lower to a higher number is wanted"
        raise InputError(Problem(wanted, "--from", f"{low:g} … {high:g}"))
    return low, high


def _around(scenario: Scenario, ask: SolveAsk, now: float) -> tuple[float, float]:
    """The widest of the usual ranges around the value of which every value makes a scenario."""
    for factor in FACTORS:
        low, high = sorted((now / factor, now * factor))
        low, high = (ask.low if ask.low is not None else low,
                     ask.high if ask.high is not None else high)  # fmt: skip
        try:
            grid = grid_of(scenario, [Axis(ask.key, _points(low, high))])
            grid.check(lambda _: None, lambda _: None)
        except InputError:
            if factor == FACTORS[-1]:
                raise
        else:
            break
    return low, high


def number_at(grid: Grid) -> float | None:
    """The number that stands at the key now; None when none does. InputError for other kinds."""
    here: object = grid.tables
    place = grid.places[0]
    for part in place.path:
        here = here[part] if not isinstance(here, dict) or part in here else None  # type: ignore[index]
        if here is None:
            return None
    if isinstance(here, dict):
        here = here.get("value")
    number = isinstance(here, int | Decimal) and not isinstance(here, bool)
    if not number and not (here is None and is_number(place.types)):
        wanted = "a key that holds a number is wanted"
        found = "" if here is None else f"it holds {here!s:.40}"
        raise InputError(Problem(wanted, "--for", place.key, found))
    if int in place.types and Decimal not in place.types:
        wanted = "a key that may hold any number is wanted, this one holds whole numbers"
        remedy = f"try them one by one: sim sweep FILE --over {place.key}=1:10:1"
        raise InputError(Problem(wanted, "--for", place.key, remedy))
    return float(here) if isinstance(here, int | Decimal) else None


def evaluator(
    scenario: Scenario, ask: SolveAsk, ends: tuple[float, float], told: Callable[[int], None]
) -> Evaluate:
    """The statistic at a value of the key; the condition and the values of the scan are checked."""
    grid = grid_of(scenario, [Axis(ask.key, _points(*ends))])
    grid.check(lambda _: None, lambda _: None)
    _check(scenario, ask.condition)
    known: dict[float, Measured] = {}

    def evaluate(at: float) -> Measured:
        if at not in known:
            known[at] = statistic_of(grid.scenario((_exact(at),)), ask.condition, ask.threads)
            told(scenario.sampling.draws)
        return known[at]

    return evaluate


def _points(low: float, high: float) -> tuple[Decimal, ...]:
    """The values of the scan."""
    return tuple(_exact(low + (high - low) * i / (SCAN - 1)) for i in range(SCAN))


def _exact(value: float) -> Decimal:
    found = value_of(repr(float(value)))
    return found if isinstance(found, Decimal) else Decimal(repr(float(value)))


def _check(scenario: Scenario, condition: Condition) -> None:
    """The output, its stage and period are there, and a statistic is asked where draws differ."""
    if condition.stage == PROPOSED:
        names = [f"{contribution_name(p, c)}@{PROPOSED}" for p, c in _owed(scenario)]
        check_names(condition, names, scenario.periods)
        if condition.statistic is not None:
            wanted = "what was proposed is one number: no statistic of it is wanted"
            remedy = f"write {condition.column} {condition.relation} {condition.bound:g}"
            raise InputError(Problem(wanted, "--such-that", str(condition), remedy))
        return
    check_names(condition, [c.name for c in Plan(scenario).columns], scenario.periods)
    if condition.statistic is None:
        wanted = "a statistic of the output is wanted: every draw has another value of it"
        remedy = f"write p95({condition.column}) {condition.relation} {condition.bound:g}"
        raise InputError(Problem(wanted, "--such-that", str(condition), remedy))


def _owed(scenario: Scenario) -> list[tuple[str, str]]:
    budget = scenario.budget.currency
    return [(name, c) for name, p in scenario.parents.items() for c in {budget, p.assessed_in}]


def statistic_of(scenario: Scenario, condition: Condition, threads: int) -> Measured:
    """The subject of a condition in a scenario."""
    period = condition.period or scenario.periods[-1]
    if condition.stage == PROPOSED:
        return Measured(proposed_unrounded(scenario, condition.output, period), 0.0)
    table = chosen(Plan(scenario), [condition.column], threads)[condition.column]
    assert condition.statistic is not None  # noqa: S101 - checked before
    values = np.ascontiguousarray(table[:, scenario.periods.index(period)])
    return measure(values, condition.statistic, scenario.sampling.replicates)


def proposed_unrounded(scenario: Scenario, output: str, period: str) -> float:
    """What is proposed, converted at the budget rate but not yet rounded to the parent's step.

    Rounded it would stand still and jump, and no value could be told from its neighbours.
    """
    parent = output.partition(".")[2]
    amount = scenario.amount(publish(scenario).contribution(parent, period))
    own = scenario.parents[parent].assessed_in
    if output == contribution_name(parent, scenario.budget.currency):
        return float(amount)
    return float(amount / scenario.budget_rate(own))


def frontier(
    scenario: Scenario,
    ask: SolveAsk,
    other: Axis,
    told: Callable[[int], None],
) -> list[tuple[float, Solved]]:
    """For every value of another key, the values of the first that give what is asked."""
    found = []
    for value in other.values:
        if isinstance(value, bool | str) or not isinstance(value, int | Decimal):
            wanted = "numbers are wanted"
            raise InputError(Problem(wanted, "--pareto", f"{other.key}={value}"))
        grid = grid_of(scenario, [Axis(other.key, (value,))])
        grid.check(lambda _: None, lambda _: None)
        found.append((float(value), solve(grid.scenario((value,)), ask, told)))
    return found
