"""Which drivers move an output: squared rank correlation, driver by driver."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from simulator.tables import Float64

SAMPLE = 65_536
"""Draws that are ranked at most: enough for two digits, and quick."""


def ranks(values: Float64) -> Float64:
    """Ranks 0 … n − 1 as floats, ties given their mean rank; shape (n,)."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return np.asarray((ends - (counts + 1) / 2)[place], dtype=np.float64)


def driver_importance(inputs: Mapping[str, Float64], output: Float64) -> dict[str, float]:
    """Squared multiple rank correlation of each driver's inputs with an output.

    `inputs[driver]` has shape (n_draws, n_inputs), `output` (n_draws,). The value is the part
    of the variance of the output's ranks that a linear regression on the ranks of the driver's
    inputs explains: with one input, the squared Spearman correlation. Values of different
    drivers add up to less than 1 where they interact and to more where they are correlated.
    An output that does not move has importance 0.
    """
    target = ranks(output[:SAMPLE])
    target -= target.mean()
    variance = float(target @ target)
    found: dict[str, float] = {}
    for driver, table in inputs.items():
        columns = [ranks(table[:SAMPLE, i]) for i in range(table.shape[1])]
        matrix = np.column_stack(columns)
        matrix -= matrix.mean(axis=0)
        if variance == 0:
            found[driver] = 0.0
            continue
        weights, *_ = np.linalg.lstsq(matrix, target, rcond=None)
        fitted = matrix @ weights
        found[driver] = min(1.0, float(fitted @ fitted) / variance)
    return found
