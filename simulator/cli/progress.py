"""How far a run has come, on a terminal, when it takes more than a second."""

from __future__ import annotations

import time
from types import TracebackType

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from simulator.render.figures import grouped

PATIENCE = 1.0
"""Seconds of work before anything is shown."""


class _Rate(ProgressColumn):
    """Draws a second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{grouped(speed, 0)} draws/s" if speed else "", style="dim")


class Display:
    """One display for several runs; leaves nothing behind on the screen.

    It is the `Progress` of `runs`, and a context that clears up whatever happens.
    """

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._live: Progress | None = None
        self._task: TaskID | None = None
        self._name = ""
        self._total = 0
        self._made = 0

    def __enter__(self) -> Display:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.clear()

    def next(self, name: str) -> None:
        """The run that starts now."""
        self._name = name

    def start(self, total: int) -> None:
        """`total` draws will be made at most."""
        self._total, self._made = total, 0

    def advance(self, n: int) -> None:
        """`n` more draws are made."""
        self._made += n
        if self._live is None:
            if time.monotonic() - self._began < PATIENCE:
                return
            self._open()
        if self._live is not None and self._task is not None:
            self._live.update(self._task, completed=self._made)

    def done(self) -> None:
        """The run is over."""
        self.clear()

    def clear(self) -> None:
        """Take the display off the screen, so that a result can be printed."""
        if self._live is not None:
            self._live.stop()
            self._live, self._task = None, None

    def _open(self) -> None:
        console = Console(stderr=True, highlight=False, markup=False, emoji=False)
        self._live = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %", markup=False),
            _Rate(),
            TimeRemainingColumn(),
            console=console,
            transient=True,
        )
        self._task = self._live.add_task(self._name, total=self._total, completed=self._made)
        self._live.start()
