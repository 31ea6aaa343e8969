"""Put the program's real output into docs/calibration.md.

    make calibration

As `tools/readme.py` does for README.md: every fenced block that begins with `$ sim …` shows what
that command prints. Blocks that name the long monthly history are made again where its file is
beside the repository (`../shared/data`), and stay as they are elsewhere; this says which.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from readme import BLOCK, ROOT, output_of

PAGE = ROOT / "docs" / "calibration.md"
HISTORY = "fx_chf_monthly_fed.csv"
SHARED = ROOT.parent / "shared" / "data"

Wanted = Callable[[str], bool]


def is_long(command: str) -> bool:
    """Whether a command reads the long history, which is not part of the repository."""
    return HISTORY in command


def can_run(command: str) -> bool:
    """Whether what a command reads is there."""
    return not is_long(command) or (SHARED / HISTORY).is_file()


def refreshed(text: str, wanted: Wanted = can_run) -> str:
    """The text with the output of the wanted commands as it is now."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "scenarios").symlink_to(ROOT / "scenarios")
        if (SHARED / HISTORY).is_file():
            (folder / HISTORY).symlink_to(SHARED / HISTORY)

        def block(match: re.Match[str]) -> str:
            command = match["command"]
            if not wanted(command):
                return match[0]
            return f"```console\n$ {command}\n{output_of(command, folder)}```\n"

        return BLOCK.sub(block, text)


def main() -> int:
    """Rewrite docs/calibration.md; the exit code."""
    before = PAGE.read_text(encoding="utf-8")
    after = refreshed(before)
    PAGE.write_text(after, encoding="utf-8")
    for match in BLOCK.finditer(after):
        made = "made" if can_run(match["command"]) else f"kept: {HISTORY} is not there"
        print(f"{made}: $ {match['command']}")
    print(f"docs/calibration.md: {'rewritten' if after != before else 'as it was'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
