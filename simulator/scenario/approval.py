"""Who has approved the assumptions of a scenario, until when, and which nobody has.

A statement is an entry or a number that says something of where it comes from. A number without an
approval of its own has that of the entry around it. What counts is the day that is asked about:
approvals are given on a day and may expire; this module has no clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from pydantic import BaseModel

from simulator.scenario.model import Scenario
from simulator.scenario.numbers import Provenance

Status = Literal["approved", "draft", "expired"]
STATUSES: tuple[Status, ...] = get_args(Status)


@dataclass(frozen=True, slots=True)
class Statement:
    """An assumption, or a number whose approval may expire; `key` is its place in the file."""

    key: str
    approval: Provenance
    """With the approval of the entry around it where it has none of its own."""

    def status(self, day: dt.date) -> Status:
        """How it stands on a day: the last on which it holds is `expires` itself."""
        if self.approval.expires is not None and self.approval.expires < day:
            return "expired"
        given = self.approval.approved_on
        return "approved" if given is not None and given <= day else "draft"

    def in_words(self, day: dt.date) -> str:
        """The status with its reason."""
        status, approval = self.status(day), self.approval
        if status == "expired":
            return f"expired on {approval.expires}"
        if status == "approved":
            until = f" until {approval.expires}" if approval.expires is not None else ""
            return f"approved by {approval.approved_by} on {approval.approved_on}{until}"
        if approval.approved_on is not None:
            return f"a draft: approved only on {approval.approved_on}"
        return "a draft: nobody has approved it"


@dataclass(frozen=True, slots=True)
class Standing:
    """The assumptions of a scenario on a day; numbers with a source count where they expire."""

    day: dt.date
    statements: tuple[Statement, ...]

    def of(self, status: Status) -> tuple[Statement, ...]:
        """Those that stand so."""
        return tuple(one for one in self.statements if one.status(self.day) == status)

    @property
    def in_words(self) -> str:
        """Counts in one sentence."""
        counts = [len(self.of(status)) for status in STATUSES]
        approved, drafts, expired = counts
        return (
            f"{len(self.statements)} assumptions: {approved} approved, {drafts} drafts, "
            f"{expired} expired on {self.day.isoformat()}"
        )


def standing(scenario: Scenario, day: dt.date) -> Standing:
    """How every assumption stands on a day."""
    return Standing(day, tuple(_statements("", scenario, None)))


def with_approval(value: Provenance, outer: Provenance | None) -> Provenance:
    """`value` with the approval of what is around it, unless it has one of its own."""
    if outer is None or outer.approved_by is None or value.approved_by is not None:
        return value
    given = {"approved_by": outer.approved_by, "approved_on": outer.approved_on}
    return value.model_copy(update={**given, "expires": value.expires or outer.expires})


def _statements(key: str, value: object, outer: Provenance | None) -> Iterator[Statement]:
    if isinstance(value, BaseModel):
        around = outer
        if isinstance(value, Provenance):
            own = with_approval(value, outer)
            if value.assumption or value.expires is not None:
                yield Statement(key, own)
            around = own if own.approved_by is not None else outer
        for name in type(value).model_fields:
            yield from _statements(f"{key}.{name}" if key else name, getattr(value, name), around)
    elif isinstance(value, Mapping):
        for name, one in value.items():
            yield from _statements(f"{key}.{name}", one, outer)
    elif isinstance(value, tuple):
        for i, one in enumerate(value):
            if isinstance(one, BaseModel):
                named = str(getattr(one, "name", None) or getattr(one, "id", None) or i)
                yield from _statements(f"{key}.{named}", one, outer)
