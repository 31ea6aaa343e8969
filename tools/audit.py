"""Look the lock up among known vulnerabilities with pip-audit.

    make audit                                    pip-audit on the PATH
    make audit PIP_AUDIT=/path/to/pip-audit
    make audit OPTIONS="--vulnerability-service osv"

Ends with 0 when nothing is known against any package, with 1 when something is (each named with its
identifier and the version that mends it), with 3 when pip-audit is missing or nobody answered. It
needs a network, so it is no part of `make test`.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
ASKED = ["--require-hashes", "--disable-pip", "--progress-spinner=off", "--format=json"]
"""Versions and hashes are the lock's own: nothing is installed or resolved to look them up."""


def problems(answer: dict[str, Any]) -> list[str]:
    """What is known against packages, a line each, in the order of the lock."""
    return [
        f"{package['name']} {package['version']}: {one['id']}"
        + (f", mended in {', '.join(one['fix_versions'])}" if one["fix_versions"] else "")
        for package in answer["dependencies"]
        for one in package.get("vulns", ())
    ]


def unanswered(answer: dict[str, Any]) -> list[str]:
    """Packages that were passed over, with the reason."""
    return [
        f"{package['name']}: {package['skip_reason']}"
        for package in answer["dependencies"]
        if "skip_reason" in package
    ]


def _sorry(what: str, remedy: str) -> int:
    print(f"The lock was not audited: {what}\n    → {remedy}", file=sys.stderr)
    return 3


def main(words: list[str]) -> int:
    """Ask pip-audit (the first word), with the other words as its options; the exit code."""
    program, *options = words
    if shutil.which(program) is None:
        return _sorry(
            f"there is no {program}",
            "pip install pip-audit into an environment of its own, then"
            " make audit PIP_AUDIT=/path/to/pip-audit",
        )
    command = [program, "--requirement", str(LOCK), *ASKED, *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - the user's own pip-audit
    network = "it needs a network; another service: OPTIONS='--vulnerability-service osv'"
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        said = done.stderr.strip().splitlines() or [f"pip-audit ended with {done.returncode}"]
        return _sorry(said[-1], network)
    if passed := unanswered(answer):
        return _sorry(
            f"{len(passed)} of {len(answer['dependencies'])} not looked up; {passed[0]}", network
        )
    found = problems(answer)
    nothing = f"nothing is known against {len(answer['dependencies'])} of the lock's packages"
    print(*found or [nothing], sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["pip-audit"]))
