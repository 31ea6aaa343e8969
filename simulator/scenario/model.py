"""The scenario: one frozen, typed value made from a TOML file."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from simulator.scenario.base import Date, Model
from simulator.scenario.exchange import (
    Ar1Inflation,
    Event,
    Exchange,
    FixedRates,
    as_law,
)
from simulator.scenario.measured import PRINTED
from simulator.scenario.money import Inflows, Pledge, Window
from simulator.scenario.numbers import Quantity
from simulator.scenario.parts import (
    Budget,
    Category,
    Correlation,
    Grade,
    IncomeLine,
    Key,
    Line,
    Name,
    PairName,
    Parent,
    Post,
    PostChange,
    PublishedFigure,
    Rate,
    Sampling,
    Threshold,
)
from simulator.units import Month, months_between, pair_name, period_label, split_pair


@lru_cache(maxsize=256)
def _months_after(known: Month, last_year: int) -> tuple[Month, ...]:
    """The months after `known` to the end of `last_year`."""
    return tuple(months_between(known.next(), Month(last_year, 12)))


class Scenario(Model):
    """A budget, what is uncertain about it, and how to draw it.

    Amounts are in `budget.unit` units of their currency (thousands by default), rates in units
    of the budget's currency for one unit of another, shares and rates of vacancy or inflation
    are fractions.
    """

    schema_version: Literal[1] = Field(1, description="version of this format")
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_\-+]+$", min_length=1, max_length=60)] = Field(
        description="names the result folder; the file's stem unless given"
    )
    title: str = Field(description="its own title, which heads what is shown")
    description: str = Field("", description="what the scenario is about, in a sentence or two")
    known_on: Date = Field(description="nothing that became known later may be used")

    budget: Budget = Field(description="what is budgeted")
    parents: Annotated[dict[Key, Parent], Field(min_length=1, max_length=500)] = Field(
        description="who pays, by a short name"
    )
    lines: Annotated[dict[Key, Line], Field(min_length=1, max_length=500)] = Field(
        description="lines of the budget, by a short name"
    )
    income: dict[Key, IncomeLine] = Field(
        default_factory=dict, description="income that reduces the net, by a short name"
    )

    categories: dict[Key, Category] = Field(
        default_factory=dict, description="categories of staff, by a short name"
    )
    grades: dict[Key, Grade] = Field(default_factory=dict, description="grades of posts, by name")
    posts: tuple[Post, ...] = Field((), description="posts as they stand after all changes")
    post_changes: tuple[PostChange, ...] = Field(
        (), description="what changed against the previous period"
    )

    rates: dict[PairName, Rate] = Field(
        default_factory=dict, description="exchange rates, by a name such as eur_per_usd"
    )
    exchange: Annotated[Exchange, BeforeValidator(as_law)] = Field(
        FixedRates(at="budget"), description="how rates move"
    )
    events: Annotated[tuple[Event, ...], Field(max_length=100)] = Field(
        (), description="dated movements of rates, over any law"
    )
    inflation: dict[Key, Ar1Inflation] = Field(
        default_factory=dict, description="surprises of inflation, by a short name"
    )
    correlation: Correlation = Field(Correlation(), description="dependence between what is drawn")

    inflows: Inflows | None = Field(
        None, description="money beside the budget: how it is stated, spent and taxed"
    )
    windows: dict[Key, Window] = Field(
        default_factory=dict, description="windows through which money arrives, by a short name"
    )
    pledges: tuple[Pledge, ...] = Field((), description="money promised or hoped for")

    figures: dict[Name, dict[Name, Quantity]] = Field(
        default_factory=dict,
        description="other figures of the document, by group",
        json_schema_extra=PRINTED,
    )
    published: tuple[PublishedFigure, ...] = Field(
        (), description="figures of the document, and the rules that reproduce them"
    )
    thresholds: tuple[Threshold, ...] = Field(
        (), description="amounts to compare contributions with"
    )
    sampling: Sampling = Field(description="how many draws, and from which seed")

    @property
    def years(self) -> tuple[int, ...]:
        """The budgeted years."""
        return self.budget.years

    @property
    def period(self) -> str:
        """Label of the whole period, such as "2031-2032"."""
        return period_label(self.budget.years)

    @property
    def periods(self) -> tuple[str, ...]:
        """Labels of the years and, when there are several, of the whole period."""
        labels = tuple(str(year) for year in self.years)
        return labels if len(labels) == 1 else (*labels, self.period)

    @property
    def months(self) -> tuple[Month, ...]:
        """The months that are drawn: from the month after `known_on` to the period's end."""
        return _months_after(Month(self.known_on.year, self.known_on.month), self.years[-1])

    def pair(self, currency: str) -> str:
        """Name of the rate of `currency` against the budget's currency."""
        return pair_name(self.budget.currency, currency)

    def budget_rate(self, currency: str) -> Fraction:
        """Budget currency for one unit of `currency` in the budget; 1 for the budget's own.

        Raises KeyError when there is no such rate; a scenario that was read has them all.
        """
        if currency == self.budget.currency:
            return Fraction(1)
        rate = self.rates[self.pair(currency)]
        if rate.budget is not None:
            return rate.budget.exact
        if rate.pegged is not None:
            _, anchor = split_pair(rate.pegged.to)
            return self.budget_rate(anchor) * rate.pegged.ratio.exact
        raise KeyError(currency)

    @property
    def priced_as(self) -> str | None:
        """The posts line that the posts paid by programme support are priced like, if any is."""
        if self.inflows is not None and self.inflows.priced_as is not None:
            return self.inflows.priced_as
        lines = [name for name, line in self.lines.items() if line.kind == "posts"]
        return lines[0] if len(lines) == 1 else None

    def category_of(self, grade: str) -> str:
        """The category of a grade."""
        return self.grades[grade].category

    def share(self, parent: str) -> Fraction:
        """The exact share of a parent."""
        return self.parents[parent].fraction

    def amount(self, quantity: Quantity | Decimal) -> Fraction:
        """An amount of the file in whole units of currency."""
        value = quantity.value if isinstance(quantity, Quantity) else quantity
        return Fraction(value) * self.budget.unit
