"""A distribution: a histogram over a cumulative curve, and how often an amount is exceeded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from simulator.render.charts.frame import LEFT, Spec, fitted, framed, quantitative, rows, shares
from simulator.render.charts.look import Look
from simulator.render.charts.wording import Wording
from simulator.render.pictures.distribution import Exceedance, Histogram
from simulator.render.pictures.scale import Limits, limits_around, nice_step
from simulator.render.summary import Cell

UPPER, LOWER, EXCEEDED = 210, 120, 220
CEILING = "ceiling"
"""The parameter of a chart that moves its ceiling, in the units of its axis."""

FIGURES = 10


def distribution(
    data: Histogram,
    cell: Cell,
    words: Wording,
    look: Look,
    *,
    title: str = "",
    unit: int = 1,
    currency: str = "",
    marks: Mapping[str, float] | None = None,
    ceiling: float | None = None,
) -> Spec:
    """A histogram, and under it the part of the draws up to each amount.

    `marks` are amounts with names, drawn as dashed lines. With a `ceiling` there is a parameter of
    that name, and what exceeds it has another colour.
    """
    _ = words.translate
    edges = Limits(data.edges[0] / unit, data.edges[-1] / unit, _step(data, unit))
    label = words.scale(unit, currency) if currency else ""
    x = quantitative(edges, label, ticks=4 if look.narrow else 8)
    width = look.width - LEFT - 14
    values = _bins(data, unit)
    named = {words.name(name): amount for name, amount in (marks or {}).items()}
    above = _above(data.edges, named, unit, ceiling)
    blank = {**x["axis"], "labels": False, "ticks": False, "title": None}
    panels = [
        {
            "width": width,
            "height": UPPER,
            "layer": [
                _bars(data, {**x, "axis": blank}, words, look, ceiling),
                *_rules(x, above, look),
            ],
        },
        {
            "width": width,
            "height": LOWER,
            "layer": [_curve(x, words, look), *_rules(x, above, look, named=False)],
        },
    ]
    params = {} if ceiling is None else {"params": [{"name": CEILING, "value": ceiling / unit}]}
    return framed(
        words,
        look,
        title,
        describe(cell, words, title, unit),
        data=rows(values),
        vconcat=panels,
        spacing=26,
        **params,
    )


def exceedance(
    data: Exceedance,
    words: Wording,
    look: Look,
    *,
    title: str = "",
    unit: int = 1,
    currency: str = "",
    ceiling: float | None = None,
) -> Spec:
    """The probability of exceeding each amount, with the marks of the data and a ceiling."""
    _ = words.translate
    chances = data.probabilities()
    shown = [
        (amount / unit, chance)
        for amount, chance in zip(data.amounts, chances, strict=True)
        if amount not in data.marks.values()
    ]
    inner = [amount for amount, chance in shown if 0.0005 < chance < 0.9995] or [
        amount for amount, _chance in shown
    ]
    limits = limits_around(inner, 8)
    x = quantitative(limits, words.scale(unit, currency), ticks=4 if look.narrow else 8)
    named = {words.name(name): amount for name, amount in data.marks.items()}
    above = _above((limits.low * unit, limits.high * unit), named, unit, ceiling)
    line = {
        "mark": {"type": "line", "strokeWidth": 2.5, "stroke": look.colours.median, "clip": True},
        "encoding": {
            "x": {**x, "field": "amount"},
            "y": {**shares(_("Probability of exceeding")), "field": "chance"},
        },
    }
    params = {} if ceiling is None else {"params": [{"name": CEILING, "value": ceiling / unit}]}
    values = [{"amount": _figure(amount), "chance": chance} for amount, chance in shown]
    return framed(
        words,
        look,
        title,
        _exceeded(data, words, title, unit),
        data=rows(values),
        layer=[line, *_rules(x, above, look)],
        **params,
        **fitted(look, EXCEEDED),
    )


def describe(cell: Cell, words: Wording, what: str, unit: int) -> str:
    """The distribution in a sentence, for those who do not see it."""
    _ = words.translate
    low, middle, high = (
        words.number(cell[name] / unit, 0 if unit == 1 else 1) for name in ("p5", "p50", "p95")
    )
    text = _(
        "Distribution: {what}. Nine draws out of ten lie between {low} and {high}; "
        "half lie below {middle}. The outermost bars also hold all draws beyond them."
    )
    return text.format(what=what, low=low, high=high, middle=middle)


def _exceeded(data: Exceedance, words: Wording, what: str, unit: int) -> str:
    _ = words.translate
    text = _("Probability of exceeding an amount: {what}.").format(what=what)
    for name, amount in data.marks.items():
        chance = words.percent(data.bounds(amount)[0])
        said = _("{name}, {amount}: {chance}.")
        figure = words.number(amount / unit, 0 if unit == 1 else 1)
        text += " " + said.format(name=words.name(name), amount=figure, chance=chance)
    return text


def _step(data: Histogram, unit: int) -> float:
    """A tick about every eighth of the axis, on the edge of a bin."""
    return nice_step((data.edges[-1] - data.edges[0]) / unit / 8)


def _figure(value: float) -> float:
    return float(f"{value:.{FIGURES}g}")


def _bins(data: Histogram, unit: int) -> list[dict[str, float]]:
    """Data of both panels: a row a bin, before them where the curve begins."""
    parts, passed = data.parts(), data.cumulative()
    return [{"from": _figure(data.edges[0] / unit), "upto": _figure(data.edges[0] / unit),
             "part": 0, "passed": 0}] + [
        {
            "from": _figure(data.edges[i] / unit),
            "upto": _figure(data.edges[i + 1] / unit),
            "part": part,
            "passed": passed[i],
        }
        for i, part in enumerate(parts)
    ]  # fmt: skip


def _bars(data: Histogram, x: Spec, words: Wording, look: Look, ceiling: float | None) -> Spec:
    _ = words.translate
    highest = max(data.parts())
    step = nice_step(highest / 4)
    top = step * -(-highest // step)
    fill: Spec = {"value": look.colours.band50}
    if ceiling is not None:
        test = f"(datum.from + datum.upto) / 2 > {CEILING}"
        fill = {"condition": {"test": test, "value": look.colours.more}, **fill}
    return {
        "mark": {"type": "bar", "stroke": look.colours.paper, "strokeWidth": 0.5},
        "encoding": {
            "x": {**x, "field": "from", "bin": "binned"},
            "x2": {"field": "upto"},
            "y": {**_fixed(shares(_("Part of the draws"), top, step)), "field": "part"},
            "fill": fill,
        },
    }


def _curve(x: Spec, words: Wording, look: Look) -> Spec:
    _ = words.translate
    return {
        "mark": {"type": "line", "strokeWidth": 2.5, "stroke": look.colours.median},
        "encoding": {
            "x": {**x, "field": "upto"},
            "y": {**_fixed(shares(_("Draws up to the amount"))), "field": "passed"},
        },
    }


def _fixed(y: Spec) -> Spec:
    """Both panels leave the same room for their labels, so that they stand under each other."""
    return {**y, "axis": {**y["axis"], "minExtent": LEFT - 8, "maxExtent": LEFT - 8}}


def _above(
    edges: tuple[float, ...], marks: Mapping[str, float], unit: int, ceiling: float | None
) -> list[tuple[str, Spec]]:
    """What vertical lines stand for: named amounts inside the axis, and the ceiling."""
    found: list[tuple[str, Spec]] = [
        (name, {"datum": _figure(amount / unit)})
        for name, amount in marks.items()
        if edges[0] <= amount <= edges[-1]
    ]
    if ceiling is not None:
        found.append(("", {"datum": {"expr": CEILING}}))
    return found


def _rules(
    x: Spec, above: Sequence[tuple[str, Spec]], look: Look, *, named: bool = True
) -> list[Spec]:
    """Dashed lines at named amounts with their names beside them, and the ceiling's whole one."""
    found: list[Spec] = []
    for name, place in above:
        at = {"type": "quantitative", "scale": x["scale"], "axis": x["axis"], **place}
        line: Spec = {"type": "rule", "strokeWidth": 2, "stroke": look.colours.mark, "clip": True}
        if name:
            line |= {"strokeDash": [5, 4], "strokeWidth": 1.5}
        found.append({"data": {"values": [{}]}, "mark": line, "encoding": {"x": at}})
    if named:
        found += _beside(x, [one for one in above if one[0]], look)
    return found


def _beside(x: Spec, above: Sequence[tuple[str, Spec]], look: Look) -> Iterator[Spec]:
    """Names in steps, so that neighbours do not cover each other, on a halo of the paper."""
    low, high = x["scale"]["domain"]
    for i, (name, place) in enumerate(sorted(above, key=lambda one: one[1]["datum"])):
        right = place["datum"] < low + 0.7 * (high - low)
        side = {"align": "left", "dx": 5} if right else {"align": "right", "dx": -5}
        text = {"type": "text", "text": name, "baseline": "top", "y": 0, "dy": 2 + 15 * i, **side}
        at = {"x": {"type": "quantitative", "scale": x["scale"], "axis": x["axis"], **place}}
        halo = {"stroke": look.colours.paper, "strokeWidth": 4, "strokeJoin": "round"}
        for mark in ({**text, **halo}, {**text, "fill": look.colours.mark}):
            yield {"data": {"values": [{}]}, "mark": mark, "encoding": at}
