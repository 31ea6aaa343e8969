"""One value set by its dotted key, against the same change written by hand."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from simulator.errors import InputError
from simulator.scenario.change import place_of, tables_of, value_of, with_value
from simulator.scenario.model import Scenario
from simulator.scenario.places import key_text
from simulator.scenario.read import read_scenario, scenario_from_dict

Varied = Callable[..., Scenario]
BASE = Path(__file__).resolve().parents[2] / "scenarios" / "base.toml"


def changed(scenario: Scenario, key: str, value: Any) -> Scenario:
    """The scenario with one key set."""
    tables = tables_of(scenario)
    return scenario_from_dict(with_value(tables, place_of(tables, key), value))


CASES = [
    ("rates.eur_per_usd.start", Decimal("0.88"), {}),
    ("rates.eur_per_usd.start.value", Decimal("0.88"), {"rates.eur_per_usd.start": 0.88}),
    ("lines.staff.recosting.2031", Decimal("1.04"), {}),
    ("pledges.one.probability", Decimal("0.3"), {"pledges.0.probability": 0.3}),
    ("pledges[1].probability", Decimal("0.3"), {"pledges.0.probability": 0.3}),
    ("posts.Here / RB / P2.posts", 11, {"posts.0.posts": 11}),
    ("income.rent.estimate", 25, {}),
    ("income.rent.estimate.pert.mode", 25, {}),
    ("categories.professional.vacancy", Decimal("0.07"), {}),
    ("inflows.regions.South", Decimal("0.5"), {}),
    ("inflows.regions.\"South\"", Decimal("0.5"), {"inflows.regions.South": 0.5}),
    ("parents.A.policy", "budget_rate", {}),
    ("exchange.volatility.eur_per_usd", Decimal("0.05"), {}),
    ("exchange", "fixed", {}),
    ("known_on", dt.date(2030, 11, 30), {}),
    ("budget.unit", 1, {}),
]  # fmt: skip


@pytest.mark.parametrize(("key", "value", "by_hand"), CASES, ids=[case[0] for case in CASES])
def test_a_key_means_what_it_says(
    varied: Varied, key: str, value: Any, by_hand: dict[str, Any]
) -> None:
    """The scenario is the one that is made with that value in its place from the start."""
    assert changed(varied(), key, value) == varied(**(by_hand or {key: value}))


def test_a_key_that_is_not_written_has_its_place(varied: Varied) -> None:
    """Defaults and numbers left out can be set: they are keys of the scenario as well."""
    found = changed(varied(), "inflation.euro.degrees_of_freedom", 5)
    assert found.inflation["euro"].degrees_of_freedom == 5
    assert changed(varied(), "sampling.draws", 64).sampling.draws == 64


def test_the_given_tables_stay_as_they_are(small: Scenario) -> None:
    """Points of a grid start from the same tables, so none may change them."""
    tables = tables_of(small)
    before = copy.deepcopy(tables)
    for key, value, _ in CASES:
        with_value(tables, place_of(tables, key), value)
    assert tables == before


def numbers_of(node: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of every number inside raw tables, those of laws included."""
    if isinstance(node, dict):
        for name, below in node.items():
            yield from numbers_of(below, (*path, name))
    elif isinstance(node, list) and any(isinstance(one, dict) for one in node):
        for index, below in enumerate(node):
            yield from numbers_of(below, (*path, index))
    elif isinstance(node, int | Decimal) and not isinstance(node, bool):
        yield path


def test_every_number_of_a_real_budget_has_a_key() -> None:
    """Hundreds of keys as messages write them; a number set to itself changes only its source."""
    scenario = read_scenario(BASE).model_copy(update={"published": ()})
    tables = tables_of(scenario)
    left_out = ("schema_version", "figures")  # names there are longer than a message shows
    paths = [path for path in numbers_of(tables) if path[0] not in left_out]
    assert len(paths) > 300
    for path in paths:
        place = place_of(tables, key_text(path))
        kept = path if path[-1] != "value" else path[:-1]
        assert place.path == kept, path
        value: Any = tables
        for part in path:
            value = value[part]
        same = with_value(tables, place, value)
        found: Any = same
        for part in place.path:
            found = found[part]
        assert found == value
    assert scenario_from_dict(same) == scenario_from_dict(tables)


def test_a_number_that_is_set_has_no_source_of_the_old_one() -> None:
    """The printed 52 266.7 has a source; what is put in its place, or around it, has none."""
    scenario = read_scenario(BASE).model_copy(update={"published": ()})
    assert scenario.lines["posts"].appropriation.source  # type: ignore[union-attr]
    found = changed(scenario, "lines.posts.appropriation", Decimal("52266.7"))
    assert found.lines["posts"].appropriation.source is None  # type: ignore[union-attr]
    found = changed(scenario, "lines.posts.growth.delayed impact.amount", Decimal("152.2"))
    assert found.lines["posts"].growth[0].source is None
    assert found.lines["posts"].growth[1].source == "13.13"


UNKNOWN = [
    ("rates.eur_per_use.start", "'eur_per_use' in rates", "'rates.eur_per_usd.start'"),
    ("line.staff.recosting.2031", "'line'", "'lines.staff.recosting.2031'"),
    ("pledges.ona.probability", "'ona' in pledges", "'pledges.one.probability'"),
    ("pledges.one.probabilty", "in pledges.one", "'pledges.one.probability'"),
    ("exchange.view", "'view' in exchange", "known: law"),
    ("inflows.regions.Suoth", "in inflows.regions", "'inflows.regions.South'"),
    ("lines.staff.recosting.2033", "'2033'", "'lines.staff.recosting.2032'"),
    ("zzz", "there is no 'zzz'", "known: budget"),
    ("rates.eur_per_usd.start.value.more", "'more'", ""),
]


@pytest.mark.parametrize(("key", "words", "remedy"), UNKNOWN, ids=[case[0] for case in UNKNOWN])
def test_an_unknown_key_is_refused_with_the_nearest(
    small: Scenario, key: str, words: str, remedy: str
) -> None:
    """A misspelt key would change nothing, and the reader would not know."""
    with pytest.raises(InputError) as caught:
        place_of(tables_of(small), key)
    (problem,) = caught.value.problems
    assert words in problem.wanted
    assert remedy in problem.remedy


@pytest.mark.parametrize("key", ["rates", "lines.staff", "pledges", "budget.years", "inflows"])
def test_a_key_with_several_values_is_refused(small: Scenario, key: str) -> None:
    """A table or a list is no place for one value."""
    with pytest.raises(InputError, match="one value is wanted"):
        place_of(tables_of(small), key)


@pytest.mark.parametrize("key", ["title", "name", "", "schema_version"])
def test_a_label_is_no_input(small: Scenario, key: str) -> None:
    """No number depends on what a scenario is called."""
    with pytest.raises(InputError, match="numbers depend on"):
        place_of(tables_of(small), key)


def test_a_policy_is_named_and_not_counted(small: Scenario) -> None:
    """A number in place of a policy is told with the names that there are."""
    tables = tables_of(small)
    with pytest.raises(InputError, match="one of recosted, budget_rate"):
        with_value(tables, place_of(tables, "parents.A.policy"), 3)


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", 1), ("-3", -3), ("1_000", 1000), (" 0.50 ", Decimal("0.50")), (".5", Decimal("0.5")),
     ("1e3", Decimal(1000)), ("true", True), ("false", False), ("recosted", "recosted"),
     ("1/2", "1/2"), ("2031-01-31", dt.date(2031, 1, 31)), ("2031-02-31", "2031-02-31")],
)  # fmt: skip
def test_values_are_read_as_people_write_them(text: str, value: Any) -> None:
    """Numbers keep their digits; what is none is a name."""
    found = value_of(text)
    assert found == value
    assert type(found) is type(value)
