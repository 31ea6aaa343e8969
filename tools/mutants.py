"""Small wrong programs: every place of a module where one sign, number or word may be changed.

A mutant is one change: another arithmetic or comparing operator, a number moved, `and` for `or`,
a dropped `not` or minus, a condition turned round, a result replaced by None, `min` for `max`,
halves to even instead of up, a raise or a call left out. Left out are annotations, docstrings and
text with a space in it: sentences are held by golden files, not by arithmetic.
"""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType

_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitAnd,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_PAIRS = (
    ("min", "max"),
    ("minimum", "maximum"),
    ("any", "all"),
    ("floor", "ceil"),
    ("argmin", "argmax"),
    ("cumsum", "cumprod"),
    ("add", "subtract"),
    ("exp", "expm1"),
    ("log", "log1p"),
    ("ndtr", "ndtri"),
)
_TWINS = {a: b for pair in _PAIRS for a, b in (pair, pair[::-1])}
_TWINS |= {"ROUND_HALF_UP": "ROUND_HALF_EVEN", "rint": "floor", "abs": "float", "sorted": "list"}
_SIDES = {"left": "right", "right": "left", "higher": "lower", "lower": "higher"}
_ANNOTATIONS = ("annotation", "returns", "type_params", "decorator_list")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: the n-th of a file, where it stands, and what it does in words."""

    file: str
    number: int
    line: int
    column: int
    lines: tuple[int, int]
    """First and last line of the statement (of its head, when it has a body)."""
    function: str
    change: str

    @property
    def id(self) -> str:
        """A name that stays when lines are added elsewhere."""
        return f"{self.file}::{self.function}::{self.line}:{self.column} {self.change}"


@dataclass(slots=True)
class _Site:
    """A node that may be replaced, in its parent's field, at its place of a list."""

    parent: ast.AST
    field: str
    index: int | None
    node: ast.AST
    lines: tuple[int, int]
    function: str
    in_literal: bool = False

    def put(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


def _head(node: ast.stmt) -> tuple[int, int]:
    body = getattr(node, "body", None)
    last = node.end_lineno or node.lineno
    if isinstance(body, list) and body:
        first = body[0]
        last = max(node.lineno, min(getattr(first, "lineno", last) - 1, last))
    return node.lineno, last


def _sites(
    node: ast.AST,
    lines: tuple[int, int] = (1, 1),
    function: str = "<module>",
    in_literal: bool = False,
) -> Iterator[_Site]:
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        in_literal = in_literal or node.value.id == "Literal"
    for field, value in ast.iter_fields(node):
        if field in _ANNOTATIONS:
            continue
        many = isinstance(value, list)
        for index, child in enumerate(value if many else [value]):
            if not isinstance(child, ast.AST):
                continue
            inner = _head(child) if isinstance(child, ast.stmt) else lines
            name = function
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                name = child.name if function == "<module>" else f"{function}.{child.name}"
            yield _Site(node, field, index if many else None, child, inner, name, in_literal)
            yield from _sites(child, inner, name, in_literal)


def _is_docstring(site: _Site) -> bool:
    """A string that stands alone as a statement."""
    return isinstance(site.parent, ast.Expr)


def _constant(site: _Site, node: ast.Constant) -> Iterator[tuple[str, ast.AST]]:
    value = node.value
    if isinstance(value, bool):
        yield f"{value} → {not value}", ast.Constant(not value)
    elif isinstance(value, int):
        yield f"{value} → {value + 1}", ast.Constant(value + 1)
    elif isinstance(value, float):
        other = value * 1.5 if value else 1.0
        yield f"{value} → {other}", ast.Constant(other)
    elif isinstance(value, str) and value and not _is_docstring(site):
        if isinstance(site.parent, ast.JoinedStr) or " " in value or "\n" in value:
            return
        other_text = _SIDES.get(value, f"{value}X")
        yield f"{value!r} → {other_text!r}", ast.Constant(other_text)


def _operators(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in _ARITHMETIC:
        new = copy.copy(node)
        new.op = _ARITHMETIC[type(node.op)]()
        yield f"{type(node.op).__name__} → {type(new.op).__name__}", new
    if isinstance(node, ast.Compare):
        for place, sign in enumerate(node.ops):
            compared = copy.copy(node)
            compared.ops = list(node.ops)
            compared.ops[place] = _COMPARISONS[type(sign)]()
            yield f"{type(sign).__name__} → {type(compared.ops[place]).__name__}", compared
    if isinstance(node, ast.BoolOp):
        joined = copy.copy(node)
        joined.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield f"{type(node.op).__name__} → {type(joined.op).__name__}", joined
    if isinstance(node, ast.UnaryOp) and not isinstance(node.op, ast.UAdd):
        yield f"{type(node.op).__name__} dropped", node.operand


def _names(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in _TWINS:
        yield f"{node.id} → {_TWINS[node.id]}", ast.Name(_TWINS[node.id], ast.Load())
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load) and node.attr in _TWINS:
        new = copy.copy(node)
        new.attr = _TWINS[node.attr]
        yield f"{node.attr} → {new.attr}", new


def _statements(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node, ast.Return) and node.value is not None:
        if not (isinstance(node.value, ast.Constant) and node.value.value is None):
            yield "returns None", ast.Return(ast.Constant(None))
    elif isinstance(node, ast.Raise):
        yield "no raise", ast.Pass()
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield "no call", ast.Pass()
    elif isinstance(node, ast.Continue):
        yield "continue → break", ast.Break()
    elif isinstance(node, ast.Break):
        yield "break → continue", ast.Continue()


def _conditions(site: _Site, node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """A bare condition turned round; a comparison or a `not` is turned by its own sign."""
    asked = site.field == "test" or (site.field == "ifs" and site.index is not None)
    if (
        asked
        and isinstance(node, ast.expr)
        and isinstance(node, ast.Name | ast.Attribute | ast.Call)
    ):
        yield "condition turned round", ast.UnaryOp(ast.Not(), node)


def _changes(site: _Site) -> Iterator[tuple[str, ast.AST]]:
    node = site.node
    if isinstance(node, ast.Constant):
        yield from _constant(site, node)
    yield from _operators(node)
    yield from _names(node)
    yield from _statements(node)
    yield from _conditions(site, node)


def _is_alias(site: _Site) -> bool:
    """Part of a name for a type, `Exact = Fraction | int`: nothing is computed, mypy reads it."""
    union = isinstance(site.node, ast.BinOp) and isinstance(site.node.op, ast.BitOr)
    return site.function == "<module>" and (union or site.in_literal)


def mutants_of(text: str, file: str) -> list[Mutant]:
    """Every mutant of a module's text, in the order of the text."""
    found: list[Mutant] = []
    twins: Counter[tuple[int, int, str]] = Counter()
    for site in _sites(ast.parse(text)):
        if _is_alias(site):
            continue
        for change, _ in _changes(site):
            line = getattr(site.node, "lineno", site.lines[0])
            column = getattr(site.node, "col_offset", 0)
            twins[line, column, change] += 1
            words = change if twins[line, column, change] == 1 else f"{change} again"
            where = (file, len(found), line, column, site.lines, site.function)
            found.append(Mutant(*where, words))
    return found


def mutated(text: str, number: int, filename: str) -> CodeType:
    """The module's code with its n-th change; lines and columns stay those of the text."""
    tree = ast.parse(text)
    count = 0
    for site in _sites(tree):
        if _is_alias(site):
            continue
        for _, new in _changes(site):
            if count == number:
                ast.copy_location(new, site.node)
                site.put(new)
                return compile(ast.fix_missing_locations(tree), filename, "exec", dont_inherit=True)
            count += 1
    raise IndexError(number)
