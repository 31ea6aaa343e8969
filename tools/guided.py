"""Attack every reader with inputs that find their way: atheris keeps what reaches new code.

    python tools/guided.py --python /path/to/environment/with/atheris/bin/python --seconds 60

`make fuzz` does so where atheris is installed beside the program (`pip install atheris`); it has no
wheel for every Python and is no dependency of the project. The rules are those of tests/fuzz/: exit
codes 0 to 3, words, five seconds, one gibibyte, nothing on disk changed. Counts go to --figures.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import json
import os
import platform
import re
import site
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FIGURES = ROOT / "benchmarks" / "validation" / "guided.json"
RATES = "calibrate --known-on 2022-06-30 --currencies USD --home EUR --json --rates"
READERS = {
    "scenario (TOML)": ("small.toml", "validate small.toml"),
    "lists (CSV)": ("pledges.csv", "validate lists.toml"),
    "rates (CSV)": ("rates.csv", f"{RATES} rates.csv"),
    "workbook (XLSX)": ("lists.xlsx", "validate book.toml"),
    "stored table (Parquet)": ("results/small/summary.parquet", "show results/small"),
    "manifest (JSON)": ("results/small/manifest.json", "verify results/small"),
    "ledger (JSON lines)": ("results/runs.jsonl", "runs"),
}
"""What is attacked: the file that is replaced, and the command that reads it."""


def child(name: str, seconds: int, place: Path) -> None:
    """Attack one reader until time is over; libFuzzer ends the process."""
    import atheris

    sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "fuzz")]
    with atheris.instrument_imports(include=["simulator"]):
        from ground import prepare
        from watch import Findings, Watch, memory_limit, prepared

        import simulator.cli  # noqa: F401 - its readers are imported when they are asked for

        (place / "ground").mkdir()
        prepare(place / "ground")  # imports the rest
    file, words = READERS[name]
    corpus = place / "corpus"
    corpus.mkdir()
    (corpus / "good").write_bytes((place / "ground" / file).read_bytes())
    watch = Watch(place / "ground")
    memory_limit(2048)  # instrumented code and the corpus take some themselves
    stack = contextlib.ExitStack()
    stack.enter_context(prepared())

    def one(data: bytes) -> None:
        try:
            watch.attempt(words.split(), {file: data})
        except Findings as finding:
            told = str(finding).splitlines()[0][:200]
            print(f"FOUND {told} | {data[:300]!r}", file=sys.stderr, flush=True)

    arguments = [sys.argv[0], str(corpus), f"-max_total_time={seconds}", "-max_len=20000"]
    atheris.Setup([*arguments, "-timeout=60", "-rss_limit_mb=4096", "-print_final_stats=1"], one)
    atheris.Fuzz()


def parent(options: argparse.Namespace) -> int:
    """Every reader in a process of its own."""
    found: dict[str, Any] = {}
    wrong = 0
    packages = os.pathsep.join(site.getsitepackages())
    for name in READERS:
        command = [options.python, __file__, "--child", name, "--seconds", str(options.seconds)]
        environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{packages}"}
        with tempfile.TemporaryDirectory() as place:
            done = subprocess.run(  # noqa: S603 - this very script
                [*command, "--place", place],
                capture_output=True, text=True, errors="replace", env=environment, check=False,
            )  # fmt: skip
        runs = re.search(r"stat::number_of_executed_units:\s*(\d+)", done.stderr)
        reached = re.findall(r"cov: (\d+)", done.stderr)
        kinds = sorted({line.split(" | ")[0] for line in re.findall(r"FOUND (.*)", done.stderr)})
        if runs is None or not reached or done.returncode:
            kinds.append(f"ended with {done.returncode}: {done.stderr[-1000:]}")
        wrong += len(kinds)
        found[name] = {
            "inputs": int(runs[1]) if runs else 0,
            "reached_first": int(reached[0]) if reached else 0,
            "reached": int(reached[-1]) if reached else 0,
            "found": kinds,
        }
        print(name, found[name], flush=True)
    figures = {
        "date": datetime.now(UTC).date().isoformat(),
        "python": platform.python_version(),
        "seconds": options.seconds,
        "readers": found,
    }
    options.figures.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 1 if wrong else 0


def main() -> int:
    """Read options."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--python", default=sys.executable, help="where atheris is installed")
    parser.add_argument("--seconds", type=int, default=60, help="for each reader")
    parser.add_argument("--figures", type=Path, default=FIGURES)
    parser.add_argument("--child", default="")
    parser.add_argument("--place", type=Path)
    options = parser.parse_args()
    if options.child:
        child(options.child, options.seconds, options.place)
        return 0
    if options.python == sys.executable and importlib.util.find_spec("atheris") is None:
        print("atheris is not installed here: inputs are not guided by what they reach")
        return 0
    return parent(options)


if __name__ == "__main__":
    sys.exit(main())
