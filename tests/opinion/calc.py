"""LibreOffice as a calculator: a workbook in, the same with every formula computed out."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


class Calc:
    """With a profile of its own, in a folder that is given."""

    def __init__(self, profile: Path) -> None:
        self._profile = profile
        (profile / "user").mkdir()
        (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS_RECALCULATE)

    @staticmethod
    def program() -> str | None:
        """Where it is installed, if it is."""
        return shutil.which("soffice") or shutil.which("libreoffice")

    def _run(self, *words: str) -> subprocess.CompletedProcess[str]:
        program = self.program()
        assert program is not None
        command = [program, f"-env:UserInstallation={self._profile.as_uri()}", "--headless"]
        return subprocess.run([*command, *words], capture_output=True, text=True)

    def version(self) -> str:
        """As it says itself."""
        return self._run("--version").stdout.strip()

    def __call__(self, path: Path) -> Path:
        """The computed workbook, in a folder beside the one given."""
        out = path.parent / "computed"
        words = ["--norestore", "--convert-to", "xlsx", "--outdir", str(out), str(path)]
        done = self._run(*words)
        assert (out / path.name).exists(), done.stderr + done.stdout
        return out / path.name
