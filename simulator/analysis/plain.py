"""How well plain random numbers would know a statistic: its error with independent draws.

The variance of a statistic of n independent draws, estimated from the draws that there are. They
have the same distribution, so what is needed of it (a variance, a density) can be read from any
draws; only the spread of the statistic itself is smaller for evenly spread ones.

- mean: σ/√n.
- sd: √((μ₄ − σ⁴)/n)/(2σ) (Stuart and Ord 1994, Kendall's Advanced Theory of Statistics, 10.9).
- percentile at p: half the distance between the percentiles at p ± √(p(1 − p)/n), which needs no
  density (Woodruff 1952, Confidence intervals for medians and other position measures, J. Am. Stat.
  Assoc. 47, 635-646).
- expected shortfall at p: the sd of the excess over the percentile, over (1 − p)√n. The error of
  the percentile itself does not count to first order: as a function of the border, the shortfall
  is least there (Rockafellar and Uryasev 2002, theorem 10).
- probability P of exceeding: √(P(1 − P)/n).
"""

from __future__ import annotations

import math

import numpy as np

from simulator.analysis.pieces import EXCEEDS
from simulator.analysis.statistics import HIGHEST, LOWEST, PERCENTILES, SHORTFALL, percentiles
from simulator.tables import Float64


def plain_error(values: Float64, statistic: str, threshold: float = math.nan) -> float:
    """Standard error of a statistic of the summary if the draws, shape (n,), were independent.

    In the unit of the statistic; `threshold` is that of a probability. NaN for a statistic without
    one (an extreme), and with fewer than two draws.
    """
    count = len(values)
    if count < 2:
        return math.nan
    if statistic in PERCENTILES:
        level = PERCENTILES[statistic]
        reach = math.sqrt(level * (1 - level) / count)
        low, high = percentiles(values, [max(0.0, level - reach), min(1.0, level + reach)])
        return float(high - low) / 2
    if statistic in (HIGHEST, LOWEST):
        turned = values if statistic == HIGHEST else -values
        excess = np.maximum(0.0, turned - percentiles(turned, [SHORTFALL])[0])
        return float(np.std(excess, ddof=1)) / (1 - SHORTFALL) / math.sqrt(count)
    if statistic == "mean":
        return float(np.std(values, ddof=1)) / math.sqrt(count)
    if statistic == "sd":
        squares = np.square(values - values.mean())
        variance = float(squares.mean())
        spread = float(np.std(squares)) / math.sqrt(count)
        return spread / (2 * math.sqrt(variance)) if variance > 0 else 0.0
    if statistic.startswith(EXCEEDS):
        part = float(np.mean(values > threshold))
        return math.sqrt(part * (1 - part) / count)
    return math.nan
