"""Posts are counted exactly, now, before and on the chart."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.budget.posts import (
    count_posts,
    filled_equivalents,
    new_posts,
    posts_by,
    standing_posts,
)
from simulator.scenario.model import Scenario

TABLE_13_3 = {  # regular budget, 2006-2007 and 2008-2009
    ("ASG",): (1, 1),
    ("D-2",): (1, 1),
    ("D-1",): (4, 4),
    ("P-5",): (18, 18),
    ("P-4", "P-3"): (46, 48),
    ("P-2",): (10, 12),
    ("GS",): (76, 73),
}


@pytest.mark.parametrize("grades", TABLE_13_3, ids="/".join)
def test_regular_budget_posts_are_those_of_table_13_3(base, grades):
    """Both columns of table 13.3 come out of the organization chart and the changes."""
    counts = tuple(
        sum(count_posts(base, fund="RB", grade=grade, at=at) for grade in grades)
        for at in ("prior", "current")
    )
    assert counts == TABLE_13_3[grades]


def test_chart_has_one_general_service_post_more_than_the_table(base):
    """The declared fault of the source is real: 74 on the chart, 73 in the table."""
    assert count_posts(base, fund="RB", category="general_service", at="chart") == 74
    assert count_posts(base, fund="RB", category="general_service") == 73


def test_a_reclassified_post_goes_back_to_its_grade_and_office(base):
    """Undoing the changes moves the web editor's post back to Programme Support as a P-2."""
    oed, support = "Office of the Executive Director", "Division of Programme Support"
    assert count_posts(base, fund="RB", grade="P-4", office=oed) == 5
    assert count_posts(base, fund="RB", grade="P-4", office=oed, at="prior") == 3
    assert count_posts(base, fund="RB", grade="P-2", office=support) == 5
    assert count_posts(base, fund="RB", grade="P-2", office=support, at="prior") == 5


def test_a_moved_post_keeps_fund_and_grade(tiny):
    """A move changes offices and no total."""
    move = {"change": "moved", "office": "One", "fund": "core", "grade": "X", "posts": 2}
    scenario = tiny(post_changes=[move | {"from_office": "Two"}])
    assert posts_by(scenario, "office", at="prior") == {"One": 1, "Two": 6}
    assert posts_by(scenario, "grade", at="prior") == posts_by(scenario, "grade")


def test_delayed_impact_moves_no_count(tiny):
    """Its posts stood in the period before."""
    late = {"change": "delayed_impact", "office": "One", "fund": "core", "grade": "X", "posts": 1}
    scenario = tiny(post_changes=[late])
    assert count_posts(scenario, at="prior") == count_posts(scenario) == 7
    assert new_posts(scenario, "core") == {}


def test_new_posts_count_less_in_the_first_year_only(base):
    """Half a year of one P-4 and three P-2 is missing in 2008 and none in 2009."""
    half = {"professional": Fraction(1, 2), "general_service": Fraction(7, 20)}
    first = filled_equivalents(base, "RB", 2008, half)
    second = filled_equivalents(base, "RB", 2009, half)
    assert second == posts_by(base, "grade", fund="RB")
    missing = {g: second[g] - first[g] for g in second if first[g] != second[g]}
    assert missing == {"P-4": Fraction(1, 2), "P-2": Fraction(3, 2)}


def test_without_delay_every_post_counts_one(base):
    """A category that is not named is not delayed."""
    assert filled_equivalents(base, "RB", 2008, {}) == posts_by(base, "grade", fund="RB")


def test_standing_and_new_posts_are_all_posts(base):
    """Nothing is counted twice."""
    standing, new = standing_posts(base, "RB"), new_posts(base, "RB")
    assert new == {"P-4": 1, "P-2": 3}
    together = {grade: standing.get(grade, 0) + new.get(grade, 0) for grade in base.grades}
    assert together == posts_by(base, "grade", fund="RB")


def test_grades_stand_in_the_order_of_the_scenario(base):
    """A table of posts reads from the top of the house down."""
    assert list(posts_by(base, "grade", fund="RB")) == list(base.grades)


@pytest.mark.parametrize("at", ["current", "prior", "chart"])
@pytest.mark.parametrize("key", ["fund", "grade", "category", "office"])
def test_parts_sum_to_all_posts(base, key, at):
    """Any breakdown of any count sums to the count."""
    assert sum(posts_by(base, key, at=at).values()) == count_posts(base, at=at)


entries = st.lists(
    st.fixed_dictionaries(
        {
            "office": st.sampled_from(["One", "Two", "Three"]),
            "fund": st.sampled_from(["core", "project"]),
            "grade": st.sampled_from(["X", "Y"]),
            "posts": st.integers(0, 50),
        }
    ),
    max_size=12,
)
changes = st.lists(
    st.one_of(
        st.fixed_dictionaries(
            {
                "change": st.sampled_from(["new", "abolished", "delayed_impact"]),
                "office": st.sampled_from(["One", "Two"]),
                "fund": st.just("core"),
                "grade": st.sampled_from(["X", "Y"]),
                "posts": st.integers(1, 9),
            }
        ),
        st.fixed_dictionaries(
            {
                "change": st.just("reclassified"),
                "office": st.sampled_from(["One", "Two"]),
                "from_office": st.sampled_from(["One", "Two"]),
                "fund": st.just("core"),
                "grade": st.just("X"),
                "from_grade": st.just("Y"),
                "posts": st.integers(1, 9),
            }
        ),
    ),
    max_size=6,
)


@given(posts=entries, moves=changes, shuffler=st.randoms())
def test_the_order_of_the_lists_does_not_matter(tiny, posts, moves, shuffler):
    """Rows of a spreadsheet may be sorted at will; before = now − new + abolished."""
    scenario: Scenario = tiny(posts=posts, post_changes=moves)
    mixed: Scenario = tiny(
        posts=shuffler.sample(posts, len(posts)), post_changes=shuffler.sample(moves, len(moves))
    )
    for at in ("current", "prior", "chart"):
        for key in ("fund", "grade", "category", "office"):
            assert list(posts_by(scenario, key, at=at).items()) == list(
                posts_by(mixed, key, at=at).items()
            )
    gained = sum(c["posts"] for c in moves if c["change"] == "new")
    lost = sum(c["posts"] for c in moves if c["change"] == "abolished")
    assert count_posts(scenario, at="prior") == count_posts(scenario) - gained + lost
