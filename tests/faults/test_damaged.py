"""Cut off, one bit flipped, or of an older version: told in words wherever a file is read."""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from artefacts import content
from ground import prepare

from simulator.cli import main
from simulator.runs import sweep as sweep_module

RESULT = "results/small"
SWEEP = "sweep small.toml --draws 16 --over inflows.psc_rate=0.1,0.12,0.14 --out grid.csv --quiet"
CALIBRATE = "calibrate --known-on 2022-06-30 --currencies USD --home EUR --rates"
READ = {
    "small.toml": "validate small.toml",
    "law.toml": "validate child.toml",
    "posts.csv": "validate lists.toml",
    "pledges.csv": "validate lists.toml",
    "lists.xlsx": "validate book.toml",
    "rates.csv": f"{CALIBRATE} rates.csv",
    "rates.xlsx": f"{CALIBRATE} rates.xlsx",
    "actuals.toml": f"hindsight {RESULT} --actuals actuals.toml",
    f"{RESULT}/manifest.json": f"show {RESULT}",
    f"{RESULT}/scenario.toml": f"show {RESULT}",
    f"{RESULT}/summary.csv": f"show {RESULT}",
    f"{RESULT}/summary.parquet": f"verify {RESULT}",
    f"{RESULT}/draws.parquet": f"export {RESULT} --to csv --out x.csv",
    f"{RESULT}/inputs.parquet": f"sensitivity {RESULT}",
    f"{RESULT}.findings/reserve.json": f"verify {RESULT}",
    "results/runs.jsonl": "runs",
    "small.csv": "verify small.csv",
    "small.xlsx": "verify small.xlsx",
    "grid.csv.partial": SWEEP,
}
WRITTEN = [name for name in READ if name.startswith(("results/", "small."))][1:]
"""Files that the program made, and can tell from what they were."""

Damage = Callable[[bytes, random.Random], bytes]


def _flipped(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(8 * len(data))
    return data[: at // 8] + bytes([data[at // 8] ^ 1 << at % 8]) + data[at // 8 + 1 :]


DAMAGES: dict[str, Damage] = {
    "empty": lambda data, chance: b"",
    "cut off": lambda data, chance: data[: chance.randrange(1, len(data))],
    "a bit flipped": _flipped,
}
OLDER = {
    "small.toml": (rb"\A", b"schema_version = 0\n"),
    f"{RESULT}/scenario.toml": (rb"\A", b"schema_version = 0\n"),
    f"{RESULT}/manifest.json": (rb'"schema_version": 1', b'"schema_version": 0'),
    f"{RESULT}.findings/reserve.json": (rb'"schema_version": \d+', b'"schema_version": 0'),
    f"{RESULT}/draws.parquet": (rb'"identity":"[0-9a-f]', b'"identity":"x'),
    "results/runs.jsonl": (rb'"program": "[^"]*"', b'"program": "0.0.1"'),
    "grid.csv.partial": (rb"\A[0-9a-f]{8}", b"00000000"),
}


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a good file of every kind, kept answers and a sweep that was stopped."""
    folder = tmp_path_factory.mktemp("good")
    prepare(folder)

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert main(f"reserve {RESULT} --keep".split()) == 0
        (kept,) = Path(f"{RESULT}.findings").iterdir()
        kept.rename(kept.with_name("reserve.json"))
        patch.setattr(sweep_module, "write_table", stop)
        assert main(SWEEP.split()) == 130
    assert all((folder / name).is_file() for name in READ)
    return folder


@pytest.fixture
def sim(
    good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[[str, bytes], tuple[int, str]]]:
    """Exit code and words of the command that reads a file, when it says something else."""
    folder = tmp_path / "here"
    shutil.copytree(good, folder)
    monkeypatch.chdir(folder)
    monkeypatch.delenv("SIM_DEBUG", raising=False)

    def run(name: str, data: bytes) -> tuple[int, str]:
        (folder / name).write_bytes(data)
        capsys.readouterr()
        code = main(READ[name].split())
        caught = capsys.readouterr()
        (folder / name).write_bytes((good / name).read_bytes())
        for made in ("x.csv", "grid.csv"):
            (folder / made).unlink(missing_ok=True)
        return code, caught.out + caught.err

    return run


ROUNDS = pytest.mark.parametrize("rounds", [1, pytest.param(60, marks=pytest.mark.soak)])


@ROUNDS
@pytest.mark.parametrize("name", READ)
def test_a_damaged_file_is_told(
    name: str, rounds: int, sim: Callable[[str, bytes], tuple[int, str]], good: Path
) -> None:
    """Words and an exit code below 4; what the program wrote itself is never taken for whole."""
    chance = random.Random(name)  # noqa: S311
    data = (good / name).read_bytes()
    for damage in [*DAMAGES.values()] * rounds:
        code, said = sim(name, damage(data, chance))
        assert code in (0, 1, 2, 3), said
        assert "Traceback" not in said
        assert said.strip() or code == 0
        if name in WRITTEN:
            assert code in (1, 2), (name, said)


@pytest.mark.parametrize("name", OLDER)
def test_a_file_of_an_older_version_is_told(
    name: str, sim: Callable[[str, bytes], tuple[int, str]], good: Path
) -> None:
    """What another version wrote is refused by what it says of itself, with the file's name."""
    old, new = OLDER[name]
    data = (good / name).read_bytes()
    changed = re.sub(old, new, data, count=1)
    assert changed != data
    code, said = sim(name, changed)
    assert code in (1, 2), said
    assert "Traceback" not in said
    assert Path(name).name.removesuffix(".partial") in said or "line 1" in said


def test_a_sweep_goes_on_only_with_what_is_whole(
    sim: Callable[[str, bytes], tuple[int, str]], good: Path, tmp_path: Path
) -> None:
    """Kept points that are cut off or flipped are made again: the table is the same bytes."""
    chance = random.Random(0)  # noqa: S311
    data = (good / "grid.csv.partial").read_bytes()
    tables = []
    for damage in (lambda data, _: data, *DAMAGES.values(), *DAMAGES.values()):
        Path("grid.csv.partial").write_bytes(damage(data, chance))
        code = main(SWEEP.split())
        if code == 0:
            tables.append(content(Path("grid.csv")))
            Path("grid.csv").unlink()
        else:
            assert code == 2  # its heading is not whole: it may be somebody else's
            Path("grid.csv.partial").unlink()
    assert len(tables) >= 5
    assert len(set(tables)) == 1
