"""Wall time and peak memory of exporting draws into a workbook and a CSV, as a user starts it.

python benchmarks/export_size.py [--draws 100000,1048575] [scenarios/base.toml]
"""

from __future__ import annotations

import argparse
import os
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
    """Print one line an export."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenario", nargs="?", default="scenarios/base.toml")
    parser.add_argument("--draws", default="100000,1048575")
    options = parser.parse_args()
    program = str(Path(sys.executable).with_name("sim"))
    worst = 0
    for draws in options.draws.split(","):
        with tempfile.TemporaryDirectory(prefix="sim-bench-") as name:
            folder = Path(name)
            run = [program, "run", options.scenario, "--draws", draws, "--quiet"]
            subprocess.run([*run, "--out", name], check=True, stdout=subprocess.DEVNULL)
            result = str(next(path for path in folder.iterdir() if path.is_dir()))
            for kind in ("xlsx", "csv"):
                out = folder / f"draws.{kind}"
                command = [program, "export", result, "--to", kind, "--draws", "all"]
                seconds, mebibytes, code = measured([*command, "--out", str(out)])
                size = sum(path.stat().st_size for path in folder.glob(f"*.{kind}")) / 2**20
                print(
                    f"{int(draws):>12,} draws to {kind}: {seconds:7.2f} s, "
                    f"peak {mebibytes:5.0f} MiB, {size:7.1f} MiB, exit {code}",
                    flush=True,
                )
                worst = max(worst, code)
    return worst


if __name__ == "__main__":
    sys.exit(main())
