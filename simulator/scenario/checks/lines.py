"""Lines of the budget: what each kind needs, its years and its prices."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal

from simulator.errors import did_you_mean
from simulator.scenario.model import Scenario
from simulator.scenario.numbers import Quantity, Uncertain
from simulator.scenario.parts import Line
from simulator.scenario.places import Finding, Path, found_text

_LEAST_FACTOR = Decimal("0.2")


def kinds_have_what_they_need(scenario: Scenario) -> Iterator[Finding]:
    """A posts line is built from the posts of its fund, any other from an appropriation."""
    funds = {post.fund for post in scenario.posts}
    for name, line in scenario.lines.items():
        path: Path = ("lines", name)
        if line.kind == "posts":
            yield from _posts_line(path, line, funds)
            continue
        if line.appropriation is None:
            remedy = "add appropriation = …, the amount approved for the previous period"
            yield Finding(path, "a non_posts line needs its appropriation", remedy=remedy)
        for key in ("fund", "standard_cost_scale"):
            if getattr(line, key):
                remedy = 'remove it, or write kind = "posts"'
                wanted = "this belongs to a posts line and would be ignored"
                yield Finding((*path, key), wanted, remedy=remedy)


def _posts_line(path: Path, line: Line, funds: Collection[str]) -> Iterator[Finding]:
    if line.fund is None:
        known = ", ".join(sorted(funds))
        remedy = f'add fund = "…"; the posts have: {known}' if known else "add fund and [[posts]]"
        yield Finding(path, "a posts line needs the fund whose posts it pays", remedy=remedy)
    elif line.fund not in funds:
        remedy = (
            did_you_mean(line.fund, funds) if funds else "add [[posts]], or name a CSV in posts"
        )
        wanted = "there are no posts in this fund"
        yield Finding((*path, "fund"), wanted, found_text(line.fund), remedy)
    if line.growth and line.appropriation is None:
        remedy = "add appropriation = …, or remove growth"
        wanted = "growth is added to an appropriation, without one it would be ignored"
        yield Finding((*path, "growth"), wanted, remedy=remedy)


def one_payer_a_fund(scenario: Scenario) -> Iterator[Finding]:
    """The posts of a fund are paid once."""
    payers: dict[str, str] = {}
    for name, line in scenario.lines.items():
        if line.fund is None or line.kind != "posts":
            continue
        if line.fund in payers:
            wanted = f"the posts of {line.fund} are paid by line {payers[line.fund]} already"
            remedy = "give this line another fund, or join the two lines"
            yield Finding(("lines", name, "fund"), wanted, found_text(line.fund), remedy)
        payers.setdefault(line.fund, name)
    inflows = scenario.inflows
    if inflows is not None and inflows.fund in payers:
        wanted = f"the posts of {inflows.fund} are paid by line {payers[inflows.fund]} already"
        remedy = "name the fund of the extrabudgetary posts"
        yield Finding(("inflows", "fund"), wanted, found_text(inflows.fund), remedy)


def _years_fit(
    path: Path,
    given: Mapping[int, Quantity],
    years: tuple[int, ...],
    otherwise: str = "write 1 for a year without change",
) -> Iterator[Finding]:
    """Every year is budgeted, and all of them are given or none."""
    listed = ", ".join(map(str, years))
    for year in given:
        if year not in years:
            wanted = f"a budgeted year ({listed}) is wanted as key"
            remedy = "remove it; it would be ignored"
            yield Finding((*path, str(year)), wanted, str(year), remedy)
    missing = [year for year in years if year not in given]
    if missing and len(missing) < len(years):
        wanted = "all budgeted years or none are wanted, missing: " + ", ".join(map(str, missing))
        yield Finding(path, wanted, remedy=otherwise)


def years_are_budgeted(scenario: Scenario) -> Iterator[Finding]:
    """Recosting, scales and planned receipts name each budgeted year and no other."""
    years = scenario.years
    if scenario.inflows is not None:
        planned = scenario.inflows.planned
        yield from _years_fit(("inflows", "planned"), planned, years, "write 0 for none")
    for name, line in scenario.lines.items():
        path: Path = ("lines", name)
        yield from _years_fit((*path, "recosting"), line.recosting, years)
        yield from _years_fit((*path, "standard_cost_scale"), line.standard_cost_scale, years)


def factors_are_factors(scenario: Scenario) -> Iterator[Finding]:
    """Recosting is a factor near 1, not a rate of change."""
    for name, line in scenario.lines.items():
        for year, factor in line.recosting.items():
            if factor.value < _LEAST_FACTOR:
                wanted = "a price factor on the year before is wanted"
                remedy = f"write {1 + factor.value} if {factor.value} is the rate of increase"
                path = ("lines", name, "recosting", str(year))
                yield Finding(path, wanted, str(factor.value), remedy)


def inflation_names_exist(scenario: Scenario) -> Iterator[Finding]:
    """Lines and categories name inflation laws that are given, and each law is named."""
    used: set[str] = set()
    tables = [(("lines", name), line.inflation) for name, line in scenario.lines.items()]
    tables += [(("categories", name), one.inflation) for name, one in scenario.categories.items()]
    for path, weights in tables:
        used |= set(weights)
        for name in weights:
            if name not in scenario.inflation:
                known = scenario.inflation
                remedy = did_you_mean(name, known) if known else f"add [inflation.{name}]"
                yield Finding((*path, "inflation", name), f"there is no inflation {name}",
                              remedy=remedy)  # fmt: skip
    for name in scenario.inflation:
        if name not in used:
            at: Path = ("inflation", name)
            remedy = f"remove it, or write inflation = {{ {name} = 1 }} in a line or category"
            yield Finding(at, "no line or category uses this, it would be ignored", remedy=remedy)


def fractions_are_fractions(scenario: Scenario) -> Iterator[Finding]:
    """Vacancy and delays lie between 0 and 1, relative errors above −1: no percent."""
    for name, one in scenario.categories.items():
        at: Path = ("categories", name)
        yield from _within((*at, "vacancy"), one.vacancy, 0, 1)
        yield from _within((*at, "delayed_recruitment"), one.delayed_recruitment, 0, 1)
        yield from _an_error((*at, "standard_cost_error"), one.standard_cost_error)
        if one.budgeted_vacancy.value == 1:
            yield Finding((*at, "budgeted_vacancy"), "a vacancy rate below 1 is wanted", "1")
    for name, line in scenario.lines.items():
        yield from _an_error(("lines", name, "price_error"), line.price_error)


def _an_error(path: Path, number: Uncertain) -> Iterator[Finding]:
    yield from _within(path, number, -1, 1)
    if number.centre == -1:
        yield Finding(path, "an error above -1 is wanted: at -1 nothing would be paid", "-1")


def _within(path: Path, number: Uncertain, low: int, high: int) -> Iterator[Finding]:
    if not low <= number.centre <= high:
        wanted = f"a fraction between {low} and {high} is wanted (write 0.05 for 5 %)"
        yield Finding(path, wanted, found_text(number.centre))


CHECKS = (
    kinds_have_what_they_need,
    one_payer_a_fund,
    years_are_budgeted,
    factors_are_factors,
    inflation_names_exist,
    fractions_are_fractions,
)
