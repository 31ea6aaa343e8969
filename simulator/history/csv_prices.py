"""A user's inflation in a CSV: `year`, `currency` or `country`, `inflation` or `inflation_pct`.

`inflation` is a fraction (0.02), `inflation_pct` in per cent (2). A `country` is a code of three
letters that the yearly table knows; beside `currency` it is only a remark, like the columns in
`IGNORED`. Rows may stand in any order; all problems are reported at once.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from pathlib import Path
from statistics import median

from simulator.errors import did_you_mean
from simulator.history.prices import UserPrices
from simulator.history.sheet import (
    Row,
    Sheet,
    check_columns,
    number_of,
    number_remedy,
    read_sheet,
)
from simulator.history.yearly import YearlyFigures
from simulator.units import is_currency

IGNORED = ("note", "notes", "comment", "comments", "source", "licence", "license")

_INDEX = re.compile(r"index_\d{4}_100\Z")
_YEAR = re.compile(r"(1[89]|2[01])\d\d\Z")
_LOWEST, _HIGHEST = -0.5, 100.0
_TYPICAL = 0.5
"""A series whose median is above this as a fraction was written in per cent."""
_OTHER_UNIT = 20.0
"""So many times the yearly table, or this part of it: fractions and per cent were mixed up."""


@dataclass(slots=True)
class _Read:
    """What was read so far: inflation and the line of each year, by currency."""

    sheet: Sheet
    column: str
    which: str
    yearly: YearlyFigures
    today: dt.date | None
    found: dict[str, dict[int, float]] = field(default_factory=lambda: defaultdict(dict))
    lines: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))


def read_prices(
    path: str | Path, yearly: YearlyFigures, *, today: dt.date | None = None
) -> UserPrices:
    """The inflation in a CSV; `yearly` names countries and uncovers per cent given as fractions.

    Nothing of a year that was not over on `today` is accepted. Raises InputError with every problem
    found; EnvironmentFault when the system refuses to read the file.
    """
    sheet = read_sheet(path, "a CSV file of inflation")
    read = _columns(sheet, yearly, today)
    for row in sheet.read_rows():
        _read_row(row, read)
    for currency in read.lines:
        _check_series(currency, read)
    sheet.refuse()
    name = f"inflation of {Path(path).name}"
    return UserPrices(name, sheet.file, sheet.sha256, dict(read.found))


def _columns(sheet: Sheet, yearly: YearlyFigures, today: dt.date | None) -> _Read:
    """What the columns mean. Raises InputError when year, currency or inflation is not there."""
    ignored = [*IGNORED, *(name for name in sheet.columns if _INDEX.match(name))]
    known = ("year", "currency", "country", "inflation", "inflation_pct")
    check_columns(sheet, known, ignored, "year,currency,inflation_pct")
    enough, there = len(sheet.problems), set(sheet.columns)
    add = partial(sheet.add, line=sheet.header_line, value=",".join(sheet.columns))
    if "year" not in there:
        add("a column year is wanted")
    if not there & {"currency", "country"}:
        add("a column currency or country is wanted")
    if len(there & {"inflation", "inflation_pct"}) != 1:
        add("one column inflation (0.02) or inflation_pct (2) is wanted")
    if len(sheet.problems) > enough:
        sheet.refuse()
    column = "inflation" if "inflation" in there else "inflation_pct"
    return _Read(sheet, column, "currency" if "currency" in there else "country", yearly, today)


def _read_row(row: Row, read: _Read) -> None:
    """Take the inflation of one row, or note what is wrong with it."""
    year, currency, value = _year(row, read), _currency(row, read), _inflation(row, read)
    if year is None or currency is None:
        return
    first = read.lines[currency].setdefault(year, row.line)
    if first != row.line:
        wanted = f"one figure of {currency} for {year} is wanted, line {first} has one"
        read.sheet.add(wanted, line=row.line, key=read.column, value=row.cells[read.column],
                       remedy="remove one of the two")  # fmt: skip
    elif value is not None:
        read.found[currency][year] = value


def _year(row: Row, read: _Read) -> int | None:
    text = row.cells["year"]
    add = partial(read.sheet.add, line=row.line, key="year", value=text or "nothing")
    if not _YEAR.match(text):
        read.sheet.unread.append(row.line)
        add("a year such as 2031 is wanted")
        return None
    if read.today is not None and int(text) >= read.today.year:
        add("a year that is over is wanted", remedy=f"today is {read.today}")
    return int(text)


def _currency(row: Row, read: _Read) -> str | None:
    text = row.cells[read.which]
    add = partial(read.sheet.add, line=row.line, key=read.which, value=f'"{text}"')
    if read.which == "country":
        currencies = {country: name for name, country in read.yearly.countries.items()}
        if text in currencies:
            return currencies[text]
        remedy = "use a column currency; " + did_you_mean(text, currencies)
        add("the code of a country with a known currency is wanted", remedy=remedy)
        return None
    if is_currency(text):
        return text
    remedy = f"write {text.upper()}" if is_currency(text.upper()) else ""
    add("a currency code of three capital letters, such as EUR, is wanted", remedy=remedy)
    return None


def _inflation(row: Row, read: _Read) -> float | None:
    text = row.cells[read.column]
    add = partial(read.sheet.add, line=row.line, key=read.column, value=text or "nothing")
    number = number_of(text)
    if number is None:
        add("inflation as a number is wanted", remedy=number_remedy(text))
        return None
    value = number / 100 if read.column == "inflation_pct" else number
    if not _LOWEST < value < _HIGHEST:
        wanted = f"inflation between {100 * _LOWEST:g} and {100 * _HIGHEST:g} % a year is wanted"
        add(wanted, remedy="look at the decimal point and the unit")
        return None
    return value


def _check_series(currency: str, read: _Read) -> None:
    """Note missing years, and a series in per cent where fractions were promised or the reverse."""
    lines, table = read.lines[currency], read.yearly.inflation.get(currency, {})
    for before, after in pairwise(sorted(lines)):
        missing = [year for year in range(before + 1, after) if year not in table]
        between = range(lines[before] + 1, lines[after])
        if missing and not set(between) & set(read.sheet.unread):
            years = " to ".join(str(year) for year in sorted({missing[0], missing[-1]}))
            wanted = f"inflation of every year is wanted, {years} is missing"
            read.sheet.add(wanted, line=lines[after], key=currency, value=f"{before}, then {after}",
                           remedy="add what is missing, or give only the years after")  # fmt: skip
    values = read.found.get(currency, {})
    both = [(abs(values[year]), abs(table[year])) for year in values if table.get(year)]
    times = median(own / other for own, other in both) if len(both) > 1 else 1.0
    typical = median(map(abs, values.values())) if values else 0.0
    add = partial(read.sheet.add, line=min(lines.values()), key=currency)
    if times > _OTHER_UNIT or (read.column == "inflation" and typical > _TYPICAL):
        add("fractions such as 0.02 for 2 % are wanted", value=f"typically {typical:.4g}",
            remedy="name the column inflation_pct when it is in per cent")  # fmt: skip
    elif times < 1 / _OTHER_UNIT:
        add("per cent such as 2 for 2 % is wanted", value=f"typically {100 * typical:.4g}",
            remedy="name the column inflation when it is a fraction")  # fmt: skip
