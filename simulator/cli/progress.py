"""How far a run has come, on a terminal, when it takes more than a second."""

from __future__ import annotations

import time
from contextlib import ExitStack
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, TaskID, TextColumn
from rich.table import Column

from simulator.cli import talk
from simulator.errors import tidy_up_first
from simulator.render.figures import grouped

PATIENCE = 1.0
"""Seconds of work before anything is shown."""

NARROW = 60
"""Below so many characters the rate is left out, below half of it the bar."""

_BESIDE = len("100 %") + len("0:00:00") + 4
"""Characters of percentage, time left and the gaps between columns."""

_RATE = len("10 000 000 draws/s") + 1


class Display:
    """One display for several runs; leaves nothing behind on the screen.

    It is the `Progress` of `runs`, and a context that clears up whatever happens. A run has two
    phases, drawing and summarising, each with its own bar: the time left is that of the phase.
    """

    def __init__(self) -> None:
        self._began = self._phase_began = time.monotonic()
        self._tidy = ExitStack()
        self._live: Progress | None = None
        self._task: TaskID | None = None
        self._name = ""
        self._phase, self._unit = "", ""
        self._total = 0
        self._made = 0

    def __enter__(self) -> Display:
        self._tidy.enter_context(tidy_up_first())  # the cursor comes back, whatever happens
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.clear()
        self._tidy.close()

    def next(self, name: str) -> None:
        """The run that starts now."""
        self._name = name

    def say(self, text: str) -> None:
        """What must be known at once, above whatever is shown."""
        self.clear()
        talk.say(text)

    def start(self, total: int) -> None:
        """`total` draws will be made at most."""
        self.begin("drawing", "draws", total)

    def summarise(self, total: int) -> None:
        """The draws are made; `total` columns will be summarised."""
        self.begin("summarising", "columns", total)

    def begin(self, phase: str, unit: str, total: int) -> None:
        """A phase begins: `total` of `unit` will be done."""
        self._phase, self._unit, self._total, self._made = phase, unit, total, 0
        self._phase_began = time.monotonic()
        if self._live is not None:
            self.clear()
            self._open()

    def advance(self, n: int) -> None:
        """`n` more draws are made, or columns summarised."""
        self._made += n
        if self._live is None:
            if time.monotonic() - self._began < PATIENCE:
                return
            self._open()
        if self._live is not None and self._task is not None:
            rate, left = self._told()
            self._live.update(self._task, completed=self._made, rate=rate, left=left)

    def done(self) -> None:
        """The run is over."""
        self.clear()

    def clear(self) -> None:
        """Take the display off the screen, so that a result can be printed."""
        if self._live is not None:
            self._live.stop()
            self._live, self._task = None, None

    def _told(self) -> tuple[str, str]:
        """Rate and time left of the phase, from its beginning on: no burst misleads them."""
        passed = time.monotonic() - self._phase_began
        if not self._made or passed <= 0:
            return "", "-:--:--"
        seconds = round(passed * (self._total - self._made) / self._made)
        left = f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
        return f"{grouped(self._made / passed, 0)} {self._unit}/s", left

    def _open(self) -> None:
        console = Console(stderr=True, highlight=False, markup=False, emoji=False)
        label = f"{self._name}: {self._phase}"
        columns = _columns(label, console.width)
        self._live = Progress(*columns, console=console, transient=True)
        rate, left = self._told()
        self._task = self._live.add_task(
            label, total=self._total, completed=self._made, rate=rate, left=left
        )
        self._live.start()


def _columns(label: str, width: int) -> list[ProgressColumn]:
    """What fits on one line of this width: a line that wraps would leave itself behind."""
    with_rate, with_bar = width >= NARROW, 2 * width >= NARROW
    room = width - _BESIDE - (_RATE if with_rate else 0)
    words = min(len(label), max(1, room - 6 if with_bar else room))
    one_line = Column(no_wrap=True, overflow="ellipsis", width=words)
    columns: list[ProgressColumn] = [
        TextColumn("{task.description}", markup=False, table_column=one_line)
    ]
    if with_bar:
        columns.append(BarColumn(max(5, min(40, room - words))))
    columns.append(TextColumn("{task.percentage:>3.0f} %", markup=False))
    if with_rate:
        columns.append(TextColumn("{task.fields[rate]}", style="dim", markup=False))
    columns.append(TextColumn("{task.fields[left]}", markup=False))
    return columns
