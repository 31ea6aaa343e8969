"""Environments of their own for the programs that are compared, in a temporary folder."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
LAST = 300
"""Characters of an installer's complaint that are shown."""


@dataclass(frozen=True)
class Peer:
    """A program that simulates model M: its name, its script, and the environment it runs in."""

    name: str
    script: str
    environment: str


PEERS = (
    Peer("NumPy, idiomatic", "numpy_idiomatic.py", "numpy"),
    Peer("NumPy, chunked, 2 threads", "numpy_chunked.py", "numpy"),
    Peer("squigglepy", "with_squigglepy.py", "squigglepy"),
    Peer("open-riskpy", "with_riskpy.py", "open-riskpy"),
    Peer("OpenTURNS", "with_openturns.py", "openturns"),
    Peer("monaco", "with_monaco.py", "monaco"),
)


def requirements() -> dict[str, list[str]]:
    """Pinned packages by environment, from requirements.txt."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in (HERE / "requirements.txt").read_text(encoding="utf-8").splitlines():
        text = line.partition("#")[0].strip()
        if text.startswith("["):
            name = text.strip("[]")
        elif text:
            found.setdefault(name, []).append(text)
    return found


def make(name: str, packages: list[str], folder: Path) -> str:
    """Make an environment, unless it is there; the reason when that is not possible, else ""."""
    place = folder / name
    if (place / "ready").exists():
        return ""
    for command in (
        [sys.executable, "-m", "venv", "--clear", str(place)],
        [str(place / "bin" / "python"), "-m", "pip", "install", "--quiet",
         "--disable-pip-version-check", *packages],
    ):  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            said = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
            return (said[-1] if said else done.stderr.strip())[-LAST:]
    (place / "ready").touch()
    return ""
