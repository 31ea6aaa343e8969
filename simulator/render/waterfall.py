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
    before, after = row["before"], row["after"]
    first = grouped(before, 0)
    steps = [_Step(ends[0], first, "", -math.inf, before, 0)]
    level = before
    for share in row["shares"]:
        value = share["value"]
        error = share["standard_error"]
        shown = NOTHING if error is None else f"{sign} {grouped(error, 0)}"
        low, high = min(level, level + value), max(level, level + value)
        label = f"  {share['driver'].replace('_', ' ')}"
        steps.append(_Step(label, signed(share["whole"]), shown, low, high, 1 if value >= 0 else 2))
        level += value
    steps.append(_Step(ends[1], grouped(after, 0), "", -math.inf, after, 0))
    return steps


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
