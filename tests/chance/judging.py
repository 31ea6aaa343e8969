"""Probabilities of what was seen, and one judgement over all of them.

T. W. Anderson and D. A. Darling (1954), A test of goodness of fit, J. Am. Stat. Assoc. 49, 765-769;
G. and J. Marsaglia (2004), Evaluating the Anderson-Darling distribution, J. Stat. Software 9(2);
S. Holm (1979), A simple sequentially rejective multiple test procedure, Scand. J. Stat. 6, 65-70.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

LEVEL = 0.01
"""Probability that one of all tests fails although nothing is wrong."""

Array = np.ndarray


@dataclass(frozen=True)
class Result:
    """One test: what is tested, of what, with which sampler, and how likely so much or more is."""

    group: str
    name: str
    sampler: str
    statistic: float
    p: float


def both_sides(below: float, above: float) -> float:
    """A probability that counts too little and too much."""
    return min(1.0, 2.0 * min(below, above))


def anderson_darling(uniforms: Array) -> float:
    """A² of numbers that should be uniform on (0, 1)."""
    u = np.sort(np.clip(uniforms, 1e-300, 1 - 2.0**-53))
    n = len(u)
    weights = 2 * np.arange(1, n + 1) - 1
    return float(-n - np.dot(weights, np.log(u) + np.log1p(-u[::-1])) / n)


def anderson_darling_below(a2: float) -> float:
    """P(A² ≤ a2) for many numbers (n → ∞): the series of Anderson and Darling (1954).

    A² of n numbers differs from it by less than 0.01/n in probability (Marsaglia 2004).
    """
    if a2 < 0.01:
        return 0.0
    total, factor = 0.0, 1.0 / a2
    for j in range(60):
        if j:
            factor *= (0.5 - j) / j
        before = total
        total += (4 * j + 1) * factor * _term(a2, j)
        if total == before:
            break
    return min(1.0, max(0.0, total))


def _term(z: float, j: int) -> float:
    """∫ of the j-th term by its own series, after Marsaglia (2004)."""
    t = (4 * j + 1) ** 2 * math.pi**2 / 8 / z
    if t > 150:
        return 0.0
    a = math.pi / math.sqrt(2) * math.exp(-t) / math.sqrt(t)
    b = math.pi**1.5 * math.sqrt(2) * math.erfc(math.sqrt(t)) / 2
    r = z / 8
    total = a + b * r
    for i in range(1, 200):
        a, b = b, ((i - 0.5 - t) * b + t * a) / i
        r *= z / (8 * i + 8)
        step = b * r
        if total + step == total:
            break
        total += step
    return total


def ad_result(group: str, name: str, sampler: str, uniforms: Array) -> Result:
    """Anderson-Darling of numbers that should be independent and uniform, on both sides."""
    a2 = anderson_darling(uniforms)
    below = anderson_darling_below(a2)
    return Result(group, name, sampler, a2, both_sides(below, 1.0 - below))


def chi_square(group: str, name: str, sampler: str, value: float, df: int) -> Result:
    """A chi-square statistic, on both sides."""
    p = both_sides(float(special.chdtr(df, value)), float(special.chdtrc(df, value)))
    return Result(group, name, sampler, value, p)


def counted(group: str, name: str, sampler: str, counts: Array, weights: Array) -> Result:
    """Counts of categories against exact probabilities (all well above 1/n)."""
    expected = counts.sum() * weights / weights.sum()
    value = float(((counts - expected) ** 2 / expected).sum())
    return chi_square(group, name, sampler, value, len(counts) - 1)


def mean_result(group: str, name: str, sampler: str, values: Array, wanted: float) -> Result:
    """Student's t of independent values whose mean should be `wanted`."""
    n = len(values)
    error = float(values.std(ddof=1)) / math.sqrt(n)
    away = float(values.mean()) - wanted
    if error <= 1e-14 * abs(wanted):  # nothing is left to chance
        return Result(group, name, sampler, 0.0, float(abs(away) <= 1e-12 * abs(wanted)))
    t = away / error
    return Result(group, name, sampler, t, float(2 * special.stdtr(n - 1, -abs(t))))


def normal_result(group: str, name: str, sampler: str, z: float, tests: int = 1) -> Result:
    """A standard normal score, or the largest of several by Bonferroni's bound."""
    return Result(group, name, sampler, z, min(1.0, tests * 2 * float(special.ndtr(-abs(z)))))


def poisson_result(group: str, name: str, sampler: str, count: int, expected: float) -> Result:
    """A count of rare events, on both sides."""
    above = float(special.pdtrc(count - 1, expected)) if count else 1.0
    p = both_sides(float(special.pdtr(count, expected)), above)
    return Result(group, name, sampler, count, p)


def rejected(results: Sequence[Result], level: float = LEVEL) -> list[Result]:
    """The tests that fail at a family-wise level, by Holm's procedure."""
    failed: list[Result] = []
    ordered = sorted(results, key=lambda one: one.p)
    for i, result in enumerate(ordered):
        if result.p > level / (len(ordered) - i):
            break
        failed.append(result)
    return failed
