"""What starting `sim` costs, counted in modules because modules do not depend on the machine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HEAVY = ("numpy", "scipy", "pyarrow", "pydantic", "rich")
MOST = 200
"""Modules that help may load; 150 when this was written, most of them Python's own."""


def modules_after(*arguments: str) -> set[str]:
    """Names of the modules loaded when `sim` ends."""
    code = (
        "import sys\nfrom simulator.cli import main\n"
        f"code = main({list(arguments)!r})\n"
        "print('LOADED', *sys.modules)\nsys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines()[-1].split()[1:])


def test_help_loads_nothing_heavy() -> None:
    """`sim --help` loads none of numpy, scipy, pyarrow, pydantic and rich."""
    loaded = modules_after("--help")
    assert not loaded & set(HEAVY)
    assert len(loaded) <= MOST


@pytest.mark.parametrize(
    "command",
    [
        "run",
        "show",
        "validate",
        "tie-out",
        "new",
        "schema",
        "calibrate",
        "backtest",
        "export",
        "plot",
    ],
)
def test_help_of_a_command_loads_no_arrays(command: str) -> None:
    """Help of a command loads no array library either (Typer itself brings pydantic there)."""
    assert not modules_after(command, "--help") & {"numpy", "scipy", "pyarrow", "rich"}


def test_the_version_loads_nothing_heavy() -> None:
    """`sim --version` is as quick as help."""
    assert not modules_after("--version") & {"numpy", "scipy", "pyarrow", "rich"}
