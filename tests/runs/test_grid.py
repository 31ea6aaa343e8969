"""Which points a sweep has, and which of them are refused before anything runs."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from simulator.errors import InputError
from simulator.runs.grid import MOST_POINTS, Axis, Grid, grid_of, parse_axis
from simulator.scenario.model import Scenario

Varied = Callable[..., Scenario]


def nothing(_: Any) -> None:
    """Looks at a scenario, or hears of a point, and does nothing."""


def checked(scenario: Scenario, *axes: str) -> tuple[Grid, tuple[str, ...]]:
    """The grid over these axes, with its notes."""
    grid = grid_of(scenario, tuple(map(parse_axis, axes)))
    return grid, grid.check(nothing, nothing)


@pytest.fixture
def budgeted(small_dict: dict[str, Any]) -> Callable[..., Scenario]:
    """The small budget with an appropriation for its posts that their cost adds up to."""

    def build(**published: Any) -> Scenario:
        line = small_dict["lines"]["staff"]
        line["appropriation"] = 2720  # 1 320 and 1 400 at standard cost, 1 360 a year
        line["standard_cost_scale"] = {"2031": "34/33", "2032": "34/35"}
        line["standard_cost_scale"] = {
            "2031": Decimal("1.0303030303030303"),
            "2032": Decimal("0.97142857142857143"),
        }
        small_dict.update(published)
        return Scenario.model_validate(small_dict)

    return build


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a=0:1:0.25", "0.00 0.25 0.50 0.75 1.00"),
        ("a=1:0:-0.5", "1.0 0.5 0.0"),
        ("a=1:2:0.4", "1.0 1.4 1.8"),
        ("a=3:3:1", "3"),
        ("a=1:5:2", "1 3 5"),
        ("a = x, y ,z", "x y z"),
        ("a=0.50", "0.50"),
    ],
)
def test_values_of_an_axis(text: str, values: str) -> None:
    """Ranges are exact and hold their end when a whole number of steps leads there."""
    assert " ".join(parse_axis(text).texts) == values


def test_a_fine_range_has_no_rounding_errors() -> None:
    """The 1 000th step of 0.001 is 1, not 0.9999999999."""
    values = parse_axis("a=0:1:0.001").values
    assert len(values) == 1001
    assert values[-1] == 1
    assert values[333] == Decimal("0.333")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a", "key=a:b:step"),
        ("=1", "key=a:b:step"),
        ("a=", "key=a:b:step"),
        ("a=1:2", "three numbers"),
        ("a=1:2:x", "three numbers"),
        ("a=1:2:0", "leads from the first"),
        ("a=1:2:-1", "leads from the first"),
        ("a=0:1:0.00001", f"at most {MOST_POINTS} values"),
        ("a=1,,2", "between any two commas"),
        ("a=0.5,0.50", "each value once"),
        ("a=1e99", "at most 40 digits"),
    ],
)
def test_an_axis_that_cannot_be_read(text: str, words: str) -> None:
    """What is wrong with an option, and how it is written."""
    with pytest.raises(InputError, match=words) as caught:
        parse_axis(text)
    assert caught.value.problems[0].key == "--over"
    assert caught.value.problems[0].remedy


def test_the_last_key_runs_fastest(small: Scenario) -> None:
    """Points are in the order of the table."""
    grid, notes = checked(small, "rates.eur_per_usd.start=0.8,0.9", "inflows.psc_rate=0.1,0.2")
    assert len(grid) == 4
    assert list(map(grid.in_words, grid.points()))[:2] == [
        "rates.eur_per_usd.start = 0.8, inflows.psc_rate = 0.1",
        "rates.eur_per_usd.start = 0.8, inflows.psc_rate = 0.2",
    ]
    assert notes == ()


def test_a_point_is_the_scenario_with_its_values(small: Scenario, varied: Varied) -> None:
    """As if it had been written so."""
    grid, _ = checked(small, "rates.eur_per_usd.start=0.8,0.9", "income.rent.estimate=15,25")
    *_, last = grid.points()
    wanted = varied(**{"rates.eur_per_usd.start": Decimal("0.9"), "income.rent.estimate": 25})
    assert grid.scenario(last) == wanted


def test_every_bad_point_is_told_before_anything_runs(small: Scenario) -> None:
    """The value at fault, what is wrong with it, and how many more."""
    grid = grid_of(small, (parse_axis("lines.staff.recosting.2031=-1,0,1"),))
    seen: list[Scenario] = []
    with pytest.raises(InputError) as caught:
        grid.check(seen.append, nothing)
    text = str(caught.value)
    assert "lines.staff.recosting.2031 = -1" in text
    assert "lines.staff.recosting.2031 = 0" in text
    assert "a number above zero is wanted" in text
    assert "2 of 3 points are refused; nothing was run" in text
    assert len(seen) == 1


def test_problems_of_a_large_grid_are_few(small: Scenario) -> None:
    """Nobody reads a thousand."""
    grid = grid_of(small, (parse_axis("rates.eur_per_usd.start=-999:0:1"),))
    with pytest.raises(InputError) as caught:
        grid.check(nothing, nothing)
    assert len(caught.value.problems) < 25
    assert "1000 of 1000 points are refused" in str(caught.value)


KEYS = [
    (["sampling.seed=1,2"], "may differ between points", "--seed"),
    (["published=1"], "may differ between points", "left out"),
    (["figures.a.b=1"], "may differ between points", "no draw depends"),
    (["rates.eur_per_use.start=1"], "no 'eur_per_use'", "rates.eur_per_usd.start"),
    (["inflows.psc_rate=0,1", "inflows.psc_rate.value=0"], "hold each other", "leave out"),
    (["income.rent.estimate=1", "income.rent.estimate.pert.mode=20"], "hold each other", ""),
    (["inflows.psc_rate=0:1:0.005", "rates.eur_per_usd.start=0.5:1:0.01"], "at most 10000", ""),
]


@pytest.mark.parametrize(("axes", "words", "remedy"), KEYS, ids=[case[0][-1] for case in KEYS])
def test_keys_that_cannot_be_swept(
    small: Scenario, axes: list[str], words: str, remedy: str
) -> None:
    """Each with its remedy; all of them at once."""
    with pytest.raises(InputError) as caught:
        grid_of(small, tuple(map(parse_axis, axes)))
    (problem,) = caught.value.problems
    assert (problem.key, words in problem.wanted, remedy in problem.remedy) == (
        "--over",
        True,
        True,
    )


def test_all_bad_keys_at_once(small: Scenario) -> None:
    """Three slips, three problems."""
    with pytest.raises(InputError) as caught:
        grid_of(small, (Axis("a", (1,)), Axis("b.c", (1,)), Axis("sampling.draws", (1,))))
    assert [p.value for p in caught.value.problems] == ["a", "b.c", "sampling.draws"]


FIGURE = {
    "id": "net",
    "where": "page",
    "what": "net",
    "period": "2031",
    "unit": "kEUR",
    "printed": 1559.4,
    "rule": "cell('net', '2031')",
    "quantum": Decimal("0.1"),
}


def test_published_figures_are_left_out_at_the_points(budgeted: Callable[..., Scenario]) -> None:
    """They tie out for the file; a point is another budget, and is simulated all the same."""
    scenario = budgeted(published=[{**FIGURE, "printed": Decimal("1579.2")}])
    grid, notes = checked(scenario, "lines.staff.recosting.2031=1.02,1.05")
    assert grid.base.published == ()
    assert [grid.scenario(point).published for point in grid.points()] == [(), ()]
    assert notes == ()


def test_a_file_that_does_not_tie_out_is_not_swept(budgeted: Callable[..., Scenario]) -> None:
    """What `sim run` refuses has no centre to start from."""
    scenario = budgeted(published=[{**FIGURE, "printed": Decimal("1000.0")}])
    with pytest.raises(InputError, match="does not tie"):
        grid_of(scenario, (parse_axis("inflows.psc_rate=0.1"),))


@pytest.mark.parametrize("key", ["lines.staff.appropriation", "lines.staff.growth.more.amount"])
def test_money_is_not_moved_away_from_its_posts(
    budgeted: Callable[..., Scenario], small_dict: dict[str, Any], key: str
) -> None:
    """Posts are what is priced: another appropriation alone would change nothing of their cost."""
    small_dict["lines"]["staff"]["growth"] = [{"name": "more", "amount": 0}]
    grid = grid_of(budgeted(), (parse_axis(f"{key}=2720,3000"),))
    with pytest.raises(InputError, match="posts at standard cost come to 1360") as caught:
        grid.check(nothing, nothing)
    assert f"{key} = 3000" in str(caught.value)


@pytest.mark.parametrize(
    "axis",
    ["categories.professional.delayed_recruitment=0.2,0.5", "grades.P2.standard_cost=100,110"],
)
def test_posts_that_cost_something_else_are_said(
    budgeted: Callable[..., Scenario], axis: str
) -> None:
    """That was asked for; the reader is told that what is proposed does not follow."""
    _, notes = checked(budgeted(), axis)
    assert any("cost something else than was budgeted" in note for note in notes)
    assert all("at 1 of 2 points" in note for note in notes)


def test_a_new_warning_is_passed_on(small: Scenario) -> None:
    """A centre off the budgeted vacancy is said, with the points it is true of."""
    _, notes = checked(small, "categories.professional.vacancy.normal.mean=0.05,0.10")
    assert len(notes) == 1
    assert "at 1 of 2 points" in notes[0]
    assert "vacancy" in notes[0]


def test_warnings_that_differ_in_a_number_are_said_once(small: Scenario) -> None:
    """A thousand vacancy rates are one note, with an instance."""
    _, notes = checked(small, "categories.professional.vacancy.normal.mean=0.01:0.09:0.01")
    assert len(notes) == 1
    assert notes[0].startswith("at 8 of 9 points: for instance, ")
