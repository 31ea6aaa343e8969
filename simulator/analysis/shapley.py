"""Exact Shapley values: a change shared among the drivers that make it (Shapley 1953).

The value v(S) of a coalition is a statistic with the drivers of S changed and the others not. A
driver's share is the mean, over all orders in which drivers may change one after another, of what
its turn adds:

    φ_i = Σ_{S ∌ i} |S|! (k − |S| − 1)! / k! × (v(S ∪ i) − v(S))

Coalitions are numbered by their bits: driver i is in coalition S when bit i of S is set.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from simulator.tables import Float64

MOST_DRIVERS = 10
"""2^10 coalitions are still computed one by one."""


def shapley(values: Float64) -> Float64:
    """Shares of each driver, shape (k, …), from the values of all coalitions, shape (2^k, …).

    They sum to values[-1] − values[0] but for rounding. Raises ValueError for another number of
    coalitions than a power of two.
    """
    count = len(values)
    drivers = count.bit_length() - 1
    if count != 1 << drivers:
        raise ValueError(f"2^k coalitions are wanted, not {count}")
    coalitions = np.arange(count)
    shares = np.zeros((drivers, *values.shape[1:]))
    for i in range(drivers):
        for without in coalitions[(coalitions >> i) & 1 == 0].tolist():
            size = without.bit_count()
            weight = 1 / (drivers * math.comb(drivers - 1, size))
            shares[i] += weight * (values[without | 1 << i] - values[without])
    return shares


def shares_with_errors(whole: Float64, replicates: Float64) -> tuple[Float64, Float64]:
    """Shares and their standard errors, both of shape (k,).

    `whole` are the values of the coalitions on all draws, shape (2^k,); `replicates` those in
    each replicate, shape (2^k, R). Errors are NaN with fewer than two replicates.
    """
    shares = shapley(whole)
    count = replicates.shape[1]
    if count < 2:
        return shares, np.full(len(shares), math.nan)
    spread = np.std(shapley(replicates), axis=1, ddof=1)
    return shares, spread / math.sqrt(count)


def rounded(shares: Sequence[float], total: int) -> list[int]:
    """Whole numbers near the shares that add up to `total`, which is near their sum.

    What rounding leaves over goes, unit by unit, to those that it moved furthest the other way.
    """
    found = [math.floor(share) for share in shares]
    left = total - sum(found)
    order = sorted(range(len(found)), key=lambda i: (found[i] - shares[i], i))
    for step in range(abs(left) if found else 0):
        if left > 0:
            found[order[step % len(order)]] += 1
        else:
            found[order[-1 - step % len(order)]] -= 1
    return found
