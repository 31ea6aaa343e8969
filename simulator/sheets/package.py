"""What a workbook's own reader leaves out: its sizes, cells in error, formulas without a result.

A workbook is a ZIP of XML parts (ISO/IEC 29500). The sizes in its directory are compared with a
limit before anything is unpacked, then every checksum is, so that they are true. A sheet's XML is
read once in pieces, which also finds its extent: readers make a dense table of it.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from xml.parsers import expat

from simulator.errors import InputError, Problem
from simulator.sheets.grid import MAX_COLUMNS, MAX_ROWS, Fault, cell_name

MAX_UNPACKED = 200_000_000
MAX_PARTS = 10_000

_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})\Z")
_PIECE = 1 << 16
_BOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_NO_RESULT = Fault(
    "a formula",
    "the result of the formula is wanted, none is stored",
    "open the file in a spreadsheet program and save it, or put the value in place of the formula",
)

Attributes = dict[str, str]


@dataclass(slots=True)
class Scan:
    """What stands in a sheet's XML: cells (row, column from 1) without a value, and the extent."""

    faults: dict[tuple[int, int], Fault] = field(default_factory=dict)
    rows: int = 0
    columns: int = 0


@contextmanager
def package(data: bytes, file: str) -> Iterator[zipfile.ZipFile]:
    """The parts of a workbook. Raises InputError when it is none, damaged or too large inside."""
    if not data.startswith(b"PK"):
        remedy = "save it as .xlsx, without a password"
        raise InputError(Problem("a workbook (.xlsx) is wanted", remedy=remedy, file=file))
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _check_sizes(archive, file)
            broken = archive.testzip()
            if broken is not None:
                raise InputError(_damaged(file, f"the part {broken} is not what it should be"))
            yield archive
    except (
        zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, LookupError,
        NotImplementedError,
        RuntimeError, UnicodeDecodeError, OSError, ValueError,
    ) as error:  # fmt: skip
        raise InputError(_damaged(file, str(error)[:80])) from None


def _check_sizes(archive: zipfile.ZipFile, file: str) -> None:
    parts = archive.infolist()
    size = sum(part.file_size for part in parts)
    if size > MAX_UNPACKED or len(parts) > MAX_PARTS:
        wanted = f"a workbook of at most {MAX_UNPACKED // 1_000_000} MB when unpacked is wanted"
        value = f"{size / 1e6:.0f} MB in {len(parts)} parts"
        remedy = "copy the list alone into a new workbook"
        raise InputError(Problem(wanted, value=value, remedy=remedy, file=file))


def _damaged(file: str, why: str) -> Problem:
    remedy = "open it in a spreadsheet program and save it as .xlsx again"
    return Problem(
        f"a workbook (.xlsx) is wanted, this one is damaged: {why}", "", "", remedy, file
    )


def part_of_sheet(archive: zipfile.ZipFile, sheet: str) -> str:
    """The part that holds a sheet's cells. Raises KeyError when the workbook does not say."""
    identity = ""
    targets: dict[str, str] = {}

    def book(name: str, attributes: Attributes) -> None:
        nonlocal identity
        if name == "sheet" and attributes.get("name") == sheet:
            identity = attributes["id"]

    def relations(name: str, attributes: Attributes) -> None:
        if name == "Relationship":
            targets[attributes["Id"]] = attributes["Target"]

    _parse(archive, _BOOK, start=book)
    _parse(archive, _RELATIONS, start=relations)
    return posixpath.normpath(posixpath.join("/xl", targets[identity])).lstrip("/")


def scan(archive: zipfile.ZipFile, part: str, file: str, sheet: str) -> Scan:
    """Cells of a sheet that hold no value, and its extent. Raises InputError beyond the limits."""
    reader = _SheetReader(file, sheet)
    _parse(archive, part, start=reader.start, end=reader.end, text=reader.text)
    return reader.found


def _parse(
    archive: zipfile.ZipFile,
    part: str,
    *,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Read a part in pieces; names come without their namespace. Declarations are refused."""

    def refuse(*_: object) -> None:
        raise ValueError("its XML declares a document type")

    def opened(name: str, attributes: Attributes) -> None:
        start(_local(name), {_local(key): value for key, value in attributes.items()})

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = opened
    if end is not None:
        parser.EndElementHandler = lambda name: end(_local(name))
    if text is not None:
        parser.CharacterDataHandler = text
    with archive.open(part) as stream:
        while piece := stream.read(_PIECE):
            parser.Parse(piece, False)
    parser.Parse(b"", True)


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


class _SheetReader:
    """Follows the cells of one sheet's XML."""

    def __init__(self, file: str, sheet: str) -> None:
        self.found = Scan()
        self._file, self._sheet = file, sheet
        self._row = self._column = 0
        self._kind = ""
        self._formula = self._in_value = False
        self._value = ""

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._column = 0
        elif name == "c":
            self._column += 1
            if place := _REFERENCE.match(attributes.get("r", "")):
                self._row, self._column = int(place[2]), column_of(place[1])
            self._kind, self._formula, self._value = attributes.get("t", "n"), False, ""
        elif name == "f":
            self._formula = True
        elif name in ("v", "t"):
            self._in_value = True

    def text(self, piece: str) -> None:
        if self._in_value and len(self._value) < 100:
            self._value += piece

    def end(self, name: str) -> None:
        if name in ("v", "t"):
            self._in_value = False
        elif name == "c":
            self._cell()

    def _cell(self) -> None:
        value, place = self._value.strip(), (self._row, self._column)
        if self._kind == "e":
            remedy = "mend the formula, or empty the cell"
            self.found.faults[place] = Fault(value, "a value is wanted, this is an error", remedy)
        elif self._formula and not value and self._kind != "str":
            self.found.faults[place] = _NO_RESULT
        elif not value:
            return
        self._check_extent()
        self.found.rows = max(self.found.rows, self._row)
        self.found.columns = max(self.found.columns, self._column)

    def _check_extent(self) -> None:
        if self._row > MAX_ROWS + 1:
            wanted = f"at most {MAX_ROWS} rows are wanted below the header"
        elif self._column > MAX_COLUMNS:
            wanted = f"at most {MAX_COLUMNS} columns are wanted"
        else:
            return
        key = cell_name(self._sheet, self._row, self._column)
        remedy = "keep the list alone on its sheet, or name its sheet as in lists.xlsx#Posts"
        raise InputError(Problem(wanted, key, "", remedy, self._file, self._row))


def column_of(text: str) -> int:
    """The number of a column from 1: A is 1, AA is 27."""
    number = 0
    for letter in text:
        number = number * 26 + ord(letter) - 64
    return number
