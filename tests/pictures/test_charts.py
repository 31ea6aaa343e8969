"""Charts: specifications, and what is drawn from them."""

from __future__ import annotations

import json
import re
import struct
import sys
import xml.etree.ElementTree as ET
from dataclasses import fields
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from simulator.budget.published import publish
from simulator.errors import EnvironmentFault
from simulator.render.charts import bars, distribution, fan, inflows, titles
from simulator.render.charts.languages import LANGUAGES, wording_of
from simulator.render.charts.look import (
    DARK,
    DARK_COLOURS,
    LIGHT,
    LIGHT_COLOURS,
    PAGE,
    Look,
    Palette,
    properties,
)
from simulator.render.charts.picture import png, svg
from simulator.render.charts.wording import Wording
from simulator.render.pictures.distribution import exceedance, histogram
from simulator.render.pictures.drivers import by_driver, moved
from simulator.render.pictures.fans import BAND_LEVELS, contribution_fan, rate_fans, stages_fan
from simulator.render.pictures.money import at_risk, received
from simulator.render.view import View
from simulator.runs.thresholds import proposed_of, thresholds_of
from simulator.scenario.drivers import GROUPS
from simulator.scenario.factors import DRIVERS
from simulator.store.result import Run

ROOT = Path(__file__).resolve().parents[2]
OWN, WHOLE = "contribution_usd.A", "2031-2032"
SVG = "{http://www.w3.org/2000/svg}"
SHARES = [
    {"driver": "exchange", "value": 12_345.4, "standard_error": 0.5, "whole": 12_345},
    {"driver": "post_costs", "value": -3_000.2, "standard_error": None, "whole": -3_000},
]
ROW = {"before": 1_500_000.0, "after": 1_509_345.2, "shares": SHARES}
LOOKS = {"light": LIGHT, "dark": DARK, "page": PAGE, "narrow": LIGHT.wide(358)}


def every_chart(run: Run, view: View, words: Wording, look: Look) -> dict[str, dict[str, Any]]:
    """One of each chart, of the small budget."""
    cell = view.cell(OWN, WHOLE)
    assert cell is not None
    marks = thresholds_of(run.scenario, tuple(proposed_of(run.scenario)))[OWN, WHOLE]
    above = exceedance(run.chunks(OWN), cell, marks)
    bins = histogram(run, OWN, cell)
    money = {"unit": 1000, "currency": "USD"}
    return {
        "rate": fan.fan(rate_fans(run)["eur_per_usd"], words, look, title="A rate"),
        "years": fan.fan(
            contribution_fan(view, publish(run.scenario), "A", "USD"), words, look, unit=1000
        ),
        "stages": fan.stages(stages_fan(run, view, OWN), words, look, title="Open", unit=1000),
        "distribution": distribution.distribution(
            bins, cell, words, look, title="Owed", marks=marks, ceiling=1_600_000, **money
        ),
        "exceedance": distribution.exceedance(above, words, look, title="Above", **money),
        "tornado": bars.tornado(moved(view, "A"), words, look, title="Drivers"),
        "waterfall": bars.waterfall(
            by_driver(("one", "two"), ROW), words, look, title="Steps", **money
        ),
        "inflows": inflows.inflows(
            received(view), {"I": "Window <I>"}, words, look, title="In", unit=1, currency="EUR"
        ),
        "at_risk": bars.at_risk(at_risk(view), words, look, title="Risk"),
    }


CHARTS = ("rate", "years", "stages", "distribution", "exceedance", "tornado", "waterfall",
          "inflows", "at_risk")  # fmt: skip


def texts(drawing: str) -> list[str]:
    """Every text of a drawing, with ordinary spaces."""
    found = ["".join(one.itertext()) for one in ET.fromstring(drawing).iter(f"{SVG}text")]  # noqa: S314
    return [text.replace("\u00a0", " ") for text in found]


@pytest.mark.parametrize("chart", CHARTS)
def test_a_chart_has_a_description_and_plain_data(run: Run, view: View, chart: str) -> None:
    """It is a plain JSON document with its data inside, and says in words what it shows."""
    spec = every_chart(run, view, wording_of("en"), LIGHT)[chart]
    assert json.loads(json.dumps(spec, allow_nan=False)) == spec
    assert spec["$schema"].endswith("/v6.json")
    assert len(spec["description"]) > 30
    assert "{" not in spec["description"]
    assert '"url"' not in json.dumps(spec)


def test_the_rows_of_a_fan_are_its_points(run: Run, view: View) -> None:
    """Data of the specification are the stored percentiles, in the unit of the axis."""
    data = contribution_fan(view, publish(run.scenario), "A", "USD")
    spec = fan.fan(data, wording_of("en"), LIGHT, unit=1000)
    for row, point in zip(spec["data"]["values"], data.points, strict=True):
        expected = [level / 1000 for level in point.levels]
        assert [row[level] for level in BAND_LEVELS] == pytest.approx(expected, rel=1e-9)
        assert row["beside"] == pytest.approx(point.beside / 1000, rel=1e-9)


def test_the_rows_of_a_distribution_are_its_bins(run: Run, view: View) -> None:
    """Parts add up to one, the curve ends at one, and edges follow one another."""
    spec = every_chart(run, view, wording_of("en"), LIGHT)["distribution"]
    rows = spec["data"]["values"]
    assert sum(row["part"] for row in rows) == pytest.approx(1)
    assert rows[-1]["passed"] == 1
    assert all(one["upto"] == two["from"] for one, two in pairwise(rows))
    assert spec["params"] == [{"name": "ceiling", "value": 1600}]


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_chart_is_drawn(run: Run, view: View, lang: str, look: str) -> None:
    """In each language and look the drawing is well formed, says its name, and fits its width."""
    for name, spec in every_chart(run, view, wording_of(lang), LOOKS[look]).items():
        root = ET.fromstring(svg(spec))  # noqa: S314 - our own
        assert root.get("role") == "img"
        assert root.get("aria-label") == spec["description"]
        assert float(root.get("width", "0")) <= LOOKS[look].width + 12, name


def test_the_same_chart_is_the_same_bytes(run: Run, view: View) -> None:
    """Names inside do not count up from drawing to drawing, and differ between charts."""
    charts = every_chart(run, view, wording_of("en"), LIGHT)
    first = {name: svg(spec) for name, spec in charts.items()}
    again = {name: svg(charts[name]) for name in reversed(CHARTS)}
    assert first == again
    assert png(charts["tornado"], 1) == png(charts["tornado"], 1)
    names = [set(re.findall(r'\bid="([^"]+)"', drawing)) for drawing in first.values()]
    assert sum(map(len, names)) == len(set.union(*names))


def test_a_picture_has_the_pixels_that_were_asked_for(run: Run, view: View) -> None:
    """Width times scale, a PNG."""
    data = png(every_chart(run, view, wording_of("en"), LIGHT)["rate"], 2)
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, _height = struct.unpack(">II", data[16:24])
    assert width == 1440


@pytest.mark.parametrize(
    ("lang", "figure", "part"),
    [("en", "+12 345", "93.1 %"), ("fr", "+12 345", "93,1 %"), ("zh", "+12 345", "93.1%")],
)
def test_figures_are_written_as_the_language_does(
    view: View, lang: str, figure: str, part: str
) -> None:
    """Groups of three in each; the decimal mark and the percent sign differ."""
    words = wording_of(lang)
    steps = bars.waterfall(by_driver(("a", "b"), ROW), words, LIGHT)
    assert figure in texts(svg(steps))
    assert "−3 000" in texts(svg(steps))
    assert part in texts(svg(bars.tornado([("exchange", 0.931)], words, LIGHT)))
    assert view


def test_axes_are_written_as_the_language_does(run: Run) -> None:
    """A rate's axis has a comma in French and a point in English."""
    data = rate_fans(run)["eur_per_usd"]
    ticks = {
        lang: {t for t in texts(svg(fan.fan(data, wording_of(lang), LIGHT))) if t[0] in "01"}
        for lang in ("en", "fr")
    }
    assert ticks["en"] == {tick.replace(",", ".") for tick in ticks["fr"]}
    assert any("," in tick for tick in ticks["fr"])


def test_a_drawing_has_the_stored_figures(run: Run, view: View) -> None:
    """Parts of drivers, receipts and risks stand in the drawings as they are stored."""
    charts = every_chart(run, view, wording_of("en"), LIGHT)
    words = Wording()
    shown = texts(svg(charts["tornado"]))
    for driver, part in moved(view, "A"):
        assert words.name(driver) in shown
        assert words.percent(part).replace("\u00a0", " ") in shown
    shown = texts(svg(charts["inflows"]))
    for one in received(view):
        assert words.number(one.total["mean"]).replace("\u00a0", " ") in shown
    (risk,) = at_risk(view)
    shown = " ".join(texts(svg(charts["at_risk"])))
    assert f"{risk.cell['mean']:.0f} of 60, P95 {risk.cell['p95']:.0f}" in shown


def test_text_of_a_scenario_is_text(run: Run, view: View) -> None:
    """Names with marks of markup, quotes and other scripts are shown, never run."""
    evil = '<script>alert(1)</script> "O\'Neill" & مانح'
    spec = bars.tornado([("exchange", 0.5)], Wording(), LIGHT.wide(2000), title=evil)
    drawing = svg(spec)
    assert "<script" not in drawing
    assert evil in texts(drawing)
    assert evil in str(ET.fromstring(drawing).get("aria-label"))  # noqa: S314
    charts = every_chart(run, view, wording_of("en"), LIGHT)
    assert "Window <I>" in texts(svg(charts["inflows"]))


def test_a_drawing_for_a_page_takes_its_colours(run: Run, view: View) -> None:
    """Each colour is a custom property with the light one to fall back on; no other is used."""
    known = set(properties(LIGHT_COLOURS).items())
    for spec in every_chart(run, view, wording_of("en"), PAGE).values():
        drawing = svg(spec)
        used = set(re.findall(r"var\((--chart-\w+), (#[0-9A-F]{6})\)", drawing))
        assert used
        assert used <= known
        assert not re.findall(r'="#', drawing)
        assert 'fill="black"' not in drawing


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of WCAG 2.2."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", [LIGHT_COLOURS, DARK_COLOURS], ids=["light", "dark"])
def test_colours_can_be_told_apart(palette: Palette) -> None:
    """Text has 4.5 to 1 on the paper, lines 3 to 1; bands keep their order in grey print."""
    values = [getattr(palette, one.name) for one in fields(palette)]
    assert len(set(values)) == len(values)
    for text in (palette.ink, palette.quiet, palette.mark):
        assert contrast(text, palette.paper) >= 4.5
    assert contrast(palette.median, palette.paper) >= 3
    steps = [palette.paper, palette.band90, palette.band80, palette.band50]
    for one, other in pairwise(steps):
        assert contrast(one, other) >= 1.2
    assert contrast(palette.median, palette.band50) >= 2.2
    light = [luminance(colour) for colour in steps]
    assert light in (sorted(light), sorted(light, reverse=True))


def test_every_name_is_listed() -> None:
    """Drivers of results and of changes are among the names that are translated."""
    names = {driver.replace("_", " ") for driver in (*DRIVERS, *GROUPS)}
    assert names <= set(titles.NAMES)


def test_a_missing_part_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra, an environment fault with the remedy."""
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    with pytest.raises(EnvironmentFault, match=r"pip install 'simulator\[report\]'"):
        svg(bars.tornado([("exchange", 0.5)], Wording(), LIGHT))


def test_another_version_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part that lacks the version that charts are written for is refused, with the remedy."""
    monkeypatch.setitem(sys.modules, "vl_convert", SimpleNamespace())
    with pytest.raises(EnvironmentFault, match="--upgrade"):
        svg(bars.tornado([("exchange", 0.5)], Wording(), LIGHT))
