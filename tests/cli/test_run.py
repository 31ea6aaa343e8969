"""`sim run` and `sim show`."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

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


PATIENT = """
import sys
from simulator.cli import main, progress
progress.PATIENCE = 3600
sys.exit(main(sys.argv[1:]))
"""


def on_a_terminal(folder: Path, *arguments: str) -> bytes:
    """What `sim`, which shows no progress within an hour, prints on stderr on a terminal."""
    leader, follower = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "100"}
    process = subprocess.Popen(
        [sys.executable, "-c", PATIENT, *arguments],
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


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time of day as the display sees it; a test moves it."""
    from simulator.cli import progress

    now = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def shown_at(monkeypatch: pytest.MonkeyPatch, width: int) -> io.StringIO:
    """What the display writes on a terminal of this width."""
    from simulator.cli import progress

    out = io.StringIO()
    screen = Console(file=out, force_terminal=True, width=width)
    monkeypatch.setattr(progress, "Console", lambda **_: screen)
    return out


def lines_of(out: io.StringIO) -> list[str]:
    """What stood on the terminal, line by line, without colours and movements."""
    plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", out.getvalue())
    return [line.rstrip() for line in re.split(r"[\r\n]+", plain) if line.strip()]


def test_progress_appears_after_a_second(
    monkeypatch: pytest.MonkeyPatch, clock: list[float]
) -> None:
    """The clock says two seconds: a bar with rate and time left; then it is taken away."""
    from simulator.cli import progress

    out = shown_at(monkeypatch, 100)
    with progress.Display() as display:
        display.next("base")
        display.start(1000)
        clock[0] += 0.5
        display.advance(100)
        assert out.getvalue() == ""
        clock[0] += 1.5
        display.advance(400)
        assert "base: drawing" in lines_of(out)[-1]
        assert " 50 % 250 draws/s 0:00:02" in lines_of(out)[-1].replace("\u00a0", " ")
        display.done()
    assert out.getvalue().endswith(("\x1b[?25h", "\x1b[2K", "\x1b[1A\x1b[2K"))


def test_the_summary_is_work_too(monkeypatch: pytest.MonkeyPatch, clock: list[float]) -> None:
    """After the last draw a second bar begins at nothing: 100 % never stands and waits."""
    from simulator.cli import progress

    out = shown_at(monkeypatch, 100)
    with progress.Display() as display:
        display.next("base")
        display.start(1000)
        clock[0] += 4
        display.advance(1000)
        display.summarise(200)
        assert "base: summarising" in lines_of(out)[-1]
        assert "  0 %" in lines_of(out)[-1]
        clock[0] += 3
        display.advance(50)
        display._live.refresh()
        assert " 25 % 17 columns/s 0:00:09" in lines_of(out)[-1].replace("\u00a0", " ")


@pytest.mark.parametrize("width", [20, 29, 44, 59, 60, 80, 200])
@pytest.mark.parametrize("name", ["base", "a-scenario-with-the-longest-of-names-there-are" * 2])
def test_progress_fits_on_one_line(
    monkeypatch: pytest.MonkeyPatch, clock: list[float], width: int, name: str
) -> None:
    """A bar that wraps would leave lines behind: percentage and time left stay in any width."""
    from simulator.cli import progress

    out = shown_at(monkeypatch, width)
    with progress.Display() as display:
        display.next(name)
        display.start(2**32)
        clock[0] += 100
        display.advance(2**30)
        display.summarise(200)
        clock[0] += 50
        display.advance(100)
        display._live.refresh()
        lines = lines_of(out)
    assert all(len(line) <= width for line in lines)
    assert any("25 %" in line and "0:05:00" in line for line in lines)
    assert any("50 %" in line and "0:00:50" in line for line in lines)
    assert len(lines) <= 5
    assert all("%" in line for line in lines)
