"""What really happened beside what was expected: a row a figure, a sentence, its source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from simulator.render.columns import Figure, Line, Sheet, plain, wrapped
from simulator.render.figures import grouped, percent, rate

FIGURES = (
    Figure("value", ("happened",), 0, "bold"),
    Figure("p5", ("P5",), 1),
    Figure("p25", ("P25",), 2),
    Figure("median", ("P50",), 0),
    Figure("p75", ("P75",), 2),
    Figure("p95", ("P95",), 1),
    Figure("percentile", ("percentile",), 0),
)


@dataclass(frozen=True, slots=True)
class HindsightPage:
    """Rows as `runs.hindsight` documents them."""

    title: str
    rows: Sequence[Mapping[str, Any]]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = options.max_width
        yield from wrapped(self.title, width, then="", style="bold")
        yield plain("")
        lines = [Line(f"{number}. {_label(row)}", _cells(row))
                 for number, row in enumerate(self.rows, 1)]  # fmt: skip
        yield from Sheet("What happened", FIGURES, lines).text_lines(width)
        yield plain("")
        for number, row in enumerate(self.rows, 1):
            yield from _said(number, row, width)


def _label(row: Mapping[str, Any]) -> str:
    title = row["title"] or row["output"]
    return f"{title}, {row['period']}"


def _cells(row: Mapping[str, Any]) -> dict[str, str]:
    show = _shown(row)
    half, ninety = row["bands"]["0.5"], row["bands"]["0.9"]
    return {
        "value": show(row["value"]),
        "p5": show(ninety[0]),
        "p25": show(half[0]),
        "median": show(row["median"]),
        "p75": show(half[1]),
        "p95": show(ninety[1]),
        "percentile": percent(row["percentile"]),
    }


def _shown(row: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a function on numbers
    """Fractions in per cent, rates to four decimals, amounts whole."""
    if row["unit"] == "1":
        return lambda value: percent(value, 2)
    if "/" in row["unit"] and "(" not in row["unit"]:
        return rate
    return lambda value: grouped(value, 0)


def _said(number: int, row: Mapping[str, Any], width: int) -> Iterator[Text]:
    yield from wrapped(row["means"], width, first=f"{number}. ", then="   ")
    for text in (row["note"], row["source"]):
        if text:
            yield from wrapped(str(text), width, first="   ", then="   ", style="dim")
