"""What can be wrong with a change to another scenario, in words, with the file and the line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from simulator.errors import Problem, nearest, shorten
from simulator.scenario.origins import Part
from simulator.scenario.places import found_text

_MOST_NAMES = 12


@dataclass(frozen=True)
class Complaints:
    """Problems of the changes to `base`, each at the place of the change."""

    base: str
    problems: list[Problem] = field(default_factory=list)

    def unknown(self, part: Part, name: str, known: Sequence[str], missing: Sequence[str]) -> None:
        """An entry that is changed is not there, and would be incomplete alone."""
        remedy = self._nearest(name, known)
        if nearest(name, known) is None:
            remedy += f"; a new entry needs {', '.join(missing)} as well"
        self._say(part, f"the name of an entry of {self.base} is wanted", found_text(name), remedy)

    def absent(self, part: Part, name: str, known: Sequence[str]) -> None:
        """What is to be removed is not there."""
        wanted = f"there is nothing of this name in {self.base} to remove"
        self._say(part, wanted, found_text(name), self._nearest(name, known))

    def more(self, part: Part, others: Sequence[str], beside: str) -> None:
        """Something stands beside `remove = true`, which would be ignored."""
        listed = ", ".join(map(shorten, others[:6]))
        remedy = f"leave out {listed}, or leave out remove"
        self._say(part, f"nothing beside {beside} is wanted", found_text(part.value), remedy)

    def nameless(self, part: Part, names: Sequence[str]) -> None:
        """An entry is to be removed, and nothing says which."""
        self._say(
            part, "the name of the entry to remove is wanted", remedy=f"add {', '.join(names)}"
        )

    def twice(self, part: Part) -> None:
        """A file changes one entry twice."""
        wanted = "one change of an entry is wanted, this one stands twice in this file"
        self._say(part, wanted, remedy="keep one of the two")

    def several(
        self, part: Part, name: str, count: int, missing: Sequence[str], notes: Sequence[object]
    ) -> None:
        """A name that several entries have; `missing` keys or one of the `notes` may tell."""
        remedy = "give the whole list instead, for instance in a CSV"
        if missing:
            remedy = f"add {', '.join(missing)}"
        elif notes:
            listed = ", ".join(found_text(note) for note in notes[:_MOST_NAMES])
            remedy = f"add the note of one of them as it stands there, one of {listed}"
        wanted = f"the name of one entry is wanted, {count} of {self.base} have this one"
        self._say(part, wanted, found_text(name), remedy)

    def _say(self, part: Part, wanted: str, value: str = "", remedy: str = "") -> None:
        at = part.origin
        self.problems.append(Problem(wanted, at.key, value, remedy, at.source.file, at.line))

    def _nearest(self, name: str, known: Sequence[str]) -> str:
        close = nearest(name, known)
        if close is not None:
            return f"did you mean {close!r}?"
        if len(known) > _MOST_NAMES:
            return f"look up its name in {self.base}"
        return f"{self.base} has {', '.join(map(shorten, known))}" if known else "leave it out"
