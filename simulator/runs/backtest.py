"""`sim backtest`: origins in several threads, their scores, and what is kept of them."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from simulator.analysis.perfect import PerfectBands
from simulator.analysis.scores import LEVELS
from simulator.engine.backtest import (
    BASKET,
    WALK,
    Case,
    Forecast,
    Score,
    bands_of,
    cases_of,
    forecast,
    scores_of,
)
from simulator.engine.calibrate import Calibration, calibrate
from simulator.errors import InputError, Problem
from simulator.runs.blocks import in_order
from simulator.runs.market import Market
from simulator.runs.options import Progress
from simulator.store.single import writing_file
from simulator.store.tidy import Columns, TableWriter, refuse_ending, write_tidy
from simulator.units import Month


@dataclass(frozen=True, slots=True)
class BacktestAsk:
    """Which laws are tried on which rates, from which months' ends.

    `first`, `last` and `every` (months) give the origins; `home` and `currencies` the rates.
    """

    home: str
    currencies: tuple[str, ...]
    laws: tuple[str, ...]
    targets: tuple[str, ...]
    first: Month
    last: Month
    every: int
    draws: int
    seed: int
    threads: int

    @property
    def origins(self) -> tuple[dt.date, ...]:
        """The last days of the months of origin."""
        found, month = [], self.first
        while month <= self.last:
            days = calendar.monthrange(month.year, month.month)[1]
            found.append(dt.date(month.year, month.month, days))
            month = month.plus(self.every)
        return tuple(found)

    @property
    def run_laws(self) -> tuple[str, ...]:
        """The laws asked for, and the plain walk that they are measured against."""
        return tuple(dict.fromkeys((*self.laws, WALK)))


@dataclass(frozen=True, slots=True)
class Backtest:
    """What came of it; `bands` by target are those of a perfect forecaster, all rates together."""

    ask: BacktestAsk
    cases: tuple[Case, ...]
    scores: tuple[Score, ...]
    bands: Mapping[tuple[str, str], PerfectBands]
    skipped: tuple[str, ...]
    sources: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """As plain values, for a program."""
        return {
            "home": self.ask.home,
            "currencies": list(self.ask.currencies),
            "laws": list(self.ask.laws),
            "origins": [origin.isoformat() for origin in self.ask.origins],
            "draws": self.ask.draws,
            "seed": self.ask.seed,
            "scores": [_score_document(score) for score in self.scores],
            "perfect": [
                {"target": target, "pair": pair, **_bands_document(bands)}
                for (target, pair), bands in self.bands.items()
            ],
            "skipped": list(self.skipped),
            "sources": list(self.sources),
        }


def _score_document(score: Score) -> dict[str, Any]:
    return {
        "law": score.law,
        "target": score.target,
        "pair": score.pair,
        "cases": score.cases,
        "crps": score.crps,
        "ratio": score.ratio if np.isfinite(score.ratio) else None,
        "coverage": {f"{level:g}": value for level, value in score.coverage.items()},
        "mean_pit": score.mean_pit,
        "ks": score.ks,
        "bias": score.bias,
        "width": score.width,
    }


def _bands_document(bands: PerfectBands) -> dict[str, Any]:
    def ends(band: Any) -> list[float]:  # noqa: ANN401 - a Band
        return [band.low, band.median, band.high]

    return {
        "coverage": {f"{level:g}": ends(band) for level, band in bands.coverage.items()},
        "mean_pit": ends(bands.mean_pit),
        "ks": ends(bands.ks),
    }


@dataclass(frozen=True, slots=True)
class _Made:
    origin: dt.date
    cases: tuple[Case, ...]
    forecasts: Mapping[str, Forecast]
    correlation: Mapping[str, Mapping[str, float]]
    refused: tuple[Problem, ...]
    sources: tuple[str, ...] = ()


def backtest(
    ask: BacktestAsk,
    market: Market,
    progress: Progress,
    draws_out: Path | None = None,
    *,
    force: bool = False,
) -> Backtest:
    """Calibrate, draw and score at every origin, from what was known there and nothing later.

    An origin at which a law lacks its history, or whose target is not over, is skipped and said.
    Raises InputError when nothing is left to score.
    """
    truth_on = dt.datetime.now(dt.UTC).date()
    truth = market.rates.as_of(truth_on)
    happened = {
        f"{ask.home.lower()}_per_{name.lower()}": truth.averages(ask.home, name)
        for name in ask.currencies
    }

    def make(origin: dt.date) -> _Made:
        return _make(ask, market, happened, origin)

    made: list[_Made] = []
    with ExitStack() as stack:
        writer = _draws_writer(ask, draws_out, stack, force)
        progress.start(len(ask.origins))
        with closing(in_order(make, ask.origins, ask.threads)) as done:
            for _, one in done:
                made.append(one)
                if writer is not None:
                    for law in ask.laws:
                        if law in one.forecasts:
                            writer.write(_long(one.forecasts[law], law))
                progress.advance(1)
        if writer is not None:
            writer.close()
    return _summed(ask, made)


def _make(
    ask: BacktestAsk,
    market: Market,
    happened: Mapping[str, Mapping[Month, float]],
    origin: dt.date,
) -> _Made:
    known = market.known(origin)
    cases: list[Case] = []
    forecasts: dict[str, Forecast] = {}
    correlation: dict[str, dict[str, float]] = {}
    try:
        for law in ask.run_laws:
            found = calibrate(known, ask.home, ask.currencies, law)
            drawn = forecast(found, ask.draws, ask.seed)
            shuffle = np.random.Generator(np.random.Philox(key=[ask.seed, origin.toordinal()]))
            cases += cases_of(law, drawn, happened, ask.targets, shuffle)
            correlation = _correlation(found)
            if law in ask.laws:
                forecasts[law] = drawn
    except InputError as error:
        return _Made(origin, (), {}, {}, error.problems)
    sources = tuple(source.name for source in known.rates.sources_used)
    return _Made(origin, tuple(cases), forecasts, correlation, (), sources)


def _correlation(found: Calibration) -> dict[str, dict[str, float]]:
    if found.correlations is None:
        return {}
    return {
        one: dict(zip(found.pairs, row, strict=True))
        for one, row in zip(found.pairs, found.correlations.matrix, strict=True)
    }


def _summed(ask: BacktestAsk, made: Sequence[_Made]) -> Backtest:
    cases = tuple(case for one in made for case in one.cases)
    skipped = [
        f"{one.origin}: {problem}" for one in made for problem in one.refused
    ] + [f"{one.origin}: what was to be forecast is not over, or its rates are not known"
         for one in made if not one.cases and not one.refused]  # fmt: skip
    if not cases:
        raise InputError(
            Problem(
                "at least one origin with enough history and a target that is over is wanted",
                value=skipped[0] if skipped else "no origin",
                remedy="choose other --from and --to, or give a longer history with --history FILE",
            )
        )
    bands: dict[tuple[str, str], PerfectBands] = {}
    correlation = _mean_correlation([one.correlation for one in made if one.correlation])
    for target in ask.targets:
        for pair in ("all", BASKET):
            chosen = [
                case
                for case in cases
                if case.law == WALK
                and case.target == target
                and ((case.pair == BASKET) == (pair == BASKET))
            ]
            if chosen:
                generator = np.random.Generator(np.random.Philox(key=[ask.seed, 0]))
                bands[target, pair] = bands_of(chosen, correlation, generator)
    return Backtest(
        ask=ask,
        cases=cases,
        scores=tuple(scores_of(cases)),
        bands=bands,
        skipped=tuple(skipped),
        sources=tuple(dict.fromkeys(name for one in made for name in one.sources)),
    )


def _mean_correlation(
    found: Sequence[Mapping[str, Mapping[str, float]]],
) -> Mapping[str, Mapping[str, float]]:
    """The mean over the origins: a mean of correlation matrices is one."""
    if not found:
        return {}
    return {
        one: {other: float(np.mean([each[one][other] for each in found])) for other in found[0]}
        for one in found[0]
    }


CASE_COLUMNS = ("law", "origin", "pair", "target", "first", "last", "start", "outcome", "crps",
                "pit", "median")  # fmt: skip


def case_rows(cases: Sequence[Case]) -> Iterator[dict[str, Any]]:
    """A row a case, with the ends of its central bands as p5, p95 and so on."""
    for case in cases:
        row: dict[str, Any] = {name: getattr(case, name) for name in CASE_COLUMNS}
        row |= {name: str(row[name]) for name in ("origin", "first", "last")}
        for level, low, high in zip(LEVELS, case.low, case.high, strict=True):
            row[f"low_{level:g}"], row[f"high_{level:g}"] = low, high
        yield row


def write_cases(path: Path, found: Backtest, *, force: bool) -> None:
    """Every case as a table, Parquet or CSV as the name ends."""
    refuse_ending(path)
    about = {"kind": "backtest", "seed": found.ask.seed, "draws": found.ask.draws}
    with writing_file(path, force=force) as temporary:
        write_tidy(temporary, path, list(case_rows(found.cases)), about)


def _draws_writer(
    ask: BacktestAsk, path: Path | None, stack: ExitStack, force: bool
) -> TableWriter | None:
    """A table of raw draws in long form; the law is a column when there are several."""
    if path is None:
        return None
    refuse_ending(path, "--draws-out")
    columns: Columns = {
        "origin": "text", "draw": "whole", "month": "text", "rate": "number", "pair": "text",
        **({"law": "text"} if len(ask.laws) > 1 else {}),
    }  # fmt: skip
    temporary = stack.enter_context(writing_file(path, force=force))
    about = {"kind": "backtest draws", "seed": ask.seed, "draws": ask.draws}
    csv_file = path.suffix.lower() == ".csv"
    writer = TableWriter(temporary, columns, csv_file=csv_file, about=about)
    stack.callback(writer.abort)
    return writer


def _long(found: Forecast, law: str) -> dict[str, Any]:
    """The draws of one origin in long form: every pair, month and draw."""
    draws, months, rates = found.draws, len(found.months), found.rates
    cells = months * draws
    return {
        "origin": [(found.origin.isoformat(), cells * len(rates))],
        "draw": np.tile(np.arange(draws), months * len(rates)),
        "month": [(str(month), draws) for month in found.months] * len(rates),
        "rate": np.concatenate([table.ravel(order="F") for table in rates.values()]),
        "pair": [(pair, cells) for pair in rates],
        "law": [(law, cells * len(rates))],
    }
