"""The tables of docs/mutation.md: scores by part, and every survivor with its reason.

`make mutate` writes them after it has tried what it was asked to try, and
`make mutate OPTIONS=--report` without trying anything. Reasons are those of
tools/mutation_reasons.toml, written by hand.
"""

from __future__ import annotations

import argparse
import json
import re
import tomllib
from collections import Counter, defaultdict
from typing import Any

from mutate import EXACT, PLACE, ROOT, mutants, sampled

REASONS = ROOT / "tools" / "mutation_reasons.toml"
PAGE = ROOT / "docs" / "mutation.md"
EVERY = argparse.Namespace(only="", sample=1)


def wilson(killed: int, tried: int) -> tuple[float, float]:
    """The 95 % interval of a share (E. B. Wilson, JASA 22, 1927)."""
    z, share = 1.959964, killed / tried
    middle = share + z * z / (2 * tried)
    half = z * (share * (1 - share) / tried + z * z / (4 * tried * tried)) ** 0.5
    return (middle - half) / (1 + z * z / tried), (middle + half) / (1 + z * z / tried)


def reasons() -> list[dict[str, str]]:
    """Why survivors live, written by hand: file, line, change, and the reason."""
    return list(tomllib.loads(REASONS.read_text(encoding="utf-8"))["survivor"])


def reason(row: dict[str, Any], known: list[dict[str, str]]) -> dict[str, str]:
    """What is written of a survivor; {} when nothing is. A line is known by its text."""
    lines = (ROOT / row["file"]).read_text(encoding="utf-8").splitlines()
    text = lines[row["line"] - 1].strip()
    for one in known:
        if (one["file"], one["line"]) == (row["file"], text) and row["change"] in one["changes"]:
            return one
    return {}


def tried() -> list[dict[str, Any]]:
    """What became of every mutant that there still is, the last word on each."""
    there = {m.id: m for m in mutants(EVERY)}
    rows: dict[str, dict[str, Any]] = {}
    for path in sorted(PLACE.glob("*.jsonl"), key=lambda path: path.stat().st_mtime):
        for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            if row["id"] in there and rows.get(row["id"], {}).get("verdict") != "killed":
                mutant = there[row["id"]]
                rows[row["id"]] = {**row, "mutant": mutant, "line": mutant.line}
    return list(rows.values())


def _line(name: str, all_: int, group: list[dict[str, Any]], known: list[dict[str, str]]) -> str:
    if not group:
        return f"| {name} | {all_} | 0 | | | | | | |"
    killed = sum(row["verdict"] == "killed" for row in group)
    same = sum(
        row["verdict"] != "killed" and reason(row, known).get("kind") == "same" for row in group
    )
    low, high = wilson(killed, len(group))
    interval = f"{low:.1%} to {high:.1%}" if len(group) < all_ else "all tried"
    score, real = killed / len(group), killed / (len(group) - same)
    return (
        f"| {name} | {all_} | {len(group)} | {killed} | {len(group) - killed} | {same} "
        f"| {score:.1%} | {interval} | {real:.1%} |"
    )


def tables(share: float) -> str:
    """Tables of what was tried: scores by part, then the survivors with their reasons."""
    rows, known = tried(), reasons()
    there = mutants(EVERY)
    exact = [row for row in rows if re.match(EXACT, row["id"])]
    sample = [row for row in rows if sampled(row["mutant"], share)]
    lines = [
        "| part | mutants | tried | killed | survived | of these, the same program | score "
        "| 95 % interval | score without the same |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
        _line(
            "rounding, shares, tie-out",
            sum(re.match(EXACT, m.id) is not None for m in there),
            exact,
            known,
        ),
    ]
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in sample:
        groups[_part(row["file"])].append(row)
    sizes = Counter(_part(m.file) for m in there)
    lines += [_line(f"`{name}`", sizes[name], groups[name], known) for name in sizes]
    lines.append(_line("the four together", len(there), sample, known))
    seen = {row["id"]: row for row in exact + sample if row["verdict"] != "killed"}
    lines += ["", f"{len(seen)} survivors:", ""]
    lines += ["| where | line | change | why it lives |", "|---|---|---|---|"]
    for row in sorted(seen.values(), key=lambda row: (row["file"], row["line"])):
        text = (ROOT / row["file"]).read_text(encoding="utf-8").splitlines()[row["line"] - 1]
        why = reason(row, known).get("why", "not explained yet")
        cells = (f"`{text.strip()}`", f"`{row['change']}`")
        place = row["file"].removeprefix("simulator/")
        lines.append(
            f"| {place} `{row['function']}` | "
            + " | ".join(c.replace("|", "\\|") for c in cells)
            + f" | {why} |"
        )
    return "\n".join(lines)


def _part(file: str) -> str:
    return "/".join(file.split("/")[:2])


def write(share: float) -> None:
    """Put the tables into docs/mutation.md."""
    table = tables(share)
    begin, end = "<!-- made by make mutate -->\n", "\n<!-- end -->"
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(begin)
    PAGE.write_text(f"{before}{begin}{table}{end}{rest.partition(end)[2]}", encoding="utf-8")
