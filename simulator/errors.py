"""What can go wrong, and the exit code that says so.

    SimError
    ├── CheckFailed        1   a check that the user asked for, or declared, does not hold
    ├── InputError         2   wrong use or wrong input: a list of problems, all at once
    ├── EnvironmentFault   3   disk, permission, a file that vanished
    └── Interrupted      130   Ctrl-C

`cli` turns these into text and exit codes in one place; nothing else prints or exits.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import ClassVar

MOST_LISTED = 16
"""Known names that a remedy lists."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend: where it stands, what was found, what was wanted, and how to mend it."""

    wanted: str
    key: str = ""
    value: str = ""
    remedy: str = ""
    file: str = ""
    line: int | None = None
    column: int | None = None

    def at(self, *, file: str | None = None, line: int | None = None) -> Problem:
        """The same problem with a place; an already known place is kept."""
        return replace(self, file=self.file or (file or ""), line=self.line or line)

    def __str__(self) -> str:
        place = self.file
        if self.line is not None:
            place += f":{self.line}" + (f":{self.column}" if self.column is not None else "")
        parts = [part for part in (place, _bounded(self.key, 300)) if part]
        found = f" (found {_bounded(self.value)})" if self.value else ""
        remedy = f"\n    → {_bounded(self.remedy)}" if self.remedy else ""
        return ": ".join([*parts, _bounded(self.wanted)]) + found + remedy


def _bounded(text: str, length: int = 2000) -> str:
    """Text that came from a file may be of any length; nobody reads that."""
    return text if len(text) <= length else f"{text[:length]}…"


class Stopping:
    """Whether somebody asked the program to end, and how much there is to put in order before."""

    asked: ClassVar[bool] = False
    in_order: ClassVar[int] = 0


@contextmanager
def tidy_up_first() -> Iterator[None]:
    """Inside, a signal to end raises KeyboardInterrupt, so that what was begun is undone.

    Outside there is nothing to undo and the program ends at once: an exception could be lost in
    a callback of a library, which would go on with half of what it needs.
    """
    Stopping.in_order += 1
    try:
        yield
    finally:
        Stopping.in_order -= 1


class SimError(Exception):
    """Any failure that a user is told about in words."""

    exit_code: ClassVar[int] = 1


class CheckFailed(SimError):
    """A tie-out, verification or precision that was asked for does not hold (exit code 1)."""

    exit_code: ClassVar[int] = 1


class InputError(SimError):
    """Wrong use or wrong input (exit code 2); carries every problem found, not only the first."""

    exit_code: ClassVar[int] = 2

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (
            (problems,) if isinstance(problems, Problem) else tuple(problems)
        )
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Problem, ...]]]:
        """Made again from its problems where another process raised it."""
        return type(self), (self.problems,)


class EnvironmentFault(SimError):
    """The disk, a permission or a missing optional part stands in the way (exit code 3)."""

    exit_code: ClassVar[int] = 3


class Interrupted(SimError):
    """The user pressed Ctrl-C (exit code 130)."""

    exit_code: ClassVar[int] = 130


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that `name` was most likely meant to be, if any is close."""
    matches = difflib.get_close_matches(name[:200], sorted(known), n=1, cutoff=0.6)
    return matches[0] if matches else None


def did_you_mean(name: str, known: Iterable[str], elsewhere: str = "") -> str:
    """A remedy for an unknown name: the nearest known one, or the first of them.

    `elsewhere` says where they are listed when they are many.

    >>> did_you_mean("vacancies", ["vacancy", "income"])
    "did you mean 'vacancy'?"
    >>> did_you_mean("x", ["vacancy", "income"])
    'known: income, vacancy'
    """
    names = sorted(known)
    close = nearest(name, names)
    if close is not None:
        return f"did you mean {close!r}?"
    if len(names) > MOST_LISTED and elsewhere:
        return elsewhere
    more = f", … ({len(names)} in all)" if len(names) > MOST_LISTED else ""
    return "known: " + ", ".join(names[:MOST_LISTED]) + more if names else "there are none"


def shorten(text: str, length: int = 60) -> str:
    """`text` on one line, cut when it is long."""
    line = "".join(char if char.isprintable() else " " for char in text)
    return line if len(line) <= length else line[: length - 1] + "…"
