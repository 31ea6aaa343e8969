"""Test the chance of `sim` at length: laws, samplers, streams, nets, repeats, and other programs.

    make statistics                         # some twenty minutes on two cores
    make statistics OPTIONS="--only laws"   # one part; the others stay as they were in the file

Tests are those of tests/chance/, over more seeds and draws. All probabilities of one kind of
question are judged together at a family-wise level of 1 % (Holm 1979). Seeds are fixed: the same
program gives the same figures. They go to benchmarks/validation/statistics.json, from which
`make validation` makes docs/validation.md.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path += [
    str(Path(__file__).resolve().parent.parent / place)
    for place in ("tests/chance", "tests/opinion", "tests/independent", "benchmarks/peers")
]

import environments
import nets_checked
import numbers_checked
import pyarrow.parquet as pq
import rates_checked
import repeats_checked
import stochastic
import ties_checked
from agreeing import BOUND, compared, figures_in
from calc import Calc
from draws import Sizes
from judging import LEVEL, Result, rejected

ROOT = Path(__file__).resolve().parent.parent
FIGURES = ROOT / "benchmarks" / "validation" / "statistics.json"
SIZES = Sizes()
RATES = Sizes(seeds=16)
REPEATS, MEMORY_PARTS = 100_000_000, 4
ROWS, OTHERS, OURS = 5000, 1_000_000, 1 << 18


def table(results: Iterable[Result]) -> dict[str, Any]:
    """Probabilities by question, by what is asked about, by sampler; and what is rejected."""
    results = list(results)
    groups: dict[str, Any] = {}
    for one in results:
        rows = groups.setdefault(one.group, {})
        rows.setdefault(one.name, {})[one.sampler] = float(f"{one.p:.3g}")
    return {
        "tests": len(results),
        "smallest": min(one.p for one in results),
        "rejected": [f"{one.group}: {one.name}, {one.sampler}" for one in rejected(results)],
        "groups": groups,
    }


def laws() -> dict[str, Any]:
    """Laws of numbers."""
    scramblings = SIZES.seeds * SIZES.replicates
    draws = SIZES.runs * SIZES.parts * SIZES.points
    return {
        "scramblings": scramblings,
        "draws": draws,
        "runs": SIZES.runs,
        **table(numbers_checked.all_results(SIZES)),
    }


def rates() -> dict[str, Any]:
    """Laws of rates and prices."""
    scramblings = RATES.seeds * RATES.replicates
    return {"scramblings": scramblings, **table(rates_checked.all_results(RATES))}


def ties() -> dict[str, Any]:
    """Correlation and independence."""
    scramblings = RATES.seeds * RATES.replicates
    return {"scramblings": scramblings, **table(ties_checked.all_results(RATES))}


def nets() -> dict[str, Any]:
    """Digital nets, interval by interval."""
    found = nets_checked.nets(SIZES)
    missed = nets_checked.total(found, "missed")
    return {"seeds": SIZES.runs, "missed": missed, "kinds": found}


def repeats() -> dict[str, Any]:
    """Equal draws among 10^8."""
    found = dict(repeats_checked.all_repeats(REPEATS, MEMORY_PARTS, SIZES.first_seed))
    judged = table(repeats_checked.judged(sampler, one) for sampler, one in found.items())
    return {"samplers": repeats_checked.as_tables(found), **judged}


def spreadsheet() -> dict[str, Any]:
    """A stochastic budget by formulas, recalculated by LibreOffice."""
    if Calc.program() is None:
        return {"missing": "LibreOffice is not installed"}
    with tempfile.TemporaryDirectory() as name:
        profile = Path(name) / "profile"
        profile.mkdir()
        calc = Calc(profile)
        found = stochastic.Recalculated(Path(name), calc, ROWS, SIZES.first_seed)
        by_draw = stochastic.draw_by_draw(found)
        return {
            "by": calc.version(),
            "rows": ROWS,
            "draws": OURS,
            "by_draw": by_draw,
            **compared(stochastic.by_sim(OURS), found.figures),
        }


def openturns(folder: str | None) -> dict[str, Any]:
    """The same budget with OpenTURNS, in an environment of its own."""
    packages = environments.requirements()["openturns"]
    with tempfile.TemporaryDirectory() as name:
        place = Path(folder or name).resolve()
        missing = environments.make("openturns", packages, place)
        if missing:
            return {"missing": missing}
        python, out = place / "openturns" / "bin" / "python", Path(name) / "base.parquet"
        script = ROOT / "benchmarks" / "peers" / "base_with_openturns.py"
        subprocess.run([str(python), str(script), str(OTHERS), str(out)], check=True)  # noqa: S603
        table = pq.read_table(out)
    theirs = {name: figures_in(table[name].to_numpy()) for name in table.column_names}
    return {
        "by": packages[0],
        "rows": OTHERS,
        "draws": OURS,
        **compared(stochastic.by_sim(OURS), theirs),
    }


PARTS: dict[str, Callable[..., dict[str, Any]]] = {
    "laws": laws,
    "rates": rates,
    "ties": ties,
    "nets": nets,
    "repeats": repeats,
    "spreadsheet": spreadsheet,
    "openturns": openturns,
}


def faults(name: str, part: dict[str, Any]) -> list[str]:
    """What is wrong in a part."""
    found = [f"{name}: {text}" for text in part.get("rejected", [])]
    if part.get("missed"):
        found.append(f"{name}: {part['missed']} elementary intervals are not hit as they must")
    for sampler, one in part.get("samplers", {}).items():
        if one["vectors"] or one["within"]:
            found.append(f"{name}: a draw of {sampler} comes twice")
    if part.get("worst", 0) > BOUND:
        found.append(f"{name}: {part['where']} is {part['worst']} standard errors away")
    if max(part.get("by_draw", {}).values(), default=0) > 1e-10:
        found.append(f"{name}: a draw differs")
    return found


def main() -> int:
    """Do what is asked for and write the file."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", default=",".join(PARTS), help="parts, with commas")
    parser.add_argument("--environments", help="a folder to keep OpenTURNS in")
    parser.add_argument("--output", type=Path, default=FIGURES)
    options = parser.parse_args()
    found = json.loads(options.output.read_text()) if options.output.exists() else {}
    found["level"] = LEVEL
    wrong: list[str] = []
    for name in options.only.split(","):
        start = time.monotonic()
        part = openturns(options.environments) if name == "openturns" else PARTS[name]()
        part |= {
            "seconds": round(time.monotonic() - start, 1),
            "date": datetime.now(UTC).date().isoformat(),
            "python": platform.python_version(),
        }
        found[name] = part
        wrong += faults(name, part)
        print(f"{name}: {part['seconds']} s, {part.get('tests', '')} tests", flush=True)
        options.output.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False)
        options.output.write_text(text + "\n", encoding="utf-8")
    print("\n".join(wrong) or "nothing is rejected")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
