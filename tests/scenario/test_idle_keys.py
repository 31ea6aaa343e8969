"""A key that would change nothing is refused as its neighbours are, or warned about."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from simulator.engine import simulate
from simulator.errors import Problem
from simulator.scenario.model import Scenario
from simulator.scenario.read import scenario_from_dict, warnings_of
from simulator.scenario.settings import with_sampling

After = Callable[..., tuple[Problem, ...]]
TEXT = (Path(__file__).parent / "small.toml").read_text(encoding="utf-8")

MATRIX = '[correlation.matrix]\n"rates.eur_per_usd" = { "inflation.euro" = 0.2 }'
NEW = 'change = "new"\noffice = "There"\nfund = "RB"\ngrade = "P-1"\nposts = 2'

NINTH = "[grades.P-2]", '[grades.P-9]\ncategory = "professional"\nstandard_cost = 9\n[grades.P-2]'

# change, key, words of the message, words of the remedy
CASES = [
    (("sd = 0.01\n", "sd = 0.01\nstart = 0.02\n"), "inflation.euro.start",
     "without persistence nothing is left", "add persistence"),
    (("sd = 0.01\n", "sd = 0\nstart = 0.02\npersistence = 0.5\ndegrees_of_freedom = 5\n"),
     "inflation.euro.degrees_of_freedom", "nothing is drawn with sd 0", "give sd"),
    (("budget = 0.80", "budget = 0.80\nobserved = { 2030-09 = 0.81 }"),
     "rates.eur_per_usd.observed.2030-09", "2030-12 or a later month is wanted", "remove it"),
    (("budget = 0.80", "budget = 0.80\nunusual = true"), "rates.eur_per_usd.unusual",
     "nothing about this rate is unusual", "remove it"),
    (NINTH, "grades.P-9", "no post has this grade, it would be ignored", "give a post this grade"),
    (("[correlation.matrix]", '[correlation]\norder = ["income.rent"]\n\n[correlation.matrix]'),
     "correlation.order[1]", "income.rent is correlated with nothing", "correlate it"),
    ((MATRIX, '[correlation]\ncopula = { kind = "student", df = 4 }'),
     "correlation.copula", "nothing is correlated, the copula would be ignored", "add entries"),
    ((MATRIX, MATRIX.replace("[correlation.matrix]", '[correlation]\ncopula = { kind = "student", '
      "df = 4 }\n[correlation.matrix]").replace("0.2", "0")), "correlation.copula",
     "nothing is correlated", "remove it"),
    (("seed = 0", 'seed = 0\nsampler = "random"'), "sampling.leading",
     "sampler random has no best dimensions", 'sampler = "sobol"'),
    (("seed = 0", 'seed = 0\nsampler = "lhs"'), "sampling.leading",
     "sampler lhs has no best dimensions", "remove it"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "key", "words", "remedy"), CASES)
def test_a_key_that_would_be_ignored_is_refused(
    after: After, change: tuple[str, str], key: str, words: str, remedy: str
) -> None:
    """One problem at the key, in plain words, with a remedy."""
    (problem,) = after(change)
    assert problem.key == key
    assert words in problem.wanted
    assert remedy in problem.remedy
    assert problem.line is not None


def small(*changes: tuple[str, str]) -> Scenario:
    """The small scenario with passages replaced."""
    content = TEXT
    for old, new in changes:
        assert content.count(old) == 1, old
        content = content.replace(old, new)
    return scenario_from_dict(tomllib.loads(content, parse_float=Decimal), "small.toml")


@pytest.mark.parametrize(
    "change",
    [
        ("sd = 0.01\n", "sd = 0.01\nstart = 0.02\npersistence = 0.5\n"),
        (
            "[grades.P-2]",
            '[grades.P-9]\ncategory = "professional"\nstandard_cost = 9\n[grades.P-2]',
        ),
    ],
)
def test_a_key_that_is_used_is_not(after: After, change: tuple[str, str]) -> None:
    """With persistence a start counts; a grade that a rule counts, even to none, is used."""
    assert after(change, ('rule = "net(2031)"', "rule = \"posts(grade='P-9')\"")) == ()


def test_another_sampler_may_be_asked_for_on_the_command_line() -> None:
    """`--sampler random` gives the leading names up instead of refusing the file."""
    scenario = with_sampling(small(), sampler="random")
    assert scenario.sampling.leading == ()
    assert with_sampling(small(), sampler="sobol").sampling.leading == ("rates.eur_per_usd",)
    assert with_sampling(small(), draws=64).sampling.leading == ("rates.eur_per_usd",)


def said(scenario: Scenario, words: str) -> list[str]:
    """Warnings with these words."""
    return [text for text in warnings_of(scenario) if words in text]


def test_a_figure_that_no_rule_reads_is_a_warning() -> None:
    """By name; a rule that reads it, or sums its group, is enough."""
    words = "no rule of a published figure reads"
    (warning,) = said(small(), words)
    assert warning.endswith("figures.prior.total, all funds")
    rule = 'rule = "net(2031)"'
    for reads in ("figure('prior', 'total, all funds')", "total_of('prior')"):
        assert said(small((rule, f'rule = "{reads}"')), words) == []
    assert said(small((rule, "rule = \"figure('prior', 'other')\"")), words) != []


def test_posts_abolished_in_an_office_that_is_not_there_are_a_warning() -> None:
    """It may have closed; a slip of the pen gets the nearest office."""
    words = "no post is listed in"
    closed = NEW.replace("new", "abolished").replace("There", "Elsewhere")
    (warning,) = said(small((NEW, closed)), words)
    assert warning.startswith("post_changes[1]: no post is listed in 'Elsewhere'")
    assert "did you mean" not in warning
    misspelt = NEW.replace("new", "abolished").replace("There", "Theer")
    (warning,) = said(small((NEW, misspelt)), words)
    assert "did you mean 'There'?" in warning
    moved = NEW.replace('"new"', '"moved"\nfrom_office = "Elsewhere"')
    assert len(said(small((NEW, moved)), words)) == 1
    assert said(small(), words) == []


def test_receipts_by_window_and_by_stage_add_up(small_dict: dict[str, Any]) -> None:
    """Every pledge comes through one window and has one stage of commitment."""
    first = small_dict["pledges"][0]
    small_dict["windows"]["II"] = {"title": "Projects"}
    small_dict["pledges"] += [
        {**first, "name": "two", "window": "II", "stage": "signed", "currency": "EUR"},
        {**first, "name": "three", "window": "II", "stage": "pledged", "probability": 1},
    ]
    found = simulate(Scenario.model_validate(small_dict))
    rate, both = found["rate.eur_per_usd"], (0, 1)
    third = found["xb_receipts_usd.three"][:, both] * rate[:, both]
    window = found["xb_window_eur.II"][:, both]
    assert window == pytest.approx(third + found["xb_receipts_eur.two"][:, both], rel=1e-12)
    for parts in (("xb_window_eur.I", "xb_window_eur.II"),
                  ("xb_stage_eur.signed", "xb_stage_eur.pledged")):  # fmt: skip
        assert sum(found[name] for name in parts) == pytest.approx(found["xb_receipts_eur"])
    assert "xb_stage_eur.under_negotiation" not in found
    column = next(c for c in found.columns if c.name == "xb_window_eur.II")
    assert column.description == "receipts through window II (Projects)"
