"""Small pictures in a terminal: a fan, a histogram and a tornado, in blocks or in plain characters.

Every line fits the width that is given; where a terminal has room for figures only, there is no
picture. A picture in words says what the drawn one shows.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text

from simulator.render.charts.distribution import describe as distribution_in_words
from simulator.render.charts.fan import describe as fan_in_words
from simulator.render.charts.wording import Wording
from simulator.render.columns import left, plain, right, wrapped
from simulator.render.figures import grouped, percent
from simulator.render.pictures.distribution import Histogram
from simulator.render.pictures.fans import Fan, Point
from simulator.render.pictures.shown import Shown
from simulator.render.summary import Cell

LEAST, MOST_BARS, MOST_COLUMNS = 24, 60, 100
"""Characters of a picture: with fewer there is none, and more are not needed."""
FAN_ROWS, HISTOGRAM_ROWS = 9, 5
RATE_DIGITS = 3
HISTORY = 18
"""Points of history that a small fan shows."""


@dataclass(frozen=True, slots=True)
class Strokes:
    """What pictures are drawn with: levels of a column, parts of a bar, and the marks of a fan."""

    columns: str
    bar: str
    bands: tuple[str, str, str]
    median: str
    known: str
    beside: str
    foot: str
    tick: str


BLOCKS = Strokes(" ▁▂▃▄▅▆▇█", " ▏▎▍▌▋▊▉█", ("░", "▒", "▓"), "━", "•", "┄", "─", "┴")
ASCII = Strokes(" #", " #", (".", ":", "#"), "=", "o", "-", "-", "+")


def in_words(shown: Shown, unit: int) -> Iterator[str]:
    """What the pictures show, in sentences."""
    words = Wording()
    if shown.fan is not None:
        yield fan_in_words(shown.fan, words, shown.fan.unit, 1, 4)
    for owed in shown.owed:
        what = f"{owed.name}, {words.scale(unit, owed.currency)}"
        yield distribution_in_words(owed.cell, words, what, unit)


def sketches(shown: Shown, unit: int, width: int, *, ascii_only: bool = False) -> Iterator[Text]:
    """Fan, histograms and tornados under one another, an empty line between them."""
    strokes = ASCII if ascii_only else BLOCKS
    parts: list[Iterator[Text]] = []
    if shown.fan is not None:
        title = f"{shown.fan.unit}, monthly averages"
        parts.append(fan(shown.fan, title, width, strokes))
    for owed in shown.owed:
        title = f"{owed.name}, {Wording().scale(unit, owed.currency)}: draws by amount"
        parts.append(histogram(owed.histogram, owed.cell, title, unit, width, strokes))
    for owed in shown.owed:
        title = f"What moves it: {owed.name}, {owed.currency}"
        parts.append(tornado(owed.drivers, title, width, strokes))
    for i, part in enumerate(lines for lines in map(list, parts) if lines):
        if i:
            yield plain("")
        yield from part


def fan(
    data: Fan,
    title: str,
    width: int,
    strokes: Strokes,
    *,
    show: Callable[[float], str] = lambda value: grouped(value, RATE_DIGITS),
    beside: str = "budget rate",
) -> Iterator[Text]:
    """Nested bands by month or year, what was known before, and what they are compared with."""
    points = _recent(data.points)
    seen = [v for p in points for v in (p.known, *p.levels, p.beside) if math.isfinite(v)]
    height = (max(seen) - min(seen)) / FAN_ROWS or 1.0
    middles = [max(seen) - (row + 0.5) * height for row in range(FAN_ROWS)]
    label = max(cell_len(show(middle)) for middle in middles)
    room = min(MOST_COLUMNS, width - label - 2)
    if room < LEAST:
        return
    columns = _spread(points, room)
    yield from wrapped(title, width, then="", style="bold")
    for row, middle in enumerate(middles):
        text = "".join(_mark(point, middle, height, strokes) for point in columns)
        named = show(middle) if row % (FAN_ROWS // 4) == 0 else ""
        yield plain(f"{right(named, label)}  {text}".rstrip(), "cyan")
    yield plain(f"{' ' * label}  {_years(columns)}".rstrip(), "dim")
    wide, less, least = strokes.bands
    legend = f"{wide} 90 %, {less} 80 %, {least} 50 % of draws, {strokes.median} median"
    if any(math.isfinite(p.known) for p in points):
        legend += f", {strokes.known} known"
    if any(math.isfinite(p.beside) for p in points):
        legend += f", {strokes.beside} {beside}"
    yield from wrapped(legend, width, first=f"{' ' * label}  ", then=f"{' ' * label}  ")


def _recent(points: Sequence[Point]) -> list[Point]:
    opens = next((i for i, point in enumerate(points) if point.levels), 0)
    return list(points[max(0, opens - HISTORY) :])


def _spread(points: Sequence[Point], room: int) -> list[Point]:
    """A point a column: each several times where there is room, some left out where there is not.

    The first and the last are never left out.
    """
    if len(points) <= room:
        times = max(1, room // len(points))
        return [point for point in points for _ in range(times)]
    last = len(points) - 1
    return [points[round(i * last / (room - 1))] for i in range(room)]


def _mark(point: Point, middle: float, height: float, strokes: Strokes) -> str:
    """What stands in a cell: the most important of what lies in it."""

    def here(value: float) -> bool:
        return math.isfinite(value) and abs(value - middle) <= height / 2

    if here(point.level("p50")):
        return strokes.median
    if here(point.known):
        return strokes.known
    if here(point.beside):
        return strokes.beside
    for band, low, high in zip((2, 1, 0), ("p25", "p10", "p5"), ("p75", "p90", "p95"), strict=True):
        if point.level(low) <= middle <= point.level(high):
            return strokes.bands[band]
    return " "


def _years(columns: Sequence[Point]) -> str:
    """Years under the first column of each; one that would touch the one before is left out."""
    text, seen = "", ""
    for i, point in enumerate(columns):
        year = match[1] if (match := re.match(r"(\d{4})-\d{2}", point.label)) else point.label
        if year != seen and i >= len(text) + (1 if text else 0) and i + len(year) <= len(columns):
            text = text.ljust(i) + year
        seen = year
    return text


def histogram(
    data: Histogram, cell: Cell, title: str, unit: int, width: int, strokes: Strokes
) -> Iterator[Text]:
    """Columns of draws by amount, over a foot with P5, P50 and P95."""
    room = min(MOST_COLUMNS, width - 2)
    if room < LEAST:
        return
    edges, counts = _merged(data, room)
    times = max(1, min(2, room // len(counts)))
    yield from wrapped(title, width, then="", style="bold")
    for line in columns_of(counts, HISTOGRAM_ROWS, strokes.columns):
        yield plain("  " + "".join(char * times for char in line).rstrip(), "cyan")
    span = len(counts) * times
    places = {name: _place(cell[name], edges, span) for name in ("p5", "p50", "p95")}
    foot = "".join(strokes.tick if i in places.values() else strokes.foot for i in range(span))
    yield plain("  " + foot, "dim")
    digits = 0 if unit == 1 else 1
    words = [f"{n.upper()} {grouped(cell[n] / unit, digits)}" for n in places]
    yield from wrapped(", ".join(words), width, first="  ", then="  ")


def columns_of(counts: Sequence[int], rows: int, levels: str) -> list[str]:
    """Columns as high as their counts, in `rows` lines from the top.

    A higher count never has a lower column, and a count that is not 0 is always seen.
    """
    most, steps = max(*counts, 1), len(levels) - 1
    heights = [math.ceil(count * rows * steps / most) for count in counts]
    lines = []
    for row in range(rows - 1, -1, -1):
        filled = [max(0, min(steps, height - row * steps)) for height in heights]
        lines.append("".join(levels[level] for level in filled))
    return lines


def _merged(data: Histogram, room: int) -> tuple[list[float], list[int]]:
    """As many bins as there is room for, by joining neighbours."""
    join = -(-len(data.counts) // room)
    counts = [sum(data.counts[i : i + join]) for i in range(0, len(data.counts), join)]
    edges = [*data.edges[: len(data.counts) : join], data.edges[-1]]
    return edges, counts


def _place(value: float, edges: Sequence[float], span: int) -> int:
    low, high = edges[0], edges[-1]
    return max(0, min(span - 1, int((value - low) / (high - low) * span)))


def tornado(
    ranked: Sequence[tuple[str, float]], title: str, width: int, strokes: Strokes
) -> Iterator[Text]:
    """A bar a driver, the longest first, with the part of the rank variance that it explains."""
    drivers = [(name.replace("_", " "), part) for name, part in ranked]
    if not any(part for _name, part in drivers):
        return
    label = max(cell_len(name) for name, _part in drivers)
    figure = max(cell_len(percent(part)) for _name, part in drivers)
    room = min(MOST_BARS, width - label - figure - 6)
    if room < LEAST // 2:
        return
    yield from wrapped(title, width, then="", style="bold")
    for name, part in drivers:
        bar = bar_of(part, room, strokes.bar)
        text = f"  {left(name, label)}  {right(percent(part), figure)}  {bar}"
        yield plain(text.rstrip(), "cyan")


def bar_of(part: float, room: int, levels: str) -> str:
    """A bar of a fraction of `room` characters, to the finest part that there is."""
    steps = len(levels) - 1
    filled = round(min(1.0, max(0.0, part)) * room * steps)
    whole, rest = divmod(filled, steps)
    return levels[-1] * whole + (levels[rest] if rest else "")
