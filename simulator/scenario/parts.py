"""The parts of a scenario: parents, lines, posts, rates, inflows, published figures, sampling."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union

from pydantic import BeforeValidator, Field, StrictBool, model_validator

from simulator.scenario.base import Model, Number, Positive, Whole
from simulator.scenario.measured import (
    AMOUNT,
    COUNT,
    FACTOR,
    FRACTION,
    NO_UNIT,
    POSTS,
    PRINTED,
    RATE,
    UNITS,
    YEAR,
)
from simulator.scenario.numbers import (
    HalfSpread,
    PositiveQuantity,
    Proportion,
    Provenance,
    Quantity,
    Uncertain,
    YearlyInterest,
    known,
)
from simulator.scenario.policies import FURTHER, FurtherPolicy
from simulator.units import parse_share


def _share(value: Any) -> str:  # noqa: ANN401 - raw TOML
    """A share as it was written, once it is one."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise ValueError('a share such as 0.25, "1/2" or "8.75/21.25" is wanted')  # noqa: TRY004 - pydantic reports ValueError
    share = parse_share(value if isinstance(value, str) else str(value))
    if not 0 <= share <= 1:
        raise ValueError(f"a share between 0 and 1 is wanted, not {value}")
    return str(value)


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
    """A policy or copula by its bare name."""
    return {"kind": value} if isinstance(value, str) else value


class Budget(Model):
    """What is budgeted, in which currency, for which years."""

    organization: Name = Field(description="the organization whose budget it is")
    document: str | None = Field(None, description="symbol or title of the budget document")
    currency: Currency
    unit: Annotated[Whole, Field(ge=1, le=1_000_000)] = Field(
        1000,
        description="amounts in this file are in this many units of currency",
        json_schema_extra=UNITS,
    )
    years: Annotated[tuple[Year, ...], Field(min_length=1, max_length=20)] = Field(
        description="the years budgeted for, one after the other", json_schema_extra=YEAR
    )
    prior_period: str | None = Field(
        None,
        description="label of the period of the appropriations: shown, and a column for rules",
    )
    cell: Positive = Field(
        Decimal("0.1"),
        description="a printed cell is rounded to this step",
        json_schema_extra=AMOUNT,
    )

    @model_validator(mode="after")
    def _consecutive(self) -> Budget:
        if any(b != a + 1 for a, b in zip(self.years, self.years[1:], strict=False)):
            raise ValueError(f"years must follow one another, found {list(self.years)}")
        return self


class Recosted(Model):
    """Set at the rates of each stage and revised at each stage."""

    kind: Literal["recosted"] = Field("recosted", description="this policy")


class BudgetRate(Model):
    """Fixed amount at the budget rate; the organization carries the exchange gain or loss."""

    kind: Literal["budget_rate"] = Field("budget_rate", description="this policy")


class OwnCurrency(Model):
    """Assessed in the currency of the budget."""

    kind: Literal["own_currency"] = Field("own_currency", description="this policy")


class Forward(Model):
    """A fraction of the contribution is covered at forward rates, by year."""

    kind: Literal["forward"] = Field("forward", description="this policy")
    cover: Proportion = Field(
        description="part of the contribution that is covered", json_schema_extra=FRACTION
    )
    rates: dict[Year, PositiveQuantity] = Field(
        description="budget currency for one unit of the parent's currency, by year",
        json_schema_extra=RATE,
    )


class Split(Model):
    """Part in the budget's currency, the rest in the parent's own, at the named rate."""

    kind: Literal["split"] = Field("split", description="this policy")
    in_budget_currency: Share = Field(json_schema_extra=FRACTION)
    rest: Literal["budget_rate", "recosted"] = Field(
        "budget_rate", description="how the rest is stated in the parent's own currency"
    )


if TYPE_CHECKING:
    Policy = Recosted | BudgetRate | OwnCurrency | Forward | Split | FurtherPolicy
else:
    Policy = Annotated[
        Union[Recosted, BudgetRate, OwnCurrency, Forward, Split, *FURTHER],
        Field(discriminator="kind"),
    ]


class Parent(Model):
    """An organization that pays a share of the net budget."""

    name: Name | None = Field(None, description="its name in words; its key unless given")
    share: Share = Field(json_schema_extra=FRACTION)
    assessed_in: Currency
    policy: Annotated[Policy, BeforeValidator(_as_kind)] = Field(
        description="who bears the exchange risk of its contribution"
    )
    round_to: Positive = Field(
        Decimal(1),
        description="the stated amount in its own currency is rounded to this step",
        json_schema_extra=UNITS,
    )
    source: str | None = Field(None, description="where share and policy stand")

    @property
    def fraction(self) -> Fraction:
        """The exact share."""
        return parse_share(self.share)


class GrowthItem(Provenance):
    """A change of resources before recosting, in the file's unit, for the whole period."""

    name: Name = Field(description="what changes")
    amount: Number = Field(
        description="for the whole period, above or below zero", json_schema_extra=AMOUNT
    )


class Line(Model):
    """A line of the budget: a posts line is built from posts, others from an appropriation."""

    kind: Literal["posts", "non_posts"] = Field(
        description="a posts line is built from posts, any other from its appropriation"
    )
    title: Title = None
    fund: Key | None = Field(None, description="posts line: the fund whose posts it pays")
    appropriation: Quantity | None = Field(
        None, description="approved amount, previous period", json_schema_extra=AMOUNT
    )
    growth: tuple[GrowthItem, ...] = Field((), description="changes of resources before recosting")
    recosting: dict[Year, PositiveQuantity] = Field(
        default_factory=dict,
        description="price factor of each year on the year before",
        json_schema_extra=FACTOR,
    )
    standard_cost_scale: dict[Year, PositiveQuantity] = Field(
        default_factory=dict,
        description="posts line: factor on the standard costs, by year",
        json_schema_extra=FACTOR,
    )
    exposure: dict[PairName, Proportion] = Field(
        default_factory=dict,
        description="part of the cost that is fixed in another currency",
        json_schema_extra=FRACTION,
    )
    inflation: dict[Key, Quantity] = Field(
        default_factory=dict,
        description="how much of each inflation surprise reaches the prices",
        json_schema_extra=FACTOR,
    )
    price_error: Uncertain = Field(
        known("0"),
        description="relative error of this line's prices, the same in all years",
        json_schema_extra=FRACTION,
    )


class IncomeLine(Model):
    """Income that reduces the net, for the whole period, in the file's unit."""

    title: Title = None
    appropriation: Quantity | None = Field(
        None, description="approved estimate, previous period", json_schema_extra=AMOUNT
    )
    estimate: Uncertain = Field(description="income of the whole period", json_schema_extra=AMOUNT)


class Category(Model):
    """A category of staff: what its posts have in common."""

    title: Title = None
    vacancy: Uncertain = Field(
        known("0"), description="vacancy rate that will be met, by year", json_schema_extra=FRACTION
    )
    budgeted_vacancy: Proportion = Field(
        Quantity(value=Decimal(0)),
        description="vacancy rate inside the standard costs",
        json_schema_extra=FRACTION,
    )
    delayed_recruitment: Uncertain = Field(
        known("0"),
        description="part of the first year for which a new post is not filled",
        json_schema_extra=FRACTION,
    )
    standard_cost_error: Uncertain = Field(
        known("0"),
        description="relative error of the standard costs, the same in all years",
        json_schema_extra=FRACTION,
    )
    exposure: dict[PairName, Proportion] = Field(
        default_factory=dict,
        description="part of the pay that is fixed in another currency",
        json_schema_extra=FRACTION,
    )
    inflation: dict[Key, Quantity] = Field(
        default_factory=dict,
        description="how much of each inflation surprise reaches the pay",
        json_schema_extra=FACTOR,
    )


class Grade(Model):
    """A grade: its category and its standard cost for one filled post and year."""

    category: Key = Field(description="a category of [categories]")
    standard_cost: PositiveQuantity = Field(
        description="of one filled post in a year, at prices before recosting",
        json_schema_extra=AMOUNT,
    )


class Post(Model):
    """Posts of one grade in one office, as they stand in the period budgeted for."""

    office: Name = Field(description="office or division that the posts belong to")
    fund: Key = Field(description="who pays them")
    grade: Key = Field(description="a grade of [grades]")
    posts: Annotated[Whole, Field(ge=-100_000, le=100_000)] = Field(
        description="number of posts, after all changes", json_schema_extra=POSTS
    )
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

    change: Literal["new", "abolished", "reclassified", "moved", "delayed_impact"] = Field(
        description="what happened; delayed_impact: vacant in part of the previous period"
    )
    office: Name = Field(description="office or division of the posts")
    fund: Key = Field(description="who pays them")
    grade: Key = Field(description="a grade of [grades]; of a reclassified post the one after")
    posts: Annotated[Whole, Field(ge=1, le=100_000)] = Field(
        description="number of posts that changed", json_schema_extra=POSTS
    )
    from_grade: Key | None = Field(None, description="reclassified: the grade before")
    from_office: Name | None = Field(None, description="moved or reclassified: the office before")
    note: Remark = None
    source: str | None = Field(None, description="where it stands")

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

    to: PairName = Field(description="the rate that it follows")
    ratio: PositiveQuantity = Field(description="this rate over that one", json_schema_extra=FACTOR)


class Interest(Model):
    """Interest at home and abroad, from which forward rates follow by covered parity."""

    home: YearlyInterest = Field(
        description="a year, in the budget's currency", json_schema_extra=FRACTION
    )
    abroad: YearlyInterest = Field(
        description="a year, in the other currency", json_schema_extra=FRACTION
    )
    half_spread: HalfSpread | None = Field(
        None,
        description="part of the forward rate that a buyer of cover loses against the mid",
        json_schema_extra=FRACTION,
    )


class Rate(Model):
    """One exchange rate, in units of the budget's currency for one unit of another."""

    budget: PositiveQuantity | None = Field(
        None, description="rate written into the budget", json_schema_extra=RATE
    )
    start: PositiveQuantity | None = Field(
        None, description="last rate known; paths start here", json_schema_extra=RATE
    )
    observed: dict[MonthLabel, PositiveQuantity] = Field(
        default_factory=dict,
        description="monthly averages already known inside the period",
        json_schema_extra=RATE,
    )
    pegged: Peg | None = Field(
        None, description="another rate that this one follows at a constant ratio"
    )
    interest: Interest | None = Field(
        None, description="what forward cover is priced with (`sim hedge`); moves no draw"
    )
    unusual: StrictBool = Field(
        False,
        description="true: rates far from budget, near 1/budget or very volatile are meant",
    )


class StudentCopula(Model):
    """Student-t copula: movements that are large together more often."""

    kind: Literal["student"] = Field("student", description="this copula")
    df: Annotated[Positive, Field(ge=1, le=1000)] = Field(
        description="degrees of freedom: the fewer, the more often all move far together",
        json_schema_extra=NO_UNIT,
    )


class GaussianCopula(Model):
    """Gaussian copula."""

    kind: Literal["gaussian"] = Field("gaussian", description="this copula")


class Independent(Provenance):
    """Two drivers declared independent on purpose."""

    between: tuple[str, str] = Field(description="two drivers")


class Correlation(Model):
    """Dependence between the innovations of named factors."""

    copula: Annotated[
        Annotated[GaussianCopula | StudentCopula, Field(discriminator="kind")],
        BeforeValidator(_as_kind),
    ] = Field(GaussianCopula(), description="how dependent factors move together")
    matrix: dict[str, dict[str, Quantity]] = Field(
        default_factory=dict,
        description="correlation by two factor names, in either order",
        json_schema_extra=NO_UNIT,
    )
    order: tuple[str, ...] = Field(
        (), description="order of construction; a factor named last moves no earlier one"
    )
    independent: tuple[Independent, ...] = Field(
        (), description="drivers left independent on purpose, which silences a warning"
    )


class Sampling(Model):
    """How draws are made."""

    sampler: Literal["sobol", "lhs", "random"] = Field(
        "sobol", description="how draws are placed: sobol and lhs evenly, random independently"
    )
    seed: Annotated[Whole, Field(ge=0, le=2**63 - 1)] = Field(
        description="where chance starts; the same seed gives the same draws",
        json_schema_extra=NO_UNIT,
    )
    draws: Annotated[Whole, Field(ge=1, le=2**32)] = Field(
        32_768, description="futures to draw", json_schema_extra=COUNT
    )
    replicates: Annotated[Whole, Field(ge=1, le=256)] = Field(
        8,
        description="independent parts of the draws, from which standard errors come",
        json_schema_extra=COUNT,
    )
    leading: Annotated[tuple[str, ...], Field(max_length=16)] = Field(
        (), description="factors given the best Sobol' dimensions, most important first"
    )


class Threshold(Provenance):
    """An amount to compare a contribution with; in the file's unit. It never enters a draw."""

    name: Key = Field(description="how it is called on the screen")
    parent: Key = Field(description="the parent whose contribution it is compared with")
    currency: Currency
    period: str = Field(description="a year, or the whole period")
    amount: Number = Field(description="the amount, in its currency", json_schema_extra=AMOUNT)


class PublishedFigure(Model):
    """A printed figure and the rule that reproduces it from inputs."""

    id: Name = Field(description="a name of its own")
    where: Name = Field(description="table or paragraph")
    what: Name = Field(description="what the figure is")
    period: str = Field(description="a year, or the whole period")
    unit: str = Field(description="in which it is printed: a currency, percent, posts")
    printed: Number = Field(
        description="the figure as printed, in its unit", json_schema_extra=PRINTED
    )
    rule: Annotated[str, Field(min_length=1, max_length=1000)] = Field(
        description="how it follows from inputs; see docs/rules.md"
    )
    quantum: Positive = Field(
        description="the rule's result is rounded half up to this step", json_schema_extra=PRINTED
    )
    fault: str | None = Field(None, description="the source's own fault, in words")
    should_print: Number | None = Field(
        None, description="fault: what the rule rightly gives", json_schema_extra=PRINTED
    )
    row: str | None = Field(None, description="row of the source's table")
    column: str | None = Field(None, description="column of the source's table")

    @model_validator(mode="after")
    def _fault_is_one(self) -> PublishedFigure:
        if (self.fault is None) != (self.should_print is None):
            raise ValueError("fault and should_print go together: the fault and the right figure")
        if self.should_print is not None and self.should_print == self.printed:
            raise ValueError("should_print equals printed, so there is no fault to declare")
        return self
