"""A fan: nested bands of 50, 80 and 90 %, their median, what was before, what was assumed."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from simulator.render.charts.frame import Spec, broken, fitted, framed, legend, quantitative, rows
from simulator.render.charts.look import Look
from simulator.render.charts.wording import Wording
from simulator.render.pictures.fans import BAND_LEVELS, Fan, Point
from simulator.render.pictures.scale import Limits, limits_around

HEIGHT, NARROW_HEIGHT = 300, 250
BETWEEN = (("90", "p5", "p95"), ("80", "p10", "p90"), ("50", "p25", "p75"))
DASH = [5, 4]
RATE_DIGITS = 4


def fan(data: Fan, words: Wording, look: Look, *, title: str = "", unit: int = 1) -> Spec:
    """A fan over months (a rate), years or stages; amounts are shown in units of `unit`.

    Months are joined by areas on an axis of time; years and stages stand side by side, and stages,
    which follow one another on the way to one amount, are joined.
    """
    if any(_when(point.label) is not None for point in data.points):
        return monthly(data, words, look, title=title)
    return steps(data, words, look, title=title, unit=unit)


def monthly(data: Fan, words: Wording, look: Look, *, title: str = "") -> Spec:
    """The fan of a rate by month, on an axis of time."""
    values = [_row(point, 1.0, _when(point.label)) for point in _opened(data.points)]
    times = [float(value["x"]) for value in values]
    x: Spec = {
        "field": "x",
        "type": "quantitative",
        "scale": {"domain": [min(times), max(times)], "nice": False, "zero": False},
        "axis": {
            "title": None,
            "values": list(range(math.ceil(min(times)), math.floor(max(times)) + 1)),
            "format": "d",
        },
    }
    limits = limits_around(data.values(), 5)
    return framed(
        words,
        look,
        title,
        describe(data, words, title or data.unit, 1, RATE_DIGITS),
        data=rows(values),
        layer=_layers(data, (x, quantitative(limits, data.unit)), words, look, "rate"),
        **fitted(look, NARROW_HEIGHT if look.narrow else HEIGHT),
    )


def steps(
    data: Fan, words: Wording, look: Look, *, title: str = "", unit: int = 1, joined: bool = False
) -> Spec:
    """A fan over a few named points: bars for years, areas where they are `joined`."""
    room = 14 if look.narrow else 18
    values = [_row(p, 1 / unit, broken(words.name(p.label), room)) for p in data.points]
    x: Spec = {
        "field": "x",
        "type": "ordinal",
        "sort": [value["x"] for value in values],
        "scale": {"type": "point", "padding": 0.12} if joined else {"paddingInner": 0.45},
        "axis": {"title": None, "labelAngle": 0, "labelExpr": "split(datum.label, '\\n')"},
    }
    limits = _scaled(data.values(), unit)
    y = quantitative(limits, words.scale(unit, data.unit))
    layers = _layers(data, (x, y), words, look, "stages" if joined else "years")
    return framed(
        words,
        look,
        title,
        describe(data, words, title or data.output, unit, 0 if unit == 1 else 1),
        data=rows(values),
        layer=layers,
        **fitted(look, NARROW_HEIGHT if look.narrow else HEIGHT),
    )


def stages(data: Fan, words: Wording, look: Look, *, title: str = "", unit: int = 1) -> Spec:
    """What is left open of an amount at each stage: a fan that narrows."""
    return steps(data, words, look, title=title, unit=unit, joined=True)


def describe(data: Fan, words: Wording, what: str, unit: int, digits: int) -> str:
    """The fan in two sentences, for those who do not see it."""
    _ = words.translate
    opened = [point for point in data.points if point.levels]
    if not opened:
        return what
    last = opened[-1]
    low, middle, high = (
        words.number(last.level(name) / unit, digits) for name in ("p5", "p50", "p95")
    )
    text = _(
        "Fan chart: {what}. In {when}, nine draws out of ten lie between {low} and {high}; "
        "half lie below {middle}."
    )
    when = words.name(last.label)
    return text.format(what=what, when=when, low=low, high=high, middle=middle)


def _scaled(values: list[float], unit: int) -> Limits:
    return limits_around((value / unit for value in values), 5)


def _when(label: str) -> float | None:
    """A month or a day as a year with decimals: a monthly mean stands in the middle."""
    if re.fullmatch(r"\d{4}-\d{2}", label):
        return round(int(label[:4]) + (int(label[5:]) - 0.5) / 12, 4)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", label):
        day = dt.date.fromisoformat(label)
        return round(day.year + (day.timetuple().tm_yday - 0.5) / 365.25, 4)
    return None


def _row(point: Point, factor: float, x: object) -> dict[str, Any]:
    """A point as data; what there is none of is left out."""
    named = {"known": point.known, "beside": point.beside}
    named |= dict(zip(BAND_LEVELS, point.levels, strict=True)) if point.levels else {}
    figures = {k: float(f"{v * factor:.10g}") for k, v in named.items() if math.isfinite(v)}
    return {"x": x, "label": point.label, **figures}


def _opened(points: Sequence[Point]) -> list[Point]:
    """The same points, the fan opening where the last of what is known lies."""
    opens = next((i for i, point in enumerate(points) if point.levels), 0)
    before = points[opens - 1] if opens else None
    if before is None or not math.isfinite(before.known):
        return list(points)
    start = replace(before, levels=(before.known,) * len(BAND_LEVELS))
    return [*points[: opens - 1], start, *points[opens:]]


def _layers(
    data: Fan, axes: tuple[Spec, Spec], words: Wording, look: Look, kind: str
) -> list[Spec]:
    """Bands from the widest to the narrowest, then lines; legends for bands and for lines.

    `kind` is "rate" or "years", or "stages" where what is proposed is not known yet.
    """
    mark = "bar" if kind == "years" else "area"
    return [*_bands(axes, words, look, mark), *_lines(data, axes, words, look, kind)]


def _bands(axes: tuple[Spec, Spec], words: Wording, look: Look, mark: str) -> Iterator[Spec]:
    _ = words.translate
    colours, (x, y) = look.colours, axes
    fills = {"90": colours.band90, "80": colours.band80, "50": colours.band50}
    names = {band: _("{percent} % of draws").format(percent=band) for band in fills}
    scale = legend([(names[band], fills[band]) for band in fills])
    for band, low, high in BETWEEN:
        fill = {**scale, "datum": names[band]}
        yield {
            "transform": [{"filter": f"isValid(datum.{low})"}],
            "mark": {"type": mark, "orient": "vertical"},
            "encoding": {"x": x, "y": {**y, "field": low}, "y2": {"field": high}, "fill": fill},
        }


def _lines(
    data: Fan, axes: tuple[Spec, Spec], words: Wording, look: Look, kind: str
) -> Iterator[Spec]:
    """Median, what was known, and what it is compared with: those of the three that there are."""
    _ = words.translate
    colours, (x, y) = look.colours, axes
    beside = _("Budget rate") if kind == "rate" else _("Proposed")
    lines = [("p50", _("Median"), colours.median)]
    if any(math.isfinite(point.known) for point in data.points):
        lines.append(("known", _("Known"), colours.ink))
    if any(math.isfinite(point.beside) for point in data.points):
        lines.append(("beside", beside, colours.mark))
    dashes = [DASH if field == "beside" else [] for field, _name, _color in lines]
    scale = legend([(name, color) for _field, name, color in lines], line=True, dashes=dashes)
    for field, name, color in lines:
        across = {"x": x}
        if kind == "years" and field != "known":  # from one side of the bar to the other
            across = {"x": {**x, "bandPosition": 0}, "x2": {"field": "x", "bandPosition": 1}}
        stroke = {**scale, "datum": name}
        yield {
            "transform": [{"filter": f"isValid(datum.{field})"}],
            "mark": _shape(field, color, bars=kind == "years"),
            "encoding": {**across, "y": {**y, "field": field}, "stroke": stroke},
        }


def _shape(field: str, color: str, *, bars: bool) -> Spec:
    """A line, or a mark on a bar: what was known is a point there."""
    if bars and field == "known":
        return {"type": "point", "shape": "diamond", "size": 90, "fill": color, "opacity": 1}
    dash = DASH if field == "beside" else []
    if bars:
        return {"type": "rule", "strokeWidth": 2 if dash else 2.5, "strokeDash": dash}
    return {"type": "line", "strokeWidth": 1.5 if dash else 2, "strokeDash": dash}
