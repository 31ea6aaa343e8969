"""Calibrations and back-tests on the screen, from their documents alone."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from rich.console import Console

from simulator.render.calibration import MOST_SKIPPED, BacktestPage, CalibrationPage, InflationPage

RATE: dict[str, Any] = {
    "start": 0.92, "start_kind": "day", "as_of": "2031-05-31", "monthly_sd": 0.0323,
    "monthly_sd_recent": 0.028, "monthly_sd_long": 0.036, "recent_rests_on": "60 months",
    "long_rests_on": "700 months", "inflation_differential": 0.0174, "real_gap": -0.002,
    "real_gap_rests_on": "180 months",
    "fan": {"2032": [0.7, 0.8, 0.9, 1.0, 1.1], "2032-2033": [0.6, 0.8, 0.9, 1.0, 1.25]},
}  # fmt: skip
CALIBRATION: dict[str, Any] = {
    "law": "blended", "known_on": "2031-05-31", "home": "EUR",
    "rates": {"eur_per_usd": RATE,
              "eur_per_xyz": {**RATE, "inflation_differential": None, "real_gap": None,
                              "real_gap_rests_on": ""}},
    "correlation": {"rates.eur_per_usd": {"rates.eur_per_xyz": -0.25}},
    "correlation_rests_on": "the last 15 years",
    "inflation": {"euro": {"centre": [0.021], "sd": 0.0105, "persistence": 0.7,
                           "last_published": 2030, "sd_by_years_ahead": [0.0105, 0.0128, 0.0138],
                           "rests_on": "a table"}},
    "sources": [{"name": "a central bank", "as_of": "2031-05-31", "sha256": "00"}],
    "notes": ["no view of eur_per_xyz"], "warnings": [],
}  # fmt: skip
SCORE: dict[str, Any] = {
    "law": "blended", "target": "year", "pair": "all", "cases": 140, "crps": 0.0351,
    "ratio": 0.951, "coverage": {"0.5": 0.521, "0.8": 0.771, "0.9": 0.9, "0.95": 0.929},
    "mean_pit": 0.465, "ks": 0.086, "bias": -0.012, "width": 0.31,
}  # fmt: skip
BAND = {"coverage": {"0.5": [0.39, 0.5, 0.61], "0.8": [0.69, 0.8, 0.89], "0.9": [0.81, 0.9, 0.96],
                     "0.95": [0.89, 0.95, 0.99]},
        "mean_pit": [0.38, 0.5, 0.62], "ks": [0.06, 0.1, 0.24]}  # fmt: skip
BACKTEST: dict[str, Any] = {
    "home": "EUR", "currencies": ["USD", "GBP"], "laws": ["blended"],
    "origins": ["2003-05-31", "2003-11-30"], "draws": 4096, "seed": 0,
    "scores": [SCORE, {**SCORE, "law": "random_walk", "ratio": None},
               {**SCORE, "pair": "basket"}],
    "perfect": [{"target": "year", "pair": "all", **BAND}],
    "skipped": [], "notes": [], "sources": ["a central bank"],
}  # fmt: skip
INFLATION: dict[str, Any] = {
    "currency": "EUR", "from": 1985, "to": 2007, "sources": ["a table"],
    "scores": [{"law": law, "years_ahead": ahead, "cases": 23, "crps": 0.0062 * ahead,
                "ratio": 0.98, "coverage": SCORE["coverage"], "mean_pit": 0.4, "bias": 0.004}
               for law in ("rule", "walk") for ahead in (1, 2)],
}  # fmt: skip


def shown(page: Any, width: int = 100) -> str:
    """What the page prints at a width, without colour, usual blanks."""
    console = Console(width=width, color_system=None, highlight=False, markup=False)
    with console.capture() as caught:
        console.print(page, crop=False)
    return caught.get().replace("\u00a0", " ")


def test_parameters_fan_and_sources() -> None:
    """Percent only here; what is not known is a dash; each group once."""
    text = shown(CalibrationPage(CALIBRATION))
    assert "Law blended, from what was known on 2031-05-31" in text
    row = next(line for line in text.splitlines() if line.startswith("eur_per_usd  0.9200"))
    for figure in ("3.23 %", "2.80 %", "3.60 %", "1.74 %", "−0.20 %"):
        assert figure in row
    unknown = next(line for line in text.splitlines() if line.startswith("eur_per_xyz  0.9200"))
    assert unknown.split()[-2:] == ["–", "–"]
    assert "2032-2033  0.6000  0.8000  0.9000  1.0000  1.2500" in text
    assert "eur_per_xyz        −0.25" in text
    assert "1.05 %   1.28 %   1.38 %" in text
    assert "a central bank, to 2031-05-31" in text
    assert "no view of eur_per_xyz" in text


def test_rates_that_rest_on_the_same_stand_together() -> None:
    """Seven currencies of one source make one line, not seven."""
    document = copy.deepcopy(CALIBRATION)
    document["rates"]["eur_per_xyz"] = RATE
    text = shown(CalibrationPage(document), 200)
    assert "eur_per_usd, eur_per_xyz: sd on 60 months, and 700 months; real gap on 180 months" in (
        text
    )


def test_one_rate_has_no_table_of_correlations() -> None:
    """Nor of inflation that was not asked for."""
    document = {**CALIBRATION, "rates": {"eur_per_usd": RATE}, "correlation": {}, "inflation": {},
                "correlation_rests_on": ""}  # fmt: skip
    text = shown(CalibrationPage(document))
    assert "Correlation" not in text
    assert "Inflation" not in text


def test_scores_and_the_band_of_a_perfect_forecaster() -> None:
    """The band stands above the laws of its target; a ratio that is none is a dash."""
    lines = shown(BacktestPage(BACKTEST), 120).splitlines()
    assert lines[0].startswith("Walk-forward of 2 origins, 2003-05-31 to 2003-11-30; EUR for one")
    place = lines.index("year, all rates")
    assert "[81–96]" in lines[place + 1]
    law = lines[place + 2]
    assert law.split()[:4] == ["blended", "140", "3.51", "0.951"]
    assert {"52.1", "77.1", "90.0", "92.9", "0.465", "0.086"} <= set(law.split())
    assert lines[place + 3].split()[3] == "–"
    assert "year, the basket of all rates" in lines


@pytest.mark.parametrize("width", [40, 60, 80, 100, 160])
def test_every_page_fits_its_width(width: int) -> None:
    """Columns that are needed least go first; ratio and coverage stay."""
    for page in (BacktestPage(BACKTEST), InflationPage(INFLATION), CalibrationPage(CALIBRATION)):
        text = shown(page, width)
        assert max(map(len, text.splitlines())) <= max(width, 72)
    assert "0.951" in shown(BacktestPage(BACKTEST), width)


def test_what_was_skipped_is_told_but_not_endlessly() -> None:
    """A few reasons in full, then how many more."""
    document = {**BACKTEST, "skipped": [f"20{i:02d}: no rate" for i in range(30)]}
    text = shown(BacktestPage(document))
    assert text.count("no rate") == MOST_SKIPPED
    assert f"skipped: {30 - MOST_SKIPPED} more; --json has all" in text


def test_nothing_to_score_is_said() -> None:
    """Draws may be written before any target is over."""
    text = shown(BacktestPage({**BACKTEST, "scores": [], "perfect": [], "skipped": ["x: open"]}))
    assert "nothing to score" in text
    assert "perfect forecaster" not in text


def test_inflation_by_years_ahead() -> None:
    """Laws under each number of years; points of per cent."""
    lines = shown(InflationPage(INFLATION)).splitlines()
    assert lines[0].startswith("Inflation of EUR: forecasts made in the years 1985 to 2007")
    first, second = lines.index("1 year ahead"), lines.index("2 years ahead")
    assert lines[first + 1].split()[:4] == ["rule", "23", "0.620", "0.980"]
    assert lines[second + 2].split()[:3] == ["walk", "23", "1.240"]
    assert lines[first + 1].split()[-1] == "0.40"
