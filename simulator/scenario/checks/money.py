"""Parents, policies, inflows and thresholds: who pays what, in which currency."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from simulator.errors import did_you_mean, shorten
from simulator.scenario.model import Scenario
from simulator.scenario.money import Inflows
from simulator.scenario.numbers import Uncertain
from simulator.scenario.parts import Forward, OwnCurrency
from simulator.scenario.places import Finding, found_text, number_text


def shares_sum_to_one(scenario: Scenario) -> Iterator[Finding]:
    """Together the parents pay the whole net, exactly."""
    total = sum((parent.fraction for parent in scenario.parents.values()), Fraction(0))
    if total == 1:
        return
    listed = ", ".join(f"{name} {parent.share}" for name, parent in scenario.parents.items())
    shown = number_text(total)
    if shown == "1":
        shown = f"{total} (close to 1, but not 1)"
    remedy = 'mend the shares; write thirds and the like as fractions, "1/3"'
    wanted = f"shares add up to {shown}, expected 1 ({shorten(listed, 200)})"
    yield Finding(("parents",), wanted, remedy=remedy)


def policies_fit(scenario: Scenario) -> Iterator[Finding]:
    """A parent assessed in the budget's currency has no exchange policy, every other has one."""
    own = scenario.budget.currency
    for name, parent in scenario.parents.items():
        path = ("parents", name, "policy")
        is_own = isinstance(parent.policy, OwnCurrency)
        if is_own and parent.assessed_in != own:
            wanted = f"own_currency means assessed in {own}, the budget's currency"
            remedy = (
                f'write assessed_in = "{own}", or a policy for {parent.assessed_in}: '
                "recosted, budget_rate, forward or split"
            )
            yield Finding(path, wanted, f"assessed_in {parent.assessed_in}", remedy)
        if not is_own and parent.assessed_in == own:
            wanted = f'"own_currency" is wanted for a parent assessed in {own}'
            remedy = 'write policy = "own_currency", or another currency in assessed_in'
            yield Finding(path, wanted, found_text(parent.policy.kind), remedy)
        if isinstance(parent.policy, Forward):
            yield from _forward_years(scenario, (*path, "rates"), parent.policy)


def _forward_years(scenario: Scenario, path: tuple[str, ...], policy: Forward) -> Iterator[Finding]:
    given, wanted = set(policy.rates), set(scenario.years)
    if given != wanted:
        years = ", ".join(map(str, scenario.years))
        found = ", ".join(map(str, sorted(given))) or "none"
        remedy = "give one forward rate for each budgeted year and no other"
        yield Finding(path, f"forward rates for {years} are wanted", found, remedy)


def pledges_fit(scenario: Scenario) -> Iterator[Finding]:
    """Pledges have their window and years, and [inflows] says what becomes of the money."""
    if scenario.pledges and scenario.inflows is None:
        remedy = 'add [inflows] with stated_in = "' + scenario.budget.currency + '"'
        yield Finding(("pledges",), "pledges need the table [inflows]", remedy=remedy)
    seen = Counter(pledge.name for pledge in scenario.pledges)
    for index, pledge in enumerate(scenario.pledges):
        path = ("pledges", index)
        if pledge.window not in scenario.windows:
            remedy = (
                did_you_mean(pledge.window, scenario.windows)
                if scenario.windows
                else f"add [windows.{pledge.window}]"
            )
            wanted = "the name of a window is wanted"
            yield Finding((*path, "window"), wanted, found_text(pledge.window), remedy)
        if seen[pledge.name] > 1:
            seen[pledge.name] = -seen[pledge.name]
        elif seen[pledge.name] < 0:
            wanted = "every pledge needs a name of its own"
            remedy = "give one of the two another name"
            yield Finding((*path, "name"), wanted, found_text(pledge.name), remedy)
        if pledge.amount.centre < 0:
            yield Finding((*path, "amount"), "an amount of zero or more is wanted",
                          found_text(pledge.amount.centre))  # fmt: skip
        if pledge.delay_months.centre < 0:
            yield Finding((*path, "delay_months"), "a delay of zero or more months is wanted",
                          found_text(pledge.delay_months.centre))  # fmt: skip


def receipts_reach_the_period(scenario: Scenario) -> Iterator[Finding]:
    """What is due in a year arrives, late or not, in a budgeted year: else it would be ignored."""
    first, last = scenario.years[0], scenario.years[-1]
    for index, pledge in enumerate(scenario.pledges):
        own = _upper_bound(pledge.delay_months)
        window = scenario.windows.get(pledge.window)
        common = Decimal(0) if window is None else _upper_bound(window.delay_months)
        latest = None if own is None or common is None else own + common
        for year in pledge.received:
            path = ("pledges", index, "received", str(year))
            if year > last:
                wanted = f"a year up to {last} is wanted as key"
                yield Finding(path, wanted, str(year), "remove it; it would be ignored")
            elif year < first and latest is not None and latest <= 12 * (first - 1 - year):
                wanted = f"what is due in {year} arrives before {first}, it would be ignored"
                remedy = "remove it, or give the pledge a longer delay_months"
                yield Finding(path, wanted, f"delay of at most {latest} months", remedy)


def _upper_bound(number: Uncertain) -> Decimal | None:
    """The largest value that a number can take; None when its law has no end."""
    if number.value is not None:
        return number.value
    ends = [number.max, getattr(number.law, "max", None)]
    return min((end for end in ends if end is not None), default=None)


def windows_are_used(scenario: Scenario) -> Iterator[Finding]:
    """A window without pledges would change nothing."""
    used = {pledge.window for pledge in scenario.pledges}
    for name in scenario.windows:
        if name not in used:
            remedy = "remove it, or name it in a pledge"
            wanted = "no pledge uses this window, it would be ignored"
            yield Finding(("windows", name), wanted, remedy=remedy)


def windows_fit(scenario: Scenario) -> Iterator[Finding]:
    """Nothing arrives or is spent before its time; a lag for every window leaves none in common."""
    for name, window in scenario.windows.items():
        for key, number in (
            ("delay_months", window.delay_months),
            ("spending_lag_months", window.spending_lag_months),
        ):
            if number is not None and number.centre < 0:
                wanted = "zero or more months are wanted"
                yield Finding(("windows", name, key), wanted, found_text(number.centre))
    inflows = scenario.inflows
    if inflows is None or "spending_lag_months" not in inflows.model_fields_set:
        return
    every = all(window.spending_lag_months is not None for window in scenario.windows.values())
    if scenario.windows and every and not inflows.unspent_before.value:
        wanted = "every window has a lag of its own, this one would be ignored"
        yield Finding(("inflows", "spending_lag_months"), wanted, remedy="remove it")


def inflows_fit(scenario: Scenario) -> Iterator[Finding]:
    """The fund that programme support pays has posts, unless it is the usual one; and a price."""
    inflows = scenario.inflows
    if inflows is None:
        return
    funds = {post.fund for post in scenario.posts}
    usual = type(inflows).model_fields["fund"].default
    if inflows.fund != usual and inflows.fund not in funds:
        remedy = did_you_mean(inflows.fund, funds) if funds else "remove it, there are no posts"
        wanted = "the fund of some posts is wanted"
        yield Finding(("inflows", "fund"), wanted, found_text(inflows.fund), remedy)
    if inflows.fund in funds:
        yield from _priced_as(scenario, inflows)
    else:
        for key, what in (
            ("priced_as", " to be priced"),
            ("psc_balance", ""),
            ("notice_months", ""),
        ):
            if getattr(inflows, key) is not None:
                wanted = f"there are no posts of {inflows.fund}{what}, this would be ignored"
                yield Finding(("inflows", key), wanted, remedy="remove it")
    lag = inflows.spending_lag_months.centre
    if lag < 0:
        wanted = "a lag of zero or more months is wanted"
        yield Finding(("inflows", "spending_lag_months"), wanted, found_text(lag))


def _priced_as(scenario: Scenario, inflows: Inflows) -> Iterator[Finding]:
    """With several posts lines, one of them is named: no rule could choose."""
    posts_lines = [name for name, line in scenario.lines.items() if line.kind == "posts"]
    listed = ", ".join(posts_lines)
    if inflows.priced_as is None and len(posts_lines) > 1:
        wanted = (
            f"priced_as is missing: like which posts line are the posts of {inflows.fund} priced?"
        )
        remedy = f'add priced_as = "{posts_lines[0]}" to [inflows]; posts lines: {listed}'
        yield Finding(("inflows",), wanted, remedy=remedy)
    if inflows.priced_as is not None and inflows.priced_as not in posts_lines:
        remedy = did_you_mean(inflows.priced_as, posts_lines) if posts_lines else "remove it"
        wanted = "the name of a posts line is wanted"
        yield Finding(("inflows", "priced_as"), wanted, found_text(inflows.priced_as), remedy)


def income_fits(scenario: Scenario) -> Iterator[Finding]:
    """Income reduces the net: it is written as a positive amount."""
    for name, income in scenario.income.items():
        if income.estimate.centre < 0:
            remedy = "income is subtracted; write the amount without the minus sign"
            yield Finding(("income", name, "estimate"), "an amount of zero or more is wanted",
                          found_text(income.estimate.centre), remedy)  # fmt: skip


def thresholds_fit(scenario: Scenario) -> Iterator[Finding]:
    """A threshold names a parent, a currency in which it owes, and a period of the budget."""
    seen: set[tuple[str, str, str, str]] = set()
    for index, limit in enumerate(scenario.thresholds):
        path = ("thresholds", index)
        if limit.name == "proposed":
            wanted = "another name is wanted: proposed is the published amount"
            yield Finding((*path, "name"), wanted, found_text(limit.name), "call it ceiling, say")
        parent = scenario.parents.get(limit.parent)
        if parent is None:
            remedy = did_you_mean(limit.parent, scenario.parents)
            wanted = "the name of a parent is wanted"
            yield Finding((*path, "parent"), wanted, found_text(limit.parent), remedy)
        else:
            currencies = dict.fromkeys((scenario.budget.currency, parent.assessed_in))
            if limit.currency not in currencies:
                wanted = f"{' or '.join(currencies)} is wanted for {limit.parent}"
                yield Finding((*path, "currency"), wanted, found_text(limit.currency))
        if limit.period not in scenario.periods:
            known = ", ".join(f'"{label}"' for label in scenario.periods)
            yield Finding((*path, "period"), "a period of the budget is wanted",
                          found_text(limit.period), f"known: {known}")  # fmt: skip
        key = (limit.name, limit.parent, limit.currency, limit.period)
        if key in seen:
            wanted = "this threshold stands twice for the same parent, currency and period"
            yield Finding((*path, "name"), wanted, found_text(limit.name), "remove or rename one")
        seen.add(key)


def published_ids_are_unique(scenario: Scenario) -> Iterator[Finding]:
    """Every published figure has an id of its own."""
    seen: set[str] = set()
    for index, figure in enumerate(scenario.published):
        if figure.id in seen:
            wanted = "every published figure needs an id of its own"
            yield Finding(("published", index, "id"), wanted, found_text(figure.id))
        seen.add(figure.id)


CHECKS = (
    shares_sum_to_one,
    policies_fit,
    income_fits,
    inflows_fit,
    pledges_fit,
    receipts_reach_the_period,
    windows_are_used,
    windows_fit,
    thresholds_fit,
    published_ids_are_unique,
)
