"""Approvals on the day of a run: the one place where they meet the clock."""

from __future__ import annotations

import datetime as dt

from simulator.errors import CheckFailed, Problem
from simulator.scenario.approval import Standing, standing
from simulator.scenario.layers import Layers
from simulator.scenario.model import Scenario

REMEDY = "    → have them approved: approved_by, approved_on and, if it ends, expires"


def standing_today(scenario: Scenario) -> Standing:
    """How every assumption stands today."""
    return standing(scenario, dt.datetime.now(dt.UTC).date())


def insist(found: Standing, layers: Layers) -> None:
    """Raise CheckFailed, with the place of each, when an assumption is a draft or expired."""
    wrong = [one for one in found.statements if one.status(found.day) != "approved"]
    if not wrong:
        return
    lines = [str(layers.place(Problem(one.in_words(found.day), key=one.key))) for one in wrong]
    head = f"{len(wrong)} of {len(found.statements)} assumptions are not approved"
    raise CheckFailed("\n".join([head, *lines, REMEDY]))
