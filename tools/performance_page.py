"""Put what `benchmarks/performance.py` measured into docs/performance.md.

    make performance

Everything between the two marks of the page is written from benchmarks/performance.json; what
stands around it is kept. A test compares the page with the file.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "performance.md"
FILE = ROOT / "benchmarks" / "performance.json"
BEGIN, END = "<!-- measured -->\n", "<!-- end -->\n"
SPACE = "\u00a0"


def grouped(number: float, digits: int = 0) -> str:
    """A number in groups of three."""
    return f"{number:,.{digits}f}".replace(",", SPACE)


def peers(found: dict[str, Any]) -> Iterator[str]:
    """Model M by every program: seconds, and times as long as sim took."""
    yield "### Model M, whole process to Parquet"
    yield ""
    yield "| draws | program | seconds | times as long as `sim` | processor s | peak MiB |"
    yield "|---:|---|---:|---:|---:|---:|"
    for draws, table in found["draws"].items():
        ours = table["sim"]["seconds"]
        for name, one in table.items():
            ratio = one["seconds"] / ours
            yield (
                f"| {grouped(int(draws))} | {name} | {one['seconds']:.2f} | {ratio:.2f} | "
                f"{one['processor']:.2f} | {one['mebibytes']:.0f} |"
            )
    yield ""
    for name, reason in found["missing"].items():
        yield f"{name} could not be installed: {reason}"
        yield ""
    yield "Means and percentiles that the programs have in common agree:"
    yield ""
    for name, one in found["agreement"].items():
        yield (
            f"- {name}: {one['figures']} figures within {one['worst']:.1f} standard errors of "
            f"`sim`'s, the farthest `{one['where']}`"
        )
    yield ""


PHASES = (
    "start and the rest",
    "draw",
    "compute",
    "encode",
    "checksum and write",
    "statistics",
    "drivers",
)


def _last_word(run: str) -> tuple[bool, bool]:
    """Model M first, `sim` before the other program."""
    return "base" in run, not run.startswith("sim")


def phases(found: dict[str, dict[str, float]]) -> Iterator[str]:
    """Processor seconds by phase, a column a run."""
    yield "### Where the time goes"
    yield ""
    yield (
        "Processor seconds of one thread (`python benchmarks/phases.py`). Chunked NumPy computes "
        "while it draws, and writes 20 columns where `sim` writes 49, of which 26 are inputs."
    )
    yield ""
    runs = {name: found[name] for name in sorted(found, key=_last_word)}
    yield "| phase | " + " | ".join(runs) + " |"
    yield "|---|" + "---:|" * len(runs)
    for phase in PHASES:
        cells = [f"{run[phase]:.2f}" if phase in run else "" for run in runs.values()]
        yield f"| {phase} | " + " | ".join(cells) + " |"
    totals = [f"{sum(run.values()):.2f}" for run in runs.values()]
    yield "| together | " + " | ".join(totals) + " |"
    yield ""


def everyday(found: dict[str, Any]) -> Iterator[str]:
    """Whole commands of everyday use."""
    yield "### Everyday commands"
    yield ""
    yield "| command | seconds | peak MiB |"
    yield "|---|---:|---:|"
    for name, one in found.items():
        yield f"| `{name}` | {one['seconds']:.2f} | {one['mebibytes']:.0f} |"
    yield ""


def scaling(found: dict[str, Any]) -> Iterator[str]:
    """Threads and memory."""
    if "threads" in found:
        one, two = (found["threads"][key] for key in ("1", "2"))
        yield "### Threads and memory"
        yield ""
        yield (
            f"The compute part of 10⁶ draws of model M takes {one:.2f} s in one thread and "
            f"{two:.2f} s in two: {one / two:.2f} times as fast."
        )
        yield ""
    if "memory" in found:
        yield "| draws of model M | processor s | peak MiB |"
        yield "|---:|---:|---:|"
        for draws, run in found["memory"].items():
            yield f"| {grouped(int(draws))} | {run['processor']:.2f} | {run['mebibytes']:.0f} |"
        yield ""


WORDS = {"mean": "mean", "p50": "median", "p95": "P95"}


def accuracy(found: dict[str, Any]) -> Iterator[str]:
    """Errors of the default sampler, and the plain random numbers that would reach them."""
    yield "### Time to accuracy"
    yield ""
    yield (
        f"Root mean square error over {found['runs']} runs with seeds of their own, for the whole "
        "period of `scenarios/base.toml`. The last columns say how many plain random numbers have "
        "the error of so many draws of the default."
    )
    yield ""
    sizes = sorted(found["sobol"], key=int)
    heads = [f"default, {grouped(int(size))}" for size in sizes]
    heads += ["random, 1 000 000", *(f"as random, {grouped(int(size))}" for size in sizes)]
    yield "| statistic | " + " | ".join(heads) + " |"
    yield "|---|" + "---:|" * len(heads)
    for key, random in found["random"].items():
        kind, _, output = key.partition("(")
        errors = [found["sobol"][size][key] for size in sizes]
        cells = [f"{error:.4g}" for error in (*errors, random)]
        for error in errors:
            needed = 1_000_000 * (random / error) ** 2
            cells.append(grouped(float(f"{needed:.1e}")))
        yield f"| {WORDS[kind]} of `{output.rstrip(')')}` | " + " | ".join(cells) + " |"
    yield ""


def measured(found: dict[str, Any]) -> str:
    """The part between the marks."""
    machine = found["machine"]
    lines = [
        f"Measured on {machine['date']}: {machine['processor']}, {machine['memory']}, "
        f"{machine['system']}.",
        "",
    ]
    if "peers" in found:
        lines += peers(found["peers"])
    if "phases" in found:
        lines += phases(found["phases"])
    if "commands" in found:
        lines += everyday(found["commands"])
    lines += scaling(found)
    if "accuracy" in found:
        lines += accuracy(found["accuracy"])
    return "\n".join(lines)


def refreshed(page: str, found: dict[str, Any]) -> str:
    """The page with what was measured."""
    head, _, rest = page.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}{measured(found)}{END}{tail}"


def main() -> int:
    """Write the page."""
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(refreshed(page, json.loads(FILE.read_text("utf-8"))), encoding="utf-8")
    print(f"docs/{PAGE.name}: written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
