"""`sim stress` from the command line."""

from __future__ import annotations

import json
from typing import Any

import pytest


def test_the_screen_says_how_each_driver_moves(sim: Any, small_file: str) -> None:
    """Odds, the movement in words, and tables."""
    said = sim("stress", small_file, "--such-that", "contribution_usd.A > 1.3e6")
    assert said.code == 0
    assert "draws have contribution_usd.A > 1 300 000" in " ".join(said.out.split())
    assert "of 512 draws" in said.out
    assert "rates.eur_per_usd averages" in said.out
    assert "the likeliest of all ways" in said.out


def test_one_json_object_the_same_each_time(sim: Any, small_file: str) -> None:
    """Settings and full digits; threads change nothing."""
    ask = ("stress", small_file, "--such-that", "contribution_usd.A > 1.3e6", "--json")
    once, again = sim(*ask, "--threads", "1"), sim(*ask, "--threads", "3")
    assert once.out == again.out
    found = json.loads(once.out)
    assert found["command"] == "stress"
    assert found["settings"]["draws"] == 512
    assert {one["name"] for one in found["listings"]} == {"moves", "years", "parts"}


def test_it_is_kept_beside_the_result_when_asked(sim: Any, small_file: str) -> None:
    """With --keep, and only then, workbook and report show it."""
    assert sim("run", small_file, "--quiet").code == 0
    ask = ("stress", "small", "--such-that", "contribution_usd.A > 1.3e6")
    assert "kept" not in sim(*ask).err
    assert "kept for the workbook and the report" in sim(*ask, "--keep").err


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("contribution_usd.A > 1e12", "no draw in 512 does; the farthest reached is"),
        ("p95(contribution_usd.A) > 1e6", "a stress is a state of the world, not a statistic"),
        ("contribution_usd.B > 1e6", "did you mean 'contribution_usd.A'?"),
        ("contribution_usd.A[2033] > 1e6", "a period of the scenario is wanted"),
        ("contribution_usd.A = 1e6", "one value exactly has no probability"),
        ("contribution_usd.A > many", "a number is wanted"),
    ],
)
def test_wrong_conditions_are_refused_in_words(
    sim: Any, small_file: str, condition: str, words: str
) -> None:
    """Exit code 2, nothing on stdout, no traceback."""
    said = sim("stress", small_file, "--such-that", condition)
    assert (said.code, said.out) == (2, "")
    assert words in said.err
    assert "Traceback" not in said.err
