"""The parts of a scenario: parents, lines, posts, rates, inflows, published figures, sampling."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StrictBool, model_validator

from simulator.scenario.numbers import (
    HalfSpread,
    Model,
    Number,
    Positive,
    PositiveQuantity,
    Proportion,
    Provenance,
    Quantity,
    Uncertain,
    Whole,
    YearlyInterest,
    _share,
    known,
)
from simulator.units import parse_share

Title = Annotated[str | None, Field(description="a name in words, for those who read it")]
Remark = Annotated[str | None, Field(description="a remark for those who read the file")]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9_\-+/]+$", min_length=1, max_length=60)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", description="three-letter currency code")]
PairName = Annotated[str, Field(pattern=r"^[a-z]{3}_per_[a-z]{3}$")]
Share = Annotated[str, BeforeValidator(_share), Field(description='exact share: "1/2" or 0.25')]
Year = Annotated[int, Field(ge=1900, le=2200)]
MonthLabel = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]


def _as_kind(value: Any) -> Any:  # noqa: ANN401 - raw TOML
    """A policy, law or copula by its bare name."""
    return {"kind": value} if isinstance(value, str) else value


class Budget(Model):
    """What is budgeted, in which currency, for which years."""

    organization: Name
    document: str | None = None
    currency: Currency
    unit: Annotated[Whole, Field(ge=1, le=1_000_000)] = Field(
        1000, description="amounts in this file are in this many units of currency"
    )
    years: Annotated[tuple[Year, ...], Field(min_length=1, max_length=20)]
    prior_period: str | None = Field(
        None,
        description="label of the period of the appropriations: shown, and a column for rules",
    )
    cell: Positive = Field(Decimal("0.1"), description="a printed cell is rounded to this step")

    @model_validator(mode="after")
    def _consecutive(self) -> Budget:
        if any(b != a + 1 for a, b in zip(self.years, self.years[1:], strict=False)):
            raise ValueError(f"years must follow one another, found {list(self.years)}")
        return self


class Recosted(Model):
    """Set at the rates of each stage and revised at each stage."""

    kind: Literal["recosted"] = "recosted"


class BudgetRate(Model):
    """Fixed amount at the budget rate; the organization carries the exchange gain or loss."""

    kind: Literal["budget_rate"] = "budget_rate"


class OwnCurrency(Model):
    """Assessed in the currency of the budget."""

    kind: Literal["own_currency"] = "own_currency"


class Forward(Model):
    """A fraction of the contribution is covered at forward rates, by year."""

    kind: Literal["forward"] = "forward"
    cover: Proportion
    rates: dict[Year, PositiveQuantity] = Field(
        description="budget currency for one unit of the parent's currency, by year"
    )


class Split(Model):
    """Part in the budget's currency, the rest in the parent's own, at the named rate."""

    kind: Literal["split"] = "split"
    in_budget_currency: Share
    rest: Literal["budget_rate", "recosted"] = "budget_rate"


Policy = Annotated[
    Recosted | BudgetRate | OwnCurrency | Forward | Split,
    Field(discriminator="kind"),
]


class Parent(Model):
    """An organization that pays a share of the net budget."""

    name: Name | None = None
    share: Share
    assessed_in: Currency
    policy: Annotated[Policy, BeforeValidator(_as_kind)]
    round_to: Positive = Field(
        Decimal(1), description="the stated amount in its own currency is rounded to this step"
    )
    source: str | None = None

    @property
    def fraction(self) -> Fraction:
        """The exact share."""
        return parse_share(self.share)


class GrowthItem(Provenance):
    """A change of resources before recosting, in the file's unit, for the whole period."""

    name: Name
    amount: Number


class Line(Model):
    """A line of the budget: a posts line is built from posts, others from an appropriation."""

    kind: Literal["posts", "non_posts"]
    title: Title = None
    fund: Key | None = Field(None, description="posts line: the fund whose posts it pays")
    appropriation: Quantity | None = Field(None, description="approved amount, previous period")
    growth: tuple[GrowthItem, ...] = ()
    recosting: dict[Year, PositiveQuantity] = Field(
        default_factory=dict, description="price factor of each year on the year before"
    )
    standard_cost_scale: dict[Year, PositiveQuantity] = Field(
        default_factory=dict, description="posts line: factor on the standard costs, by year"
    )
    exposure: dict[PairName, Proportion] = Field(
        default_factory=dict, description="part of the cost that is fixed in another currency"
    )
    inflation: dict[Key, Quantity] = Field(
        default_factory=dict, description="how much of each inflation surprise reaches the prices"
    )
    price_error: Uncertain = Field(
        known("0"), description="relative error of this line's prices, the same in all years"
    )


class IncomeLine(Model):
    """Income that reduces the net, for the whole period, in the file's unit."""

    title: Title = None
    appropriation: Quantity | None = None
    estimate: Uncertain


class Category(Model):
    """A category of staff: what its posts have in common."""

    title: Title = None
    vacancy: Uncertain = Field(known("0"), description="vacancy rate that will be met, by year")
    budgeted_vacancy: Proportion = Field(
        Quantity(value=Decimal(0)), description="vacancy rate inside the standard costs"
    )
    delayed_recruitment: Uncertain = Field(
        known("0"), description="part of the first year for which a new post is not filled"
    )
    standard_cost_error: Uncertain = Field(
        known("0"), description="relative error of the standard costs, the same in all years"
    )
    exposure: dict[PairName, Proportion] = Field(default_factory=dict)
    inflation: dict[Key, Quantity] = Field(default_factory=dict)


class Grade(Model):
    """A grade: its category and its standard cost for one filled post and year."""

    category: Key
    standard_cost: PositiveQuantity


class Post(Model):
    """Posts of one grade in one office, as they stand in the period budgeted for."""

    office: Name
    fund: Key
    grade: Key
    posts: Annotated[Whole, Field(ge=-100_000, le=100_000)]
    note: Remark = None
    reconciliation: StrictBool = Field(
        False, description="an entry that reconciles two places of the source; posts may be < 0"
    )

    @model_validator(mode="after")
    def _sign(self) -> Post:
        if self.posts < 0 and not self.reconciliation:
            raise ValueError(f"posts of zero or more are wanted, not {self.posts}")
        return self


class PostChange(Model):
    """A change against the previous period; the posts listed stand after all changes."""

    change: Literal["new", "abolished", "reclassified", "moved", "delayed_impact"]
    office: Name
    fund: Key
    grade: Key
    posts: Annotated[Whole, Field(ge=1, le=100_000)]
    from_grade: Key | None = Field(None, description="reclassified: the grade before")
    from_office: Name | None = Field(None, description="moved or reclassified: the office before")
    note: Remark = None
    source: str | None = None

    @model_validator(mode="after")
    def _origin(self) -> PostChange:
        if (self.change == "reclassified") != (self.from_grade is not None):
            raise ValueError("from_grade belongs to a reclassified post, and only to it")
        if self.change == "moved" and self.from_office is None:
            raise ValueError("a moved post needs from_office")
        if self.from_office is not None and self.change not in ("moved", "reclassified"):
            raise ValueError("from_office belongs to a moved or reclassified post")
        return self


class Peg(Model):
    """A rate that is another rate times a constant (the Danish krone and the euro)."""

    to: PairName
    ratio: PositiveQuantity


class Interest(Model):
    """Interest at home and abroad, from which forward rates follow by covered parity."""

    home: YearlyInterest = Field(description="a year, in the budget's currency")
    abroad: YearlyInterest = Field(description="a year, in the other currency")
    half_spread: HalfSpread | None = Field(
        None, description="part of the forward rate that a buyer of cover loses against the mid"
    )


class Rate(Model):
    """One exchange rate, in units of the budget's currency for one unit of another."""

    budget: PositiveQuantity | None = Field(None, description="rate written into the budget")
    start: PositiveQuantity | None = Field(None, description="last rate known; paths start here")
    observed: dict[MonthLabel, PositiveQuantity] = Field(
        default_factory=dict, description="monthly averages already known inside the period"
    )
    pegged: Peg | None = None
    interest: Interest | None = Field(
        None, description="what forward cover is priced with (`sim hedge`); moves no draw"
    )
    unusual: StrictBool = Field(
        False,
        description="true: rates far from budget, near 1/budget or very volatile are meant",
    )


class StudentCopula(Model):
    """Student-t copula: movements that are large together more often."""

    kind: Literal["student"] = "student"
    df: Annotated[Positive, Field(ge=1, le=1000)]


class GaussianCopula(Model):
    """Gaussian copula."""

    kind: Literal["gaussian"] = "gaussian"


class Independent(Provenance):
    """Two drivers declared independent on purpose."""

    between: tuple[str, str]


class Correlation(Model):
    """Dependence between the innovations of named factors."""

    copula: Annotated[
        Annotated[GaussianCopula | StudentCopula, Field(discriminator="kind")],
        BeforeValidator(_as_kind),
    ] = GaussianCopula()
    matrix: dict[str, dict[str, Quantity]] = Field(
        default_factory=dict, description="correlation by two factor names, in either order"
    )
    order: tuple[str, ...] = Field(
        (), description="order of construction; a factor named last moves no earlier one"
    )
    independent: tuple[Independent, ...] = ()


class Sampling(Model):
    """How draws are made."""

    sampler: Literal["sobol", "lhs", "random"] = "sobol"
    seed: Annotated[Whole, Field(ge=0, le=2**63 - 1)]
    draws: Annotated[Whole, Field(ge=1, le=2**32)] = 32_768
    replicates: Annotated[Whole, Field(ge=1, le=256)] = 8
    leading: Annotated[tuple[str, ...], Field(max_length=16)] = Field(
        (), description="factors given the best Sobol' dimensions, most important first"
    )


class Threshold(Provenance):
    """An amount to compare a contribution with; in the file's unit. It never enters a draw."""

    name: Key
    parent: Key
    currency: Currency
    period: str
    amount: Number


class PublishedFigure(Model):
    """A printed figure and the rule that reproduces it from inputs."""

    id: Name
    where: Name
    what: Name
    period: str
    unit: str
    printed: Number
    rule: Annotated[str, Field(min_length=1, max_length=1000)]
    quantum: Positive = Field(description="the rule's result is rounded half up to this step")
    fault: str | None = Field(None, description="the source's own fault, in words")
    should_print: Number | None = Field(None, description="fault: what the rule rightly gives")
    row: str | None = Field(None, description="row of the source's table")
    column: str | None = Field(None, description="column of the source's table")

    @model_validator(mode="after")
    def _fault_is_one(self) -> PublishedFigure:
        if (self.fault is None) != (self.should_print is None):
            raise ValueError("fault and should_print go together: the fault and the right figure")
        if self.should_print is not None and self.should_print == self.printed:
            raise ValueError("should_print equals printed, so there is no fault to declare")
        return self
