"""Random walks of log rates by their monthly averages, with scales that are common to all rates.

The month ends of a unit walk are Σ e. The average of month t has the law of a Brownian bridge's
average, Σ_{s<t} e_s + e_t/2 + w_t/√12, so averages change from month to month with variance 2/3 and
neighbouring changes with covariance 1/6 (Working 1960). A Gaussian path is made from that law
directly, with one normal a month; where every month has a scale of its own, e and w are both drawn.

H. Working (1960), Note on the correlation of first differences of averages in a random chain,
Econometrica 28, 916-918.
"""

from __future__ import annotations

import math

import numpy as np

from simulator.sampling.inverse import scale_table
from simulator.sampling.paths import (
    WITHIN,
    FromStart,
    Months,
    Shocks,
    Years,
    average_steps,
    step_loadings,
    walk_loadings,
)
from simulator.tables import Float64, empty


def unit_student_scale(uniforms: Float64, df: float) -> Float64:
    """m = sqrt((df − 2)/χ²_df), same shape: a normal times m is Student-t with unit variance."""
    return np.asarray(scale_table(df).of(uniforms) * math.sqrt((df - 2.0) / df))


class PathScale:
    """One factor for the whole path: some futures are calmer than others throughout."""

    common = 1

    def __init__(self, df: float) -> None:
        self.df = df

    def shared(self, uniforms: Float64) -> Float64:
        """The factors of a draw, shape (n_draws, 1)."""
        return unit_student_scale(uniforms, self.df)


class MonthScales:
    """A factor a month: wild months between calm ones."""

    def __init__(self, df: float, months: int) -> None:
        self.df, self.common = df, months

    def shared(self, uniforms: Float64) -> Float64:
        """The factors of a draw, shape (n_draws, months)."""
        return unit_student_scale(uniforms, self.df)

    def apply(self, shocks: Float64, factors: Float64) -> None:
        """Multiply e of every month, then w of every month, by the month's factor, in place."""
        for t in range(self.common):
            shocks[:, t] *= factors[:, t]
            shocks[:, self.common + t] *= factors[:, t]


class _Walk(FromStart):
    """What walks have in common: where their logs start from."""

    _log_start: float

    def _base(self, normals: Float64) -> Float64 | float:
        """The log of the start, with its error where that is estimated."""
        if self._start_error > 0:
            return self._log_start + self._start_error * normals[:, -1]
        return self._log_start


class WalkPath(_Walk):
    """A log random walk from `start`, with an optional drift and scale of the path.

    log A_t = log S_0 + z·start_error + d_t + σ·m·(average of month t of a unit walk), σ the sd of a
    month-end change, `drift` d at the middle of each month, m the `scale`. Without drift the
    median of every month is S_0.
    """

    def __init__(
        self,
        start: float,
        sd: float,
        months: Months,
        years: Years,
        *,
        start_error: float = 0.0,
        scale: PathScale | None = None,
        drift: Float64 | None = None,
    ) -> None:
        self._count = len(months)
        self._log_start, self._sd, self._start_error = math.log(start), sd, start_error
        self._scale = scale
        self._drift = np.zeros(self._count) if drift is None else drift
        self._steps = average_steps(self._count)
        self._shocks = Shocks(step_loadings(self._steps), months, years)

    @property
    def common(self) -> int:
        """Uniforms of the scale."""
        return 0 if self._scale is None else self._scale.common

    def shared(self, uniforms: Float64) -> Float64:
        """The factors of the scale."""
        return uniforms if self._scale is None else self._scale.shared(uniforms)

    def path(self, normals: Float64, shared: Float64) -> Float64:
        """Monthly averages, shape (n_draws, n_months), written over the normals."""
        shocks = self._shocks.of(normals)
        level, part, carried = (np.empty(len(normals)) for _ in range(3))
        level[:] = 0.0
        spread = None if self._scale is None else self._sd * shared[:, 0]
        by = self._sd if self._scale is None else 1.0  # what the steps are multiplied by
        base = self._base(normals)
        for t in range(self._count):
            out = shocks[:, t]
            level += np.multiply(out, by * self._steps[t][0], out=part)
            if t:
                level += carried
            if t + 1 < self._count:
                np.multiply(out, by * self._steps[t + 1][1], out=carried)
            log_average = level if spread is None else np.multiply(level, spread, out=out)
            np.exp(np.add(log_average, base + float(self._drift[t]), out=out), out=out)
        return shocks


class WildWalkPath(_Walk):
    """A log random walk whose months have scales of their own, both e_t and w_t multiplied by m_t.

    log A_t = log S_0 + z·start_error + σ·(Σ_{s<t} m_s·e_s + m_t·e_t/2 + m_t·w_t/√12).
    """

    def __init__(
        self,
        start: float,
        sd: float,
        months: Months,
        years: Years,
        scale: MonthScales,
        *,
        start_error: float = 0.0,
    ) -> None:
        self._count, self._scale = len(months), scale
        self._log_start, self._sd, self._start_error = math.log(start), sd, start_error
        self._shocks = Shocks(walk_loadings(self._count), months, years)

    @property
    def common(self) -> int:
        """A uniform a month."""
        return self._scale.common

    def shared(self, uniforms: Float64) -> Float64:
        """The factors of the months."""
        return self._scale.shared(uniforms)

    def path(self, normals: Float64, shared: Float64) -> Float64:
        """Monthly averages, shape (n_draws, n_months)."""
        shocks = self._shocks.of(normals)
        self._scale.apply(shocks, shared)
        averages = empty(len(normals), self._count)
        level = np.zeros(len(normals))
        base = self._base(normals)
        for t in range(self._count):
            log_average = level + 0.5 * shocks[:, t] + WITHIN * shocks[:, self._count + t]
            averages[:, t] = np.exp(base + self._sd * log_average)
            level += shocks[:, t]
        return averages
