"""Which key belongs to which driver, scenarios between two, and what differs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.scenario.differences import differences
from simulator.scenario.drivers import COMMON, GROUP_OF, GROUPS, INSIDE, NO_DRIVER, group_of, mixed
from simulator.scenario.factors import DRIVERS
from simulator.scenario.fingerprint import fingerprint
from simulator.scenario.model import Scenario
from simulator.scenario.parts import Category, Line
from simulator.scenario.read import check_scenario, read_scenario

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
LIBRARY = sorted(SCENARIOS.glob("*.toml"))


def test_every_field_of_a_scenario_is_in_exactly_one_group() -> None:
    """A new field of the model has to be given a group, and no group is made up."""
    assert set(GROUP_OF) == set(Scenario.model_fields)
    assert set(GROUP_OF.values()) <= {*GROUPS, NO_DRIVER, COMMON}
    assert set(INSIDE["lines"]) <= set(Line.model_fields)
    assert set(INSIDE["categories"]) <= set(Category.model_fields)


def test_every_driver_of_chance_is_a_group_too() -> None:
    """What drives draws can drive a change, under the same word."""
    assert set(DRIVERS) <= set(GROUPS)


def test_fields_inside_a_table_may_have_another_group() -> None:
    """The standard cost scale of a line is a cost of posts; vacancy stands on its own."""
    assert group_of(("lines", "staff", "standard_cost_scale", "2031")) == "post_costs"
    assert group_of(("lines", "staff", "growth")) == "lines"
    assert group_of(("categories", "professional", "vacancy")) == "vacancy"
    assert group_of(("pledges", "one", "amount")) == "inflows"


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_scenarios_of_the_library_can_be_mixed_with_base(path: Path) -> None:
    """All changed groups from the other is the other, none is base; each alone makes sense."""
    base, other = read_scenario(SCENARIOS / "base.toml"), read_scenario(path)
    own = {"name", "title", "description", "published", "thresholds", "figures"}
    changed = {one.driver for one in differences(base, other)} - {NO_DRIVER}
    for groups, side in ((frozenset[str](), base), (frozenset(changed), other)):
        made = mixed(base, other, groups)
        said = {name: getattr(side, name) for name in own}
        assert fingerprint(made.model_copy(update=said)) == fingerprint(side)
    for group in changed:
        assert check_scenario(mixed(base, other, {group})) == ()


def test_a_line_takes_its_scale_from_the_other_side(varied: Callable[..., Scenario]) -> None:
    """Post costs from B and lines from A: the line of A with the scale of B."""
    scale = {"2031": 1.5, "2032": 1.5}
    a = varied()
    b = varied(**{"lines.staff.standard_cost_scale": scale, "lines.travel.appropriation": 500})
    made = mixed(a, b, {"post_costs"})
    assert made.lines["staff"].standard_cost_scale == b.lines["staff"].standard_cost_scale
    assert made.lines["travel"] == a.lines["travel"]


def test_a_rate_comes_along_when_a_pledge_wants_it(varied: Callable[..., Scenario]) -> None:
    """A pledge from B in a currency that only B has a rate for."""
    pledge = {
        "name": "two", "window": "I", "currency": "GBP", "amount": 10, "stage": "signed",
        "received": {"2031": 1},
    }  # fmt: skip
    a = varied()
    rates = {"eur_per_usd": {"budget": 0.9, "start": 0.92}, "eur_per_gbp": {"budget": 1.1}}
    b = varied(pledges=[pledge], rates=rates)
    assert "eur_per_gbp" in mixed(a, b, {"inflows"}).rates
    assert "eur_per_gbp" not in mixed(a, b, {"income"}).rates


def test_only_what_differs_is_named_with_its_source(varied: Callable[..., Scenario]) -> None:
    """Key, before, after and source; titles, notes and sources are no inputs."""
    a = varied()
    b = varied(**{
        "title": "Another",
        "categories.professional.vacancy": {"value": 0.06, "source": "a survey"},
        "rates.eur_per_usd.budget": {"value": 0.9, "note": "said again"},
    })  # fmt: skip
    (one,) = differences(a, b)
    assert one.key == "categories.professional.vacancy"
    assert one.before == "normal(mean 0.05, sd 0.015), min 0, max 1"
    assert (one.after, one.source, one.driver) == ("0.06", "a survey", "vacancy")
    assert differences(a, a) == ()


def test_the_order_of_entries_is_no_difference(varied: Callable[..., Scenario]) -> None:
    """Posts in another order are the same posts; one that is gone has no value after."""
    a = varied()
    posts = [post.model_dump(exclude_none=True) for post in a.posts]
    assert differences(a, varied(posts=posts[::-1])) == ()
    gone = differences(a, varied(posts=posts[1:]))
    assert [(d.key, d.before, d.after) for d in gone if d.key.endswith("posts")] == [
        ("posts.Here / RB / P2.posts", "10", "")
    ]


def test_correlations_of_two_rates_are_part_of_exchange() -> None:
    """Other correlations are dependence; a declared independence silences a warning only."""
    matrix = ("correlation", "matrix")
    assert group_of((*matrix, "rates.eur_per_gbp", "rates.eur_per_usd")) == "exchange"
    assert group_of((*matrix, "rates.eur_per_usd", "inflation.euro")) == "dependence"
    assert group_of(("correlation", "copula", "kind")) == "dependence"
    assert group_of(("correlation", "independent", "exchange / inflows")) == NO_DRIVER


def test_a_correlation_is_the_same_in_either_order(varied: Callable[..., Scenario]) -> None:
    """[matrix.a] b is [matrix.b] a, and half is 1/2: no input differs."""
    one, other = "rates.eur_per_usd", "inflation.euro"
    a = varied(correlation={"matrix": {one: {other: 0.3}}})
    b = varied(correlation={"matrix": {other: {one: 0.3}}})
    assert differences(a, b) == ()
    c = varied(correlation={"matrix": {other: {one: 0.4}}})
    (found,) = differences(a, c)
    assert (found.key, found.before, found.after, found.driver) == (
        "correlation.matrix.inflation.euro.rates.eur_per_usd", "0.3", "0.4", "dependence",
    )  # fmt: skip
    quarters = [varied(**{"parents.A.share": q, "parents.B.share": "3/4"}) for q in ("1/4", 0.25)]
    assert differences(*quarters) == ()


def test_only_names_differ_where_nothing_else_does(varied: Callable[..., Scenario]) -> None:
    """Titles are named when no input differs, and move nothing."""
    (one,) = differences(varied(), varied(title="Another"))
    assert (one.key, one.after, one.driver) == ("title", "Another", NO_DRIVER)


def test_a_mix_drops_correlations_with_what_is_not_there(varied: Callable[..., Scenario]) -> None:
    """Dependence from B without B's pledge: nothing is correlated with what is not drawn."""
    pledge = {
        "name": "two", "window": "I", "currency": "EUR", "stage": "signed",
        "amount": {"lognormal": {"median": 10, "log_sd": 0.1}}, "received": {"2031": 1},
    }  # fmt: skip
    a = varied()
    pledges = [*(p.model_dump(exclude_none=True) for p in a.pledges), pledge]
    tied = {"matrix": {"pledges.two.amount": {"income.rent": 0.3}}, "order": ["income.rent"]}
    b = varied(pledges=pledges, correlation=tied)
    assert mixed(a, b, {"dependence"}).correlation.matrix == {}
    assert mixed(a, b, {"dependence", "inflows"}).correlation.matrix == b.correlation.matrix
    for groups in ({"dependence"}, {"inflows"}, {"dependence", "inflows"}):
        assert check_scenario(mixed(a, b, groups)) == ()
