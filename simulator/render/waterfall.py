"""A waterfall: from one amount to another, a bar a driver, figures that add up to the last unit."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from rich.cells import cell_len
from rich.text import Text

from simulator.render.columns import left, plain, right
from simulator.render.figures import MINUS, NOTHING, grouped
from simulator.render.pictures.drivers import Step, by_driver

BLOCKS = ("█", "▓", "░")
"""A whole amount, what is added, what is taken off."""

ASCII = ("#", "+", "-")
LEAST, MOST = 8, 48
"""Characters of a bar; in less room there are figures only."""


@dataclass(frozen=True, slots=True)
class _Step:
    label: str
    figure: str
    error: str
    low: float
    high: float
    kind: int


def signed(value: int) -> str:
    """A change with its sign: +1 539 395."""
    return ("+" if value > 0 else MINUS if value < 0 else "") + grouped(Decimal(abs(value)), 0)


def waterfall(
    heading: str,
    ends: tuple[str, str],
    row: Mapping[str, Any],
    width: int,
    *,
    ascii_only: bool = False,
) -> Iterator[Text]:
    """The lines of one attribution: the baseline, each driver's share, the other result.

    `row` is an attribution as `runs.attribute` documents it. Bars lie on one axis that begins a
    little below the least amount on the way, so that small changes of large amounts are seen.
    """
    steps = _steps(ends, row, "+-" if ascii_only else "±")
    label = max(cell_len(step.label) for step in steps)
    figure = max(cell_len(step.figure) for step in steps)
    error = max(cell_len(step.error) for step in steps)
    room = min(MOST, width - 2 - label - figure - error - 6)
    yield plain(f"  {heading}")
    for step in steps:
        text = f"  {left(step.label, label)}  {right(step.figure, figure)}"
        text += f"  {right(step.error, error)}"
        if room >= LEAST:
            text += "  " + _bar(step, steps, room, ASCII if ascii_only else BLOCKS)
        yield plain(text.rstrip())


def _steps(ends: tuple[str, str], row: Mapping[str, Any], sign: str) -> list[_Step]:
    return [_shown(step, sign) for step in by_driver(ends, row)]


def _shown(step: Step, sign: str) -> _Step:
    if step.kind == "end":
        return _Step(step.name, grouped(step.after, 0), "", -math.inf, step.after, 0)
    error = NOTHING if step.error is None else f"{sign} {grouped(step.error, 0)}"
    low, high = min(step.before, step.after), max(step.before, step.after)
    label, figure = f"  {step.name.replace('_', ' ')}", signed(int(step.change))
    return _Step(label, figure, error, low, high, 1 if step.after >= step.before else 2)


def _bar(step: _Step, steps: list[_Step], room: int, blocks: tuple[str, str, str]) -> str:
    points = [x for one in steps for x in (one.low, one.high) if math.isfinite(x)]
    low, high = min(points), max(points)
    start = low - 0.25 * ((high - low) or 1.0)
    scale = room / ((high - start) or 1.0)
    first = 0 if not math.isfinite(step.low) else round((step.low - start) * scale)
    last = round((step.high - start) * scale)
    if step.low == step.high:
        return ""
    first = min(first, room - 1)
    return " " * first + blocks[step.kind] * max(1, last - first)
