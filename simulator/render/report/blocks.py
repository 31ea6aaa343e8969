"""What a report is made of; every stored number carries the key of where it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from simulator.render.charts.frame import Spec


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a sentence; with a key it leads to the cell of a table that has the same key.

    A key is "result|output|period|stage|statistic", as the summary of that result names it.
    """

    text: str
    key: str = ""


Part = str | Number


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences. A `lead` is the answer, a `note` small print, a `warning` what to look out for."""

    parts: tuple[Part, ...]
    kind: Literal["", "lead", "note", "warning"] = ""

    @property
    def text(self) -> str:
        """As plain text."""
        return "".join(part if isinstance(part, str) else part.text for part in self.parts)


@dataclass(frozen=True, slots=True)
class Strip:
    """A distribution on one line: P5, P25, P50, P75, P95 and a mark, as parts of its width."""

    places: tuple[float, float, float, float, float]
    mark: float | None
    text: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: text, or a figure at the right; with a key it is where that number stands."""

    text: str
    key: str = ""
    figure: bool = False
    strong: bool = False
    indent: bool = False
    strip: Strip | None = None


Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the first cell of a row names it. A row of one cell is a heading between rows.

    A `folded` one is long, and opened by those who want it.
    """

    name: str
    title: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    note: str = ""
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart, and the table of what it shows.

    `places` says where each row of the table stands, as parts of the plot's width, or of its
    height when the picture reads downwards.
    """

    name: str
    title: str
    spec: Spec
    table: Table
    places: tuple[float, ...] = ()
    down: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A distribution for which a ceiling can be moved: draws above each amount, counted."""

    result: str
    parent: str
    currency: str
    period: str
    stage: str
    amounts: tuple[float, ...]
    texts: tuple[str, ...]
    above: tuple[int, ...]
    draws: int
    marks: Mapping[str, int] = field(default_factory=dict)
    """Names of amounts that the scenario knows, and their places among `amounts`."""


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The panel in which a ceiling is moved; it needs scripts, and says nothing that tables lack.

    `words` are its labels by name, `decimal` and `sign` how it writes a percentage.
    """

    choices: tuple[Choice, ...]
    words: Mapping[str, str]
    decimal: str
    sign: str


Block = Paragraph | Table | Picture | Ceiling


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report under a heading; `name` is what links to it are called."""

    name: str
    title: str
    blocks: tuple[Block, ...]
    level: int = 2


@dataclass(frozen=True, slots=True)
class Document:
    """The whole report: a title, a line under it, and sections."""

    language: str
    title: str
    under: str
    sections: tuple[Section, ...]
    runs: tuple[str, ...]
    words: Mapping[str, str]
    """Labels of the page itself, such as "Contents"."""


def middles(count: int) -> tuple[float, ...]:
    """Places of so many bars that share a plot evenly: the middle of each."""
    return tuple((i + 0.5) / count for i in range(count))


def joined(parts: Sequence[Sequence[Part]], between: str = " ") -> tuple[Part, ...]:
    """Several sentences one after the other."""
    found: list[Part] = []
    for i, one in enumerate(parts):
        found += [between, *one] if i else [*one]
    return tuple(found)
