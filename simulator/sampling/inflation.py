"""Laws of inflation: yearly surprises around the budget's own price path, as fractions."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from simulator.errors import Problem
from simulator.sampling.inverse import student_table
from simulator.sampling.paths import PathLaw, Years
from simulator.scenario.exchange import Ar1Inflation
from simulator.scenario.model import Scenario
from simulator.special import ndtr, stdtr
from simulator.tables import Float64, empty


def unit_student(normals: Float64, df: float) -> Float64:
    """Student-t values with unit variance at the quantiles of standard normals, same shape."""
    return np.asarray(student_table(df).at(normals) * math.sqrt((df - 2.0) / df))


class Ar1Path:
    """Yearly surprises u_y = φ·u_{y−1} + sd·ε_y, shape (n_draws, n_years).

    The first is that of the year after the last one published; those before the period are
    carried on, not shown. In years that are observed the surprise is known.
    """

    common = 0

    def __init__(self, law: Ar1Inflation, years: Years) -> None:
        self._law, self._years, first = law, len(years), years[0]
        self._known = {
            years.index(year): float(value) - float(law.centre[year])
            for year, value in law.observed.items()
            if year in years
        }
        published = first - 1 if law.last_published is None else law.last_published
        self.before = max(0, first - 1 - published)
        """Years from the last one published to the period."""

    @property
    def components(self) -> int:
        """One normal a year since the last one published.

        The years of the period come first, then those before it from the latest on: a component
        is the same year in every law.
        """
        return self._years + self.before

    def shared(self, uniforms: Float64) -> Float64:
        """Nothing is shared."""
        return uniforms

    def path(self, normals: Float64, shared: Float64) -> Float64:
        """Surprises as fractions, by year of the period."""
        law = self._law
        shocks = normals
        if law.degrees_of_freedom is not None:
            shocks = unit_student(normals, float(law.degrees_of_freedom))
        persistence, sd = float(law.persistence), float(law.sd)
        here = np.full(len(normals), float(law.start))
        for i in reversed(range(self.before)):
            here = persistence * here + sd * shocks[:, self._years + i]
        surprises = empty(len(normals), self._years)
        for y in range(self._years):
            here = persistence * here + sd * shocks[:, y]
            if y in self._known:
                here = np.full(len(normals), self._known[y])
            surprises[:, y] = here
        return surprises


def _below_zero(law: Ar1Inflation, weight: float, years: Years) -> tuple[float, int]:
    """The largest probability that 1 + w·u_y is not positive, and its year.

    u_y is taken as one normal (or Student-t) of its own mean and variance: exact for normals, and
    for a sum of Student-t with heavier tails than it has.
    """
    path, persistence, sd = Ar1Path(law, years), float(law.persistence), float(law.sd)
    mean, variance = float(law.start), 0.0
    worst = (0.0, years[0])
    for year in range(years[0] - path.before, years[-1] + 1):
        mean, variance = persistence * mean, persistence**2 * variance + sd**2
        if year < years[0]:
            continue
        spread = abs(weight) * math.sqrt(variance)
        level = 1.0 + weight * mean
        score = -level / spread if spread else math.copysign(math.inf, -level)
        if law.degrees_of_freedom is None:
            probability = float(ndtr(score))
        else:
            df = float(law.degrees_of_freedom)
            probability = float(stdtr(df, score * math.sqrt(df / (df - 2.0))))
        worst = max(worst, (probability, year))
    return worst


def negative_prices(scenario: Scenario, least: float) -> Iterator[Problem]:
    """Weights of inflation under which prices are zero or less with more than probability `least`.

    A cost would change its sign: most likely a percent was written as a fraction.
    """
    tables = [("lines", name, line.inflation) for name, line in scenario.lines.items()]
    tables += [("categories", name, one.inflation) for name, one in scenario.categories.items()]
    for section, holder, weights in tables:
        for name, weight in weights.items():
            found, year = _below_zero(scenario.inflation[name], float(weight), scenario.years)
            if found > least:
                yield Problem(
                    "prices above zero are wanted: surprises of this size, with this weight, turn "
                    "costs negative",
                    key=f"{section}.{holder}.inflation.{name}",
                    value=f"zero or less in {year} with probability {found:.2g}",
                    remedy=f"write inflation.{name}.sd as a fraction (0.01 is one percentage "
                    "point), or a smaller weight",
                )


def inflation_law(scenario: Scenario, name: str) -> PathLaw:
    """The law of yearly inflation surprises, as the scenario declares it."""
    return Ar1Path(scenario.inflation[name], scenario.years)
