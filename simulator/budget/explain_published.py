"""The published page explained: every cell with its rule of rounding, in exact arithmetic.

The rules are those of `budget.published`.
"""

from __future__ import annotations

from fractions import Fraction

from simulator.budget.explain_inputs import Book, budget_rate, given, made, remembered
from simulator.budget.posts import new_posts, posts_by
from simulator.budget.steps import Operand, Step, product, rounded, source_of, total
from simulator.scenario.parts import Parent
from simulator.units import parse_share


@remembered
def growth(book: Book, line: str) -> Step:
    """The growth items of a line, whole period."""
    items = [
        Step(
            item.name, Fraction(item.amount), book.file_unit,
            key=f"lines.{line}.growth.{item.name}", source=source_of(item),
        )
        for item in book.scenario.lines[line].growth
    ]  # fmt: skip
    return made(f"growth of {line}", total(items), book.file_unit)


@remembered
def scale(book: Book, line: str, y: int) -> Step:
    """The factor on standard costs of a line in a year."""
    year = book.plan.years[y]
    quantity = book.scenario.lines[line].standard_cost_scale[year]
    key = f"lines.{line}.standard_cost_scale.{year}"
    return given(f"standard cost scale of {line} {year}", key, quantity, exact=True)


@remembered
def standard_cost(book: Book, grade: str) -> Step:
    """What one filled post of a grade costs in a year."""
    quantity = book.scenario.grades[grade].standard_cost
    key = f"grades.{grade}.standard_cost"
    return given(f"standard cost of {grade}", key, quantity, book.file_unit, exact=True)


@remembered
def post_count(book: Book, grade: str, fund: str, new: bool) -> Step:
    """How many posts of a grade a fund has, in all or new."""
    counts = new_posts(book.scenario, fund)
    if not new:
        counts = posts_by(book.scenario, "grade", fund=fund)
    words = f"{'new posts' if new else 'posts'} {grade} of {fund}"
    return Step(
        words, Fraction(counts.get(grade, 0)), "posts", key="post_changes" if new else "posts"
    )


@remembered
def from_below(book: Book, line: str, y: int) -> Step:
    """A posts line without an appropriation: filled posts × standard cost × scale."""
    scenario, its = book.scenario, book.scenario.lines[line]
    fund = its.fund or ""
    posts, new = posts_by(scenario, "grade", fund=fund), new_posts(scenario, fund)
    costs: list[Operand] = []
    for grade in posts:
        filled: Operand = post_count(book, grade, fund, False)
        if y == 0 and grade in new:
            key = f"categories.{scenario.category_of(grade)}.delayed_recruitment"
            number = scenario.categories[scenario.category_of(grade)].delayed_recruitment
            centre = Fraction(number.centre)
            delay = Step(f"central {key}", centre, key=key, source=source_of(number))
            filled = filled - post_count(book, grade, fund, True) * delay
        costs.append(filled * standard_cost(book, grade))
    cost: Operand = total(costs)
    if book.plan.years[y] in its.standard_cost_scale:
        cost = cost * scale(book, line, y)
    return made(f"{line} before recosting {book.plan.years[y]}", cost, book.file_unit)


@remembered
def before(book: Book, line: str, y: int) -> Step:
    """A year's part of a line before recosting, not rounded."""
    its, count = book.scenario.lines[line], len(book.plan.years)
    if book.plan.published.lines[line].bottom_up:
        return from_below(book, line, y)
    parts: list[Operand] = []
    if its.appropriation is not None:
        key = f"lines.{line}.appropriation"
        words = f"appropriation of {line}"
        parts.append(given(words, key, its.appropriation, book.file_unit, exact=True))
    if its.growth:
        parts.append(growth(book, line))
    words = f"{line} before recosting, a year of {count}" if count > 1 else f"{line} before"
    whole = total(parts)
    if not parts:
        whole = total([Step("nothing is given", Fraction(0), book.file_unit, key=f"lines.{line}")])
    return made(words, whole / count if count > 1 else whole, book.file_unit)


@remembered
def recosting(book: Book, line: str, y: int) -> Step:
    """The price factor of a year on the year before."""
    year = book.plan.years[y]
    quantity = book.scenario.lines[line].recosting[year]
    return given(f"recosting of {line} {year}", f"lines.{line}.recosting.{year}", quantity,
                 exact=True)  # fmt: skip


def factors(book: Book, line: str, y: int) -> list[Step]:
    """The recosting factors up to a year."""
    known = book.scenario.lines[line].recosting
    return [recosting(book, line, i) for i in range(y + 1) if book.plan.years[i] in known]


@remembered
def estimate(book: Book, line: str, y: int) -> Step:
    """A line's printed estimate of a year: rule 2, on the unrounded path."""
    year, cell = str(book.plan.years[y]), book.scenario.budget.cell
    path = product([before(book, line, y), *factors(book, line, y)])
    return made(f"{line} {year}, printed", rounded(path, cell), book.file_unit, (line, year))


@remembered
def income_printed(book: Book, name: str, y: int) -> Step:
    """A line of income in a year: the period's estimate in equal parts."""
    line, count = book.scenario.income[name], len(book.plan.years)
    key = f"income.{name}.estimate"
    words = f"income {name}, whole period"
    last: tuple[Step, ...] = ()
    if line.appropriation is not None:
        last = (given(f"income {name}, previous period", f"income.{name}.appropriation",
                      line.appropriation, book.file_unit, exact=True),)  # fmt: skip
    whole = Step(words, Fraction(line.estimate.centre), book.file_unit, key=key,
                 source=source_of(line.estimate), beside=last)  # fmt: skip
    part = whole / count if count > 1 else whole
    printed = rounded(part, book.scenario.budget.cell)
    return made(f"income {name} {book.plan.years[y]}, printed", printed, book.file_unit)


@remembered
def net_printed(book: Book, y: int) -> Step:
    """The printed net of a year: rule 3, sums of printed cells."""
    year, scenario = str(book.plan.years[y]), book.scenario
    total_cell = made(
        f"total {year}, printed", total([estimate(book, name, y) for name in scenario.lines]),
        book.file_unit, ("total", year),
    )  # fmt: skip
    if not scenario.income:
        return made(f"net {year}, printed", total_cell, book.file_unit, ("net", year))
    income = made(
        f"income {year}, printed", total([income_printed(book, n, y) for n in scenario.income]),
        book.file_unit, ("income", year),
    )  # fmt: skip
    return made(f"net {year}, printed", total_cell - income, book.file_unit, ("net", year))


@remembered
def share(book: Book, name: str) -> Step:
    """The exact share of a parent."""
    parent: Parent = book.scenario.parents[name]
    value, key = parse_share(parent.share), f"parents.{name}.share"
    return Step(f"share of {name} ({parent.share})", value, key=key, source=parent.source or "")


@remembered
def printed_contribution(book: Book, name: str, period: str) -> Step:
    """The printed contribution in the file's unit: rule 4."""
    years = [str(year) for year in book.plan.years]
    words = f"contribution of {name} {period}, printed"
    if period in years:
        y = years.index(period)
        cell = rounded(share(book, name) * net_printed(book, y), book.scenario.budget.cell)
        return made(words, cell, book.file_unit, (name, period))
    cells = total([printed_contribution(book, name, year) for year in years])
    return made(words, cells, book.file_unit, (name, "estimate"))


@remembered
def proposed(book: Book, name: str, period: str, currency: str) -> Step:
    """The published contribution in whole units of a currency: rule 5."""
    scenario = book.scenario
    whole: Operand = printed_contribution(book, name, period)
    if scenario.budget.unit != 1:
        whole = whole * unit_step(book)
    if currency != scenario.budget.currency:
        pair = scenario.pair(currency)
        step = scenario.parents[name].round_to
        whole = rounded(whole / budget_rate(book, pair), step)
    output = f"contribution_{currency.lower()}.{name}"
    term = whole.term()
    return Step(f"{output} {period}, proposed", term.value, currency, term.tokens,
                output=output, period=period)  # fmt: skip


@remembered
def unit_step(book: Book) -> Step:
    """How many units of currency an amount of the file is in."""
    return Step("unit of the file", Fraction(book.scenario.budget.unit), key="budget.unit")
