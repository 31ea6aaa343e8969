"""Posts, grades and changes of posts: every post has a price and somebody who pays it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from simulator.errors import did_you_mean
from simulator.scenario.model import Scenario
from simulator.scenario.places import Finding, Path, found_text, quoted_in_rules


def grades_have_costs(scenario: Scenario) -> Iterator[Finding]:
    """Every grade of a post, or of a change of posts, has its standard cost."""
    uses: dict[str, list[Path]] = {}
    for index, post in enumerate(scenario.posts):
        uses.setdefault(post.grade, []).append(("posts", index, "grade"))
    for index, change in enumerate(scenario.post_changes):
        path: Path = ("post_changes", index)
        uses.setdefault(change.grade, []).append((*path, "grade"))
        if change.from_grade is not None:
            uses.setdefault(change.from_grade, []).append((*path, "from_grade"))
    for grade, places in uses.items():
        if grade not in scenario.grades:
            times = f", used {len(places)} times" if len(places) > 1 else ""
            close = did_you_mean(grade, scenario.grades) if scenario.grades else ""
            remedy = f"add [grades.{grade}] with category and standard_cost"
            remedy += f"; {close}" if close else ""
            wanted = f"a grade without standard cost{times}"
            yield Finding(places[0], wanted, found_text(grade), remedy)


def grades_are_used(scenario: Scenario) -> Iterator[Finding]:
    """A grade that no post has, and no rule counts, would change nothing."""
    used = {post.grade for post in scenario.posts}
    used |= {change.grade for change in scenario.post_changes}
    used |= {change.from_grade for change in scenario.post_changes if change.from_grade}
    if not scenario.posts or not used <= set(scenario.grades):
        return  # that is reported, and may be the post or the grade that is meant here
    for name in scenario.grades:
        if name not in used and not quoted_in_rules(scenario, name):
            wanted = "no post has this grade, it would be ignored"
            yield Finding(("grades", name), wanted, remedy="remove it, or give a post this grade")


def categories_exist(scenario: Scenario) -> Iterator[Finding]:
    """Grades name categories that are given, and each category is named."""
    for name, grade in scenario.grades.items():
        if grade.category not in scenario.categories:
            known = scenario.categories
            remedy = did_you_mean(grade.category, known) if known else (
                f"add [categories.{grade.category}]"
            )  # fmt: skip
            path = ("grades", name, "category")
            wanted = "the name of a category is wanted"
            yield Finding(path, wanted, found_text(grade.category), remedy)
    used = {grade.category for grade in scenario.grades.values()}
    for name in scenario.categories:
        if name not in used:
            remedy = "remove it, or name it in a grade"
            wanted = "no grade uses this category, it would be ignored"
            yield Finding(("categories", name), wanted, remedy=remedy)


def funds_are_paid(scenario: Scenario) -> Iterator[Finding]:
    """The posts of every fund are paid by a posts line or by programme support."""
    paid = {line.fund for line in scenario.lines.values() if line.fund is not None}
    if scenario.inflows is not None:
        paid.add(scenario.inflows.fund)
    if any(line.kind == "posts" and line.fund is None for line in scenario.lines.values()):
        return  # that line is reported, and may be the one that pays
    reported: set[str] = set()
    for index, post in enumerate(scenario.posts):
        if post.fund not in paid and post.fund not in reported:
            reported.add(post.fund)
            remedy = (
                did_you_mean(post.fund, paid)
                if paid
                else f'add a line with kind = "posts" and fund = "{post.fund}"'
            )
            wanted = "no line and no [inflows] pays the posts of this fund"
            yield Finding(("posts", index, "fund"), wanted, found_text(post.fund), remedy)


def reconciliations_leave_posts(scenario: Scenario) -> Iterator[Finding]:
    """Entries below zero take away no more posts of a fund and grade than there are."""
    sums: Counter[tuple[str, str]] = Counter()
    last: dict[tuple[str, str], int] = {}
    for index, post in enumerate(scenario.posts):
        sums[post.fund, post.grade] += post.posts
        if post.posts < 0:
            last[post.fund, post.grade] = index
    for key, index in last.items():
        if sums[key] < 0:
            wanted = f"posts of {key[1]} in {key[0]} sum to {sums[key]}, zero or more is wanted"
            yield Finding(("posts", index, "posts"), wanted, str(scenario.posts[index].posts))


def changes_are_consistent(scenario: Scenario) -> Iterator[Finding]:
    """Posts that are new, moved or reclassified stand among the posts; something does change."""
    present: Counter[tuple[str, str, str]] = Counter()
    for post in scenario.posts:
        present[post.office, post.fund, post.grade] += post.posts
    offices = {post.office for post in scenario.posts}
    funds = {post.fund for post in scenario.posts}
    counted: Counter[tuple[str, str, str, str]] = Counter()
    for index, change in enumerate(scenario.post_changes):
        path: Path = ("post_changes", index)
        if change.from_grade == change.grade:
            wanted = "another grade than before is wanted"
            yield Finding((*path, "from_grade"), wanted, found_text(change.from_grade))
        if change.from_office == change.office:
            wanted = "another office than before is wanted"
            yield Finding((*path, "from_office"), wanted, found_text(change.from_office))
        if change.fund not in funds:
            wanted = "the fund of some posts is wanted"
            remedy = did_you_mean(change.fund, funds)
            yield Finding((*path, "fund"), wanted, found_text(change.fund), remedy)
            continue
        if change.change == "abolished":
            continue
        cell = (change.office, change.fund, change.grade)
        counted[change.change, *cell] += change.posts
        if counted[change.change, *cell] <= present[cell]:
            continue
        stand = f"{change.office}, {change.fund}, {change.grade}: {present[cell]} stand in posts"
        kind = change.change.replace("_", " ")
        wanted = f"no more {kind} posts than there are ({stand})"
        remedy = "posts list what stands after all changes; mend one of the two"
        if change.office not in offices:
            remedy = did_you_mean(change.office, offices)
        yield Finding((*path, "posts"), wanted, str(counted[change.change, *cell]), remedy)


CHECKS = (
    grades_have_costs,
    grades_are_used,
    categories_exist,
    funds_are_paid,
    reconciliations_leave_posts,
    changes_are_consistent,
)
