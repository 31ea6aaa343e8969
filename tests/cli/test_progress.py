"""How far a run has come: on a terminal only, with the time left, and in no colour if asked."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.scenario.fingerprint import to_toml
from simulator.scenario.model import Scenario

pty = pytest.importorskip("pty")

RUN = """
import sys
from simulator.cli import main, progress
from simulator.runs import write
progress.PATIENCE, write.RESUMABLE = 0.0, 1
def heard(self, n, advance=progress.Display.advance):
    global left
    advance(self, n)
    if self._phase == "drawing" and self._live is not None:
        self._live.refresh()
        left -= 1
        if left == 0:
            raise KeyboardInterrupt
left = int(sys.argv.pop(1))
progress.Display.advance = heard
sys.exit(main(sys.argv[1:]))
"""
ESCAPES = re.compile(r"\x1b\[[?0-9;]*[a-zA-Z]")
COLOUR = re.compile(rb"\x1b\[(?!0m|1m|2m|22m)[0-9;]+m")


def on_a_terminal(
    arguments: list[str], *, stop_after: int = 10**6, **more: str
) -> tuple[int, bytes]:
    """The exit code of `sim …`, and what its stderr, a terminal of 100 columns, is sent."""
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", **more}
    environment.pop("NO_COLOR", None) if "NO_COLOR" not in more else None
    ours, theirs = pty.openpty()
    said = b""
    with subprocess.Popen(
        [sys.executable, "-c", RUN, str(stop_after), *arguments],
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        env=environment,
    ) as process:
        os.close(theirs)
        while True:
            try:
                piece = os.read(ours, 1 << 16)
            except OSError:  # the other end is closed
                break
            if not piece:
                break
            said += piece
    os.close(ours)
    return process.returncode, said


@pytest.fixture
def command(small: Scenario, tmp_path: Path) -> list[str]:
    """A run of a small budget in several blocks."""
    file = tmp_path / "small.toml"
    file.write_text(to_toml(small), encoding="utf-8")
    return ["run", str(file), "--draws", "100_000", "--out", str(tmp_path / "out")]


def test_a_terminal_sees_the_phases_with_the_time_left(command: list[str]) -> None:
    """And a run that was stopped says, above it, from where it goes on; NO_COLOR is respected."""
    code, said = on_a_terminal(command, stop_after=3)
    text = ESCAPES.sub("", said.decode())
    assert COLOUR.search(said)
    assert code == 130
    assert text.count("interrupted") == 1
    assert re.search(r"small: drawing.* \d+ %.*draws/s +\d:\d\d:\d\d", text)
    kept = re.search(r"→ (\d+\u00a0\d+) draws are kept", text)
    assert kept
    code, said = on_a_terminal(command, NO_COLOR="1")
    assert not COLOUR.search(said)
    text = ESCAPES.sub("", said.decode())
    assert code == 0
    assert f"goes on from {kept[1]} of 100\u00a0000 draws" in text
    assert "small: drawing" in text
    assert text.rstrip().splitlines()[-1].startswith("/")
    assert "computed in" in text.rstrip().splitlines()[-1]


def test_a_pipe_gets_words_only(command: list[str]) -> None:
    """One line of what was done; with --quiet none, and rich is not loaded for it."""
    code = "import sys\nfrom simulator.cli import main\nmain(sys.argv[1:])\n"
    code += "sys.exit('rich.progress' in sys.modules)"
    for more, lines in ((["--draws", "64"], 1), (["--quiet"], 0)):
        done = subprocess.run(
            [sys.executable, "-c", code, *command, *more], capture_output=True, text=True
        )
        assert done.returncode == 0
        assert len(done.stderr.splitlines()) == lines
        assert "\x1b" not in done.stderr
