"""The points of a sweep: which values of which keys, and whether each makes a scenario.

A scenario that does not tie out is not swept. At the points its published figures are left out,
because they are figures of the file as it stands. What a point may not do is move the money of a
posts line (`appropriation`, `growth`) away from its posts: the simulation prices posts, so they
would cost what they did before, and the point is refused. Where posts, standard costs or their
delay are swept, posts cost something else than was budgeted for them: as was asked, and it is said.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from simulator.budget.published import Gap, bottom_up_gaps, publish
from simulator.budget.tieout import gap_in_words
from simulator.errors import InputError, Problem, shorten
from simulator.runs.check import checked_tie_out
from simulator.scenario.change import Place, Value, place_of, tables_of, value_of, with_value
from simulator.scenario.model import Scenario
from simulator.scenario.read import scenario_from_dict, warnings_of

MOST_POINTS = 10_000
MOST_PROBLEMS = 20
OPTION = "--over"
FIXED = {
    "sampling": "use --draws or --seed, for all points together",
    "published": "published figures are left out at the points",
    "figures": "only rules of published figures read it, no draw depends on it",
}
EXAMPLE = "write rates.eur_per_usd.budget=0.70:0.90:0.05, or a key and values between commas"


@dataclass(frozen=True, slots=True)
class Axis:
    """A key and the values that it takes, in order."""

    key: str
    values: tuple[Value, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """The values as people write them."""
        return tuple(map(text_of, self.values))


def text_of(value: Value) -> str:
    """A value in one spelling."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value)


def parse_axis(text: str) -> Axis:
    """An axis from `key=a:b:step` or `key=a,b,c`; InputError says what cannot be read.

    The end of a range belongs to it when a whole number of steps leads there.
    """
    key, equals, said = text.partition("=")
    if not equals or not key.strip() or not said.strip():
        raise _refused("a key and its values, key=a:b:step or key=a,b,c, are wanted", text)
    values = _range(said) if ":" in said else [value_of(part) for part in said.split(",")]
    if any(value == "" for value in values):
        raise _refused("a value between any two commas is wanted", text)
    again = [value for i, value in enumerate(values) if value in values[:i]]
    if again:
        raise _refused(f"each value once is wanted, {text_of(again[0])} stands there twice", text)
    if any(isinstance(v, Decimal) and not v.is_finite() for v in values):
        raise _refused("numbers of at most 40 digits are wanted", text)
    return Axis(key.strip(), tuple(values))


def _range(said: str) -> list[Value]:
    numbers = [value_of(part) for part in said.split(":")]
    exact = [
        Decimal(n) for n in numbers if isinstance(n, int | Decimal) and not isinstance(n, bool)
    ]
    if len(numbers) != 3 or len(exact) != 3 or not all(n.is_finite() for n in exact):
        raise _refused("a range of three numbers, first:last:step, is wanted", said)
    first, last, step = exact
    if step == 0 or (last - first) / step < 0:
        raise _refused("a step that leads from the first number to the last is wanted", said)
    count = int((last - first) / step) + 1
    if count > MOST_POINTS:
        raise _refused(f"at most {MOST_POINTS} values are wanted", said, "take larger steps")
    whole = all(n == n.to_integral_value() for n in exact)
    return [int(first + i * step) if whole else first + i * step for i in range(count)]


def _refused(wanted: str, value: str, remedy: str = EXAMPLE) -> InputError:
    return InputError(Problem(wanted, OPTION, shorten(value.strip(), 80), remedy))


Point = tuple[Value, ...]
Cell = tuple[str, int]


@dataclass(frozen=True)
class Grid:
    """Every combination of the values of the axes, the last one running fastest.

    `base` is the file's scenario without published figures and `tables` the same as raw tables;
    `before` has the money of its posts lines by line and year, `gaps` where posts are off it.
    """

    base: Scenario
    tables: Mapping[str, Any]
    axes: tuple[Axis, ...]
    places: tuple[Place, ...]
    before: Mapping[Cell, Fraction]
    gaps: Mapping[Cell, Gap]

    def __len__(self) -> int:
        return math.prod(len(axis.values) for axis in self.axes)

    def points(self) -> Iterator[Point]:
        """Values of every point, one a key."""
        return itertools.product(*(axis.values for axis in self.axes))

    def in_words(self, point: Point) -> str:
        """A point as one would write it."""
        named = zip(self.axes, point, strict=True)
        return ", ".join(f"{axis.key} = {text_of(value)}" for axis, value in named)

    def scenario(self, point: Point) -> Scenario:
        """The scenario at a point; InputError when its values make none."""
        tables: Mapping[str, Any] = self.tables
        for place, value in zip(self.places, point, strict=True):
            tables = with_value(tables, place, value)
        return scenario_from_dict(tables)

    def check(
        self, look: Callable[[Scenario], None], told: Callable[[int], None]
    ) -> tuple[str, ...]:
        """Check every point before any is simulated; what is to be said of them, each once.

        `look` is shown each scenario, and may refuse it; `told` hears of every point that is done.
        Raises InputError with the problems of the first points that are refused.
        """
        problems: list[Problem] = []
        usual = frozenset(warnings_of(self.base))
        notes, refused = _Notes(len(self)), 0
        for point in self.points():
            try:
                scenario = self.scenario(point)
                said = [*self._notes(scenario), *warnings_of(scenario)]
                notes.add(note for note in said if note not in usual)
                look(scenario)
            except InputError as error:
                refused += 1
                if len(problems) < MOST_PROBLEMS:
                    problems += [self._at(point, problem) for problem in error.problems[:3]]
            told(1)
        if problems:
            raise InputError(_counted(problems, refused, len(self)))
        return notes.texts()

    def _notes(self, scenario: Scenario) -> Iterator[str]:
        """Where posts cost something else than in the file; InputError where money has no posts."""
        problems = []
        for gap in bottom_up_gaps(scenario):
            cell = gap.line, gap.year
            old = self.gaps.get(cell)
            if self.before.get(cell) != gap.before:
                words = gap_in_words(gap).partition("\n")[0].partition(": ")[2]
                remedy = "change the posts with their money, in a scenario that extends this one"
                problems.append(Problem(words, key=f"lines.{gap.line}", remedy=remedy))
            elif old is None or old.bottom_up != gap.bottom_up:
                yield (
                    f"the posts of line {gap.line} cost something else than was budgeted for them; "
                    "what is proposed stays as it is"
                )
        if problems:
            raise InputError(problems)

    def _at(self, point: Point, problem: Problem) -> Problem:
        """A problem of the scenario at a point as one of the option."""
        where = ": ".join(filter(None, (problem.key, problem.wanted)))
        found = f"; found {problem.value}" if problem.value else ""
        return Problem(f"{where}{found}", OPTION, self.in_words(point), problem.remedy)


class _Notes:
    """What is said of the points: texts that differ only in their numbers are said once."""

    def __init__(self, points: int) -> None:
        self.points = points
        self._found: dict[str, tuple[set[str], int]] = {}

    def add(self, notes: Iterable[str]) -> None:
        """Those of one more point."""
        for kind, text in {re.sub(r"\d[\d.]*", "#", note): note for note in notes}.items():
            texts, count = self._found.get(kind, (set(), 0))
            if len(texts) < 2:
                texts.add(text)
            self._found[kind] = texts, count + 1

    def texts(self) -> tuple[str, ...]:
        """Each with the number of points that it is true of."""
        return tuple(
            ("" if count == self.points else f"at {count} of {self.points} points: ")
            + ("for instance, " if len(texts) > 1 else "")
            + min(texts)
            for texts, count in self._found.values()
        )


def _counted(problems: list[Problem], refused: int, count: int) -> list[Problem]:
    if refused <= 1:
        return problems
    return [*problems, Problem(f"{refused} of {count} points are refused; nothing was run", OPTION)]


def grid_of(scenario: Scenario, axes: Sequence[Axis]) -> Grid:
    """The grid over a scenario that ties out.

    Raises InputError for published figures that do not tie, for keys that are none, that cannot
    be swept or stand in each other's way, and for more than MOST_POINTS points.
    """
    checked_tie_out(scenario)
    base = scenario.model_copy(update={"published": ()})
    tables = tables_of(base)
    places, problems = [], list[Problem]()
    for axis in axes:
        try:
            places.append(_swept(tables, axis))
        except InputError as error:
            problems += [replace(p, key=OPTION, value=p.key) for p in error.problems]
    problems += _in_the_way(places)
    count = math.prod(len(axis.values) for axis in axes)
    if count > MOST_POINTS:
        wanted = f"at most {MOST_POINTS} points are wanted"
        problems.append(Problem(wanted, OPTION, str(count), "take fewer values or keys"))
    if problems:
        raise InputError(problems)
    published = publish(base)
    before = {
        (name, year): published.line_before_year(name, year)
        for name, line in base.lines.items()
        for year in base.years
        if line.kind == "posts"
    }
    gaps = {(gap.line, gap.year): gap for gap in bottom_up_gaps(base)}
    return Grid(base, tables, tuple(axes), tuple(places), before, gaps)


def _swept(tables: Mapping[str, Any], axis: Axis) -> Place:
    """The place of an axis' key, which must not be one that all points have in common."""
    root = axis.key.partition(".")[0]
    if root in FIXED:
        wanted = "a key that may differ between points is wanted"
        raise InputError(Problem(wanted, axis.key, remedy=FIXED[root]))
    return place_of(tables, axis.key)


def _in_the_way(places: Sequence[Place]) -> Iterator[Problem]:
    """Keys that are the same, or of which one holds the other."""
    for i, one in enumerate(places):
        for other in places[:i]:
            length = min(len(one.path), len(other.path))
            if one.path[:length] == other.path[:length]:
                wanted = f"keys that do not hold each other are wanted, this one and {other.key}"
                yield Problem(wanted, OPTION, one.key, "leave out one of the two")
