"""Where `sim solve` looks, and which keys it cannot look at."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from simulator.errors import InputError, Problem
from simulator.runs.grid import Axis
from simulator.runs.solve import SolveAsk, bracket_of, frontier
from simulator.scenario.conditions import parse
from simulator.scenario.model import Scenario

CONDITION = parse("mean(contribution_usd.A) <= 1e6")
START = "rates.eur_per_usd.start"


def refused(scenario: Scenario, key: str, **ends: float) -> Problem:
    """Why there is no range to look in."""
    with pytest.raises(InputError) as caught:
        bracket_of(scenario, SolveAsk(key, CONDITION, **ends))
    (problem,) = caught.value.problems
    return problem


def test_a_range_is_around_the_value_unless_it_is_given(small: Scenario) -> None:
    """As far up as down, where every value makes a scenario; a given end stays."""
    low, high = bracket_of(small, SolveAsk(START, CONDITION))
    assert low < 0.92 < high
    assert low * high == pytest.approx(0.92**2)
    assert bracket_of(small, SolveAsk(START, CONDITION, low=0.9))[0] == 0.9
    assert bracket_of(small, SolveAsk(START, CONDITION, high=0.95))[1] == 0.95
    assert bracket_of(small, SolveAsk(START, CONDITION, 0.9, 0.95)) == (0.9, 0.95)


def test_without_a_value_a_range_has_to_be_given(small: Scenario) -> None:
    """A key that is absent has nothing around it."""
    key = "inflows.psc_balance"
    assert refused(small, key).remedy == "add --from A --to B"
    assert bracket_of(small, SolveAsk(key, CONDITION, 0.0, 10.0)) == (0.0, 10.0)


@pytest.mark.parametrize("ends", [(1.0, 1.0), (1.0, 0.9), (0.9, float("inf"))])
def test_a_range_goes_upwards(small: Scenario, ends: tuple[float, float]) -> None:
    """From a lower to a higher finite number."""
    problem = refused(small, START, low=ends[0], high=ends[1])
    assert problem.wanted == "a range from a lower to a higher number is wanted"


def test_words_and_counts_are_not_sought(small: Scenario) -> None:
    """A text has no middle, and half a post is none."""
    text = refused(small, "parents.A.policy", low=0.0, high=1.0)
    assert text.wanted == "a key that holds a number is wanted"
    whole = refused(small, "posts[1].posts", low=0.0, high=1.0)
    assert whole.wanted.startswith("a key that may hold any number is wanted")
    assert "sim sweep FILE --over " in whole.remedy + whole.value


@pytest.mark.parametrize("value", ["north", True])
def test_the_other_key_of_a_border_has_numbers(small: Scenario, value: Any) -> None:
    """A border is drawn between two numbers."""
    ask = SolveAsk(START, CONDITION, 0.9, 0.95)
    with pytest.raises(InputError) as caught:
        frontier(small, ask, Axis("title", (value, Decimal(1))), lambda _: None)
    (problem,) = caught.value.problems
    assert (problem.key, problem.wanted) == ("--pareto", "numbers are wanted")
