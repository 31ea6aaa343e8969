"""Attack every reader of `sim` with hostile inputs, count them, and keep what was found.

    make fuzz OPTIONS="--inputs 100000 --minutes 40"

Inputs are drawn by hypothesis (tests/fuzz/), each is written into a folder of good files and read
by a command of the program, in a child process with a limit on memory. What no input may do: end
in anything but exit codes 0 to 3, show a traceback, take five seconds of processor time, take
more than 1 GiB, or change a file that it was not asked to write. What was found goes to --out,
a folder an input; the counts go to --figures, and --add goes on with those that are there.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FIGURES = ROOT / "benchmarks" / "validation" / "fuzz.json"
BATCH = 1000  # inputs of a child
MEBIBYTES = 1024
LAST = 400  # seconds a child may take before it counts as hanging


def child(name: str, inputs: int, seed: int, out: Path, before: float) -> dict[str, Any]:
    """Try so many inputs of one target in this process."""
    sys.path.append(str(ROOT / "tests" / "fuzz"))
    from ground import prepare
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import seed as seeded
    from hypothesis import strategies as st
    from targets import TARGETS
    from watch import Findings, Watch, memory_limit, prepared

    codes: Counter[str] = Counter()
    found: Counter[str] = Counter()
    slowest = 0.0
    with tempfile.TemporaryDirectory() as place, prepared():
        prepare(Path(place))
        watch = Watch(Path(place))
        memory_limit(MEBIBYTES)

        @seeded(seed)
        @settings(
            max_examples=inputs,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(st.data())
        def attack(data: st.DataObject) -> None:
            nonlocal slowest
            arguments, files = data.draw(st.composite(TARGETS[name])(watch.folder))
            if time.time() > before:
                return
            start = time.process_time()
            try:
                codes[str(watch.attempt(arguments, files))] += 1
            except Findings as finding:
                codes["found"] += 1
                kind = str(finding).splitlines()[0].partition(" | ")[0][:200]
                found[kind] += 1
                if found[kind] <= 2:
                    keep(out, name, str(finding), arguments, files)
            slowest = max(slowest, time.process_time() - start)

        with contextlib.chdir(place):
            attack()
        os.chdir(ROOT)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"codes": codes, "found": found, "slowest": slowest, "peak": peak}


def keep(out: Path, name: str, finding: str, words: list[str], files: dict[str, bytes]) -> None:
    """An input that did what none may do."""
    folder = out / f"{name.replace(' ', '-')}-{time.time_ns()}"
    folder.mkdir(parents=True)
    (folder / "finding.txt").write_text(finding, encoding="utf-8", errors="replace")
    (folder / "arguments.json").write_text(json.dumps(words))
    for path, data in files.items():
        (folder / Path(path).name).write_bytes(data)


def parent(options: argparse.Namespace) -> int:
    """Child after child until there are inputs enough, or no time."""
    sys.path.append(str(ROOT / "tests" / "fuzz"))
    from targets import TARGETS

    start, before = time.time(), time.time() + 60 * options.minutes
    earlier: dict[str, Any] = {}
    if options.add and options.figures.exists():
        earlier = json.loads(options.figures.read_text(encoding="utf-8"))
    codes = earlier.get("codes", {})
    totals = {name: Counter[str](codes.get(name, {})) for name in TARGETS}
    found = Counter[str](earlier.get("found", {}))
    slowest, peak = earlier.get("slowest_seconds", 0.0), earlier.get("peak_mebibytes", 0.0)
    seed = earlier.get("next_seed", options.seed)
    while time.time() < before and total(totals) < options.inputs:
        name = min(totals, key=lambda one: totals[one].total())
        arguments = [
            "--child",
            name,
            "--inputs",
            str(min(BATCH, 1 + options.inputs // len(TARGETS))),
            "--seed",
        ]
        arguments += [str(seed), "--out", str(options.out), "--before", str(before)]
        seed += 1
        done = subprocess.run(  # noqa: S603 - this very script
            [sys.executable, __file__, *arguments],
            capture_output=True,
            text=True,
            env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
            check=False,
        )
        try:
            answer = json.loads(done.stdout.splitlines()[-1])
        except (IndexError, ValueError):
            died = f"died: {name}, exit code {done.returncode}, seed {seed - 1}"
            found[died] += 1
            totals[name]["died"] += 1
            print(died, done.stderr[-3000:], file=sys.stderr)
            continue
        totals[name].update(answer["codes"])
        found.update(answer["found"])
        slowest, peak = max(slowest, answer["slowest"]), max(peak, answer["peak"])
        print(f"{total(totals):>7} inputs, {time.time() - start:5.0f} s, {name}", flush=True)
    figures: dict[str, Any] = {
        "date": datetime.now(UTC).date().isoformat(),
        "python": platform.python_version(),
        "seed": earlier.get("seed", options.seed),
        "next_seed": seed,
        "inputs": total(totals),
        "minutes": round(earlier.get("minutes", 0) + (time.time() - start) / 60, 1),
        "slowest_seconds": round(slowest, 2),
        "peak_mebibytes": round(peak),
        "codes": {name: dict(sorted(codes.items())) for name, codes in totals.items()},
        "found": dict(found),
        "mended": earlier.get("mended", []),
        "not_counted": earlier.get("not_counted", []),
    }
    options.figures.parent.mkdir(parents=True, exist_ok=True)
    options.figures.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1))
    return 1 if found else 0


def total(totals: dict[str, Counter[str]]) -> int:
    """Inputs tried so far."""
    return sum(codes.total() for codes in totals.values())


def main() -> int:
    """Read options."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--add", action="store_true", help="go on with what --figures counted")
    parser.add_argument("--out", type=Path, default=Path("fuzz-findings"))
    parser.add_argument("--figures", type=Path, default=FIGURES)
    parser.add_argument("--child", default="")
    parser.add_argument("--before", type=float, default=0)
    options = parser.parse_args()
    if options.child:
        out = options.out.resolve()
        print(json.dumps(child(options.child, options.inputs, options.seed, out, options.before)))
        return 0
    return parent(options)


if __name__ == "__main__":
    sys.exit(main())
