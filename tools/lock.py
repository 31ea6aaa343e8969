"""Write requirements.lock: every package with its hashes, and no address.

    make lock

The versions come from pyproject.toml (the project and its `dev` group) through `uv pip compile`,
resolved once for every platform and every Python that the project allows. `uv` is wanted only
here; set UV to where it is. Versions that the lock already names are kept unless `--upgrade`
is given.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
PIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*==[^\s;]+( ; [^\\]+)? \\\Z")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?\Z")


def compile_lock(extra: list[str]) -> str:
    """What uv resolves, as text."""
    command = [
        os.environ.get("UV", "uv"),
        "pip",
        "compile",
        "pyproject.toml",
        "--group=dev",
        "--universal",
        "--python-version=3.11",
        "--fork-strategy=fewest",  # one numpy for every Python, so that results do not differ
        "--generate-hashes",
        "--no-emit-index-url",
        "--no-header",
        "--no-annotate",
        "--quiet",
        *extra,
    ]
    if LOCK.exists():
        command.append(f"--output-file={LOCK.name}")
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603 - our own command
    return LOCK.read_text() if LOCK.exists() else done.stdout


def refuse(text: str) -> list[str]:
    """Lines that are neither a pinned package nor a sha256: addresses, paths, options."""
    lines = [line for line in text.splitlines() if line.strip()]
    return [line for line in lines if not (PIN.match(line) or HASH.match(line))]


def main() -> int:
    """Compile, check, write; the exit code."""
    try:
        text = compile_lock(sys.argv[1:])
    except FileNotFoundError:
        print("uv is not found; set UV to where it is", file=sys.stderr)
        return 3
    except subprocess.CalledProcessError as error:
        print(error.stderr, file=sys.stderr)
        return 1
    wrong = refuse(text)
    if wrong:
        print("these lines do not belong into a lock:", *wrong, sep="\n  ", file=sys.stderr)
        return 1
    LOCK.write_text(text)
    print(f"{LOCK.name}: {sum('==' in line for line in text.splitlines())} packages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
