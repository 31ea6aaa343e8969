"""What all charts have in common: the frame, its text, axes and legends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from simulator.render.charts.look import Look
from simulator.render.charts.wording import Wording
from simulator.render.pictures.scale import Limits

Spec = dict[str, Any]
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
"""The version that is drawn with; a name, never fetched."""

CHINESE = "'Noto Sans CJK SC', 'Microsoft YaHei', 'PingFang SC'"
"""Fonts to begin with where most words need them: a drawing takes the first that it finds."""

TEXT, SMALL, TITLE = 12, 11, 15
LEFT = 64
"""Pixels that the vertical axis takes where it has to be known before."""


def framed(words: Wording, look: Look, title: str, description: str, **body: object) -> Spec:
    """A specification with title, description for those who do not see it, fonts and colours."""
    heading: Spec = {"title": _title(title, look)} if title else {}
    return {
        "$schema": SCHEMA,
        "description": description,
        **heading,
        "background": look.colours.paper,
        "padding": {"left": 4, "right": 10, "top": 6, "bottom": 4},
        **body,
        "config": _config(words, look),
    }


def fitted(look: Look, height: int) -> Spec:
    """A single view whose whole picture is as wide as the look says."""
    return {
        "width": look.width,
        "height": height,
        "autosize": {"type": "fit-x", "contains": "padding"},
    }


def _title(text: str, look: Look) -> Spec:
    room = max(16, int((look.width - 20) / (TITLE * (1.0 if _wide(text) else 0.54))))
    return {"text": _lines(text, room), "anchor": "start", "frame": "bounds", "offset": 10}


def _wide(text: str) -> bool:
    return sum(ord(char) > 0x2E80 for char in text) * 2 > len(text)


def _lines(text: str, room: int) -> list[str]:
    """Text in lines of about `room` characters; between Chinese ones it may break anywhere."""
    pieces = list(text) if _wide(text) else [f"{word} " for word in text.split(" ")]
    lines = [""]
    for piece in pieces:
        if lines[-1] and len(lines[-1]) + len(piece.rstrip(" ")) > room:
            lines.append("")
        lines[-1] += piece
    return [line.strip(" ") for line in lines]


def _config(words: Wording, look: Look) -> Spec:
    colours = look.colours
    text = {"labelColor": colours.quiet, "labelFontSize": SMALL}
    return {
        "font": f"{CHINESE}, {look.font}" if words.code == "zh" else look.font,
        "locale": {"number": dict(words.locale())},
        "view": {"stroke": None},
        "mark": {"aria": False},
        "text": {"fontSize": SMALL, "fill": colours.ink},
        "title": {
            "color": colours.ink,
            "fontSize": TITLE,
            "fontWeight": 600,
            "lineHeight": TITLE + 4,
            "aria": False,
        },
        "axis": {
            **text,
            "aria": False,
            "titleColor": colours.quiet,
            "titleFontSize": SMALL,
            "titleFontWeight": "normal",
            "gridColor": colours.grid,
            "domainColor": colours.quiet,
            "tickColor": colours.quiet,
            "labelPadding": 5,
            "labelLimit": 0,
            "titleLimit": 0,
        },
        "axisY": {
            "domain": False,
            "ticks": False,
            "titleAngle": 0,
            "titleAlign": "left",
            "titleBaseline": "bottom",
            "titleAnchor": "end",
            "titleX": 0,
            "titleY": -8,
        },
        "axisX": {"grid": False},
        "legend": {
            **text,
            "aria": False,
            "title": None,
            "orient": "bottom",
            "columns": 1 if look.narrow else 3,
            "rowPadding": 3,
            "labelLimit": 0,
            "offset": 8,
        },
    }


def quantitative(limits: Limits, title: str, *, ticks: int = 0) -> Spec:
    """Scale and axis of amounts, with ticks that the program chose."""
    shown = limits.ticks()
    if ticks and len(shown) > ticks:
        shown = shown[:: -(-len(shown) // ticks)]
    return {
        "type": "quantitative",
        "scale": {"domain": [limits.low, limits.high], "nice": False, "zero": False},
        "axis": {
            "title": title or None,
            "values": list(shown),
            "format": f",.{limits.digits}f",
            "labelOverlap": "greedy",
        },
    }


def shares(title: str, highest: float = 1.0, step: float = 0.25) -> Spec:
    """Scale and axis of fractions, in percent."""
    count = round(highest / step)
    return {
        "type": "quantitative",
        "scale": {"domain": [0, highest], "nice": False},
        "axis": {
            "title": title or None,
            "values": [round(k * step, 10) for k in range(count + 1)],
            "format": ".0%" if step >= 0.01 else ".1%",
            "labelOverlap": "greedy",
        },
    }


def legend(
    pairs: Sequence[tuple[str, str]], *, line: bool = False, dashes: Sequence[Sequence[int]] = ()
) -> Spec:
    """A scale from names to colours whose legend shows squares, or strokes for lines."""
    look: Spec = {"symbolType": "stroke", "symbolStrokeWidth": 2, "symbolSize": 160} if line else {
        "symbolType": "square", "symbolStrokeWidth": 0, "symbolSize": 160
    }  # fmt: skip
    if dashes:
        look["symbolDash"] = {
            "expr": "{"
            + ",".join(f"{i}:{list(d)}" for i, d in enumerate(dashes))
            + "}[datum.index] || []"
        }
    return {
        "type": "nominal",
        "scale": {"domain": [name for name, _ in pairs], "range": [color for _, color in pairs]},
        "legend": look,
    }


def names(labels: Sequence[str], look: Look) -> Spec:
    """The axis of bars that lie one under another: their names in lines, in this order."""
    lines = [broken(label, 15 if look.narrow else 26) for label in labels]
    return {
        "field": "name",
        "type": "ordinal",
        "sort": lines,
        "scale": {"paddingInner": 0.35, "paddingOuter": 0.2},
        "axis": {
            "title": None,
            "ticks": False,
            "domain": False,
            "grid": False,
            "labelExpr": "split(datum.label, '\\n')",
            "labelColor": look.colours.ink,
            "labelFontSize": TEXT,
            "labelPadding": 8,
        },
    }


def broken(text: str, room: int) -> str:
    """A label in lines of about `room` characters."""
    return "\n".join(_lines(text, max(1, room // 2) if _wide(text) else room))


def rows(values: Sequence[Mapping[str, Any]]) -> Spec:
    """Data in the specification itself."""
    return {"values": [dict(value) for value in values]}
