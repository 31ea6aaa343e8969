"""Every failure becomes words on stderr and an exit code, here and nowhere else."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from simulator import errors
from simulator.cli import exits, main, talk

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (errors.CheckFailed("3 figures do not tie"), 1, "3 figures do not tie"),
        (errors.InputError(errors.Problem("a share", key="parents")), 2, "parents: a share"),
        (errors.EnvironmentFault("the disk is full"), 3, "the disk is full"),
        (errors.Interrupted(), 130, "interrupted"),
        (KeyboardInterrupt(), 130, "interrupted; earlier results are as they were"),
        (MemoryError(), 3, "not enough memory"),
        (OSError(errno.EACCES, "Permission denied", "x.toml"), 3, "x.toml: the system refuses"),
        (ZeroDivisionError("division by zero"), 70, "this is a bug in sim: ZeroDivisionError: div"),
    ],
)  # fmt: skip
def test_a_failure_has_words_and_a_code(
    error: BaseException, code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """0 done, 1 check, 2 input, 3 environment, 70 bug, 130 interrupted; never a traceback."""
    assert exits.report(error) == code
    said = capsys.readouterr()
    assert words in said.err
    assert "Traceback" not in said.err
    assert said.out == ""


def test_problems_are_printed_one_under_another_and_counted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """File, line, key, what was wanted, what was found, the remedy; the count at the end."""
    problem = errors.Problem(
        "a fraction is wanted", "share", "1.05", "write 0.05", "a.toml", 7
    )  # fmt: skip
    assert exits.report(errors.InputError([problem, problem])) == 2
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "a.toml:7: share: a fraction is wanted (found 1.05)"
    assert lines[1].strip() == "→ write 0.05"
    assert lines[-1] == "2 problems"


def test_a_bug_shows_its_traceback_only_when_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With SIM_DEBUG=1 the traceback is there for the report."""
    try:
        _ = {}["missing"]
    except KeyError as error:
        caught = error
    assert exits.report(caught) == 70
    assert "SIM_DEBUG=1" in capsys.readouterr().err
    monkeypatch.setenv("SIM_DEBUG", "1")
    assert exits.report(caught) == 70
    assert "test_exits.py" in capsys.readouterr().err


def test_a_message_cannot_paint_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Control characters that a file smuggles into a message are shown as text."""
    talk.say("found \x1b[31mred\x1b[0m\r\x07 and \u009b31m")
    err = capsys.readouterr().err
    assert "\x1b" not in err
    assert "\x9b" not in err
    assert "\\x1b[31mred" in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Usage: sim"),
        (["rnu"], "did you mean 'run'"),
        (["run"], "missing argument 'FILE'"),
        (["run", "x.toml", "--drws", "3"], "did you mean --draws?"),
        (["run", "x.toml", "--draws"], "--draws"),
        (["run", "x.toml", "--draws", "many"], "a whole number is wanted"),
        (["run", "x.toml", "--draws", "1.5"], "a whole number is wanted"),
        (["tie-out", "a.toml", "b.toml"], "unexpected extra argument"),
    ],
)
def test_wrong_use_is_told_plainly(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, the nearest option where there is one, where to look, and no frame."""
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert words.lower() in said.err.lower()
    assert "--help" in said.err
    assert not set("╭│╰") & set(said.err)
    assert said.out == ""


def test_help_and_version_go_to_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    """Asked for, they are results."""
    assert main(["--help"]) == 0
    assert "tie-out" in capsys.readouterr().out
    assert main(["-h"]) == 0
    assert main(["--version"]) == 0
    assert "sim 0." in capsys.readouterr().out


def sim_process(*arguments: str, **how: Any) -> subprocess.Popen[bytes]:
    """`python -m simulator …` as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "simulator", *arguments], cwd=ROOT, stderr=subprocess.PIPE, **how
    )


def test_a_reader_that_stops_is_no_failure() -> None:
    """`sim schema | head -1`: quiet, and done."""
    read, write = os.pipe()
    os.close(read)
    process = sim_process("schema", stdout=write)
    os.close(write)
    _, err = process.communicate()
    assert (process.returncode, err) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_output_that_cannot_be_written_is_the_environment() -> None:
    """A full disk behind `>` is told, with exit code 3."""
    with Path("/dev/full").open("wb") as full:
        process = sim_process("schema", stdout=full)
        _, err = process.communicate()
    assert process.returncode == 3
    assert b"Traceback" not in err
    assert b"No space left" in err


def test_an_old_encoding_is_served() -> None:
    """A terminal without the signs that are printed gets question marks, not a failure."""
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    process = sim_process("tie-out", "scenarios/base.toml", stdout=subprocess.PIPE, env=environment)
    out, err = process.communicate()
    assert (process.returncode, err) == (0, b"")
    assert b"140 of 140" in out
