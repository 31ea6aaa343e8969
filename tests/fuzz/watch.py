"""One command under watch: its exit code, its words, its processor time, what it leaves behind."""

from __future__ import annotations

import contextlib
import faulthandler
import functools
import io
import os
import re
import signal
import sys
import tempfile
import traceback
import types
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

import typer
from ground import emptied, seen

from simulator.cli import exits, main

ALLOWED = {0, 1, 2, 3}
SECONDS = 5
"""Processor seconds an input may take: other work on the machine does not count."""

HANGS = 1200
"""Seconds on the clock after which a process is given up: a busy machine is not a hanging input."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class TooLong(BaseException):
    """Past the limit: no handler of the program catches this."""


class Findings(AssertionError):
    """An input did what none may do; the first word tells findings apart."""


def where(error: BaseException) -> str:
    """The last line of the program in a traceback: what tells one bug from another."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if "simulator" in f.filename] or frames[-1:]
    return f"{type(error).__name__} at {Path(ours[-1].filename).name}:{ours[-1].lineno}"


@contextlib.contextmanager
def prepared() -> Iterator[None]:
    """Commands are built once for all inputs; a bug's own error is kept for the finding."""
    build, bug = typer.main.get_command, exits._bug
    typer.main.get_command = functools.cache(build)

    def kept(error: BaseException) -> int:
        Watch.bug = where(error) + ": " + str(error)[:200]
        return bug(error)

    exits._bug = kept
    before = tempfile.tempdir
    try:
        yield
    finally:
        typer.main.get_command, exits._bug, tempfile.tempdir = build, bug, before


class Watch:
    """Runs commands in a folder of good files, of which one at a time is replaced."""

    bug = ""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.out = folder / "out"
        self.ledger = folder / "results" / "runs.jsonl"
        emptied(self.out)
        tempfile.tempdir = str(folder)  # whatever a command leaves behind there is seen

    def attempt(self, arguments: Sequence[str], files: dict[str, bytes]) -> int:
        """The exit code of a command over these files. Raises Findings."""
        good = {name: (self.folder / name).read_bytes() for name in files}
        try:
            for name, data in files.items():
                (self.folder / name).write_bytes(data)
            ledger = (self.ledger.read_bytes(), self.ledger.stat().st_mtime_ns)
            before = seen(self.folder, but="out")
            code, out, err = self._run(arguments)
            self._judge(arguments, code, out, err)
            self._undo_line(code, ledger)
            after = seen(self.folder, but="out")
            if before != after:
                names = {str(p) for p, _ in before.items() ^ after.items()}
                raise Findings(f"disk: {' '.join(arguments)} changed {sorted(names)}")
            return code
        finally:
            for name, data in good.items():
                (self.folder / name).write_bytes(data)
            if any(self.out.iterdir()):
                emptied(self.out)

    def _undo_line(self, code: int, before: tuple[bytes, int]) -> None:
        """What was made of a result is written down, a line for a file: take that line away."""
        data, time = before
        now = self.ledger.read_bytes()
        if code == 0 and now != data and now.startswith(data) and any(self.out.iterdir()):
            self.ledger.write_bytes(data)
            os.utime(self.ledger, ns=(time, time))

    def _run(self, arguments: Sequence[str]) -> tuple[int, str, str]:
        out, err = io.StringIO(), io.StringIO()
        Watch.bug = ""

        def stop(_: int, frame: types.FrameType | None) -> None:
            raise TooLong("".join(traceback.format_stack(frame, limit=6)))

        previous = signal.signal(signal.SIGPROF, stop)
        faulthandler.dump_traceback_later(HANGS, exit=True, file=sys.__stderr__)
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        try:
            with (
                contextlib.chdir(self.folder),
                contextlib.redirect_stdout(out),
                contextlib.redirect_stderr(err),
                warnings.catch_warnings(),
            ):
                warnings.simplefilter("error")
                code = main(list(arguments))
        except TooLong as error:
            raise Findings(f"time: {' '.join(arguments)}\n{error}") from None
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            faulthandler.cancel_dump_traceback_later()
            signal.signal(signal.SIGPROF, previous)
        return code, out.getvalue(), err.getvalue()

    def _judge(self, arguments: Sequence[str], code: int, out: str, err: str) -> None:
        words = " ".join(arguments)
        if code not in ALLOWED:
            raise Findings(f"bug: {Watch.bug or code} | {words}")
        if "Traceback" in err:
            raise Findings(f"traceback: {words}\n{err[:500]}")
        if "not enough memory" in err:
            raise Findings(f"memory: {words}")
        if code and not err.strip() and not (code == 1 and out.strip()):  # a check and its answer
            raise Findings(f"silent: {words} ended with {code} and no word")
        if _CONTROL.search(err):
            raise Findings(f"control: {words} wrote a control character")


def memory_limit(mebibytes: int) -> None:
    """No more address space than there is now and so much."""
    import resource

    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * os.sysconf("SC_PAGE_SIZE") + (mebibytes << 20)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
