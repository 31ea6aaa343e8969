"""Put the program's real output into README.md and the pages that show it.

    make readme

Every fenced block that begins with `$ sim …` shows what that command prints on stdout, 100 columns
wide and without colour. This runs the commands again, in an empty folder that holds nothing but
the scenarios, and replaces what is printed below them. Pictures that they draw and that the page
shows go into docs/pictures. A test compares.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"```console\n\$ (?P<command>sim [^\n]+)\n(?P<output>.*?)```\n", re.DOTALL)
PAGES = tuple(
    page
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
    if page.name != "calibration.md" and BLOCK.search(page.read_text(encoding="utf-8"))
)
"""Calibration has a tool of its own, as its commands need files from elsewhere."""

PICTURE = re.compile(r"\]\(pictures/([^)]+)\)")
IDENTITY = re.compile(r"\b(?=[0-9a-f]*[a-f])(?=[0-9a-f]*[0-9])[0-9a-f]{12,64}\b")
"""Of a run: another one with every change of the program, so pages show it as xxxx."""

SEAL = re.compile(rb"\n<!-- sim seal [^\n]* -->\n\Z")
"""Of a picture: it names the run."""

WIDTH = "100"


def commands(text: str) -> list[str]:
    """The commands whose output a text shows."""
    return [match["command"] for match in BLOCK.finditer(text)]


def output_of(command: str, folder: Path) -> str:
    """What a command prints on stdout in `folder`; trailing blanks are dropped."""
    environment = {**os.environ, "COLUMNS": WIDTH, "NO_COLOR": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "simulator", *shlex.split(command)[1:]],
        cwd=folder,
        env=environment,
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    said = IDENTITY.sub(lambda match: "x" * len(match[0]), done.stdout)
    return "".join(f"{line.rstrip()}\n" for line in said.rstrip().splitlines())


def refreshed(text: str, pictures: Path | None = None) -> str:
    """The text with every block's output as it is now; what is drawn goes into `pictures`."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "scenarios").symlink_to(ROOT / "scenarios")

        def block(match: re.Match[str]) -> str:
            command = match["command"]
            return f"```console\n$ {command}\n{output_of(command, folder)}```\n"

        found = BLOCK.sub(block, text)
        for drawn in PICTURE.findall(text) if pictures is not None else ():
            picture = (folder / drawn).read_bytes()
            (pictures / drawn).write_bytes(SEAL.sub(b"", picture))
        return found


def main() -> int:
    """Rewrite the pages; the exit code."""
    for page in PAGES:
        before = page.read_text(encoding="utf-8")
        after = refreshed(before, ROOT / "docs" / "pictures")
        page.write_text(after, encoding="utf-8")
        changed = "rewritten" if after != before else "as it was"
        print(f"{page.name}: {len(commands(after))} outputs, {changed}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
