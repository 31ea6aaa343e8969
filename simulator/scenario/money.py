"""Extrabudgetary money of a scenario: windows, pledges, planned outputs, and what becomes of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from simulator.scenario.base import Model, Whole
from simulator.scenario.measured import AMOUNT, COUNT, FRACTION, MONTHS
from simulator.scenario.numbers import (
    NonNegativeQuantity,
    PositiveQuantity,
    Proportion,
    Provenance,
    Quantity,
    Uncertain,
    known,
)
from simulator.scenario.parts import Currency, Key, Name, Remark, Title, Year

MOST_NOTICE = 36
"""Months of notice that posts may be given."""


class Window(Model):
    """A window through which extrabudgetary money arrives, with its own timing if it has one."""

    title: Title = None
    note: Remark = None
    delay_months: Uncertain = Field(
        known("0"),
        description="months by which all that comes through the window is late, beside what each "
        "pledge has",
        json_schema_extra=MONTHS,
    )
    spending_lag_months: Uncertain | None = Field(
        None,
        description="months from receipt to spending of what comes through the window; that of "
        "[inflows] unless given",
        json_schema_extra=MONTHS,
    )


Commitment = Literal["signed", "pledged", "under_negotiation"]
"""How far a donor has committed money."""


class Pledge(Provenance):
    """Money promised or hoped for, in the donor's currency and the file's unit."""

    name: Key = Field(description="a name of its own, by which it is drawn")
    window: Key = Field(description="a window of [windows]")
    currency: Currency
    amount: Uncertain = Field(
        description="amount in its currency, whenever it comes", json_schema_extra=AMOUNT
    )
    probability: Proportion = Field(
        Quantity(value=Decimal(1)), description="that it comes at all", json_schema_extra=FRACTION
    )
    stage: Commitment = Field(description="how far the donor has committed it")
    received: dict[Year, Proportion] = Field(
        description="share of the amount due each year; of a year before the period only what "
        "arrives late counts",
        json_schema_extra=FRACTION,
    )
    delay_months: Uncertain = Field(
        known("0"), description="months that it comes late", json_schema_extra=MONTHS
    )

    @model_validator(mode="after")
    def _whole(self) -> Pledge:
        total = sum((q.value for q in self.received.values()), Decimal(0))
        if total > 1 or total == 0:
            raise ValueError(f"the shares received must sum to at most 1, not {total}")
        return self


class Deliverable(Model):
    """A planned output and the part of it that extrabudgetary money pays for."""

    planned: PositiveQuantity = Field(
        description="how many are planned for the period", json_schema_extra=COUNT
    )
    xb_share: Proportion = Field(
        Quantity(value=Decimal(1)),
        description="part that extrabudgetary money pays for",
        json_schema_extra=FRACTION,
    )
    title: Title = None


class Inflows(Model):
    """How extrabudgetary money is stated, spent and taxed."""

    stated_in: Currency = Field(description="currency in which donors' money is stated")
    fund: Key = Field("XB", description="the fund of the posts that programme support pays")
    priced_as: Key | None = Field(
        None,
        description="the posts line whose scale, prices and error the posts of `fund` share; the "
        "only posts line unless given",
    )
    psc_rate: Proportion = Field(
        Quantity(value=Decimal(0)),
        description="programme support cost, part of spending",
        json_schema_extra=FRACTION,
    )
    spending_lag_months: Uncertain = Field(
        known("0"), description="months from receipt to spending", json_schema_extra=MONTHS
    )
    unspent_before: NonNegativeQuantity = Field(
        Quantity(value=Decimal(0)),
        description="received before the period and not yet spent, in the budget's currency",
        json_schema_extra=AMOUNT,
    )
    psc_balance: NonNegativeQuantity | None = Field(
        None,
        description="programme support earned before the period and not yet used, in the budget's "
        "currency; with it the balance at each year's end is told",
        json_schema_extra=AMOUNT,
    )
    notice_months: Annotated[Whole, Field(ge=0, le=MOST_NOTICE)] | None = Field(
        None,
        description="notice that the posts of `fund` are given, in months; what it costs is told "
        "by `sim support`",
        json_schema_extra=MONTHS,
    )
    planned: dict[Year, NonNegativeQuantity] = Field(
        default_factory=dict,
        description="receipts planned for each year, in the budget's currency: what a shortfall is "
        "measured against; the pledges at their centre and at budget rates unless given",
        json_schema_extra=AMOUNT,
    )
    regions: dict[Name, Proportion] = Field(
        default_factory=dict,
        description="part of receipts meant for a region; regions may overlap",
        json_schema_extra=FRACTION,
    )
    deliverables: dict[Key, Deliverable] = Field(
        default_factory=dict, description="planned outputs that extrabudgetary money pays for"
    )
