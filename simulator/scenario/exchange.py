"""How rates and prices move: the laws of paths, as a scenario declares them, and dated events.

Only parameters live here. What a law's numbers mean is said in `docs/model.md`; the mathematics
is in `sampling.exchange` and `sampling.inflation`.
"""

from __future__ import annotations

import calendar
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from simulator.scenario.base import Date, Model, Number, Positive, Whole
from simulator.scenario.measured import FRACTION, MONTHS, NO_UNIT, RATE, YEAR
from simulator.scenario.numbers import (
    NonNegativeQuantity,
    PositiveQuantity,
    Proportion,
    Provenance,
    Quantity,
)
from simulator.scenario.parts import Key, PairName, Year
from simulator.units import Month

AVERAGE_VARIANCE_RATIO = 1.5
"""Variance of a month-end change over that of a change of monthly averages (Working 1960)."""

_ONE = Quantity(value=Decimal(1))

DegreesOfFreedom = Annotated[Positive, Field(gt=2, le=1000)]
"""Of a Student-t law with a variance, which more than 2 give."""

WhenLabel = Annotated[str, Field(pattern=r"^\d{4}(-(0[1-9]|1[0-2]))?$")]
"""A month (2031-05), or a year (2031) for each of its months."""


class _Moving(Model):
    """What the laws of moving rates have in common: how far each rate moves."""

    volatility: dict[PairName, NonNegativeQuantity] = Field(
        description="standard deviation of the change of the log rate", json_schema_extra=FRACTION
    )
    per: Literal["day", "month", "year"] = Field(
        "month", description="the time that volatility is for"
    )
    measured_on: Literal["averages", "ends"] = Field(
        "ends", description="averages: measured on changes of monthly averages"
    )
    start_error: dict[PairName, NonNegativeQuantity] = Field(
        default_factory=dict,
        description="sd of the log of start, where start is an estimate, or older than the path",
        json_schema_extra=FRACTION,
    )


class RandomWalk(_Moving):
    """Correlated driftless log-normal random walks from `start`."""

    law: Literal["random_walk"] = Field("random_walk", description="this law")


class StudentWalk(_Moving):
    """Driftless walks whose months are Student-t: calm and wild months, common to all rates."""

    law: Literal["student_walk"] = Field("student_walk", description="this law")
    degrees_of_freedom: DegreesOfFreedom = Field(
        Decimal(5), description="of a month: the fewer, the wilder", json_schema_extra=NO_UNIT
    )


class Blended(_Moving):
    """Walks with one scale for the whole path, common to all rates, and a slow pull of prices.

    The scale is sqrt((df − 2)/χ²_df). With `view` 0 there is no drift; with 1 the log rate
    drifts by the inflation differential and closes half of the real gap in time.
    """

    law: Literal["blended"] = Field("blended", description="this law")
    degrees_of_freedom: DegreesOfFreedom = Field(
        Decimal(8),
        description="of the scale of a path: the fewer, the wilder",
        json_schema_extra=NO_UNIT,
    )
    view: Proportion = Field(
        _ONE,
        description="1: drift by prices in full; 0: no view at all",
        json_schema_extra=FRACTION,
    )
    inflation_differential: dict[PairName, Quantity] = Field(
        default_factory=dict,
        description="inflation abroad less at home, a year",
        json_schema_extra=FRACTION,
    )
    real_gap: dict[PairName, Quantity] = Field(
        default_factory=dict,
        description="long mean of the log real rate less its last value",
        json_schema_extra=FRACTION,
    )
    half_life_months: PositiveQuantity = Field(
        Quantity(value=Decimal(60)),
        description="half of what closes of the gap closes in this",
        json_schema_extra=MONTHS,
    )
    gap_closed: Proportion = Field(
        Quantity(value=Decimal("0.5")),
        description="part of the real gap that closes in the end",
        json_schema_extra=FRACTION,
    )


class OrnsteinUhlenbeck(_Moving):
    """Mean reversion of the log rate to a level, with a half-life."""

    law: Literal["ou"] = Field("ou", description="this law")
    towards: dict[PairName, PositiveQuantity] = Field(
        description="level that the rate returns to", json_schema_extra=RATE
    )
    half_life_months: PositiveQuantity = Field(
        description="half of the distance to the level closes in this", json_schema_extra=MONTHS
    )


class Bootstrap(Model):
    """Months of the past drawn again, the same months for all rates, in blocks.

    `changes` are log changes of successive months, equally many for every rate, less their mean.
    """

    law: Literal["bootstrap"] = Field("bootstrap", description="this law")
    changes: dict[
        PairName, Annotated[tuple[Number, ...], Field(min_length=12, max_length=2400)]
    ] = Field(
        description="log changes of successive months, equally many for every rate",
        json_schema_extra=FRACTION,
    )
    measured_on: Literal["averages", "ends"] = Field(
        "ends", description="averages: changes of monthly averages; ends: of month ends"
    )
    block_months: Annotated[Whole, Field(ge=1, le=120)] = Field(
        1, description="months that are drawn again together", json_schema_extra=MONTHS
    )


class FixedRates(Model):
    """No movement: every month at `start`, or at the budget rate."""

    law: Literal["fixed"] = Field("fixed", description="this law")
    at: Literal["start", "budget"] = Field("start", description="which rate every month has")


class PathRates(Model):
    """Rates given month by month, or year by year; nothing is drawn."""

    law: Literal["path"] = Field("path", description="this law")
    rates: dict[PairName, Annotated[dict[WhenLabel, PositiveQuantity], Field(min_length=1)]] = (
        Field(description="rates by month (2031-05) or by year", json_schema_extra=RATE)
    )

    def at(self, pair: str, month: Month) -> Quantity | None:
        """The rate given for a month, or for its year; None when neither is given."""
        given = self.rates.get(pair, {})
        return given.get(str(month)) or given.get(str(month.year))


def as_law(value: Any) -> Any:  # noqa: ANN401 - raw TOML
    """A law by its bare name."""
    return {"law": value} if isinstance(value, str) else value


Moving = RandomWalk | StudentWalk | Blended | OrnsteinUhlenbeck
"""Laws with a volatility for each rate."""

Drawn = Moving | Bootstrap
"""Laws under which rates are drawn."""

Exchange = Annotated[Drawn | FixedRates | PathRates, Field(discriminator="law")]


class Event(Provenance):
    """Something that happens to rates on a day: from then on they are higher or lower by a part."""

    name: Key = Field(description="a name of its own")
    date: Date = Field(description="the day from which rates are moved")
    change: Quantity = Field(
        description="relative change: -0.15 for a fall by 15 %", json_schema_extra=FRACTION
    )
    rates: tuple[PairName, ...] = Field(
        (), description="the rates that it moves; every rate unless given"
    )

    @model_validator(mode="after")
    def _leaves_a_rate(self) -> Event:
        if not -1 < self.change.value <= 10:
            raise ValueError(
                f"change between -1 and 10 is wanted, -0.15 for a fall by 15 %, "
                f"not {self.change.value}"
            )
        return self

    def moves(self, pair: str) -> bool:
        """Whether the event moves this rate."""
        return not self.rates or pair in self.rates

    def factor(self, month: Month) -> float:
        """Factor on a month's average: by the calendar days from the date on in its own month."""
        here, change = Month(self.date.year, self.date.month), float(self.change)
        if month < here:
            return 1.0
        if month > here:
            return 1.0 + change
        days = calendar.monthrange(month.year, month.month)[1]
        return 1.0 + change * (days - self.date.day + 1) / days


class Ar1Inflation(Model):
    """Inflation surprise u_y = persistence·u_{y−1} + sd·ε_y around the document's price path."""

    law: Literal["ar1"] = Field("ar1", description="this law")
    sd: NonNegativeQuantity = Field(
        description="sd of one year's surprise; 0.01 is one point", json_schema_extra=FRACTION
    )
    persistence: Quantity = Field(
        Quantity(value=Decimal(0)),
        description="part of a year's surprise that is left in the next",
        json_schema_extra=FRACTION,
    )
    start: Quantity = Field(
        Quantity(value=Decimal(0)),
        description="surprise of the last year published",
        json_schema_extra=FRACTION,
    )
    degrees_of_freedom: DegreesOfFreedom | None = Field(
        None,
        description="ε is Student-t with unit variance; normal unless given",
        json_schema_extra=NO_UNIT,
    )
    last_published: Year | None = Field(
        None,
        description="surprises begin the year after; the year before the period unless given",
        json_schema_extra=YEAR,
    )
    centre: dict[Year, Quantity] = Field(
        default_factory=dict,
        description="inflation expected in each year: what a surprise is added to when inflation "
        "itself is shown; the budget's prices follow its recosting",
        json_schema_extra=FRACTION,
    )
    observed: dict[Year, Quantity] = Field(
        default_factory=dict,
        description="inflation of years that are known: its surprise is its distance from `centre`",
        json_schema_extra=FRACTION,
    )

    @model_validator(mode="after")
    def _observed_against_a_centre(self) -> Ar1Inflation:
        missing = [year for year in self.observed if year not in self.centre]
        if missing:
            raise ValueError(f"centre of {missing[0]} is wanted, to tell what is a surprise of it")
        return self

    @model_validator(mode="after")
    def _stable(self) -> Ar1Inflation:
        if not -1 < self.persistence.value < 1:
            raise ValueError(
                f"persistence between -1 and 1 is wanted, not {self.persistence.value}"
            )
        return self
