"""A sweep on a terminal: one statistic at every point, shaded from its lowest to its highest value.

With colours the shade says how high a value is; without them (a pipe, NO_COLOR) the figures stand
alone, and the lowest and highest are named below.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.style import Style
from rich.text import Text

from simulator.render.columns import GAP, left, plain, right, wrapped
from simulator.render.figures import NOTHING, Amounts, decimals, grouped, percent, scale_word
from simulator.units import is_currency

LOW, HIGH = (255, 247, 236), (153, 32, 12)
"""Shades of the lowest and the highest value: pale to dark, told apart without telling colours."""

MOST_TABLES = 12
DARK = 0.55
"""From this part of the way on, figures are printed white."""

Row = tuple[str, Sequence[float]]


@dataclass(frozen=True, slots=True)
class HeatPage:
    """The document of a sweep (`runs.sweep`): one table for the last two keys, and the notes."""

    document: Mapping[str, Any]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width, document = options.max_width, self.document
        yield from wrapped(document["title"], width, then="", style="bold")
        yield from wrapped(self._subject(), width, then="")
        fine = console.color_system in ("256", "truecolor", "windows")
        shades = _Shades.of(self._values(), fine=fine)
        for title, columns, rows in self._tables():
            yield plain("")
            if title:
                yield from wrapped(title, width, then="")
            yield from self._table(columns, rows, shades, width)
        yield plain("")
        yield from self._said(width)

    def _subject(self) -> str:
        shown, document = self.document["shown"], self.document
        draws = grouped(Decimal(document["draws"]), 0)
        points = len(document["points"])
        return (
            f"{shown['statistic']}({shown['output']}), {shown['period']}{self._unit()}: "
            f"{points} point{'s' if points != 1 else ''} on the same {draws} draws "
            f"({document['sampler']}, seed {document['seed']})"
        )

    def _unit(self) -> str:
        unit = self.document["shown"]["unit"]
        if unit == "1":
            return ", %"
        if is_currency(unit):
            return f", {scale_word(self.document['amounts']['unit'], unit)}"
        return f", {unit}"

    def _format(self, value: float | None, *, error: bool = False) -> str:
        shown, amounts = self.document["shown"], self.document["amounts"]
        if value is None:
            return NOTHING
        if shown["unit"] == "1":
            return percent(value, 2 if error else 1)
        if is_currency(shown["unit"]):
            show = Amounts(amounts["unit"], decimals(Decimal(amounts["cell"])))
            return show.error(value) if error else show(value)
        return grouped(value, 5 if error else 4)

    def _values(self) -> list[float | None]:
        return [point["value"] for point in self.document["points"]]

    def _tables(self) -> Iterator[tuple[str, _Heading, list[_Line]]]:
        """A table for the last two keys, for each combination of the others."""
        *others, first = self.document["axes"][:-1] or [None]
        axes = self.document["axes"]
        if len(axes) == 1:
            yield "", _Heading(axes[0]["key"], "", ()), self._single(axes[0]["values"])
            return
        last = axes[-1]
        points = iter(self.document["points"])
        combinations = list(itertools.product(*(axis["values"] for axis in others)))
        for combination in combinations[:MOST_TABLES]:
            named = zip(others, combination, strict=True)
            title = ", ".join(f"{axis['key']} = {value}" for axis, value in named)
            lines = [
                _Line(label, [next(points)["value"] for _ in last["values"]])
                for label in first["values"]
            ]
            yield title, _Heading(first["key"], last["key"], tuple(last["values"])), lines

    def _single(self, labels: Sequence[str]) -> list[_Line]:
        points = self.document["points"]
        return [
            _Line(label, [point["value"]], self._format(point["standard_error"], error=True))
            for label, point in zip(labels, points, strict=True)
        ]

    def _table(
        self, heading: _Heading, lines: Sequence[_Line], shades: _Shades, width: int
    ) -> Iterator[Text]:
        """Rows for the first key, a shaded column for each value of the second that fits."""
        texts = [[self._format(value) for value in line.values] for line in lines]
        labels = heading.labels or (self.document["shown"]["statistic"],)
        cell = max(cell_len(text) for text in (*labels, *itertools.chain(*texts)))
        indent = max(cell_len(line.label) for line in lines)
        indent = max(indent, cell_len(heading.rows) if not heading.columns else 0)
        room = max(1, (width - indent) // (cell + len(GAP)))
        if heading.columns:
            yield from wrapped(f"{heading.rows} down, {heading.columns} across", width, then="")
        for start in range(0, len(labels), room):
            if start:
                yield plain("")
            part = slice(start, start + room)
            head = left("" if heading.columns else heading.rows, indent)
            head += "".join(GAP + right(text, cell) for text in labels[part])
            yield plain(head + ("" if heading.columns else f"{GAP}s.e."), "bold")
            for line, shown in zip(lines, texts, strict=True):
                yield _shaded(line, shown[part], line.values[part], shades, indent, cell)

    def _said(self, width: int) -> Iterator[Text]:
        """The lowest and highest value with their points, what is not shown, and the notes."""
        known = [point for point in self.document["points"] if point["value"] is not None]
        if known:
            for word, pick in (("lowest", min), ("highest", max)):
                point = pick(known, key=lambda point: point["value"])
                yield from wrapped(
                    f"{word}: {self._format(point['value'])} at {self._at(point)}", width
                )
        tables = math.prod(len(axis["values"]) for axis in self.document["axes"][:-2])
        if tables > MOST_TABLES:
            text = f"{tables - MOST_TABLES} further tables are not shown"
            yield from wrapped(text, width, style="dim")
        for note in self.document["notes"]:
            yield from wrapped(note, width, style="dim")

    def _at(self, point: Mapping[str, Any]) -> str:
        named = zip(self.document["axes"], point["values"], strict=True)
        return ", ".join(f"{axis['key']} = {value}" for axis, value in named)


@dataclass(frozen=True, slots=True)
class _Heading:
    """The key of the rows, and of the columns with its values; "" where there is one key."""

    rows: str
    columns: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    """A row: its value of the first key, its values, and what stands behind them."""

    label: str
    values: Sequence[float | None]
    behind: str = ""


@dataclass(frozen=True, slots=True)
class _Shades:
    """The range that shades are spread over; where there are few colours, in three steps."""

    low: float
    high: float
    fine: bool

    @classmethod
    def of(cls, values: Sequence[float | None], *, fine: bool) -> _Shades:
        """Over all values that there are."""
        known = [value for value in values if value is not None]
        return cls(min(known, default=0.0), max(known, default=0.0), fine)

    def style(self, value: float | None) -> Style:
        """Background for a value; none where all are equal, or where there is no value."""
        if value is None or not self.low < self.high:
            return Style.null()
        part = (value - self.low) / (self.high - self.low)
        if not self.fine:
            return Style(bold=part >= 1 / 3, reverse=part >= 2 / 3)
        red, green, blue = (round(a + part * (b - a)) for a, b in zip(LOW, HIGH, strict=True))
        front = "white" if part >= DARK else "black"
        return Style(color=front, bgcolor=f"#{red:02x}{green:02x}{blue:02x}")


def _shaded(
    line: _Line,
    texts: Sequence[str],
    values: Sequence[float | None],
    shades: _Shades,
    indent: int,
    cell: int,
) -> Text:
    row = plain(left(line.label, indent))
    for text, value in zip(texts, values, strict=True):
        row.append(" ")
        row.append(f" {right(text, cell)}", shades.style(value))
    if line.behind:
        row.append(f"{GAP}{line.behind}", "dim")
    return row
