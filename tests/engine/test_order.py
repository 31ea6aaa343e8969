"""The order in which a file lists its tables and entries is no input: it changes no bit."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator.engine import Plan
from simulator.scenario.read import read_scenario, scenario_from_dict
from simulator.tables import Outcomes

ROOT = Path(__file__).resolve().parent.parent.parent
EVERYTHING = ROOT / "tests" / "independent" / "everything.toml"
DRAWS = 500

MEANT = ("years", "order", "leading", "between")
"""Lists whose order says something."""

Shuffle = Callable[[list[Any]], list[Any]]


def permuted(value: Any, shuffle: Shuffle, key: str = "") -> Any:
    """Every table and list in another order; values and their weights stay together."""
    if isinstance(value, dict):
        if {"values", "weights"} <= set(value):
            pairs = shuffle(list(zip(value["values"], value["weights"], strict=True)))
            value = {**value, "values": [v for v, _ in pairs], "weights": [w for _, w in pairs]}
            return {name: value[name] for name in shuffle(list(value))}
        return {name: permuted(value[name], shuffle, name) for name in shuffle(list(value))}
    if isinstance(value, list):
        entries = [permuted(one, shuffle) for one in value]
        return entries if key in MEANT else shuffle(entries)
    return value


def shuffled(seed: int) -> Shuffle:
    """A shuffle of its own for each seed."""
    chance = random.Random(seed)  # noqa: S311 - an order, not a secret

    def shuffle(entries: list[Any]) -> list[Any]:
        return chance.sample(entries, len(entries))

    return shuffle


def backwards(entries: list[Any]) -> list[Any]:
    """From the last to the first."""
    return entries[::-1]


SHUFFLES: dict[str, Shuffle] = {"backwards": backwards} | {
    f"shuffle {seed}": shuffled(seed) for seed in range(4)
}


def everything(*changes: tuple[str, str]) -> dict[str, Any]:
    """The scenario that uses everything, with passages replaced."""
    text = EVERYTHING.read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return tomllib.loads(text, parse_float=Decimal)


def moved(one: Outcomes, other: Outcomes) -> list[str]:
    """Columns that are not the same bits, or that one side lacks."""
    assert set(one) == set(other)
    return [name for name in one if not np.array_equal(one[name], other[name])]


def made(data: dict[str, Any]) -> tuple[Outcomes, dict[str, Any], Outcomes]:
    """Outcomes and inputs of the first draws, and the central case."""
    plan = Plan(scenario_from_dict(data))
    return *plan.block(0, DRAWS), plan.central()


EQUAL_SHARES = (
    ('share = "3/10"', 'share = "1/4"'),
    ("share = 0.2", "share = 0.25"),
)
EVENTS = (
    "[sampling]",
    "".join(
        f'[[events]]\nname = "{name}"\ndate = 2032-{month:02d}-11\nchange = {change}\n'
        for name, month, change in (("c", 3, -0.13), ("a", 7, 0.07), ("b", 7, 0.11))
    )
    + "[sampling]",
)


@pytest.mark.parametrize("order", SHUFFLES)
@pytest.mark.parametrize(
    "changes", [(), EQUAL_SHARES, (EVENTS,)], ids=["as it is", "equal shares", "events"]
)
def test_the_order_of_the_file_changes_no_bit(
    order: str, changes: tuple[tuple[str, str], ...]
) -> None:
    """Parents, lines, posts, pledges, exposures, weights, rates, laws: in any order the same."""
    data = everything(*changes)
    outcomes, inputs, centre = made(data)
    others, other_inputs, other_centre = made(permuted(data, SHUFFLES[order]))
    assert moved(outcomes, others) == []
    assert moved(centre, other_centre) == []
    assert set(inputs) == set(other_inputs)
    assert all(np.array_equal(inputs[name], other_inputs[name]) for name in inputs)


def test_shuffled_pledges_change_no_bit_of_the_base_budget(tmp_path: Path) -> None:
    """A spreadsheet of pledges that somebody sorted gives the same receipts."""
    text = (ROOT / "scenarios" / "base.toml").read_text(encoding="utf-8")
    lists = ROOT / "scenarios" / "itc"
    (tmp_path / "itc").mkdir()
    for path in lists.iterdir():
        header, *rows = path.read_text(encoding="utf-8").splitlines()
        if path.name == "pledges.csv":
            rows.sort(reverse=True)
        (tmp_path / "itc" / path.name).write_text("\n".join([header, *rows]), encoding="utf-8")
    (tmp_path / "base.toml").write_text(text, encoding="utf-8")
    one = Plan(read_scenario(ROOT / "scenarios" / "base.toml")).block(0, DRAWS)[0]
    assert moved(one, Plan(read_scenario(tmp_path / "base.toml")).block(0, DRAWS)[0]) == []
