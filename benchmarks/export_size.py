"""Wall time and peak memory of exporting draws into a workbook and a CSV, as a user starts it.

python benchmarks/export_size.py [--draws 100000,1048575] [scenarios/base.toml]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from measuring import measured


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
                took = measured([*command, "--out", str(out)], check=False)
                size = sum(path.stat().st_size for path in folder.glob(f"*.{kind}")) / 2**20
                print(
                    f"{int(draws):>12,} draws to {kind}: {took.seconds:7.2f} s, "
                    f"peak {took.mebibytes:5.0f} MiB, {size:7.1f} MiB, exit {took.code}",
                    flush=True,
                )
                worst = max(worst, took.code)
    return worst


if __name__ == "__main__":
    sys.exit(main())
