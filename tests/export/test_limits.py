"""What a sheet holds is a limit handled on purpose: no row is ever lost without a word."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from reading import sheets

from simulator.errors import InputError
from simulator.render.workbook import draws as draws_module
from simulator.render.workbook.draws import MAX_DRAWS
from simulator.runs.export import ALL, ExportOptions, export
from simulator.store.result import Run


@pytest.fixture
def small_sheets(monkeypatch: pytest.MonkeyPatch) -> int:
    """Sheets that hold 200 draws."""
    monkeypatch.setattr(draws_module, "MAX_DRAWS", 200)
    return 200


def ask(tmp_path: Path, **options: Any) -> ExportOptions:
    """Options for a workbook in the test's folder."""
    return ExportOptions(to="xlsx", out=tmp_path / "x.xlsx", **options)


def test_a_sheet_holds_what_the_format_allows_and_a_heading() -> None:
    """1 048 576 rows, one of them the heading."""
    assert MAX_DRAWS == 1_048_575


def test_as_many_draws_as_a_sheet_holds_fit(
    small_run: Run, tmp_path: Path, small_sheets: int
) -> None:
    """The last one is there."""
    export([str(small_run.folder)], ask(tmp_path, draws=small_sheets))
    rows = sheets(tmp_path / "x.xlsx")["Draws"]
    assert len(rows) == small_sheets + 1
    assert rows[-1][0] == small_sheets - 1


@pytest.mark.parametrize("draws", [201, ALL])
def test_one_more_is_refused_with_the_ways_out(
    small_run: Run, tmp_path: Path, small_sheets: int, draws: int
) -> None:
    """Fewer draws, several sheets, CSV or the Parquet itself; and nothing is written."""
    with pytest.raises(InputError) as caught:
        export([str(small_run.folder)], ask(tmp_path, draws=draws))
    (problem,) = caught.value.problems
    assert problem.key == "--draws"
    assert f"at most {small_sheets} draws" in problem.wanted
    for way in ("--draws 200", "--split", "--to csv", "draws.parquet"):
        assert way in problem.remedy
    assert not (tmp_path / "x.xlsx").exists()


def test_several_sheets_hold_every_draw_once(
    small_run: Run, tmp_path: Path, small_sheets: int
) -> None:
    """With --split: 512 draws on three sheets, in order, none twice."""
    export([str(small_run.folder)], ask(tmp_path, draws=ALL, split=True))
    found = sheets(tmp_path / "x.xlsx")
    names = [name for name in found if name.startswith("Draws")]
    assert names == ["Draws 1", "Draws 2", "Draws 3"]
    numbers = [row[0] for name in names for row in found[name][1:]]
    assert numbers == list(range(512))
    values = [row[1] for name in names for row in found[name][1:]]
    assert values == small_run.column("contribution_eur.A", "2031").tolist()


def test_more_draws_than_there_are_is_refused(small_run: Run, tmp_path: Path) -> None:
    """Nothing is made up, and the remedy names how many there are."""
    with pytest.raises(InputError, match="--draws 512 or --draws all"):
        export([str(small_run.folder)], ask(tmp_path, draws=513))


def test_every_wrong_option_is_named_at_once(small_run: Run, tmp_path: Path) -> None:
    """Format, language, ending and options that would be ignored."""
    options = ExportOptions("xls", tmp_path / "x.doc", "de", excel_locale=True, split=True)
    with pytest.raises(InputError) as caught:
        export([str(small_run.folder)], options)
    assert [p.key for p in caught.value.problems] == ["--to", "--locale", "--split"]
    for options in (
        ExportOptions("xlsx", tmp_path / "x.csv"),
        ExportOptions("sipmath", excel_locale=True),
        ExportOptions("csv", tmp_path / "x.csv", split=True),
    ):
        with pytest.raises(InputError):
            export([str(small_run.folder)], options)


def test_a_file_that_exists_is_not_overwritten(small_run: Run, tmp_path: Path) -> None:
    """Unless that is meant; and a failure in between leaves the old file as it was."""
    options = ask(tmp_path)
    export([str(small_run.folder)], options)
    before = (tmp_path / "x.xlsx").read_bytes()
    with pytest.raises(InputError, match="--force"):
        export([str(small_run.folder)], options)
    export([str(small_run.folder)], ask(tmp_path, force=True))
    assert (tmp_path / "x.xlsx").read_bytes() == before


def test_a_failure_leaves_nothing_behind(
    small_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file is there whole or not at all."""
    from simulator.render.workbook import write

    def fail(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(write, "write_about", fail)
    with pytest.raises(KeyboardInterrupt):
        export([str(small_run.folder)], ask(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["results"]


@pytest.mark.soak
def test_a_full_sheet_is_written_and_read_back(
    result: Callable[..., Run], small: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """1 048 575 draws with their heading: first, last and number of rows; one more is refused."""
    run = result(small, draws=1_048_576)
    whole = draws_module.draw_columns
    monkeypatch.setattr(draws_module, "draw_columns", lambda stored: whole(stored)[:2])
    with pytest.raises(InputError):
        export([str(run.folder)], ask(tmp_path, draws=1_048_576))
    export([str(run.folder)], ask(tmp_path, draws=1_048_575))
    rows = sheets(tmp_path / "x.xlsx")["Draws"]
    assert len(rows) == 1_048_576
    values = run.column("contribution_eur.A", "2031")
    assert rows[1][1] == values[0]
    assert rows[-1][:2] == [1_048_574.0, values[1_048_574]]
