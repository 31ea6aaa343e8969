"""`sim calibrate`: parameters with what they rest on, and the fragment that a scenario names."""

from __future__ import annotations

import datetime as dt
import math
import statistics
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator import __version__
from simulator.engine.backtest import Forecast, forecast
from simulator.engine.calibrate import Calibration, calibrate, inflation_of
from simulator.engine.facts import Facts, Known
from simulator.errors import Problem
from simulator.history.rates import SourceUsed
from simulator.runs.market import Market
from simulator.scenario.exchange import (
    AVERAGE_VARIANCE_RATIO,
    Ar1Inflation,
    Blended,
    Bootstrap,
    FixedRates,
)
from simulator.scenario.parts import Rate
from simulator.scenario.toml_text import fragment

FAN = (0.05, 0.25, 0.5, 0.75, 0.95)
FAN_DRAWS = 1 << 15

_WALK = (
    "volatility: sd of a month-end change, √(1.5 × mean square of log changes of monthly averages)",
    "over the months named.",
)
READING: Mapping[str, tuple[str, ...]] = {
    "blended": (
        "volatility: sd of a month-end change; its square is half of 1.5 × the mean square of log",
        "changes of monthly averages over the first months named, half over the others.",
        "inflation_differential: inflation abroad less at home, a year. real_gap: mean log real",
        "rate of the months named less the last. view = 0 switches both off.",
    ),
    "random_walk": _WALK,
    "student_walk": _WALK,
    "ou": (*_WALK, "towards: the level at which the real rate is at its mean."),
    "bootstrap": ("changes: log changes of monthly averages, the same months for every rate.",),
    "fixed": ("Every month stays at its start.",),
}
"""How to read the numbers of a fragment, by law."""


@dataclass(frozen=True, slots=True)
class CalibrationAsk:
    """What is to be calibrated; `inflation` gives a currency of the country for each name."""

    known_on: dt.date
    home: str
    currencies: tuple[str, ...]
    law: str = "blended"
    inflation: Mapping[str, str] | None = None
    years: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A calibration with the inflation beside it, and the warnings about old rates."""

    ask: CalibrationAsk
    calibration: Calibration
    inflation: Mapping[str, Ar1Inflation]
    warnings: tuple[Problem, ...]
    sources: tuple[Mapping[str, str], ...]

    def toml(self) -> str:
        """The fragment for `law_file = …`."""
        ask, found = self.ask, self.calibration
        rates = {pair: Rate(start=found.start(pair)) for pair in found.pairs}
        tables: dict[str, Any] = {"rates": rates, "exchange": found.law}
        if self.inflation:
            tables["inflation"] = self.inflation
        if found.matrix:
            order = tuple(f"rates.{pair}" for pair in found.pairs)
            tables["correlation"] = {"order": order, "matrix": found.matrix}
        lines = [
            f"# Law of exchange {ask.law!r}, calibrated by sim {__version__} from what was",
            f"# known on {ask.known_on.isoformat()}. Rates: {ask.home} for one unit of the other.",
            *(f"# {line}" for line in READING[ask.law]),
            *(f"# {note}" for note in self.notes),
            "#",
            "# Rests on",
        ]
        for source in self.sources:
            lines.append(f"#   {source['name']}, to {source['as_of']}")
            if source["sha256"]:
                lines.append(f"#     sha256 {source['sha256']}")
        return "\n".join(lines) + "\n\n" + fragment(tables)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is not as usual: rates without a view, starts that are estimates."""
        return notes_on(self.calibration)

    def document(self) -> dict[str, Any]:
        """Parameters and a fan of the averages, as plain values: rates in home units."""
        found = self.calibration
        fan = fan_of(forecast(found, FAN_DRAWS, seed=0))
        return {
            "law": self.ask.law,
            "known_on": self.ask.known_on.isoformat(),
            "home": self.ask.home,
            "rates": {
                pair: {
                    **facts_document(found.facts[pair]),
                    "monthly_sd": sd_of(found, pair),
                    "fan": fan[pair],
                }
                for pair in found.pairs
            },
            "correlation": {
                one: {other: float(value) for other, value in row.items()}
                for one, row in found.matrix.items()
            },
            "correlation_rests_on": str(found.correlations.window) if found.correlations else "",
            "inflation": {
                name: {
                    "centre": [float(value) for value in law.centre.values()],
                    "sd": float(law.sd),
                    "persistence": float(law.persistence),
                    "last_published": law.last_published,
                    "sd_by_years_ahead": sd_ahead(law),
                    "rests_on": law.sd.source,
                }
                for name, law in self.inflation.items()
            },
            "sources": [dict(source) for source in self.sources],
            "notes": list(self.notes),
            "warnings": [str(problem) for problem in self.warnings],
        }


def facts_document(facts: Facts) -> dict[str, Any]:
    """What is known of one rate, with the sds of month-end changes."""
    return {
        "start": facts.start,
        "start_kind": facts.latest.kind,
        "as_of": facts.latest.date.isoformat(),
        "monthly_sd_recent": math.sqrt(AVERAGE_VARIANCE_RATIO * facts.recent.value),
        "monthly_sd_long": math.sqrt(AVERAGE_VARIANCE_RATIO * facts.long.value),
        "recent_rests_on": str(facts.recent.window),
        "long_rests_on": str(facts.long.window),
        "inflation_differential": facts.differential,
        "real_gap": None if facts.gap is None else facts.gap.value,
        "real_gap_rests_on": "" if facts.gap is None else str(facts.gap.window),
    }


def sd_of(found: Calibration, pair: str) -> float:
    """Sd of a month-end change under the law: 0 where nothing moves."""
    if isinstance(found.law, FixedRates):
        return 0.0
    if isinstance(found.law, Bootstrap):
        changes = [float(change) for change in found.law.changes[pair]]
        return math.sqrt(AVERAGE_VARIANCE_RATIO) * statistics.pstdev(changes)
    return float(found.law.volatility[pair])


def notes_on(found: Calibration) -> tuple[str, ...]:
    """What a reader should know of the rates: no view where prices are not known, estimates."""
    notes = []
    if found.no_view and isinstance(found.law, Blended):
        names = ", ".join(found.no_view)
        notes.append(f"no view of {names}: inflation there or at home is not known (--prices FILE)")
    if found.estimated:
        names = ", ".join(found.estimated)
        notes.append(f"starts estimated from monthly averages, with their error: {names}")
    return tuple(notes)


def sd_ahead(law: Ar1Inflation, years: int = 3) -> list[float]:
    """Sd of the surprise of the first, second … year after the last one published."""
    keep, variance, found = float(law.persistence) ** 2, 0.0, list[float]()
    for _ in range(years):
        variance = keep * variance + 1.0
        found.append(float(law.sd) * float(np.sqrt(variance)))
    return found


def fan_of(found: Forecast) -> dict[str, dict[str, list[float]]]:
    """Quantiles of the averages of each year after the origin and of both, by rate and period."""
    years = sorted({m.year for m in found.months if m.year > found.origin.year})
    periods = {str(year): (year,) for year in years} | {f"{years[0]}-{years[-1]}": tuple(years)}
    fan: dict[str, dict[str, list[float]]] = {}
    for pair, rates in found.rates.items():
        fan[pair] = {}
        for label, inside in periods.items():
            columns = [i for i, month in enumerate(found.months) if month.year in inside]
            fan[pair][label] = [float(q) for q in np.quantile(rates[:, columns].mean(axis=1), FAN)]
    return fan


def calibrated(ask: CalibrationAsk, market: Market) -> Calibrated:
    """Calibrate from what was known on the date asked for, and on nothing later."""
    known = market.known(ask.known_on)
    found = calibrate(known, ask.home, ask.currencies, ask.law)
    years = ask.years or (ask.known_on.year + 1, ask.known_on.year + 2)
    inflation = {
        name: inflation_of(known, currency, years)
        for name, currency in (ask.inflation or {}).items()
    }
    return Calibrated(
        ask=ask,
        calibration=found,
        inflation=inflation,
        warnings=known.rates.old_rates(ask.home, ask.currencies),
        sources=tuple(sources_of(known)),
    )


def sources_of(known: Known) -> Iterator[dict[str, str]]:
    """Everything that was read, each source once, with the date of the last figure read."""
    yearly, until = known.yearly, known.changes.yearly_until
    used = [*known.rates.sources_used, *known.prices.sources_used]
    if until is not None:
        used.append(SourceUsed(yearly.name, yearly.file, yearly.sha256, until))
    last: dict[tuple[str, str], dt.date] = {}
    for one in used:
        key = one.name, one.sha256
        last[key] = max(one.data_as_of, last.get(key, one.data_as_of))
    for (name, sha256), date in last.items():
        yield {"name": name, "as_of": date.isoformat(), "sha256": sha256}
