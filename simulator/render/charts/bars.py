"""Bars one under another: what moves an output, steps between results, outputs at risk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from simulator.render.charts.frame import Spec, fitted, framed, names, quantitative, rows, shares
from simulator.render.charts.look import Look
from simulator.render.charts.wording import Wording
from simulator.render.pictures.drivers import Step
from simulator.render.pictures.money import AtRisk
from simulator.render.pictures.scale import limits_around, nice_floor, nice_step

ROW = 30
"""Pixels of a bar with the space to the next."""


def tornado(
    data: Sequence[tuple[str, float]], words: Wording, look: Look, *, title: str = ""
) -> Spec:
    """What moves an output: the part of its rank variance that each driver explains."""
    _ = words.translate
    labels = [words.name(driver) for driver, _part in data]
    y = names(labels, look)
    values = [
        {"name": name, "part": part, "figure": words.percent(part)}
        for name, (_driver, part) in zip(y["sort"], data, strict=True)
    ]
    highest = max([part for _driver, part in data], default=0.0)
    x = shares(_("Part explained"), *_parts(highest, look))
    listed = "; ".join(
        f"{name} {value['figure']}" for name, value in zip(labels, values, strict=True)
    )
    text = _("What moves it: {what}. {listed}.").format(what=title, listed=listed)
    bars = {
        "mark": {"type": "bar", "fill": look.colours.one},
        "encoding": {"y": y, "x": {**_foot(x), "field": "part"}},
    }
    label = {
        "mark": {"type": "text", "align": "left", "dx": 5},
        "encoding": {"y": y, "x": {**_foot(x), "field": "part"}, "text": {"field": "figure"}},
    }
    return _stack(words, look, title, text, values, [bars, label])


def _parts(highest: float, look: Look) -> tuple[float, float]:
    """Where an axis of parts ends, and its step."""
    if highest > 0.4:
        return 1.0, 0.5 if look.narrow else 0.25
    return 0.5, 0.25 if look.narrow else 0.1


def waterfall(
    data: Sequence[Step],
    words: Wording,
    look: Look,
    *,
    title: str = "",
    unit: int = 1,
    currency: str = "",
    named: Callable[[Step], str] | None = None,
) -> Spec:
    """From one amount to another: what each driver adds or takes off, and both ends.

    Figures are whole units of the currency, so that they add up to the last one; the axis is in
    `unit` and does not begin at zero. `named` gives labels, the words for drivers unless given.
    """
    _ = words.translate
    labels = [
        named(step)
        if named is not None
        else step.name
        if step.kind == "end"
        else words.name(step.name)
        for step in data
    ]
    levels = [value / unit for step in data for value in (step.before, step.after)]
    floor = nice_floor(min(levels), max(levels))
    limits = limits_around([max(floor, min(levels) - (max(levels) - min(levels)) / 3), *levels], 5)
    x = quantitative(limits, words.scale(unit, currency), ticks=4 if look.narrow else 8)
    y = names(_told_apart(labels), look)
    values = [
        _bar(step, name, words, unit, limits.low)
        for step, name in zip(data, y["sort"], strict=True)
    ]
    colours = {"whole": look.colours.whole, "more": look.colours.more, "less": look.colours.less}
    fill = {
        "field": "kind",
        "type": "nominal",
        "scale": {"domain": list(colours), "range": list(colours.values())},
        "legend": None,
    }
    bars = {
        "mark": {"type": "bar"},
        "encoding": {
            "y": y,
            "x": {**_foot(x), "field": "low"},
            "x2": {"field": "high"},
            "fill": fill,
        },
    }
    at = {"y": y, "x": {**_foot(x), "field": "high"}, "text": {"field": "figure"}}
    label = {"mark": {"type": "text", "align": "left", "dx": 5}, "encoding": at}
    listed = "; ".join(f"{a} {v['figure']}" for a, v in zip(labels, values, strict=True))
    text = _("From one result to the other: {what}. {listed}.").format(what=title, listed=listed)
    return _stack(words, look, title, text, values, [bars, label])


def at_risk(data: Sequence[AtRisk], words: Wording, look: Look, *, title: str = "") -> Spec:
    """Planned outputs that a shortfall puts at risk: the mean, and a line up to P95."""
    _ = words.translate
    y = names([one.title for one in data], look)
    values = [_risk(one, name, words) for one, name in zip(data, y["sort"], strict=True)]
    highest = max([float(str(v["worst"])) for v in values], default=0.1)
    step = nice_step(max(highest, 0.04) / 4)
    x = _foot(shares(_("Part of what is planned"), step * -(-highest // step) or step, step))
    bars = {
        "mark": {"type": "bar", "fill": look.colours.one},
        "encoding": {"y": y, "x": {**x, "field": "mean"}},
    }
    line = {
        "mark": {"type": "rule", "strokeWidth": 2, "stroke": look.colours.ink},
        "encoding": {"y": y, "x": {**x, "field": "mean"}, "x2": {"field": "worst"}},
    }
    at = {"y": y, "x": {**x, "field": "worst"}, "text": {"field": "figure"}}
    label = {"mark": {"type": "text", "align": "left", "dx": 6}, "encoding": at}
    listed = "; ".join(f"{one.title}: {v['figure']}" for one, v in zip(data, values, strict=True))
    text = _("Outputs at risk: {listed}.").format(listed=listed)
    return _stack(words, look, title, text, values, [bars, line, label])


def _risk(one: AtRisk, name: str, words: Wording) -> dict[str, object]:
    _ = words.translate
    mean, worst = one.cell["mean"], one.cell["p95"]
    figure = _("{mean} of {planned}, P95 {worst}").format(
        mean=words.number(mean), planned=words.number(one.planned), worst=words.number(worst)
    )
    planned = one.planned or 1.0
    return {"name": name, "mean": mean / planned, "worst": worst / planned, "figure": figure}


def _bar(step: Step, name: str, words: Wording, unit: int, floor: float) -> dict[str, object]:
    """A bar as data; an end reaches down to the beginning of the axis."""
    low, high = sorted((step.before / unit, step.after / unit))
    if step.kind == "end":
        kind, low, figure = "whole", floor, words.number(step.change)
    else:
        kind = "more" if step.after >= step.before else "less"
        figure = words.signed(step.change)
    return {"name": name, "low": low, "high": high, "kind": kind, "figure": figure}


def _told_apart(labels: Sequence[str]) -> list[str]:
    """Labels that are all different: the same name on both ends is told apart by a space."""
    found: list[str] = []
    for label in labels:
        while label in found:
            label += "\u200b"  # noqa: PLW2901 - seen by nobody
        found.append(label)
    return found


def _foot(x: Spec) -> Spec:
    """The axis of figures at the foot, with lines up to the bars."""
    return {**x, "axis": {**x["axis"], "grid": True, "domain": False, "ticks": False}}


def _stack(
    words: Wording,
    look: Look,
    title: str,
    text: str,
    values: Sequence[Mapping[str, object]],
    layers: Sequence[Spec],
) -> Spec:
    height = ROW * max(1, len(values)) + 10
    spec = framed(words, look, title, text, data=rows(values), layer=list(layers),
                  **fitted(look, height))  # fmt: skip
    spec["padding"] = {**spec["padding"], "right": 70 if not look.narrow else 62}
    return spec
