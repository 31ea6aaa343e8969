"""The posts behind lines that are built from posts: filled-post equivalents at standard cost, live.

Only lines without an appropriation need them (`budget.published.bottom_up_cost`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.budget.posts import new_posts, posts_by
from simulator.render.workbook import styles
from simulator.render.workbook.book import Book
from simulator.render.workbook.inputs import Named
from simulator.render.workbook.page import Page
from simulator.render.workbook.stored import Stored
from simulator.render.workbook.styles import Style
from simulator.scenario.parts import Line


@dataclass(frozen=True, slots=True)
class Staffing:
    """Where the cost of a line's posts stands, by line and year; `last` is the last row used."""

    costs: Mapping[tuple[str, str], str]
    last: int

    def cost(self, line: str, year: str) -> str:
        """The cell that holds the cost of the line's posts in a year, before recosting."""
        return self.costs[line, year]


def write_staffing(book: Book, stored: Stored, page: Page, named: Named, row: int) -> Staffing:
    """A table for each line that is built from its posts, from `row` on."""
    costs: dict[tuple[str, str], str] = {}
    for name, line in stored.scenario.lines.items():
        if not stored.published.lines[name].bottom_up:
            continue
        title = line.title or name
        page.text(row, 0, book.words("staffing", line=title), styles.SUBTITLE, fits=False)
        row = _table(book, stored, page, named, row + 1, (name, line), costs) + 1
    return Staffing(costs, row - 1)


def _table(
    book: Book,
    stored: Stored,
    page: Page,
    named: Named,
    row: int,
    what: tuple[str, Line],
    costs: dict[tuple[str, str], str],
) -> int:
    name, line = what
    words, scenario = book.words, stored.scenario
    years = [str(year) for year in scenario.years]
    heads = [words(f"head_{key}") for key in ("grade", "posts", "new_posts")]
    page.heads(row, [*heads, *(words("head_filled", year=year) for year in years)])
    posts, new = posts_by(scenario, "grade", fund=line.fund), new_posts(scenario, line.fund)
    row += 1
    terms: dict[str, list[str]] = {year: [] for year in years}
    for grade in scenario.grades:
        if not posts.get(grade) and not new.get(grade):
            continue
        page.text(row, 0, grade, Style(indent=1))
        page.number(row, 1, posts.get(grade, 0), Style(shown="count"))
        page.number(row, 2, new.get(grade, 0), Style(shown="count"))
        delay = f"categories.{scenario.category_of(grade)}.delayed_recruitment"
        centre = scenario.categories[scenario.category_of(grade)].delayed_recruitment.centre
        for i, year in enumerate(years):
            late = f"-{page.here(row, 2)}*{named[delay]}" if i == 0 else ""
            value = posts.get(grade, 0) - (new.get(grade, 0) * float(centre) if i == 0 else 0)
            style = Style("live", "number", 2)
            page.formula(row, 3 + i, f"{page.here(row, 1)}{late}", value, style)
            cost = named[f"grades.{grade}.standard_cost"]
            terms[year].append(f"{page.here(row, 3 + i)}*{cost}")
        row += 1
    page.text(row, 0, words("cost_before"), Style(indent=1, bold=True))
    for i, year in enumerate(years):
        scale = f"lines.{name}.standard_cost_scale.{year}"
        times = f"*{named[scale]}" if scale in named else ""
        value = float(stored.published.line_before_year(name, int(year)))
        formula = f"({'+'.join(terms[year]) or '0'}){times}"
        page.formula(row, 3 + i, formula, value, Style("live", "number", 4, bold=True))
        costs[name, year] = page.here(row, 3 + i)
    return row + 1
