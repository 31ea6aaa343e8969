"""One command as a process of its own: its exit code and words, processor seconds, memory."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SECONDS = 5
"""Processor seconds: other work on the machine does not count."""

MEBIBYTES = 1024
PATIENCE = 300
"""Seconds on the clock after which a command hangs."""


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str
    seconds: float
    mebibytes: float


def ended(arguments: Sequence[str], folder: Path, patience: float = PATIENCE) -> Ended:
    """Run `sim` in a folder to its end; one that does not end is killed: its code is -9."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(
            [sys.executable, "-m", "simulator", *arguments],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            env={k: v for k, v in os.environ.items() if k != "SIM_DEBUG"},
        )
        alarm = threading.Timer(patience, process.kill)
        alarm.start()
        _, status, used = os.wait4(process.pid, 0)
        alarm.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        said = []
        for stream in (out, err):
            stream.seek(0)
            said.append(stream.read().decode("utf-8", "replace"))
    seconds = used.ru_utime + used.ru_stime
    return Ended(process.returncode, said[0], said[1], seconds, used.ru_maxrss / 1024)
