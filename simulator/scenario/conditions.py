"""The language of conditions: what an output, or a statistic of it, is asked to be.

    contribution_xyz.A > 32e6                    an outcome: `sim stress`
    p95(contribution_xyz.A) <= 31 000 000        a statistic: `sim solve`
    mean(contribution_xyz.A@initial[2031]) = 15e6
    prob(contribution_xyz.A > 32e6) <= 5%

A condition is SUBJECT RELATION NUMBER. The subject is an output or STATISTIC(output); the output
may be followed by `@stage` and `[period]`, else the last stage and the whole period are meant.
Numbers are in the unit of the output: 31e6, 31_000_000 and 31 000 000 are the same; a comma is
refused, as one reader takes it for thousands and the next for decimals.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from simulator.errors import InputError, Problem, did_you_mean, nearest

PLAIN = ("mean", "sd", "min", "max")
NAMED = (*PLAIN, "p50", "p95", "es95", "es95_low", "prob")
EXAMPLE = 'write it as "contribution_xyz.A > 32e6" or "p95(contribution_xyz.A) <= 31e6"'

_NAME = re.compile(r"[^\s()\[\]@<>=,]+")
_RELATION = re.compile(r"<=|>=|==|<|>|=")
_GAP = "[ _\u00a0\u202f]"
_NUMBER = re.compile(
    rf"[+-]?(?:\d{{1,3}}(?:{_GAP}\d{{3}})+|\d+(?:_\d+)*)?(?:\.\d+)?(?:[eE][+-]?\d+)?"
)
_LEVEL = re.compile(r"(p|es)(\d{1,2}(?:\.\d{1,6})?)(_low)?\Z")


@dataclass(frozen=True, slots=True)
class Statistic:
    """A statistic of an output's draws.

    `kind` is one of `PLAIN`, "percentile", "shortfall" (of the highest draws) or
    "shortfall_low" (of the lowest) with the `level` as a fraction, or "probability" of being on
    the side `relation` of `threshold`.
    """

    kind: str
    level: float = math.nan
    relation: str = ""
    threshold: float = math.nan

    @property
    def name(self) -> str:
        """As it is written: p95, es97.5, es95_low, mean, prob."""
        short = {"percentile": "p", "shortfall": "es", "shortfall_low": "es"}.get(self.kind)
        if short is not None:
            low = "_low" if self.kind == "shortfall_low" else ""
            return f"{short}{self.level * 100:.10g}{low}"
        return "prob" if self.kind == "probability" else self.kind


@dataclass(frozen=True, slots=True)
class Condition:
    """SUBJECT RELATION BOUND; `statistic` is None when every outcome itself is meant.

    `stage` and `period` are "" for the last stage and the whole period.
    """

    statistic: Statistic | None
    output: str
    stage: str
    period: str
    relation: str
    bound: float

    @property
    def column(self) -> str:
        """The output as the columns of a result name it."""
        return f"{self.output}@{self.stage}" if self.stage else self.output

    @property
    def subject(self) -> str:
        """What is compared, as it is written."""
        inside = self.column + (f"[{self.period}]" if self.period else "")
        if self.statistic is None:
            return inside
        if self.statistic.kind == "probability":
            inside += f" {self.statistic.relation} {self.statistic.threshold:.12g}"
        return f"{self.statistic.name}({inside})"

    def __str__(self) -> str:
        return f"{self.subject} {self.relation} {self.bound:.12g}"

    def holds(self, value: float) -> bool:
        """Whether a value of the subject meets the condition."""
        return {
            "<": value < self.bound,
            "<=": value <= self.bound,
            ">": value > self.bound,
            ">=": value >= self.bound,
            "=": value == self.bound,
        }[self.relation]


def statistic_named(name: str) -> Statistic | None:
    """The statistic of a name such as mean, p97.5, es95 or es95_low; None for no such name."""
    if name in PLAIN:
        return Statistic(name)
    match = _LEVEL.match(name)
    if match is None or not 0 < float(match[2]) < 100:
        return None
    if match[1] == "p":
        return None if match[3] else Statistic("percentile", float(match[2]) / 100)
    kind = "shortfall_low" if match[3] else "shortfall"
    return Statistic(kind, float(match[2]) / 100)


def parse(text: str, option: str = "--such-that") -> Condition:
    """The condition in `text`; InputError with the column where it cannot be read."""
    return _Reader(text, option).condition()


def check_names(
    condition: Condition,
    columns: Sequence[str],
    periods: Sequence[str],
    option: str = "--such-that",
) -> None:
    """Raise InputError when the output (with its stage) or the period is not there."""
    problems = []
    if condition.column not in columns:
        outputs = sorted({name for name in columns if ("@" in name) == bool(condition.stage)})
        remedy = did_you_mean(condition.column, outputs, "see summary.csv of an earlier run")
        problems.append(Problem("an output is wanted", option, condition.column[:80], remedy))
    if condition.period and condition.period not in periods:
        remedy = did_you_mean(condition.period, periods)
        problems.append(
            Problem("a period of the scenario is wanted", option, condition.period[:80], remedy)
        )
    if problems:
        raise InputError(problems)


class _Reader:
    """Reads a condition from left to right."""

    def __init__(self, text: str, option: str) -> None:
        self._text, self._option, self._at = text, option, 0

    def condition(self) -> Condition:
        """SUBJECT RELATION NUMBER and nothing after it."""
        start = self._space()
        first = self._name("an output or a statistic of one is wanted")
        statistic = None
        if self._peek() == "(":
            statistic, place = self._statistic(first, start)
        else:
            place = self._place(first)
        relation = self._relation()
        percent = statistic is not None and statistic.kind == "probability"
        bound = self._number(percent)
        if self._peek():
            remedy = f"{EXAMPLE}, one condition at a time"
            raise self._refused("nothing more is wanted after the number", remedy)
        return Condition(statistic, *place, relation, bound)

    def _statistic(self, name: str, start: int) -> tuple[Statistic, tuple[str, str, str]]:
        """What is in parentheses after the name of a statistic."""
        statistic = Statistic("probability") if name == "prob" else statistic_named(name)
        if statistic is None:
            self._at = start
            close = nearest(name, NAMED)
            known = "known: mean, sd, min, max, pNN such as p95, esNN such as es95, esNN_low, prob"
            remedy = f"did you mean {close!r}?" if close else known
            raise self._refused("a statistic is wanted", remedy)
        self._at += 1
        self._space()
        place = self._place(self._name("an output is wanted"))
        if self._peek() == "," and not place[2]:
            self._at += 1
            self._space()
            place = (*place[:2], self._name("a period is wanted"))
        if name == "prob":
            relation = self._relation()
            statistic = Statistic("probability", math.nan, relation, self._number(percent=False))
        self._expect(")")
        return statistic, place

    def _place(self, output: str) -> tuple[str, str, str]:
        """Output, stage and period, of which the first is read."""
        stage = period = ""
        if self._peek() == "@":
            self._at += 1
            stage = self._name("a stage is wanted after @")
        if self._peek() == "[":
            self._at += 1
            self._space()
            period = self._name("a period is wanted in brackets")
            self._expect("]")
        return output, stage, period

    def _relation(self) -> str:
        self._space()
        match = _RELATION.match(self._text, self._at)
        if match is None:
            raise self._refused("one of <=, >=, <, > and = is wanted")
        self._at = match.end()
        return match[0].replace("==", "=")

    def _number(self, percent: bool) -> float:
        self._space()
        match = _NUMBER.match(self._text, self._at)
        digits = "" if match is None else re.sub(_GAP, "", match[0])
        try:
            number = float(digits)
        except ValueError:
            number = math.nan
        if match is None or not math.isfinite(number):
            raise self._refused("a number is wanted")
        if self._text[match.end() : match.end() + 1] == ",":
            raise self._refused("a number without commas is wanted", "write 31e6 or 31 000 000")
        self._at = match.end()
        if percent and self._peek() == "%":
            self._at += 1
            number /= 100
        if percent and not 0 <= number <= 1:
            self._at = match.start()
            raise self._refused("a probability from 0 to 1 is wanted", "write 0.05 or 5%")
        return number

    def _name(self, wanted: str) -> str:
        match = _NAME.match(self._text, self._at)
        if match is None:
            raise self._refused(wanted)
        self._at = match.end()
        return match[0]

    def _expect(self, mark: str) -> None:
        if self._peek() != mark:
            raise self._refused(f"{mark!r} is wanted")
        self._at += 1

    def _peek(self) -> str:
        """The next character that is no space; "" at the end."""
        self._space()
        return self._text[self._at : self._at + 1]

    def _space(self) -> int:
        while self._text[self._at : self._at + 1].isspace():
            self._at += 1
        return self._at

    def _refused(self, wanted: str, remedy: str = EXAMPLE) -> InputError:
        found = self._text[self._at : self._at + 60] or "its end"
        where = f"{wanted} at column {self._at + 1} of {self._text[:120]!r}"
        return InputError(Problem(where, self._option, found, remedy))
