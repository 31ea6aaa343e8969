"""Wall time and peak memory of whole runs of a scenario, as a user starts them.

python benchmarks/run_size.py [--draws 131072,16777216] [scenarios/base.toml]
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def measured(command: list[str]) -> tuple[float, float, int]:
    """Seconds, peak MiB of the process and its exit code."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    return seconds, usage.ru_maxrss / 1024, os.waitstatus_to_exitcode(status)


def main() -> int:
    """Print one line a run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenario", nargs="?", default="scenarios/base.toml")
    parser.add_argument("--draws", default="131072,16777216")
    parser.add_argument("--threads", default="2")
    options = parser.parse_args()
    program = Path(sys.executable).with_name("sim")
    worst = 0
    for draws in options.draws.split(","):
        folder = Path(tempfile.mkdtemp(prefix="sim-bench-"))
        try:
            command = [str(program), "run", options.scenario, "--draws", draws, "--quiet"]
            command += ["--threads", options.threads, "--out", str(folder)]
            seconds, mebibytes, code = measured(command)
            files = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
            print(
                f"{int(draws):>12,} draws: {seconds:8.2f} s, peak {mebibytes:7.0f} MiB, "
                f"{files / 2**20:8.1f} MiB written, exit {code}",
                flush=True,
            )
            worst = max(worst, code)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return worst


if __name__ == "__main__":
    sys.exit(main())
