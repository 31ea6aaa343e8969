"""Yearly figures that the program carries: mean rates and mean products before daily rates begin,
and consumer-price inflation; made by `tools/make_yearly_figures.py`.

The table holds everything against one currency, the pivot p. Write x_c for the monthly log change
of units of c for one p. The rate of foreign a in home units is (h for one p) / (a for one p), so
its log change is x_h - x_a, and the mean of the product of two such changes is, by bilinearity,

    mean[(x_h - x_a)(x_h - x_b)] = m(h, h) - m(h, b) - m(a, h) + m(a, b),    m(c, d) = mean[x_c x_d]

with m(p, .) = 0. This is exact: m over all pairs of currencies gives every home currency. The log
of a year's geometric mean rate is the mean of the monthly logs, so crosses of those are exact too.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from simulator.units import Month

FILE = "yearly.csv"


@dataclass(frozen=True, slots=True)
class YearlyFigures:
    """The table: rates and products by currency and year against `pivot`, inflation by currency.

    Rates are units for one pivot, inflation is a fraction; `countries` names the country whose
    prices stand for a currency. `covered` gives the first and last month that the products of a
    year rest on: the last months of the first year, the first months of the last one.
    """

    name: str
    sha256: str
    pivot: str
    rates: Mapping[str, Mapping[int, float]]
    products: Mapping[tuple[str, str], Mapping[int, float]]
    covered: Mapping[int, tuple[Month, Month]]
    inflation: Mapping[str, Mapping[int, float]]
    countries: Mapping[str, str]
    file: str = FILE

    def mean_rate(self, home: str, foreign: str, year: int, known_on: dt.date) -> float | None:
        """A year's geometric mean rate, home units for one foreign unit.

        None when the table has none, or the year was not over on `known_on`.
        """
        if dt.date(year, 12, 31) > known_on:
            return None
        of_home, of_foreign = self._rate(home, year), self._rate(foreign, year)
        return of_home / of_foreign if of_home and of_foreign else None

    def mean_product(self, home: str, a: str, b: str, year: int, known_on: dt.date) -> float | None:
        """The mean product of monthly log changes of `a` and `b` in home units over a year.

        None when the table has none, or its months were not over on `known_on`.
        """
        if year not in self.covered or self.covered[year][1].last_day() > known_on:
            return None
        parts = [
            self._product(*pair, year) for pair in ((home, home), (home, b), (a, home), (a, b))
        ]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts):
            return None
        hh, hb, ah, ab = known
        return hh - hb - ah + ab

    def _rate(self, currency: str, year: int) -> float | None:
        return 1.0 if currency == self.pivot else self.rates.get(currency, {}).get(year)

    def _product(self, a: str, b: str, year: int) -> float | None:
        if self.pivot in (a, b):
            return 0.0
        return self.products.get((min(a, b), max(a, b)), {}).get(year)


@cache
def yearly_figures() -> YearlyFigures:
    """The table that comes with the program."""
    data = Path(__file__).with_name(FILE).read_bytes()
    rates: dict[str, dict[int, float]] = defaultdict(dict)
    products: dict[tuple[str, str], dict[int, float]] = defaultdict(dict)
    months: dict[int, int] = {}
    inflation: dict[str, dict[int, float]] = defaultdict(dict)
    countries: dict[str, str] = {}
    pivot, sources = "", set()
    for row in csv.DictReader(io.StringIO(data.decode())):
        year, currency, other = int(row["year"]), row["currency"], row["other"]
        value = float(row["value"])
        sources.add(row["source"].partition(";")[0])
        if row["kind"] == "mean_rate":
            rates[currency][year], pivot = value, other
        elif row["kind"] == "mean_product":
            products[currency, other][year], months[year] = value, int(row["months"])
        else:
            inflation[currency][year], countries[currency] = value, other
    return YearlyFigures(
        name="yearly figures: " + "; ".join(sorted(sources)),
        sha256=hashlib.sha256(data).hexdigest(),
        pivot=pivot,
        rates=dict(rates),
        products=dict(products),
        covered={year: _covered(year, count, max(months)) for year, count in months.items()},
        inflation=dict(inflation),
        countries=countries,
    )


def _covered(year: int, months: int, last_year: int) -> tuple[Month, Month]:
    """First and last of a year's `months` in a row of years without a hole."""
    if year == last_year:
        return Month(year, 1), Month(year, months)
    return Month(year, 13 - months), Month(year, 12)
