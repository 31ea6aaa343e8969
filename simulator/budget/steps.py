"""Steps of an explanation: arithmetic that keeps its formula while it is computed.

Steps and terms add, subtract, multiply and divide like numbers, floats or exact fractions alike. A
term remembers the signs and the steps that it was made of, so the formula that is printed is the
one that was evaluated: they cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from simulator.scenario.numbers import Provenance
from simulator.units import round_half_up

Number = float | Fraction
SUM, PRODUCT, ATOM = range(3)


class Operand:
    """What arithmetic is done with: a step, or a term made of steps."""

    def term(self) -> Term:
        """The operand as a term."""
        raise NotImplementedError

    def __add__(self, other: Operand | Number) -> Term:
        return _joined(self, " + ", other, SUM)

    def __radd__(self, other: Number) -> Term:
        return _joined(other, " + ", self, SUM)

    def __sub__(self, other: Operand | Number) -> Term:
        return _joined(self, " − ", other, SUM)

    def __rsub__(self, other: Number) -> Term:
        return _joined(other, " − ", self, SUM)

    def __mul__(self, other: Operand | Number) -> Term:
        return _joined(self, " × ", other, PRODUCT)

    def __rmul__(self, other: Number) -> Term:
        return _joined(other, " × ", self, PRODUCT)

    def __truediv__(self, other: Operand | Number) -> Term:
        return _joined(self, " ÷ ", other, PRODUCT)


@dataclass(frozen=True, slots=True, eq=False)
class Term(Operand):
    """An expression: its value, its tokens (signs, plain numbers, steps), how tightly it binds."""

    value: Number
    tokens: tuple[str | Number | Step, ...]
    binds: int = ATOM

    def term(self) -> Term:
        """Itself."""
        return self


@dataclass(frozen=True, slots=True, eq=False)
class Step(Operand):
    """One number on the way from inputs to an output.

    `tokens` is its formula, empty for an input. `key` is the place of an input in the scenario and
    `source` what the scenario says of it. A step that is stored as a column names its `output` and
    `period`, one that is stored as an input its `drawn` column, one that is a cell of the
    published page its `cell` (row, column). `beside` are numbers that belong next to it but do
    not enter.
    """

    name: str
    value: Number
    unit: str = ""
    tokens: tuple[str | Number | Step, ...] = ()
    key: str = ""
    source: str = ""
    output: str = ""
    period: str = ""
    drawn: str = ""
    cell: tuple[str, str] = ("", "")
    beside: tuple[Step, ...] = ()

    def term(self) -> Term:
        """A term of this step alone."""
        return Term(self.value, (self,))

    @property
    def parts(self) -> tuple[Step, ...]:
        """The steps that enter its formula, each once."""
        return tuple(dict.fromkeys(token for token in self.tokens if isinstance(token, Step)))

    @property
    def magnitude(self) -> float:
        """The largest number in its arithmetic: what rounding is measured against."""
        return max(abs(float(one.value)) for one in (self, *self.parts))

    def walk(self) -> Iterator[Step]:
        """This step and everything that it stands on, each once, from the top."""
        seen: dict[Step, None] = {}
        waiting = [self]
        while waiting:
            step = waiting.pop()
            if step not in seen:
                seen[step] = None
                waiting += reversed((*step.parts, *step.beside))
        return iter(seen)


def as_term(operand: Operand | Number) -> Term:
    """A step or a plain number as a term."""
    return operand.term() if isinstance(operand, Operand) else Term(operand, (operand,))


def _within(term: Term, binds: int) -> tuple[str | Number | Step, ...]:
    return term.tokens if term.binds >= binds else ("(", *term.tokens, ")")


def _joined(left: Operand | Number, sign: str, right: Operand | Number, binds: int) -> Term:
    a, b = as_term(left), as_term(right)
    value: Number
    match sign:
        case " + ":
            value = a.value + b.value
        case " − ":
            value = a.value - b.value
        case " × ":
            value = a.value * b.value
        case _:
            value = a.value / b.value
    tighter = binds + 1 if sign in (" − ", " ÷ ") else binds
    return Term(value, (*_within(a, binds), sign, *_within(b, tighter)), binds)


def total(operands: Sequence[Operand]) -> Term:
    """Their sum, in order; 0 of none."""
    if not operands:
        return as_term(0.0)
    term = as_term(operands[0])
    for operand in operands[1:]:
        term = term + operand
    return term


def mean(operands: Sequence[Operand]) -> Term:
    """Their mean; of one, itself."""
    return total(operands) / len(operands) if len(operands) > 1 else total(operands)


def product(operands: Sequence[Operand]) -> Term:
    """Their product, in order; 1 of none."""
    if not operands:
        return as_term(1.0)
    term = as_term(operands[0])
    for operand in operands[1:]:
        term = term * operand
    return term


def above_zero(operand: Operand) -> Term:
    """The operand, or 0 where it is below."""
    term = operand.term()
    value: Number = term.value if term.value > 0 else 0.0
    return Term(value, ("max(0, ", *term.tokens, ")"))


def magnitude_of(operand: Operand) -> Term:
    """The operand without its sign."""
    term = operand.term()
    return Term(max(term.value, -term.value), ("|", *term.tokens, "|"))


def rounded(operand: Operand, step: Decimal) -> Term:
    """An exact operand to the nearest multiple of a step, halves up, as a page is rounded."""
    term = operand.term()
    value = Fraction(round_half_up(Fraction(term.value), step))
    words = (f" rounded half up to {step:f}",)
    return Term(value, (*_within(term, ATOM), *words))


def source_of(given: Provenance | None) -> str:
    """What a number of the scenario says of its origin, in one line."""
    if given is None:
        return ""
    said = [given.source or ""]
    if given.as_of is not None:
        said.append(f"as of {given.as_of.isoformat()}")
    if given.assumption:
        said.append("assumption")
    said.append(given.note or "")
    return "; ".join(" ".join(part.split()) for part in said if part)
