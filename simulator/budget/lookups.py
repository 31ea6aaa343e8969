"""What rules of published figures may read: cells, growth items, posts, figures, rates, inflows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, cast, get_args

from simulator.budget.posts import At, count_posts
from simulator.budget.published import PublishedCascade
from simulator.errors import did_you_mean
from simulator.scenario.model import Scenario
from simulator.units import split_pair, to_decimal

Kind = Literal["number", "input", "derived"]


@dataclass(frozen=True, slots=True)
class Result:
    """A value and what it is: a number of the rule, an input as it stands, or derived.

    `place` tells two ways of naming the same cell from two cells; empty where there is one way.
    """

    value: Fraction
    kind: Kind = "derived"
    place: str = ""

    @property
    def is_input(self) -> bool:
        """True when the rule only reads one input, perhaps in another unit."""
        return self.kind == "input"


class RuleError(Exception):
    """A rule asks for what is not there; `rules` turns it into a problem with a place."""

    def __init__(self, wanted: str, value: str = "", remedy: str = "") -> None:
        super().__init__(wanted)
        self.wanted, self.value, self.remedy = wanted, value, remedy


def refused(
    wanted: str, value: object = "", known: Iterable[str] | None = None, remedy: str = ""
) -> RuleError:
    """A RuleError that names what was found and the nearest known name, or another remedy."""
    if known is not None:
        remedy = did_you_mean(str(value), known)
    return RuleError(wanted, str(value)[:80], remedy)


def _plural(count: int) -> Kind:
    """A sum of one input is that input."""
    return "input" if count == 1 else "derived"


class Lookups:
    """The functions that read inputs; arguments are texts and whole numbers."""

    def __init__(self, scenario: Scenario, cascade: PublishedCascade) -> None:
        self._scenario = scenario
        self._cascade = cascade

    def cell(self, row: str, column: str, period: str = "") -> Result:
        """A printed cell of the cascade; `period` picks a year of the estimate."""
        cascade = self._cascade
        if row not in cascade.rows:
            raise refused("a row of the cascade", row, cascade.rows)
        label = self._scenario.period
        if period and period != label:
            if column != "estimate" or period not in self._scenario.periods:
                raise refused(f"a year of the estimate or {label}", f"{column}, {period}")
            column = period
        if column == label:
            column = "estimate"
        elif column == self._scenario.budget.prior_period:
            column = "appropriation"
        if column not in cascade.rows[row]:
            raise refused(f"a column that row {row!r} has", column, cascade.rows[row])
        place = f"cell {row} {column}"
        return Result(cascade.cell(row, column), self._kind_of_cell(row, column), place)

    def _kind_of_cell(self, row: str, column: str) -> Kind:
        scenario = self._scenario
        if row == "income":
            stated = column in ("appropriation", "before")
            return _plural(len(scenario.income)) if stated else "derived"
        members = [
            line
            for name, line in scenario.lines.items()
            if row in (name, line.kind, "total") and row not in scenario.parents
        ]
        if column == "appropriation" and members:
            return _plural(len(members))
        if column == "growth" and members:
            return _plural(sum(len(line.growth) for line in members))
        return "derived"

    def item(self, line: str, name: str) -> Result:
        """A growth item of a line."""
        if line not in self._scenario.lines:
            raise refused("a line", line, self._scenario.lines)
        items = self._scenario.lines[line].growth
        found = [Fraction(item.amount) for item in items if item.name == name]
        if not found:
            raise refused(f"a growth item of line {line!r}", name, [item.name for item in items])
        return Result(sum(found, Fraction(0)), _plural(len(found)))

    def posts(
        self,
        *,
        fund: str | None = None,
        grade: str | None = None,
        category: str | None = None,
        office: str | None = None,
        at: str = "current",
    ) -> Result:
        """Posts counted; criteria left out match all."""
        scenario = self._scenario
        offices = {post.office for post in scenario.posts}
        offices |= {c.office for c in scenario.post_changes}
        offices |= {c.from_office for c in scenario.post_changes if c.from_office is not None}
        known: dict[str, tuple[str | None, Iterable[str]]] = {
            "fund": (fund, {post.fund for post in scenario.posts}),
            "grade": (grade, scenario.grades),
            "category": (category, scenario.categories),
            "office": (office, offices),
            "at": (at, get_args(At)),
        }
        for what, (name, names) in known.items():
            if name is not None and name not in names:
                raise refused(f"a known {what}" if what != "at" else "a moment", name, names)
        count = count_posts(
            scenario, fund=fund, grade=grade, category=category, office=office, at=cast(At, at)
        )
        return Result(Fraction(count))

    def figure(self, group: str, name: str) -> Result:
        """A figure of the document."""
        figures = self._group(group)
        if name not in figures:
            raise refused(f"a figure of group {group!r}", name, figures)
        return Result(figures[name], "input")

    def total_of(self, group: str) -> Result:
        """The sum of a group of figures."""
        figures = self._group(group)
        return Result(sum(figures.values(), Fraction(0)), _plural(len(figures)))

    def _group(self, group: str) -> dict[str, Fraction]:
        groups = self._scenario.figures
        if group not in groups:
            raise refused("a group of figures", group, groups)
        return {name: quantity.exact for name, quantity in groups[group].items()}

    def share(self, parent: str) -> Result:
        """A parent's share, as a fraction."""
        self._check_parent(parent)
        return Result(self._scenario.share(parent), "input")

    def _check_parent(self, parent: str) -> None:
        if parent not in self._scenario.parents:
            raise refused("a parent", parent, self._scenario.parents)

    def budget_rate(self, pair: str) -> Result:
        """The rate written into the budget for a pair."""
        rates = self._scenario.rates
        if pair not in rates:
            raise refused("a rate", pair, rates)
        written: Kind = "input" if rates[pair].budget is not None else "derived"
        return Result(self._rate(split_pair(pair)[1]), written)

    def _rate(self, currency: str) -> Fraction:
        try:
            return self._scenario.budget_rate(currency)
        except KeyError:
            currencies = [split_pair(pair)[1] for pair in self._scenario.rates]
            raise refused("a currency with a budget rate", currency, currencies) from None

    def contribution(self, parent: str, currency: str, period: str) -> Result:
        """A printed contribution, in whole units of the parent's or the budget's currency."""
        self._check_parent(parent)
        if period not in self._scenario.periods:
            raise refused("a period", period, self._scenario.periods)
        its = self._scenario.parents[parent]
        if currency == its.assessed_in:
            return Result(Fraction(self._cascade.contribution_own(parent, period)))
        if currency == self._scenario.budget.currency:
            return Result(self._scenario.amount(self._cascade.contribution(parent, period)))
        raise refused("the parent's or the budget's currency", currency)

    def inflows(self, currency: str) -> Result:
        """Expected receipts of all pledges at central amounts and budget rates."""
        total = Fraction(0)
        for pledge in self._scenario.pledges:
            parts = [q.exact for y, q in pledge.received.items() if y in self._scenario.years]
            expected = pledge.probability.exact * Fraction(pledge.amount.centre)
            total += expected * sum(parts, Fraction(0)) * self._rate(pledge.currency)
        return Result(total / self._rate(currency))

    def income(self, name: str, column: str) -> Result:
        """A printed cell of one line of income."""
        rows = self._cascade.income_lines
        if name not in rows:
            raise refused("a line of income", name, rows)
        if column not in rows[name]:
            raise refused(f"a column that income {name!r} has", column, rows[name])
        kind: Kind = "input" if column in ("appropriation", "before") else "derived"
        return Result(rows[name][column], kind)

    def region(self, name: str) -> Result:
        """The part of extrabudgetary money meant for a region."""
        regions = self._scenario.inflows.regions if self._scenario.inflows else {}
        if name not in regions:
            raise refused("a region of the inflows", name, regions)
        return Result(regions[name].exact, "input")

    def deliverable(self, name: str, sum_of: str = "") -> Result:
        """The planned number of an output; with `sum_of`, that group of figures must sum to it."""
        planned = self._scenario.inflows.deliverables if self._scenario.inflows else {}
        if name not in planned:
            raise refused("a deliverable of the inflows", name, planned)
        number = planned[name].planned.exact
        if not sum_of:
            return Result(number, "input")
        total = sum(self._group(sum_of).values(), Fraction(0))
        if total != number:
            raise RuleError(
                f"the figures {sum_of!r} must sum to the planned number of {name!r}",
                f"{to_decimal(total, 12)} and {to_decimal(number, 12)}",
                "mend whichever is wrong",
            )
        return Result(number)
