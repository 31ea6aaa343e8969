"""Numbers as people write them: plain, with a source, or uncertain.

    12.5
    { value = 12.5, source = "table 13.2", as_of = 2030-10-31 }
    { normal = { mean = 12.5, sd = 2 }, min = 0, assumption = true }
    { p10 = 8, p50 = 12, p90 = 20 }

Only parameters live here; the mathematics of the laws is in `sampling.laws`.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import AfterValidator, Field, StrictBool, model_validator
from pydantic.fields import FieldInfo

from simulator.scenario.base import Date, Model, NonNegative, Number, Positive, Unit
from simulator.scenario.laws import FURTHER, FurtherLaw
from simulator.scenario.measured import AS_THE_NUMBER, FRACTION, NO_UNIT


class Provenance(Model):
    """Where a number comes from; every number may carry it."""

    source: str | None = Field(None, description="document, table, paragraph or data set")
    as_of: Date | None = Field(None, description="date on which the number was known")
    assumption: StrictBool = Field(
        False, description="true when the number is ours, not a source's"
    )
    note: str | None = Field(None, description="a remark that travels with the number")
    approved_by: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        None, description="who has approved the number, or the entry with its numbers"
    )
    approved_on: Date | None = Field(None, description="date on which it was approved")
    expires: Date | None = Field(
        None, description="last day on which the number, or the approval, holds"
    )

    @model_validator(mode="after")
    def _approved(self) -> Self:
        """An approval is somebody's, of a day, and ends after it."""
        if (self.approved_by is None) != (self.approved_on is None):
            raise ValueError("approved_by and approved_on are wanted together")
        if self.approved_on and self.expires and self.expires < self.approved_on:
            raise ValueError(f"it expires on {self.expires}, before it was approved")
        return self


def _wrap_scalar(data: Any) -> Any:  # noqa: ANN401 - raw TOML
    """A bare number means `{ value = number }`."""
    if isinstance(data, bool | str):
        raise ValueError(f"a number is wanted, not {data!r}; write it without quotes")  # noqa: TRY004 - pydantic reports ValueError
    return {"value": data} if isinstance(data, int | float | Decimal) else data


class Quantity(Provenance):
    """A known number with its provenance."""

    value: Number = Field(description="the number", json_schema_extra=AS_THE_NUMBER)

    @model_validator(mode="before")
    @classmethod
    def _scalar(cls, data: Any) -> Any:  # noqa: ANN401
        return _wrap_scalar(data)

    @property
    def exact(self) -> Fraction:
        """The number as an exact fraction."""
        return Fraction(self.value)

    def __float__(self) -> float:
        return float(self.value)


def _bounded(low: str, high: str, wanted: str) -> AfterValidator:
    lowest, highest = Decimal(low), Decimal(high)

    def check(quantity: Quantity) -> Quantity:
        if not lowest <= quantity.value <= highest:
            raise ValueError(f"{wanted} is wanted, not {quantity.value}")
        return quantity

    return AfterValidator(check)


def _positive(quantity: Quantity) -> Quantity:
    if quantity.value <= 0:
        raise ValueError(f"a number above zero is wanted, not {quantity.value}")
    return quantity


Proportion = Annotated[
    Quantity,
    _bounded("0", "1", "a fraction between 0 and 1 (write 0.05 for 5 %)"),
]
PositiveQuantity = Annotated[Quantity, AfterValidator(_positive)]
YearlyInterest = Annotated[
    Quantity,
    _bounded("-0.2", "0.5", "an interest rate a year as a fraction (0.0275 is 2.75 %)"),
]
HalfSpread = Annotated[
    Quantity,
    _bounded("0", "0.1", "a part of the rate as a fraction (0.0005 is 0.05 %)"),
]
NonNegativeQuantity = Annotated[Quantity, _bounded("0", "1e15", "a number of zero or more")]


class Normal(Model):
    """Normal law by mean and standard deviation."""

    mean: Number = Field(description="mean", json_schema_extra=AS_THE_NUMBER)
    sd: Positive = Field(description="standard deviation", json_schema_extra=AS_THE_NUMBER)

    @property
    def centre(self) -> Decimal:
        return self.mean


class Lognormal(Model):
    """Log-normal law, by mean and sd of the amount itself or by median and sd of its log."""

    mean: Positive | None = Field(
        None, description="mean of the amount; goes with sd", json_schema_extra=AS_THE_NUMBER
    )
    sd: Positive | None = Field(
        None, description="standard deviation of the amount", json_schema_extra=AS_THE_NUMBER
    )
    median: Positive | None = Field(
        None, description="median of the amount; goes with log_sd", json_schema_extra=AS_THE_NUMBER
    )
    log_sd: Annotated[Positive, Field(le=5)] | None = Field(
        None, description="standard deviation of the log of the amount", json_schema_extra=NO_UNIT
    )

    @model_validator(mode="after")
    def _one_form(self) -> Lognormal:
        by_mean = self.mean is not None and self.sd is not None
        by_median = self.median is not None and self.log_sd is not None
        given = sum(x is not None for x in (self.mean, self.sd, self.median, self.log_sd))
        if given != 2 or not (by_mean or by_median):
            raise ValueError("lognormal wants either mean and sd, or median and log_sd")
        return self

    @property
    def centre(self) -> Decimal:
        """The median."""
        if self.median is not None:
            return self.median
        assert self.mean is not None  # noqa: S101 - held by _one_form
        assert self.sd is not None  # noqa: S101
        return self.mean / (1 + (self.sd / self.mean) ** 2).sqrt()


class _MinModeMax(Model):
    min: Number = Field(description="the least value", json_schema_extra=AS_THE_NUMBER)
    mode: Number = Field(description="the most likely value", json_schema_extra=AS_THE_NUMBER)
    max: Number = Field(description="the greatest value", json_schema_extra=AS_THE_NUMBER)

    @model_validator(mode="after")
    def _ordered(self) -> _MinModeMax:
        if not (self.min <= self.mode <= self.max and self.min < self.max):
            raise ValueError("min ≤ mode ≤ max with min below max is wanted")
        return self

    @property
    def centre(self) -> Decimal:
        """The most likely value."""
        return self.mode


class Pert(_MinModeMax):
    """PERT: a beta law on [min, max] with mean (min + weight·mode + max)/(weight + 2)."""

    weight: Annotated[Positive, Field(le=1000)] = Field(
        Decimal(4),
        description="weight of the mode: the higher, the narrower",
        json_schema_extra=NO_UNIT,
    )


class Triangular(_MinModeMax):
    """Triangular law on [min, max]."""


class Uniform(Model):
    """Uniform law on [min, max]."""

    min: Number = Field(description="the least value", json_schema_extra=AS_THE_NUMBER)
    max: Number = Field(description="the greatest value", json_schema_extra=AS_THE_NUMBER)

    @model_validator(mode="after")
    def _ordered(self) -> Uniform:
        if not self.min < self.max:
            raise ValueError("min below max is wanted")
        return self

    @property
    def centre(self) -> Decimal:
        return (self.min + self.max) / 2


class Beta(Model):
    """Beta(alpha, beta) law stretched to [min, max]."""

    alpha: Annotated[Positive, Field(le=Decimal("1e6"))] = Field(
        description="first shape of the beta law", json_schema_extra=NO_UNIT
    )
    beta: Annotated[Positive, Field(le=Decimal("1e6"))] = Field(
        description="second shape of the beta law", json_schema_extra=NO_UNIT
    )
    min: Number = Field(Decimal(0), description="the least value", json_schema_extra=AS_THE_NUMBER)
    max: Number = Field(
        Decimal(1), description="the greatest value", json_schema_extra=AS_THE_NUMBER
    )

    @model_validator(mode="after")
    def _ordered(self) -> Beta:
        if not self.min < self.max:
            raise ValueError("min below max is wanted")
        return self

    @property
    def centre(self) -> Decimal:
        """The mean."""
        return self.min + (self.max - self.min) * self.alpha / (self.alpha + self.beta)


class Discrete(Model):
    """Listed values with weights (they need not sum to one)."""

    values: Annotated[tuple[Number, ...], Field(min_length=1, max_length=10_000)] = Field(
        description="the values", json_schema_extra=AS_THE_NUMBER
    )
    weights: Annotated[tuple[NonNegative, ...], Field(min_length=1, max_length=10_000)] = Field(
        description="their weights, in the same order; they need not sum to one",
        json_schema_extra=NO_UNIT,
    )

    @model_validator(mode="after")
    def _matched(self) -> Discrete:
        if len(self.values) != len(self.weights):
            raise ValueError(
                f"as many weights as values are wanted: {len(self.values)} and {len(self.weights)}"
            )
        if sum(self.weights) <= 0:
            raise ValueError("at least one weight above zero is wanted")
        return self

    @property
    def centre(self) -> Decimal:
        """The mean."""
        pairs = zip(self.values, self.weights, strict=True)
        return sum((v * w for v, w in pairs), Decimal(0)) / sum(self.weights)


class Bernoulli(Model):
    """1 with probability p, else 0."""

    p: Unit = Field(description="probability of 1", json_schema_extra=FRACTION)

    @property
    def centre(self) -> Decimal:
        """The mean."""
        return self.p


class Empirical(Model):
    """Observed values, each equally likely."""

    values: Annotated[tuple[Number, ...], Field(min_length=1, max_length=100_000)] = Field(
        description="observed values, each equally likely", json_schema_extra=AS_THE_NUMBER
    )

    @property
    def centre(self) -> Decimal:
        """The mean."""
        return sum(self.values, Decimal(0)) / len(self.values)


class Metalog(Model):
    """Three-term metalog through its 10th, 50th and 90th percentiles (Keelin 2016)."""

    p10: Number
    p50: Number
    p90: Number

    @model_validator(mode="after")
    def _feasible(self) -> Metalog:
        if not self.p10 < self.p50 < self.p90:
            raise ValueError("p10 < p50 < p90 is wanted")
        # Keelin (2016), symmetric-percentile triplet: the quantile function increases
        # when the median is not too near to either end.
        place = (self.p50 - self.p10) / (self.p90 - self.p10)
        if not Decimal("0.1669") < place < Decimal("0.8331"):
            raise ValueError(
                "p50 is too close to p10 or p90 for a metalog; it must lie between 16.7 % "
                "and 83.3 % of the way (use lognormal or pert for a stronger skew)"
            )
        return self

    @property
    def centre(self) -> Decimal:
        """The median."""
        return self.p50


ShippedLaw = (
    Normal
    | Lognormal
    | Pert
    | Triangular
    | Uniform
    | Beta
    | Discrete
    | Bernoulli
    | Empirical
    | Metalog
)
Law = ShippedLaw | FurtherLaw
LawName = Literal[
    "normal",
    "lognormal",
    "pert",
    "triangular",
    "uniform",
    "beta",
    "discrete",
    "bernoulli",
    "empirical",
]
LAW_NAMES: tuple[str, ...] = (*get_args(LawName), *FURTHER)


class Uncertain(Provenance):
    """A number that is known, or follows a law; `min` and `max` truncate the law.

    `central` is the value used in the central case. Without it: the mean of a normal, beta,
    discrete, empirical or Bernoulli law, the mode of PERT and triangular, the median of a
    log-normal and of p10/p50/p90, the middle of a uniform; truncation does not move it.
    """

    value: Number | None = Field(
        None, description="the number, where it is known", json_schema_extra=AS_THE_NUMBER
    )
    normal: Normal | None = Field(None, description="normal law")
    lognormal: Lognormal | None = Field(None, description="log-normal law: above zero, skewed")
    pert: Pert | None = Field(None, description="PERT law: smooth between least and greatest value")
    triangular: Triangular | None = Field(None, description="triangular law")
    uniform: Uniform | None = Field(None, description="every value between two is equally likely")
    beta: Beta | None = Field(None, description="beta law, stretched to [min, max]")
    discrete: Discrete | None = Field(None, description="one of some values, with weights")
    bernoulli: Bernoulli | None = Field(None, description="1 with a probability, else 0")
    empirical: Empirical | None = Field(None, description="one of some observed values")
    p10: Number | None = Field(
        None,
        description="one chance in ten that it is less; goes with p50 and p90",
        json_schema_extra=AS_THE_NUMBER,
    )
    p50: Number | None = Field(
        None, description="as likely more as less", json_schema_extra=AS_THE_NUMBER
    )
    p90: Number | None = Field(
        None, description="one chance in ten that it is more", json_schema_extra=AS_THE_NUMBER
    )
    min: Number | None = Field(
        None, description="the law is cut below this value", json_schema_extra=AS_THE_NUMBER
    )
    max: Number | None = Field(
        None, description="the law is cut above this value", json_schema_extra=AS_THE_NUMBER
    )
    central: Number | None = Field(
        None, description="value in the central case", json_schema_extra=AS_THE_NUMBER
    )

    @model_validator(mode="before")
    @classmethod
    def _scalar(cls, data: Any) -> Any:  # noqa: ANN401
        return _wrap_scalar(data)

    @model_validator(mode="after")
    def _one_law(self) -> Uncertain:
        given = [name for name in ("value", *LAW_NAMES) if getattr(self, name) is not None]
        points = [name for name in ("p10", "p50", "p90") if getattr(self, name) is not None]
        if points:
            given.append("p10/p50/p90")
        if len(given) != 1:
            found = ", ".join(given) if given else "none"
            raise ValueError(
                f"one number or one law is wanted, found {found}; the laws are "
                + ", ".join((*LAW_NAMES, "p10/p50/p90"))
            )
        if points and len(points) != 3:
            raise ValueError(f"p10, p50 and p90 go together, found only {', '.join(points)}")
        if points:
            Metalog(p10=self.p10, p50=self.p50, p90=self.p90)
        if self.value is not None and (self.min, self.max, self.central) != (None, None, None):
            raise ValueError("min, max and central belong to a law, not to a plain value")
        if self.min is not None and self.max is not None and not self.min < self.max:
            raise ValueError(f"min below max is wanted, found min {self.min} and max {self.max}")
        for bound, wrong in ((self.min, -1), (self.max, 1)):
            if bound is not None and (self.centre - bound) * wrong > 0:
                raise ValueError(
                    f"the central value {self.centre} lies outside the truncation at {bound}"
                )
        return self

    @property
    def law(self) -> Law | None:
        """The law's parameters, or None when the number is known."""
        if self.p50 is not None:
            return Metalog(p10=self.p10, p50=self.p50, p90=self.p90)
        for name in LAW_NAMES:
            law: Law | None = getattr(self, name)
            if law is not None:
                return law
        return None

    @property
    def is_known(self) -> bool:
        """True when the number is certain."""
        return self.value is not None

    @property
    def centre(self) -> Decimal:
        """The value in the central case."""
        if self.value is not None:
            return self.value
        if self.central is not None:
            return self.central
        law = self.law
        assert law is not None  # noqa: S101 - held by _one_law
        return law.centre


for _key, _law in FURTHER.items():  # laws of files of their own are keys like the others
    _about = (_law.__doc__ or "").partition("\n")[0].rstrip(".")
    _kind: Any = _law | None
    _field = FieldInfo(annotation=_kind, default=None, description=_about)
    Uncertain.model_fields[_key] = _field
if FURTHER:
    Uncertain.model_rebuild(force=True)


def known(value: str) -> Uncertain:
    """A certain number, for defaults."""
    return Uncertain(value=Decimal(value))
