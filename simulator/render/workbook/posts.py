"""*Posts*: posts by grade and fund, the period before beside the present one, and by office."""

from __future__ import annotations

from simulator.budget.posts import At, count_posts, posts_by
from simulator.render.workbook import styles
from simulator.render.workbook.book import Book
from simulator.render.workbook.page import Page
from simulator.render.workbook.stored import Stored
from simulator.render.workbook.styles import Style
from simulator.scenario.model import Scenario

TIMES: tuple[At, At] = ("prior", "current")
LIVE = Style("live", "cell")
"""Sums; a count of nothing is a dash, as on the page."""

COUNT = Style(shown="cell")


def write_posts(book: Book, stored: Stored) -> None:
    """The sheet; nothing when the scenario has no posts."""
    scenario = stored.scenario
    if not scenario.posts and not scenario.post_changes:
        return
    words = book.words
    page = book.page(stored.title(words, "sheet_posts"))
    row = page.title(words("posts_title"), words("posts_note"))
    funds = _funds(scenario)
    row = _by_grade(page, book, scenario, row, funds)
    row = _by_office(page, book, scenario, row + 1, funds)
    _changes(page, book, scenario, row + 1)


def _funds(scenario: Scenario) -> tuple[str, ...]:
    named = [post.fund for post in scenario.posts]
    return tuple(dict.fromkeys([*named, *(change.fund for change in scenario.post_changes)]))


def _by_grade(page: Page, book: Book, scenario: Scenario, row: int, funds: tuple[str, ...]) -> int:
    """The layout of table 13.3: a fund has the prior and the present period, and so have all."""
    words = book.words
    prior = scenario.budget.prior_period or words("prior_period")
    labels = (prior, scenario.period)
    heads = [words("head_grade")]
    heads += [f"{fund} {label}" for fund in funds for label in labels]
    heads += [f"{words('row_total')} {label}" for label in labels]
    page.heads(row, heads)
    page.freeze(row + 1, 1, repeat=(row, row))
    row += 1
    subtotals = []
    for category in dict.fromkeys(scenario.category_of(grade) for grade in scenario.grades):
        first = row
        for grade in scenario.grades:
            if scenario.category_of(grade) == category:
                _grade(page, scenario, row, grade, funds)
                row += 1
        title = scenario.categories[category].title or category
        page.text(row, 0, words("row_subtotal", what=title), Style(bold=True))
        _sums(page, scenario, row, funds, [(first, row - 1)], category)
        subtotals.append(row)
        row += 1
    page.text(row, 0, words("row_total"), Style(bold=True, top=True))
    _sums(page, scenario, row, funds, [(r, r) for r in subtotals], None)
    return row + 1


def _grade(page: Page, scenario: Scenario, row: int, grade: str, funds: tuple[str, ...]) -> None:
    page.text(row, 0, grade, Style(indent=1))
    for i, fund in enumerate(funds):
        for j, at in enumerate(TIMES):
            count = count_posts(scenario, fund=fund, grade=grade, at=at)
            page.number(row, 1 + 2 * i + j, count, COUNT)
    for j, at in enumerate(TIMES):
        cells = "+".join(page.here(row, 1 + 2 * i + j) for i in range(len(funds)))
        count = count_posts(scenario, grade=grade, at=at)
        page.formula(row, 1 + 2 * len(funds) + j, cells, count, LIVE)


def _sums(
    page: Page,
    scenario: Scenario,
    row: int,
    funds: tuple[str, ...],
    parts: list[tuple[int, int]],
    category: str | None,
) -> None:
    """Sums of rows in every column, with the count that the scenario itself gives."""
    for i, fund in enumerate((*funds, None)):
        for j, at in enumerate(TIMES):
            column = 1 + 2 * i + j
            ranges = ",".join(f"{page.here(a, column)}:{page.here(b, column)}" for a, b in parts)
            count = count_posts(scenario, fund=fund, category=category, at=at)
            style = LIVE.but(bold=True, top=category is None)
            page.formula(row, column, f"SUM({ranges})", count, style)


def _by_office(page: Page, book: Book, scenario: Scenario, row: int, funds: tuple[str, ...]) -> int:
    """Offices, a column a fund and grade that occurs; entries that reconcile stand with them."""
    words = book.words
    page.text(row, 0, words("offices"), styles.SUBTITLE, fits=False)
    columns = [(f, g) for f in funds for g in posts_by(scenario, "grade", fund=f)]
    page.heads(row + 1, [words("head_office"), *(f"{f} {g}" for f, g in columns),
                         words("row_total")])  # fmt: skip
    row += 2
    first = row
    for office in dict.fromkeys(post.office for post in scenario.posts):
        page.text(row, 0, office, Style(indent=1))
        for i, (fund, grade) in enumerate(columns):
            count = count_posts(scenario, fund=fund, grade=grade, office=office)
            page.number(row, 1 + i, count, COUNT)
        cells = f"SUM({page.here(row, 1)}:{page.here(row, len(columns))})"
        page.formula(row, 1 + len(columns), cells, count_posts(scenario, office=office), LIVE)
        row += 1
    page.text(row, 0, words("row_total"), Style(bold=True, top=True))
    counts = [count_posts(scenario, fund=fund, grade=grade) for fund, grade in columns]
    for i, count in enumerate([*counts, count_posts(scenario)]):
        cells = f"SUM({page.here(first, 1 + i)}:{page.here(row - 1, 1 + i)})"
        page.formula(row, 1 + i, cells, count, LIVE.but(bold=True, top=True))
    for post in scenario.posts:
        if post.reconciliation:
            row += 1
            text = words("reconciles", office=post.office, fund=post.fund, grade=post.grade,
                         posts=post.posts, note=post.note or "")  # fmt: skip
            page.prose(row, text)
    return row + 1


def _changes(page: Page, book: Book, scenario: Scenario, row: int) -> None:
    """What changed against the period before, in sentences."""
    if not scenario.post_changes:
        return
    words = book.words
    page.text(row, 0, words("post_changes"), styles.SUBTITLE, fits=False)
    for change in scenario.post_changes:
        row += 1
        what = words(f"change_{change.change}")
        grade = f"{change.from_grade} → {change.grade}" if change.from_grade else change.grade
        text = f"{what}: {change.posts} {change.fund} {grade}, {change.office}"
        if change.from_office:
            text += f" ({words('from_office', office=change.from_office)})"
        tail = [part for part in (change.note, change.source) if part]
        page.prose(row, "; ".join([text, *tail]), styles.PROSE)
