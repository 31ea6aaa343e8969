"""Explanations against the engine, and the arithmetic they print against a calculator."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from test_independent import BASE, EVERYTHING, HERE, SCENARIOS
from test_independent import POLICIES as OF_BASE

from simulator.budget.explain import explain, explained_outputs
from simulator.budget.inputs import final_stage
from simulator.budget.steps import Step
from simulator.engine import Plan
from simulator.render.explanation import formula
from simulator.scenario.model import Scenario
from simulator.scenario.read import read_scenario
from simulator.tables import Outcomes

FILES = [
    BASE,
    SCENARIOS / "franc-shock.toml",
    SCENARIOS / "examples" / "three-parents.toml",
    HERE / "everything.toml",
]

POLICIES = (
    "recosted",
    "budget_rate",
    {"kind": "forward", "cover": 0.4, "rates": {"2031": 0.91, "2032": 0.93}},
    {"kind": "split", "in_budget_currency": "1/3", "rest": "budget_rate"},
    {"kind": "split", "in_budget_currency": "1/4", "rest": "recosted"},
)


def draw_of(plan: Plan, number: int) -> dict[str, tuple[float, ...]]:
    """The values of one draw, by factor."""
    drawn = plan.draws(number, number + 1).values
    return {name: tuple(map(float, values[0])) for name, values in drawn.items()}


def allowed(step: Step, plan: Plan) -> float:
    """What rounding explains: of floats, and of amounts to the plan's grid."""
    money = step.unit.isalpha() and step.unit.isupper()
    return 1e-11 * max(1.0, step.magnitude) + (32 * plan.budget.grid if money else 0.0)


def on_a_calculator(step: Step) -> float:
    """The arithmetic as it is printed, typed in."""
    text = formula(step, lambda part: f"({float(part.value):.12g})")
    assert text.count("|") in (0, 2)
    text = re.sub(r"\|(.*)\|", r"abs(\1)", text.replace(" rounded half up to ", " @ "))
    text, _, quantum = text.partition(" @ ")
    for sign, python in (("×", "*"), ("÷", "/"), ("−", "-"), ("\u00a0", "")):
        text = text.replace(sign, python)
    value = float(eval(text, {"__builtins__": {}, "max": max, "abs": abs}))  # noqa: S307
    return round(value / float(quantum) + 1e-9) * float(quantum) if quantum else value


def compare(plan: Plan, found: Outcomes, draw: dict[str, tuple[float, ...]] | None) -> int:
    """Every column and period of one row is what its steps give; how many steps were seen."""
    last, seen = final_stage(plan.scenario), set[Step]()
    for column in found.columns:
        for period in found.periods:
            top = explain(plan.budget, draw, column.output, period, column.stage)
            for step in top.walk():
                name = step.output if column.stage == last else f"{step.output}@{column.stage}"
                if step.output and name in found.values:
                    wanted = float(found.get(name, step.period)[0])
                    assert abs(float(step.value) - wanted) <= allowed(step, plan), step.name
            assert top.output == column.output
            seen.update(top.walk())
    for step in seen:
        if step.tokens:
            size = max(1.0, step.magnitude)
            assert on_a_calculator(step) == pytest.approx(float(step.value), abs=1e-9 * size)
        else:
            assert step.key, step.name
    return len(seen)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_output_is_what_the_engine_makes(path: Path) -> None:
    """Outputs, periods and stages of three draws and the centre, to rounding; none is missing."""
    plan = Plan(read_scenario(path))
    assert set(explained_outputs(plan.budget)) == {column.output for column in plan.columns}
    assert compare(plan, plan.central(), None) > 50
    for number in range(3):
        compare(plan, plan.block(number, number + 1)[0], draw_of(plan, number))


@pytest.mark.parametrize("policy", POLICIES, ids=str)
def test_every_policy_is_explained(policy: object, varied: Callable[..., Scenario]) -> None:
    """Amounts owed, gains, balances and paid parts of each policy, at every stage."""
    plan = Plan(varied(**{"parents.A.policy": policy}))
    compare(plan, plan.central(), None)
    compare(plan, plan.block(5, 6)[0], draw_of(plan, 5))


@pytest.mark.parametrize(
    "law", [{"law": "fixed", "at": "start"}, {"law": "fixed", "at": "budget"},
            {"law": "path", "rates": {"eur_per_usd": {"2031": 0.95, "2032-12": 0.99}}}], ids=str
)  # fmt: skip
def test_rates_that_are_not_drawn_are_explained(
    law: object, varied: Callable[..., Scenario]
) -> None:
    """Rates at the start, at the budget rate, and given by month or year, with an event."""
    event = {"name": "fall", "date": "2032-02-10", "change": -0.1}
    plan = Plan(varied(exchange=law, events=[event]))
    compare(plan, plan.block(2, 3)[0], draw_of(plan, 2))


def both(path: Path) -> None:
    """The centre and a draw of a file."""
    plan = Plan(read_scenario(path))
    compare(plan, plan.central(), None)
    compare(plan, plan.block(1, 2)[0], draw_of(plan, 1))


@pytest.mark.parametrize("name", OF_BASE)
def test_every_policy_of_base_is_explained(name: str, tmp_path: Path) -> None:
    """The real budget under each policy in place of its own."""
    shutil.copytree(SCENARIOS / "itc", tmp_path / "itc")
    path = tmp_path / "base.toml"
    path.write_text(OF_BASE[name](BASE.read_text(encoding="utf-8")), encoding="utf-8")
    both(path)


@pytest.mark.parametrize("name", EVERYTHING)
def test_what_no_scenario_uses_is_explained_too(name: str, tmp_path: Path) -> None:
    """Observed months, pegs, events, every law of exchange, long delays, several posts lines."""
    text = (HERE / "everything.toml").read_text(encoding="utf-8")
    path = tmp_path / "everything.toml"
    path.write_text(EVERYTHING[name](text), encoding="utf-8")
    both(path)


def test_the_centre_is_the_same_at_every_stage() -> None:
    """In the central case nothing is known that was not expected."""
    plan = Plan(read_scenario(BASE)).budget
    tops = [
        explain(plan, None, "contribution_usd.UN", "2008", stage)
        for stage in ("initial", "first_performance", "second_performance")
    ]
    assert len({float(top.value) for top in tops}) == 1
