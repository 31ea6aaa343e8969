"""`sim run` and `sim show`."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import simulator.runs.run
from simulator.errors import Interrupted
from simulator.scenario.fingerprint import to_toml
from simulator.scenario.model import Scenario

ROOT = Path(__file__).resolve().parents[2]


def test_a_run_shows_the_screen_and_keeps_every_draw(sim: Any, small_file: str) -> None:
    """The screen on stdout, what was done on stderr, the files in results/<name>."""
    said = sim("run", small_file)
    assert said.code == 0
    assert said.out.startswith("A small budget\n")
    assert "A, thousand USD, recosted" in said.out
    assert "results/small: computed" in said.err
    names = {path.name for path in Path("results/small").iterdir()}
    assert names == {
        "draws.parquet", "inputs.parquet", "summary.parquet", "summary.csv", "scenario.toml",
        "manifest.json",
    }  # fmt: skip


def test_a_second_run_finds_it_up_to_date_and_shows_the_same(sim: Any, small_file: str) -> None:
    """Nothing is written again, and stdout is the same text; `--force` computes again."""
    first = sim("run", small_file)
    before = Path("results/small/manifest.json").stat().st_mtime_ns
    second = sim("run", small_file)
    assert second.out == first.out
    assert "up to date" in second.err
    assert Path("results/small/manifest.json").stat().st_mtime_ns == before
    assert "computed" in sim("run", small_file, "--force").err


def test_show_prints_what_run_printed(sim: Any, small_file: str) -> None:
    """`sim show` takes a folder or a name in results/, and computes nothing."""
    first = sim("run", small_file)
    assert sim("show", "results/small").out == first.out
    assert sim("show", "small").out == first.out
    nothing = sim("show", "another")
    assert nothing.code == 2
    assert "a result folder is wanted" in nothing.err


def test_options_are_taken(sim: Any, small_file: str) -> None:
    """Draws (grouped or not), seed, sampler, replicates, threads and folder."""
    said = sim(
        "run", small_file, "--draws", "1_024", "--seed", "0", "--sampler", "random",
        "--replicates", "2", "--threads", "2", "--out", "trial", "--json",
    )  # fmt: skip
    assert said.code == 0
    document = json.loads(said.out)
    assert document["draws"] == 1024
    assert document["seed"] == 0
    assert document["sampler"] == "random"
    assert document["replicates"] == 2
    assert document["folder"] == "trial/small"
    assert Path("trial/small/draws.parquet").exists()


def test_json_is_one_object_a_run(sim: Any, small_file: str, small: Scenario) -> None:
    """Every output of the last stage with statistics, errors, odds and drivers; no NaN."""
    other = small.model_copy(update={"name": "other"})
    Path("other.toml").write_text(to_toml(other), encoding="utf-8")
    said = sim("run", small_file, "other.toml", "--json")
    documents = [json.loads(line) for line in said.out.splitlines()]
    assert [document["scenario"] for document in documents] == ["small", "other"]
    assert documents[0]["status"] == "computed"
    found = {(row["output"], row["period"]): row for row in documents[0]["results"]}
    owed = found["contribution_usd.A", "2031-2032"]
    assert owed["unit"] == "USD"
    assert owed["statistics"]["p5"] < owed["statistics"]["mean"] < owed["statistics"]["p95"]
    assert 0 <= owed["exceeds"]["proposed"] <= 1
    assert set(owed["drivers"]) >= {"exchange", "vacancy"}
    shown = json.loads(sim("show", "small", "--json").out)
    assert {**shown, "status": "computed"} == documents[0]


def test_quiet_says_only_what_is_wrong(sim: Any, small_file: str) -> None:
    """Nothing on either stream when all is well."""
    said = sim("run", small_file, "--quiet")
    assert (said.code, said.out, said.err) == (0, "", "")


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--draws", "0", "a whole number of draws from 1 to"),
        ("--draws", "-1", "a whole number of draws from 1 to"),
        ("--draws", "1000000000000", "a whole number of draws from 1 to"),
        ("--seed", "-1", "a whole number from 0 to"),
        ("--sampler", "dice", "sobol, lhs or random"),
        ("--replicates", "0", "replicates from 1 to 256"),
        ("--threads", "0", "threads from 1 to"),
        ("--precision", "very", "statistic(output)=error"),
    ],
)
def test_an_option_out_of_range_is_refused(
    sim: Any, small_file: str, option: str, value: str, words: str
) -> None:
    """Exit code 2, what is wanted, and nothing on the disk is touched."""
    said = sim("run", small_file, option, value)
    assert said.code == 2
    assert words in said.err
    assert not Path("results").exists()


def test_all_files_are_checked_before_the_first_runs(sim: Any, small_file: str) -> None:
    """One bad file among several: its problems, and no result of the good one."""
    Path("bad.toml").write_text("title = 3\n", encoding="utf-8")
    said = sim("run", small_file, "bad.toml", "missing.toml")
    assert said.code == 2
    assert "bad.toml" in said.err
    assert "missing.toml" in said.err
    assert not Path("results").exists()


def test_two_files_for_one_folder_are_refused(sim: Any, small_file: str) -> None:
    """Two scenarios of one name would overwrite each other's result."""
    Path("copy.toml").write_text(Path(small_file).read_text(encoding="utf-8"), encoding="utf-8")
    said = sim("run", small_file, "copy.toml")
    assert said.code == 2
    assert "another name is wanted" in said.err
    assert not Path("results").exists()


def test_a_failing_run_does_not_lose_the_others(sim: Any, small_file: str, small: Scenario) -> None:
    """The second folder holds something else; the third run is still made. The worst code."""
    for name in ("blocked", "last"):
        scenario = small.model_copy(update={"name": name})
        Path(f"{name}.toml").write_text(to_toml(scenario), encoding="utf-8")
    Path("results/blocked").mkdir(parents=True)
    Path("results/blocked/thesis.txt").write_text("not a result")
    said = sim("run", small_file, "blocked.toml", "last.toml", "--quiet")
    assert said.code == 2
    assert "thesis" in Path("results/blocked/thesis.txt").name
    assert Path("results/small/manifest.json").exists()
    assert Path("results/last/manifest.json").exists()
    assert list(Path("results/blocked").iterdir()) == [Path("results/blocked/thesis.txt")]


def test_precision_that_is_not_reached_is_a_failed_check(sim: Any, small_file: str) -> None:
    """The result is there, what was missed is told, and the exit code is 1."""
    target = "mean(contribution_eur.A)=0.0000001%"
    said = sim("run", small_file, "--precision", target, "--draws", "4096")
    assert said.code == 1
    assert "the precision was not reached" in said.err
    assert "A small budget" in said.out


def test_a_figure_that_does_not_tie_stops_the_run(sim: Any, small_dict: dict[str, Any]) -> None:
    """Wrong input: exit code 2, the cell by name, file and line, and no result."""
    small_dict["published"] = [
        {
            "id": "wrong", "where": "here", "what": "net", "period": "2031-2032", "unit": "kEUR",
            "printed": 1, "rule": "cell('net', 'estimate')", "quantum": 0.1,
        }
    ]  # fmt: skip
    scenario = Scenario.model_validate(small_dict)
    Path("small.toml").write_text(to_toml(scenario), encoding="utf-8")
    said = sim("run", "small.toml")
    assert said.code == 2
    assert "published.wrong: the published figure does not tie (here: net" in said.err
    assert said.err.startswith("small.toml:")
    assert not Path("results").exists()


@pytest.mark.parametrize("signal", [KeyboardInterrupt(), Interrupted("interrupted")])
def test_ctrl_c_stops_all_runs(
    sim: Any, small_file: str, monkeypatch: pytest.MonkeyPatch, signal: BaseException
) -> None:
    """Exit code 130, whether Ctrl-C came inside a run or between two; the next is not begun."""
    begun = []

    def interrupted(path: str, *_: object) -> None:
        begun.append(path)
        raise signal

    text = Path(small_file).read_text(encoding="utf-8").replace('name = "small"', 'name = "b"', 1)
    Path("other.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(simulator.runs.run, "run_file", interrupted)
    said = sim("run", small_file, "other.toml")
    assert said.code == 130
    assert said.err.startswith("interrupted")
    assert begun == [small_file]


def on_a_terminal(folder: Path, *arguments: str) -> bytes:
    """What `sim` prints on stderr when that is a terminal."""
    leader, follower = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "100"}
    process = subprocess.Popen(
        [sys.executable, "-m", "simulator", *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=follower,
    )
    os.close(follower)
    said = b""
    while True:
        try:
            piece = os.read(leader, 4096)
        except OSError:  # the terminal is closed
            break
        if not piece:
            break
        said += piece
    os.close(leader)
    assert process.wait() == 0
    return said


def test_a_quick_run_shows_no_progress_on_a_terminal(small_file: str, tmp_path: Path) -> None:
    """Nothing flickers when there is nothing to wait for."""
    assert b"draws/s" not in on_a_terminal(tmp_path, "run", small_file)


def test_progress_appears_after_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock says two seconds: a bar with rate and time left; then it is taken away."""
    import io

    from rich.console import Console

    from simulator.cli import progress

    now = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    out = io.StringIO()
    screen = Console(file=out, force_terminal=True, width=100)
    monkeypatch.setattr(progress, "Console", lambda **_: screen)
    with progress.Display() as display:
        display.next("base")
        display.start(1000)
        now[0] += 0.5
        display.advance(100)
        assert out.getvalue() == ""
        now[0] += 1.5
        display.advance(400)
        assert "base" in out.getvalue()
        assert "50 %" in out.getvalue()
        display.done()
    assert out.getvalue().endswith(("\x1b[?25h", "\x1b[2K", "\x1b[1A\x1b[2K"))
