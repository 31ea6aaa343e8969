"""Draw budgets at random for an hour and hold `sim` to what it promises for any budget.

    make soak OPTIONS="--minutes 10"

Each scenario (tests/wild/) is computed by the program and by the slow second implementation, run
in one thread and in two, and stopped and gone on with. A number makes a scenario: what is found is
told with it, and `--first N --count 1` looks again. The counts go to --figures.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tempfile
import time
import traceback
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

sys.path += [
    str(Path(__file__).resolve().parent.parent / "tests" / place)
    for place in ("wild", "independent")
]

from promises import CHECKED, DRAWS, broken, written

ROOT = Path(__file__).resolve().parent.parent
FIGURES = ROOT / "benchmarks" / "validation" / "soak.json"


def attempt(number: int) -> tuple[str, list[str]]:
    """What became of a scenario: refused, kept, or broken with reasons."""
    with tempfile.TemporaryDirectory() as name:
        path = written(number, Path(name))
        if isinstance(path, str):
            return "refused", [path]
        try:
            found = broken(path, Path(name), number)
        except Exception:  # noqa: BLE001 - whatever the program raises is a finding
            found = [traceback.format_exc(limit=-3)]
    return ("broken" if found else "kept"), found


def main() -> int:
    """Until time or numbers are over."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--count", type=int, default=10**9)
    parser.add_argument("--first", type=int, default=int(time.time()), help="the first number")
    parser.add_argument("--figures", type=Path, default=FIGURES)
    options = parser.parse_args()
    start, counts = time.monotonic(), Counter[str]()
    wrong: list[str] = []
    number = options.first
    while (
        time.monotonic() - start < 60 * options.minutes and number < options.first + options.count
    ):
        verdict, reasons = attempt(number)
        counts[verdict] += 1
        if verdict == "broken":
            wrong.append(f"{number}: {reasons[0][:300]}")
            print(f"scenario {number}\n" + "\n".join(reasons[:8]), flush=True)
        number += 1
    figures = {
        "date": datetime.now(UTC).date().isoformat(),
        "python": platform.python_version(),
        "first": options.first,
        "scenarios": counts.total(),
        "kept": counts["kept"],
        "refused": counts["refused"],
        "broken": wrong,
        "draws": DRAWS,
        "checked_draws": CHECKED,
        "minutes": round((time.monotonic() - start) / 60, 1),
    }
    options.figures.parent.mkdir(parents=True, exist_ok=True)
    options.figures.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
