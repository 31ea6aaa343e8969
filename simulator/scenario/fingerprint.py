"""What makes a scenario this one: a digest of everything in it, however it was written."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from simulator.scenario.model import Scenario
from simulator.scenario.toml_text import to_toml
from simulator.units import plain_digits

__all__ = ["canonical", "fingerprint", "to_toml"]


def canonical(scenario: Scenario) -> str:
    """The resolved scenario as JSON with one spelling for each number.

    Defaults are written out, so that giving a default changes nothing; the order of parents,
    lines and other named tables is kept, because the columns of a result follow it.
    """
    return json.dumps(_plain(scenario), separators=(",", ":"))


def fingerprint(scenario: Scenario) -> str:
    """SHA-256 (hex) of the canonical JSON: lists from a CSV or from the TOML give the same."""
    return hashlib.sha256(canonical(scenario).encode()).hexdigest()


def _plain(value: Any) -> Any:  # noqa: ANN401 - any part of the model
    if isinstance(value, BaseModel):
        return {name: _plain(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return value


def _number(value: Decimal) -> str:
    """One spelling for equal numbers: 0.50 and 0.5, 1e3 and 1000."""
    return plain_digits(value) if value else "0"
