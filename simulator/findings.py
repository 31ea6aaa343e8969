"""What a decision command finds out: sentences, tables, and whose scenario they are about.

One shape for every answer, so that screen, JSON, workbook and report show it without knowing the
question. Sentences are templates with values, so that another language can say them.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

KINDS = ("text", "date", "amount", "money", "quantity", "share", "rate", "figure", "whole")
"""How a value is written.

`amount`: whole units of currency, shown in the scenario's unit; `money`: the same with the unit
and its currency in words; `quantity`: a number with its unit behind, written as the unit wants:
money for a currency, a share for 1, a rate for XYZ/ABC; `share`: a fraction, shown in per cent;
`rate`: four decimals; `figure`: six significant digits; `whole`: a whole number; `date` and `text`:
as they are.
"""


def mark(text: str) -> str:
    """Mark a text for translation; import it as `_`. It is translated where it is shown."""
    return text


Value = float | int | str | tuple[float, str]
"""A value of a sentence; `money` and `quantity` are a number and its currency or unit."""

Cell = float | int | str | None
"""A cell of a table; None where there is nothing to say."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: `template` has fields `{name:kind}`, which `values` fills.

    Raises ValueError for a field without value or kind, and for a value that no field shows.
    """

    template: str
    values: Mapping[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        fields = dict(fields_of(self.template))
        if set(fields) != set(self.values):
            raise ValueError(f"fields {sorted(fields)} but values {sorted(self.values)}")
        unknown = [kind for kind in fields.values() if kind not in KINDS]
        if unknown:
            raise ValueError(f"kinds {unknown} of {self.template!r} are not in {KINDS}")


def fields_of(template: str) -> Iterator[tuple[str, str]]:
    """Name and kind of every field of a template; the kind is `text` unless it says another."""
    for _, name, kind, _ in string.Formatter().parse(template):
        if name is not None:
            yield name, kind or "text"


@dataclass(frozen=True, slots=True)
class Heading:
    """A column: its title, the kind of its cells, and their unit: a currency, "month", ""."""

    title: str
    kind: str = "text"
    unit: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS or self.kind in ("money", "quantity"):
            raise ValueError(f"a column of kind {self.kind!r}")


@dataclass(frozen=True, slots=True)
class Listing:
    """A table; every row has a cell for each heading. `about` says whose it is, if anybody's."""

    name: str
    title: str
    headings: tuple[Heading, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: Sentence | None = None
    about: str = ""

    def __post_init__(self) -> None:
        if any(len(row) != len(self.headings) for row in self.rows):
            raise ValueError(f"a row of {self.name!r} has not {len(self.headings)} cells")


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer of `command`; `label` tells two answers of one command apart.

    `unit` and `digits` say how the scenario prints amounts: in how many whole units of currency,
    with how many decimals. `settings` are what was asked, `warnings` what the answer is not.
    """

    command: str
    label: str
    title: str
    sentences: tuple[Sentence, ...]
    listings: tuple[Listing, ...]
    scenario: str
    fingerprint: str
    unit: int
    digits: int
    warnings: tuple[Sentence, ...] = ()
    settings: Mapping[str, str | int | float | bool] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What the finding is kept as: the command and, if there is one, the label."""
        return f"{self.command}-{self.label}" if self.label else self.command
