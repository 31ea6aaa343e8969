"""`sim verify` and `sim runs`: whatever was changed, wherever, is found and named."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from simulator.errors import InputError
from simulator.findings import Finding, Sentence
from simulator.runs.export import ExportOptions, export
from simulator.runs.options import RunOptions
from simulator.runs.plot import PlotOptions, plot
from simulator.runs.run import run_file
from simulator.runs.verify import Check, verify
from simulator.scenario.fingerprint import to_toml
from simulator.scenario.model import Scenario
from simulator.store.findings import keep
from simulator.store.ledger import LEDGER, entries
from simulator.store.manifest import read_manifest

FILES = ("draws.parquet", "inputs.parquet", "summary.parquet", "summary.csv", "scenario.toml")


@pytest.fixture
def result(tmp_path: Path, small: Scenario) -> Path:
    """A result of the small budget, with few draws, in a folder of results."""
    path = tmp_path / "small.toml"
    path.write_text(to_toml(small), encoding="utf-8")
    run_file(path, RunOptions(out=tmp_path / "results", draws=512))
    return tmp_path / "results" / "small"


def wrong(checks: list[Check]) -> list[str]:
    """What differs."""
    return [check.about for check in checks if check.holds is False]


def flipped(path: Path, chance: random.Random) -> None:
    """One bit of a file, anywhere."""
    data = bytearray(path.read_bytes())
    at = chance.randrange(8 * len(data))
    data[at // 8] ^= 1 << at % 8
    path.write_bytes(data)


def test_a_result_is_as_it_was_written(result: Path) -> None:
    """Every file is looked at, and its contents."""
    checks = verify(result)
    assert wrong(checks) == []
    assert {check.about for check in checks} >= {"manifest.json", *FILES, "scenario", "summary"}


def test_a_result_comes_to_the_same_bytes_again(result: Path) -> None:
    """With --replay: every file."""
    checks = verify(result, replay=True)
    assert wrong(checks) == []
    replayed = [check for check in checks if check.about.startswith("replay of ")]
    assert {check.about.removeprefix("replay of ") for check in replayed} == set(FILES)
    assert all(check.holds for check in replayed)


@pytest.mark.parametrize("name", ["manifest.json", *FILES])
def test_a_flipped_bit_of_a_result_is_found(result: Path, name: str) -> None:
    """Twenty places in each file; the file is named."""
    path, chance = result / name, random.Random(name)  # noqa: S311
    whole = path.read_bytes()
    for _ in range(20):
        flipped(path, chance)
        assert name in wrong(verify(result))
        path.write_bytes(whole)
    assert wrong(verify(result)) == []


@pytest.mark.parametrize("name", ["manifest.json", *FILES])
def test_a_missing_file_is_found(result: Path, name: str) -> None:
    """A folder without its manifest is not a result."""
    (result / name).unlink()
    assert name in wrong(verify(result))


def test_a_changed_scenario_under_a_new_manifest_is_found(result: Path) -> None:
    """Checksums mended by hand do not help: fingerprint and identity follow from the scenario."""
    text = (result / "scenario.toml").read_text(encoding="utf-8")
    (result / "scenario.toml").write_text(text.replace("0.92", "0.93"), encoding="utf-8")
    mended(result, "scenario.toml")
    assert wrong(verify(result)) == ["scenario"]


def test_exchanged_draws_under_a_new_manifest_are_found(result: Path, tmp_path: Path) -> None:
    """The file of another run says so itself."""
    path = tmp_path / "small.toml"
    run_file(path, RunOptions(out=tmp_path / "others", draws=512, seed=5))
    shutil.copy(tmp_path / "others" / "small" / "draws.parquet", result)
    mended(result, "draws.parquet")
    assert wrong(verify(result)) == ["contents of draws.parquet"]


def test_changed_numbers_under_a_new_manifest_are_found_by_a_replay(result: Path) -> None:
    """Both summaries changed alike, and the manifest after them: only the draws know."""
    from simulator.store.summary import (
        read_summary_csv,
        write_summary_csv,
        write_summary_parquet,
    )

    manifest = read_manifest(result)
    rows = list(read_summary_csv(result / "summary.csv"))
    rows[0] = replace(rows[0], value=rows[0].value + 1)
    for name in ("summary.csv", "summary.parquet"):
        (result / name).unlink()
    write_summary_csv(result / "summary.csv", rows)
    write_summary_parquet(result / "summary.parquet", rows, {"identity": manifest.identity})
    mended(result, "summary.csv")
    mended(result, "summary.parquet")
    assert wrong(verify(result)) == []
    assert "replay of summary.csv" in wrong(verify(result, replay=True))


def mended(result: Path, name: str) -> None:
    """The manifest as somebody would write it who knows what it looks like."""
    from simulator.store.sink import hash_of

    manifest = read_manifest(result)
    path = result / name
    file = replace(manifest.files[name], sha256=hash_of(path), size=path.stat().st_size)
    other = replace(manifest, files={**manifest.files, name: file})
    (result / "manifest.json").write_text(other.to_json(), encoding="utf-8")


@pytest.fixture
def made(result: Path, tmp_path: Path) -> Callable[[str], Path]:
    """Files of each kind, made from the result."""

    def make(kind: str) -> Path:
        if kind == "svg":
            pytest.importorskip("vl_convert")
            return plot([str(result)], PlotOptions(out=tmp_path / "fan.svg"))
        ending = {"sipmath": "json"}.get(kind, kind)
        options = ExportOptions(kind, out=tmp_path / f"small.{ending}", draws=10)
        return export([str(result)], options).files[0]

    return make


@pytest.mark.parametrize("kind", ["xlsx", "csv", "sipmath", "svg"])
def test_what_was_made_from_a_result_is_known(
    made: Callable[[str], Path], result: Path, kind: str
) -> None:
    """By the ledger beside the result; a change of one bit is found with and without it."""
    path, ledger, chance = made(kind), result.parent / LEDGER, random.Random(kind)  # noqa: S311
    identity = read_manifest(result).identity[:16]
    assert wrong(verify(path, ledger=ledger)) == []
    assert any(identity in check.words for check in verify(path, ledger=ledger))
    whole = path.read_bytes()
    for _ in range(20):
        flipped(path, chance)
        assert wrong(verify(path, ledger=ledger))
        path.write_bytes(whole)


@pytest.mark.parametrize("kind", ["xlsx", "svg"])
def test_a_sealed_file_needs_no_ledger(
    made: Callable[[str], Path], tmp_path: Path, kind: str
) -> None:
    """It was sent to somebody who has nothing else."""
    path = made(kind)
    checks = verify(path, ledger=tmp_path / "nowhere.jsonl")
    assert [check.holds for check in checks] == [True]


def test_a_file_without_seal_and_ledger_is_not_vouched_for(
    made: Callable[[str], Path], tmp_path: Path
) -> None:
    """What nothing is known of is not whole; the words say what is wanted."""
    (check,) = verify(made("csv"), ledger=tmp_path / "nowhere.jsonl")
    assert check.holds is False
    assert "--ledger" in check.words


def test_one_file_of_a_result_is_verified_by_its_manifest(result: Path) -> None:
    """Named by itself, changed, or put there by somebody."""
    assert wrong(verify(result / "summary.csv")) == []
    flipped(result / "summary.csv", random.Random(3))  # noqa: S311
    assert wrong(verify(result / "summary.csv")) == ["summary.csv"]
    (result / "more.csv").write_text("1\n", encoding="utf-8")
    assert wrong(verify(result / "more.csv")) == ["more.csv"]


def test_an_answer_kept_beside_a_result_is_looked_at(result: Path) -> None:
    """Twenty flipped bits; also those that leave it JSON."""
    sentence = Sentence("It is {much:amount}, {who}.", {"much": 31_000_000.0, "who": "they"})
    fingerprint = read_manifest(result).fingerprint
    finding = Finding("solve", "", "What it is", (sentence,), (), "small", fingerprint, 1, 0)
    path, chance = keep(result, finding), random.Random(5)  # noqa: S311
    assert wrong(verify(result)) == []
    whole = path.read_bytes()
    for _ in range(20):
        flipped(path, chance)
        assert wrong(verify(result)) == ["small.findings/solve.json"]
        path.write_bytes(whole)


def test_what_cannot_be_verified_is_refused(tmp_path: Path, result: Path) -> None:
    """Nothing there; a replay of a file."""
    with pytest.raises(InputError, match="there is none"):
        verify(tmp_path / "nothing")
    with pytest.raises(InputError, match="result folder is wanted"):
        verify(result / "draws.parquet", replay=True)


def test_runs_are_listed(sim: Any, result: Path) -> None:
    """Each run a line, those found up to date too, and files apart."""
    assert sim("run", "small.toml", "--draws", "512", "--quiet").code == 0
    export([str(result)], ExportOptions("csv", out=result.parent / "small.csv"))
    said = sim("runs")
    assert said.code == 0
    lines = said.out.splitlines()
    assert len(lines) == 2
    assert lines[1].endswith("up to date")
    assert "small.csv" in sim("runs", "--files").out
    records = [json.loads(line) for line in sim("runs", "--json").out.splitlines()]
    assert {record["identity"] for record in records} == {read_manifest(result).identity}
    assert len(sim("runs", "--last", "1").out.splitlines()) == 1
    assert sim("runs", "--scenario", "other").out == ""
    assert sim("runs", "--since", "9999-01-01").out == ""


def test_a_damaged_ledger_is_told_and_read_on(sim: Any, result: Path) -> None:
    """Exit code 1, the line is named, the whole ones are shown."""
    ledger = result.parent / LEDGER
    text = ledger.read_bytes()
    ledger.write_bytes(text.replace(b'"seed"', b'"seeds"') + text)
    said = sim("runs")
    assert said.code == 1
    assert "runs.jsonl:1: the line is not as it was written" in said.err
    assert [entry.damage != "" for entry in entries(ledger)] == [True, True]


def test_verify_says_what_differs(sim: Any, result: Path) -> None:
    """Exit code 0 or 1, words, or JSON."""
    said = sim("verify", "small")
    assert said.code == 0
    assert "DIFFERS" not in said.out
    flipped(result / "draws.parquet", random.Random(1))  # noqa: S311
    said = sim("verify", "small", "--json")
    assert said.code == 1
    assert "not as written: results/small" in said.err
    document = json.loads(said.out)
    assert document["whole"] is False
    assert "draws.parquet" in [c["about"] for c in document["checks"] if c["holds"] is False]


@pytest.mark.soak
def test_a_thousand_flipped_bits_are_found(made: Callable[[str], Path], result: Path) -> None:
    """In every file of a result, and in files of each kind made from it."""
    chance, ledger = random.Random(7), result.parent / LEDGER  # noqa: S311
    places = [(result / name, result) for name in ("manifest.json", *FILES)]
    for kind in ("xlsx", "csv", "sipmath", "svg"):
        path = made(kind)
        places.append((path, path))
    for _ in range(1000):
        path, asked = chance.choice(places)
        whole = path.read_bytes()
        flipped(path, chance)
        assert wrong(verify(asked, ledger=ledger)), path
        path.write_bytes(whole)


@pytest.mark.parametrize("ending", ["xlsx", "md", "csv", "parquet", "json"])
def test_a_comparison_is_known(sim: Any, result: Path, small: Scenario, ending: str) -> None:
    """By its seal where it can carry one, and by the ledger of the baseline's folder."""
    other = small.model_copy(update={"name": "other"})
    Path("other.toml").write_text(to_toml(other), encoding="utf-8")
    run_file(Path("other.toml"), RunOptions(out=Path("results"), draws=512))
    assert sim("compare", "small", "other", "--out", f"c.{ending}", "--no-drivers").code == 0
    path, ledger = Path(f"c.{ending}"), result.parent / LEDGER
    checks = verify(path, ledger=ledger)
    assert wrong(checks) == []
    for name in ("small", "other"):
        identity = read_manifest(Path("results") / name).identity[:16]
        assert any(identity in check.words for check in checks)
    flipped(path, random.Random(ending))  # noqa: S311
    assert wrong(verify(path, ledger=ledger))
