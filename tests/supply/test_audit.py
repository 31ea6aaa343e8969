"""`make audit` says what pip-audit found, or in one message why it could not ask."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
CLEAN = {"name": "one", "version": "1.0", "vulns": []}
KNOWN = {
    "name": "two",
    "version": "2.0",
    "vulns": [
        {"id": "EXAMPLE-1", "fix_versions": ["2.1", "3.0"], "aliases": [], "description": ""},
        {"id": "EXAMPLE-2", "fix_versions": [], "aliases": [], "description": ""},
    ],
}
SKIPPED = {"name": "three", "skip_reason": "Dependency not found on PyPI"}


def audit(program: str, *options: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of tools/audit.py with a program in the place of pip-audit."""
    command = [sys.executable, ROOT / "tools" / "audit.py", program, *options]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def stand_in(place: Path, answer: str, code: int, said: str = "") -> str:
    """A program that gives this answer, and keeps the words it was called with."""
    program = place / "pip-audit"
    program.write_text(
        f"#!{sys.executable}\nimport sys\n"
        f"open({str(place / 'words')!r}, 'w').write('\\n'.join(sys.argv[1:]))\n"
        f"sys.stdout.write({answer!r})\nsys.stderr.write({said!r})\nsys.exit({code})\n"
    )
    program.chmod(0o755)
    return str(program)


def answered(*packages: dict[str, Any]) -> str:
    """What pip-audit writes with --format=json."""
    return json.dumps({"dependencies": packages, "fixes": []})


def test_nothing_known_is_said_with_the_number_of_packages(tmp_path: Path) -> None:
    """Exit code 0; the lock was asked about with its hashes, and options are passed on."""
    program = stand_in(tmp_path, answered(CLEAN), 0)
    assert audit(program, "--timeout", "5") == (
        0, "nothing is known against 1 of the lock's packages\n", "",
    )  # fmt: skip
    words = (tmp_path / "words").read_text().splitlines()
    assert words[:3] == ["--requirement", str(ROOT / "requirements.lock"), "--require-hashes"]
    assert words[-2:] == ["--timeout", "5"]


def test_each_vulnerability_is_a_line_with_its_mended_versions(tmp_path: Path) -> None:
    """Exit code 1, and the packages without any are not named."""
    program = stand_in(tmp_path, answered(CLEAN, KNOWN), 1)
    lines = "two 2.0: EXAMPLE-1, mended in 2.1, 3.0\ntwo 2.0: EXAMPLE-2\n"
    assert audit(program) == (1, lines, "")


@pytest.mark.parametrize(
    ("answer", "said", "why"),
    [
        ("", "DEBUG:a\nERROR:no route to host\n", "ERROR:no route to host"),
        ("", "", "pip-audit ended with 1"),
        (
            answered(CLEAN, SKIPPED),
            "",
            "1 of 2 not looked up; three: Dependency not found on PyPI",
        ),
    ],
)
def test_no_answer_is_told_in_one_message(tmp_path: Path, answer: str, said: str, why: str) -> None:
    """Exit code 3: silence of the service is never taken for a clean bill."""
    remedy = "it needs a network; another service: OPTIONS='--vulnerability-service osv'"
    program = stand_in(tmp_path, answer, 1, said)
    assert audit(program) == (3, "", f"The lock was not audited: {why}\n    → {remedy}\n")


def test_a_missing_program_is_told_with_the_remedy(tmp_path: Path) -> None:
    """Exit code 3, and how to get it."""
    missing = str(tmp_path / "nowhere")
    code, out, said = audit(missing)
    assert (code, out) == (3, "")
    assert said.startswith(f"The lock was not audited: there is no {missing}\n    → pip install")
