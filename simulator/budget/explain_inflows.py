"""Extrabudgetary money explained: receipts by pledge, spending, programme support, shortfall.

Formula by formula what `budget.inflows` and `budget.outputs` do with arrays.
"""

from __future__ import annotations

from collections.abc import Callable

from simulator.budget.explain_cascade import in_units, posts_cost
from simulator.budget.explain_inputs import (
    Book,
    budget_rate,
    converted,
    given,
    made,
    once,
    rate,
    remembered,
    stored,
)
from simulator.budget.steps import (
    Operand,
    Step,
    Term,
    above_zero,
    as_term,
    magnitude_of,
    source_of,
    total,
)
from simulator.scenario.money import Inflows, Pledge
from simulator.scenario.numbers import Uncertain

YEAR_MONTHS = 12.0


def its(book: Book) -> Inflows:
    """How inflows are stated; asked for only where there are any."""
    inflows = book.scenario.inflows
    assert inflows is not None  # noqa: S101 - outputs of inflows exist only with them
    return inflows


def _pledge(book: Book, name: str) -> Pledge:
    return next(pledge for pledge in book.scenario.pledges if pledge.name == name)


def _drawn(book: Book, key: str, words: str, number: Uncertain, unit: str, centre: bool) -> Step:
    """A factor of a pledge: as drawn, or at its centre for the plan."""
    if not centre:
        return once(book, key, words, number, unit)
    plain = Book(book.plan, None, book.known, {})
    return once(plain, key, words, number, unit)


@remembered
def arrives(book: Book, name: str, centre: bool) -> Step:
    """Whether a pledge arrives in this draw, or its probability."""
    pledge, key = _pledge(book, name), f"pledges.{name}.arrives"
    value = None if centre else book.drawn(key)
    if value is None:
        return given(f"probability of {name}", f"pledges.{name}.probability", pledge.probability)
    said = f"drawn: arrives with probability {pledge.probability.value}"
    source = "; ".join(filter(None, (said, source_of(pledge.probability))))
    return Step(
        f"{name} arrives", value, key=f"pledges.{name}.probability", source=source, drawn=key
    )


@remembered
def pledged(book: Book, name: str, centre: bool) -> Step:
    """The amount of a pledge, in whole units of the donor's currency."""
    pledge, key = _pledge(book, name), f"pledges.{name}.amount"
    unit = pledge.currency
    file_unit = unit if book.scenario.budget.unit == 1 else f"{book.scenario.budget.unit} {unit}"
    words = f"amount of {name}"
    amount = _drawn(book, key, f"{words}, in the file's unit", pledge.amount, file_unit, centre)
    return made(words, in_units(book, amount) * arrives(book, name, centre), unit)


@remembered
def delay(book: Book, name: str, centre: bool) -> Step:
    """How many months late a pledge arrives; a delay below zero counts as none."""
    pledge = _pledge(book, name)
    key, number = f"pledges.{name}.delay_months", pledge.delay_months
    own = _late(_drawn(book, key, f"delay of {name}", number, "months", centre))
    its_window = book.scenario.windows[pledge.window]
    if its_window.delay_months.value == 0:
        return own
    key, words = f"windows.{pledge.window}.delay_months", f"delay of window {pledge.window}"
    common = _late(_drawn(book, key, words, its_window.delay_months, "months", centre))
    return made(f"delay of {name} and of its window", own + common, "months")


def _late(months: Step) -> Step:
    if months.value >= 0:
        return months
    return made(f"{months.name}, none below zero", above_zero(months), "months")


def arriving(years: int, late: Step) -> Term:
    """The part of what was due that arrives so many years later."""
    return above_zero(1.0 - magnitude_of(float(years) - late / YEAR_MONTHS))


def _shifted(due: list[tuple[int, Operand]], year: int, late: Step) -> Term:
    """What arrives in a year of the amounts due in it and before, nothing left out but zeros."""
    found: list[Operand] = []
    for when, amount in due:
        part = arriving(year - when, late)
        if when > year or part.value == 0.0:
            continue
        if late.value == 0.0:
            found.append(amount)
            continue
        words = f"part {year - when} years later" if when < year else "part in its year"
        found.append(amount * made(f"{words}, {late.name}", part))
    return total(found)


@remembered
def planned_pledge(book: Book, name: str, y: int) -> Step:
    """Central receipts of a pledge in a year."""
    words = f"receipts of {name} {book.plan.years[y]}, central"
    return made(words, _receipts(book, name, y, centre=True), _pledge(book, name).currency)


@remembered
def pledge_receipts(book: Book, name: str, y: int) -> Step:
    """Receipts of a pledge in a year, in the donor's currency."""
    currency = _pledge(book, name).currency
    output = f"xb_receipts_{currency.lower()}.{name}"
    return stored(book, output, y, _receipts(book, name, y, centre=False), currency)


def _receipts(book: Book, name: str, y: int, *, centre: bool) -> Term:
    pledge, year = _pledge(book, name), book.plan.years[y]
    amount = pledged(book, name, centre)
    due: list[tuple[int, Operand]] = [
        (when, amount * share_due(book, name, when)) for when in sorted(pledge.received)
    ]
    return _shifted(due, year, delay(book, name, centre))


@remembered
def share_due(book: Book, name: str, year: int) -> Step:
    """The share of a pledge that is due in a year."""
    key = f"pledges.{name}.received.{year}"
    return given(f"share of {name} due in {year}", key, _pledge(book, name).received[year])


@remembered
def turned(book: Book, name: str, y: int) -> Step:
    """Receipts of a pledge in the budget's currency."""
    term = converted(book, pledge_receipts(book, name, y), _pledge(book, name).currency, y)
    words = f"receipts of {name} {book.plan.years[y]}"
    return made(words, term, book.budget_currency)


def _group(book: Book, chosen: Callable[[Pledge], bool], y: int) -> Term:
    names = sorted(pledge.name for pledge in book.scenario.pledges if chosen(pledge))
    return total([turned(book, name, y) for name in names])


@remembered
def received(book: Book, y: int) -> Step:
    """All receipts of a year, in the budget's currency."""
    term = _group(book, lambda _: True, y)
    return stored(book, f"xb_receipts_{book.plan.currency}", y, term)


@remembered
def window(book: Book, key: str, y: int) -> Step:
    """Receipts through a window."""
    term = _group(book, lambda pledge: pledge.window == key, y)
    return stored(book, f"xb_window_{book.plan.currency}.{key}", y, term)


@remembered
def committed(book: Book, commitment: str, y: int) -> Step:
    """Receipts of pledges of a stage of commitment."""
    term = _group(book, lambda pledge: pledge.stage == commitment, y)
    return stored(book, f"xb_stage_{book.plan.currency}.{commitment}", y, term)


@remembered
def region(book: Book, name: str, y: int) -> Step:
    """The part of receipts that goes to a region."""
    part = given(f"part of {name}", f"inflows.regions.{name}", its(book).regions[name])
    term = part * received(book, y)
    return stored(book, f"xb_region_{book.plan.currency}.{name}", y, term)


@remembered
def stated(book: Book, what: str, y: int) -> Step:
    """Receipts or spending in the currency that inflows are stated in."""
    currency = its(book).stated_in
    amount = received(book, y) if what == "receipts" else spending(book, y)
    term = amount / rate(book, book.scenario.pair(currency), y)
    return stored(book, f"xb_{what}_{currency.lower()}", y, term, currency)


@remembered
def planned(book: Book, y: int) -> Step:
    """What a shortfall is measured against: as stated, else the pledges at their centre."""
    year, scenario = book.plan.years[y], book.scenario
    words = f"planned receipts {year}"
    if its(book).planned:
        key = f"inflows.planned.{year}"
        stated_plan = given(f"{words}, stated", key, its(book).planned[year], book.file_unit,
                            exact=True)  # fmt: skip
        return made(words, in_units(book, stated_plan), book.budget_currency)
    parts: list[Operand] = []
    for name in sorted(pledge.name for pledge in scenario.pledges):
        currency, central = _pledge(book, name).currency, planned_pledge(book, name, y)
        own = currency == scenario.budget.currency
        parts.append(central if own else central * budget_rate(book, scenario.pair(currency)))
    return made(words, total(parts), book.budget_currency)


@remembered
def shortfall(book: Book, y: int) -> Step:
    """By how much receipts of a year stay below the plan."""
    gap = above_zero(planned(book, y) - received(book, y))
    return stored(book, f"xb_shortfall_{book.plan.currency}", y, gap)


@remembered
def planned_whole(book: Book) -> Step:
    """Planned receipts of the whole period."""
    years = range(len(book.plan.years))
    words = f"planned receipts {book.scenario.period}"
    return made(words, total([planned(book, y) for y in years]), book.budget_currency)


@remembered
def at_risk_weight(book: Book, key: str) -> Step:
    """Planned outputs paid by extrabudgetary money, for each unit of planned receipts."""
    deliverable, at = its(book).deliverables[key], f"inflows.deliverables.{key}"
    count = given(f"planned {key}", f"{at}.planned", deliverable.planned, "count")
    part = given(f"part of {key} paid by donors", f"{at}.xb_share", deliverable.xb_share)
    whole = planned_whole(book)
    term = count * part if whole.value == 0 else count * part / whole
    return made(f"{key} for each unit of planned receipts", term)


@remembered
def at_risk(book: Book, key: str, y: int) -> Step:
    """Planned outputs that a year's shortfall puts at risk."""
    term = at_risk_weight(book, key) * shortfall(book, y)
    return stored(book, f"outputs_at_risk.{key}", y, term, "count")


@remembered
def lag(book: Book) -> Step:
    """Months from receipt to spending."""
    key = "inflows.spending_lag_months"
    return _late(once(book, key, "spending lag", its(book).spending_lag_months, "months"))


@remembered
def spent_before(book: Book, y: int) -> Step:
    """What was received before the period, spent in this year."""
    unspent = given("unspent before the period", "inflows.unspent_before",
                    its(book).unspent_before, book.file_unit, exact=True)  # fmt: skip
    amount, late = in_units(book, unspent), float(lag(book).value) / YEAR_MONTHS
    words = f"unspent before the period, spent in {book.plan.years[y]}"
    if late <= 1.0:
        return made(words, amount if y == 0 else amount * 0.0, book.budget_currency)
    years = lag(book) / YEAR_MONTHS
    if late - y >= 1.0:
        return made(words, amount / years, book.budget_currency)
    rest = above_zero(years - float(y))
    return made(words, amount * rest / years, book.budget_currency)


@remembered
def window_lag(book: Book, name: str) -> Step:
    """Months from receipt to spending of what comes through a window."""
    own = book.scenario.windows[name].spending_lag_months
    if own is None:
        return lag(book)
    key = f"windows.{name}.spending_lag_months"
    return _late(once(book, key, f"spending lag of window {name}", own, "months"))


@remembered
def spent_through(book: Book, name: str, y: int) -> Step:
    """Spending in a year out of what came through a window."""
    due: list[tuple[int, Operand]] = [(i, window(book, name, i)) for i in range(y + 1)]
    words = f"spent through window {name} {book.plan.years[y]}"
    return made(words, _shifted(due, y, window_lag(book, name)), book.budget_currency)


@remembered
def spending(book: Book, y: int) -> Step:
    """Spending follows receipts by the lag, beside what was unspent before the period."""
    windows = book.scenario.windows
    if all(its_window.spending_lag_months is None for its_window in windows.values()):
        due: list[tuple[int, Operand]] = [(i, received(book, i)) for i in range(y + 1)]
        term = _shifted(due, y, lag(book))
    else:
        term = total([spent_through(book, name, y) for name in sorted(windows)])
    carried = spent_before(book, y)
    if carried.value != 0.0:
        term = term + carried
    return stored(book, f"xb_spending_{book.plan.currency}", y, term)


@remembered
def support(book: Book, y: int) -> Step:
    """Programme support cost earned on spending."""
    charge = given("programme support rate", "inflows.psc_rate", its(book).psc_rate)
    return stored(book, f"psc_income_{book.plan.currency}", y, charge * spending(book, y))


@remembered
def posts_paid(book: Book, y: int) -> Step:
    """Cost of the posts that programme support pays."""
    posts = book.plan.xb_posts
    assert posts is not None  # noqa: S101 - the output exists only with them
    return stored(
        book, f"xb_posts_cost_{book.plan.currency}", y, posts_cost(book, posts, posts.name, y)
    )


def covered(earned: Operand, cost: Operand) -> Term:
    """Support for each unit of cost; 1 where the posts cost nothing."""
    return as_term(1.0) if cost.term().value == 0 else earned / cost


@remembered
def coverage(book: Book, y: int) -> Step:
    """Programme support for each unit of the cost of its posts."""
    term = covered(support(book, y), posts_paid(book, y))
    return stored(book, "xb_posts_coverage", y, term, "1")


@remembered
def balance(book: Book, y: int) -> Step:
    """Programme support left at the end of a year."""
    if y == 0:
        opening = its(book).psc_balance
        assert opening is not None  # noqa: S101 - the output exists only with it
        key = "inflows.psc_balance"
        words = "programme support from before the period"
        before: Operand = in_units(book, given(words, key, opening, book.file_unit, exact=True))
    else:
        before = balance(book, y - 1)
    term = before + support(book, y) - posts_paid(book, y)
    return stored(book, f"psc_balance_{book.plan.currency}", y, term)
