"""Model M as one writes it with NumPy: whole arrays, the default generator, pandas-free Parquet.

python numpy_idiomatic.py DRAWS FILE
"""

from __future__ import annotations

import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from model import FACTOR, INCOME, INCOME_LAW, LINES, MONTHS, PRICE_SD, RATES, SD, START, rest


def main(draws: int, path: str) -> None:
    """Simulate and write."""
    rng = np.random.default_rng(1)
    shocks = rng.standard_normal((draws, len(RATES), MONTHS))
    sd = np.array([SD[name] for name in RATES])[:, None]
    start = np.array([START[name] for name in RATES])[:, None]
    averages = start * np.exp(sd * (shocks @ FACTOR.T))
    yearly = averages.mean(axis=2)
    errors = rng.normal(0.0, [PRICE_SD[name] for name in LINES], (draws, len(LINES)))
    means, sds = zip(*(INCOME_LAW[name] for name in INCOME), strict=True)
    income = rng.normal(means, sds, (draws, len(INCOME))).sum(axis=1)
    outputs = rest(dict(zip(RATES, yearly.T, strict=True)), list(errors.T), income)
    pq.write_table(pa.table(outputs), path)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
