"""What can be wrong with a change to another scenario, in words, with the file and the line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from simulator.errors import Problem, nearest, shorten
from simulator.scenario.origins import Part
from simulator.scenario.places import ENOUGH, found_text

_MOST_NAMES = 12

_SEARCHED = 50
"""So many wrong names are answered with the nearest; among many names each takes a while."""


@dataclass(frozen=True)
class Complaints:
    """Problems of the changes to `base`, each at the place of the change."""

    base: str
    problems: list[Problem] = field(default_factory=list)

    def unknown(self, part: Part, name: str, known: Iterable[str], missing: Sequence[str]) -> None:
        """An entry that is changed is not there, and would be incomplete alone."""
        needs = f"; a new entry needs {', '.join(missing)} as well"
        wanted = f"the name of an entry of {self.base} is wanted"
        self._say(part, wanted, found_text(name), self._nearest(name, known, needs))

    def absent(self, part: Part, name: str, known: Iterable[str]) -> None:
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
            remedy = f"give the note of one as it stands there, one of {listed}"
        wanted = f"the name of one entry of {self.base} is wanted, {count} have this one"
        self._say(part, wanted, found_text(name), remedy)

    def _say(self, part: Part, wanted: str, value: str = "", remedy: str = "") -> None:
        if len(self.problems) < ENOUGH:
            self.problems.append(part.origin.problem(wanted, value, remedy))

    def _nearest(self, name: str, known: Iterable[str], otherwise: str = "") -> str:
        """The name that was most likely meant; else what there is, and `otherwise`."""
        if len(self.problems) >= _SEARCHED:
            return f"look up its name in {self.base}{otherwise}"
        names = list(dict.fromkeys(known))
        close = nearest(name, names)
        if close is not None:
            return f"did you mean {close!r}?"
        if not names:
            return f"leave it out{otherwise}"
        shown = ", ".join(map(shorten, names)) if len(names) <= _MOST_NAMES else "others"
        return f"{self.base} has {shown}{otherwise}"
