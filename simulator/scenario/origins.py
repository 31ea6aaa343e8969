"""Which file each value of a scenario stands in, and where: for messages and comments.

An origin is found without knowing any line: a file is searched for lines only when somebody
asks, which is when there is something to say about it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from simulator.errors import Problem
from simulator.scenario.places import Path, key_text
from simulator.scenario.toml_positions import Positions


class Source(Protocol):
    """A file that values stand in: a TOML text, or a list in a CSV."""

    @property
    def file(self) -> str:
        """As messages name it."""

    @property
    def name(self) -> str:
        """Its path from the folder of the scenario that is read."""

    def key(self, path: Path) -> str:
        """A place in the file as people write it."""

    def line(self, path: Path) -> int | None:
        """The line of a place, or of the nearest table around it."""


@dataclass(frozen=True)
class TomlSource:
    """A TOML file; its text is searched for lines when the first line is asked for."""

    file: str
    name: str = ""
    text: str = ""

    @cached_property
    def _positions(self) -> Positions:
        return Positions(self.text)

    def key(self, path: Path) -> str:
        """`pledges[3].amount`"""
        return key_text(path)

    def line(self, path: Path) -> int | None:
        """The line of a key, or of the nearest table around it."""
        return self._positions.line(path)


@dataclass(frozen=True, slots=True)
class Origin:
    """The place of a value: a path in a source, and the parts of it that come from elsewhere.

    `parts` are those that differ; all others stand below `path` in the same source or, when a
    list was read from a CSV, below `rest`.
    """

    source: Source
    path: Path = ()
    parts: Mapping[str | int, Origin] = field(default_factory=dict)
    rest: Origin | None = None

    def at(self, part: str | int) -> Origin:
        """The origin of one key or entry; a year is found as the key that it is in the file."""
        for key in (part, str(part)):
            if key in self.parts:
                return self.parts[key]
        if self.rest is not None:
            return self.rest.at(part)
        return Origin(self.source, (*self.path, part))

    def find(self, path: Path) -> Origin:
        """The origin of what stands, or would stand, at a path below."""
        here = self
        for part in path:
            here = here.at(part)
        return here

    @property
    def key(self) -> str:
        """The place in its own file, as people write it."""
        return self.source.key(self.path)

    @property
    def line(self) -> int | None:
        """Its line, or that of the nearest table around it."""
        return self.source.line(self.path)

    def problem(self, wanted: str, value: str = "", remedy: str = "") -> Problem:
        """A problem at this place."""
        return Problem(wanted, self.key, value, remedy, self.source.file, self.line)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the raw tables and lists of a scenario, with its origin."""

    value: Any
    origin: Origin

    def at(self, key: str | int) -> Part:
        """The value at one key or index."""
        return Part(self.value[key], self.origin.at(key))

    def entries(self) -> list[Part]:
        """The parts of a list."""
        return [self.at(index) for index in range(len(self.value))]

    def joined(self, parts: Mapping[str, Part]) -> Part:
        """A table of these parts at the place of this one."""
        values = {key: part.value for key, part in parts.items()}
        origins: dict[str | int, Origin] = {key: part.origin for key, part in parts.items()}
        return Part(values, Origin(self.origin.source, self.origin.path, origins))

    def listed(self, parts: Sequence[Part]) -> Part:
        """A list of these parts at the place of this one."""
        origins: dict[str | int, Origin] = {i: part.origin for i, part in enumerate(parts)}
        values = [part.value for part in parts]
        return Part(values, Origin(self.origin.source, self.origin.path, origins))
