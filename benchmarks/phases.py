"""Where the processor time of a run goes: phases of one thread, beside those of chunked NumPy.

    python benchmarks/phases.py [--rounds 5]

Each program runs in a process of its own, all on one thread, one after another in every round;
medians of processor seconds. What is measured is the work, not how long it took by the clock.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SIM = """
import sys, tempfile, time
clock, spent = time.process_time, {}
began = clock()
from pathlib import Path
from simulator.__main__ import _without_plugins
_without_plugins()
from simulator.engine import plan
from simulator.runs import run, write
from simulator.sampling import draw
from simulator.store import parquet
def timed(phase, owner, name, eager=False):
    call = getattr(owner, name)
    def wrapper(*arguments, **options):
        start = clock()
        try:
            found = call(*arguments, **options)
            return tuple(found) if eager else found
        finally:
            spent[phase] = spent.get(phase, 0.0) + clock() - start
    setattr(owner, name, wrapper)
timed("draw", draw.Drawer, "block")
timed("compute", plan.Plan, "_made")
timed("encode", parquet.Encoder, "groups", eager=True)
timed("checksum and write", parquet.ColumnsWriter, "add")
timed("statistics", write, "summary_rows", eager=True)
timed("drivers", write, "driver_rows", eager=True)
with tempfile.TemporaryDirectory() as out:
    options = run.RunOptions(draws=int(sys.argv[2]), threads=1, force=True, out=Path(out))
    run.run_file(sys.argv[1], options)
"""
CHUNKED = """
import sys, tempfile, time
clock, spent = time.process_time, {}
began = clock()
sys.path.insert(0, sys.argv[3])
import numpy_chunked as program
import pyarrow.parquet as pq
with tempfile.TemporaryDirectory() as out:
    write = pq.ParquetWriter.write_table
    def timed(*arguments, **options):
        start = clock()
        write(*arguments, **options)
        spent["encode"] = spent.get("encode", 0.0) + clock() - start
    pq.ParquetWriter.write_table = timed
    group = program.group
    def drawn(start, stop):
        begun = clock()
        found = group(start, stop)
        spent["draw"] = spent.get("draw", 0.0) + clock() - begun
        return found
    program.group = drawn
    class Pool:  # one thread, so that processor time belongs to a phase
        def __init__(self, threads): pass
        def __enter__(self): return self
        def __exit__(self, *_): pass
        def submit(self, call, *arguments):
            class Done: result = staticmethod(lambda found=call(*arguments): found)
            return Done
    program.ThreadPoolExecutor = Pool
    program.main(int(sys.argv[2]), out + "/draws.parquet")
"""
TOLD = """
import json
spent["start and the rest"] = clock() - began - sum(spent.values())
print(json.dumps(spent))
"""
MODEL_M, BASE = ROOT / "benchmarks" / "model_m.toml", ROOT / "scenarios" / "base.toml"
RUNS = {
    "sim, model M, 1 000 000 draws": (SIM, MODEL_M, 1_000_000),
    "NumPy, chunked, the same draws": (CHUNKED, MODEL_M, 1_000_000),
    "sim, base, 131 072 draws": (SIM, BASE, 131_072),
}


def measure(rounds: int) -> dict[str, dict[str, float]]:
    """Medians of processor seconds by run and phase."""
    found: dict[str, list[dict[str, float]]] = {name: [] for name in RUNS}
    for _ in range(rounds):
        for name, (code, scenario, draws) in RUNS.items():
            command = [sys.executable, "-c", code + TOLD, str(scenario), str(draws)]
            done = subprocess.run(
                [*command, str(ROOT / "benchmarks" / "peers")],
                capture_output=True, check=True, text=True,
                env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
            )  # fmt: skip
            found[name].append(json.loads(done.stdout.splitlines()[-1]))
    return {name: _medians(runs) for name, runs in found.items()}


def _medians(runs: list[dict[str, Any]]) -> dict[str, float]:
    return {
        phase: round(statistics.median(run[phase] for run in runs), 3)
        for phase in dict.fromkeys(runs[0])
    }


def main() -> int:
    """Print the phases."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    for name, spent in measure(parser.parse_args().rounds).items():
        print(name)
        for phase, seconds in spent.items():
            print(f"  {phase:20} {seconds:7.3f} s")
        print(f"  {'together':20} {sum(spent.values()):7.3f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
