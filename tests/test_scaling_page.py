"""docs/scaling.md: its commands work, and its arithmetic follows from what it measured."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "docs" / "scaling.md").read_text(encoding="utf-8")


def measured(label: str) -> float:
    """A figure of the page's first table."""
    match = re.search(rf"^\| {re.escape(label)} \| ([\d. ]+)", TEXT, re.MULTILINE)
    assert match, label
    return float(match[1].replace(" ", ""))


def derived(label: str, after: str) -> float:
    """A figure that the page works out, in the table under a heading."""
    part = TEXT.partition(f"## On paper: {after}\n")[2].partition("\n## ")[0]
    match = re.search(rf"^\| {re.escape(label)} \| [^|]+ \| ([\d. ]+)", part, re.MULTILINE)
    assert match, label
    return float(match[1].replace(" ", ""))


def near(found: float, wanted: float) -> bool:
    """Equal as far as a rounded figure of two or three digits tells."""
    return abs(found - wanted) <= 0.025 * wanted


def test_the_local_cluster_works_as_written(tmp_path: Path) -> None:
    """The three commands, in a folder with the scenarios: the files are equal."""
    block = next(b for b in TEXT.split("\n\n") if "--engine dask --out three" in b)
    lines = [line.strip() for line in block.splitlines()]
    assert [line.split()[0] for line in lines] == ["sim", "sim", "cmp"]
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for line in lines:
        done = subprocess.run(
            line.split(), cwd=tmp_path, env={**os.environ, "PATH": path}, capture_output=True
        )
        assert done.returncode == 0, done.stderr.decode()
        assert done.stderr == b""


def test_the_arithmetic_of_draws() -> None:
    """Every figure of the plan for 10^12 draws."""
    tasks = 1e12 / measured("draws of a task")
    draw, take = (
        measured("draw and encode them"),
        measured("take them in at the client (checksums, disk; no network)"),
    )
    plan = "10^12 draws"
    assert near(derived("tasks", plan) * 1e6, tasks)
    assert near(derived("drawing", plan), tasks * draw / 3600)
    assert near(derived("by 1 000 cores", plan), tasks * draw / 3600 / 1000 * 60)
    assert near(derived("bytes", plan) * 1e15, tasks * measured("bytes of them") * 1e6)
    assert near(derived("taken in by the client", plan), tasks * take / 86400)
    rate = measured("tasks through scheduler and client, clock")
    assert near(derived("handed out by the scheduler", plan), tasks / rate / 3600)
    assert near(derived("summarised", plan), 1e6 * measured("summarise a million draws") / 3600)
    assert near(
        derived("footers", plan) * 1e9, tasks * measured("what the footers say of them") * 1e3
    )
    (cores,) = re.findall(r"takes in the work of ([\d.]+) cores", TEXT)
    assert near(float(cores), draw / take)


def test_the_arithmetic_of_scenarios() -> None:
    """Every figure of the plan for 10^6 scenarios."""
    plan = "10^6 scenarios"
    check = measured("check a point of a sweep at the client") * 1e6 / 3600
    make = measured("make a point of 4 096 draws") * 1e6 / 3600
    rate = measured("small jobs, 16 a task, clock")
    assert near(derived("checked by the client", plan), check)
    assert near(derived("made", plan), make)
    assert near(derived("by 300 cores", plan), round(make / 300 * 60))
    assert near(derived("handed out, 16 a task", plan), round(1e6 / rate / 60))
    assert near(
        derived("table", plan) * 1e9,
        1e6 * measured("a point in the table, 396 rows in Parquet") * 1e3,
    )
    assert f"feeds {rate * measured('make a point of 4 096 draws'):.0f} cores" in TEXT
