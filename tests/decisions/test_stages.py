"""Stages: fans that narrow, and shares of drivers that add up in every draw."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from simulator.engine import Plan, simulate
from simulator.engine.moving import coalitions, moving_groups
from simulator.runs.stages import staged, stages_finding
from simulator.runs.thresholds import proposed_of
from simulator.scenario.model import Scenario


@pytest.fixture
def few(small: Scenario) -> Scenario:
    """The small budget with few draws."""
    sampling = small.sampling.model_copy(update={"draws": 1024, "replicates": 4})
    return small.model_copy(update={"sampling": sampling})


def test_all_groups_together_are_the_run_and_none_is_the_centre(few: Scenario) -> None:
    """To the bit, in one thread and in three."""
    plan = Plan(few)
    groups = moving_groups(few)
    names = ["contribution_usd.A", "contribution_usd.A@initial"]
    found = coalitions(plan, list(groups.values()), names, "2031-2032")
    again = coalitions(plan, list(groups.values()), names, "2031-2032", threads=3)
    outcome = simulate(few)
    for name in names:
        assert np.array_equal(found[name][-1], outcome[name][:, -1])
        assert np.array_equal(found[name], again[name])
    centre = plan.central()["contribution_usd.A"][0, -1]
    assert np.all(found["contribution_usd.A"][0] == found["contribution_usd.A"][0, 0])
    assert found["contribution_usd.A"][0, 0] == pytest.approx(centre, rel=1e-12)


def test_shares_add_up_in_every_draw(few: Scenario) -> None:
    """Proposal, rest and the shares of drivers make the estimate, at every stage."""
    drivers, found = staged(few)
    assert drivers == list(moving_groups(few))
    for one in found:
        proposed = next(
            p.amount
            for p in proposed_of(few)
            if (p.parent, p.currency, p.period) == (one.parent, one.currency, "2031-2032")
        )
        assert one.proposed == proposed
        for stage in one.stages:
            together = one.proposed + stage.rest + stage.shares.sum(axis=0)
            assert together == pytest.approx(stage.estimate, rel=1e-9)


def test_what_is_open_narrows_to_nothing(few: Scenario) -> None:
    """From stage to stage, for every parent; at the last one nothing is open."""
    _, found = staged(few)
    for one in found:
        before = np.std(one.stages[-1].estimate)
        spreads = [float(np.std(stage.open)) for stage in one.stages]
        assert spreads == sorted(spreads, reverse=True)
        assert spreads[0] <= before * (1 + 1e-9)
        assert not one.stages[-1].open.any()


def test_what_does_not_move_has_no_share(few: Scenario) -> None:
    """Inflows do not change what parents owe; the exchange does not move the budget's own parent
    before anything is converted."""
    drivers, found = staged(few)
    place = drivers.index("inflows")
    for one in found:
        assert not one.stages[-1].shares[place].any()


def test_the_command_says_it(sim: Any, small_file: str) -> None:
    """In words and as JSON; the rows of a table add up as printed values do."""
    said = sim("stages", small_file, "--draws", "512")
    assert said.code == 0
    assert "What is still to come after each stage" in said.out
    document = json.loads(sim("stages", small_file, "--draws", "512", "--json").out)
    changes = next(one for one in document["listings"] if one["name"] == "change-A")
    *parts, total = changes["rows"]
    for column in range(1, len(total) - 3):
        assert sum(row[column] for row in parts) == pytest.approx(total[column], rel=1e-9, abs=1e-6)
    assert sim("stages", small_file, "--json", "--keep", "--draws", "512").code == 0


def test_a_finding_is_made(few: Scenario) -> None:
    """With three tables for each parent."""
    drivers, found = staged(few)
    finding = stages_finding(few, drivers, found)
    assert len(finding.listings) == 3 * len(few.parents)


@pytest.mark.parametrize(
    "command",
    [
        ("sensitivity", "small"),
        ("stages", "small.toml", "--draws", "256"),
        ("solve", "small", "--for", "inflows.psc_rate", "--such-that", "mean(net_eur) > 0"),
    ],
)
def test_an_answer_of_fewer_draws_is_kept(
    sim: Any, small_file: str, command: tuple[str, ...]
) -> None:
    """It is about the same scenario; without a result of it, that it is not kept is said."""
    assert "not kept" in sim(*command[:1], small_file, *command[2:], "--keep").err
    assert sim("run", small_file, "--quiet").code == 0
    assert "kept for the workbook" in sim(*command, "--keep").err
