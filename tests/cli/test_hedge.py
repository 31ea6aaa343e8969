"""`sim hedge` from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulator.scenario.fingerprint import to_toml
from simulator.scenario.model import Scenario

INTEREST = {
    "home": {"value": 0.02, "source": "a bank"},
    "abroad": {"value": 0.05, "source": "another"},
    "half_spread": {"value": 0.001, "assumption": True},
}


@pytest.fixture
def priced(sim: Any, tmp_path: Path, varied: Callable[..., Scenario]) -> str:
    """The small budget with interest in both currencies."""
    scenario = varied(**{"rates.eur_per_usd.interest": INTEREST})
    (tmp_path / "priced.toml").write_text(to_toml(scenario), encoding="utf-8")
    return "priced.toml"


def test_the_screen_says_what_cover_does_and_does_not(sim: Any, priced: str) -> None:
    """Sentences, a row a ratio, and three warnings at least."""
    said = sim("hedge", priced, "--cover", "0:1:0.5")
    words = " ".join(said.out.split())
    assert said.code == 0
    for part in (
        "changes: contribution_usd.A, 2031-2032", "At 2 % interest a year at home and 5 % abroad",
        "Covering 100.0 % moves the mean by", "at a half spread of 0.1 % of the rate",
        "not the whole budget", "Cover does not replace recosting",
        "A budget rate is not a forward rate", "interest.half_spread. A bank's forward",
    ):  # fmt: skip
        assert part in words


def test_json_has_every_ratio_and_the_forwards(sim: Any, priced: str) -> None:
    """Tenors are months; with 12 and 24 the forwards are powers of one ratio."""
    said = sim("hedge", priced, "--cover", "0,0.25,1", "--tenor", "12,24", "--json")
    found = json.loads(said.out)
    ratios, forwards = found["listings"]
    assert [row[0] for row in ratios["rows"]] == [0.0, 0.25, 1.0]
    assert [row[2] for row in forwards["rows"]] == pytest.approx(
        [0.92 * 1.02 / 1.05, 0.92 * (1.02 / 1.05) ** 2]
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--cover", "1.3"], "ratios from 0 to 1 are wanted"),
        (["--cover", "0:1.3:0.1"], "ratios from 0 to 1 are wanted"),
        (["--cover", "half"], "write 0:1:0.1 or 0,0.5,1"),
        (["--cover", "0:1:0.001"], "take larger steps"),
        (["--tenor", "12"], "one for each of 2031, 2032"),
        (["--parent", "C"], "a parent is wanted"),
        (["--parent", "B"], "known: A"),
    ],
)
def test_wrong_use_ends_in_words(sim: Any, priced: str, options: list[str], words: str) -> None:
    """Exit code 2, nothing on stdout."""
    said = sim("hedge", priced, *options)
    assert (said.code, said.out) == (2, "")
    assert words in said.err


def test_no_forward_rate_is_invented(sim: Any, small_file: str) -> None:
    """Without interest the answer is the key to add."""
    said = sim("hedge", small_file)
    assert said.code == 2
    assert "none is invented" in said.err
    assert "add [rates.eur_per_usd.interest]" in said.err


def test_interest_wants_a_source(sim: Any, tmp_path: Path, varied: Callable[..., Scenario]) -> None:
    """A bare number is neither a quote nor a declared assumption."""
    scenario = varied(**{"rates.eur_per_usd.interest": {"home": 0.02, "abroad": 0.05}})
    (tmp_path / "bare.toml").write_text(to_toml(scenario), encoding="utf-8")
    said = sim("hedge", "bare.toml")
    assert said.code == 2
    assert said.err.count("interest with a source is wanted") == 2


def test_percent_written_as_a_number_is_refused(sim: Any, priced: str) -> None:
    """2.75 is 275 %."""
    before = Path(priced).read_text(encoding="utf-8")
    start = before.index("interest")
    mended = before[:start] + before[start:].replace("0.02", "2.75", 1)
    Path(priced).write_text(mended, encoding="utf-8")
    said = sim("hedge", priced)
    assert said.code == 2
    assert "as a fraction (0.0275 is 2.75 %)" in said.err
