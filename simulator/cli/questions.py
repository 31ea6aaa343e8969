"""Five questions that `sim new` asks where somebody can answer: on a terminal, on stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import TypeVar

import typer

from simulator.cli import talk
from simulator.errors import Interrupted, Problem

T = TypeVar("T")


def can_ask() -> bool:
    """Whether somebody sits at both ends: a pipe, a log or a test answers nothing."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


def ask(
    question: str,
    default: str,
    read: Callable[[str], T],
    wrong: Callable[[T], Iterable[Problem]] = lambda _: (),
) -> T:
    """The answer, asked for again until it can be read and has no problem.

    An empty line takes the default. Raises Interrupted at the end of the input.
    """
    while True:
        shown = f" [{default}]" if default else ""
        sys.stderr.write(talk.harmless(f"{question}{shown}: "))
        sys.stderr.flush()
        line = sys.stdin.readline()
        if not line:
            sys.stderr.write("\n")
            raise Interrupted("interrupted; nothing is written")
        try:
            answer = read(line.strip() or default)
        except typer.BadParameter as error:
            talk.say(f"    → {error.format_message().removeprefix('Invalid value: ')}")
            continue
        problems = list(wrong(answer))
        if not problems:
            return answer
        for problem in problems:
            found = f" (found {problem.value})" if problem.value else ""
            talk.say(f"    → {problem.wanted}{found}")
