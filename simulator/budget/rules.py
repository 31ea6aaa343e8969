"""The language of rules that reproduce published figures from inputs.

A rule is arithmetic on named inputs and printed cells, computed in exact fractions:

    1000 * cell("total", "growth")
    percent_change(figure("prior period", "extrabudgetary"), cell("total", "before"))

Allowed are + − × ÷ (`*`, `/`), parentheses, the functions of `FUNCTIONS` and plain numbers.
Numbers may only scale (powers of ten, 2 and 12, `MOST_NUMBERS` a rule): a rule that adds a number,
or is one, would store its answer. So would one with a part that stays the same whatever the inputs
are, such as an amount divided by itself: every part is computed a second time from inputs that
were moved, and has to move with them. Nothing else of Python's grammar is accepted: no names,
attributes, powers, subscripts or keywords of the language, and nothing is ever executed; the tree
is read, node by node.

Results are in the unit of what was read: cells in the file's unit, contributions in whole units
of their currency, shares as fractions.
"""

from __future__ import annotations

import ast
import inspect
import operator
import re
import warnings
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

from simulator.budget.lookups import Kind, Lookups, Result, RuleError, refused
from simulator.budget.published import PublishedCascade
from simulator.errors import InputError, Problem
from simulator.scenario.model import Scenario

MAX_LENGTH = 1000
MAX_DEPTH = 50
MAX_NODES = 500
MOST_NUMBERS = 4
"""Plain numbers in a rule; more could spell out its answer."""

_SCALES = re.compile(r"10*(\.0+)?|0?\.0*10*|2|12")
"""Units and percent, halves, months: what may scale an input."""

_NUMBER = re.compile(r"[0-9]{1,18}(\.[0-9]{1,18})?\Z")


def _percent(part: Fraction, whole: Fraction) -> Fraction:
    return 100 * part / whole


def _percent_change(new: Fraction, old: Fraction) -> Fraction:
    return 100 * (new - old) / old


_Operation = Callable[[Fraction, Fraction], Fraction]
_OPERATIONS: dict[type[ast.operator], _Operation] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
ARITHMETIC: dict[str, _Operation] = {
    "percent": _percent,
    "percent_change": _percent_change,
}
LOOKUPS: tuple[str, ...] = tuple(name for name in vars(Lookups) if not name.startswith("_"))
FUNCTIONS: tuple[str, ...] = tuple(sorted((*LOOKUPS, *ARITHMETIC)))


def _depth(tree: ast.AST) -> int:
    """Depth of a tree; stops counting at the first tree that is too big."""
    deepest, nodes, level = 0, 0, [tree]
    while level:
        deepest, nodes = deepest + 1, nodes + len(level)
        if deepest > MAX_DEPTH or nodes > MAX_NODES:
            return deepest + MAX_DEPTH
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    return deepest


def _parse(text: str) -> ast.expr:
    if len(text) > MAX_LENGTH:
        raise refused(f"a rule of at most {MAX_LENGTH} characters", f"{len(text)} characters")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python comments on odd literals; so do we, below
            tree = ast.parse(text.strip(), mode="eval").body
        too_deep = _depth(tree) > MAX_DEPTH
    except SyntaxError as error:
        raise refused(f"an arithmetic rule ({error.msg})", text) from None
    except (ValueError, RecursionError, MemoryError):
        raise refused("an arithmetic rule", text) from None
    if too_deep:
        raise refused(f"at most {MAX_NODES} parts, nested at most {MAX_DEPTH} deep", text)
    return tree


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a rule: its value, what it would be from moved inputs, and its kind."""

    value: Fraction
    moved: Fraction
    kind: Kind


def _moved(value: Fraction, place: str) -> Fraction:
    """Another value for the input at `place`, always the same one: a·value + b."""
    key = zlib.crc32(place.encode())
    return value * Fraction(1000 + key % 9973, 997) + Fraction(1 + key % 7919, 7927)


class _Evaluator:
    def __init__(self, text: str, lookups: Lookups) -> None:
        self.text = text.strip()
        self.lookups = lookups
        self._numbers = 0

    def value(self, node: ast.expr) -> _Part:
        if isinstance(node, ast.Constant):
            return self._number(node)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            inner = self.value(node.operand)
            return _Part(-inner.value, -inner.moved, inner.kind)
        if isinstance(node, ast.BinOp):
            return self._binary(node)
        if isinstance(node, ast.Call):
            return self._call(node)
        raise refused("only + - * /, parentheses, numbers and functions", self._source(node))

    def _source(self, node: ast.AST) -> str:
        return ast.get_source_segment(self.text, node) or type(node).__name__

    def _number(self, node: ast.Constant) -> _Part:
        source = self._source(node)
        if isinstance(node.value, str):
            raise refused("texts only as arguments of a function", source)
        # Read from the text, not from Python's binary float: 0.1 is one tenth.
        if _NUMBER.match(source) is None:
            raise refused("a plain number such as 1000 or 0.1", source)
        if _SCALES.fullmatch(source) is None:
            wanted = "a power of ten, 2 or 12 (other numbers would hold part of the answer)"
            raise refused(wanted, source, remedy="give it as an input: [figures.…] and figure(…)")
        self._numbers += 1
        if self._numbers > MOST_NUMBERS:
            raise refused(f"at most {MOST_NUMBERS} numbers in a rule", self.text)
        return _Part(Fraction(source), Fraction(source), "number")

    def _binary(self, node: ast.BinOp) -> _Part:
        left, right = self.value(node.left), self.value(node.right)
        if isinstance(node.op, ast.Div) and right.value == 0:
            raise refused("a divisor other than zero", self._source(node.right))
        additive = isinstance(node.op, ast.Add | ast.Sub)
        if additive and "number" in (left.kind, right.kind):
            raise refused(
                "numbers only to multiply or divide (a rule must not hold part of its answer)",
                self._source(node),
            )
        operation = _OPERATIONS.get(type(node.op))
        if operation is None:
            raise refused("only + - * /", self._source(node))
        kind = self._joined(node.op, left.kind, right.kind)
        return self._moving(node, operation, left, right, kind)

    def _moving(
        self, node: ast.expr, operation: _Operation, left: _Part, right: _Part, kind: Kind
    ) -> _Part:
        """The operation on both values; a part that stays when its inputs move is refused."""
        value = operation(left.value, right.value)
        try:
            moved = operation(left.moved, right.moved)
        except ZeroDivisionError:
            moved = value + 1
        if kind != "number" and moved == value:
            wanted = "a part that changes with the inputs (this one would hold part of the answer)"
            raise refused(wanted, self._source(node))
        return _Part(value, moved, kind)

    @staticmethod
    def _joined(op: ast.operator, left: Kind, right: Kind) -> Kind:
        """Scaling an input by a number leaves it an input."""
        if left == right == "number":
            return "number"
        scaled = (left, right) == ("input", "number") or (
            (left, right) == ("number", "input") and isinstance(op, ast.Mult)
        )
        return "input" if scaled else "derived"

    def _call(self, node: ast.Call) -> _Part:
        name = node.func.id if isinstance(node.func, ast.Name) else self._source(node.func)
        if name in ARITHMETIC:
            return self._arithmetic(name, node)
        if name not in LOOKUPS:
            raise refused("a function of the rule language", name, FUNCTIONS)
        function = getattr(self.lookups, name)
        signature = inspect.signature(function)
        positional = [self._argument(argument) for argument in node.args]
        named = {str(word.arg): self._argument(word.value) for word in node.keywords}
        if len(named) < len(node.keywords):
            raise refused("each argument once", self._source(node))
        try:
            bound = signature.bind(*positional, **named)
        except TypeError as error:
            parameters = ", ".join(signature.parameters)
            raise refused(f"{name}({parameters}): {error}", self._source(node)) from None
        found = cast(Result, function(*bound.args, **bound.kwargs))
        place = found.place or f"{name} {sorted(bound.arguments.items())}"
        return _Part(found.value, _moved(found.value, place), found.kind)

    def _arithmetic(self, name: str, node: ast.Call) -> _Part:
        if len(node.args) != 2 or node.keywords:
            raise refused(f"{name} of two values", self._source(node))
        first, second = (self.value(argument) for argument in node.args)
        if second.value == 0:
            raise refused(f"a second value of {name} other than zero", self._source(node.args[1]))
        kind: Kind = "number" if first.kind == second.kind == "number" else "derived"
        return self._moving(node, ARITHMETIC[name], first, second, kind)

    def _argument(self, node: ast.expr) -> str:
        if isinstance(node, ast.Constant) and type(node.value) in (str, int):
            return str(node.value)
        raise refused("a text in quotes or a year as argument", self._source(node))


class Rules:
    """Rules evaluated on one scenario and its published cascade."""

    def __init__(self, scenario: Scenario, cascade: PublishedCascade) -> None:
        self._lookups = Lookups(scenario, cascade)

    def evaluate(self, text: str, figure: str = "") -> Result:
        """The exact result of a rule; `figure` names the published figure in messages.

        Raises InputError when the rule is not in the language, names what does not exist, or
        only states a number.
        """
        key = f"published.{figure}.rule" if figure else "rule"
        try:
            part = _Evaluator(text, self._lookups).value(_parse(text))
            if part.kind == "number":
                raise refused("a rule that reads inputs, not a stored answer", text)
        except RuleError as error:
            raise InputError(
                Problem(error.wanted, key=key, value=error.value, remedy=error.remedy)
            ) from None
        return Result(part.value, part.kind)
