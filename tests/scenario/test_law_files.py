"""Law files: one layer under the file that names them, and over what that file extends."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.errors import InputError
from simulator.scenario.exchange import RandomWalk
from simulator.scenario.read import read_scenario

LAW = """
[exchange]
law = "random_walk"
per = "year"
volatility = { eur_per_usd = { value = 0.1, source = "a bank", as_of = 2030-10-01 } }

[rates.eur_per_usd]
start = { value = 0.85, source = "a bank", as_of = 2030-10-30 }

[inflation.euro]
sd = 0.02

[correlation]
order = ["rates.eur_per_usd"]
matrix = { "inflation.euro" = { "rates.eur_per_usd" = 0.1 } }
"""
CHILD = 'extends = "base.toml"\ntitle = "Another"\nlaw_file = "laws/2031.toml"\n'


@pytest.fixture
def folder(tmp_path: Path, text: str) -> Path:
    """The small scenario as base.toml beside a folder with a law file."""
    (tmp_path / "laws").mkdir()
    (tmp_path / "laws" / "2031.toml").write_text(LAW)
    (tmp_path / "base.toml").write_text(text)
    return tmp_path


def test_a_law_file_lies_over_what_is_extended(folder: Path) -> None:
    """A child names it: the law, starts and correlations of the parent are replaced."""
    (folder / "child.toml").write_text(CHILD)
    scenario = read_scenario(folder / "child.toml")
    assert isinstance(scenario.exchange, RandomWalk)
    assert scenario.exchange.per == "year"
    usd = scenario.rates["eur_per_usd"]
    assert usd.start is not None
    assert usd.budget is not None
    assert (str(usd.start.value), str(usd.budget.value)) == ("0.85", "0.80")
    assert scenario.inflation["euro"].sd.value.as_tuple().digits == (2,)
    assert scenario.correlation.order == ("rates.eur_per_usd",)
    matrix = scenario.correlation.matrix
    assert {(one, other) for one, row in matrix.items() for other in row} == {
        ("rates.eur_per_usd", "inflation.euro")
    }
    assert str(matrix["rates.eur_per_usd"]["inflation.euro"].value) == "0.1"
    assert len(scenario.correlation.independent) == 2


def test_the_file_that_names_it_wins(folder: Path, text: str) -> None:
    """The keys of the file itself lie over its law files, whether or not it extends another."""
    (folder / "child.toml").write_text(CHILD + "rates.eur_per_usd.start = 0.9\n")
    start = read_scenario(folder / "child.toml").rates["eur_per_usd"].start
    assert start is not None
    assert (str(start.value), start.source) == ("0.9", None)
    (folder / "base.toml").write_text('law_file = "laws/2031.toml"\n' + text)
    alone = read_scenario(folder / "base.toml")
    assert isinstance(alone.exchange, RandomWalk)
    assert str(alone.exchange.volatility["eur_per_usd"].value) == "0.03"
    assert alone.exchange.volatility["eur_per_usd"].source is None
    assert alone.exchange.per == "year"  # not said by the file, so it comes from the law file


def test_a_file_without_a_law_of_its_own(folder: Path, text: str) -> None:
    """A scenario leaves its law of exchange to the law file altogether."""
    without = text.replace(
        '[exchange]\nlaw = "random_walk"\nvolatility = { eur_per_usd = 0.03 }', ""
    )
    (folder / "base.toml").write_text('law_file = "laws/2031.toml"\n' + without)
    law = read_scenario(folder / "base.toml").exchange
    assert isinstance(law, RandomWalk)
    assert law.volatility["eur_per_usd"].source == "a bank"


def test_a_law_is_replaced_as_a_whole(folder: Path, text: str) -> None:
    """Nothing is left of an older law or of observed months that the law file has anew."""
    older = text.replace("known_on = 2030-10-31", "known_on = 2031-02-28")
    older = older.replace("[exchange]", '[exchange]\nmeasured_on = "averages"')
    older = older.replace("sd = 0.01\n", "sd = 0.01\npersistence = 0.5\n")
    older = older.replace(
        "[rates.eur_per_usd]",
        "[rates.eur_per_usd]\nobserved = { 2030-12 = 0.8, 2031-01 = 0.8, 2031-02 = 0.8 }",
    )
    (folder / "base.toml").write_text(older)
    law = "[rates.eur_per_usd]\nobserved = { 2030-12 = 0.9, 2031-01 = 0.9 }"
    (folder / "laws" / "2031.toml").write_text(LAW.replace("[rates.eur_per_usd]", law))
    (folder / "child.toml").write_text(CHILD + "known_on = 2031-01-31\n")
    scenario = read_scenario(folder / "child.toml")
    assert isinstance(scenario.exchange, RandomWalk)
    assert scenario.exchange.measured_on == "ends"
    assert scenario.inflation["euro"].persistence.value == 0
    assert list(scenario.rates["eur_per_usd"].observed) == ["2030-12", "2031-01"]


def test_correlations_between_rates_are_not_mixed(folder: Path, text: str) -> None:
    """A new matrix takes all pairs of two rates with it, and leaves the others."""
    own = "budget = 0.1\nstart = 0.1"
    free = text.replace('budget = 0.136\npegged = { to = "eur_per_usd", ratio = 0.17 }', own)
    free = free.replace("{ eur_per_usd = 0.03 }", "{ eur_per_usd = 0.03, eur_per_dkk = 0.1 }")
    free = free.replace(
        '{ "inflation.euro" = 0.2 }', '{ "inflation.euro" = 0.2, "rates.eur_per_dkk" = 0.9 }'
    )
    (folder / "base.toml").write_text(free)
    law = '[correlation.matrix]\n"rates.eur_per_usd" = { "inflation.euro" = 0.1 }\n'
    (folder / "laws" / "2031.toml").write_text(law)
    (folder / "child.toml").write_text(CHILD)
    matrix = read_scenario(folder / "child.toml").correlation.matrix
    assert {one: list(row) for one, row in matrix.items()} == {
        "rates.eur_per_usd": ["inflation.euro"]
    }


def test_several_law_files(folder: Path) -> None:
    """A list: a later file lies over an earlier one."""
    (folder / "laws" / "prices.toml").write_text("[inflation.euro]\nsd = 0.15\n")
    names = '["laws/2031.toml", "laws/prices.toml"]'
    (folder / "child.toml").write_text(CHILD.replace('"laws/2031.toml"', names))
    scenario = read_scenario(folder / "child.toml")
    assert str(scenario.inflation["euro"].sd.value) == "0.15"
    assert scenario.correlation.order == ("rates.eur_per_usd",)


@pytest.mark.parametrize(
    ("content", "line", "key", "words"),
    [
        ('title = "x"\n', 1, "title", "only exchange, rates, correlation, inflation here"),
        ("[sampling]\nseed = 1\n", 1, "sampling", "only exchange, rates"),
        ('extends = "base.toml"\n', 1, "extends", "only exchange, rates"),
        (
            "[rates.eur_per_usd]\nbudget = 1\n",
            2,
            "rates.eur_per_usd.budget",
            "only start, observed",
        ),
        ("[[correlation.independent]]\n", 1, "correlation.independent", "only matrix, order"),
        ('[exchange]\nlaw = "brownian"\n', 1, "exchange", "one of"),
        ("rates = 5\n", 1, "rates", "a table is wanted"),
        ("[inflation.euro]\nsd = -1\n", 2, "inflation.euro.sd", "zero or more"),
        ("[inflation.euro]\nremove = true\n", 1, "inflation.euro", "takes nothing away"),
    ],
)
def test_what_a_law_file_may_not_say(
    folder: Path, content: str, line: int, key: str, words: str
) -> None:
    """Other tables and keys, and wrong values, are told in the law file and its line."""
    (folder / "laws" / "2031.toml").write_text(content)
    (folder / "child.toml").write_text(CHILD)
    with pytest.raises(InputError) as caught:
        read_scenario(folder / "child.toml")
    problem = caught.value.problems[0]
    assert problem.file == str(folder / "laws" / "2031.toml")
    assert (problem.line, problem.key) == (line, key)
    assert words in problem.wanted


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ('"laws/2032.toml"', "no such file"),
        ('"../2031.toml"', "inside the scenario's folder"),
        ('"laws"', "not a file"),
        ("[]", "a list of 1 to 16"),
        ("5", "in quotes"),
        ('["laws/2031.toml", 5]', "in quotes"),
    ],
)
def test_a_law_file_that_is_none(folder: Path, written: str, words: str) -> None:
    """Missing, outside, no file or no name: told at the line that names it."""
    (folder / "child.toml").write_text(CHILD.replace('"laws/2031.toml"', written))
    with pytest.raises(InputError) as caught:
        read_scenario(folder / "child.toml")
    (problem,) = caught.value.problems
    assert (problem.file, problem.line) == (str(folder / "child.toml"), 3)
    assert words in problem.wanted
    if "2032" in written:
        assert "'laws/2031.toml'" in problem.remedy
