"""How figures look: the spacing and signs of a budget page, percent only here.

Digits are grouped in threes by a no-break space, as the document prints them (34 526.2), so that
a figure stays one word for the eye, for wrapping and for `awk`. A minus is a minus sign.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

from simulator.units import round_half_up

SPACE = "\u00a0"
MINUS = "\u2212"
NOTHING = "\u2013"
"""Stands where there is no figure: an error that cannot be had, a threshold that is not set."""


def grouped(value: float | Decimal, digits: int) -> str:
    """`value` rounded half up to `digits` decimals, in groups of three: 34 526.2.

    A value that is not a number is shown as a dash, infinity by its sign.
    """
    if isinstance(value, float) and not math.isfinite(value):
        return NOTHING if math.isnan(value) else ("∞" if value > 0 else f"{MINUS}∞")
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    rounded = round_half_up(exact, Decimal(1).scaleb(-digits))
    sign = MINUS if rounded < 0 else ""
    return sign + f"{abs(rounded):,.{digits}f}".replace(",", SPACE)


def percent(fraction: float, digits: int = 1) -> str:
    """A fraction as a percentage, with a no-break space.

    >>> percent(0.425)
    '42.5\\xa0%'
    """
    if math.isnan(fraction):
        return NOTHING
    return f"{grouped(100 * fraction, digits)}{SPACE}%"


def rate(value: float) -> str:
    """An exchange rate, to four decimals."""
    return grouped(value, 4)


def decimals(step: Decimal) -> int:
    """How many decimals a multiple of `step` needs: 1 for 0.1, 0 for 100."""
    exponent = step.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def scale_word(unit: int, currency: str) -> str:
    """The unit of the file's amounts in words: "thousand XYZ"."""
    words = {1: "", 100: "hundred ", 1_000: "thousand ", 1_000_000: "million "}
    return f"{words.get(unit, f'{grouped(Decimal(unit), 0)}{SPACE}')}{currency}"


@dataclass(frozen=True, slots=True)
class Amounts:
    """Prints amounts in the file's unit, to the decimals of its cells."""

    unit: int
    digits: int

    def __call__(self, value: float) -> str:
        """An amount in whole units of currency, as the file states amounts."""
        return grouped(value / self.unit, self.digits)

    def error(self, value: float) -> str:
        """A standard error, to one decimal more than the amount."""
        return grouped(value / self.unit, self.digits + 1)
