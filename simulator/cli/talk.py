"""Where words go: results to stdout, everything else to stderr.

A reader that stops reading (`sim show base | head`) is no failure: what was asked for is done, and
the rest of the text is dropped.
"""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from rich.console import Console, RenderableType
    from rich.text import Text

    from simulator.store.result import Run

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
WIDE = 120
"""Width of a result that goes into a file or a pipe, unless COLUMNS says otherwise."""


def harmless(text: str) -> str:
    """`text` without control characters, which could repaint the reader's terminal."""
    return CONTROL.sub(lambda match: repr(match.group())[1:-1], text)


def prepare() -> None:
    """Let both streams print what their encoding lacks as a question mark instead of failing."""
    # A stream that was closed before the start is None: what it would have shown is dropped.
    sys.stdout = sys.stdout or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - for good
    sys.stderr = sys.stderr or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - for good
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


PLAIN = str.maketrans({"\u00a0": " ", "\u202f": " ", "−": "-", "→": "->", "…": "...", "†": "+"})
"""What figures and arrows become where the terminal cannot show them."""


def _write(stream: TextIO, text: str) -> None:
    if not unicode(stream):
        text = text.translate(PLAIN)
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        # Later writes, and Python's own flush at the end, go nowhere instead of failing again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def emit(text: str) -> None:
    """A result, on stdout, with a line end."""
    _write(sys.stdout, text if text.endswith("\n") else text + "\n")


def emit_json(document: object) -> None:
    """A result for a program: one JSON object on one line."""
    emit(json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")))


def say(text: str) -> None:
    """Talk, on stderr, with a line end."""
    _write(sys.stderr, harmless(text) + "\n")


def pictures() -> Literal["none", "words", "ascii", "blocks"]:
    """How a result on stdout is drawn: not at all in a pipe, in words where those are asked for.

    `ACCESSIBLE` asks for words, and a terminal without a cursor (TERM=dumb) gets them; one whose
    encoding is not UTF-8 gets plain characters.
    """
    if not sys.stdout.isatty():
        return "none"
    if os.environ.get("ACCESSIBLE") or os.environ.get("TERM", "") in ("dumb", "unknown"):
        return "words"
    return "blocks" if unicode() else "ascii"


def unicode(stream: TextIO | None = None) -> bool:
    """Whether a stream, stdout unless given, shows every character."""
    encoding = (stream or sys.stdout).encoding or ""
    return encoding.lower().replace("-", "") in ("utf8", "utf_8")


def console() -> Console:
    """The terminal behind stdout; NO_COLOR, COLUMNS and a pipe are respected."""
    from rich.console import Console

    piped = not sys.stdout.isatty() and not os.environ.get("COLUMNS", "").isdigit()
    return Console(width=WIDE if piped else None, highlight=False, markup=False, emoji=False)


def show_run(stored: Run) -> None:
    """The screen of a stored run, with pictures where they can be seen."""
    from simulator.render.pictures.shown import shown_of
    from simulator.render.terminal import Screen
    from simulator.render.view import view_of

    view, how = view_of(stored), pictures() if stored.has_draws else "none"
    show(Screen(view, None if how == "none" else shown_of(stored, view), how))


def show_lines(lines_of: Callable[[int], list[Text]]) -> None:
    """Lines made for the width that there is, on stdout."""
    from rich.console import Group

    show(Group(*lines_of(console().width)))


def show_text(lines: Iterable[str], then: str) -> None:
    """Lines of text as they are, on stdout; a terminal gets long ones broken, `then` in front."""
    if not sys.stdout.isatty() and not os.environ.get("COLUMNS", "").isdigit():
        emit("\n".join(lines))
        return
    from simulator.render.columns import wrapped

    show_lines(lambda width: [part for line in lines for part in wrapped(line, width, then=then)])


def show(renderable: RenderableType) -> None:
    """A result that fits itself to the terminal, on stdout."""
    terminal = console()
    with terminal.capture() as caught:
        terminal.print(renderable, crop=False)
    emit(caught.get())
