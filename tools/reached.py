"""Lines and branches of `simulator/` that the suite reaches, part by part.

    make coverage                                 the whole suite, then the table
    make coverage OPTIONS="--missing"             the same with the lines that were not reached
    make coverage OPTIONS="--table --missing"     without running the suite again

Programs that tests start are counted too. Less than 95 % of lines or of branches ends with 1.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import coverage

ROOT = Path(__file__).resolve().parent.parent
WANTED = 0.95


def table(missing: bool) -> bool:
    """Print what was reached; True when it is enough."""
    data = coverage.Coverage(config_file=str(ROOT / "pyproject.toml"))
    data.load()
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        with contextlib.redirect_stdout(io.StringIO()):
            data.json_report(outfile=file.name)
        found = json.loads(Path(file.name).read_text(encoding="utf-8"))
    if missing:
        data.report()
    sums: dict[str, list[int]] = defaultdict(lambda: [0] * 4)
    for name, its in found["files"].items():
        part = Path(name).parts[1].removesuffix(".py")
        counts = its["summary"]
        for total in (sums[part], sums["all"]):
            total[0] += counts["covered_lines"]
            total[1] += counts["num_statements"]
            total[2] += counts["covered_branches"]
            total[3] += counts["num_branches"]
    print("| part | lines | reached | branches | reached |\n|---|---:|---:|---:|---:|")
    sums["all"] = sums.pop("all")
    for part, (lines, all_lines, branches, all_branches) in sums.items():
        print(
            f"| {part} | {all_lines} | {lines / (all_lines or 1):.2%} "
            f"| {all_branches} | {branches / all_branches if all_branches else 1:.2%} |"
        )
    lines, all_lines, branches, all_branches = sums["all"]
    return lines >= WANTED * all_lines and branches >= WANTED * all_branches


def main() -> int:
    """Run the suite under coverage if asked, print the table; the exit code."""
    parser = argparse.ArgumentParser(description="what the suite reaches")
    parser.add_argument("--missing", action="store_true", help="name the lines not reached")
    parser.add_argument("--table", action="store_true", help="only the table of the last run")
    options = parser.parse_args()
    if not options.table:
        suite = ["--numprocesses=auto", "--dist=worksteal", "--cov", "--cov-report="]
        code = subprocess.call([sys.executable, "-m", "pytest", "-q", *suite], cwd=ROOT)  # noqa: S603 - our own command
        if code:
            return code
    return 0 if table(options.missing) else 1


if __name__ == "__main__":
    sys.exit(main())
