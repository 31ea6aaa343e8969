"""Wall time and peak memory of whole runs of a scenario, as a user starts them.

python benchmarks/run_size.py [--draws 131072,16777216] [scenarios/base.toml]
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from measuring import measured


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
            took = measured(command, check=False)
            files = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
            print(
                f"{int(draws):>12,} draws: {took.seconds:8.2f} s, peak {took.mebibytes:7.0f} MiB, "
                f"{files / 2**20:8.1f} MiB written, exit {took.code}",
                flush=True,
            )
            worst = max(worst, took.code)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return worst


if __name__ == "__main__":
    sys.exit(main())
