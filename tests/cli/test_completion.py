"""`sim completion`: what a shell is told, and that a shell can use it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from simulator.cli import main

ROOT = Path(__file__).resolve().parents[2]
HEAVY = {"numpy", "scipy", "pyarrow", "rich"}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with scenarios and results in it."""
    for name in ("ours.toml", "scenarios/base.toml", "scenarios/more/else.toml", "results/ours/x"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    for name in ("ours", "strong"):
        (tmp_path / "results" / name).mkdir(exist_ok=True)
        (tmp_path / "results" / name / "manifest.json").touch()
    (tmp_path / "results" / "half").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["sho"], ["show"]),
        (["run", "o"], ["ours.toml"]),
        (["run", "scenarios/"], ["scenarios/base.toml", "scenarios/more/"]),
        (["run", "scenarios/more/"], ["scenarios/more/else.toml"]),
        (["show", ""], ["ours", "strong"]),
        (["report", "ours", "s"], ["strong"]),
        (["compare", "--out", "x.md", "o"], ["ours.toml", "ours"]),
        (["explain", "strong", "cont"], []),
        (["show", "ours", ""], []),
        (["run", "--sampler", ""], ["sobol", "lhs", "random"]),
        (["run", "--force", "o"], ["ours.toml"]),
        (["run", "--thr"], ["--threads"]),
        (["export", "--to", "s"], ["sipmath"]),
        (["run", "--out", ""], []),
        (["nothing", ""], []),
        (["completion", "f"], ["fish"]),
    ],
)
def test_what_a_word_may_become(
    words: list[str],
    wanted: list[str],
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Commands, options, their values, scenario files and results; a half-made one is none."""
    monkeypatch.setenv("_SIM_COMPLETE", "1")
    assert main(words) == 0
    assert capsys.readouterr().out.split() == wanted


def test_nothing_heavy_is_loaded_for_it(place: Path) -> None:
    """Somebody waits: no arrays, no tables, no scenario is read."""
    code = "import sys\nfrom simulator.cli import main\nmain(['show', ''])\nprint(*sys.modules)"
    environment = {**os.environ, "_SIM_COMPLETE": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=place, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    *names, modules = done.stdout.splitlines()
    assert names == ["ours", "strong"]
    assert not HEAVY & set(modules.split())


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_bash_completes_with_the_script(place: Path, sim: Any) -> None:
    """Sourced as it is printed, it offers results to `sim show`."""
    script = sim("completion", "bash").out
    (place / "script.sh").write_text(script)
    said = subprocess.run(
        ["bash", "--norc", "-c",
         "source script.sh; COMP_WORDS=(sim show s); COMP_CWORD=2; _sim_completion;"
         " echo ${COMPREPLY[@]}"],
        cwd=place, capture_output=True, text=True, check=True,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
    )  # fmt: skip
    assert said.stdout == "strong\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_is_right_by_the_shell_itself(shell: str, sim: Any, tmp_path: Path) -> None:
    """Where the shell is installed it reads the script without complaint."""
    said = sim("completion", shell)
    assert said.code == 0
    assert "_SIM_COMPLETE=1 sim" in said.out
    if shutil.which(shell) is not None:
        (tmp_path / "script").write_text(said.out)
        subprocess.run([shell, "-n", str(tmp_path / "script")], check=True)


def test_another_shell_is_refused(sim: Any) -> None:
    """With the ones that are known."""
    said = sim("completion", "bsh")
    assert said.code == 2
    assert "did you mean 'bash'?" in said.err
