"""What starting `sim` costs, counted in modules because modules do not depend on the machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HEAVY = ("numpy", "scipy", "pyarrow", "pydantic", "rich")
MOST = 170
"""Modules that help may load; 155 when this was written, most of them Python's own."""


def modules_after(*arguments: str) -> set[str]:
    """Names of the modules loaded when `sim` ends."""
    code = (
        "import sys\nfrom simulator.cli import main\n"
        f"code = main({list(arguments)!r})\n"
        "print('LOADED', *sys.modules)\nsys.exit(code)"
    )
    alone = {name: its for name, its in os.environ.items() if not name.startswith("COV")}
    done = subprocess.run(  # coverage would load modules of its own
        [sys.executable, "-c", code],
        cwd=ROOT, env=alone, capture_output=True, text=True, check=True,
    )  # fmt: skip
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


SCENARIO = "benchmarks/model_m.toml"


def test_help_imports_no_command() -> None:
    """The list of commands is told without them; a command brings itself alone."""
    ours = {name for name in modules_after("--help") if name.startswith("simulator.cli.")}
    assert ours <= {"simulator.cli.exits", "simulator.cli.talk"}
    one = {name for name in modules_after("run", "--help") if name.startswith("simulator.cli.")}
    assert "simulator.cli.run" in one
    assert "simulator.cli.sweep" not in one


def test_a_run_loads_nothing_that_it_does_not_use(tmp_path: Path) -> None:
    """No statistics package, no tables, no pictures, no cluster; a second time no arrays either."""
    run = "run", SCENARIO, "--draws", "256", "--quiet", "--out", str(tmp_path)
    unused = {
        "scipy.stats",
        "scipy.special",
        "pandas",
        "matplotlib",
        "dask",
        "distributed",
        "fsspec",
        "rich",
    }
    assert not modules_after(*run) & unused
    again = modules_after(*run)
    assert not again & {"numpy", "scipy", "pyarrow", "rich", "simulator.scenario.model"}
