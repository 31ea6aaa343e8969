"""What a report says of a certain budget, and of answers that were kept beside a result."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from simulator.findings import Finding, Heading, Listing, Sentence
from simulator.runs.report import ReportOptions, report
from simulator.runs.run import write_run
from simulator.scenario.model import Scenario
from simulator.store.findings import keep
from simulator.store.result import read_run

SPACE = "\u00a0"


@pytest.fixture
def certain(small_dict: dict[str, Any], tmp_path: Path) -> Path:
    """A result of the small budget in which nothing is drawn."""
    for key in ("inflows", "windows", "pledges", "correlation", "inflation"):
        small_dict.pop(key)
    small_dict["posts"].pop()  # the one that outside money pays
    small_dict["exchange"] = {"law": "fixed", "at": "budget"}
    small_dict["income"]["rent"]["estimate"] = 20
    small_dict["categories"]["professional"] |= {"vacancy": 0.05, "standard_cost_error": 0}
    small_dict["categories"]["professional"].pop("inflation")
    small_dict["lines"]["travel"].pop("inflation")
    small_dict["lines"]["travel"].pop("price_error")
    folder = tmp_path / "small"
    write_run(Scenario.model_validate(small_dict), folder, draws=64, replicates=2)
    return folder


def text_of(folder: Path, lang: str = "en") -> str:
    """The report as text, with plain spaces."""
    out = report([str(folder)], ReportOptions(folder.with_suffix(f".{lang}.md"), lang, "md"))
    return out.read_text(encoding="utf-8").replace(SPACE, " ")


def test_a_certain_contribution_is_told_without_bands(certain: Path) -> None:
    """A third of the net of 3 172.7, by hand, in both currencies; nothing is likely about it."""
    text = text_of(certain)
    assert "The contribution of A for 2031-2032 is 1 175.1 thousand USD, whatever happens." in text
    assert "In EUR it is 1 057.6 thousand EUR, whatever happens." in text
    assert "most likely" not in text
    assert "nine times out of ten" not in text


def test_a_mean_that_is_the_proposal_is_said_to_be(certain: Path) -> None:
    """Neither more nor less, and never above it."""
    text = text_of(certain)
    assert (
        "It is above the proposal of 1 175.1 with a probability of 0.0 %; on average it equals "
        "the proposal."
    ) in text
    assert "than proposed" not in text


FINDING = Finding(
    "reserve",
    "kept",
    "What reserve is needed",
    (Sentence("The reserve is {reserve:money} of {who}.", {"reserve": (1_234_567.0, "USD"),
                                                            "who": "*A*"}),),
    (
        Listing(
            "cost",
            "What each per cent costs",
            (
                Heading("parent"),
                Heading("confidence", "share"),
                Heading("reserve", "amount", "USD"),
            ),
            (("A", 0.9, 1_234_567.891), ("B", None, -2500.0)),
            Sentence("Of {n:whole} draws.", {"n": 256}),
        ),
        Listing("bare", "Without a note", (Heading("month", "date"),), (("2031-02-01",),), None),
    ),
    "small",
    "",
    1000,
    1,
    (Sentence("It is not a forecast."),),
    {"confidence": 0.9},
)  # fmt: skip


def test_kept_answers_are_in_the_report(certain: Path) -> None:
    """Sentences with their figures, each table with its heads, rows and note, and the warnings."""
    its = read_run(certain).manifest.fingerprint
    keep(certain, dataclasses.replace(FINDING, fingerprint=its))
    text = text_of(certain)
    start = text.index("What reserve is needed")
    told = text[start:]
    assert "The reserve is 1 234.6 thousand USD of " in told
    for words in ("What each per cent costs", "Of 256 draws.", "Without a note", "2031-02-01"):
        assert words in told
    lines = [line for line in told.splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert ["A", "90.0 %", "1 234.6"] in rows
    assert ["B", "–", "−2.5"] in rows
    assert "It is not a forecast." in told
    assert ["A", "90,0 %", "1 234,6"] in [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text_of(certain, "fr").splitlines()
    ]
