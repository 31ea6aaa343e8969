"""Laws of paths: how innovations become monthly rates and yearly inflation surprises.

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

from simulator.scenario.model import Scenario
from simulator.scenario.parts import Ar1Inflation, RandomWalk
from simulator.tables import Float64, empty
from simulator.units import Month

TRADING_DAYS_A_MONTH = 261 / 12
AVERAGE_VARIANCE_RATIO = 1.5
"""Variance of a month-end change over that of a change of monthly averages (Working 1960)."""

_PER_MONTH = {"month": 1.0, "day": math.sqrt(TRADING_DAYS_A_MONTH), "year": math.sqrt(1 / 12)}


class PathLaw(Protocol):
    """A law of paths: `components` standard normals a draw make one path."""

    @property
    def components(self) -> int:
        """How many standard normal components one path needs."""

    def path(self, normals: Float64) -> Float64:
        """Values by component label from normals of shape (n_draws, components)."""


def leading_directions(months: Sequence[Month], years: Sequence[int]) -> Float64:
    """Orthonormal directions along the averages of a random walk, shape (k, 2·len(months)).

    The log of month t's average is Σ_{s<t} e_s + e_t/2 + w_t/√12 with standard normal e and w
    (the mean and variance of a Brownian bridge's average). The first direction is that of the
    mean over all years, the others complete the yearly means, by Gram-Schmidt.
    """
    count = len(months)
    rows = np.zeros((len(years), 2 * count))
    for row, year in enumerate(years):
        inside = [t for t, month in enumerate(months) if month.year == year]
        for t in inside:
            rows[row, :t] += 1.0
            rows[row, t] += 0.5
            rows[row, count + t] += 1 / math.sqrt(12)
    wanted = [rows.sum(axis=0), *rows[:-1]]
    directions: list[Float64] = []
    for vector in wanted:
        rest = vector.copy()
        for direction in directions:
            rest -= (rest @ direction) * direction
        length = math.sqrt(float(rest @ rest))
        if length > 1e-9 * (1 + math.sqrt(float(vector @ vector))):
            directions.append(rest / length)
    return np.array(directions).reshape(len(directions), 2 * count)


class RandomWalkPath:
    """Driftless log-normal random walk of a rate; monthly averages along the path.

    log A_t = log S_0 + σ·(Σ_{s<t} e_s + e_t/2 + w_t/√12), σ the sd of a month-end change.
    The median of every month is S_0.
    """

    def __init__(
        self, start: float, monthly_sd: float, months: Sequence[Month], years: Sequence[int]
    ) -> None:
        self.start = start
        self.monthly_sd = monthly_sd
        self.months = tuple(months)
        self.years = tuple(years)

    @cached_property
    def _directions(self) -> Float64:
        return leading_directions(self.months, self.years)

    @property
    def components(self) -> int:
        """Leading directions, then the e and w of every month."""
        return len(self._directions) + 2 * len(self.months)

    def path(self, normals: Float64) -> Float64:
        """Monthly averages, shape (n_draws, n_months), budget currency for one unit.

        The rest of the normals is projected off the leading directions, so that the innovations
        are independent standard normals again. Sums run in a fixed order: no bit depends on
        how many draws are made at once.
        """
        directions, months = self._directions, len(self.months)
        lead = len(directions)
        shocks = normals[:, lead:].copy(order="F")
        for k, direction in enumerate(directions):
            along = normals[:, k].copy()
            for j in np.flatnonzero(direction):
                along -= direction[j] * normals[:, lead + j]
            for j in np.flatnonzero(direction):
                shocks[:, j] += direction[j] * along
        averages = empty(len(normals), months)
        level = np.zeros(len(normals))
        within = 1 / math.sqrt(12)
        base = math.log(self.start)
        for t in range(months):
            log_average = level + 0.5 * shocks[:, t] + within * shocks[:, months + t]
            averages[:, t] = np.exp(base + self.monthly_sd * log_average)
            level += shocks[:, t]
        return averages


class Ar1Path:
    """Yearly inflation surprises u_y = φ·u_{y−1} + sd·ε_y, shape (n_draws, n_years)."""

    def __init__(self, law: Ar1Inflation, years: Sequence[int]) -> None:
        self.law = law
        self.components = len(years)

    def path(self, normals: Float64) -> Float64:
        """Surprises as fractions, by year."""
        surprises = empty(len(normals), self.components)
        before = np.full(len(normals), float(self.law.start))
        for y in range(self.components):
            before = float(self.law.persistence) * before + float(self.law.sd) * normals[:, y]
            surprises[:, y] = before
        return surprises


def monthly_sd(law: RandomWalk, pair: str) -> float:
    """Standard deviation of a month-end change of the log rate."""
    scale = _PER_MONTH[law.per]
    averages = AVERAGE_VARIANCE_RATIO if law.measured_on == "averages" else 1.0
    return float(law.volatility[pair]) * scale * math.sqrt(averages)


def rate_law(scenario: Scenario, pair: str) -> PathLaw:
    """The law of a drawn rate's monthly averages, as the scenario declares it."""
    rate, law = scenario.rates[pair], scenario.exchange
    assert isinstance(law, RandomWalk)  # noqa: S101 - a fixed law has no drawn rates
    assert rate.start is not None  # noqa: S101 - a scenario that was read has it
    return RandomWalkPath(float(rate.start), monthly_sd(law, pair), scenario.months, scenario.years)


def inflation_law(scenario: Scenario, name: str) -> PathLaw:
    """The law of yearly inflation surprises, as the scenario declares it."""
    return Ar1Path(scenario.inflation[name], scenario.years)
