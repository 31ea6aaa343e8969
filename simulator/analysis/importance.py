"""Which drivers move an output: squared rank correlation, driver by driver."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from simulator.tables import Float64

Int64 = npt.NDArray[np.int64]

SAMPLE = 65_536
"""Draws that are ranked at most: enough for two digits, and quick."""

CELLS = 1 << 22
"""Ranks held at most for one driver; with many inputs fewer draws are ranked."""

RADIX = 2048
"""From so many values on, digits are sorted instead of numbers."""


def rows_ranked(inputs: int) -> int:
    """How many draws are ranked for a driver with so many inputs, at most."""
    return min(SAMPLE, max(4096, CELLS // max(1, inputs)))


def _order(values: Float64) -> Int64:
    """Places of the values in ascending order.

    By two digits of 16 bits of the place between the extremes, each a stable counting sort, four
    times as quick as comparing; where that leaves neighbours in disorder, a sort that makes use of
    what order there is puts them right.
    """
    low, high = float(values.min(initial=math.inf)), float(values.max(initial=-math.inf))
    scale = (2.0**32 - 1) / (high - low) if high > low else math.inf
    if len(values) < RADIX or not (math.isfinite(high - low) and math.isfinite(scale)):
        return np.asarray(np.argsort(values, kind="stable"))
    digits = ((values - low) * scale).astype(np.uint32)
    order = np.argsort((digits & np.uint32(0xFFFF)).astype(np.uint16), kind="stable")
    upper = (digits >> np.uint32(16)).astype(np.uint16)[order]
    order = order[np.argsort(upper, kind="stable")]
    ordered = values[order]
    if not (ordered[1:] >= ordered[:-1]).all():
        order = order[np.argsort(ordered, kind="stable")]
    return np.asarray(order)


def ranks(values: Float64) -> Float64:
    """Ranks 0 … n − 1 as floats, ties given their mean rank; shape (n,)."""
    order = _order(values)
    ordered = values[order]
    found = np.empty(len(values))
    differs = ordered[1:] != ordered[:-1]
    if differs.all():
        found[order] = np.arange(len(values), dtype=np.float64)
        return found
    group = np.concatenate([[0], np.cumsum(differs)])
    counts = np.bincount(group)
    found[order] = (np.cumsum(counts) - (counts + 1) / 2)[group]
    return found


class _Inputs:
    """The ranks of a driver's inputs, shape (rows, k), ready to be held against an output's.

    Ranks are whole or half numbers, and so small that sums of their products are exact: they are
    centred after adding up, and no bit depends on the order in which a library adds.
    """

    def __init__(self, ranks: Float64) -> None:
        self._ranks = ranks
        rows = len(ranks)
        self._sums = ranks.sum(axis=0)
        squares = ranks.T @ ranks - np.outer(self._sums, self._sums / rows)
        # Directions shorter than a millionth of the longest are those of inputs that do not move
        # or move as others do.
        lengths, self._directions = np.linalg.eigh(squares)
        kept = lengths > 1e-12 * max(1.0, float(lengths.max(initial=0.0)))
        self._directions = self._directions[:, kept] / np.sqrt(lengths[kept])
        self.rows, self.count = rows, int(np.count_nonzero(kept))

    def explained(self, target: Float64) -> float:
        """The part of the square of the centred target, shape (rows,), that the inputs explain."""
        middle = float(target.sum()) / self.rows
        square = float(target @ target) - middle * float(target.sum())
        if square <= 0.0:
            return 0.0
        along = (target @ self._ranks - middle * self._sums) @ self._directions
        return min(1.0, float(along @ along) / square)


class Drivers:
    """Drivers whose inputs are ranked once, to be held against any number of outputs.

    `ranked[driver]` has shape (n_draws, n_inputs), the columns of ranks of the driver's inputs
    over the first draws, `rows_ranked` at most.
    """

    def __init__(self, ranked: Mapping[str, Float64]) -> None:
        self._inputs = {driver: _Inputs(matrix) for driver, matrix in ranked.items()}

    def importance(self, output: Float64) -> dict[str, float]:
        """Squared multiple rank correlation of each driver's inputs with an output, (n_draws,).

        The value is the part of the variance of the output's ranks that a linear regression on
        the ranks of the driver's inputs explains, adjusted for their number (Ezekiel 1930), so
        that a driver without influence has about 0. Values of different drivers add up to
        less than 1 where they interact and to more where they are correlated. An output that
        does not move has importance 0; a driver with as many inputs as draws is left out.
        """
        found: dict[str, float] = {}
        targets: dict[int, Float64] = {}
        for driver, inputs in self._inputs.items():
            rows, spare = inputs.rows, inputs.rows - 1 - inputs.count
            if spare <= 0:
                continue
            if rows not in targets:
                targets[rows] = ranks(output[:rows])
            rest = 1.0 - inputs.explained(targets[rows])
            found[driver] = max(0.0, 1.0 - rest * (rows - 1) / spare)
        return found
