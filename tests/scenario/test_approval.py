"""Approvals: who, when, until when, of a number or of the entry around it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from simulator.scenario.approval import standing
from simulator.scenario.fingerprint import fingerprint, to_toml
from simulator.scenario.model import Scenario

Varied = Callable[..., Scenario]
DAY = dt.date(2031, 6, 30)
ASSUMED = {"value": 0.13, "assumption": True}


def statuses(scenario: Scenario, day: dt.date = DAY) -> dict[str, str]:
    """Status of each statement by key."""
    found = standing(scenario, day)
    return {one.key: one.status(day) for one in found.statements}


@pytest.mark.parametrize(
    ("given", "status", "words"),
    [
        ({}, "draft", "a draft: nobody has approved it"),
        (
            {"approved_by": "Committee", "approved_on": "2031-06-30"},
            "approved",
            "approved by Committee on 2031-06-30",
        ),
        (
            {"approved_by": "Committee", "approved_on": "2031-07-01"},
            "draft",
            "a draft: approved only on 2031-07-01",
        ),
        (
            {"approved_by": "C", "approved_on": "2031-01-01", "expires": "2031-06-30"},
            "approved",
            "approved by C on 2031-01-01 until 2031-06-30",
        ),
        (
            {"approved_by": "C", "approved_on": "2031-01-01", "expires": "2031-06-29"},
            "expired",
            "expired on 2031-06-29",
        ),
        ({"expires": "2031-06-29"}, "expired", "expired on 2031-06-29"),
        ({"expires": "2031-06-30"}, "draft", "a draft: nobody has approved it"),
    ],
)
def test_an_assumption_stands_as_the_day_says(
    varied: Varied, given: dict[str, Any], status: str, words: str
) -> None:
    """The day of the approval and the last day both count."""
    scenario = varied(**{"inflows.psc_rate": {**ASSUMED, **given}})
    found = {one.key: one for one in standing(scenario, DAY).statements}
    assert found["inflows.psc_rate"].status(DAY) == status
    assert found["inflows.psc_rate"].in_words(DAY) == words


def test_a_number_with_a_source_counts_where_it_expires(varied: Varied) -> None:
    """A rate that is good for a year only is expired after it, without being an assumption."""
    plain = varied(**{"inflows.psc_rate": {"value": 0.13, "source": "manual"}})
    assert "inflows.psc_rate" not in statuses(plain)
    dated = {"value": 0.13, "source": "manual", "expires": "2030-12-31"}
    assert statuses(varied(**{"inflows.psc_rate": dated}))["inflows.psc_rate"] == "expired"


def test_an_entry_answers_for_its_numbers(varied: Varied) -> None:
    """What a pledge's approval covers, unless a number has its own."""
    entry = {
        "pledges.0.assumption": True,
        "pledges.0.approved_by": "Committee",
        "pledges.0.approved_on": "2031-01-01",
        "pledges.0.probability": {"value": 0.8, "assumption": True},
        "pledges.0.delay_months": {"value": 1, "assumption": True, "expires": "2031-03-01"},
    }
    found = statuses(varied(**entry))
    assert found == {
        "pledges.one": "approved",
        "pledges.one.probability": "approved",
        "pledges.one.delay_months": "expired",
    }


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"approved_by": "C"}, "wanted together"),
        ({"approved_on": "2031-01-01"}, "wanted together"),
        ({"approved_by": "", "approved_on": "2031-01-01"}, "at least 1 character"),
        (
            {"approved_by": "C", "approved_on": "2031-01-02", "expires": "2031-01-01"},
            "before it was approved",
        ),
    ],
)
def test_half_an_approval_is_refused(varied: Varied, given: dict[str, Any], says: str) -> None:
    """Nobody, no day, or an end before the beginning."""
    with pytest.raises(ValidationError, match=says):
        varied(**{"inflows.psc_rate": {**ASSUMED, **given}})


def test_an_approval_is_part_of_the_scenario(varied: Varied) -> None:
    """It survives being written, and a result of another approval is another result."""
    draft = varied(**{"inflows.psc_rate": ASSUMED})
    approval = {"approved_by": "C", "approved_on": "2031-01-01", "expires": "2031-12-31"}
    approved = varied(**{"inflows.psc_rate": {**ASSUMED, **approval}})
    assert fingerprint(draft) != fingerprint(approved)
    assert 'approved_by = "C"' in to_toml(approved)
    counts = standing(approved, DAY).in_words
    assert counts == "1 assumptions: 1 approved, 0 drafts, 0 expired on 2031-06-30"
