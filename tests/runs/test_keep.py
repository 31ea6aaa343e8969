"""`--keep summary`: the statistics of a run without its draws."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulator.cli import main
from simulator.errors import InputError
from simulator.runs.run import RunOptions, read_run, run_file, write_run
from simulator.runs.verify import verify
from simulator.scenario.model import Scenario
from simulator.store.folder import MANIFEST, SCENARIO, SUMMARY, SUMMARY_CSV
from simulator.store.manifest import Manifest

Hashes = Callable[[Path], dict[str, str]]


@pytest.fixture
def kept(small_file: Path, tmp_path: Path) -> Path:
    """A result of statistics only."""
    return run_file(small_file, RunOptions(out=tmp_path / "results", keep="summary")).folder


def test_the_statistics_are_those_of_a_whole_result(
    small: Scenario, kept: Path, tmp_path: Path, hashes: Hashes
) -> None:
    """Bit for bit; the manifest says that the draws were not kept, and `verify` agrees."""
    write_run(small, tmp_path / "small")
    whole, found = hashes(tmp_path / "small"), hashes(kept)
    assert found == {name: whole[name] for name in (SUMMARY, SUMMARY_CSV, SCENARIO)}
    manifest = read_run(kept).manifest
    assert (manifest.keep, sorted(manifest.files)) == ("summary", sorted(found))
    assert Manifest.from_json(manifest.to_json()) == manifest
    assert [check for check in verify(kept, replay=True) if not check.holds] == []


def test_draws_that_were_not_kept_are_refused(kept: Path) -> None:
    """Wherever they are asked for, with a remedy."""
    run = read_run(kept)
    for ask in (
        run.columns,
        run.input_columns,
        lambda: run.column("net_eur"),
        lambda: next(run.chunks("net_eur")),
        lambda: run.inputs("inflation.euro[2031]"),
    ):
        with pytest.raises(InputError, match="made with --keep summary\n    → run it again with"):
            ask()


@pytest.mark.parametrize(
    "command",
    [
        ["compare", "{}", "{}"],
        ["reserve", "{}"],
        ["support", "{}"],
        ["report", "{}"],
        ["plot", "{}"],
        ["explain", "{}", "net_eur", "--draw", "3"],
        ["export", "{}", "--to", "xlsx"],
        ["export", "{}", "--to", "csv", "--draws", "10"],
        ["export", "{}", "--to", "sipmath"],
    ],
)
def test_commands_that_need_draws_say_so(
    kept: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: list[str],
) -> None:
    """Exit code 2 and a remedy, and no file is left."""
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    assert main([part.format(kept) for part in command]) == 2, capsys.readouterr()
    assert "→ run it again with --keep all" in capsys.readouterr().err
    assert sorted(tmp_path.rglob("*")) == before


def test_what_needs_none_works(
    kept: Path, small_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Showing, explaining the central case, and exporting the summary."""
    assert main(["show", str(kept)]) == 0
    assert main(["explain", str(kept), "net_eur"]) == 0
    out = kept.parent / "summary.csv"
    assert main(["export", str(kept), "--to", "csv", "--out", str(out)]) == 0
    assert out.exists()
    assert capsys.readouterr().out


def test_up_to_date_knows_the_difference(small: Scenario, tmp_path: Path) -> None:
    """A summary does not stand for draws; draws come with their summary, and are not lost."""
    folder = tmp_path / "small"
    assert not write_run(small, folder, keep="summary").up_to_date
    assert write_run(small, folder, keep="summary").up_to_date
    assert not write_run(small, folder).up_to_date
    assert write_run(small, folder, keep="summary").up_to_date
    assert read_run(folder).has_draws
    assert not write_run(small, folder, keep="summary", force=True).up_to_date
    assert not read_run(folder).has_draws


def test_no_other_choice(small: Scenario, tmp_path: Path) -> None:
    """It is named before anything is made."""
    with pytest.raises(InputError, match=r"--keep: all or summary is wanted \(found draws\)"):
        write_run(small, tmp_path / "small", keep="draws")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("value", ["all", "draws", 1, None])
def test_a_manifest_with_another_word_is_refused(kept: Path, value: Any) -> None:
    """It is no manifest of ours."""
    import json

    path = kept / MANIFEST
    document = json.loads(path.read_text())
    document["keep"] = value
    with pytest.raises(InputError, match="keep"):
        Manifest.from_json(json.dumps(document))
