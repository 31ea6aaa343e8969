"""CSV for programs and for spreadsheets: numbers always survive."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.render.csv_export import PROGRAM, Cell, spreadsheet, text_of
from simulator.runs.export import ALL, ExportOptions, export
from simulator.store.result import Run

COMMA = spreadsheet(",")


def rows_of(path: Path, delimiter: str = ",") -> list[list[str]]:
    """Rows of a CSV as a program reads them."""
    text = path.read_text(encoding="utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def test_a_program_reads_every_number_back_to_the_bit(small_run: Run, tmp_path: Path) -> None:
    """The summary, with the name of the result in front; nothing where there is no figure."""
    (path,) = export([str(small_run.folder)], ExportOptions("csv", tmp_path / "x.csv")).files
    heads, *rows = rows_of(path)
    assert heads[:3] == ["result", "output", "period"]
    stored = small_run.summary()
    assert len(rows) == len(stored)
    for row, one in zip(rows, stored, strict=True):
        assert row[0] == "small"
        assert (row[1], row[2], row[3], row[4]) == (
            one.output,
            one.period,
            one.stage,
            one.statistic,
        )
        assert float(row[5]) == one.value
        assert (
            row[6] == "" if math.isnan(one.standard_error) else float(row[6]) == one.standard_error
        )
    assert not path.read_bytes().startswith(b"\xef\xbb\xbf")


def test_draws_stand_in_a_file_beside(small_run: Run, tmp_path: Path) -> None:
    """A row a draw and period, every output, in draw order and with all bits."""
    options = ExportOptions("csv", tmp_path / "x.csv", draws=ALL)
    _, path = export([str(small_run.folder)], options).files
    assert path.name == "x-draws.csv"
    heads, *rows = rows_of(path)
    place = heads.index("contribution_usd.A")
    for period in small_run.periods:
        found = [float(row[place]) for row in rows if row[2] == period]
        assert found == small_run.column("contribution_usd.A", period).tolist()
    assert len(rows) == 512 * 3


def test_results_that_differ_in_outputs_share_a_file(
    small_run: Run, result: Callable[..., Run], varied: Any, tmp_path: Path
) -> None:
    """What a result has not is left empty."""
    other = result(
        varied(name="other", **{"lines.books": {"kind": "non_posts", "appropriation": 1}})
    )
    folders = [str(small_run.folder), str(other.folder)]
    _, path = export(folders, ExportOptions("csv", tmp_path / "x.csv", draws=3)).files
    heads, *rows = rows_of(path)
    place = heads.index("line_eur.books")
    assert {row[place] == "" for row in rows if row[0] == "small"} == {True}
    assert {row[place] == "" for row in rows if row[0] == "other"} == {False}
    assert len(rows) == 2 * 3 * 3


def test_a_spreadsheet_of_the_place_gets_its_own_marks(small_run: Run, tmp_path: Path) -> None:
    """Semicolon, decimal comma and byte order mark; a decimal point where that is the custom."""
    for locale, mark in (("en", ","), ("fr", ","), ("es", ","), ("de-CH", "."), ("zh", ".")):
        options = ExportOptions("csv", tmp_path / f"{locale}.csv", locale, excel_locale=True)
        (path,) = export([str(small_run.folder)], options).files
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")
        heads, *rows = rows_of(path, ";")
        place = heads.index("value")
        for row, one in zip(rows, small_run.summary(), strict=True):
            other = "." if mark == "," else ","
            assert other not in row[place]
            assert float(row[place].replace(mark, ".")) == pytest.approx(one.value, rel=1e-14)


@given(st.floats(-1e300, 1e300))
def test_any_number_survives(value: float) -> None:
    """To the bit for programs, to the fifteen digits a spreadsheet keeps for spreadsheets."""
    assert float(PROGRAM.cell(value)) == value
    text = COMMA.cell(value)
    assert ";" not in text
    assert float(text.replace(",", ".")) == pytest.approx(value, rel=1e-14, abs=0)


@given(st.text(), st.text())
def test_any_text_survives(one: str, two: str) -> None:
    """Quotes, line ends and separators inside a text split no row."""
    rows: list[list[Cell]] = [[one, two, 1.5]]
    clean = all(ord(char) not in (0, 10, 13) for char in one + two)
    for flavour in (PROGRAM, COMMA):
        text = text_of(rows, flavour)
        if clean:
            (row,) = csv.reader(io.StringIO(text, newline=""), delimiter=flavour.delimiter)
            assert [cell.removeprefix("'") for cell in row[:2]] == [
                cell.removeprefix("'") for cell in (one, two)
            ]


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1", "-2+3", "@SUM(1)", "\t=1"])
def test_text_is_no_formula_in_a_spreadsheet(text: str) -> None:
    """It is marked as text there, and left as it is for programs."""
    assert COMMA.cell(text) == f"'{text}"
    assert PROGRAM.cell(text) == text
    assert COMMA.cell(-2.5) == "-2,5"


@pytest.mark.parametrize("locale", ["en", "fr", "de-CH"])
def test_a_round_trip_through_a_spreadsheet_changes_no_number(
    small_run: Run, tmp_path: Path, office: Callable[..., Path], locale: str
) -> None:
    """CSV → LibreOffice of the place → CSV: every number is the same."""
    options = ExportOptions("csv", tmp_path / "x.csv", locale, excel_locale=True)
    (path,) = export([str(small_run.folder)], options).files
    lcid = {"en": "1036", "fr": "1036", "de-CH": "2055"}[locale]  # en: with the usual comma
    infilter = f"CSV:59,34,76,1,,{lcid},false,false"
    # As stored and not as shown: 59 is the semicolon, 76 is UTF-8.
    kind = "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,false,false"
    back = office(path, kind, tmp_path / "out", f"--infilter={infilter}")
    before, after = rows_of(path, ";"), rows_of(back, ";")
    assert len(before) == len(after)
    place = before[0].index("value")
    for old, new in zip(before[1:], after[1:], strict=True):
        for i in (place, place + 1):
            assert as_number(new[i]) == as_number(old[i])


def as_number(text: str) -> float:
    """A number with either mark; NaN becomes a word, so that it equals itself."""
    return float(text.replace(",", ".")) if text else math.inf
