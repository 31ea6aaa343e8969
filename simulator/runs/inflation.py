"""`sim backtest --inflation`: the rule of inflation against its competitors, year by year.

Every forecast is made from the rates of the years before its origin. They are today's figures:
what statistical offices had published at the time, before revisions, is not in the data.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from simulator.analysis.inflation import LawScore, walk_forward
from simulator.errors import InputError, Problem
from simulator.runs.market import Market

HORIZONS = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class InflationScores:
    """Scores of every law for the inflation of one currency; fractions."""

    currency: str
    first: int
    last: int
    scores: tuple[LawScore, ...]
    sources: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """As plain values, for a program."""
        return {
            "currency": self.currency,
            "from": self.first,
            "to": self.last,
            "scores": [
                {
                    "law": score.law,
                    "years_ahead": score.horizon,
                    "cases": score.cases,
                    "crps": score.crps,
                    "ratio": score.ratio,
                    "coverage": {f"{level:g}": part for level, part in score.coverage.items()},
                    "mean_pit": score.mean_pit,
                    "bias": score.bias,
                }
                for score in self.scores
            ],
            "sources": list(self.sources),
        }


def inflation_backtest(
    market: Market, currencies: Sequence[str], first: int, last: int
) -> tuple[InflationScores, ...]:
    """Forecasts made in the years `first` … `last` of one to three years, by currency.

    Raises InputError with the problems of every currency: inflation that is not known, or too
    short a series before the first origin.
    """
    if first > last:
        raise InputError(Problem("--from before --to is wanted", key="--from", value=str(first)))
    found: list[InflationScores] = []
    problems: list[Problem] = []
    for currency in currencies:
        try:
            found.append(_scores(market, currency, first, last))
        except InputError as error:
            problems += [_named(problem, currency) for problem in error.problems]
    if problems:
        raise InputError(problems)
    return tuple(found)


def _scores(market: Market, currency: str, first: int, last: int) -> InflationScores:
    known = market.prices.as_of(dt.datetime.now(dt.UTC).date())
    series = list(known.years(currency).items())
    scores = walk_forward(series, first, last, HORIZONS)
    if not scores:
        raise InputError(
            Problem(
                "an origin whose inflation became known is wanted",
                key=currency,
                value=f"--from {first}, the last year known is {series[-1][0]}",
                remedy="choose an earlier --from",
            )
        )
    sources = tuple(source.name for source in known.sources_used)
    return InflationScores(currency, first, last, scores, sources)


def _named(problem: Problem, currency: str) -> Problem:
    """The problem with the currency it is about."""
    if problem.key == "inflation":
        return Problem(problem.wanted, f"inflation of {currency}", problem.value, problem.remedy)
    return problem
