"""Small results to export, and the spreadsheet program that opens what comes out."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulator.runs.run import write_run
from simulator.scenario.model import Scenario
from simulator.store.result import Run, read_run

sys.path.append(str(Path(__file__).resolve().parent))  # reading.py lies beside the tests

ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""

Build = Callable[..., Run]


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Opens a file in LibreOffice, computes everything again, and saves it as another kind.

    Skips where LibreOffice is not installed.
    """
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        pytest.skip("LibreOffice is not installed")
    profile = tmp_path_factory.mktemp("office")
    (profile / "user").mkdir()
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS_RECALCULATE)

    def convert(file: Path, kind: str, out: Path, *options: str) -> Path:
        out.mkdir(exist_ok=True)
        command = [
            program,
            f"-env:UserInstallation={profile.as_uri()}",
            "--headless",
            "--norestore",
            *options,
            "--convert-to",
            kind,
            "--outdir",
            str(out),
            str(file),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        made = out / f"{file.stem}.{kind.partition(':')[0]}"
        assert made.exists(), done.stderr + done.stdout
        return made

    return convert


@pytest.fixture
def result(tmp_path: Path) -> Build:
    """Runs a scenario into a folder of its own and opens the result."""

    def build(scenario: Scenario, draws: int | None = None, **options: Any) -> Run:
        folder = tmp_path / "results" / scenario.name
        write_run(scenario, folder, draws=draws, threads=1, **options)
        return read_run(folder)

    return build


@pytest.fixture
def small_run(result: Build, small: Scenario) -> Run:
    """The small budget, 512 draws."""
    return result(small)
