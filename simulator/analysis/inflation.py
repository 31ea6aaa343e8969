"""Yearly inflation: a rule for its centre and spread, two competitors, and their walk-forward.

A series is a list of (year, rate) in consecutive years. Rates may be fractions or points: every
result is in their unit. An **origin** is the year in which a forecast is made: the rates of the
years before it are known, and horizon 1 is the origin's own year.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np

from simulator.analysis.forecasts import Forecast, NormalForecast, StudentSum
from simulator.analysis.scores import LEVELS, coverage
from simulator.errors import InputError, Problem
from simulator.tables import Float64

MEAN_YEARS = 10
"""Years of the long mean in the centre."""

ERROR_YEARS = 20
"""One-year errors, and yearly changes of the plain walk, that the spread rests on at most."""

LEAST_ERRORS = 10
"""One-year errors that the spread rests on at least."""

LEAST_YEARS = MEAN_YEARS + LEAST_ERRORS

PERSISTENCE = 0.7
"""Part of a year's surprise that carries on into the next."""

Series = Sequence[tuple[int, float]]


class InflationLaw(Protocol):
    """Inflation of the years ahead, fitted on what is known."""

    def forecast(self, horizon: int) -> Forecast:
        """The law of the rate `horizon` ≥ 1 years after the last known."""


@dataclass(frozen=True, slots=True)
class Rule:
    """π = c + u, u_y = 0.7·u_{y−1} + s·t₅ with unit-variance t₅ and no surprise in the last year.

    `centre` is c, the same for every horizon; `spread` s, the root mean square of the last `errors`
    one-year errors of c.
    """

    centre: float
    spread: float
    errors: int

    @classmethod
    def fit(cls, known: Series) -> Rule:
        """From consecutive years, `LEAST_YEARS` at least (InputError)."""
        rates = _rates(known)
        centres = [_centre(rates[:end]) for end in range(MEAN_YEARS, len(rates) + 1)]
        errors = (rates[MEAN_YEARS:] - np.array(centres[:-1]))[-ERROR_YEARS:]
        return cls(centres[-1], _spread(errors), len(errors))

    def weights(self, horizon: int) -> tuple[float, ...]:
        """Weights of the shocks in the surprise of that year, the latest shock first."""
        return tuple(self.spread * PERSISTENCE**k for k in range(horizon))

    def forecast(self, horizon: int) -> StudentSum:
        """The exact law of that year's rate, sd = s·√Σ_{k<h} 0.49^k."""
        return StudentSum(self.centre, self.weights(horizon))


@dataclass(frozen=True, slots=True)
class AutoRegression:
    """π_y = constant + persistence·π_{y−1} + Gaussian error, by least squares on all that is known.

    `spread` is the errors' deviation with n − 2 degrees of freedom; that the coefficients are
    estimates does not widen the forecast.
    """

    last: float
    constant: float
    persistence: float
    spread: float

    @classmethod
    def fit(cls, known: Series) -> AutoRegression:
        """From consecutive years, `LEAST_YEARS` at least (InputError)."""
        rates = _rates(known)
        before, after = rates[:-1], rates[1:]
        deviation = before - before.mean()
        square = float(deviation @ deviation)
        if square == 0:
            raise InputError(_flat(rates))
        persistence = float(deviation @ after) / square
        constant = float(after.mean()) - persistence * float(before.mean())
        errors = after - constant - persistence * before
        spread = _spread(errors) * math.sqrt(len(errors) / (len(errors) - 2))
        return cls(float(rates[-1]), constant, persistence, spread)

    def forecast(self, horizon: int) -> NormalForecast:
        """Normal, mean by recursion, sd = spread·√Σ_{k<h} persistence^(2k)."""
        mean = self.last
        for _ in range(horizon):
            mean = self.constant + self.persistence * mean
        squares = math.fsum(self.persistence ** (2 * k) for k in range(horizon))
        return NormalForecast(mean, self.spread * math.sqrt(squares))


@dataclass(frozen=True, slots=True)
class PlainWalk:
    """Driftless Gaussian walk: the last rate, `spread` the root mean square of yearly changes."""

    last: float
    spread: float

    @classmethod
    def fit(cls, known: Series) -> PlainWalk:
        """From the last `ERROR_YEARS` changes of consecutive years (InputError as for `Rule`)."""
        rates = _rates(known)
        return cls(float(rates[-1]), _spread(np.diff(rates)[-ERROR_YEARS:]))

    def forecast(self, horizon: int) -> NormalForecast:
        """Normal about the last rate, sd = spread·√h."""
        return NormalForecast(self.last, self.spread * math.sqrt(horizon))


LAWS: Mapping[str, Callable[[Series], InflationLaw]] = {
    "rule": Rule.fit,
    "ar1": AutoRegression.fit,
    "walk": PlainWalk.fit,
}
"""Laws of the walk-forward by name; the last is what the others are compared with."""


@dataclass(frozen=True, slots=True)
class ScoredForecast:
    """One forecast of one law, and what came of it; amounts in the unit of the series."""

    law: str
    origin: int
    horizon: int
    mean: float
    sd: float
    outcome: float
    crps: float
    pit: float


@dataclass(frozen=True, slots=True)
class LawScore:
    """A law at one horizon over all origins.

    `crps` is the mean, `ratio` that over the plain walk's on the same cases, `bias` the mean of
    forecast less outcome, `coverage` by central level.
    """

    law: str
    horizon: int
    cases: int
    crps: float
    ratio: float
    bias: float
    mean_pit: float
    coverage: Mapping[float, float]


def scored_forecasts(
    series: Series, first_origin: int, last_origin: int, horizons: Sequence[int] = (1, 2, 3)
) -> tuple[ScoredForecast, ...]:
    """Every forecast of every law, fitted at each origin on the years before it and on no other.

    A target beyond the last year of the series has no outcome yet and is left out. Too short a
    history before the first origin, or a gap, is an InputError.
    """
    outcomes = dict(series)
    found: list[ScoredForecast] = []
    for origin in range(first_origin, last_origin + 1):
        known = [(year, rate) for year, rate in series if year < origin]
        _complete(known, origin)
        targets = {h: origin + h - 1 for h in horizons if origin + h - 1 in outcomes}
        for name, fit in LAWS.items():
            law = fit(known)
            found += [
                _scored(name, origin, h, law.forecast(h), outcomes[year])
                for h, year in targets.items()
            ]
    return tuple(found)


def walk_forward(
    series: Series, first_origin: int, last_origin: int, horizons: Sequence[int] = (1, 2, 3)
) -> tuple[LawScore, ...]:
    """CRPS, bias and coverage by law and horizon; see `scored_forecasts`.

    A horizon whose targets all lie beyond the series has no row.
    """
    forecasts = scored_forecasts(series, first_origin, last_origin, horizons)
    *_, plain = LAWS
    rows: list[LawScore] = []
    for name in LAWS:
        for horizon in horizons:
            mine = [f for f in forecasts if (f.law, f.horizon) == (name, horizon)]
            base = [f for f in forecasts if (f.law, f.horizon) == (plain, horizon)]
            if mine:
                rows.append(_summed(mine, base))
    return tuple(rows)


def _scored(name: str, origin: int, horizon: int, law: Forecast, outcome: float) -> ScoredForecast:
    at = np.array(outcome)
    score, place = float(law.crps(at)), float(law.cdf(at))
    return ScoredForecast(name, origin, horizon, law.mean, law.sd, outcome, score, place)


def _summed(mine: Sequence[ScoredForecast], base: Sequence[ScoredForecast]) -> LawScore:
    """Means over the origins of one law and horizon; `base` is the plain walk there."""
    pits = np.array([f.pit for f in mine])
    score = math.fsum(f.crps for f in mine) / len(mine)
    return LawScore(
        law=mine[0].law,
        horizon=mine[0].horizon,
        cases=len(mine),
        crps=score,
        ratio=score / (math.fsum(f.crps for f in base) / len(base)),
        bias=math.fsum(f.mean - f.outcome for f in mine) / len(mine),
        mean_pit=float(pits.mean()),
        coverage={level: float(coverage(pits, level)) for level in LEVELS},
    )


def _centre(rates: Float64) -> float:
    """Half the last year's rate and half the mean of the last ten years."""
    return 0.5 * float(rates[-1]) + 0.5 * float(rates[-MEAN_YEARS:].mean())


def _spread(errors: Float64) -> float:
    """Root mean square; an InputError when there is none, as no law could be scored."""
    found = math.sqrt(float(np.mean(errors * errors)))
    if found == 0:
        raise InputError(_flat(errors))
    return found


def _flat(rates: Float64) -> Problem:
    return Problem(
        key="inflation",
        wanted="rates that vary from year to year are wanted",
        value=f"{len(rates)} years that leave nothing to chance",
        remedy="give the yearly rates of inflation, not a price level or a single assumption",
    )


def _complete(known: Series, origin: int) -> None:
    """The years before an origin reach up to it."""
    if known and known[-1][0] != origin - 1:
        raise InputError(
            Problem(
                key="inflation",
                wanted=f"a forecast made in {origin} wants the rates up to {origin - 1}",
                value=f"the last year before it is {known[-1][0]}",
                remedy="end the walk-forward earlier or give a longer series",
            )
        )


def _rates(known: Series) -> Float64:
    """The rates of consecutive years as an array, (n,); an InputError names what is wrong."""
    years = [year for year, _ in known]
    rates = np.array([rate for _, rate in known], dtype=np.float64)
    problems = []
    if len(years) < LEAST_YEARS:
        span = f"{len(years)}, {years[0]} to {years[-1]}" if years else "none"
        problems.append(
            Problem(
                key="inflation",
                wanted=f"at least {LEAST_YEARS} known years are wanted",
                value=span,
                remedy="give a longer series of yearly rates, or a later first origin",
            )
        )
    problems += [
        Problem(
            key="inflation",
            wanted="years that follow one another are wanted",
            value=f"{after} after {before}",
            remedy="give one rate a year, in order and without a gap",
        )
        for before, after in pairwise(years)
        if after != before + 1
    ]
    problems += [
        Problem(key="inflation", wanted="a finite rate is wanted", value=f"{rate} in {year}")
        for year, rate in zip(years, rates.tolist(), strict=True)
        if not math.isfinite(rate)
    ]
    if problems:
        raise InputError(problems)
    return rates
