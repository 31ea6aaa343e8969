"""What rules may read: each lookup's value, kind and place, and the words of every refusal."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from simulator.budget.lookups import Lookups, RuleError, refused
from simulator.budget.published import publish
from simulator.scenario.model import Scenario

LINES: dict[str, Any] = {
    "rent": {
        "kind": "non_posts",
        "appropriation": 10,
        "growth": [{"name": "more room", "amount": 1}],
    },
    "travel": {
        "kind": "non_posts",
        "appropriation": 20,
        "growth": [{"name": "north", "amount": 2}, {"name": "north", "amount": 3}],
    },
    "staff": {"kind": "posts", "fund": "core", "appropriation": 1000},
}
INCOME: dict[str, Any] = {"sales": {"appropriation": 4, "estimate": 6}}


def lookups(scenario: Scenario) -> Lookups:
    """The lookups on a scenario and its published cascade."""
    return Lookups(scenario, publish(scenario))


@pytest.fixture
def page(tiny: Callable[..., Scenario]) -> Lookups:
    """Three lines, one income, two parents."""
    return lookups(tiny(lines=LINES, income=INCOME))


@pytest.mark.parametrize(
    ("row", "column", "value", "kind"),
    [
        ("rent", "appropriation", 10, "input"),
        ("rent", "growth", 1, "input"),
        ("rent", "before", 11, "derived"),
        ("travel", "growth", 5, "derived"),  # two items
        ("non_posts", "appropriation", 30, "derived"),  # two lines
        ("non_posts", "growth", 6, "derived"),
        ("posts", "appropriation", 1000, "input"),  # its only line
        ("posts", "growth", 0, "derived"),
        ("total", "appropriation", 1030, "derived"),
        ("income", "appropriation", 4, "input"),
        ("income", "before", 6, "input"),
        ("income", "growth", 2, "derived"),
        ("net", "appropriation", 1026, "derived"),
        ("A", "appropriation", 342, "derived"),
    ],
)
def test_a_cell_is_an_input_where_one_number_stands_behind_it(
    page: Lookups, row: str, column: str, value: int, kind: str
) -> None:
    """One line's appropriation, one growth item, one income; every sum is derived."""
    found = page.cell(row, column)
    assert (found.value, found.kind, found.place) == (value, kind, f"cell {row} {column}")
    assert found.is_input is (kind == "input")


def test_a_budget_of_one_line_and_no_income(tiny: Callable[..., Scenario]) -> None:
    """Its total is that line, so an input; net and contributions are still derived."""
    one = lookups(tiny(lines={"rent": LINES["rent"]}))
    assert one.cell("total", "appropriation").kind == "input"
    assert one.cell("net", "appropriation").kind == "derived"
    assert one.cell("B", "appropriation").kind == "derived"


def test_two_incomes_are_a_sum(tiny: Callable[..., Scenario]) -> None:
    """Neither stands alone any more."""
    two = lookups(tiny(lines=LINES, income={**INCOME, "fees": {"appropriation": 1, "estimate": 1}}))
    assert two.cell("income", "before").kind == "derived"
    assert two.cell("income", "appropriation").kind == "derived"


def test_growth_items_of_one_name_are_added(page: Lookups) -> None:
    """Two items called north are derived, one item is an input."""
    assert (page.item("travel", "north").value, page.item("travel", "north").kind) == (5, "derived")
    assert (page.item("rent", "more room").value, page.item("rent", "more room").kind) == (
        1,
        "input",
    )


def test_income_by_line(page: Lookups) -> None:
    """What is stated is an input, what follows is derived."""
    kinds = {c: page.income("sales", c).kind for c in ("appropriation", "before", "growth", "2020")}
    assert kinds == {
        "appropriation": "input", "before": "input", "growth": "derived", "2020": "derived",
    }  # fmt: skip
    assert page.income("sales", "2020").value == 3


def test_shares_and_rates(page: Lookups) -> None:
    """As the scenario writes them."""
    assert (page.share("A").value, page.share("A").kind) == (Fraction(1, 3), "input")
    rate = page.budget_rate("eur_per_usd")
    assert (rate.value, rate.kind) == (Fraction(9, 10), "input")


def test_a_pegged_rate_without_one_of_its_own_is_derived(tiny: Callable[..., Scenario]) -> None:
    """Its value is the anchor's times the ratio."""
    rates = {
        "eur_per_usd": {"budget": Decimal("0.9"), "start": Decimal("0.9")},
        "eur_per_xcd": {"pegged": {"to": "eur_per_usd", "ratio": Decimal("0.5")}},
    }
    found = lookups(tiny(lines=LINES, rates=rates)).budget_rate("eur_per_xcd")
    assert (found.value, found.kind) == (Fraction(45, 100), "derived")


def test_contributions_are_derived_in_both_currencies(page: Lookups) -> None:
    """Two thirds of 518 − 3 print 343.3 thousand EUR, at 0.9 to the ten 381 440 USD."""
    budget, own = page.contribution("B", "EUR", "2020"), page.contribution("B", "USD", "2020")
    assert (budget.value, budget.kind) == (343300, "derived")
    assert (own.value, own.kind) == (381440, "derived")


@pytest.mark.parametrize(
    ("ask", "wanted", "value", "remedy"),
    [
        (
            lambda p: p.cell("rant", "before"),
            "a row of the cascade",
            "rant",
            "did you mean 'rent'?",
        ),
        (
            lambda p: p.cell("rent", "befor"),
            "a column that row 'rent' has",
            "befor",
            "did you mean 'before'?",
        ),
        (
            lambda p: p.cell("rent", "before", "2020"),
            "a year of the estimate or 2020-2021",
            "before, 2020",
            "",
        ),
        (
            lambda p: p.cell("rent", "estimate", "2022"),
            "a year of the estimate or 2020-2021",
            "estimate, 2022",
            "",
        ),
        (lambda p: p.item("rant", "north"), "a line", "rant", "did you mean 'rent'?"),
        (
            lambda p: p.item("travel", "nort"),
            "a growth item of line 'travel'",
            "nort",
            "did you mean 'north'?",
        ),
        (lambda p: p.posts(fund="cora"), "a known fund", "cora", "did you mean 'core'?"),
        (lambda p: p.posts(grade="Z"), "a known grade", "Z", "known: X, Y"),
        (lambda p: p.posts(category="stuff"), "a known category", "stuff", "did you mean 'staff'?"),
        (lambda p: p.posts(office="Onne"), "a known office", "Onne", "did you mean 'One'?"),
        (lambda p: p.posts(at="now"), "a moment", "now", "known: chart, current, prior"),
        (lambda p: p.figure("a", "b"), "a group of figures", "a", "there are none"),
        (lambda p: p.total_of("a"), "a group of figures", "a", "there are none"),
        (lambda p: p.share("C"), "a parent", "C", "known: A, B"),
        (lambda p: p.contribution("C", "EUR", "2020"), "a parent", "C", "known: A, B"),
        (
            lambda p: p.contribution("A", "EUR", "2022"),
            "a period",
            "2022",
            "did you mean '2021'?",
        ),
        (
            lambda p: p.contribution("B", "JPY", "2020"),
            "the parent's or the budget's currency",
            "JPY",
            "",
        ),
        (
            lambda p: p.budget_rate("eur_per_use"),
            "a rate",
            "eur_per_use",
            "did you mean 'eur_per_usd'?",
        ),
        (lambda p: p.inflows("USE"), "a currency with a budget rate", "USE", "did you mean 'USD'?"),
        (lambda p: p.income("sale", "before"), "a line of income", "sale", "did you mean 'sales'?"),
        (
            lambda p: p.income("sales", "befor"),
            "a column that income 'sales' has",
            "befor",
            "did you mean 'before'?",
        ),
        (lambda p: p.region("South"), "a region of the inflows", "South", "there are none"),
        (lambda p: p.deliverable("x"), "a deliverable of the inflows", "x", "there are none"),
    ],
)
def test_what_is_not_there_is_refused_with_the_nearest_name(
    page: Lookups, ask: Callable[[Lookups], object], wanted: str, value: str, remedy: str
) -> None:
    """Each lookup says what it wanted, what it got, and what there is."""
    with pytest.raises(RuleError) as caught:
        ask(page)
    error = caught.value
    assert (error.wanted, error.value, error.remedy) == (wanted, value, remedy)
    assert str(error) == wanted


def test_a_long_name_is_cut(page: Lookups) -> None:
    """Eighty characters are enough to find it."""
    assert refused("a name", "x" * 100).value == "x" * 80


def test_a_post_that_left_its_office_is_known_there(tiny: Callable[..., Scenario]) -> None:
    """An office that only a change names may be asked for, before and after the move."""
    move = {
        "change": "moved", "office": "One", "from_office": "Gone",
        "fund": "core", "grade": "X", "posts": 2,
    }  # fmt: skip
    new = {"change": "abolished", "office": "Closed", "fund": "core", "grade": "Y", "posts": 1}
    its = lookups(tiny(lines=LINES, post_changes=[move, new]))
    assert [its.posts(office="Gone", at=at).value for at in ("prior", "current")] == [2, 0]
    assert [its.posts(office="Closed", at=at).value for at in ("prior", "current")] == [1, 0]
    assert its.posts(category="staff").value == 7
    assert its.posts().kind == "derived"


def test_figures_are_inputs_and_their_sum_is_not(tiny: Callable[..., Scenario]) -> None:
    """A group of one is that figure."""
    figures = {"courses": {"north": 12, "south": 8}, "visits": {"all": 5}}
    its = lookups(tiny(lines=LINES, figures=figures))
    assert (its.figure("courses", "south").value, its.figure("courses", "south").kind) == (
        8,
        "input",
    )
    assert (its.total_of("courses").value, its.total_of("courses").kind) == (20, "derived")
    assert (its.total_of("visits").value, its.total_of("visits").kind) == (5, "input")
    with pytest.raises(RuleError, match="a figure of group 'courses'") as caught:
        its.figure("courses", "nort")
    assert caught.value.remedy == "did you mean 'north'?"


def test_inflows_are_probability_times_centre_of_the_period(small_dict: dict[str, Any]) -> None:
    """0.8 × 1000 thousand USD at 0.9, of which three quarters are due in the period."""
    small_dict["pledges"][0]["received"] = {"2030": 0.25, "2031": 0.5, "2032": 0.25}
    its = lookups(Scenario.model_validate(small_dict))
    assert its.inflows("USD").value == 600
    assert its.inflows("EUR").value == 540
    assert its.inflows("USD").kind == "derived"
    assert (its.region("South").value, its.region("South").kind) == (Fraction(2, 5), "input")
    assert (its.deliverable("courses").value, its.deliverable("courses").kind) == (60, "input")


def test_a_deliverable_is_checked_against_its_figures(small_dict: dict[str, Any]) -> None:
    """The sum of a group must be the planned number; both are named when it is not."""
    third = Decimal("19.3333333333333")
    small_dict["figures"] = {"good": {"a": 25, "b": 35}, "bad": {"a": 25, "b": third}}
    its = lookups(Scenario.model_validate(small_dict))
    assert (its.deliverable("courses", "good").value, its.deliverable("courses", "good").kind) == (
        60,
        "derived",
    )
    with pytest.raises(RuleError) as caught:
        its.deliverable("courses", "bad")
    assert caught.value.wanted == ("the figures 'bad' must sum to the planned number of 'courses'")
    assert caught.value.value == "44.3333333333 and 60"
    assert caught.value.remedy == "mend whichever is wrong"
