"""The value of a key that gives what is asked: closed forms, brute force, and refusals."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator.analysis.measure import Measured
from simulator.engine import simulate
from simulator.errors import InputError
from simulator.runs.solve import SolveAsk, search, solve
from simulator.scenario.change import place_of, tables_of, with_value
from simulator.scenario.conditions import parse
from simulator.scenario.model import Scenario
from simulator.scenario.read import read_scenario, scenario_from_dict

ROOT = Path(__file__).resolve().parents[2]
START = "rates.eur_per_usd.start"
Varied = Callable[..., Scenario]


def nobody(_: int) -> None:
    """Hears, and tells nobody."""


def few(scenario: Scenario, draws: int = 2048) -> Scenario:
    """The same with few draws."""
    sampling = scenario.sampling.model_copy(update={"draws": draws, "replicates": 4})
    return scenario.model_copy(update={"sampling": sampling})


def test_the_budget_rate_for_thirty_million() -> None:
    """34 526 200 francs are 30 million dollars at 34 526 200 / 30 000 000, to six digits."""
    scenario = read_scenario(ROOT / "scenarios" / "base.toml")
    condition = parse("contribution_usd.UN@proposed = 30e6")
    found = solve(scenario, SolveAsk("rates.chf_per_usd.budget", condition), nobody)
    (answer,) = found.answers
    assert answer.at == pytest.approx(34_526_200 / 30_000_000, rel=1e-7)
    assert f"{answer.at:.6g}" == f"{34_526_200 / 30_000_000:.6g}"
    assert answer.error == 0


@pytest.mark.parametrize("statistic", ["p90", "mean", "es90"])
def test_a_grid_comes_to_the_same(small: Scenario, statistic: str) -> None:
    """Brute force over a fine grid, another way through the engine, within the stated error."""
    scenario = few(small)
    tables = tables_of(scenario)
    place = place_of(tables, START)

    def at(rate: float) -> float:
        from decimal import Decimal

        other = scenario_from_dict(with_value(tables, place, Decimal(repr(rate))))
        drawn = simulate(few(other))["contribution_usd.A"][:, -1]
        if statistic == "mean":
            return float(drawn.mean())
        if statistic == "p90":
            return float(np.quantile(drawn, 0.9))
        ordered = np.sort(drawn)[::-1]
        count = 0.1 * len(drawn)
        rest = (count - int(count)) * ordered[int(count)]
        return float((ordered[: int(count)].sum() + rest) / count)

    condition = parse(f"{statistic}(contribution_usd.A) <= {0.97 * at(0.92):.0f}")
    ask = SolveAsk(START, condition, 0.8, 1.04)
    (answer,) = solve(scenario, ask, nobody).answers
    grid = np.linspace(0.8, 1.04, 25)
    holds = [at(float(rate)) <= condition.bound for rate in grid]
    first = holds.index(True)
    assert all(holds[first:])
    assert grid[first - 1] - answer.error <= answer.at <= grid[first] + answer.error
    assert 0 < answer.error < 0.05
    assert not answer.rising


def test_every_crossing_is_found() -> None:
    """A parabola crosses twice, once falling and once rising; errors follow from its slope."""
    found = search(lambda x: Measured((x - 2) ** 2, 0.1), 1.0, 0.0, 5.0)
    assert [one.at for one in found.answers] == pytest.approx([1.0, 3.0], rel=1e-8)
    assert [one.rising for one in found.answers] == [False, True]
    assert [one.error for one in found.answers] == pytest.approx([0.05, 0.05], rel=1e-6)


def test_an_answer_on_a_point_of_the_scan_is_one_answer() -> None:
    """Also at both ends."""
    for bound, wanted in ((0.0, [0.0]), (4.0, [4.0]), (2.0, [2.0])):
        found = search(lambda x: Measured(x, math.nan), bound, 0.0, 4.0)
        assert [one.at for one in found.answers] == pytest.approx(wanted)


def test_no_value_does(small: Scenario) -> None:
    """It is said, and nothing is made up."""
    ask = SolveAsk(START, parse("p90(contribution_usd.A) <= 1"), 0.8, 1.04)
    assert solve(few(small, 512), ask, nobody).answers == ()


@pytest.mark.parametrize(
    ("key", "condition", "words"),
    [
        ("rates.eur_per_usd.strat", "mean(contribution_usd.A) = 1", "did you mean"),
        ("exchange.law", "mean(contribution_usd.A) = 1", "holds a number"),
        ("parents.A.policy", "mean(contribution_usd.A) = 1", "holds a number"),
        ("sampling.seed", "mean(contribution_usd.A) = 1", "may differ"),
        (START, "mean(contribution_usd.B) = 1", "an output is wanted"),
        (START, "mean(contribution_usd.A[2040]) = 1", "a period of the scenario"),
        (START, "contribution_usd.A <= 1", "a statistic of the output"),
        (START, "mean(contribution_usd.A@proposed) = 1", "no statistic of it"),
        (START, "contribution_eur.C@proposed = 1", "an output is wanted"),
    ],
)
def test_what_cannot_be_sought_is_refused(
    small: Scenario, key: str, condition: str, words: str
) -> None:
    """Before anything is simulated."""
    calls: list[int] = []
    with pytest.raises(InputError, match=words):
        solve(few(small, 64), SolveAsk(key, parse(condition)), calls.append)
    assert calls == []


@pytest.mark.parametrize(
    ("low", "high"), [(1.0, 1.0), (1.2, 0.8), (math.nan, 1.0), (0.8, math.inf)]
)
def test_a_range_that_is_none_is_refused(small: Scenario, low: float, high: float) -> None:
    """From a lower number to a higher one."""
    ask = SolveAsk(START, parse("mean(contribution_usd.A) = 1"), low, high)
    with pytest.raises(InputError, match="from a lower to a higher"):
        solve(few(small, 64), ask, nobody)


def test_a_value_that_makes_no_scenario_is_refused(small: Scenario) -> None:
    """With the option, the key and the value."""
    ask = SolveAsk("inflows.psc_rate", parse("mean(psc_income_eur) = 1"), 0.1, 1.7)
    with pytest.raises(InputError, match="--for") as caught:
        solve(few(small, 64), ask, nobody)
    assert "1.7" in str(caught.value)


def test_the_command_says_it(sim: Any, small_file: str) -> None:
    """In words, as JSON, kept for the report; exit code 1 when no value does."""
    assert sim("run", small_file, "--quiet").code == 0
    arguments = ("solve", small_file, "--for", START, "--such-that")
    said = sim(*arguments, "mean(contribution_usd.A) >= 1", "--draws", "64")
    assert said.code == 0
    assert "Every value of rates.eur_per_usd.start" in " ".join(said.out.split())
    said = sim(*arguments, "mean(contribution_usd.A) <= 1", "--draws", "64")
    assert said.code == 1
    assert "No value of rates.eur_per_usd.start" in " ".join(said.out.split())
    said = sim(*arguments, "mean(psc_income_eur) >= 0", "--json", "--keep")
    document = json.loads(said.out)
    assert document["command"] == "solve"
    assert len(document["listings"][0]["rows"]) == 9
    assert Path("results/small.findings").is_dir()
    said = sim(*arguments, "mean(contribution_usd.A) <= 600", "--pareto",
               "inflows.psc_rate=0.1,0.2", "--draws", "64")  # fmt: skip
    assert "Pairs on the border" in said.out
