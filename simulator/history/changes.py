"""How monthly averages moved together: mean products of their log changes, of any home currency.

A month counts from monthly averages where they give the change of all currencies asked for; else
from the yearly table, whose mean for a year counts once for each of its months that is asked for
and not known otherwise. A month that neither has is left out. Means are about zero: no drift is
taken out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from math import fsum, sqrt

from simulator.errors import InputError, Problem
from simulator.history.rates import NotYetKnown, RatesAsOf
from simulator.history.yearly import YearlyFigures
from simulator.units import Month, months_between, pair_name

FEWEST_MONTHS = 24
"""With fewer, a standard deviation is known to no better than 14 %: 1 / sqrt(2 n)."""

_NO_MONTHS = (Month(1, 2), Month(1, 1))


@dataclass(frozen=True, slots=True)
class Window:
    """The months that a mean rests on: how many from monthly averages and from yearly figures."""

    first: Month
    last: Month
    monthly: int
    yearly: int

    @property
    def months(self) -> int:
        """All months that count."""
        return self.monthly + self.yearly

    def __str__(self) -> str:
        parts = [(self.monthly, "of averages"), (self.yearly, "of yearly figures")]
        shown = " and ".join(f"{count} months {text}" for count, text in parts if count)
        return f"{self.first} to {self.last}: {shown}"


@dataclass(frozen=True, slots=True)
class MeanProduct:
    """A mean of products of two monthly log changes, and the months it rests on."""

    value: float
    window: Window

    @property
    def months(self) -> int:
        """How many months it rests on."""
        return self.window.months


@dataclass(frozen=True, slots=True)
class Correlations:
    """Correlations about zero, in the order of `currencies`, and the months they rest on."""

    currencies: tuple[str, ...]
    matrix: tuple[tuple[float, ...], ...]
    window: Window


class Changes:
    """Monthly log changes as they were known at the vintage of `rates`."""

    def __init__(self, rates: RatesAsOf, yearly: YearlyFigures) -> None:
        self.rates, self.yearly = rates, yearly
        self._changes: dict[tuple[str, str], dict[Month, float]] = {}
        self.yearly_until: dt.date | None = None
        """The last day of the yearly figures read so far, None while there are none."""

    @property
    def yearly_used(self) -> bool:
        """Whether yearly figures were read so far."""
        return self.yearly_until is not None

    def last_months(self, count: int) -> tuple[Month, Month]:
        """First and last of the `count` months that ended last."""
        last = self.rates.last_month
        return last.plus(1 - count), last

    def mean_product(self, home: str, a: str, b: str, first: Month, last: Month) -> MeanProduct:
        """The mean of (log change of `a`)(log change of `b`), both in `home` units, per month.

        Raises NotYetKnown when `last` was not over at the vintage, InputError when fewer than
        `FEWEST_MONTHS` months of the window are known.
        """
        matrix, window = self._matrix(home, tuple(dict.fromkeys((a, b))), first, last)
        return MeanProduct(matrix[0][-1], window)

    def mean_square(self, home: str, foreign: str, first: Month, last: Month) -> MeanProduct:
        """The mean square of the log change of `foreign` in `home` units, per month."""
        return self.mean_product(home, foreign, foreign, first, last)

    def correlation(self, home: str, currencies: Sequence[str], months: int = 180) -> Correlations:
        """Correlations about zero of the currencies in `home` units over the last months.

        All entries rest on the same months, those that are known for every currency, so the matrix
        is positive semi-definite. A currency that never moved is uncorrelated with the others.
        """
        matrix, window = self._matrix(home, tuple(currencies), *self.last_months(months))
        scale = [1 / sqrt(row[i]) if row[i] > 0 else 0.0 for i, row in enumerate(matrix)]
        rows = [
            tuple(_within_one(value * (scale[i] * scale[j])) for j, value in enumerate(row))
            for i, row in enumerate(matrix)
        ]
        ones = [(*row[:i], 1.0, *row[i + 1 :]) for i, row in enumerate(rows)]
        return Correlations(tuple(currencies), tuple(ones), window)

    def _matrix(
        self, home: str, currencies: tuple[str, ...], first: Month, last: Month
    ) -> tuple[list[list[float]], Window]:
        """Mean products of all currencies over the months that all of them have."""
        if home in currencies:
            raise InputError(_problem("foreign currencies are wanted", home, currencies, home))
        if last > self.rates.last_month:
            raise NotYetKnown(_problem("months that were over are wanted", home, currencies, last))
        changes = [self._of(home, currency) for currency in currencies]
        asked = list(months_between(first, last))
        monthly = [m for m in asked if all(m in change for change in changes)]
        yearly = self._yearly_months(home, currencies, asked, monthly)
        count = len(monthly) + sum(len(months) for months in yearly.values())
        if count < FEWEST_MONTHS:
            wanted = f"at least {FEWEST_MONTHS} monthly averages from {first} to {last} are wanted"
            raise InputError(_problem(wanted, home, currencies, count))
        self._note(yearly)
        total = partial(self._sum, home, monthly=monthly, yearly=yearly)
        matrix = [[total(a, b) / count for b in currencies] for a in currencies]
        used = sorted([*monthly, *(month for months in yearly.values() for month in months)])
        return matrix, Window(used[0], used[-1], len(monthly), count - len(monthly))

    def _note(self, yearly: dict[int, list[Month]]) -> None:
        """Remember until when yearly figures were read."""
        ends = [months[-1].last_day() for months in yearly.values()]
        if ends:
            self.yearly_until = max(filter(None, (*ends, self.yearly_until)))

    def _sum(
        self, home: str, a: str, b: str, *, monthly: list[Month], yearly: dict[int, list[Month]]
    ) -> float:
        of_a, of_b = self._of(home, a), self._of(home, b)
        parts = [of_a[month] * of_b[month] for month in monthly]
        for year, months in yearly.items():
            mean = self.yearly.mean_product(home, a, b, year, self.rates.known_on)
            parts.append((mean or 0.0) * len(months))
        return fsum(parts)

    def _yearly_months(
        self, home: str, currencies: tuple[str, ...], asked: list[Month], monthly: list[Month]
    ) -> dict[int, list[Month]]:
        """Months without averages that the yearly table has for every currency, by year."""
        missing = sorted(set(asked) - set(monthly))
        found: dict[int, list[Month]] = {}
        for year, months in groupby(missing, key=lambda month: month.year):
            covered = months_between(*self.yearly.covered.get(year, _NO_MONTHS))
            inside = sorted(set(months) & set(covered))
            if inside and all(
                self.yearly.mean_product(home, a, b, year, self.rates.known_on) is not None
                for a in currencies
                for b in currencies
            ):
                found[year] = inside
        return found

    def _of(self, home: str, foreign: str) -> dict[Month, float]:
        if (home, foreign) not in self._changes:
            self._changes[home, foreign] = self.rates.changes(home, foreign)
        return self._changes[home, foreign]


def _within_one(correlation: float) -> float:
    """Without the last bits that rounding may add."""
    return min(1.0, max(-1.0, correlation))


def _problem(wanted: str, home: str, currencies: tuple[str, ...], found: object) -> Problem:
    return Problem(
        wanted,
        key=", ".join(pair_name(home, currency) for currency in currencies),
        value=str(found),
        remedy="give a longer history with --history FILE; month-end rates alone are not enough",
    )
