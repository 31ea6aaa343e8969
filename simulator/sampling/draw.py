"""Draws of every factor of a scenario, by name: points → dependence → laws."""

from __future__ import annotations

import copy
from collections.abc import Collection, Hashable, Iterator, Mapping

import numpy as np

from simulator.errors import InputError, Problem
from simulator.sampling.copula import Copula, student_mixing
from simulator.sampling.exchange import ResampledPath, rate_law
from simulator.sampling.given import GivenNormals
from simulator.sampling.inflation import inflation_law, negative_prices
from simulator.sampling.laws import Law, law_of
from simulator.sampling.normals import into_normals
from simulator.sampling.paths import PathLaw
from simulator.sampling.points import MOST_POINTS, DrawnAgain, Points, make_points
from simulator.sampling.scores import normal_scores
from simulator.scenario.factors import COMMON, Factor, factors_of
from simulator.scenario.model import Scenario
from simulator.scenario.parts import Sampling, StudentCopula
from simulator.special import ndtr
from simulator.tables import Draws, Float64, empty

MIXING = "correlation.mixing"
"""Stream of the Student-t copula's mixing variable, common to all correlated factors."""

LEAST_OUTSIDE = 1e-3
"""A law that leaves its domain more often than this is refused."""


def _outside(factor: Factor, laws: Mapping[str, Law]) -> Iterator[Problem]:
    """A law that makes impossible values often: vacancy below zero, money of the wrong sign."""
    low, high = factor.domain
    law = laws.get(factor.name)
    if law is None or (low <= law.support[0] and law.support[1] <= high):
        return
    ends = np.array([np.nextafter(low, -np.inf), high])
    below, within = (float(part) for part in law.cdf(ends))
    outside = below + (1.0 - within)
    if outside > LEAST_OUTSIDE:
        bounds = [f"min = {low:g}"] * (below > 0) + [f"max = {high:g}"] * (within < 1)
        yield Problem(
            f"a law within {low:g} and {high:g} is wanted",
            key=factor.name,
            value=f"outside with probability {outside:.2g}",
            remedy=f"cut it: add {' and '.join(bounds)}",
        )


def _refuse_too_many(sampling: Sampling) -> None:
    """Sobol' points repeat after `MOST_POINTS` a replicate."""
    if sampling.sampler == "sobol" and sampling.draws > sampling.replicates * MOST_POINTS:
        wanted = f"at most {MOST_POINTS} Sobol' draws a replicate are wanted"
        least = -(-sampling.draws // MOST_POINTS)
        value = f"{sampling.draws} draws in {sampling.replicates} replicates"
        remedy = f"use --replicates {least} or more"
        raise InputError(Problem(wanted, key="--draws", value=value, remedy=remedy))


class Drawer:
    """Draws of a scenario under given sampling settings; any block can be made alone.

    A factor's values depend on the seed, the sampler, the number of replicates, its name and the
    draw's index (and, for `lhs`, on the number of draws): never on the other factors, the block
    or the thread. A correlated factor depends on those named before it in `correlation.order`.
    With `kept`, only the streams of these names are those of the run: all others are drawn again.
    """

    def __init__(
        self, scenario: Scenario, sampling: Sampling, kept: Collection[str] | None = None
    ) -> None:
        self.factors = factors_of(scenario)
        _refuse_too_many(sampling)
        points = make_points(
            sampling.sampler,
            seed=sampling.seed,
            replicates=sampling.replicates,
            draws=sampling.draws,
            leading=sampling.leading,
        )
        self._points: Points = points if kept is None else DrawnAgain(points, kept)
        self._paths: dict[str, PathLaw] = {}
        self._laws: dict[str, Law] = {}
        for factor in self.factors:
            key = factor.name.partition(".")[2]
            if factor.kind == "rate":
                self._paths[factor.name] = rate_law(scenario, key)
            elif factor.kind == "inflation":
                self._paths[factor.name] = inflation_law(scenario, key)
            else:
                assert factor.number is not None  # noqa: S101 - numbers carry their law
                self._laws[factor.name] = law_of(factor.number, factor.name)
        problems = [problem for factor in self.factors for problem in _outside(factor, self._laws)]
        problems += negative_prices(scenario, LEAST_OUTSIDE)
        if problems:
            raise InputError(problems)
        self._copula, self._df = self._dependence(scenario)

    def _dependence(self, scenario: Scenario) -> tuple[Copula | None, float | None]:
        correlation = scenario.correlation
        if not any(row for row in correlation.matrix.values()):
            return None, None
        names = [factor.name for factor in self.factors]
        place = {name: i for i, name in enumerate(names)}
        matrix = np.eye(len(names))
        for one, row in correlation.matrix.items():
            for other, value in row.items():
                matrix[place[one], place[other]] = matrix[place[other], place[one]] = float(value)
        # Yearly factors share their years, whatever they are; a rate's components are directions.
        structure: dict[str, Hashable] = {
            f.name: ("rate", f.components) if f.kind == "rate" else f.components
            for f in self.factors
        }
        law = correlation.copula
        df = float(law.df) if isinstance(law, StudentCopula) else None
        return Copula(names, matrix, correlation.order, df, structure), df

    def _components(self, factor: Factor) -> int:
        path = self._paths.get(factor.name)
        return path.components if path is not None else len(factor.components)

    def _correlated_normals(self, start: int, stop: int) -> Mapping[str, Float64]:
        """Dependent standard normals of the factors that the correlation names."""
        if self._copula is None:
            return {}
        touched = [f for f in self.factors if f.name in self._copula.names]
        normals = {f.name: self._normals(f, start, stop) for f in touched}
        mixing = None
        if self._df is not None:
            uniforms = self._points.uniforms(MIXING, range(1), start, stop)
            mixing = student_mixing(uniforms[:, 0], self._df)
        return self._copula.correlate(normals, mixing)

    def _uniforms(self, factor: Factor, start: int, stop: int) -> Float64:
        return self._points.uniforms(factor.name, range(self._components(factor)), start, stop)

    def _normals(self, factor: Factor, start: int, stop: int) -> Float64:
        if isinstance(self._points, GivenNormals):
            wanted = range(self._components(factor))
            return self._points.normals(factor.name, wanted, start, stop)
        return into_normals(self._uniforms(factor, start, stop))

    def _common(self) -> int:
        """How many common uniforms the rates of a draw share."""
        return max((path.common for path in self._paths.values()), default=0)

    def streams(self) -> dict[str, int]:
        """Every stream that is drawn from, with its number of components."""
        found = {factor.name: self._components(factor) for factor in self.factors}
        shared = {COMMON: self._common(), MIXING: int(self._df is not None)}
        return found | {name: count for name, count in shared.items() if count}

    def steps(self) -> frozenset[str]:
        """The streams that move their values in steps: a pledge arrives or does not."""
        found = {name for name, law in self._laws.items() if law.is_discrete}
        again = any(isinstance(path, ResampledPath) for path in self._paths.values())
        return frozenset(found | ({COMMON} if again else set()))

    def normals(self, start: int, stop: int) -> dict[str, Float64]:
        """Independent standard normals of every stream that make the draws of a block."""
        correlated = self._copula.names if self._copula is not None else ()
        bent = {*self._paths, *correlated}
        by_name = {factor.name: factor for factor in self.factors}
        found: dict[str, Float64] = {}
        for name, count in self.streams().items():
            if name in bent:
                found[name] = self._normals(by_name[name], start, stop)
            else:
                uniforms = self._points.uniforms(name, range(count), start, stop)
                found[name] = normal_scores(uniforms, out=uniforms)
        return found

    def at(self, normals: Mapping[str, Float64]) -> Draws:
        """The draws that these normals of every stream make, each of shape (n, components)."""
        other = copy.copy(self)
        other._points = GivenNormals(normals)
        return other.block(0, len(next(iter(normals.values()))))

    def _shared(self, start: int, stop: int) -> Float64:
        """What all rates of a draw have in common, as their law wants it."""
        law = max(self._paths.values(), key=lambda path: path.common, default=None)
        count = self._common()
        uniforms = self._points.uniforms(COMMON, range(count), start, stop)
        return law.shared(uniforms) if law is not None else uniforms

    def _values(
        self,
        factor: Factor,
        normals: Mapping[str, Float64],
        shared: Float64,
        start: int,
        stop: int,
    ) -> Float64:
        path = self._paths.get(factor.name)
        if path is not None:
            given = normals.get(factor.name)
            if given is None:
                given = self._normals(factor, start, stop)
            return path.path(given, shared)
        law = self._laws[factor.name]
        if factor.name in normals:
            uniforms = ndtr(normals[factor.name])
        else:
            uniforms = self._uniforms(factor, start, stop)
        values = empty(stop - start, len(factor.components))
        for i in range(len(factor.components)):
            values[:, i] = law.ppf(np.ascontiguousarray(uniforms[:, i]))
        return values

    def block(self, start: int, stop: int) -> Draws:
        """The draws `start` ≤ i < `stop`; safe to call from several threads."""
        normals = self._correlated_normals(start, stop)
        shared = self._shared(start, stop)
        values = {f.name: self._values(f, normals, shared, start, stop) for f in self.factors}
        return Draws(start, stop - start, values)
