"""Counting posts, exactly: as listed, a period earlier, and on the organization chart.

The posts of a scenario stand after all changes, so an earlier count undoes the changes. A
`delayed_impact` is the cost of posts that already stood in the period before and moves no count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Literal

from simulator.scenario.model import Scenario
from simulator.scenario.parts import PostChange

At = Literal["current", "prior", "chart"]
By = Literal["fund", "grade", "category", "office"]
Entry = tuple[str, str, str, int]  # office, fund, grade, posts (less than 0 when taken away)


def _undone(change: PostChange) -> Iterator[Entry]:
    """The entries that bring the count back to the period before `change`."""
    here = (change.office, change.fund, change.grade)
    origin = change.from_office or change.office
    if change.change == "new":
        yield (*here, -change.posts)
    elif change.change == "abolished":
        yield (*here, change.posts)
    elif change.change in ("moved", "reclassified"):
        yield (*here, -change.posts)
        yield (origin, change.fund, change.from_grade or change.grade, change.posts)


def _entries(scenario: Scenario, at: At) -> Iterator[Entry]:
    for post in scenario.posts:
        if at != "chart" or not post.reconciliation:
            yield (post.office, post.fund, post.grade, post.posts)
    if at == "prior":
        for change in scenario.post_changes:
            yield from _undone(change)


def count_posts(
    scenario: Scenario,
    *,
    fund: str | None = None,
    grade: str | None = None,
    category: str | None = None,
    office: str | None = None,
    at: At = "current",
) -> int:
    """Posts that match every criterion given.

    `at`: "current" counts all entries of the period budgeted for, "prior" the period before it,
    "chart" the offices of the organization chart, that is without reconciliation entries.
    """
    return sum(
        posts
        for its_office, its_fund, its_grade, posts in _entries(scenario, at)
        if fund in (None, its_fund)
        and grade in (None, its_grade)
        and office in (None, its_office)
        and (category is None or scenario.category_of(its_grade) == category)
    )


def posts_by(
    scenario: Scenario, key: By, *, fund: str | None = None, at: At = "current"
) -> dict[str, int]:
    """Posts by fund, grade, category or office, sorted by name (grades as the scenario has them).

    What counts zero is left out.
    """
    counts: dict[str, int] = {}
    for its_office, its_fund, its_grade, posts in _entries(scenario, at):
        if fund not in (None, its_fund):
            continue
        name = {
            "office": its_office,
            "fund": its_fund,
            "grade": its_grade,
            "category": scenario.category_of(its_grade),
        }[key]
        counts[name] = counts.get(name, 0) + posts
    ranks = {grade: rank for rank, grade in enumerate(scenario.grades)} if key == "grade" else {}
    ordered = sorted(counts, key=lambda name: (ranks.get(name, 0), name))
    return {name: counts[name] for name in ordered if counts[name] != 0}


def new_posts(scenario: Scenario, fund: str | None) -> dict[str, int]:
    """New posts of a fund (of all funds when None) by grade: they are filled with a delay."""
    counts: dict[str, int] = {}
    for change in scenario.post_changes:
        if change.change == "new" and fund in (None, change.fund):
            counts[change.grade] = counts.get(change.grade, 0) + change.posts
    return {grade: counts[grade] for grade in scenario.grades if grade in counts}


def standing_posts(scenario: Scenario, fund: str | None) -> dict[str, int]:
    """Posts of a fund by grade that are there from the first day: all but the new ones."""
    counts, new = posts_by(scenario, "grade", fund=fund), new_posts(scenario, fund)
    standing = {g: counts.get(g, 0) - new.get(g, 0) for g in scenario.grades}
    return {grade: posts for grade, posts in standing.items() if posts != 0}


def filled_equivalents(
    scenario: Scenario,
    fund: str | None,
    year: int,
    delayed: Mapping[str, Fraction | float],
) -> dict[str, Fraction]:
    """Filled-post equivalents of a fund by grade in `year`.

    In the first year a new post counts 1 − `delayed[category]`, the part of that year for which
    it is filled; in later years, and for every other post, 1. A category missing from `delayed`
    is not delayed.
    """
    posts = {g: Fraction(n) for g, n in posts_by(scenario, "grade", fund=fund).items()}
    if year == scenario.years[0]:
        for grade, count in new_posts(scenario, fund).items():
            late = Fraction(delayed.get(scenario.category_of(grade), 0))
            posts[grade] = posts.get(grade, Fraction(0)) - count * late
    return posts
