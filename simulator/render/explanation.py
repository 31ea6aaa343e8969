"""One number traced to its inputs, as an indented tree and as a JSON object.

Under each step stands its formula, in names and then in figures, and under each input its key, its
place and its source. A step that is needed again is named again, not explained again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from simulator.budget.steps import Number, Step
from simulator.render.columns import GAP, left, plain, right, wrapped
from simulator.render.figures import MINUS, grouped
from simulator.units import to_decimal

DIGITS = 12
"""Significant digits of a figure: more than a pocket calculator shows."""

LEAST_NAMES = 16
"""Characters beside the figures for names; a longer name stands above its figure."""

MOST_INDENT = 24
"""Steps lie not deeper than this on the screen, so that words keep room."""


@dataclass(frozen=True, slots=True)
class Traced:
    """What a page says: a heading, the steps, what is stored of them and where inputs stand."""

    heading: str
    step: Step
    stored: Mapping[Step, float]
    agrees: Callable[[Step], bool]
    places: Mapping[str, str]
    against: str


def figure(value: Number) -> str:
    """A number to twelve significant digits, without idle zeros, grouped as on a page."""
    if isinstance(value, Fraction):
        exact = to_decimal(value, DIGITS)
    else:
        exact = Decimal(f"{value:.{DIGITS}g}")
    shown = exact.normalize()
    exponent = shown.as_tuple().exponent
    digits = max(0, -exponent) if isinstance(exponent, int) else 0
    return grouped(shown, digits)


def formula(step: Step, shown: Callable[[Step], str]) -> str:
    """The formula of a step, with its parts shown in one way or the other."""
    said = ""
    for token in step.tokens:
        if isinstance(token, str):
            said += token
            continue
        text = shown(token) if isinstance(token, Step) else figure(token)
        said += f"({text})" if text.startswith(MINUS) and said else text
    return said


def _unit(step: Step) -> str:
    """The unit as it is shown: a pure number has none."""
    return "" if step.unit == "1" else step.unit


def _in_figures(part: Step) -> str:
    return figure(part.value)


def _in_names(part: Step) -> str:
    return part.name


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of the tree, with what stands below it."""

    step: Step
    depth: int
    again: bool
    beside: bool = False

    @property
    def label(self) -> str:
        indent = " " * min(2 * self.depth, MOST_INDENT)
        return indent + ("beside: " if self.beside else "") + self.step.name


class ExplanationPage:
    """The tree as it fits into a width: names at the left, figures aligned beside them."""

    def __init__(self, traced: Traced) -> None:
        self.traced = traced
        self.rows = tuple(self._rows())

    def _rows(self) -> Iterator[_Row]:
        seen: set[Step] = set()

        def below(step: Step, depth: int, beside: bool) -> Iterator[_Row]:
            again = step in seen
            yield _Row(step, depth, again, beside)
            if again:
                return
            seen.add(step)
            for part in step.parts:
                yield from below(part, depth + 1, beside=False)
            for part in step.beside:
                yield from below(part, depth + 1, beside=True)

        yield from below(self.traced.step, 0, beside=False)

    def _mark(self, row: _Row) -> str:
        step = row.step
        if row.again:
            return "above"
        if step not in self.traced.stored:
            return ""
        if self.traced.agrees(step):
            return "printed" if step.cell[0] else "drawn" if step.drawn else "stored"
        return f"NOT AS STORED: {figure(self.traced.stored[step])}"

    def lines(self, width: int) -> Iterator[Text]:
        """The page in lines of at most `width` where its figures allow it."""
        yield from wrapped(self.traced.heading, width, style="bold")
        figures = max(cell_len(figure(row.step.value)) for row in self.rows)
        units = max(cell_len(_unit(row.step)) for row in self.rows)
        marks = max(len("printed"), len("above"))
        room = max(LEAST_NAMES, width - figures - units - marks - 3 * len(GAP))
        names = min(room, max(cell_len(row.label) for row in self.rows))
        for row in self.rows:
            yield from self._row(row, names, figures, units, width)
            yield from self._under(row, width)
        yield plain("")
        yield from wrapped(self._verdict(), width)

    def _row(self, row: _Row, names: int, figures: int, units: int, width: int) -> Iterator[Text]:
        label = row.label
        if cell_len(label) > names:
            indent = " " * min(2 * row.depth, MOST_INDENT)
            style = "" if row.step.tokens else "cyan"
            yield from wrapped(label.strip(), width, indent, f"{indent}    ", style)
            label = ""
        value = right(figure(row.step.value), figures)
        line = plain(left(label, names) + GAP, "" if row.step.tokens else "cyan")
        line.append(value, style="bold")
        line.append(f"{GAP}{left(_unit(row.step), units)}{GAP}{self._mark(row)}", style="dim")
        line.rstrip()
        yield line

    def _under(self, row: _Row, width: int) -> Iterator[Text]:
        """Formula and figures of a step, key and source of an input."""
        step, indent = row.step, " " * (min(2 * row.depth, MOST_INDENT) + 2)
        if row.again:
            return
        if step.tokens:
            names, figures = formula(step, _in_names), formula(step, _in_figures)
            yield from wrapped(f"= {names}", width, indent, f"{indent}  ", "dim")
            if len(step.tokens) > 1:
                yield from wrapped(f"= {figures}", width, indent, f"{indent}  ")
            if step.source:
                yield from wrapped(f"({step.source})", width, indent, f"{indent}  ", "dim")
        else:
            place = self.traced.places.get(step.key, "")
            said = ", ".join(filter(None, (step.key, place)))
            said = ": ".join(filter(None, (said, step.source)))
            yield from wrapped(said, width, indent, f"{indent}  ", "dim")

    def _verdict(self) -> str:
        count = len(self.traced.stored)
        wrong = sum(not self.traced.agrees(step) for step in self.traced.stored)
        if wrong:
            return f"{wrong} of {count} numbers are not those of {self.traced.against}."
        agree = "its one number agrees" if count == 1 else f"all {count} numbers agree"
        return f"Checked against {self.traced.against}: {agree}."

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield from self.lines(options.max_width)


def explanation_document(traced: Traced) -> dict[str, Any]:
    """Every step once, numbered from the output down, each with the numbers of its parts."""
    steps = list(traced.step.walk())
    number = {step: i for i, step in enumerate(steps)}
    return {
        "heading": traced.heading,
        "against": traced.against,
        "agrees": all(map(traced.agrees, traced.stored)),
        "steps": [
            {
                "id": number[step],
                "name": step.name,
                "value": float(step.value),
                "unit": step.unit,
                "formula": formula(step, _in_names),
                "arithmetic": formula(step, _in_figures),
                "parts": [number[part] for part in step.parts],
                "beside": [number[part] for part in step.beside],
                "key": step.key,
                "place": traced.places.get(step.key, ""),
                "source": step.source,
                "output": step.output,
                "period": step.period,
                "stored": traced.stored.get(step),
                "agrees": traced.agrees(step) if step in traced.stored else None,
            }
            for step in steps
        ],
    }
