"""Laws of paths: the contract, and how innovations are arranged along yearly averages.

A law says how many standard normal components it wants for a path and turns them into values.
The leading components carry the directions along the yearly averages, the ones that budgets
depend on, so that a Sobol' sequence spends its best dimensions there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from typing import Protocol

import numpy as np

from simulator.tables import Float64
from simulator.units import Month

Months = Sequence[Month]
Years = Sequence[int]

WITHIN = 1 / math.sqrt(12)
"""Sd of a month's average about the mean of its two ends, for a walk of unit monthly variance."""


class PathLaw(Protocol):
    """A law of paths: `components` standard normals a draw make one path."""

    @property
    def components(self) -> int:
        """How many standard normal components one path needs."""

    @property
    def common(self) -> int:
        """How many uniform components it shares with the other rates of a draw."""

    def shared(self, uniforms: Float64) -> Float64:
        """What the rates of a draw have in common, from uniforms of shape (n_draws, common).

        It is worked out once for all of them.
        """

    def path(self, normals: Float64, shared: Float64) -> Float64:
        """Values by component label, shape (n_draws, n_labels).

        From normals of shape (n_draws, components) and what is shared. The normals are a
        workplace: what is in them afterwards is of no use but as the answer.
        """


def walk_loadings(count: int) -> Float64:
    """What each month's log average of a unit random walk is made of, shape (count, 2·count).

    The log of month t's average is Σ_{s<t} e_s + e_t/2 + w_t/√12 with standard normal e (the first
    `count` columns) and w (the last): the mean and variance of a Brownian bridge's average.
    """
    rows = np.zeros((count, 2 * count))
    for t in range(count):
        rows[t, :t] = 1.0
        rows[t, t] = 0.5
        rows[t, count + t] = WITHIN
    return rows


def average_steps(count: int) -> tuple[tuple[float, float], ...]:
    """How the log averages of a unit walk change: A_t − A_{t−1} = own·η_t + carried·η_{t−1}.

    η are independent standard normals, one a month. The first average has variance 1/3, later
    changes have 2/3, neighbours the covariance 1/6: the Cholesky factor of a tridiagonal matrix.
    """
    steps: list[tuple[float, float]] = []
    for t in range(count):
        carried = 1 / 6 / steps[-1][0] if t else 0.0
        steps.append((math.sqrt((2 / 3 if t else 1 / 3) - carried * carried), carried))
    return tuple(steps)


def step_loadings(steps: Sequence[tuple[float, float]]) -> Float64:
    """What each month's log average is made of, shape (count, count), from `average_steps`."""
    changes = np.zeros((len(steps), len(steps)))
    for t, (own, carried) in enumerate(steps):
        changes[t, t] = own
        if t:
            changes[t, t - 1] = carried
    return np.asarray(np.cumsum(changes, axis=0))


def leading_directions(loadings: Float64, months: Months, years: Years) -> Float64:
    """Orthonormal directions along the yearly means of log averages, shape (k, columns).

    `loadings` has a row a month. The first direction is that of the mean over all years, the
    others complete the yearly means, by Gram-Schmidt.
    """
    rows = np.zeros((len(years), loadings.shape[1]))
    for row, year in enumerate(years):
        for t, month in enumerate(months):
            if month.year == year:
                rows[row] += loadings[t]
    wanted = [rows.sum(axis=0), *rows[:-1]]
    directions: list[Float64] = []
    for vector in wanted:
        rest = vector.copy()
        for direction in directions:
            rest -= (rest @ direction) * direction
        length = math.sqrt(float(rest @ rest))
        if length > 1e-9 * (1 + math.sqrt(float(vector @ vector))):
            directions.append(rest / length)
    return np.array(directions).reshape(len(directions), loadings.shape[1])


def reflections(directions: Float64) -> Float64:
    """Unit vectors v whose reflections z − 2(v·z)v together turn axis k into direction k.

    The last one is applied first. `directions` has orthonormal rows, shape (k, columns), and so has
    the result; a row of zeros leaves everything in place (Householder 1958).
    """
    rest, found = directions.copy(), np.zeros_like(directions)
    for k in range(len(directions)):
        vector = -rest[k]
        vector[:k] = 0.0
        vector[k] += 1.0
        length = math.sqrt(float(vector @ vector))
        if length > 1e-12:
            found[k] = vector / length
            rest -= 2.0 * np.outer(rest @ found[k], found[k])
    return found


class Shocks:
    """Independent standard normal innovations whose leading normals go along yearly averages."""

    def __init__(self, loadings: Float64, months: Months, years: Years) -> None:
        self._loadings, self._months, self._years = loadings, tuple(months), tuple(years)

    @cached_property
    def _reflections(self) -> tuple[tuple[tuple[int, float], ...], ...]:
        """Columns and numbers of each reflection, in the order in which they are applied."""
        directions = leading_directions(self._loadings, self._months, self._years)
        return tuple(
            tuple((int(j), float(vector[j])) for j in np.flatnonzero(vector))
            for vector in reflections(directions)[::-1]
        )

    @property
    def components(self) -> int:
        """One normal a column of the loadings."""
        return int(self._loadings.shape[1])

    def of(self, normals: Float64) -> Float64:
        """Innovations, shape (n_draws, columns of the loadings), over as many normals.

        An orthogonal map turns the first normals into the leading directions. Sums run in a fixed
        order: no bit depends on how many draws are made at once.
        """
        shocks = normals[:, : self.components]
        along, part = np.empty(len(normals)), np.empty(len(normals))
        for reflection in self._reflections:
            along[:] = 0.0
            for j, value in reflection:
                along += np.multiply(shocks[:, j], value, out=part)
            for j, value in reflection:
                shocks[:, j] -= np.multiply(along, 2.0 * value, out=part)
        return shocks


class FromStart:
    """A path whose start may be an estimate: its last normal is then the start's error."""

    _shocks: Shocks
    _start_error: float

    @property
    def components(self) -> int:
        """Those of the innovations, and one for the start where that is estimated."""
        return self._shocks.components + (self._start_error > 0)
