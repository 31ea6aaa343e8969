"""The fingerprint says which scenario this is; the resolved TOML is that scenario again."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.scenario.fingerprint import canonical, fingerprint, to_toml
from simulator.scenario.model import Scenario
from simulator.scenario.read import read_scenario, scenario_from_dict

TEXT = (Path(__file__).parent / "small.toml").read_text(encoding="utf-8")
DATA: dict[str, Any] = tomllib.loads(TEXT, parse_float=Decimal)


PATIENT = settings(deadline=None)


def small(old: str = "", new: str = "") -> Scenario:
    """The small scenario with one passage replaced."""
    assert not old or TEXT.count(old) == 1
    return scenario_from_dict(
        tomllib.loads(TEXT.replace(old, new) if old else TEXT, parse_float=Decimal), "small.toml"
    )


@pytest.fixture
def back(tmp_path: Path) -> Callable[[Scenario], Scenario]:
    """The scenario written as TOML and read again."""

    def read(scenario: Scenario) -> Scenario:
        path = tmp_path / "scenario.toml"
        path.write_text(to_toml(scenario), encoding="utf-8")
        return read_scenario(path)

    return read


def test_the_fingerprint_is_a_digest_of_everything() -> None:
    """64 hexadecimal digits, the same every time."""
    assert fingerprint(small()) == fingerprint(small())
    assert len(fingerprint(small())) == 64
    assert int(fingerprint(small()), 16) > 0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("budget = 0.80", "budget = 0.8"),
        ("budget = 0.80", "budget = 8e-1"),
        ("budget = 0.80", 'budget = { value = 0.80, assumption = false }'),
        ("amount = 2000", "amount = 2000.0"),
        ("amount = 2000", "amount = 2e3"),
        ('policy = "recosted"', 'policy = { kind = "recosted" }'),
        ("[inflation.euro]", "[inflation.euro]\npersistence = 0"),
        ("# A small valid scenario", "# The same"),
    ],
)  # fmt: skip
def test_spelling_does_not_change_it(old: str, new: str) -> None:
    """Idle zeros, exponents, defaults written out and comments are the same scenario."""
    assert fingerprint(small(old, new)) == fingerprint(small())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("budget = 0.80", "budget = 0.8001"),
        ("budget = 0.80", 'budget = { value = 0.80, source = "letter" }'),
        ("seed = 0", "seed = 1"),
        ('title = "A small budget"', 'title = "Another"'),
        ("posts = 5", "posts = 6"),
        ("assumption = true", "assumption = false"),
    ],
)
def test_meaning_changes_it(old: str, new: str) -> None:
    """Any value, source or word that a result shows makes another scenario."""
    assert fingerprint(small(old, new)) != fingerprint(small())


def test_the_order_of_columns_is_part_of_it() -> None:
    """Parents in another order give other columns of the result, and another fingerprint."""
    data = {**DATA, "parents": dict(reversed(DATA["parents"].items()))}
    assert fingerprint(scenario_from_dict(data, "small.toml")) != fingerprint(small())


def test_canonical_numbers_keep_every_digit() -> None:
    """Forty digits are forty digits."""
    digits = "0.8" + "1234567890" * 3 + "12345678"
    assert digits in canonical(small("value = 0.82", f"value = {digits}"))


def test_the_resolved_scenario_reads_back_equal(back: Callable[[Scenario], Scenario]) -> None:
    """What is stored beside a result is the scenario that was run, with the same fingerprint."""
    scenario = small()
    again = back(scenario)
    assert again == scenario
    assert fingerprint(again) == fingerprint(scenario)
    assert to_toml(again) == to_toml(scenario)


def test_decimals_keep_their_digits() -> None:
    """0.80 stays 0.80, not 0.8 nor 0.8000000000000000444."""
    assert "budget = 0.80\n" in to_toml(small())
    assert "standard_cost = 80.50\n" in to_toml(small())


def test_provenance_travels_with_the_number() -> None:
    """Sources and dates stand beside the value."""
    text = to_toml(small())
    assert 'appropriation = { value = 400, source = "table 1", as_of = 2030-06-30 }' in text


@pytest.mark.parametrize(
    "policy",
    [
        {"kind": "forward", "cover": Decimal("0.8"), "rates": {"2031": Decimal("0.81"), "2032": 1}},
        {"kind": "split", "in_budget_currency": "1/3", "rest": "recosted"},
    ],
)
def test_every_policy_reads_back(
    back: Callable[[Scenario], Scenario], policy: dict[str, Any]
) -> None:
    """Policies with tables of their own survive."""
    parents = {**DATA["parents"], "A": {**DATA["parents"]["A"], "policy": policy}}
    scenario = scenario_from_dict({**DATA, "parents": parents}, "small.toml")
    assert back(scenario) == scenario


@pytest.mark.parametrize(
    "law",
    [
        {"normal": {"mean": 1, "sd": Decimal("0.5")}, "min": 0, "max": 4, "central": 1},
        {"lognormal": {"median": 10, "log_sd": Decimal("1E-3")}},
        {"discrete": {"values": [1, Decimal("2.50")], "weights": [1, 3]}},
        {"empirical": {"values": [Decimal("1e3"), -100, Decimal("0.000000001")]}},
        {"beta": {"alpha": 2, "beta": 3}},
        {"uniform": {"min": 1, "max": 2}},
        {"triangular": {"min": 1, "mode": 1, "max": 2}},
        {"bernoulli": {"p": Decimal("0.5")}},
    ],
)
def test_every_law_reads_back(back: Callable[[Scenario], Scenario], law: dict[str, Any]) -> None:
    """Laws of one and of many numbers survive with their digits."""
    pledges = [{**DATA["pledges"][0], "amount": law}, DATA["pledges"][1]]
    scenario = scenario_from_dict({**DATA, "pledges": pledges}, "small.toml")
    again = back(scenario)
    assert again == scenario
    assert to_toml(again) == to_toml(scenario)


@PATIENT
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_any_text_reads_back(words: str) -> None:
    """Quotes, backslashes, line ends and control characters in titles and names survive."""
    figures = {words: {words: 1}}
    data = {**DATA, "title": words, "figures": figures}
    scenario = scenario_from_dict(data, "small.toml")
    again = tomllib.loads(to_toml(scenario), parse_float=Decimal)
    assert again["title"] == words
    assert again["figures"] == figures
    assert scenario_from_dict(again) == scenario


@PATIENT
@given(st.decimals(min_value=Decimal("-1e15"), max_value=Decimal("1e15"), places=12))
def test_any_amount_reads_back(amount: Decimal) -> None:
    """Every amount keeps its value and its digits."""
    thresholds = [{**DATA["thresholds"][0], "amount": amount}]
    scenario = scenario_from_dict({**DATA, "thresholds": thresholds}, "small.toml")
    again = scenario_from_dict(tomllib.loads(to_toml(scenario), parse_float=Decimal))
    assert again.thresholds[0].amount == amount
    assert fingerprint(again) == fingerprint(scenario)
