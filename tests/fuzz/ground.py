"""A folder with one good file of every kind that `sim` reads, small enough to read quickly."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import shutil
from pathlib import Path

from xlsxwriter import Workbook

from simulator.cli import main

HERE = Path(__file__).resolve().parent
SMALL = HERE.parent / "scenario" / "small.toml"

POSTS = "office,fund,grade,posts,note\nHere,RB,P-2,10,chart\nThere,RB,P-1,5,\n"
CHANGES = "change,office,fund,grade,posts\nnew,There,RB,P-1,2\n"
PLEDGES = (
    "name,window,currency,amount,amount.p10,amount.p50,amount.p90,probability,stage,"
    "received.2031,received.2032\n"
    "one,I,USD,,80,100,130,0.8,pledged,0.5,0.5\ntwo,I,DKK,50,,,,,signed,1,\n"
)
PUBLISHED = (
    "id,where,what,period,unit,printed,rule,quantum\n"
    'travel,table 1,travel,2031,EUR,412.5,"cell(""travel"", ""before"")",0.1\n'
)
LISTS = {"posts": POSTS, "post_changes": CHANGES, "pledges": PLEDGES, "published": PUBLISHED}
RATES = "month,rate,kind\n" + "".join(
    f"{2012 + i // 12}-{1 + i % 12:02d},{0.9 + 0.013 * (i * 7 % 11):.4f},average\n"
    for i in range(126)
)
ACTUALS = """title = "What happened"
[[actual]]
title = "USD"
output = "rate.eur_per_usd"
period = "2031"
value = 0.8
source = "a bank"
"""
CHILD = """extends = "lists.toml"
law_file = ["law.toml"]
title = "A child"
published = []
pledges = [{ name = "two", remove = true }, { name = "one", amount = { p50 = 101 } }]
[lines.travel]
growth = [{ name = "less", amount = -3 }]
"""
LAW = """[exchange]
law = "random_walk"
volatility = { eur_per_usd = 0.1 }
[inflation.euro]
sd = 0.1
"""


def scenario() -> str:
    """The small scenario of the reader's tests, with a published figure that ties."""
    text = SMALL.read_text(encoding="utf-8")
    rule = "cell('travel', 'before')"
    for old, new in (
        ('rule = "net(2031)"', f'rule = "{rule}"'),
        ("printed = 1900.5", "printed = 412.5"),
        ("draws = 512", "draws = 64"),
    ):
        assert old in text, old
        text = text.replace(old, new)
    return text


def without_lists(text: str) -> str:
    """The text without the tables that lists beside it hold."""
    blocks = text.split("\n\n")
    return "\n\n".join(b for b in blocks if not b.startswith(tuple(f"[[{n}]]" for n in LISTS)))


def prepare(folder: Path) -> None:
    """Fill an empty folder; everything in it is good."""
    (folder / "results").mkdir()
    (folder / "small.toml").write_text(scenario(), encoding="utf-8")
    bare = without_lists(scenario())
    names = "".join(f'{name} = "{name}.csv"\n' for name in LISTS)
    sheets = "".join(f'{name} = "lists.xlsx#{name}"\n' for name in LISTS)
    (folder / "lists.toml").write_text(names + bare, encoding="utf-8")
    (folder / "book.toml").write_text(sheets + bare, encoding="utf-8")
    for name, text in LISTS.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    for name, text in (
        ("child.toml", CHILD),
        ("law.toml", LAW),
        ("rates.csv", RATES),
        ("actuals.toml", ACTUALS),
    ):
        (folder / name).write_text(text, encoding="utf-8")
    write_workbook(folder / "lists.xlsx", LISTS)
    write_workbook(folder / "rates.xlsx", {"rates": RATES})
    with contextlib.chdir(folder):
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            codes = [
                main(words.split())
                for words in (
                    "validate small.toml lists.toml book.toml child.toml",
                    "run small.toml --out results",
                    "hindsight results/small --actuals actuals.toml",
                    "export results/small --to csv --out small.csv",
                    "export results/small --to xlsx --out small.xlsx",
                    "verify results/small small.csv small.xlsx",
                    "runs",
                )
            ]
        assert codes == [0] * len(codes), said.getvalue()


def write_workbook(path: Path, sheets: dict[str, str]) -> None:
    """CSV texts as sheets, numbers as numbers."""
    with Workbook(path) as book:
        for title, text in sheets.items():
            sheet = book.add_worksheet(title)
            for row, cells in enumerate(csv.reader(io.StringIO(text))):
                for column, cell in enumerate(cells):
                    try:
                        sheet.write_number(row, column, float(cell))
                    except ValueError:
                        sheet.write_string(row, column, cell)


def seen(folder: Path, *, but: str) -> dict[str, tuple[int, int]]:
    """Size and time of change of every file below a folder, less those below the folder `but`."""
    found = {}
    for place, folders, files in os.walk(folder):
        if place == str(folder):
            folders[:] = [name for name in folders if name != but]
        for name in files:
            state = os.stat(f"{place}/{name}", follow_symlinks=False)  # noqa: PTH116 - quick
            found[f"{place}/{name}"] = (state.st_size, state.st_mtime_ns)
    return found


def emptied(folder: Path) -> None:
    """An empty folder in its place."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
