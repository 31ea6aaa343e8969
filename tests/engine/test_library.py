"""The scenarios that build on base: each is valid, ties out, and means what its title says."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from simulator.cli import main
from simulator.engine import simulate
from simulator.engine.plan import Plan
from simulator.runs.check import problems_of_run
from simulator.scenario.model import Scenario
from simulator.scenario.read import read_scenario

FOLDER = Path(__file__).parents[2] / "scenarios"
FILES = sorted(FOLDER.glob("*.toml"))
NAMES = {
    "base", "approved", "strong-franc", "weak-franc", "franc-shock", "no-view", "donor-shortfall",
    "aid-for-trade-boom", "hiring-freeze", "salary-award", "zero-nominal-growth", "perfect-storm",
    "forward-cover",
}  # fmt: skip
DRAWS = 4096
PERIOD = "2008-2009"


def _read(name: str) -> Scenario:
    return read_scenario(FOLDER / f"{name}.toml")


def test_the_library_is_whole() -> None:
    """Base and twelve others."""
    assert {path.stem for path in FILES} == NAMES


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_says_why_and_would_run(path: Path) -> None:
    """A title of its own, a paragraph of reason, and nothing that `sim run` would refuse."""
    scenario = read_scenario(path)
    assert scenario.title
    assert len(scenario.description.split()) > 20
    assert problems_of_run(scenario) == []


def test_all_run_in_one_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`sim run scenarios/*.toml`: a result folder each, one JSON line each."""
    arguments = ["run", *map(str, FILES), "--draws", "512", "--out", str(tmp_path), "--json"]
    assert main(arguments) == 0
    lines = capsys.readouterr().out.splitlines()
    assert {json.loads(line)["scenario"] for line in lines} == NAMES
    assert {path.name for path in tmp_path.iterdir()} >= NAMES


@pytest.mark.parametrize(("name", "rate"), [("strong-franc", 1.08), ("weak-franc", 1.35)])
def test_a_level_of_the_franc_is_the_median_of_every_month(name: str, rate: float) -> None:
    """The rate of the title is the median of the dollar's months: no drift, no view."""
    plan = Plan(_read(name))
    _, inputs = plan.block(0, 1 << 14)
    months = [key for key in inputs if key.startswith("rates.chf_per_usd[2") and key[-4] == "-"]
    assert len(months) == 26
    for i, key in enumerate(months):
        sd = 0.0319 * np.sqrt(i + 1 / 3)
        error = 4 * rate * sd * np.sqrt(np.pi / 2 / (1 << 14))
        assert np.median(inputs[key]) == pytest.approx(rate, abs=error)


def test_the_shock_leaves_2008_and_lowers_every_rate_of_2009() -> None:
    """Draw by draw: the same 2008; of 2009 the days from 15 January on by 15 %."""
    calm, shock = (simulate(_read(n), draws=DRAWS) for n in ("base", "franc-shock"))
    for pair in ("usd", "eur", "dkk", "cad"):
        name = f"rate.chf_per_{pair}"
        assert np.array_equal(calm.get(name, "2008"), shock.get(name, "2008"))
        ratio = shock.get(name, "2009") / calm.get(name, "2009")
        assert ratio.min() > 0.85
        assert ratio.max() < 0.87


def test_donors_that_fall_short_bring_less_of_the_same_plan() -> None:
    """The plan stays 96 000.0 thousand; nothing under negotiation arrives; all others are 0.8."""
    base, short = (simulate(_read(n), draws=DRAWS) for n in ("base", "donor-shortfall"))
    for pledge in ("II-EUR-new", "II-GBP-new", "II-USD-new"):
        currency = pledge[3:6].lower()
        assert not short[f"xb_receipts_{currency}.{pledge}"].any()
    assert np.allclose(
        short["xb_receipts_sek.I-SEK"], 0.8 * base["xb_receipts_sek.I-SEK"], rtol=1e-9
    )
    assert np.array_equal(short["xb_receipts_chf.due-2007"], base["xb_receipts_chf.due-2007"])
    gap = 96_000_000 - short.get("xb_receipts_chf", PERIOD)
    assert np.allclose(short.get("xb_shortfall_chf", PERIOD), np.maximum(0, gap))


def test_a_freeze_and_an_award_move_every_draw_one_way() -> None:
    """Paired draws: a freeze lowers what the parents owe, an award raises it."""
    base = simulate(_read("base"), draws=DRAWS).get("contribution_chf.UN", PERIOD)
    freeze = simulate(_read("hiring-freeze"), draws=DRAWS).get("contribution_chf.UN", PERIOD)
    award = simulate(_read("salary-award"), draws=DRAWS).get("contribution_chf.UN", PERIOD)
    assert (freeze < base).all()
    assert (award > base).all()


def test_zero_nominal_growth_is_the_amount_granted_before() -> None:
    """At its centre 68 369.4 − 700.0 thousand CHF net, to the rounding of cells."""
    centre = Plan(_read("zero-nominal-growth")).central()
    assert centre.get("total_chf", PERIOD)[0] == pytest.approx(68_369_400, abs=200.5)
    assert centre.get("net_chf", PERIOD)[0] == pytest.approx(67_669_400, abs=200.5)


def test_approved_is_what_the_two_documents_say() -> None:
    """16 859 900 CHF a year for each parent, at the centre of the simulation too."""
    centre = Plan(_read("approved")).central()
    for parent in ("UN", "WTO"):
        for year in ("2008", "2009"):
            found = centre.get(f"contribution_chf.{parent}", year)[0]
            assert found == pytest.approx(16_859_900, abs=50)


def test_a_storm_is_its_three_parts_at_once() -> None:
    """Rates are those of the shock, receipts those of the shortfall at these rates."""
    storm, shock, short = (
        simulate(_read(n), draws=256) for n in ("perfect-storm", "franc-shock", "donor-shortfall")
    )
    assert np.array_equal(storm["rate.chf_per_usd"], shock["rate.chf_per_usd"])
    assert np.array_equal(storm["xb_receipts_sek.I-SEK"], short["xb_receipts_sek.I-SEK"])
