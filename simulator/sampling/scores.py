"""Standard normal scores of uniforms from a table, in half the time of the exact inverse.

A score depends on the tail p = min(u, 1 − u) alone, but for its sign. The bits of p as a binary
number of 64 bits, its exponent and first digits, name the cell of the table it falls into, so that
cells are as much finer as p is smaller: 512 to each halving of p. Inside, −Φ⁻¹(p) is the cubic in p
that agrees with it at the four Chebyshev points of the cell. Its error is below f⁗·h⁴/3072 for a
cell of width h = p/512 or less, and p⁴·f⁗ stays below 7: some 3e-14, as the exact inverse's own.
A tail below 2⁻³¹ goes to the exact inverse.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import numpy.typing as npt

from simulator.special import ndtri
from simulator.tables import Float64

TOLERANCE = 1e-13
"""Largest difference to the exact inverse, of scores up to 1; a part of the score beyond."""

_DIGITS, _HALVINGS, _DEGREE = 9, 31, 3
_SHIFT = 52 - _DIGITS  # what is left of the 64 bits is exponent and first digits
_FIRST = (1023 - _HALVINGS) << _DIGITS  # the cell that begins at 2^-31
_CELLS = (_HALVINGS << _DIGITS) + 1  # the last one begins at ½


@cache
def _cubics() -> tuple[Float64, ...]:
    """Coefficients of every cell, of 1, p, p² and p³, each of shape (cells,)."""
    starts = (np.arange(_FIRST, _FIRST + _CELLS + 1, dtype=np.int64) << _SHIFT).view(np.float64)
    middle, half = (starts[1:] + starts[:-1]) / 2, (starts[1:] - starts[:-1]) / 2
    nodes = np.cos((2 * np.arange(_DEGREE + 1) + 1) * (math.pi / (2 * _DEGREE + 2)))
    scores = -ndtri(middle + half * nodes[:, None])
    # By powers of (p − middle)/half, then of p.
    inside = [
        sum((float(weight) * score for weight, score in zip(row, scores, strict=True)), 0.0 * half)
        for row in np.linalg.inv(np.vander(nodes, increasing=True))
    ]
    found = [np.zeros_like(half) for _ in inside]
    for coefficient in reversed(inside):  # Horner's rule on polynomials: times, plus
        for k in range(_DEGREE, 0, -1):
            found[k] = (found[k - 1] - middle * found[k]) / half
        found[0] = coefficient - middle * found[0] / half
    return tuple(found)


def normal_scores(u: Float64, out: Float64 | None = None) -> Float64:
    """Φ⁻¹(u), any shape, within `TOLERANCE`; into `out`, which may be `u`, when that is given.

    No bit depends on how many are asked for at once.
    """
    if u.ndim == 2:
        found = np.empty(u.shape, order="F") if out is None else out
        for i in range(u.shape[1]):  # a column at a time stays near the processor
            normal_scores(u[:, i], found[:, i])
        return found
    side = np.subtract(u, 0.5)
    tail = np.subtract(1.0, u)
    np.minimum(tail, u, out=tail)
    cells: npt.NDArray[np.int64] = np.right_shift(tail.view(np.int64), _SHIFT)
    cells -= _FIRST
    exact = None
    if cells.size and not int(cells.min()) >= 0:  # also below 0, which has no score
        exact = np.flatnonzero(cells < 0), ndtri(u[cells < 0])
    *lower, highest = _cubics()
    score = highest.take(cells, mode="clip")
    part = np.empty_like(score)
    for coefficients in reversed(lower):
        score *= tail
        score += coefficients.take(cells, out=part, mode="clip")
    found = np.copysign(score, side, out=out)
    if exact is not None:
        found[exact[0]] = exact[1]
    return found
