"""Workbooks to fill in: posts with their changes, or pledges, with what each cell may hold.

The list sheets have a header and nothing below, so that no example is ever counted; the sheet
*Notes* explains each column and shows an example row. A cell that is chosen shows its note, and
refuses what the scenario would refuse where that is known without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any, get_args

from simulator.errors import InputError, Problem, did_you_mean
from simulator.scenario.money import Commitment
from simulator.scenario.parts import PostChange
from simulator.scenario.template import NEXT_YEAR
from simulator.sheets.grid import MAX_ROWS
from simulator.sheets.words import LANGUAGES, header_of

_Part = Any  # a sheet or a format of XlsxWriter, which has no types
CHANGES: tuple[str, ...] = get_args(PostChange.model_fields["change"].annotation)
STAGES: tuple[str, ...] = get_args(Commitment)

_SHARE = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1}
_FROM_ZERO = {"validate": "decimal", "criteria": ">=", "value": 0}
_DAY = {"validate": "any"}
_FLAG = {"validate": "list", "source": ["true", "false"]}
_CODE = {"validate": "length", "criteria": "==", "value": 3}
_ANY = {"validate": "any"}


def _one_of(words: tuple[str, ...]) -> dict[str, Any]:
    return {"validate": "list", "source": list(words)}


def _whole(least: int) -> dict[str, Any]:
    return {"validate": "integer", "criteria": "between", "minimum": least, "maximum": 100_000}


@dataclass(frozen=True, slots=True)
class Column:
    """A column to fill in: its field, what it holds, an example, and what its cells may hold."""

    field: str
    note: str
    example: str | float = ""
    rule: dict[str, Any] | None = None


_PLACE = (
    Column("office", "Office or division, as you write it everywhere.", "Secretariat"),
    Column("fund", "Short name of the fund that pays: letters, digits, _ - + /.", "core"),
    Column("grade", "A grade of the scenario, in [grades].", "P-3"),
)
_POSTS = (
    *_PLACE,
    Column("posts", "Number of posts, after all changes.", 4, _whole(0)),
    Column("note", "A remark, or empty.", "two of them part-time"),
)
_POST_CHANGES = (
    Column("change", "What happened: " + ", ".join(CHANGES) + ".", "new", _one_of(CHANGES)),
    *_PLACE,
    Column("posts", "Number of posts that changed.", 1, _whole(1)),
    Column("from_grade", "Reclassified only: the grade before.", ""),
    Column("from_office", "Moved or reclassified: the office before.", ""),
    Column("note", "A remark, or empty.", ""),
    Column("source", "Where this stands: document and paragraph.", "paragraph 4"),
)


def _pledges(year: int) -> tuple[Column, ...]:
    return (
        Column("name", "A name of its own: letters, digits, _ - + /.", "donor-programme"),
        Column("window", "A window of the scenario, in [windows].", "open"),
        Column("currency", "Three capital letters.", "EUR", _CODE),
        Column("amount", "A known amount, in the file's unit; else empty.", "", _FROM_ZERO),
        Column("amount.p10", "One chance in ten that it is less.", 300, _FROM_ZERO),
        Column("amount.p50", "As likely more as less; the three go together.", 400, _FROM_ZERO),
        Column("amount.p90", "One chance in ten that it is more.", 550, _FROM_ZERO),
        Column("probability", "That it comes at all: 0.8 or 80 % in this cell.", 0.8, _SHARE),
        Column("stage", "How firm it is: " + ", ".join(STAGES) + ".", "pledged", _one_of(STAGES)),
        Column(f"received.{year}", f"Part of the amount due in {year}, 0 to 1.", 0.5, _SHARE),
        Column("delay_months", "Months that it comes late; empty for none.", 2, _FROM_ZERO),
        Column("source", "Where this stands; or say that it is an assumption.", "letter"),
        Column("as_of", "The day of the source, formatted as a date.", "", _DAY),
        Column("assumption", "true when nobody but you says so.", "", _FLAG),
        Column("note", "A remark, or empty.", ""),
    )


def posts_template(language: str = "en") -> bytes:
    """A workbook (.xlsx) with the sheets *Posts*, *Post changes* and *Notes*.

    `language` is that of the headers. Raises InputError when it is none of `LANGUAGES`.
    """
    return _workbook({"Posts": _POSTS, "Post changes": _POST_CHANGES}, language)


def pledges_template(year: int = NEXT_YEAR, language: str = "en") -> bytes:
    """A workbook (.xlsx) with the sheets *Pledges* and *Notes*; `year` is the one budgeted for.

    Raises InputError when the year cannot stand in a scenario, or the language has no words here.
    """
    if not 1901 <= year <= 2200:
        raise InputError(Problem("a year between 1901 and 2200 is wanted", "year", str(year)))
    return _workbook({"Pledges": _pledges(year)}, language)


def _workbook(sheets: dict[str, tuple[Column, ...]], language: str) -> bytes:
    from xlsxwriter import Workbook

    if language not in LANGUAGES:
        remedy = did_you_mean(language, LANGUAGES)
        raise InputError(Problem("a language of headers is wanted", "language", language, remedy))
    target = BytesIO()
    with Workbook(target, {"in_memory": True, "strings_to_formulas": False}) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        text = book.add_format({"num_format": "@"})  # else P-3 or 2031-01 may become a date
        for title, columns in sheets.items():
            _list_sheet(book.add_worksheet(title), columns, language, bold, day, text)
        _notes(book.add_worksheet("Notes"), sheets, language, bold)
    return target.getvalue()


def _list_sheet(
    sheet: _Part, columns: tuple[Column, ...], language: str, bold: _Part, day: _Part, text: _Part
) -> None:
    sheet.freeze_panes(1, 0)
    _printed(sheet)
    for at, column in enumerate(columns):
        header = header_of(column.field, language)
        form = day if column.rule is _DAY else None if column.rule else text
        sheet.set_column(at, at, max(12, len(header) + 4, len(str(column.example)) + 2), form)
        sheet.write_string(0, at, header, bold)
        rule = {**(column.rule or _ANY), "input_title": header[:32], "input_message": column.note}
        if rule["validate"] != "any":
            rule |= {"error_title": "Not in this list", "error_message": column.note}
        sheet.data_validation(1, at, MAX_ROWS, at, rule)


def _printed(sheet: _Part) -> None:
    """One page wide, with the header on each."""
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _notes(
    sheet: _Part,
    sheets: dict[str, tuple[Column, ...]],
    language: str,
    bold: _Part,
) -> None:
    _printed(sheet)
    sheet.set_column(0, 1, 22)
    longest = max(len(column.note) for columns in sheets.values() for column in columns)
    sheet.set_column(2, 2, longest + 2)
    sheet.set_column(3, 3, 24)
    sheet.write_row(0, 0, ("sheet", "column", "what it holds", "example"), bold)
    row = 1
    for title, columns in sheets.items():
        for column in columns:
            header = header_of(column.field, language)
            sheet.write_row(row, 0, (title, header, column.note, column.example))
            row += 1
    sheet.write_string(row + 1, 0, "One row for each entry; an empty cell is a field not given. "
                       "Columns that stay empty may be removed.")  # fmt: skip
