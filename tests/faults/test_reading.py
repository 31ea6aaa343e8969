"""Whatever stands where a file is wanted: one answer in words, in bounded time and memory."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from bounds import MEBIBYTES, SECONDS, ended
from giants import NO_FILES, TEXTS
from ground import prepare

from simulator.cli import main

MOST_WORDS = 100_000
"""Characters of a message at most: nobody reads more."""


@dataclass(frozen=True)
class Said:
    """What a command left: exit code, stderr."""

    code: int
    err: str


Sim = Callable[[str], Said]


@pytest.fixture
def sim(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Sim]:
    """Runs `sim` in an empty folder; a command that waits for ever is an error."""

    def hangs(*_: object) -> None:
        raise AssertionError("the command hangs")

    def run(words: str) -> Said:
        capsys.readouterr()
        signal.alarm(60)
        code = main(words.split())
        signal.alarm(0)
        return Said(code, capsys.readouterr().err)

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SIM_DEBUG", raising=False)
    before = signal.signal(signal.SIGALRM, hangs)
    yield run
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("name", TEXTS)
def test_too_much_of_anything_is_refused(name: str, sim: Sim, tmp_path: Path) -> None:
    """Small giants, of 30 KB: exit code 2 and some words."""
    said = sim(TEXTS[name](tmp_path, 30_000))
    fits = ("a long text", "a CSV of rows", "pledges", "a comment", "a chain", "16 law", "changes")
    assert said.code == 2 or (said.code == 0 and name.startswith(fits)), said.err[:500]
    assert (0 < len(said.err) < MOST_WORDS) or said.code == 0
    assert "Traceback" not in said.err
    assert not (tmp_path / "results").exists() or said.code == 0


@pytest.mark.soak
@pytest.mark.parametrize("size", [990_000, 9_900_000, 19_900_000])
@pytest.mark.parametrize("name", TEXTS)
def test_giants_end_soon(name: str, size: int, tmp_path: Path) -> None:
    """Up to every limit and beyond: five processor seconds, a gibibyte, exit code 2."""
    done = ended(TEXTS[name](tmp_path, size).split(), tmp_path)
    assert done.code == 2, done
    assert 0 < len(done.err) < MOST_WORDS
    assert "Traceback" not in done.err
    assert done.seconds < SECONDS, done
    assert done.mebibytes < MEBIBYTES, done


SWEEP = "sweep small.toml --draws 16 --over inflows.psc_rate=0.1,0.2 --out grid.csv"
CALIBRATE = "calibrate --known-on 2022-06-30 --currencies USD --home EUR --rates rates.csv"
RESULT = "results/small"
PLACES = {
    "small.toml": ["run small.toml", "validate small.toml", "explain small.toml net_eur"],
    "lists.toml": ["validate child.toml"],
    "law.toml": ["validate child.toml"],
    "posts.csv": ["validate lists.toml"],
    "lists.xlsx": ["validate book.toml"],
    "rates.csv": [CALIBRATE],
    "actuals.toml": [f"hindsight {RESULT} --actuals actuals.toml"],
    f"{RESULT}/manifest.json": [
        f"show {RESULT}", "run small.toml --draws 16 --out results", f"verify {RESULT}",
        f"verify {RESULT}/manifest.json",
    ],
    f"{RESULT}/scenario.toml": [f"show {RESULT}", f"verify {RESULT}"],
    f"{RESULT}/summary.csv": [f"show {RESULT}", f"verify {RESULT}", f"verify {RESULT}/summary.csv"],
    f"{RESULT}/summary.parquet": [f"verify {RESULT}"],
    f"{RESULT}/draws.parquet": [f"export {RESULT} --to csv --out x.csv", f"verify {RESULT}"],
    f"{RESULT}.findings": [f"show {RESULT}", f"verify {RESULT}"],
    "results/runs.jsonl": ["runs", "verify results/runs.jsonl", "run small.toml"],
    RESULT: [f"show {RESULT}", f"verify {RESULT}", "run small.toml --draws 16"],
    "small.csv": ["verify small.csv", f"export {RESULT} --to csv --out small.csv"],
    "small.xlsx": ["verify small.xlsx"],
    "grid.csv.partial": [SWEEP],
    "grid.csv": [SWEEP],
}  # fmt: skip


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a good file of every kind."""
    folder = tmp_path_factory.mktemp("good")
    prepare(folder)
    return folder


@pytest.mark.parametrize("kind", ["a pipe", "a link to itself", "/dev/zero"])
@pytest.mark.parametrize("place", PLACES)
def test_what_is_no_file_is_not_waited_for(
    place: str, kind: str, sim: Sim, good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pipe, a circle of links or an endless device in the place of any file."""
    for number, words in enumerate(PLACES[place]):
        folder = tmp_path / str(number)
        shutil.copytree(good, folder)
        monkeypatch.chdir(folder)
        path = folder / place
        if path.is_dir():
            shutil.rmtree(path)
        path.unlink(missing_ok=True)
        NO_FILES[kind](path)
        said = sim(words)
        assert said.code in (0, 1, 2, 3), (words, said)
        assert "Traceback" not in said.err
        assert said.err or said.code in (0, 1), words
