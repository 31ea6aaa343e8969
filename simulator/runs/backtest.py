"""`sim backtest`: origins in several threads, their scores, and what is kept of them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby
from operator import itemgetter
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
from simulator.errors import InputError, Problem, nearest
from simulator.history.rates import OLD_AFTER_DAYS, RatesAsOf
from simulator.runs.calibrate import notes_on, sources_of
from simulator.runs.market import Market
from simulator.runs.options import Progress
from simulator.runs.workers import Threads, Workers
from simulator.store.single import writing_file
from simulator.store.tidy import Columns, TableWriter, refuse_ending, write_tidy
from simulator.units import Month, pair_name


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
            found.append(month.last_day())
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
    notes: tuple[str, ...]
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
            "notes": list(self.notes),
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
    """What came of one origin; `forecasts` only where they are to be written."""

    origin: dt.date
    cases: tuple[Case, ...] = ()
    forecasts: Mapping[str, Forecast] = field(default_factory=dict)
    correlation: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    refused: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


def backtest(
    ask: BacktestAsk,
    market: Market,
    progress: Progress,
    draws_out: Path | None = None,
    *,
    force: bool = False,
    workers: Workers | None = None,
) -> Backtest:
    """Calibrate, draw and score at every origin, from what was known there and nothing later.

    An origin at which a law lacks its history, or whose target is not over, is skipped and said.
    Raises InputError when a currency has no rates at all, or when nothing is left to score; with
    `draws_out`, when there is no forecast to write either. A failure leaves no file.
    """
    workers = workers or Threads(ask.threads)
    truth = market.rates.as_of(dt.datetime.now(dt.UTC).date())
    _refuse_unknown(ask, truth)
    happened = {
        pair_name(ask.home, name): truth.averages(ask.home, name) for name in ask.currencies
    }

    make = partial(_make, ask, market, happened, keep=draws_out is not None)
    made: list[_Made] = []
    with ExitStack() as stack:
        writer = _draws_writer(ask, draws_out, stack, force)
        progress.start(len(ask.origins) * ask.draws)
        try:
            with closing(workers.in_order(make, ask.origins)) as done:
                for _, one in done:
                    for law, drawn in one.forecasts.items():
                        assert writer is not None  # noqa: S101 - else none were kept
                        writer.write(_long(drawn, law))
                    made.append(replace(one, forecasts={}))
                    progress.advance(ask.draws)
        finally:
            progress.done()
        found = _summed(ask, made, forecasts=writer is not None)
        if writer is not None:
            writer.close()
        return found


def _refuse_unknown(ask: BacktestAsk, truth: RatesAsOf) -> None:
    """Raise InputError for every currency that no source has a rate of."""
    unknown = [name for name in ask.currencies if not truth.has(ask.home, name)]
    problems = []
    for name in unknown:
        close = nearest(name, truth.currencies) if name not in truth.currencies else None
        meant = f"did you mean {close!r}? Or " if close else ""
        remedy = f"{meant}give its history with --history FILE"
        text = "a rate that some source has is wanted"
        problems.append(Problem(text, pair_name(ask.home, name), remedy=remedy))
    if problems:
        raise InputError(problems)


def _make(
    ask: BacktestAsk,
    market: Market,
    happened: Mapping[str, Mapping[Month, float]],
    origin: dt.date,
    *,
    keep: bool,
) -> _Made:
    known = market.known(origin)
    cases: list[Case] = []
    forecasts: dict[str, Forecast] = {}
    correlation: dict[str, dict[str, float]] = {}
    notes: list[str] = []
    try:
        old = known.rates.old_rates(ask.home, ask.currencies)
        if old:
            text = f"the last rate is more than {OLD_AFTER_DAYS} days old"
            return _Made(origin, refused=tuple(Problem(text, one.key) for one in old))
        for law in ask.run_laws:
            found = calibrate(known, ask.home, ask.currencies, law)
            drawn = forecast(found, ask.draws, ask.seed)
            shuffle = np.random.Generator(np.random.Philox(key=[ask.seed, origin.toordinal()]))
            cases += cases_of(law, drawn, happened, ask.targets, shuffle)
            correlation = _correlation(found)
            if law in ask.laws:
                notes += notes_on(found)
                if keep:
                    forecasts[law] = drawn
    except InputError as error:
        return _Made(origin, refused=error.problems)
    sources = tuple(source["name"] for source in sources_of(known))
    return _Made(origin, tuple(cases), forecasts, correlation, (), tuple(notes), sources)


def _correlation(found: Calibration) -> dict[str, dict[str, float]]:
    if found.correlations is None:
        return {}
    return {
        one: dict(zip(found.pairs, row, strict=True))
        for one, row in zip(found.pairs, found.correlations.matrix, strict=True)
    }


def _summed(ask: BacktestAsk, made: Sequence[_Made], *, forecasts: bool) -> Backtest:
    """Scores over all origins; `forecasts`: draws were wanted, so that a score is not a must."""
    cases = tuple(case for one in made for case in one.cases)
    drawn = [one for one in made if not one.refused]
    skipped = list(_skipped(made))
    if not cases and not (forecasts and drawn):
        raise InputError(
            Problem(
                "at least one origin with enough history and a target that is over is wanted",
                value=skipped[0] if skipped else "no origin",
                remedy="choose other --from and --to, or give a longer history with --history FILE",
            )
        )
    return Backtest(
        ask=ask,
        cases=cases,
        scores=tuple(scores_of(cases)),
        bands=_bands(ask, cases, made),
        skipped=tuple(skipped),
        notes=tuple(_counted(note for one in drawn for note in dict.fromkeys(one.notes))),
        sources=tuple(dict.fromkeys(name for one in drawn for name in one.sources)),
    )


def _skipped(made: Sequence[_Made]) -> Iterator[str]:
    """Why origins were not scored; a reason that several have in a row is told once."""
    reasons = [(one.origin, _reason(one)) for one in made]
    for reason, group in groupby(reasons, key=itemgetter(1)):
        origins = [origin for origin, _ in group]
        if reason:
            until = f" to {origins[-1]} ({len(origins)} origins)" if len(origins) > 1 else ""
            yield f"{origins[0]}{until}: {reason}"


def _reason(one: _Made) -> str:
    if one.refused:
        return "; ".join(f"{problem.key}: {problem.wanted}" for problem in one.refused)
    return "" if one.cases else "what was to be forecast is not over, or its rates are not known"


def _counted(notes: Iterable[str]) -> Iterator[str]:
    """Each note once, with the number of origins that have it."""
    for note, count in Counter(notes).items():
        yield f"{note} ({count} origin{'s' if count > 1 else ''})"


def _bands(
    ask: BacktestAsk, cases: Sequence[Case], made: Sequence[_Made]
) -> dict[tuple[str, str], PerfectBands]:
    """What a perfect forecaster would show, by target, over all rates and for the basket."""
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
    return bands


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
