"""Laws of exchange rates: monthly averages along joint paths, budget currency for one unit.

Month ends are `log S_h = log S_0 + Σ e + d_h`; a month's average lies between its ends:
`log A_t = log S_{t−1} + e_t/2 + w_t·σ/√12`, the mean and variance of a Brownian bridge's average.
`LAWS` names the law of each kind of `[exchange]`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.sampling.paths import WITHIN, FromStart, Months, PathLaw, Shocks, Years
from simulator.sampling.walks import MonthScales, PathScale, WalkPath, WildWalkPath
from simulator.scenario.exchange import (
    AVERAGE_VARIANCE_RATIO,
    Blended,
    Bootstrap,
    Drawn,
    Moving,
    OrnsteinUhlenbeck,
    RandomWalk,
    StudentWalk,
)
from simulator.scenario.model import Scenario
from simulator.tables import Float64, empty

TRADING_DAYS_A_MONTH = 261 / 12
_PER_MONTH = {"month": 1.0, "day": math.sqrt(TRADING_DAYS_A_MONTH), "year": math.sqrt(1 / 12)}


def price_drift(law: Blended, pair: str, months: int) -> Float64:
    """d_t = λ·(−δ·t/12 + part·gap·(1 − 2^(−t/half-life))) in the middle of each month, (months,).

    δ is inflation abroad less at home, `gap` the long mean of the log real rate less its last
    value: relative purchasing power parity, and a slow return of the real rate.
    """
    t = np.arange(months) + 0.5
    view = float(law.view)
    differential = float(law.inflation_differential.get(pair, 0))
    gap = float(law.real_gap.get(pair, 0))
    closed = float(law.gap_closed) * (1.0 - 0.5 ** (t / float(law.half_life_months)))
    return np.asarray(view * (-differential * t / 12.0 + gap * closed))


class ReturningPath(FromStart):
    """Ornstein-Uhlenbeck log rate: x_t = a·x_{t−1} + b·e_t about `towards`, a = 2^(−1/half-life).

    σ is the sd of a month's change of a walk without return, b² = σ²(1 − a²)/(2κ), κ = −ln a. A
    month's average has mean (x_{t−1} + x_t)·tanh(κ/2)/κ and variance
    (σ/κ)²·(1 − 2·tanh(κ/2)/κ) given its two ends (the bridge of the process).
    """

    common = 0

    def __init__(
        self,
        start: float,
        sd: float,
        months: Months,
        years: Years,
        *,
        towards: float,
        half_life: float,
        start_error: float = 0.0,
    ) -> None:
        self._sd, self._start_error = sd, start_error
        self._log_level = math.log(towards)
        self._away = math.log(start) - self._log_level
        rate = math.log(2.0) / half_life
        self._keep = math.exp(-rate)
        self._step = math.sqrt(-math.expm1(-2.0 * rate) / (2.0 * rate))
        self._half = math.tanh(rate / 2.0) / rate
        self._within = within_sd(rate)
        self._count = len(months)
        self._shocks = Shocks(self._loadings(), months, years)

    def _loadings(self) -> Float64:
        """As `walk_loadings`, for this process."""
        count = self._count
        rows, ends = np.zeros((count, 2 * count)), np.zeros(2 * count)
        for t in range(count):
            before, ends = ends, self._keep * ends
            ends[t] += self._step
            rows[t] = self._half * (before + ends)
            rows[t, count + t] = self._within
        return rows

    def shared(self, uniforms: Float64) -> Float64:
        """Nothing is shared."""
        return uniforms

    def path(self, normals: Float64, shared: Float64) -> Float64:
        """Monthly averages, shape (n_draws, n_months)."""
        shocks = self._shocks.of(normals)
        averages = empty(len(normals), self._count)
        here = np.full(len(normals), self._away)
        if self._start_error > 0:
            here += self._start_error * normals[:, -1]
        for t in range(self._count):
            before = here
            here = self._keep * before + self._sd * self._step * shocks[:, t]
            inside = self._sd * self._within * shocks[:, self._count + t]
            averages[:, t] = np.exp(self._log_level + self._half * (before + here) + inside)
        return averages


class ResampledPath:
    """Changes of past months, drawn in blocks, the same months for every rate of a draw.

    A block starts at a month that one common uniform chooses and goes round at the end (circular
    block bootstrap; Politis and Romano 1992). Changes are taken less their mean. The normals
    place each average within its month.
    """

    def __init__(
        self, start: float, changes: Sequence[float], months: Months, *, block: int = 1
    ) -> None:
        given = np.asarray(changes, dtype=np.float64)
        self._changes = given - given.mean()
        self._sd = math.sqrt(float(np.mean(self._changes**2)))
        self._block, self._log_start = block, math.log(start)
        self.components = len(months)
        self.common = -(-self.components // block)

    def shared(self, uniforms: Float64) -> Float64:
        """The uniforms that choose the months."""
        return uniforms

    def path(self, normals: Float64, shared: Float64) -> Float64:
        """Monthly averages, shape (n_draws, n_months)."""
        size = len(self._changes)
        averages = empty(len(normals), self.components)
        level = np.full(len(normals), self._log_start)
        for t in range(self.components):
            first = np.floor(shared[:, t // self._block] * size).astype(np.int64)
            change = self._changes[(first + t % self._block) % size]
            averages[:, t] = np.exp(level + 0.5 * change + WITHIN * self._sd * normals[:, t])
            level = level + change
        return averages


def monthly_sd(law: Moving, pair: str) -> float:
    """Standard deviation of a month-end change of the log rate."""
    scale = _PER_MONTH[law.per]
    averages = AVERAGE_VARIANCE_RATIO if law.measured_on == "averages" else 1.0
    return float(law.volatility[pair]) * scale * math.sqrt(averages)


def within_sd(rate: float) -> float:
    """Sd of a month's average given its ends, of a returning process of unit monthly variance.

    sqrt(1 − 2·tanh(κ/2)/κ)/κ, κ the `rate`; for a slow return by its series, 1/√12 in the limit.
    """
    if rate < 1e-3:
        return WITHIN * math.sqrt(1.0 - rate * rate / 10.0)
    return math.sqrt(1.0 - 2.0 * math.tanh(rate / 2.0) / rate) / rate


@dataclass(frozen=True, slots=True)
class Setting:
    """What a path is made for: a rate, where it starts, the months drawn and the years averaged."""

    pair: str
    start: float
    months: Months
    years: Years


def _error(law: Moving, at: Setting) -> float:
    return float(law.start_error[at.pair]) if at.pair in law.start_error else 0.0


def _walk(law: Moving, at: Setting) -> PathLaw:
    sd, error = monthly_sd(law, at.pair), _error(law, at)
    return WalkPath(at.start, sd, at.months, at.years, start_error=error)


def _student(law: StudentWalk, at: Setting) -> PathLaw:
    sd, error = monthly_sd(law, at.pair), _error(law, at)
    scale = MonthScales(float(law.degrees_of_freedom), len(at.months))
    return WildWalkPath(at.start, sd, at.months, at.years, scale, start_error=error)


def _blended(law: Blended, at: Setting) -> PathLaw:
    return WalkPath(
        at.start,
        monthly_sd(law, at.pair),
        at.months,
        at.years,
        start_error=_error(law, at),
        scale=PathScale(float(law.degrees_of_freedom)),
        drift=price_drift(law, at.pair, len(at.months)),
    )


def _returning(law: OrnsteinUhlenbeck, at: Setting) -> PathLaw:
    return ReturningPath(
        at.start,
        monthly_sd(law, at.pair),
        at.months,
        at.years,
        towards=float(law.towards[at.pair]),
        half_life=float(law.half_life_months),
        start_error=_error(law, at),
    )


def _resampled(law: Bootstrap, at: Setting) -> PathLaw:
    stretch = math.sqrt(AVERAGE_VARIANCE_RATIO) if law.measured_on == "averages" else 1.0
    changes = [stretch * float(change) for change in law.changes[at.pair]]
    return ResampledPath(at.start, changes, at.months, block=law.block_months)


LAWS: Mapping[type, Callable[[Any, Setting], PathLaw]] = {
    RandomWalk: _walk,
    StudentWalk: _student,
    Blended: _blended,
    OrnsteinUhlenbeck: _returning,
    Bootstrap: _resampled,
}


def path_law(law: Drawn, at: Setting) -> PathLaw:
    """The law of one rate's monthly averages."""
    return LAWS[type(law)](law, at)


def rate_law(scenario: Scenario, pair: str) -> PathLaw:
    """The law of a drawn rate's monthly averages, as the scenario declares it."""
    law, start = scenario.exchange, scenario.rates[pair].start
    assert isinstance(law, Drawn)  # noqa: S101 - given rates are not drawn
    assert start is not None  # noqa: S101 - a scenario that was read has it
    return path_law(law, Setting(pair, float(start), scenario.months, scenario.years))
