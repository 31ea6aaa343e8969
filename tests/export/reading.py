"""A workbook read back: cells by sheet, names of cells, formulas, parts of the file."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from python_calamine import CalamineWorkbook

from simulator.render.languages import words_of
from simulator.render.workbook.write import workbook
from simulator.store.result import Run

Cells = dict[tuple[int, int], object]


def written(path: Path, *runs: Run, locale: str = "en", draws: int = 0) -> Path:
    """A workbook of these results."""
    workbook(path, runs, words_of(locale), draws=draws)
    return path


def sheets(path: Path) -> dict[str, list[list[object]]]:
    """Rows of values of every sheet, from its first cell on."""
    book = CalamineWorkbook.from_path(str(path))
    return {
        name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for name in book.sheet_names
    }


def numbers(rows: list[list[object]]) -> list[float]:
    """Every number of a sheet, in order."""
    return [
        float(cell)
        for row in rows
        for cell in row
        if isinstance(cell, int | float) and not isinstance(cell, bool)
    ]


def names(path: Path) -> dict[str, tuple[str, str]]:
    """(sheet, cell) of each name of the workbook."""
    text = part(path, "xl/workbook.xml")
    found = re.findall(r'<definedName name="([^"_][^"]*)">([^<]*)</definedName>', text)
    split = {name: place.rpartition("!") for name, place in found}
    return {name: (s.strip("'"), cell.replace("$", "")) for name, (s, _, cell) in split.items()}


def part(path: Path, name: str) -> str:
    """A file inside the workbook."""
    with zipfile.ZipFile(path) as archive:
        return archive.read(name).decode()


def parts(path: Path) -> list[str]:
    """Names of the files inside."""
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


def sheet_file(path: Path, title: str) -> str:
    """The file inside that holds a sheet."""
    order = re.findall(r'<sheet name="([^"]*)"', part(path, "xl/workbook.xml"))
    return f"xl/worksheets/sheet{order.index(title) + 1}.xml"


def formulas(path: Path, title: str) -> dict[str, tuple[str, float | str]]:
    """Formula and value of each cell of a sheet that has one."""
    text = part(path, sheet_file(path, title))
    found = re.findall(r'<c r="([A-Z]+\d+)"[^>]*><f[^>]*>([^<]*)</f><v>([^<]*)</v>', text)
    return {cell: (formula, _value(value)) for cell, formula, value in found}


def _value(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def changed(path: Path, out: Path, name: str, value: float) -> Path:
    """The workbook with another number in the cell of this name; nothing else is touched."""
    title, cell = names(path)[name]
    inside = sheet_file(path, title)
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.namelist():
            data = old.read(item)
            if item == inside:
                pattern = rf'(<c r="{cell}"[^>]*>)(?:<f>[^<]*</f>)?<v>[^<]*</v>'
                text, count = re.subn(pattern, rf"\g<1><v>{value!r}</v>", data.decode())
                assert count == 1
                data = text.encode()
            new.writestr(item, data)
    return out
