"""Measures `sim` and the programs beside it; writes performance.json, from which the page is made.

    python benchmarks/performance.py [--only peers,phases,commands,threads,memory,accuracy]
                                     [--rounds 5] [--environments FOLDER]

Programs run one after another in every round, so that a busy machine is busy for all of them;
medians and ratios of the rounds count. Each starts when the machine has nothing else to do, or
after five seconds. Time, processor time and peak memory of a whole process are those of
`/usr/bin/time -v`. Parts that are not asked for stay as they were in the file.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import accuracy
import agreement
import phases
from measuring import Measured, measured, wait_for_quiet
from peers.environments import HERE, PEERS, make, requirements

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "benchmarks" / "performance.json"
MODEL_M = ROOT / "benchmarks" / "model_m.toml"
BASE = ROOT / "scenarios" / "base.toml"
SIM = str(Path(sys.executable).with_name("sim"))
BYTES = 400
"""Room that a draw of model M takes on the disk, with some to spare."""

DRAWS = (10_000, 100_000, 1_000_000)
WAIT = 5.0
"""Seconds that a program waits for a machine that does nothing else, at most."""

PATIENCE = 30.0
"""Seconds after which a program is not asked for more draws."""


def median(runs: list[Measured]) -> dict[str, float]:
    """Medians of several runs, and how often."""
    return {
        "seconds": statistics.median(run.seconds for run in runs),
        "processor": statistics.median(run.processor for run in runs),
        "mebibytes": statistics.median(run.mebibytes for run in runs),
        "rounds": len(runs),
    }


def machine() -> dict[str, str]:
    """What the numbers were measured on."""
    model = "unknown processor"
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processor": f"{model}, {os.cpu_count()} cores",
        "memory": f"{memory:.0f} GiB",
        "system": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
    }


def peers(rounds: int, environments: Path) -> dict[str, Any]:
    """Model M by every program at every number of draws, interleaved, and whether they agree."""
    missing: dict[str, str] = {}
    for name, packages in requirements().items():
        print(f"environment {name} …", flush=True)
        problem = make(name, packages, environments)
        missing |= {peer.name: problem for peer in PEERS if problem and peer.environment == name}
    ready = [peer for peer in PEERS if peer.name not in missing]
    table: dict[str, dict[str, Any]] = {}
    slow: set[str] = set()
    with tempfile.TemporaryDirectory(prefix="sim-bench-") as name:
        folder = Path(name)
        for draws in DRAWS:
            commands = {"sim": [SIM, "run", str(MODEL_M), "--draws", str(draws), "--force",
                                "--quiet", "--out", name]}  # fmt: skip
            for peer in ready:
                if peer.name not in slow:
                    python = str(environments / peer.environment / "bin" / "python")
                    out = str(folder / f"{peer.script}.{draws}.parquet")
                    commands[peer.name] = [python, str(HERE / peer.script), str(draws), out]
            table[str(draws)] = interleaved(commands, rounds)
            slow |= {p for p, m in table[str(draws)].items() if m["seconds"] * 10 > PATIENCE * 10}
            for program, found in table[str(draws)].items():
                times = f"{found['seconds']:7.2f} s {found['processor']:7.2f} s"
                told = f"{draws:>9,} {program:26} {times} {found['mebibytes']:6.0f} MiB"
                print(told, flush=True)
        files = {
            peer.name: max(folder.glob(f"{peer.script}.*.parquet"), key=lambda p: p.stat().st_size)
            for peer in ready
        }
        agree = agreement.compare(folder / "model-m" / "draws.parquet", files)
    versions = {name: packages[0] for name, packages in requirements().items()}
    return {"draws": table, "missing": missing, "agreement": agree, "versions": versions}


def interleaved(commands: dict[str, list[str]], rounds: int) -> dict[str, Any]:
    """Medians by name; every command once a round. The slow ones run fewer rounds."""
    runs: dict[str, list[Measured]] = {name: [] for name in commands}
    for round_ in range(rounds):
        for name, command in commands.items():
            done = runs[name]
            if round_ and done[0].seconds > PATIENCE / 3:
                continue
            wait_for_quiet(WAIT)
            # One thread of BLAS: the programs' own threads share the cores.
            done.append(measured(command, OPENBLAS_NUM_THREADS="1"))
    return {name: median(done) for name, done in runs.items()}


def commands(rounds: int) -> dict[str, Any]:
    """Whole commands of everyday use."""
    with tempfile.TemporaryDirectory(prefix="sim-bench-") as name:
        run = [SIM, "run", str(BASE), "--draws", "131072", "--quiet", "--out", name]
        found = interleaved(
            {
                "sim run scenarios/base.toml --draws 131072": [*run, "--force"],
                "the same, up to date": run,
                "sim --help": [SIM, "--help"],
                "sim run --help": [SIM, "run", "--help"],
            },
            rounds,
        )
    for command, one in found.items():
        print(f"{command:45} {one['seconds']:6.2f} s", flush=True)
    return found


def threads(rounds: int) -> dict[str, Any]:
    """The compute part of 10^6 draws of model M in this many threads (no files, no start-up)."""
    code = (
        "import sys, time\n"
        "from simulator.engine import Plan, block_ranges, BLOCK\n"
        "from simulator.runs.blocks import in_order\n"
        "from simulator.scenario.read import read_scenario\n"
        "plan = Plan(read_scenario(sys.argv[1]))\n"
        "plan.block(0, BLOCK)\n"
        "began = time.perf_counter()\n"
        "spans = block_ranges(1_000_000, BLOCK)\n"
        "for _ in in_order(lambda span: plan.block(*span), spans, int(sys.argv[2])): pass\n"
        "print(time.perf_counter() - began)\n"
    )
    found: dict[str, list[float]] = {"1": [], "2": []}
    for _ in range(rounds):
        for count, seconds in found.items():
            wait_for_quiet(WAIT)
            done = subprocess.run(
                [sys.executable, "-c", code, str(MODEL_M), count],
                capture_output=True, check=True, text=True,
                env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
            )  # fmt: skip
            seconds.append(float(done.stdout))
    medians = {count: statistics.median(seconds) for count, seconds in found.items()}
    print(f"threads: {medians}", flush=True)
    return medians


def memory() -> dict[str, Any]:
    """Peak memory of whole runs of model M at growing numbers of draws."""
    found: dict[str, Any] = {}
    for draws in (100_000, 1_000_000, 10_000_000, 100_000_000):
        if shutil.disk_usage(tempfile.gettempdir()).free < draws * BYTES:
            print(f"memory at {draws:,}: not enough room on the disk", flush=True)
            continue
        with tempfile.TemporaryDirectory(prefix="sim-bench-") as name:
            found[str(draws)] = asdict(
                measured([SIM, "run", str(MODEL_M), "--draws", str(draws), "--quiet",
                          "--out", name])
            )  # fmt: skip
        print(f"memory at {draws:,}: {found[str(draws)]}", flush=True)
    return found


@contextlib.contextmanager
def place_of(given: str | None) -> Iterator[Path]:
    """The folder of the environments: the one given, kept, or a temporary one."""
    if given is not None:
        yield Path(given).resolve()
        return
    with tempfile.TemporaryDirectory(prefix="sim-peers-") as name:
        yield Path(name)


def main() -> int:
    """Measure what is asked for and write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="peers,phases,commands,threads,memory,accuracy")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--environments", help="a folder to keep the environments in")
    parser.add_argument("--output", type=Path, default=FILE)
    options = parser.parse_args()
    wanted = options.only.split(",")
    found = json.loads(options.output.read_text()) if options.output.exists() else {}
    found["machine"] = machine()
    if "peers" in wanted:
        with place_of(options.environments) as environments:
            found["peers"] = peers(options.rounds, environments)
    if "phases" in wanted:
        found["phases"] = phases.measure(options.rounds)
    if "commands" in wanted:
        found["commands"] = commands(options.rounds)
    if "threads" in wanted:
        found["threads"] = threads(options.rounds)
    if "memory" in wanted:
        found["memory"] = memory()
    if "accuracy" in wanted:
        found["accuracy"] = accuracy.table(BASE)
    options.output.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(f"written: {options.output.name}; `make performance` puts it into docs/performance.md")
    return 0


if __name__ == "__main__":
    sys.exit(main())
