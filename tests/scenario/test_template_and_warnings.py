"""The starting scenario is valid and silent; silence on dependence and old rates is a warning."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from simulator.errors import InputError
from simulator.scenario.factors import factors_of
from simulator.scenario.model import Scenario
from simulator.scenario.read import read_scenario, scenario_from_dict, warnings_of
from simulator.scenario.setup import NewParent
from simulator.scenario.template import new_scenario

TEXT = (Path(__file__).parent / "small.toml").read_text(encoding="utf-8")


def small(*changes: tuple[str, str]) -> Scenario:
    """The small scenario with passages replaced."""
    content = TEXT
    for old, new in changes:
        assert content.count(old) == 1
        content = content.replace(old, new)
    return scenario_from_dict(tomllib.loads(content, parse_float=Decimal), "small.toml")


def said_of(scenario: Scenario) -> tuple[str, ...]:
    """Warnings but for those on the small scenario's yearly inflation and on its figure."""
    known = ("holds for 2031 only", "no rule of a published figure reads")
    return tuple(t for t in warnings_of(scenario) if not any(text in t for text in known))


@pytest.mark.parametrize("currency", ["EUR", "USD", "XAF"])
@pytest.mark.parametrize("year", [1999, 2027])
def test_the_template_is_valid_and_says_all(tmp_path: Path, currency: str, year: int) -> None:
    """Written as it is, the new scenario has no problems and no warnings."""
    path = tmp_path / "our-budget.toml"
    path.write_text(new_scenario("our-budget", currency=currency, years=(year,)), encoding="utf-8")
    scenario = read_scenario(path)
    assert warnings_of(scenario) == ()
    assert (scenario.name, scenario.budget.currency, scenario.years) == (
        "our-budget", currency, (year,),
    )  # fmt: skip
    shape = [len(part) for part in (scenario.parents, scenario.lines, scenario.grades)]
    assert [*shape, len(scenario.rates), len(scenario.pledges)] == [2, 2, 3, 1, 1]
    assert {factor.driver for factor in factors_of(scenario)} >= {
        "exchange", "inflation", "post_costs", "vacancy", "income", "inflows",
    }  # fmt: skip


@pytest.mark.parametrize("years", [(2031,), (2031, 2032), tuple(range(2031, 2038))])
def test_a_scenario_of_answers_is_valid_and_says_all(
    tmp_path: Path, years: tuple[int, ...]
) -> None:
    """Any number of years, parents and currencies: no problems, no warnings, as answered."""
    parents = (
        NewParent("North", 'The "North"', "1/3", "USD"),
        NewParent("South", "South", "1/2", "GBP"),
        NewParent("West", "West", "1/6", "XAF"),
    )
    rates = {"USD": Decimal(600), "GBP": Decimal("765.5")}
    path = tmp_path / "ours.toml"
    text = new_scenario(
        "ours", currency="XAF", years=years, organization="É\\", parents=parents, rates=rates
    )
    path.write_text(text, encoding="utf-8")
    scenario = read_scenario(path)
    assert warnings_of(scenario) == ()
    assert (scenario.years, scenario.budget.organization) == (years, "É\\")
    assert [(k, p.name, p.share, p.assessed_in) for k, p in scenario.parents.items()] == [
        (one.key, one.name, one.share, one.currency) for one in parents
    ]
    assert {name: rate.budget.value for name, rate in scenario.rates.items() if rate.budget} == {
        "xaf_per_usd": 600, "xaf_per_gbp": Decimal("765.5"),
    }  # fmt: skip


def test_the_template_explains_every_table() -> None:
    """Every table of the template stands under a comment, and no mark is left over."""
    text = new_scenario("x")
    assert "@" not in text
    tables = (
        "budget", "parents.A", "lines.posts", "income.miscellaneous", "categories.professional",
        "grades.P-5", "rates.eur_per_usd", "exchange", "inflation.prices", "inflows",
    )  # fmt: skip
    for table in tables:
        before = text.split(f"\n[{table}]\n")[0].splitlines()
        assert before[-1].startswith("#"), table


@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        ({"name": "a b"}, "name"),
        ({"name": ""}, "name"),
        ({"name": "a/b"}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"name": "x", "currency": "euro"}, "currency"),
        ({"name": "x", "years": (99,)}, "years"),
        ({"name": "x", "years": (2030, 2032)}, "years"),
        ({"name": "x", "organization": "a\nb"}, "organization"),
        ({"name": "x", "parents": (NewParent("A", "A", "1/2", "EUR"),)}, "parents"),
        ({"name": "x", "parents": (NewParent("A", "A", "half", "EUR"),)}, "parents.A"),
        ({"name": "x", "parents": (NewParent("A", "A", "1", "USD"),)}, "rates"),
        ({"name": "x", "rates": {"USD": Decimal(1)}}, "rates"),
    ],
)
def test_the_template_refuses_what_cannot_stand_in_it(arguments: dict[str, Any], key: str) -> None:
    """Names, currencies and years are checked before anything is written."""
    with pytest.raises(InputError) as caught:
        new_scenario(**arguments)
    assert [problem.key for problem in caught.value.problems] == [key]


def test_the_small_scenario_says_all() -> None:
    """A correlation and two declarations leave nothing unsaid."""
    assert said_of(small()) == ()


@pytest.mark.parametrize(
    ("entry", "warned"),
    [
        ('"rates.eur_per_usd" = { "inflation.euro" = 0.2 }', "inflation.euro"),
        ('"income.rent" = { "inflation.euro" = 0.2 }', "inflation.euro"),
        (
            '"income.rent" = { "categories.professional.vacancy" = 0.2 }',
            "categories.professional.vacancy",
        ),
        ('"inflation.euro" = { "categories.professional.vacancy" = 0.2 }', ""),
        ('"rates.eur_per_usd" = { "income.rent" = 0.2 }', ""),
    ],
)
def test_a_correlation_of_one_year_only_is_a_warning(entry: str, warned: str) -> None:
    """A yearly factor has only its first year correlated with one that is drawn otherwise."""
    found = warnings_of(small(('"rates.eur_per_usd" = { "inflation.euro" = 0.2 }', entry)))
    found = tuple(text for text in found if "holds for" in text)
    assert len(found) == bool(warned)
    for text in found:
        assert text.startswith(f"{warned} has a value a year")
        assert "their correlation 0.2 holds for 2031 only" in text


def test_silence_on_dependence_is_a_warning() -> None:
    """Each pair of drivers that is neither correlated nor declared independent is named."""
    bare = small(('"rates.eur_per_usd" = { "inflation.euro" = 0.2 }', ""))
    (warning,) = said_of(bare)
    assert "between exchange and inflation" in warning
    assert "[correlation.matrix]" in warning
    undeclared = small(('between = ["exchange", "inflows"]', 'between = ["exchange", "income"]'))
    (warning,) = said_of(undeclared)
    assert "between exchange and inflows" in warning


def test_nothing_drawn_needs_nothing_said() -> None:
    """A driver without drawn factors depends on nothing."""
    certain = small(
        ("sd = 0.01\n", "sd = 0\n"),
        ('"rates.eur_per_usd" = { "inflation.euro" = 0.2 }', ""),
    )
    assert said_of(certain) == ()


def test_uncorrelated_rates_are_a_warning() -> None:
    """Two currencies against one move together; saying nothing about it is a warning."""
    free = small(
        ('pegged = { to = "eur_per_usd", ratio = 0.17 }', "start = 0.14"),
        ("eur_per_usd = 0.03", "eur_per_usd = 0.03, eur_per_dkk = 0.01"),
    )
    (warning,) = said_of(free)
    assert "between rates.eur_per_usd and rates.eur_per_dkk" in warning


@pytest.mark.parametrize(("day", "warned"), [("2030-09-16", False), ("2030-09-15", True)])
def test_an_old_rate_is_a_warning(day: str, warned: bool) -> None:
    """A start known more than 45 days before known_on is named with both dates."""
    found = said_of(small(("as_of = 2030-10-30", f"as_of = {day}")))
    assert bool(found) == warned
    assert all(day in warning and "2030-10-31" in warning for warning in found)
