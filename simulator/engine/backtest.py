"""Walk-forward: what a law said on a date, against what happened afterwards.

A forecast is drawn by the very code that draws a run: the calibrated law becomes a scenario with
nothing in it but rates. Every case is a yearly or longer average of one rate, seen from one
origin; the basket is the mean of all rates, each over the rate that it started from.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from simulator.analysis.perfect import Cases, PerfectBands, perfect_bands
from simulator.analysis.scores import LEVELS, central_band, coverage, crps, ks_distance, pit
from simulator.budget.rates import monthly_rates
from simulator.engine.calibrate import Calibration
from simulator.sampling.draw import Drawer
from simulator.scenario.exchange import Drawn
from simulator.scenario.model import Scenario
from simulator.tables import Draws, Float64, empty
from simulator.units import Month, months_between

BASKET = "basket"
INDEPENDENT = "independent"
"""Suffix of a law whose rates are drawn as if they knew nothing of one another."""

WALK = "random_walk"
"""The law that the others are measured against: driftless, Gaussian, from recent volatility."""

TARGETS: Mapping[str, int] = {"year": 1, "biennium": 2}
"""Calendar years after the origin's own that each target averages over."""

REPLICATES = 8
MOST_LEADING = 16
"""Rates that are given the best dimensions: as many as `sampling.leading` takes."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """Draws of monthly averages: `rates[pair]` has shape (n_draws, n_months), home units."""

    origin: dt.date
    months: tuple[Month, ...]
    rates: Mapping[str, Float64]
    starts: Mapping[str, float]

    @property
    def draws(self) -> int:
        """How many draws there are of each rate."""
        return len(next(iter(self.rates.values())))


@dataclass(frozen=True, slots=True)
class Case:
    """One forecast average and what it turned out to be.

    `start`, `outcome`, `median`, `low` and `high` (ends of the central bands of `LEVELS`) are in
    home units for one foreign unit, for the basket in parts of the start. `crps` is a part of the
    start, so that rates of different size add up.
    """

    law: str
    origin: dt.date
    pair: str
    target: str
    first: Month
    last: Month
    start: float
    outcome: float
    crps: float
    pit: float
    median: float
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """Scores of one law over all cases of a target and pair ("all" but the basket).

    `crps` is the mean, a part of the start; `ratio` that over the plain walk's, NaN without one or
    where that is 0 (a rate that never moves).
    `bias` is the mean of median − outcome and `width` that of the 90 % band, parts of the start.
    """

    law: str
    target: str
    pair: str
    cases: int
    crps: float
    ratio: float
    coverage: Mapping[float, float]
    mean_pit: float
    ks: float
    bias: float
    width: float


def rates_scenario(
    calibration: Calibration, years: Sequence[int], seed: int, draws: int
) -> Scenario:
    """A scenario of rates alone, under the calibrated law, known on the calibration's date."""
    home, law = calibration.home, calibration.law
    drawn = [f"rates.{pair}" for pair in calibration.pairs] if isinstance(law, Drawn) else []
    return Scenario.model_validate(
        {
            "name": "rates",
            "title": "rates",
            "known_on": calibration.known_on,
            "budget": {"organization": "rates", "currency": home, "years": list(years)},
            "parents": {"P": {"share": "1", "assessed_in": home, "policy": "own_currency"}},
            "lines": {"rates": {"kind": "non_posts"}},
            "rates": {pair: {"start": calibration.start(pair)} for pair in calibration.pairs},
            "exchange": law,
            "correlation": {
                "matrix": calibration.matrix,
                "order": drawn if calibration.matrix else [],
            },
            "sampling": {
                "seed": seed,
                "draws": draws,
                "replicates": REPLICATES,
                "leading": drawn[:MOST_LEADING],
            },
        }
    )


def forecast(calibration: Calibration, draws: int, seed: int) -> Forecast:
    """Paths of every rate from the month after the origin to the end of the longest target."""
    after = calibration.known_on.year + 1
    years = range(after, after + max(TARGETS.values()))
    scenario = rates_scenario(calibration, years, seed, draws)
    drawn: Draws | None = Drawer(scenario, scenario.sampling).block(0, draws)
    rates: dict[str, Float64] = {}
    for pair in calibration.pairs:
        months = monthly_rates(scenario, drawn, pair)
        table = empty(draws, len(scenario.months))
        for i, month in enumerate(scenario.months):
            table[:, i] = months[month]
        rates[pair] = table
    starts = {pair: float(calibration.start(pair)) for pair in calibration.pairs}
    return Forecast(calibration.known_on, scenario.months, rates, starts)


def _window(origin: dt.date, target: str) -> tuple[Month, Month]:
    return Month(origin.year + 1, 1), Month(origin.year + TARGETS[target], 12)


def _outcome(truth: Mapping[Month, float], first: Month, last: Month) -> float | None:
    """The mean over the months, None when one of them is not known."""
    months = list(months_between(first, last))
    if any(month not in truth for month in months):
        return None
    return float(np.mean([truth[month] for month in months]))


def cases_of(
    law: str,
    found: Forecast,
    truth: Mapping[str, Mapping[Month, float]],
    targets: Sequence[str],
    generator: np.random.Generator,
) -> Iterator[Case]:
    """The cases of one origin that can be scored; `truth` has monthly averages by pair.

    With several rates the basket is scored too, once as drawn jointly and once with the draws of
    each rate shuffled by `generator`: the same margins, without dependence.
    """
    for target in targets:
        first, last = _window(found.origin, target)
        outcomes = {pair: _outcome(truth[pair], first, last) for pair in found.rates}
        if any(value is None for value in outcomes.values()):
            continue
        inside = [i for i, month in enumerate(found.months) if first <= month <= last]
        means = {pair: rates[:, inside].mean(axis=1) for pair, rates in found.rates.items()}
        for pair, values in means.items():
            outcome, start = outcomes[pair] or 0.0, found.starts[pair]
            yield _case(law, found.origin, pair, target, values, outcome, start)
        if len(means) > 1:
            parts = {pair: values / found.starts[pair] for pair, values in means.items()}
            wanted = float(np.mean([(outcomes[p] or 0.0) / found.starts[p] for p in parts]))
            joint = np.mean(list(parts.values()), axis=0)
            apart = np.mean([generator.permutation(values) for values in parts.values()], axis=0)
            yield _case(law, found.origin, BASKET, target, joint, wanted, 1.0)
            name = f"{law}, {INDEPENDENT}"
            yield _case(name, found.origin, BASKET, target, apart, wanted, 1.0)


def _case(
    law: str, origin: dt.date, pair: str, target: str, values: Float64, outcome: float, start: float
) -> Case:
    first, last = _window(origin, target)
    column, happened = values[:, None], np.array([outcome])
    bands = [central_band(column, level) for level in LEVELS]
    return Case(
        law=law,
        origin=origin,
        pair=pair,
        target=target,
        first=first,
        last=last,
        start=start,
        outcome=outcome,
        crps=float(crps(column, happened)[0]) / start,
        pit=float(pit(column, happened)[0]),
        median=float(np.median(values)),
        low=tuple(float(low[0]) for low, _ in bands),
        high=tuple(float(high[0]) for _, high in bands),
    )


def scores_of(cases: Sequence[Case]) -> Iterator[Score]:
    """Scores by law and target: over all rates together, for each rate, and for the basket."""
    laws = list(dict.fromkeys(case.law for case in cases))
    targets = list(dict.fromkeys(case.target for case in cases))
    pairs = list(dict.fromkeys(case.pair for case in cases))
    for target in targets:
        for pair in ("all", *pairs):
            base = _chosen(cases, WALK, target, pair)
            for law in laws:
                chosen = _chosen(cases, law, target, pair)
                if chosen:
                    yield _score(law, target, pair, chosen, base)


def _chosen(cases: Sequence[Case], law: str, target: str, pair: str) -> list[Case]:
    return [
        case
        for case in cases
        if case.law == law
        and case.target == target
        and (case.pair == pair or (pair == "all" and case.pair != BASKET))
    ]


def _score(law: str, target: str, pair: str, cases: Sequence[Case], base: Sequence[Case]) -> Score:
    pits = np.array([case.pit for case in cases])
    mean = float(np.mean([case.crps for case in cases]))
    plain = float(np.mean([case.crps for case in base])) if base else math.nan
    ninety = LEVELS.index(0.9)
    return Score(
        law=law,
        target=target,
        pair=pair,
        cases=len(cases),
        crps=mean,
        ratio=mean / plain if plain > 0 else math.nan,
        coverage={level: float(coverage(pits, level)) for level in LEVELS},
        mean_pit=float(pits.mean()),
        ks=float(ks_distance(pits)),
        bias=float(np.mean([(case.median - case.outcome) / case.start for case in cases])),
        width=float(
            np.mean([(case.high[ninety] - case.low[ninety]) / case.start for case in cases])
        ),
    )


def bands_of(
    cases: Sequence[Case],
    correlation: Mapping[str, Mapping[str, float]],
    generator: np.random.Generator,
) -> PerfectBands:
    """What a perfect forecaster would show on the same cases of one law, target and set of pairs.

    `correlation` of the rates' innovations by pair; the basket is one rate of its own.
    """
    pairs = list(dict.fromkeys(case.pair for case in cases))
    matrix = np.eye(len(pairs))
    for i, one in enumerate(pairs):
        for j, other in enumerate(pairs):
            if i != j:
                matrix[i, j] = correlation[one][other]

    def number(date: Month | dt.date) -> int:
        return date.year * 12 + date.month

    windows = Cases(
        origin=np.array([number(case.origin) for case in cases]),
        first=np.array([number(case.first) for case in cases]),
        last=np.array([number(case.last) for case in cases]),
        pair=np.array([pairs.index(case.pair) for case in cases]),
    )
    return perfect_bands(windows, matrix, generator)
