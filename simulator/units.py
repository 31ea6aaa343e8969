"""Money, shares, rounding and months: the exact arithmetic that everything above stands on."""

from __future__ import annotations

import calendar
import datetime as dt
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

CURRENCY = re.compile(r"[A-Z]{3}\Z")
PAIR = re.compile(r"([a-z]{3})_per_([a-z]{3})\Z")

Exact = Fraction | Decimal | int


def round_half_up(number: Exact, quantum: Decimal) -> Decimal:
    """`number` to the nearest multiple of `quantum`, halves away from zero.

    Budget pages are rounded this way: 17 196.05 prints as 17 196.1 (A/62/6 (Sect.13)/Add.1,
    table 13.2, contribution of a year). `quantum` may be any positive step, 0.1 or 100. Sixty
    digits are exact.

    >>> round_half_up(Decimal("17196.05"), Decimal("0.1"))
    Decimal('17196.1')
    >>> round_half_up(-250, Decimal(100))
    Decimal('-300')
    """
    if quantum <= 0:
        raise ValueError(f"a rounding step must be positive, not {quantum}")
    steps = Fraction(number) / Fraction(quantum)
    whole = (2 * abs(steps) + 1) // 2
    count = Decimal(whole if steps >= 0 else -whole)
    with localcontext() as context:
        context.prec = 60
        return count * quantum


def whole_units(value: float) -> int:
    """A number as it is printed without decimals: halves away from zero.

    >>> whole_units(-2.5)
    -3
    """
    return int(round_half_up(Decimal(repr(value)), Decimal(1)))


def to_decimal(number: Exact, digits: int = 28) -> Decimal:
    """`number` as a decimal of at most `digits` significant digits, for showing."""
    fraction = Fraction(number)
    with localcontext() as context:
        context.prec = digits
        return Decimal(fraction.numerator) / Decimal(fraction.denominator)


def plain_digits(number: Decimal) -> str:
    """A number without an exponent and without idle zeros.

    >>> plain_digits(Decimal("1.0500")), plain_digits(Decimal("1e3"))
    ('1.05', '1000')
    """
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def parse_share(text: str | Decimal | int) -> Fraction:
    """An exact share: "1/2", "8.75/21.25", 0.25 or "0.25".

    Raises ValueError when it is not a number or a quotient of two.

    >>> parse_share("8.75/21.25")
    Fraction(7, 17)
    """
    if not isinstance(text, str):
        return Fraction(text)
    parts = [part.strip() for part in text.split("/")]
    if len(parts) > 2 or not all(
        re.fullmatch(r"[+-]?\d{1,30}(\.\d{1,30})?", part) for part in parts
    ):
        raise ValueError(f"{text[:60]!r} is not a share such as 0.25, 1/2 or 8.75/21.25")
    numbers = [Fraction(part) for part in parts]
    if len(numbers) == 2:
        if numbers[1] == 0:
            raise ValueError(f"{text[:60]!r} divides by zero")
        return numbers[0] / numbers[1]
    return numbers[0]


def pair_name(quote: str, base: str) -> str:
    """The name of a rate with its direction: `eur_per_usd` is EUR for one USD."""
    return f"{quote.lower()}_per_{base.lower()}"


def rate_unit(name: str) -> str:
    """The unit of a rate.

    >>> rate_unit("eur_per_usd")
    'EUR/USD'
    """
    return "/".join(split_pair(name))


def split_pair(name: str) -> tuple[str, str]:
    """(quote, base) of a rate's name, upper case; raises ValueError if it is not one."""
    match = PAIR.match(name)
    if match is None:
        raise ValueError(f"{name[:60]!r} is not a rate's name such as eur_per_usd")
    return match.group(1).upper(), match.group(2).upper()


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """A calendar month; prints and sorts as 2031-01.

    >>> str(Month.parse("2031-01").plus(-2))
    '2030-11'
    """

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> Month:
        """From "2031-01"; raises ValueError otherwise."""
        match = re.fullmatch(r"(\d{4})-(\d{2})", text)
        if match is None or not 1 <= int(match.group(2)) <= 12:
            raise ValueError(f"{text[:40]!r} is not a month such as 2031-01")
        return cls(int(match.group(1)), int(match.group(2)))

    @classmethod
    def of(cls, day: dt.date) -> Month:
        """The month that a day lies in."""
        return cls(day.year, day.month)

    def next(self) -> Month:
        """The month after."""
        return Month(self.year + 1, 1) if self.month == 12 else Month(self.year, self.month + 1)

    def plus(self, months: int) -> Month:
        """The month that lies `months` later; earlier when negative."""
        year, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        return Month(year, month + 1)

    def last_day(self) -> dt.date:
        """The last day of the calendar month."""
        return dt.date(self.year, self.month, calendar.monthrange(self.year, self.month)[1])

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


def months_between(first: Month, last: Month) -> Iterator[Month]:
    """Every month from `first` to `last`, both included; none when `last` is earlier."""
    month = first
    while month <= last:
        yield month
        month = month.next()


def is_currency(unit: str) -> bool:
    """Whether a unit is that of an amount: EUR, not 1, count or EUR/USD."""
    return CURRENCY.match(unit) is not None


def finite(value: float) -> float | None:
    """The number, or None where it cannot be had: JSON has neither NaN nor infinity."""
    return value if math.isfinite(value) else None


def period_label(years: tuple[int, ...]) -> str:
    """The name of the whole budget period: "2031-2032", or "2031" for a single year."""
    return str(years[0]) if len(years) == 1 else f"{years[0]}-{years[-1]}"
