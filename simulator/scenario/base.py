"""What every table of a scenario is, and what numbers in it may be."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


class Model(BaseModel):
    """Frozen, and closed to unknown keys: a key that would not be used is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_max_length=20_000)


def _not_text(value: Any) -> Any:  # noqa: ANN401 - raw TOML
    """Text and true/false are not numbers, although pydantic would take "12" and true for them."""
    if isinstance(value, bool | str):
        raise ValueError("a number is wanted, without quotes")  # noqa: TRY004 - pydantic reports ValueError
    return value


def _not_number(value: Any) -> Any:  # noqa: ANN401 - raw TOML
    """A number is not a date, although pydantic would count seconds from 1970."""
    if isinstance(value, int | float | Decimal):
        raise ValueError("a date such as 2024-10-31 is wanted")  # noqa: TRY004 - pydantic reports ValueError
    return value


Number = Annotated[
    Decimal,
    BeforeValidator(_not_text),
    Field(allow_inf_nan=False, ge=Decimal("-1e15"), le=Decimal("1e15")),
]
Whole = Annotated[int, BeforeValidator(_not_text)]
Date = Annotated[dt.date, BeforeValidator(_not_number)]
Positive = Annotated[Number, Field(gt=0)]
NonNegative = Annotated[Number, Field(ge=0)]
Unit = Annotated[Number, Field(ge=0, le=1)]
