"""Put the program's real output into docs/tutorial.md.

    make readme

Every block of `sh` is run by a shell as it stands, one after another in one empty folder, with the
installed `sim` on the path; the block of `text` below it shows what that printed on stdout, 100
columns wide and without colour. A test compares.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "tutorial.md"
BLOCK = re.compile(r"```sh\n(?P<commands>.*?)```\n(?:\n```text\n(?P<output>.*?)```\n)?", re.DOTALL)
WIDTH = "100"


def output_of(commands: str, folder: Path) -> str:
    """What a shell prints on stdout for these lines in `folder`; none of them may fail."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    done = subprocess.run(  # noqa: S603 - our own page
        ["/bin/sh", "-eu", "-c", commands],
        cwd=folder,
        env={**kept, "PATH": path, "COLUMNS": WIDTH, "NO_COLOR": "1"},
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    return "".join(f"{line.rstrip()}\n" for line in done.stdout.rstrip().splitlines())


def refreshed(text: str) -> str:
    """The page with every output as it is now."""
    with tempfile.TemporaryDirectory() as folder:

        def block(match: re.Match[str]) -> str:
            output = output_of(match["commands"], Path(folder))
            shown = f"\n```text\n{output}```\n" if output else ""
            return f"```sh\n{match['commands']}```\n{shown}"

        return BLOCK.sub(block, text)


def main() -> int:
    """Rewrite the page; the exit code."""
    before = PAGE.read_text(encoding="utf-8")
    after = refreshed(before)
    PAGE.write_text(after, encoding="utf-8")
    print(f"{PAGE.name}: {'as it was' if after == before else 'rewritten'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
