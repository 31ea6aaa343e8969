"""Which drivers move an output: squared rank correlation, driver by driver."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from simulator.tables import Float64

SAMPLE = 65_536
"""Draws that are ranked at most: enough for two digits, and quick."""

CELLS = 1 << 22
"""Ranks held at most for one driver; with many inputs fewer draws are ranked."""


def ranks(values: Float64) -> Float64:
    """Ranks 0 … n − 1 as floats, ties given their mean rank; shape (n,)."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return np.asarray((ends - (counts + 1) / 2)[place], dtype=np.float64)


class Drivers:
    """Drivers whose inputs are ranked once, to be held against any number of outputs.

    `inputs[driver]` has shape (n_draws, n_inputs); the first `SAMPLE` draws are used.
    """

    def __init__(self, inputs: Mapping[str, Float64]) -> None:
        self._bases = {driver: self._basis(table) for driver, table in inputs.items()}

    @staticmethod
    def _basis(table: Float64) -> Float64:
        """Orthonormal columns that span the centred ranks; inputs that do not move drop out."""
        rows = min(SAMPLE, max(4096, CELLS // max(1, table.shape[1])))
        matrix = np.column_stack([ranks(table[:rows, i]) for i in range(table.shape[1])])
        matrix -= matrix.mean(axis=0)
        # By the small Gram matrix, ten times as quick as by the tall one; directions shorter than
        # a millionth of the longest are those of inputs that do not move or move as others do.
        squares, vectors = np.linalg.eigh(matrix.T @ matrix)
        kept = squares > 1e-12 * max(1.0, float(squares.max(initial=0.0)))
        return np.asarray(matrix @ (vectors[:, kept] / np.sqrt(squares[kept])))

    def importance(self, output: Float64) -> dict[str, float]:
        """Squared multiple rank correlation of each driver's inputs with an output, (n_draws,).

        The value is the part of the variance of the output's ranks that a linear regression on
        the ranks of the driver's inputs explains, adjusted for their number (Ezekiel 1930), so
        that a driver without influence has about 0. Values of different drivers add up to
        less than 1 where they interact and to more where they are correlated. An output that
        does not move has importance 0; a driver with as many inputs as draws is left out.
        """
        found: dict[str, float] = {}
        for driver, basis in self._bases.items():
            rows, inputs = basis.shape
            target = ranks(output[:rows])
            target -= target.mean()
            variance, spare = float(target @ target), rows - 1 - inputs
            if spare <= 0:
                continue
            along = target @ basis
            explained = min(1.0, float(along @ along) / variance) if variance else 0.0
            found[driver] = max(0.0, 1.0 - (1.0 - explained) * (rows - 1) / spare)
        return found


def driver_importance(inputs: Mapping[str, Float64], output: Float64) -> dict[str, float]:
    """Importance of each driver for one output; see `Drivers`."""
    return Drivers(inputs).importance(output)
