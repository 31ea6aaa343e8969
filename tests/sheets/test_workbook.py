"""Workbooks as grids of cells: what is read, what is refused, and that nothing harms."""

from __future__ import annotations

import datetime as dt
import sys
import zipfile
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from xlsxwriter import Workbook

from simulator.errors import EnvironmentFault, InputError, Problem
from simulator.sheets import package as package_module
from simulator.sheets.grid import Fault, Grid, letters, split_reference
from simulator.sheets.package import column_of
from simulator.sheets.workbook import read_workbook


@pytest.fixture
def grid(tmp_path: Path) -> Callable[..., Grid]:
    """The grid of a workbook that a function writes; `sheet` is the one to read."""

    def read(write: Callable[[Any], None], sheet: str = "") -> Grid:
        path = tmp_path / "list.xlsx"
        with Workbook(path) as book:
            write(book)
        return read_workbook(path, "list.xlsx", sheet)

    return read


def one(found: InputError) -> Problem:
    (problem,) = found.problems
    return problem


def test_cells_keep_their_type_and_place(grid: Callable[..., Grid]) -> None:
    """Text, exact numbers, truth and days; rows and columns that hold nothing fall out."""

    def write(book: Any) -> None:
        sheet = book.add_worksheet("Posts")
        sheet.write_row(2, 1, ["office", "posts", "", "new", "since"])
        sheet.write_row(4, 1, [" Here ", 0.1, "", True])
        sheet.write_datetime(4, 5, dt.date(2031, 1, 31), book.add_format({"num_format": 14}))
        sheet.write_row(5, 1, ["There", 1e21, "", False])
        sheet.write_number(5, 5, 0.05, book.add_format({"num_format": "0%"}))

    found = grid(write)
    assert found.sheet == "Posts"
    assert found.columns == (2, 3, 5, 6)
    assert [(line.number, line.cells) for line in found.lines] == [
        (3, ("office", "posts", "new", "since")),
        (5, ("Here", Decimal("0.1"), True, dt.date(2031, 1, 31))),
        (6, ("There", Decimal("1e21"), False, Decimal("0.05"))),
    ]
    assert found.problems == []


def test_cells_without_a_value_are_faults(grid: Callable[..., Grid]) -> None:
    """Errors, formulas without a result and times; a formula with its result is its result."""

    def write(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["a", "b", "c", "d", "e"])
        sheet.write_formula(1, 0, "=NA()", None, "#N/A")
        sheet.write_formula(1, 1, "=1+1", None, "")
        sheet.write_formula(1, 2, "=1+1", None, 2)
        sheet.write_number(1, 3, 47849.5, book.add_format({"num_format": 22}))
        sheet.write_formula(3, 4, "=1/0", None, "#DIV/0!")

    found = grid(write)
    error, formula, two, time, _ = found.lines[1].cells
    assert isinstance(error, Fault)
    assert (error.shown, error.wanted) == ("#N/A", "a value is wanted, this is an error")
    assert isinstance(formula, Fault)
    assert "none is stored" in formula.wanted
    assert two == Decimal(2)
    assert isinstance(time, Fault)
    assert "this is a time" in time.wanted
    assert found.lines[2].number == 4
    assert isinstance(found.lines[2].cells[4], Fault)


def test_merged_cells_are_problems(grid: Callable[..., Grid]) -> None:
    """A title above, a header or rows: each range with its cells."""

    def write(book: Any) -> None:
        sheet = book.add_worksheet("L")
        sheet.merge_range(0, 0, 0, 1, "office")
        sheet.write(1, 1, 5)
        sheet.merge_range(1, 0, 2, 0, "Here")
        sheet.write(2, 1, 6)

    problems = grid(write).problems
    assert [(problem.key, problem.line) for problem in problems] == [
        ("sheet L, cell A1 to B1", 1), ("sheet L, cell A2 to A3", 2),
    ]  # fmt: skip
    assert "cells of the header are merged" in problems[0].wanted


def test_a_sheet_is_named_or_the_first_that_shows(grid: Callable[..., Grid]) -> None:
    """Capitals do not matter; an unknown name gives the nearest."""

    def write(book: Any) -> None:
        for name in ("Hidden", "Posts", "Changes"):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["name", name])
        book.get_worksheet_by_name("Posts").activate()
        book.get_worksheet_by_name("Posts").set_first_sheet()
        book.get_worksheet_by_name("Hidden").hide()

    assert grid(write).sheet == "Posts"
    assert grid(write, "changes").lines[0].cells == ("name", "Changes")
    with pytest.raises(InputError) as caught:
        grid(write, "Chnges")
    assert one(caught.value).key == "sheet Chnges"
    assert one(caught.value).remedy == "did you mean 'Changes'?"


def test_an_empty_sheet_is_refused(grid: Callable[..., Grid]) -> None:
    """With the name of the sheet."""
    with pytest.raises(InputError, match="the sheet is empty"):
        grid(lambda book: book.add_worksheet())


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [(50_001, 0, "at most 50000 rows"), (1_048_575, 16_383, "at most 50000 rows"),
     (5, 100, "at most 100 columns")],
)  # fmt: skip
def test_a_sheet_too_large_is_refused_before_it_is_read(
    grid: Callable[..., Grid], row: int, column: int, words: str
) -> None:
    """One cell far out would make a table of billions; its place is told."""

    def write(book: Any) -> None:
        sheet = book.add_worksheet("L")
        sheet.write(0, 0, "office")
        sheet.write(row, column, 1)

    with pytest.raises(InputError) as caught:
        grid(write)
    assert words in one(caught.value).wanted
    assert one(caught.value).key == f"sheet L, cell {letters(column + 1)}{row + 1}"


def test_formats_far_out_are_no_cells(grid: Callable[..., Grid]) -> None:
    """A formatted empty cell in the last row holds nothing."""

    def write(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["a", "b"])
        sheet.write_blank(1_048_575, 16_383, None, book.add_format({"bold": True}))

    assert len(grid(write).lines) == 1


def test_a_zip_bomb_is_refused_by_its_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sizes are compared before anything is unpacked; untrue sizes fail their checksum."""
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 3_000_000)
    monkeypatch.setattr(package_module, "MAX_UNPACKED", 2_000_000)
    with pytest.raises(InputError, match="at most 2 MB when unpacked is wanted"):
        read_workbook(path, "bomb.xlsx")
    data = path.read_bytes()
    size = (3_000_000).to_bytes(4, "little")
    assert data.count(size) == 2
    path.write_bytes(data.replace(size, (1000).to_bytes(4, "little")))
    with pytest.raises(InputError, match="damaged"):
        read_workbook(path, "bomb.xlsx")


def test_a_declared_document_type_is_refused(grid: Callable[..., Grid], tmp_path: Path) -> None:
    """Entities that expand are never looked at."""
    grid(lambda book: book.add_worksheet().write(0, 0, "x"))
    source, target = tmp_path / "list.xlsx", tmp_path / "dtd.xlsx"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for part in old.namelist():
            content = old.read(part)
            if part.startswith("xl/worksheets/"):
                content = content.replace(
                    b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "a">]><worksheet'
                )
            new.writestr(part, content)
    with pytest.raises(InputError, match=r"damaged|cannot be read"):
        read_workbook(target, "dtd.xlsx")


@pytest.mark.parametrize(
    "content", [b"", b"office,posts\n", b"\xd0\xcf\x11\xe0 old", b"PK\x03\x04 not a zip", b"PK"]
)
def test_what_is_no_workbook_is_told_so(tmp_path: Path, content: bytes) -> None:
    """A CSV by another name, an old or encrypted workbook, a broken download."""
    path = tmp_path / "x.xlsx"
    path.write_bytes(content)
    with pytest.raises(InputError, match="workbook"):
        read_workbook(path, "x.xlsx")


def test_any_damage_is_a_problem_and_never_a_crash(tmp_path: Path) -> None:
    """Every part of a workbook removed, emptied, garbled or in no known encoding, in turn."""
    path, hurt = tmp_path / "good.xlsx", tmp_path / "hurt.xlsx"
    with Workbook(path) as book:
        book.add_worksheet("L").write_row(0, 0, ["a", 1])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for name in parts:
        unknown = parts[name].replace(b"UTF-8", b"UTF-none")
        for content in (None, b"", b"<a><b></a>", parts[name][: len(parts[name]) // 2], unknown):
            with zipfile.ZipFile(hurt, "w") as archive:
                for other, whole in parts.items():
                    if other != name or content is not None:
                        archive.writestr(other, content if other == name else whole)
            with suppress(InputError):
                read_workbook(hurt, "hurt.xlsx")


@pytest.mark.parametrize("name", ["x.xls", "x.ods", "x.xlsm"])
def test_other_kinds_are_refused_by_name(tmp_path: Path, name: str) -> None:
    """Old, open and macro workbooks: save as .xlsx."""
    with pytest.raises(InputError, match=r"save it as \.xlsx"):
        read_workbook(tmp_path / name, name)


def test_without_the_extra_the_remedy_names_it(
    grid: Callable[..., Grid], monkeypatch: pytest.MonkeyPatch
) -> None:
    """python-calamine is optional: exit code 3 and how to get it."""
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    with pytest.raises(EnvironmentFault, match=r"pip install 'simulator\[xlsx\]'"):
        grid(lambda book: book.add_worksheet().write(0, 0, "x"))


def test_letters_and_references() -> None:
    """Columns to letters and back; a sheet is named after a workbook only."""
    assert [letters(n) for n in (1, 26, 27, 702, 703, 16384)] == [
        "A", "Z", "AA", "ZZ", "AAA", "XFD",
    ]  # fmt: skip
    assert all(column_of(letters(n)) == n for n in range(1, 1000))
    assert split_reference("a/b.xlsx#Post changes") == ("a/b.xlsx", "Post changes")
    assert split_reference("a#b.csv") == ("a#b.csv", "")
    assert split_reference("b.xlsx") == ("b.xlsx", "")
