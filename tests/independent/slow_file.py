"""A scenario file as plain tables, and its numbers as fractions."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

File = dict[str, Any]
Drawn = Mapping[str, list[float]]
ByYear = dict[int, float]
Columns = dict[str, ByYear]
Table = dict[str, dict[str, float]]

LISTS = ("posts", "post_changes", "pledges")
TEXT = ("name", "window", "currency", "stage", "office", "fund", "grade", "change")


def load(path: str | Path) -> File:
    """The scenario as written, its lists read from their CSV files."""
    path = Path(path)
    file = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    if "law_file" in file:
        law = (path.parent / file["law_file"]).read_text(encoding="utf-8")
        file = over(file, tomllib.loads(law, parse_float=Decimal))
    for section in LISTS:
        entries = file.get(section, [])
        if isinstance(entries, str):
            entries = read_list(path.parent / entries)
        file[section] = entries
    return file


def over(above: File, below: File) -> File:
    """Two tables as one; what stands above wins."""
    both = {key: value for key, value in below.items() if key not in above}
    for key, value in above.items():
        mixed = isinstance(value, dict) and isinstance(below.get(key), dict)
        both[key] = over(value, below[key]) if mixed else value
    return both


def read_list(path: Path) -> list[File]:
    """Rows of a CSV file as tables; a header `a.b` is key b of table a, an empty cell is absent."""
    entries = []
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            entry: File = {}
            for header, cell in row.items():
                if not cell.strip() or header in ("note", "source", "assumption"):
                    continue
                *tables, key = header.split(".")
                place = entry
                for table in tables:
                    place = place.setdefault(table, {})
                number = key not in TEXT and header not in ("from_grade", "from_office")
                place[key] = Decimal(cell) if number and header != "reconciliation" else cell
            entries.append(entry)
    return entries


def exact(number: Any) -> Fraction:
    """A certain number, written bare or as `{ value = … }`."""
    return Fraction(number["value"] if isinstance(number, dict) else number)


def centre(number: Any) -> Fraction:
    """The central value of a number that may follow a law."""
    if not isinstance(number, dict) or "value" in number:
        return exact(number)
    if "central" in number:
        return Fraction(number["central"])
    if "p50" in number:
        return Fraction(number["p50"])
    for law, parameters in number.items():
        if law in CENTRES:
            return CENTRES[law](parameters)
    raise ValueError(f"no law in {number}")


def _lognormal(law: File) -> Fraction:
    if "median" in law:
        return Fraction(law["median"])
    mean, sd = Decimal(law["mean"]), Decimal(law["sd"])
    return Fraction(mean / (1 + (sd / mean) ** 2).sqrt())


def _beta(law: File) -> Fraction:
    low, high = Fraction(law.get("min", 0)), Fraction(law.get("max", 1))
    alpha, beta = Fraction(law["alpha"]), Fraction(law["beta"])
    return low + (high - low) * alpha / (alpha + beta)


def _discrete(law: File) -> Fraction:
    values, weights = [list(map(Fraction, law[key])) for key in ("values", "weights")]
    return sum(v * w for v, w in zip(values, weights, strict=True)) / sum(weights)


CENTRES = {
    "normal": lambda law: Fraction(law["mean"]),
    "lognormal": _lognormal,
    "pert": lambda law: Fraction(law["mode"]),
    "triangular": lambda law: Fraction(law["mode"]),
    "uniform": lambda law: (Fraction(law["min"]) + Fraction(law["max"])) / 2,
    "beta": _beta,
    "discrete": _discrete,
    "bernoulli": lambda law: Fraction(law["p"]),
    "empirical": lambda law: sum(map(Fraction, law["values"])) / len(law["values"]),
}


def share_of(parent: File) -> Fraction:
    """The exact share: "1/2", "8.75/21.25" or a decimal."""
    over, _, under = str(parent["share"]).partition("/")
    return Fraction(over) / Fraction(under or "1")


def years_of(file: File) -> list[int]:
    return list(file["budget"]["years"])


def unit_of(file: File) -> int:
    """Units of currency in one unit of the file's amounts."""
    return int(file["budget"].get("unit", 1000))


def of_year(table: Mapping[str, Any], year: int, default: int) -> Fraction:
    """A year's number of a table by year."""
    return exact(table[str(year)]) if str(year) in table else Fraction(default)


def half_up(number: Fraction, step: Fraction) -> Fraction:
    """The nearest multiple of `step`, halves away from zero."""
    steps = (2 * abs(number) / step + 1) // 2
    return steps * step if number >= 0 else -steps * step


def period_of(file: File) -> str:
    """The label of the whole period."""
    years = years_of(file)
    return f"{years[0]}-{years[-1]}" if len(years) > 1 else str(years[0])
