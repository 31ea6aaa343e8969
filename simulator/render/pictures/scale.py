"""Round steps and limits of an axis."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

MOST_DIGITS = 12
LEAST = 1e-300
SMALL = 1e-6
"""Constants below it are drawn as zero."""


def nice_step(width: float) -> float:
    """The nearest of 1, 2, 2.5 and 5 times a power of ten that is not below `width`."""
    width = max(width, LEAST)  # a fortieth of the least number there is would be none
    power = 10.0 ** math.floor(math.log10(width))
    return next(m * power for m in (1.0, 2.0, 2.5, 5.0, 10.0) if m * power >= width * (1 - 1e-9))


@dataclass(frozen=True, slots=True)
class Limits:
    """An axis from `low` to `high` with a tick every `step`."""

    low: float
    high: float
    step: float

    @property
    def digits(self) -> int:
        """Decimals that its ticks need."""
        exponent = Decimal(f"{self.step:.{MOST_DIGITS}g}").normalize().as_tuple().exponent
        return max(0, -exponent) if isinstance(exponent, int) else 0

    def ticks(self) -> tuple[float, ...]:
        """Every tick, as a float that prints without noise."""
        first, last = round(self.low / self.step), round(self.high / self.step)
        return tuple(float(f"{k * self.step:.{MOST_DIGITS}g}") for k in range(first, last + 1))


def limits_around(values: Iterable[float], parts: int = 6) -> Limits:
    """Round limits around every finite value, in about so many parts; one around a constant."""
    shown = [value for value in values if math.isfinite(value)] or [0.0]
    low, high = min(shown), max(shown)
    size = max(abs(low), abs(high))
    if high - low <= 1e-9 * max(size, 1.0):  # a constant, but for noise
        margin = size * 0.05 if size > SMALL else 1.0
        low, high = low - margin, high + margin
    step = nice_step((high - low) / parts)
    first, last = math.floor(low / step - 0.1), math.ceil(high / step + 0.1)
    return Limits(round(first * step, 10), round(last * step, 10), step)


def nice_floor(lowest: float, highest: float) -> float:
    """Where the vertical axis may begin so that small steps are seen between two large bars."""
    spread = max(highest - lowest, abs(highest) * 0.01)
    step = 10.0 ** math.floor(math.log10(spread)) if spread > 0 else 1.0
    return max(0.0, math.floor((lowest - 2 * spread) / step) * step) if lowest >= 0 else lowest
