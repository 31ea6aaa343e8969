"""Money from elsewhere: mean receipts by window and year, and how sure their sum is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from simulator.render.charts.frame import Spec, fitted, framed, legend, quantitative, rows
from simulator.render.charts.look import Look
from simulator.render.charts.wording import Wording
from simulator.render.pictures.money import Received
from simulator.render.pictures.scale import Limits, limits_around

HEIGHT = 280


def inflows(
    data: Sequence[Received],
    titles: Mapping[str, str],
    words: Wording,
    look: Look,
    *,
    title: str = "",
    unit: int = 1,
    currency: str = "",
) -> Spec:
    """Columns by year, a colour a window, with a line from P5 to P95 of their sum.

    `titles` are the windows in words, by key.
    """
    _ = words.translate
    keys = list(dict.fromkeys(key for one in data for key, _mean in one.windows))
    shown = {key: titles.get(key) or key for key in keys}
    values: list[dict[str, object]] = []
    for one in data:
        level = 0.0
        for key, mean in one.windows:
            row = {"year": one.year, "window": shown[key], "low": level / unit}
            level += mean
            values.append({**row, "high": level / unit})
    sums = [
        {"year": one.year, "p5": one.total["p5"] / unit, "p95": one.total["p95"] / unit,
         "mean": one.total["mean"] / unit,
         "figure": words.number(one.total["mean"] / unit, 0 if unit == 1 else 1)}
        for one in data
    ]  # fmt: skip
    found = limits_around([0.0, *(float(str(row["p95"])) for row in sums)], 5)
    limits = Limits(0.0, found.high, found.step)
    y = quantitative(limits, words.scale(unit, currency))
    x = {
        "field": "year",
        "type": "ordinal",
        "sort": None,
        "scale": {"paddingInner": 0.5, "paddingOuter": 0.3},
        "axis": {"title": None, "labelAngle": 0},
    }
    colours = look.colours.series()
    pairs = [(shown[key], colours[i % len(colours)]) for i, key in enumerate(keys)]
    columns = {
        "data": rows(values),
        "mark": {"type": "bar"},
        "encoding": {
            "x": x,
            "y": {**y, "field": "low"},
            "y2": {"field": "high"},
            "fill": {"field": "window", **legend(pairs)},
        },
    }
    return framed(
        words,
        look,
        title,
        _describe(sums, words, title),
        layer=[columns, *_sums(sums, x, y, look)],
        **fitted(look, HEIGHT),
    )


def _sums(sums: Sequence[Mapping[str, object]], x: Spec, y: Spec, look: Look) -> list[Spec]:
    """The mean of the sum as a figure, and a line from its P5 to its P95."""
    line = {
        "data": rows(sums),
        "mark": {"type": "rule", "strokeWidth": 2, "stroke": look.colours.ink},
        "encoding": {"x": x, "y": {**y, "field": "p5"}, "y2": {"field": "p95"}},
    }
    text = {
        "data": rows(sums),
        "mark": {"type": "text", "align": "left", "dx": 8, "dy": -8},
        "encoding": {"x": x, "y": {**y, "field": "mean"}, "text": {"field": "figure"}},
    }
    return [line, text]


def _describe(sums: Sequence[Mapping[str, object]], words: Wording, what: str) -> str:
    _ = words.translate
    listed = "; ".join(
        _("{year}: mean {mean}, from {low} to {high} in nine draws out of ten").format(
            year=row["year"],
            mean=row["figure"],
            low=words.number(float(str(row["p5"])), 1),
            high=words.number(float(str(row["p95"])), 1),
        )
        for row in sums
    )
    return _("Receipts by year and window: {what}. {listed}.").format(what=what, listed=listed)
