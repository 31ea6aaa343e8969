"""A user's exchange rates in a CSV or a workbook: its columns, and every problem at once.

| column | holds |
|---|---|
| `month` or `date` | a month such as 2031-01, or a day such as 2031-01-31 |
| `currency` or `base` | the foreign currency, three capital letters |
| `pair` | the rate's name instead, such as `eur_per_usd` |
| `rate` | home units for one foreign unit |
| `eur_per_unit`, `eur_per_unit_avg`, `eur_per_unit_end` | the rate, its home currency in the name |
| `eur_per_usd` | the rate, its whole pair in the name; one column for each pair |
| `kind` | `average` (of a month, the default), `end` (of a month) or `day` (the default of a day) |
| `known_on` | the day it was known: the last of the month, or the day itself, by default |

Columns named in `IGNORED` may be there and say nothing. Rows may stand in any order.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from simulator.errors import InputError, Problem, did_you_mean, shorten
from simulator.history.pairs import Pair, PairRates, pairs_too_many, too_many_problem
from simulator.history.rates import RateSource
from simulator.history.series import KINDS, Gathered, Kind, Quote, last_weekday
from simulator.history.sheet import (
    Row,
    Sheet,
    check_columns,
    day_of,
    month_or_day,
    number_of,
    number_remedy,
    read_sheet,
)
from simulator.history.suspects import Reading, against, gaps, odd_rates
from simulator.units import Month, is_currency, pair_name, split_pair

IGNORED = ("note", "notes", "comment", "comments", "days", "source", "licence", "license")

_WHEN, _WHICH, _KNOWN = ("month", "date"), ("currency", "base", "pair"), ("kind", "known_on")
_PER_UNIT = re.compile(r"([a-z]{3})_per_unit(?:_(avg|end))?\Z")
_PAIR = re.compile(r"[a-z]{3}_per_[a-z]{3}\Z")
_EXAMPLE = "month,pair,rate or month,currency,eur_per_unit"


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of rates: what its name says about home, foreign currency and kind."""

    name: str
    home: str = ""
    foreign: str = ""
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class _Layout:
    """Which column says when, which currency, and the rates."""

    when: str
    which: str
    rates: tuple[_Column, ...]


@dataclass(slots=True)
class _Read:
    """What was read so far, by pair; `readings` also have the refused rates, for the gaps."""

    sheet: Sheet
    layout: _Layout
    today: dt.date | None
    found: dict[Pair, Gathered] = field(default_factory=lambda: defaultdict(Gathered))
    readings: dict[tuple[Pair, Kind], dict[Month | dt.date, Reading]] = field(
        default_factory=lambda: defaultdict(dict)
    )


def read_rates(
    path: str | Path, *, pair: str = "", home: str = "", reference: RateSource | None = None,
    today: dt.date | None = None,
) -> PairRates:  # fmt: skip
    """The rates in a CSV or a workbook, with crosses.

    `pair` names the rates of a file that does not (`month,rate`); `home` is the home currency of
    plain `rate` beside a column `currency`. A `reference` uncovers a file in the other direction;
    nothing after `today` is accepted. Raises InputError with every problem found; EnvironmentFault
    when the system refuses to read the file.
    """
    _check_options(pair, home)
    sheet = read_sheet(path, "a CSV file of rates")
    layout = _layout(sheet, pair, home)
    read = _Read(sheet, layout, today)
    for row in sheet.read_rows():
        _read_row(row, read)
    _check_series(read, reference)
    sheet.refuse()
    series = {one: gathered.series for one, gathered in read.found.items()}
    return PairRates(f"rates of {Path(path).name}", series, file=sheet.file, sha256=sheet.sha256)


def _check_options(pair: str, home: str) -> None:
    """Raise InputError when the caller's pair or home currency has not the usual form."""
    if pair and not _PAIR.match(pair):
        wanted = "a rate's name such as eur_per_usd (EUR for one USD) is wanted"
        raise InputError(Problem(wanted, key="pair", value=shorten(pair)))
    if home and not is_currency(home):
        wanted = "a currency code of three capital letters, such as EUR, is wanted"
        raise InputError(Problem(wanted, key="home", value=shorten(home)))


def _layout(sheet: Sheet, pair: str, home: str) -> _Layout:
    """What the columns mean. Raises InputError when the rates cannot be found by them."""
    names = dict.fromkeys(sheet.columns)
    named = [column for name in names if (column := _rate_column(name))]
    known = [*_WHEN, *_WHICH, "rate", *_KNOWN, *(column.name for column in named)]
    check_columns(sheet, known, IGNORED, _EXAMPLE)
    enough = len(sheet.problems)
    when = _one_of(sheet, _WHEN, "the month or day of each rate")
    which = _one_of(sheet, _WHICH, "") or ""
    if not named:
        _missing(sheet, "a column of rates is wanted", "name it rate, eur_per_unit or eur_per_usd")
    for column in named:
        _check_column(sheet, column, which, pair, home)
    columns = tuple(_filled(column, "" if which else pair, home) for column in named)
    if len({(one.home, one.foreign, one.kind or "average") for one in columns}) < len(columns):
        _missing(sheet, "one column for each kind of rate is wanted", "remove one of the two")
    if len(sheet.problems) > enough:
        sheet.refuse()
    return _Layout(when or "", which, columns)


def _rate_column(name: str) -> _Column | None:
    per_unit = _PER_UNIT.match(name)
    if per_unit is not None:
        kinds: dict[str | None, Kind] = {"avg": "average", "end": "end"}
        return _Column(name, home=per_unit.group(1).upper(), kind=kinds.get(per_unit.group(2)))
    if _PAIR.match(name):
        home, foreign = split_pair(name)
        return _Column(name, home, foreign)
    return _Column(name) if name == "rate" else None


def _one_of(sheet: Sheet, names: tuple[str, ...], what: str) -> str | None:
    """The one column of these that is there; two, or none when `what` is wanted, is a problem."""
    there = [name for name in names if name in sheet.columns]
    if len(there) > 1:
        _missing(sheet, f"one of {', '.join(names)} is wanted", "remove the others", there[1])
    elif not there and what:
        _missing(sheet, f"a column with {what} is wanted", f"name it {' or '.join(names)}")
    return there[0] if there else None


def _missing(sheet: Sheet, wanted: str, remedy: str, key: str = "") -> None:
    sheet.add(wanted, line=sheet.header_line, key=key, value=",".join(sheet.columns), remedy=remedy)


def _check_column(sheet: Sheet, column: _Column, which: str, pair: str, home: str) -> None:
    """Note a column whose home or foreign currency nothing says, or two things do."""
    if column.foreign and which:
        remedy = f"name the column rate, or remove {which}"
        _missing(sheet, "the pair is wanted once, in the column's name or in its own column",
                 remedy, column.name)  # fmt: skip
    elif which == "pair" and column.home:
        _missing(sheet, "the home currency is wanted once", "name the column rate", column.name)
    elif not column.foreign and not which and not pair:
        remedy = "add a column currency or pair, or name the pair of the file"
        _missing(sheet, "the currency of the rates is wanted", remedy, column.name)
    elif not column.home and which in ("currency", "base") and not home:
        remedy = "name the column eur_per_unit, or use a column pair such as eur_per_usd"
        _missing(sheet, "the home currency of the rates is wanted", remedy, column.name)
    elif column.home and not which and pair and split_pair(pair)[0] != column.home:
        _missing(sheet, f"rates of {pair} are wanted", f"name the column {pair}", column.name)
    if column.kind and "kind" in sheet.columns:
        remedy = "remove the column kind, or name the rates without _avg and _end"
        _missing(sheet, "the kind is wanted once", remedy, column.name)


def _filled(column: _Column, pair: str, home: str) -> _Column:
    """The column with what the caller says where its name does not."""
    if column.foreign:
        return column
    named, foreign = split_pair(pair) if pair else (home, "")
    return replace(column, home=column.home or named, foreign=foreign)


def _read_row(row: Row, read: _Read) -> None:
    """Take the rates of one row, or note what is wrong with it."""
    sheet, layout, cells = read.sheet, read.layout, row.cells
    when = month_or_day(cells[layout.when])
    if when is None:
        sheet.add(
            "a month such as 2031-01 or a day such as 2031-01-31 is wanted", line=row.line,
            key=layout.when, value=f'"{cells[layout.when]}"',
            remedy="write the year first, with four digits",
        )  # fmt: skip
    pairs = _pairs(row, read)
    kind = _kind(row, read, when)
    if when is None or pairs is None or kind is None:
        sheet.unread.append(row.line)
        return
    for column, pair in zip(layout.rates, pairs, strict=True):
        _read_rate(row, column, pair, column.kind or kind, when, read)


def _pairs(row: Row, read: _Read) -> list[Pair] | None:
    """The pair of each column of rates in this row; None when a cell does not say it."""
    layout, columns = read.layout, read.layout.rates
    if not layout.which:
        return [(column.home, column.foreign) for column in columns]
    text = row.cells[layout.which]
    add = partial(read.sheet.add, line=row.line, key=layout.which, value=f'"{text}"')
    if layout.which == "pair":
        try:
            return [split_pair(text)] * len(columns)
        except ValueError:
            add("a rate's name such as eur_per_usd (EUR for one USD) is wanted")
            return None
    if not is_currency(text):
        remedy = f"write {text.upper()}" if is_currency(text.upper()) else ""
        add("a currency code of three capital letters, such as EUR, is wanted", remedy=remedy)
        return None
    if any(column.home == text for column in columns):
        add("a foreign currency is wanted, this is the home currency", remedy="remove the row")
        return None
    return [(column.home, text) for column in columns]


def _kind(row: Row, read: _Read, when: Month | dt.date | None) -> Kind | None:
    """The kind of this row's rates; None when its cell is wrong or does not fit the date."""
    text = row.cells.get("kind", "")
    if not text:
        fixed = any(column.kind for column in read.layout.rates)
        return "average" if isinstance(when, Month) or fixed else "day"
    kind = next((one for one in KINDS if one == text.lower()), None)
    if kind is None:
        read.sheet.add(
            "average, end or day is wanted", line=row.line, key="kind", value=f'"{text}"',
            remedy=did_you_mean(text, KINDS),
        )  # fmt: skip
    elif kind == "day" and isinstance(when, Month):
        read.sheet.add(
            "a day such as 2031-01-31 is wanted for a rate of kind day", line=row.line,
            key=read.layout.when, value=str(when),
        )  # fmt: skip
        return None
    return kind


def _read_rate(
    row: Row, column: _Column, pair: Pair, kind: Kind, when: Month | dt.date, read: _Read
) -> None:
    """Take one rate, or note what is wrong with it; its month counts as there either way."""
    day = when.last_day() if isinstance(when, Month) else when
    if kind == "average":
        day = Month.of(day).last_day()
    over = day if kind != "average" and when == day else last_weekday(Month.of(day))
    known_on = _known_on(row, read, over, day)
    rate = _rate(row, column, read)
    slot = day if kind == "day" else Month.of(day)
    first = read.readings[pair, kind].setdefault(slot, Reading(slot, rate, row.line))
    if first.line != row.line:
        read.sheet.add(
            f"one rate of {pair_name(*pair)} for {slot} is wanted, line {first.line} has one",
            line=row.line, key=column.name, value=row.cells[column.name],
            remedy="remove one of the two",
        )  # fmt: skip
    elif rate is not None and known_on is not None:
        read.found[pair].put(kind, Quote(rate, day, known_on))


def _rate(row: Row, column: _Column, read: _Read) -> float | None:
    text = row.cells[column.name]
    rate = number_of(text)
    add = partial(read.sheet.add, line=row.line, key=column.name, value=text or "nothing")
    if rate is None:
        add("a rate is wanted, a number above zero", remedy=number_remedy(text))
    elif rate <= 0:
        add("a rate above zero is wanted", remedy="remove the row when there was no rate")
        return None
    return rate


def _known_on(row: Row, read: _Read, over: dt.date, day: dt.date) -> dt.date | None:
    """The day from which a rate may be used: never before its own last day."""
    add, when, text = partial(read.sheet.add, line=row.line), read.layout.when, ""
    if read.today is not None and over > read.today:
        remedy = f"today is {read.today}: remove what has not happened"
        add("a rate of the past is wanted", key=when, value=row.cells[when], remedy=remedy)
    text = row.cells.get("known_on", "")
    if not text:
        return day
    known_on = day_of(text)
    if known_on is None:
        wanted = "a day such as 2031-01-31 is wanted"
        add(wanted, key="known_on", value=text, remedy="leave it empty when it was known at once")
    elif known_on < over:
        wanted = f"a day not before {over} is wanted: the rate could not be known earlier"
        add(wanted, key="known_on", value=text, remedy=f"correct known_on or {when}")
        return None
    elif read.today is not None and known_on > read.today:
        add("a day of the past is wanted", key="known_on", value=text,
            remedy=f"today is {read.today}")  # fmt: skip
    return max(known_on, day) if known_on is not None else None


def _check_series(read: _Read, reference: RateSource | None) -> None:
    """Note gaps, odd rates, pairs that follow from others, and series in the other direction."""
    lines: dict[Pair, int] = {}
    for (pair, kind), by_time in read.readings.items():
        readings = [by_time[when] for when in sorted(by_time)]
        lines[pair] = min(lines.get(pair, readings[0].line), *(one.line for one in readings))
        for suspect in (*gaps(kind, readings, read.sheet.unread), *odd_rates(readings)):
            read.sheet.add(
                suspect.wanted, line=suspect.line, key=pair_name(*pair), value=suspect.value,
                remedy=suspect.remedy,
            )  # fmt: skip
    for pair, reverses in pairs_too_many(sorted(lines, key=lambda one: lines[one])):
        problem = too_many_problem(pair, reverses)
        read.sheet.problems.append(problem.at(file=read.sheet.file, line=lines[pair]))
    if reference is not None:
        _compare(read, reference, lines)


def _compare(read: _Read, reference: RateSource, lines: dict[Pair, int]) -> None:
    """Note series that are the inverse or a multiple of the same in another source."""
    for pair, gathered in read.found.items():
        other = reference.series(*pair)
        wrong = against(gathered.series(), other, reference.name) if other is not None else None
        if wrong is not None:
            wanted, value, remedy = wrong
            read.sheet.add(
                wanted, line=lines[pair], key=pair_name(*pair), value=value, remedy=remedy
            )
