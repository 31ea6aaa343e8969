"""An answer to show, and results beside which it is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.findings import Finding, Heading, Listing, Sentence
from simulator.runs.run import write_run
from simulator.scenario.read import read_scenario
from simulator.store.result import Run, read_run

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="session")
def kept_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A small result of the scenario that the project ships."""
    folder = tmp_path_factory.mktemp("findings") / "base"
    write_run(read_scenario(ROOT / "scenarios/base.toml"), folder, draws=256, replicates=2)
    return read_run(folder)


@pytest.fixture
def answer(kept_run: Run) -> Finding:
    """A finding with a value of every kind."""
    sentence = Sentence(
        "The reserve is {reserve:money} ({part:share} of the net) at {rate:rate}, {n:whole} of "
        "{size:figure}, on {day:date}, for {who}.",
        {
            "reserve": (1_234_567.0, "USD"),
            "part": 0.125,
            "rate": 1.20456,
            "n": 12_345,
            "size": 0.000123456789,
            "day": "2007-10-31",
            "who": "=1+1",
        },
    )
    listing = Listing(
        "cost",
        "What each per cent costs",
        (
            Heading("parent"),
            Heading("confidence", "share"),
            Heading("reserve", "amount", "USD"),
            Heading("rate", "rate"),
            Heading("month", "figure", "month"),
            Heading("draws", "whole"),
        ),
        (("UN", 0.9, 1_234_567.891, 1.20456, 13.5, 9), ("WTO", None, -2.5, None, 1e-7, None)),
        Sentence("Of {n:whole} draws.", {"n": 256}),
    )
    return Finding(
        "reserve",
        "",
        "What reserve is needed",
        (sentence,),
        (listing,),
        kept_run.manifest.scenario,
        kept_run.manifest.fingerprint,
        1000,
        1,
        (Sentence("It is not a forecast."),),
        {"confidence": 0.9},
    )
