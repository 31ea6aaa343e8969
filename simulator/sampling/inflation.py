"""Laws of inflation: yearly surprises around the budget's own price path, as fractions."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import ndtr, stdtrit

from simulator.sampling.paths import PathLaw, Years
from simulator.scenario.exchange import Ar1Inflation
from simulator.scenario.model import Scenario
from simulator.tables import Float64, empty


def unit_student(normals: Float64, df: float) -> Float64:
    """Student-t values with unit variance at the quantiles of standard normals, same shape."""
    lower = np.asarray(stdtrit(df, ndtr(-np.abs(normals))))  # the lower tail is precise
    return np.asarray(np.copysign(lower, normals) * math.sqrt((df - 2.0) / df))


class Ar1Path:
    """Yearly surprises u_y = φ·u_{y−1} + sd·ε_y, shape (n_draws, n_years).

    The first is that of the year after the last one published; those before the period are
    carried on, not shown.
    """

    common = 0

    def __init__(self, law: Ar1Inflation, years: Years) -> None:
        self._law, self._years, first = law, len(years), years[0]
        published = first - 1 if law.last_published is None else law.last_published
        self._before = max(0, first - 1 - published)

    @property
    def components(self) -> int:
        """One normal a year since the last one published.

        The years of the period come first, then those before it from the latest on: a component
        is the same year in every law.
        """
        return self._years + self._before

    def path(self, normals: Float64, common: Float64) -> Float64:
        """Surprises as fractions, by year of the period."""
        law = self._law
        shocks = normals
        if law.degrees_of_freedom is not None:
            shocks = unit_student(normals, float(law.degrees_of_freedom))
        persistence, sd = float(law.persistence), float(law.sd)
        here = np.full(len(normals), float(law.start))
        for i in reversed(range(self._before)):
            here = persistence * here + sd * shocks[:, self._years + i]
        surprises = empty(len(normals), self._years)
        for y in range(self._years):
            here = persistence * here + sd * shocks[:, y]
            surprises[:, y] = here
        return surprises


def inflation_law(scenario: Scenario, name: str) -> PathLaw:
    """The law of yearly inflation surprises, as the scenario declares it."""
    return Ar1Path(scenario.inflation[name], scenario.years)
