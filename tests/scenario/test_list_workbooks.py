"""Lists in workbooks and CSV files as people write them: the same scenario, or every problem."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from xlsxwriter import Workbook

from simulator.errors import InputError, Problem
from simulator.history.csv_rates import read_rates
from simulator.scenario.csv_lists import read_csv_list
from simulator.scenario.fingerprint import fingerprint
from simulator.scenario.layers import read_layers
from simulator.scenario.list_template import pledges_template, posts_template
from simulator.scenario.money import Pledge
from simulator.scenario.parts import Post, PostChange
from simulator.scenario.read import read_scenario
from simulator.sheets.words import header_of
from simulator.sheets.workbook import read_workbook

SOFFICE = shutil.which("soffice")

LISTS = {
    "posts": "office,fund,grade,posts\nHere,RB,P-2,10\nThere,RB,P-1,5\n",
    "post_changes": "change,office,fund,grade,posts\nnew,There,RB,P-1,2\n",
    "pledges": (
        "name,window,currency,amount,amount.p10,amount.p50,amount.p90,probability,stage,"
        "received.2031,received.2032\n"
        "one,I,USD,,80,100,130,0.8,pledged,0.5,0.5\n"
        "two,I,DKK,50,,,,,signed,1,\n"
    ),
    "published": (
        "id,where,what,period,unit,printed,rule,quantum\n"
        "net.2031,table 1,net,2031,EUR,1900.5,net(2031),0.1\n"
    ),
}
NUMBERS = {"posts", "amount", "probability", "received", "printed", "quantum"}


def rows_of(section: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(LISTS[section])))


def is_number(header: str) -> bool:
    return header.split(".")[0] in NUMBERS


def without_lists(text: str, *sections: str) -> str:
    """The text without its [[section]] tables."""
    blocks = text.split("\n\n")
    kept = [b for b in blocks if not any(b.startswith(f"[[{name}]]") for name in sections)]
    return "\n\n".join(kept)


@pytest.fixture
def expected(tmp_path: Path, text: str) -> str:
    """The fingerprint of the small scenario with its lists in the TOML."""
    path = tmp_path / "small.toml"
    path.write_text(text, encoding="utf-8")
    return fingerprint(read_scenario(path))


@pytest.fixture
def with_lists(tmp_path: Path, text: str) -> Callable[..., Path]:
    """The small scenario in a folder of its own, each list in the file that is named."""
    folder = tmp_path / "lists"
    folder.mkdir()

    def write(**references: str) -> Path:
        lines = "".join(f'{section} = "{name}"\n' for section, name in references.items())
        path = folder / "small.toml"
        path.write_text(lines + without_lists(text, *references), encoding="utf-8")
        return path

    return write


def write_workbook(path: Path, sheets: dict[str, list[list[Any]]], language: str = "en") -> None:
    """Lists as sheets, numbers as numbers, headers in a language."""
    with Workbook(path) as book:
        for title, rows in sheets.items():
            sheet = book.add_worksheet(title)
            sheet.write_row(0, 0, [header_of(name, language) for name in rows[0]])
            for at, row in enumerate(rows[1:], 1):
                for column, cell in enumerate(row):
                    if cell == "":
                        continue
                    number = isinstance(cell, str) and is_number(rows[0][column])
                    sheet.write(at, column, float(cell) if number else cell)


@pytest.mark.parametrize("language", ["en", "fr", "zh"])
def test_one_workbook_with_four_sheets_is_the_same_scenario(
    with_lists: Callable[..., Path], expected: str, language: str
) -> None:
    """Posts and the three other lists, each on its sheet, in every language of the headers."""
    path = with_lists(**{section: f"all.xlsx#{section}" for section in LISTS})
    sheets = {section: rows_of(section) for section in LISTS}
    write_workbook(path.parent / "all.xlsx", sheets, language)
    assert fingerprint(read_scenario(path)) == expected
    assert set(read_layers(path).files) == {"small.toml", "all.xlsx"}


@pytest.mark.parametrize(
    ("separator", "mark", "language", "bom"),
    [
        (";", ",", "fr", True),
        (";", ".", "en", True),
        (",", ",", "zh", False),
        (",", ".", "fr", False),
    ],
)
def test_a_csv_of_any_locale_is_the_same_scenario(
    with_lists: Callable[..., Path], expected: str, separator: str, mark: str, language: str,
    bom: bool,
) -> None:  # fmt: skip
    """Semicolons and decimal commas as a French Excel writes them, or points after semicolons."""
    path = with_lists(**{section: f"{section}.csv" for section in LISTS})
    for section in LISTS:
        target, rows = io.StringIO(), rows_of(section)
        writer = csv.writer(target, delimiter=separator, lineterminator="\r\n")
        writer.writerow([header_of(name, language) for name in rows[0]])
        for row in rows[1:]:
            named = zip(rows[0], row, strict=True)
            writer.writerow([c.replace(".", mark) if is_number(n) else c for n, c in named])
        encoding = "utf-8-sig" if bom else "utf-8"
        (path.parent / f"{section}.csv").write_text(target.getvalue(), encoding, newline="")
    assert fingerprint(read_scenario(path)) == expected


@pytest.mark.parametrize("word", ["TRUE", "VRAI", "oui", "WAHR", "是"])
def test_truth_is_read_as_spreadsheets_write_it(tmp_path: Path, word: str) -> None:
    """A CSV has the word of the spreadsheet's language; an unknown one is refused."""
    path = tmp_path / "posts.csv"
    path.write_text(f"bureau;rapprochement\nHere;{word}\nThere;perhaps\n", encoding="utf-8")
    found = read_csv_list("posts", path, "posts.csv")
    assert found.entries[0]["reconciliation"] is True
    assert [(one.line, one.wanted) for one in found.problems] == [(3, "true or false is wanted")]


def converted(folder: Path, *names: str) -> None:
    """CSV files as .xlsx by LibreOffice, beside them; `NAME.csv` becomes `NAME.xlsx`."""
    assert SOFFICE is not None
    command = [
        SOFFICE, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless",
        "--infilter=CSV:44,34,76,1", "--convert-to", "xlsx", "--outdir", str(folder), *names,
    ]  # fmt: skip
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=240)


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed")
def test_workbooks_made_by_libreoffice_are_the_same_scenario(
    with_lists: Callable[..., Path], expected: str
) -> None:
    """A second program writes the workbooks: every list of the scenario."""
    path = with_lists(**{section: f"{section}.xlsx" for section in LISTS})
    for section, content in LISTS.items():
        (path.parent / f"{section}.csv").write_text(content, encoding="utf-8")
    converted(path.parent, *(f"{section}.csv" for section in LISTS))
    assert fingerprint(read_scenario(path)) == expected


def found_in(path: Path) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        read_scenario(path)
    return caught.value.problems


def test_every_problem_is_told_with_sheet_row_and_column(with_lists: Callable[..., Path]) -> None:
    """All at once: the cell, the column as the user wrote it, value, wanted and remedy."""
    path = with_lists(posts="list.xlsx")
    with Workbook(path.parent / "list.xlsx") as book:
        sheet = book.add_worksheet("员额表")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(1, 1, ["办公室", "基金", "职等", "员额", "备注"])
        sheet.write_row(2, 1, ["Here", "RB", "P-2", "1.234"])
        sheet.write_row(3, 1, ["Here", "RB", "P-2", True])
        sheet.write_row(4, 1, ["Here", "RB", "P-2"])
        sheet.write_number(4, 4, 47849, day)
        sheet.write_row(5, 1, ["Here", "RB"])
        sheet.write_number(5, 3, 47849, day)
        sheet.write_number(5, 4, 3)
        sheet.write_row(6, 1, ["Here", "RB", "P-2"])
        sheet.write_formula(6, 4, "=NA()", None, "#N/A")
        sheet.write_row(7, 1, ["Here", "RB", "P-9", 2.5])
    shown = {problem.key: problem for problem in found_in(path) if "list.xlsx" in problem.file}
    label = 'sheet 员额表, cell {}, posts ("员额")'
    wanted = {
        label.format("E3"): "this may be 1234 or 1.234",
        label.format("E4"): "a number is wanted, this is true or false",
        label.format("E5"): "a number is wanted, this is a date",
        label.format("E7"): "a value is wanted, this is an error",
        label.format("E8"): "a whole number is wanted",
        'sheet 员额表, cell D6, grade ("职等")': "text is wanted, this is a date",
    }
    assert set(wanted) <= set(shown)
    for key, words in wanted.items():
        assert words in shown[key].wanted
        assert shown[key].value or shown[key].remedy
        assert f"cell {'ED'['grade' in key]}{shown[key].line}" in key
    assert shown[label.format("E7")].value == "#N/A"
    assert "format the cell as text" in shown['sheet 员额表, cell D6, grade ("职等")'].remedy


def test_problems_of_the_model_name_the_cell(with_lists: Callable[..., Path]) -> None:
    """What the checks of the scenario find stands in a cell as well; a missing one in its row."""
    path = with_lists(pledges="list.xlsx#Pledges")
    rows: list[list[Any]] = rows_of("pledges")
    rows[1][7], rows[2][2], rows[2][8] = "8", "dkk", ""
    write_workbook(path.parent / "list.xlsx", {"Notes": [["x"]], "Pledges": rows})
    shown = {problem.key: problem for problem in found_in(path)}
    assert shown["sheet Pledges, cell H2, probability"].value == "8"
    assert "three capital letters" in shown["sheet Pledges, cell C3, currency"].wanted
    assert "missing" in shown["sheet Pledges, cell I3, stage"].wanted


def test_a_column_that_is_unknown_or_twice_is_told_by_its_cell(
    with_lists: Callable[..., Path],
) -> None:
    """Twice also when it stands in two languages."""
    path = with_lists(posts="list.xlsx")
    rows = [["office", "fund", "grade", "posts", "Bureau", "found"], ["H", "RB", "P-1", 1, "H", 1]]
    write_workbook(path.parent / "list.xlsx", {"L": rows})
    problems = [problem for problem in found_in(path) if problem.file.endswith("list.xlsx")]
    assert [(one.key, one.wanted.split(",")[0]) for one in problems[:2]] == [
        ("sheet L, cell E1, Bureau", "this column stands twice"),
        ("sheet L, cell F1, found", "unknown column"),
    ]


@pytest.mark.parametrize(
    ("reference", "words"),
    [("list.xlsx#None", "a sheet of the workbook"), ("lost.xlsx#L", "no such file"),
     ("../list.xlsx#L", "inside the scenario's folder"), ("list.ods", "as .xlsx or .csv")],
)  # fmt: skip
def test_a_reference_that_leads_nowhere(
    with_lists: Callable[..., Path], reference: str, words: str
) -> None:
    """The sheet, the file and the folder are each one message."""
    path = with_lists(posts=reference)
    write_workbook(path.parent / "list.xlsx", {"L": rows_of("posts")})
    (path.parent / "list.ods").write_bytes(b"PK")
    assert any(words in problem.wanted for problem in found_in(path))


RATES = [["month", "pair", "rate", "kind"], ["2030-09", "eur_per_usd", 0.87, "end"],
         ["2030-10", "eur_per_usd", 0.881, "end"]]  # fmt: skip


def test_rates_come_from_a_workbook(tmp_path: Path, text: str) -> None:
    """From a named sheet, months also as the dates that a spreadsheet makes of them."""
    path = tmp_path / "own.toml"
    path.write_text('rates_file = "rates.xlsx#Monthly"\n' + text, encoding="utf-8")
    with Workbook(tmp_path / "rates.xlsx") as book:
        book.add_worksheet("Notes").write(0, 0, "nothing here")
        sheet = book.add_worksheet("Monthly")
        month = book.add_format({"num_format": "yyyy-mm"})
        sheet.write_row(0, 0, ["月份", "货币对", "汇率", "类型"])
        for at, (serial, row) in enumerate(zip((47727, 47757), RATES[1:], strict=True), 1):
            sheet.write_row(at, 1, row[1:])
            sheet.write_number(at, 0, serial, month)
    start = read_scenario(path).rates["eur_per_usd"].start
    assert start is not None
    assert (float(start), str(start.as_of)) == (0.881, "2030-10-31")
    assert "rates.xlsx" in read_layers(path).files


def test_rates_with_semicolons_and_commas(tmp_path: Path) -> None:
    """As a French Excel writes them; `1,085` is below two because semicolons speak for commas."""
    plain, french = tmp_path / "plain.csv", tmp_path / "french.csv"
    rows = [("2030-09", "1.085"), ("2030-10", "1.125"), ("2030-11", "1.1")]
    plain.write_text("month,rate\n" + "".join(f"{m},{r}\n" for m, r in rows))
    lines = "".join(f"{m};{r.replace('.', ',')}\r\n" for m, r in rows)
    french.write_bytes(b"\xef\xbb\xbf" + ("mois;taux\r\n" + lines).encode())
    series = [read_rates(one, pair="eur_per_usd").series("EUR", "USD") for one in (plain, french)]
    assert series[0] == series[1]


def test_problems_of_rates_name_the_cell(tmp_path: Path) -> None:
    """In a workbook every problem has its sheet and row, most their cell."""
    path = tmp_path / "rates.xlsx"
    rows = [*RATES, ["2030-11", "eur_per_usd", "n/a", "end"], ["2030-12", "eur_per_usd", True, "x"],
            ["2031-01", "eur_per_usd", 88.1, "end"]]  # fmt: skip
    write_workbook(path, {"R": rows})
    with pytest.raises(InputError) as caught:
        read_rates(path)
    keys = [problem.key for problem in caught.value.problems]
    assert keys[:2] == ["sheet R, cell C4, rate", "sheet R, cell C5, rate"]
    assert all(key.startswith("sheet R, ") for key in keys)


TEMPLATES = (
    ("posts", "Posts", Post), ("post_changes", "Post changes", PostChange),
    ("pledges", "Pledges", Pledge),
)  # fmt: skip


def template(section: str, language: str) -> bytes:
    return pledges_template(2031, language) if section == "pledges" else posts_template(language)


@pytest.mark.parametrize("language", ["en", "fr", "zh"])
@pytest.mark.parametrize(("section", "sheet", "model"), TEMPLATES)
def test_a_template_is_a_list_to_fill_in(
    tmp_path: Path, section: str, sheet: str, model: Any, language: str
) -> None:
    """Nothing in it is counted; the example of its notes, filled in, is a valid entry."""
    path = tmp_path / "template.xlsx"
    path.write_bytes(template(section, language))
    empty = read_csv_list(section, path, "template.xlsx", sheet=sheet)
    assert (empty.entries, empty.problems) == ([], [])
    notes = read_workbook(path, "template.xlsx", "Notes").lines[1:]
    rows = [line.cells for line in notes if line.cells[0] == sheet]
    assert [cells[1] for cells in rows] == [header for _, header in empty.places.columns.values()]
    with Workbook(path) as book:
        filled = book.add_worksheet()
        for at, (_, header, _, example) in enumerate(rows):
            filled.write(0, at, header)
            if example != "":
                filled.write(1, at, float(example) if isinstance(example, Decimal) else example)
    (entry,) = read_csv_list(section, path, "template.xlsx").entries
    assert model.model_validate(entry)


def test_a_refused_cell_hides_nothing_elsewhere(with_lists: Callable[..., Path]) -> None:
    """A cell that is refused in one row hides nothing in another."""
    path = with_lists(posts="list.csv")
    content = LISTS["posts"].replace("P-2,10", "P-2,x") + "There,RB,,1\n"
    (path.parent / "list.csv").write_text(content)
    assert [(one.line, one.key) for one in found_in(path)[-2:]] == [(2, "posts"), (4, "grade")]
