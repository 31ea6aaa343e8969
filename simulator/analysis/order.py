"""Quantiles as order statistics, with intervals that assume no law."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import bdtr

from simulator.tables import Float64

INTERVAL = 0.90
"""Confidence of the intervals: that they hold the true quantile."""

ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Order:
    """An order statistic with the interval between two others; NaN where draws are too few."""

    value: float
    low: float
    high: float


def rank(count: int, level: float) -> int:
    """The least rank k, from 1, with at least `level` of `count` draws at or below the k-th."""
    return min(count, max(1, math.ceil(count * level - ROUNDING)))


def interval_ranks(count: int, level: float, confidence: float = INTERVAL) -> tuple[int, int]:
    """Ranks l < u between which the quantile lies with at least `confidence`, 0 for none.

    The number of independent draws at or below the quantile is binomial (count, level); each tail
    gets half of what is left (David and Nagaraja 2003, section 7.1). Draws that are placed evenly
    scatter less, so for them the interval is too wide rather than too narrow.
    """
    tail = (1.0 - confidence) / 2
    below = bdtr(np.arange(count, dtype=np.float64), count, level)  # P(B ≤ 0 … count − 1)
    low = int(np.searchsorted(below, tail, side="right"))
    high = int(np.searchsorted(below, 1.0 - tail, side="left")) + 1
    return low, high if high <= count else 0


def order_statistic(ordered: Float64, level: float, confidence: float = INTERVAL) -> Order:
    """The quantile of sorted draws, shape (n,), as the order statistic of `rank`."""
    count = len(ordered)
    low, high = interval_ranks(count, level, confidence)
    return Order(
        float(ordered[rank(count, level) - 1]),
        float(ordered[low - 1]) if low else math.nan,
        float(ordered[high - 1]) if high else math.nan,
    )
