"""The ledger: nothing is lost when many write, and nothing is changed unseen."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.errors import EnvironmentFault, InputError
from simulator.store.ledger import LEDGER, append, entries

WRITER = """
import sys
from pathlib import Path
from simulator.store.ledger import append
for number in range(int(sys.argv[3])):
    append(Path(sys.argv[1]), {"writer": int(sys.argv[2]), "number": number})
"""


def damages(path: Path) -> list[str]:
    """What is wrong with each line, "" where nothing is."""
    return [entry.damage for entry in entries(path)]


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """Four lines, with letters of several languages."""
    path = tmp_path / LEDGER
    for scenario in ("base", "été", "基准", 'a "b"\n'):
        append(path, {"what": "run", "scenario": scenario, "seconds": 0.1})
    return path


def test_records_are_read_back(ledger: Path) -> None:
    """As they were given, in order, one line each."""
    found = list(entries(ledger))
    assert [entry.record["scenario"] for entry in found] == ["base", "été", "基准", 'a "b"\n']
    assert [entry.number for entry in found] == [1, 2, 3, 4]
    assert damages(ledger) == [""] * 4
    assert len(ledger.read_bytes().splitlines()) == 4


def test_no_ledger_has_no_lines(tmp_path: Path) -> None:
    """A folder of results without runs."""
    assert list(entries(tmp_path / LEDGER)) == []


@given(data=st.data())
def test_a_flipped_bit_is_found(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Wherever it is, in the line itself or in the next one's memory of it."""
    path = tmp_path_factory.mktemp("ledger") / LEDGER
    for number in range(3):
        append(path, {"number": number})
    text = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, 8 * len(text) - 1))
    text[at // 8] ^= 1 << at % 8
    path.write_bytes(text)
    assert any(damages(path))


@pytest.mark.parametrize("dropped", [0, 1, 2])
def test_a_dropped_line_is_found(ledger: Path, dropped: int) -> None:
    """The line after it tells; only of the last lines nobody can tell that they were there."""
    lines = ledger.read_bytes().splitlines(keepends=True)
    del lines[dropped]
    ledger.write_bytes(b"".join(lines))
    wrong = [number for number, damage in enumerate(damages(ledger)) if damage]
    assert wrong == [dropped]


def test_exchanged_lines_are_found(ledger: Path) -> None:
    """Each is whole, but stands in another's place."""
    first, second, *rest = ledger.read_bytes().splitlines(keepends=True)
    ledger.write_bytes(b"".join([second, first, *rest]))
    assert damages(ledger)[:3] == ["what stood before this line is not what stands there"] * 3


def test_a_torn_line_spoils_no_other(ledger: Path) -> None:
    """A writer stopped in the middle of a line; the next one begins a line of its own."""
    text = ledger.read_bytes()
    ledger.write_bytes(text[:-10])
    append(ledger, {"scenario": "after"})
    found = list(entries(ledger))
    assert [bool(entry.damage) for entry in found] == [False, False, False, True, False]
    assert found[-1].record == {"scenario": "after"}


@pytest.mark.parametrize(
    "line", [b"\n", b"[]\n", b"\0" * 50 + b"\n", b'{"check": 1}\n', b"[" * 9999]
)
def test_a_line_of_something_else_is_named(ledger: Path, line: bytes) -> None:
    """No exception, whatever stands there."""
    with ledger.open("ab") as file:
        file.write(line)
    assert [bool(damage) for damage in damages(ledger)] == [False] * 4 + [True]


def test_a_long_last_line_is_remembered(tmp_path: Path) -> None:
    """Longer than the piece that is read from the end at a time."""
    path = tmp_path / LEDGER
    append(path, {"text": "x" * 200_000})
    append(path, {"text": "y"})
    assert damages(path) == ["", ""]


def test_eight_writers_lose_nothing(tmp_path: Path) -> None:
    """Every line of every process is there, whole, and in each process's order."""
    path, lines = tmp_path / LEDGER, 25
    command = [sys.executable, "-c", WRITER, str(path)]
    writers = [subprocess.Popen([*command, str(number), str(lines)]) for number in range(8)]
    assert [writer.wait() for writer in writers] == [0] * 8
    found = list(entries(path))
    assert [entry.damage for entry in found] == [""] * (8 * lines)
    for number in range(8):
        own = [e.record["number"] for e in found if e.record["writer"] == number]
        assert own == list(range(lines))


def test_a_full_disk_is_told(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the file and what it was wanted for; half a line is taken back."""

    def full(file: IO[bytes], line: bytes) -> None:
        file.write(line[:9])
        raise OSError(errno.ENOSPC, "No space left on device")

    before = ledger.read_bytes()
    monkeypatch.setattr("simulator.store.ledger._write", full)
    with pytest.raises(EnvironmentFault, match="write down the run: the disk is full"):
        append(ledger, {"number": 1})
    assert ledger.read_bytes() == before


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """What is no file is refused before it is opened."""
    os.mkfifo(tmp_path / LEDGER)
    with pytest.raises(InputError, match="not a regular file"):
        append(tmp_path / LEDGER, {"number": 1})
    with pytest.raises(InputError, match="not a regular file"):
        list(entries(tmp_path / LEDGER))


def test_a_line_is_json(ledger: Path) -> None:
    """For other programs: an object a line, without escapes for letters."""
    lines = ledger.read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[1])["scenario"] == "été"
    assert "基准" in lines[2]
    assert os.linesep not in lines[0]
