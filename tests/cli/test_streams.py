"""Closed streams, plain encodings, Ctrl-C at any moment: the real program in a real process."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from simulator.cli import exits
from simulator.errors import EnvironmentFault, InputError, Problem, Stopping, tidy_up_first
from simulator.runs.room import refuse_too_large

BASE = Path(__file__).parents[2] / "scenarios" / "base.toml"
SIM = [sys.executable, "-m", "simulator"]


def _shell(redirection: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = " ".join(["exec", *SIM, *arguments, redirection])
    return subprocess.run(["sh", "-c", command], capture_output=True, timeout=60)


@pytest.mark.parametrize(
    ("redirection", "arguments", "code"),
    [
        (">&-", ("validate", str(BASE)), 0),
        ("2>&-", ("validate", str(BASE)), 0),
        ("2>&-", ("validate", "nowhere.toml"), 2),
        (">&- 2>&-", ("schema",), 0),
    ],
)
def test_a_closed_stream_is_no_bug(redirection: str, arguments: tuple[str, ...], code: int) -> None:
    """What nobody listens to is dropped; the exit code is that of the work."""
    assert _shell(redirection, *arguments).returncode == code


def test_a_plain_terminal_gets_plain_characters() -> None:
    """Without UTF-8 a figure keeps its spaces and signs instead of question marks."""
    env = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    command = [*SIM, "tie-out", str(BASE), "--faults-only"]
    said = subprocess.run(command, env=env, capture_output=True, timeout=60)
    assert said.returncode == 0
    assert b"0.5 %" in said.stdout
    assert b"?" not in said.stdout


def wait_until_begun(process: subprocess.Popen[bytes]) -> None:
    """Wait until the program's own first lines have run: Python itself leaves SIGTERM alone."""
    status = Path(f"/proc/{process.pid}/status")
    if not status.exists():  # no Linux: most likely by then
        time.sleep(1)
        return
    while process.poll() is None:
        caught = re.search(r"^SigCgt:\s*(\w+)$", status.read_text(), re.MULTILINE)
        if caught and int(caught[1], 16) >> (signal.SIGTERM - 1) & 1:
            return
        time.sleep(0.002)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("after", [0.0, 0.06, 0.12, 0.2, 0.4])
def test_a_signal_during_start_up_is_quiet(number: signal.Signals, after: float) -> None:
    """Exit code 130 or a finished command, never a traceback, whatever was being imported."""
    process = subprocess.Popen(
        [*SIM, "tie-out", str(BASE)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    wait_until_begun(process)
    time.sleep(after)  # any moment will do: what is asserted holds for all
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert b"Traceback" not in said
    assert b"bug" not in said
    assert process.returncode in (0, exits.INTERRUPTED, -signal.SIGINT, -signal.SIGTERM)


def test_ctrl_c_inside_an_import_is_still_ctrl_c(capsys: pytest.CaptureFixture[str]) -> None:
    """Python wraps what falls into a class body: the cause decides."""
    wrapped = RuntimeError("Error calling __set_name__")
    wrapped.__cause__ = KeyboardInterrupt()
    assert exits.report(wrapped) == exits.INTERRUPTED
    assert "bug" not in capsys.readouterr().err


def test_a_signal_that_a_library_swallowed_is_still_one(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A library may raise its own error, or find faults that are none, where the signal fell."""
    monkeypatch.setattr(Stopping, "asked", False)
    assert exits.report(RuntimeError("schema")) == exits.BUG
    with tidy_up_first(), pytest.raises(KeyboardInterrupt):
        exits.stop()
    assert exits.report(RuntimeError("schema")) == exits.INTERRUPTED
    assert exits.report(InputError(Problem("a name is wanted"))) == exits.INTERRUPTED
    assert "interrupted" in capsys.readouterr().err


def test_with_nothing_under_way_a_signal_ends_the_program_at_once() -> None:
    """No exception that a callback of a library could lose: code 130, one line, no traceback."""
    code = "import os, signal\nfrom simulator.cli import exits\n"
    code += "signal.signal(signal.SIGTERM, exits.stop)\nos.kill(os.getpid(), signal.SIGTERM)\n"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60)
    assert said.returncode == exits.INTERRUPTED
    assert said.stderr == b"interrupted; earlier results are as they were\n"


def test_a_result_that_cannot_fit_is_not_begun(tmp_path: Path) -> None:
    """More than the disk holds: exit code 3, both sizes, nothing made."""
    with pytest.raises(EnvironmentFault, match="GiB are wanted") as caught:
        refuse_too_large(tmp_path / "results" / "base", 2**60)
    assert caught.value.exit_code == 3
    assert list(tmp_path.iterdir()) == []
    refuse_too_large(tmp_path / "small", 1000)
