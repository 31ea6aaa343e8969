"""What a whole process takes, as `/usr/bin/time -v` says it.

Not from here: the peak memory of a child begins at that of the process that starts it, and `time`
is small. Settings of some machines that change how fast Python or NumPy run are unset, for every
program alike, so that all run as on the machine of a user.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

QUIET = 0.9
"""Part of the processors that is idle on a machine that does nothing else."""

SLOWING = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED")


@dataclass(frozen=True)
class Measured:
    """What one process took: wall and processor seconds, peak memory, and how it ended."""

    seconds: float
    processor: float
    mebibytes: float
    code: int


def wait_for_quiet(patience: float) -> None:
    """Wait until processors have had nothing to do for half a second, not longer than told."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        before = _processor_time()
        time.sleep(0.5)
        idle, whole = (now - then for now, then in zip(_processor_time(), before, strict=True))
        if idle >= QUIET * whole:
            return


def _processor_time() -> tuple[int, int]:
    """Idle and all ticks of all processors since the machine started (Linux)."""
    line = Path("/proc/stat").read_text(encoding="utf-8").partition("\n")[0]
    ticks = [int(number) for number in line.split()[1:9]]
    return ticks[3] + ticks[4], sum(ticks)


def measured(command: list[str], *, check: bool = True, **environment: str) -> Measured:
    """Run a command; CalledProcessError when it fails and that is to be checked."""
    env = {k: v for k, v in os.environ.items() if k not in SLOWING} | environment
    with tempfile.NamedTemporaryFile("r", suffix=".time") as file:
        done = subprocess.run(
            ["/usr/bin/time", "-v", "-o", file.name, *command],
            check=check,
            env=env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE if check else None,
        )
        text = file.read()

    def number(label: str) -> float:
        match = re.search(rf"{re.escape(label)}: ([\d.]+)\s*$", text, re.MULTILINE)
        assert match is not None, f"{label} is missing in the output of /usr/bin/time -v"
        return float(match[1])

    clock = re.search(r"\(h:mm:ss or m:ss\): ([\d:.]+)", text)
    assert clock is not None
    seconds = 0.0
    for part in clock[1].split(":"):
        seconds = seconds * 60 + float(part)
    processor = number("User time (seconds)") + number("System time (seconds)")
    peak = number("Maximum resident set size (kbytes)") / 1024
    return Measured(seconds, processor, peak, done.returncode)
