"""The uncertain cascade explained: lines, subtotals, income, net and contributions of one draw.

Line for line what `budget.cascade` does with arrays. Amounts there are rounded to a grid far below
any cent, and the largest share takes what the others leave; here the plain formula is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from simulator.budget.explain_inputs import (
    Book,
    budget_rate,
    given,
    made,
    once,
    rate,
    remembered,
    stored,
    surprise,
    yearly,
)
from simulator.budget.explain_published import (
    before,
    estimate,
    factors,
    income_printed,
    post_count,
    scale,
    share,
    standard_cost,
    unit_step,
)
from simulator.budget.plan import LinePlan
from simulator.budget.posts import new_posts, standing_posts
from simulator.budget.steps import Operand, Step, Term, product, total
from simulator.scenario.numbers import Quantity


def in_units(book: Book, operand: Operand) -> Term:
    """An amount of the file in whole units of currency."""
    return operand.term() if book.scenario.budget.unit == 1 else operand * unit_step(book)


@remembered
def exposure_part(book: Book, at: str, pair: str) -> Step:
    """The part of a cost that is fixed in another currency."""
    key = f"{at}.exposure.{pair}"
    return given(f"part of {at} that follows {pair}", key, _owner(book, at).exposure[pair])


@remembered
def inflation_weight(book: Book, at: str, name: str) -> Step:
    """How much of a surprise reaches the prices of a line or category."""
    key = f"{at}.inflation.{name}"
    return given(f"weight of {name} in {at}", key, _owner(book, at).inflation[name])


class _Owner:
    """What a line and a category have in common."""

    exposure: Mapping[str, Quantity]
    inflation: Mapping[str, Quantity]


def _owner(book: Book, at: str) -> _Owner:
    kind, _, name = at.partition(".")
    tables: Mapping[str, object] = (
        book.scenario.lines if kind == "lines" else book.scenario.categories
    )
    return tables[name]  # type: ignore[return-value]


@remembered
def exposure(book: Book, at: str, y: int) -> Step:
    """1 + Σ part × (rate ÷ budget rate − 1)."""
    parts = [
        exposure_part(book, at, pair) * (rate(book, pair, y) / budget_rate(book, pair) - 1.0)
        for pair in sorted(_owner(book, at).exposure)
    ]
    return made(f"exposure of {at} {book.plan.years[y]}", 1.0 + total(parts))


@remembered
def prices(book: Book, at: str, y: int) -> Step:
    """Π (1 + weight × surprise) over the years up to this one."""
    parts = [
        1.0 + inflation_weight(book, at, name) * surprise(book, name, i)
        for name in sorted(_owner(book, at).inflation)
        for i in range(y + 1)
        if surprise(book, name, i).value != 0.0
    ]
    return made(f"prices of {at} {book.plan.years[y]}", product(parts))


def common(book: Book, line: str, y: int) -> list[Operand]:
    """What multiplies a whole line: price index, price error, surprises and exposure."""
    its, at = book.scenario.lines[line], f"lines.{line}"
    found: list[Operand] = [index(book, line, y)]
    error = once(book, f"{at}.price_error", f"price error of {line}", its.price_error)
    if error.value != 0.0:
        found.append(1.0 + error)
    return found + _moving(book, at, y)


def _moving(book: Book, at: str, y: int) -> list[Operand]:
    """Prices and exposure, where there are any."""
    owner, found = _owner(book, at), list[Operand]()
    if owner.inflation and prices(book, at, y).value != 1.0:
        found.append(prices(book, at, y))
    if owner.exposure:
        found.append(exposure(book, at, y))
    return found


@remembered
def index(book: Book, line: str, y: int) -> Step:
    """The central price index: the printed estimate over the amount before recosting."""
    published = book.plan.published.lines[line]
    words = f"price index of {line} {book.plan.years[y]}"
    if published.bottom_up or published.before[y] == 0:
        return made(words, product(factors(book, line, y)))
    return made(words, estimate(book, line, y) / before(book, line, y))


@remembered
def standing_count(book: Book, grade: str, fund: str) -> Step:
    """The posts of a grade that are there from the first day."""
    every, new = post_count(book, grade, fund, False), post_count(book, grade, fund, True)
    if new.value == 0:
        return every
    return made(f"standing posts {grade} of {fund}", every - new, "posts")


@remembered
def category_cost(book: Book, fund: str, priced_as: str, category: str, y: int) -> Step:
    """Posts of a category at standard cost, new posts less their delayed recruitment."""
    scenario = book.scenario
    standing, new = standing_posts(scenario, fund), new_posts(scenario, fund)
    its = scenario.categories[category]
    costs: list[Operand] = [
        standing_count(book, grade, fund) * standard_cost(book, grade)
        for grade in standing
        if scenario.category_of(grade) == category
    ]
    added = [
        post_count(book, grade, fund, True) * standard_cost(book, grade)
        for grade in new
        if scenario.category_of(grade) == category
    ]
    if added and y == 0:
        name = f"categories.{category}.delayed_recruitment"
        words = f"delayed recruitment of {category}"
        costs.append((1.0 - once(book, name, words, its.delayed_recruitment)) * total(added))
    else:
        costs += added
    cost = total(costs)
    if priced_as and scenario.lines[priced_as].standard_cost_scale:
        cost = cost * scale(book, priced_as, y)
    year = book.plan.years[y]
    words = f"{category} of {fund} at standard cost {year}"
    return made(words, in_units(book, cost), book.budget_currency)


@remembered
def category_paid(book: Book, fund: str, priced_as: str, category: str, y: int) -> Step:
    """The posts of a category as they turn out, before what multiplies the whole line."""
    its, at = book.scenario.categories[category], f"categories.{category}"
    year = book.plan.years[y]
    parts: list[Operand] = [category_cost(book, fund, priced_as, category, y)]
    words = f"standard cost error of {category}"
    error = once(book, f"{at}.standard_cost_error", words, its.standard_cost_error)
    if error.value != 0.0:
        parts.append(1.0 + error)
    parts += _moving(book, at, y)
    vacant = yearly(book, f"{at}.vacancy", f"vacancy of {category}", its.vacancy, y)
    budgeted = given(
        f"budgeted vacancy of {category}", f"{at}.budgeted_vacancy", its.budgeted_vacancy
    )
    filled = (1.0 - vacant) / (1.0 - budgeted)
    return made(f"{category} of {fund} {year}", product(parts) * filled, book.budget_currency)


def posts_cost(book: Book, line: LinePlan, fund: str, y: int) -> Term:
    """A posts line: its categories times what multiplies them all."""
    parts = [category_paid(book, fund, line.priced_as, c.category, y) for c in line.categories]
    whole = common(book, line.priced_as, y) if line.priced_as else []
    return product([total(parts), *whole])


@remembered
def line(book: Book, name: str, y: int) -> Step:
    """The cost of a line in a year."""
    plan = next(line for line in book.plan.lines if line.name == name)
    if plan.kind == "posts":
        cost = posts_cost(book, plan, book.scenario.lines[name].fund or "", y)
    else:
        cost = product([in_units(book, before(book, name, y)), *common(book, name, y)])
    return stored(book, f"line_{book.plan.currency}.{name}", y, cost)


@remembered
def subtotal(book: Book, kind: str, y: int) -> Step:
    """Posts, or non-posts: the lines of that kind."""
    lines = [line(book, one.name, y) for one in book.plan.lines if one.kind == kind]
    return stored(book, f"{kind}_{book.plan.currency}", y, total(lines))


@remembered
def whole_cost(book: Book, y: int) -> Step:
    """Posts and non-posts."""
    both = subtotal(book, "posts", y) + subtotal(book, "non_posts", y)
    return stored(book, f"total_{book.plan.currency}", y, both)


@remembered
def income_part(book: Book, name: str, y: int) -> Step:
    """One line of income in a year: its printed part, moved by what was drawn."""
    scenario, count = book.scenario, len(book.plan.years)
    its, key = scenario.income[name], f"income.{name}"
    printed = income_printed(book, name, y)
    words = f"income {name} {book.plan.years[y]}"
    if y >= book.known or book.drawn(key) is None:
        return made(words, in_units(book, printed), book.budget_currency)
    words_drawn, at = f"income {name}, whole period, drawn", f"{key}.estimate"
    drawn = once(book, key, words_drawn, its.estimate, book.file_unit, at)
    part = Fraction(its.estimate.centre) / count
    moved: Operand = drawn / count if count > 1 else drawn
    if printed.value != part:
        centre = Step(f"central income {name}, a year", part, book.file_unit, key=at)
        moved = moved + (printed - centre)
    amount = made(f"{words}, in the file's unit", moved, book.file_unit)
    return made(words, in_units(book, amount), book.budget_currency)


@remembered
def income(book: Book, y: int) -> Step:
    """Income that reduces the net."""
    parts = [income_part(book, name, y) for name in book.scenario.income]
    return stored(book, f"income_{book.plan.currency}", y, total(parts))


@remembered
def net(book: Book, y: int) -> Step:
    """What the parents share."""
    return stored(book, f"net_{book.plan.currency}", y, whole_cost(book, y) - income(book, y))


@remembered
def contribution(book: Book, parent: str, y: int) -> Step:
    """share × net, in the budget's currency."""
    output = f"contribution_{book.plan.currency}.{parent}"
    return stored(book, output, y, share(book, parent) * net(book, y))
