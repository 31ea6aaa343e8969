"""Words and numbers of charts in a language."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.render.figures import MINUS, NOTHING, SPACE, grouped, scale_word
from simulator.render.finding import Translate, as_it_is


@dataclass(frozen=True, slots=True)
class Wording:
    """A language: how it puts words and how it writes numbers.

    Digits go in groups of three with a no-break space, as a budget page prints them in every
    language; the decimal mark and the space before a percent sign are the language's.
    """

    code: str = "en"
    translate: Translate = as_it_is
    decimal: str = "."
    percent_sign: str = f"{SPACE}%"

    def number(self, value: float, digits: int = 0) -> str:
        """A number: 34 526.2, in French 34 526,2."""
        return grouped(value, digits).replace(".", self.decimal)

    def signed(self, value: float, digits: int = 0) -> str:
        """A change with its sign: +1 539 395."""
        text = self.number(value, digits)
        return text if text.startswith(MINUS) or not value else f"+{text}"

    def percent(self, fraction: float, digits: int = 1) -> str:
        """A fraction as a percentage: 42.5 %, in Chinese 42.5%."""
        if math.isnan(fraction):
            return NOTHING
        return self.number(100 * fraction, digits) + self.percent_sign

    def scale(self, unit: int, currency: str) -> str:
        """The unit of amounts in words: thousand EUR."""
        named = scale_word(unit, "{currency}")
        return self.translate(named).replace("{currency}", currency)

    def name(self, key: str) -> str:
        """A driver, stage or other name of the program, in words."""
        return self.translate(key.replace("_", " "))

    def locale(self) -> Mapping[str, Any]:
        """How the chart library writes numbers on axes."""
        return {
            "decimal": self.decimal,
            "thousands": SPACE,
            "grouping": [3],
            "currency": ["", ""],
            "percent": self.percent_sign,
            "minus": MINUS,
        }


def wording(code: str, translate: Translate = as_it_is) -> Wording:
    """English, French or Chinese ways with numbers, with the words of a catalogue."""
    decimal = "," if code == "fr" else "."
    return Wording(code, translate, decimal, "%" if code == "zh" else f"{SPACE}%")
