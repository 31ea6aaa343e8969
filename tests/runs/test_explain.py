"""An explanation says what the engine computed, in arithmetic that a pocket calculator repeats."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simulator.budget.explain import explain
from simulator.budget.published import PROPOSED
from simulator.engine import Plan, simulate
from simulator.errors import CheckFailed, InputError
from simulator.render.explanation import formula
from simulator.runs.explain import Question, explain_file, explain_result
from simulator.runs.run import write_run
from simulator.runs.thresholds import proposed_of
from simulator.scenario.model import Scenario
from simulator.scenario.read import read_scenario

ROOT = Path(__file__).resolve().parents[2]
BASE = ROOT / "scenarios" / "base.toml"
FILES = [
    BASE,
    ROOT / "scenarios" / "franc-shock.toml",
    ROOT / "scenarios" / "examples" / "three-parents.toml",
    ROOT / "tests" / "independent" / "everything.toml",
]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_published_contribution_is_explained_exactly(path: Path) -> None:
    """In both currencies, by year and period, every cell on the way is the page's own."""
    scenario = read_scenario(path)
    plan = Plan(scenario)
    for one in proposed_of(scenario):
        top = explain(plan.budget, None, one.output, one.period, PROPOSED)
        assert float(top.value) == one.amount
        for step in top.walk():
            if step.cell[0]:
                assert step.value == plan.budget.published.cell(*step.cell)


def test_the_stated_contribution_walks_back_to_the_document() -> None:
    """28 771 800 stands on 52 266.7 + 311.5, 1.013629, 700, 470 and 1.20, with their paragraphs."""
    found = explain_file(BASE, Question("contribution_usd.UN", stage=PROPOSED))
    steps = list(found.step.walk())
    assert found.step.value == 28_771_800
    sources = {step.key: (float(step.value), step.source) for step in steps if step.key}
    assert sources["lines.posts.appropriation"] == (52266.7, "table 13.2")
    assert sources["lines.posts.recosting.2008"][0] == 1.013629
    assert sources["lines.posts.recosting.2008"][1].startswith("implied by table 13.2")
    assert sources["income.miscellaneous.appropriation"] == (470.0, "table 13.2 and 13.16")
    assert sources["income.miscellaneous.estimate"][0] == 700
    assert sources["rates.chf_per_usd.budget"] == (1.2, "13.15")
    arithmetic = {formula(s, lambda part: f"{float(part.value):.12g}") for s in steps if s.tokens}
    assert "(52266.7 + 311.5) ÷ 2" in arithmetic
    assert "152.2 + 159.3" in arithmetic
    assert "17196.1 + 17330.1" in arithmetic
    assert "(34526.2 × 1000 ÷ 1.2) rounded half up to 100" in arithmetic
    items = [step for step in steps if step.key.startswith("lines.posts.growth")]
    assert [item.source.partition(";")[0] for item in items] == ["13.13", "13.13"]
    assert found.places["lines.posts.appropriation"].startswith("base.toml:")
    found.insist()


def test_a_percentile_names_the_nearest_draw(small: Scenario, tmp_path: Path) -> None:
    """`p95` is the draw whose number lies nearest to that percentile, in a result and a file."""
    write_run(small, tmp_path / "small")
    values = simulate(small).get("contribution_usd.A", "2031-2032")
    nearest = int(np.argmin(np.abs(values - np.percentile(values, 95))))
    question = Question("contribution_usd.A", at="p95")
    found = explain_result(tmp_path / "small", question)
    again = explain_file(tmp_path / "small" / "scenario.toml", question)
    assert found.draw == again.draw == nearest
    assert f"draw {nearest}" in found.case
    assert found.stored[found.step] == again.stored[again.step] == values[nearest]
    assert found.broken == ()


def test_a_stage_of_a_stored_draw_is_checked(small: Scenario, tmp_path: Path) -> None:
    """At an earlier stage the columns of that stage are what the steps are held against."""
    write_run(small, tmp_path / "small")
    question = Question("contribution_usd.A", "2032", "first_performance", draw=7)
    found = explain_result(tmp_path / "small", question)
    wanted = simulate(small).get("contribution_usd.A@first_performance", "2032")[7]
    assert found.stored[found.step] == wanted
    assert len(found.stored) > 1
    found.insist()


def test_drawn_inputs_are_those_stored(small: Scenario, tmp_path: Path) -> None:
    """Every drawn number of an explanation is compared with the inputs that the run stored."""
    write_run(small, tmp_path / "small")
    result = explain_result(tmp_path / "small", Question("contribution_usd.A", draw=11))
    file = explain_file(tmp_path / "small" / "scenario.toml", Question("net_eur", draw=11))
    for found in (result, file):
        names = {step.drawn for step in found.stored if step.drawn}
        assert {step.drawn for step in found.step.walk() if step.drawn} == names
        assert {"income.rent", "inflation.euro[2032]", "categories.professional.vacancy[2031]",
                "rates.eur_per_usd[2032-12]"} <= names  # fmt: skip
        found.insist()


def test_another_number_than_the_stored_one_is_refused(small: Scenario, tmp_path: Path) -> None:
    """A result that was made otherwise fails the check, and the numbers are named."""
    write_run(small, tmp_path / "small")
    found = explain_result(tmp_path / "small", Question("net_eur", draw=3))
    found.stored[found.step] += 0.01  # type: ignore[index]
    with pytest.raises(CheckFailed, match="net_eur 2031-2032: the steps give"):
        found.insist()


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (Question("contribution_usd.AA"), "did you mean 'contribution_usd.A'"),
        (Question("net_eur", period="2033"), "known: 2031, 2032, 2031-2032"),
        (Question("net_eur", stage="initial"), "known: second_performance"),
        (Question("contribution_usd.A", stage="first"), "known: proposed, initial, first"),
        (Question("net_eur", draw=512), "a draw from 0 to 511 is wanted"),
        (Question("net_eur", draw=-1), "a draw from 0 to 511 is wanted"),
        (Question("net_eur", at="p101"), "central or a percentile"),
        (Question("net_eur", draw=1, at="p5"), "either --draw or --at"),
        (Question("contribution_usd.A", stage=PROPOSED, draw=1), "has no draws"),
    ],
    ids=str,
)
def test_what_is_not_there_is_refused(question: Question, words: str, small_file: Path) -> None:
    """Unknown outputs, periods, stages and draws, each with what is known."""
    with pytest.raises(InputError) as caught:
        explain_file(small_file, question)
    assert words in str(caught.value)


def test_a_damaged_result_is_not_explained(small: Scenario, tmp_path: Path) -> None:
    """No result, a file with one byte flipped, a file that is gone: words and no traceback."""
    folder, question = tmp_path / "small", Question("net_eur", draw=1)
    with pytest.raises(InputError, match="a result folder is wanted"):
        explain_result(folder, question)
    write_run(small, folder)
    draws = folder / "draws.parquet"
    data = bytearray(draws.read_bytes())
    data[len(data) // 2] ^= 1
    draws.write_bytes(data)
    with pytest.raises(InputError, match="checksum"):
        explain_result(folder, question)
    draws.unlink()
    with pytest.raises(InputError, match="missing"):
        explain_result(folder, question)


def test_inputs_stand_where_they_are_said_to_stand() -> None:
    """The line that is named of a key has the key's last part in it, in the file that is named."""
    found = explain_file(BASE, Question("contribution_usd.UN"))
    for key, place in found.places.items():
        name, _, line = place.partition(":")
        if line and name == "base.toml" and ".growth." not in key:
            lines = BASE.read_text(encoding="utf-8").splitlines()
            near = lines[int(line) - 1 : int(line)]
            assert any(key.rpartition(".")[2] in one for one in near), (key, place, near)
