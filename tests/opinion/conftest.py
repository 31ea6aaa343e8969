"""A spreadsheet program, and modules that lie beside the tests."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE), str(HERE.parent / "independent")]  # reads scenario files on its own

ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


@pytest.fixture(scope="session")
def recalculated(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """A workbook after LibreOffice has computed every formula in it; skips without LibreOffice."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        pytest.skip("LibreOffice is not installed")
    profile = tmp_path_factory.mktemp("opinion")
    (profile / "user").mkdir()
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS_RECALCULATE)

    def compute(path: Path) -> Path:
        out = path.parent / "computed"
        command = f"{program} -env:UserInstallation={profile.as_uri()} --headless --norestore"
        done = subprocess.run(
            [*command.split(), "--convert-to", "xlsx", "--outdir", str(out), str(path)],
            capture_output=True, text=True,
        )  # fmt: skip
        assert (out / path.name).exists(), done.stderr + done.stdout
        return out / path.name

    return compute
