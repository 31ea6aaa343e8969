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
from dataclasses import dataclass

SLOWING = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED")


@dataclass(frozen=True)
class Measured:
    """What one process took: wall and processor seconds, peak memory, and how it ended."""

    seconds: float
    processor: float
    mebibytes: float
    code: int


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
