"""`sim as-of`: a scenario as it would have looked later, with what was known by then.

The information date moves, rates up to it are those that were observed, paths start from the last
of them, and inflation of years that were over by then is fixed. All that is not known stays drawn,
under the laws of the scenario as they stand. Once every month of the period is over, exchange is a
given path: a point, no fan.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from simulator.budget.published import PROPOSED, contribution_name
from simulator.engine.chosen import chosen
from simulator.engine.plan import Plan
from simulator.errors import EnvironmentFault, InputError, Problem
from simulator.findings import Finding, Heading, Listing, Sentence
from simulator.findings import mark as _
from simulator.history import daily_rates
from simulator.history.rates import Rates, RatesAsOf
from simulator.runs.findings import whose
from simulator.runs.options import Progress, Silent
from simulator.runs.thresholds import proposed_of
from simulator.scenario.actuals import read_actuals
from simulator.scenario.change import tables_of
from simulator.scenario.exchange import PathRates
from simulator.scenario.model import Scenario
from simulator.scenario.read import scenario_from_dict
from simulator.tables import Float64
from simulator.units import Month, months_between, split_pair

DIGITS = 10
LEVELS = (5, 25, 50, 75, 95)


@dataclass(frozen=True, slots=True)
class AsOf:
    """The scenario at the later date, and what became known until then."""

    scenario: Scenario
    date: dt.date
    rates: Mapping[str, tuple[str, float]]
    """By pair: the last day known and its rate."""

    inflation: Mapping[str, Mapping[int, float]]
    months: int
    """Months of the period that are over."""


def as_of(scenario: Scenario, date: dt.date, actuals: Path | None = None) -> AsOf:
    """The scenario with what was known on `date`, or at the last month end before it.

    Raises InputError for a date before the scenario's own, for rates that are not known up to it,
    and for the file; EnvironmentFault when daily rates are not installed.
    """
    date = month_end(date)
    _check(scenario, date)
    tables = tables_of(scenario.model_copy(update={"published": ()}))
    known = _known_rates(date)
    last = Month(scenario.years[-1], 12)
    over = Month.of(date) >= last and date >= last.last_day()
    moved = min(date, last.plus(-1).last_day()) if over else date
    rates: dict[str, tuple[str, float]] = {}
    paths: dict[str, dict[str, Any]] = {}
    for pair, rate in scenario.rates.items():
        if rate.pegged is not None:
            continue
        latest, observed = _observed(scenario, known, pair, date)
        rates[pair] = latest["as_of"].isoformat(), float(latest["value"])
        if over:
            paths[pair] = {str(last): observed.pop(str(last))}
        here = tables["rates"][pair]
        here |= {"start": latest, "observed": observed}
        if over:
            here.pop("start")
    if over:
        tables["exchange"] = {"law": "path", "rates": paths}
        _certain(tables, [f"rates.{pair}" for pair in paths])
    inflation = _inflation(scenario, date, actuals)
    for name, years in inflation.items():
        observed = {str(year): Decimal(repr(value)) for year, value in years.items()}
        tables["inflation"][name]["observed"] = observed
    tables |= {
        "known_on": moved,
        "name": f"{scenario.name}-as-of-{date.isoformat()}"[:60],
        "title": f"{scenario.title}, as known on {date.isoformat()}",
    }
    first = Month(scenario.years[0], 1)
    months = sum(month <= Month.of(date) for month in months_between(first, last))
    return AsOf(_built(_dated(tables, date)), date, rates, inflation, months)


def _built(tables: dict[str, Any]) -> Scenario:
    """The scenario; a rate that the checks find unusual really was so, which is said of it."""
    try:
        return scenario_from_dict(tables)
    except InputError as error:
        pairs = {p.key.split(".")[1] for p in error.problems if "unusual = true" in p.remedy}
        if not pairs:
            raise
    for pair in pairs:
        tables["rates"][pair]["unusual"] = True
    return scenario_from_dict(tables)


def _certain(tables: dict[str, Any], names: list[str]) -> None:
    """Take what is no longer drawn out of the correlations."""
    correlation = tables.get("correlation")
    if not correlation:
        return
    matrix = {
        one: {other: value for other, value in row.items() if other not in names}
        for one, row in correlation.get("matrix", {}).items()
        if one not in names
    }
    correlation["matrix"] = {one: row for one, row in matrix.items() if row}
    tied = {n for one, row in correlation["matrix"].items() for n in (one, *row)}
    correlation["order"] = [n for n in correlation.get("order", []) if n in tied]


def month_end(date: dt.date) -> dt.date:
    """The last month end on or before a date: averages of a month are known when it is over."""
    month = Month.of(date)
    return date if date == month.last_day() else month.plus(-1).last_day()


def _dated(tables: dict[str, Any], date: dt.date) -> dict[str, Any]:
    """Where a given path is known only on the last day, its date may not lie after `known_on`."""
    if tables["known_on"] == date:
        return tables
    for given in tables["exchange"]["rates"].values():
        for value in given.values():
            value.pop("as_of", None)
    return tables


def _check(scenario: Scenario, date: dt.date) -> None:
    if date <= scenario.known_on:
        wanted = (
            f"a date after {scenario.known_on.isoformat()}, which the scenario knows, is wanted"
        )
        raise InputError(Problem(wanted, "DATE", date.isoformat()))
    if isinstance(scenario.exchange, PathRates):
        wanted = "a scenario that draws its rates is wanted, this one has a given path"
        raise InputError(Problem(wanted, "FILE", scenario.name))


def _known_rates(date: dt.date) -> RatesAsOf:
    if not daily_rates.available():
        raise EnvironmentFault(
            "daily rates are read from an optional part that is not installed\n"
            "    → install it: pip install 'simulator[fx]'"
        )
    return Rates([daily_rates.daily_rates()]).as_of(date)


def _observed(
    scenario: Scenario, known: RatesAsOf, pair: str, date: dt.date
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The last rate, and the months from the December before the period on."""
    home, foreign = scenario.budget.currency, split_pair(pair)[1]
    if not known.has(home, foreign):
        wanted = f"daily rates of {foreign} are wanted, and there are none"
        raise InputError(Problem(wanted, f"rates.{pair}"))
    latest, averages = known.latest(home, foreign), known.averages(home, foreign)
    first, last = Month(scenario.years[0] - 1, 12), min(known.last_month, Month.of(date))
    months = [m for m in months_between(first, last) if m <= Month(scenario.years[-1], 12)]
    missing = [str(month) for month in months if month not in averages]
    if missing or (latest.date < date - dt.timedelta(days=10)):
        wanted = f"rates of {foreign} up to {date.isoformat()} are wanted"
        raise InputError(Problem(wanted, f"rates.{pair}", f"the last is of {latest.date}"))

    def quantity(value: float, day: dt.date) -> dict[str, Any]:
        exact = Decimal(f"{value:.{DIGITS}g}")
        return {"value": exact, "as_of": min(day, date), "source": latest.source}

    observed = {str(month): quantity(averages[month], month.last_day()) for month in months}
    if Month.of(date) < Month(scenario.years[0], 1):
        observed = {}
    return quantity(latest.rate, latest.date), observed


def _inflation(
    scenario: Scenario, date: dt.date, actuals: Path | None
) -> dict[str, dict[int, float]]:
    """Inflation that turned out in years that are over, from a file of what happened."""
    if actuals is None:
        return {}
    found: dict[str, dict[int, float]] = {}
    for one in read_actuals(actuals).actual:
        name = one.output.removeprefix("inflation.")
        known = name != one.output and name in scenario.inflation and one.period.isdigit()
        if known and dt.date(int(one.period), 12, 31) <= date:
            found.setdefault(name, {})[int(one.period)] = float(one.value)
    return found


# --- In words -----------------------------------------------------------------------------------


def as_of_finding(
    before: Scenario, later: AsOf, threads: int, progress: Progress | None = None
) -> Finding:
    """What each parent owes, as seen then beside as seen by the scenario itself."""
    scenario = later.scenario
    whole = scenario.periods[-1]
    outputs = {k: contribution_name(k, p.assessed_in) for k, p in scenario.parents.items()}
    progress = progress or Silent()
    progress.start(2 * scenario.sampling.draws)
    then = _drawn(scenario, list(outputs.values()), threads, progress)
    now = _drawn(before, list(outputs.values()), threads, progress)
    amounts = {(p.output, p.period): p.amount for p in proposed_of(scenario)}
    sentences: list[Sentence] = []
    listings: list[Listing] = []
    for key, output in outputs.items():
        parent = scenario.parents[key]
        title, money = parent.name or key, parent.assessed_in
        proposed = amounts[output, whole]
        sentences.append(_sentence(title, money, later, now[output], then[output]))
        rows: tuple[Row, ...] = (
            (PROPOSED, proposed, *(proposed for _ in LEVELS)),
            _row(before.known_on.isoformat(), now[output]),
            _row(later.date.isoformat(), then[output]),
        )
        headings = (
            Heading("as seen on"),
            Heading("mean", "amount", money),
            *(Heading(f"P{level}", "amount", money) for level in LEVELS),
        )
        listings.append(Listing(key, _("What is owed"), headings, rows, about=title))
    rates = tuple((pair, day, rate) for pair, (day, rate) in later.rates.items())
    headings = (Heading("rate"), Heading("of", "date"), Heading("last known", "rate"))
    listings.append(Listing("rates", _("Rates known by then"), headings, rates))
    return Finding(
        "as-of",
        later.date.isoformat(),
        _("What would have been known later"),
        tuple(sentences),
        tuple(listings),
        *whose(before),
        tuple(_warnings(later)),
        {"date": later.date.isoformat(), "draws": scenario.sampling.draws},
    )


def _drawn(
    scenario: Scenario, outputs: list[str], threads: int, progress: Progress
) -> dict[str, Float64]:
    tables = chosen(Plan(scenario), outputs, threads, progress.advance)
    return {name: np.ascontiguousarray(table[:, -1]) for name, table in tables.items()}


Row = tuple[str | float, ...]


def _row(day: str, values: Float64) -> Row:
    levels = np.percentile(values, LEVELS)
    return (day, float(np.mean(values)), *map(float, levels))


def _spread(values: Float64) -> float:
    low, high = np.percentile(values, [5, 95])
    return float(high - low)


def _sentence(title: str, money: str, later: AsOf, now: Float64, then: Float64) -> Sentence:
    return Sentence(
        "On {day:date} {who} would have been expected to owe {mean:money}, with nine draws out of "
        "ten within {then:money}; seen from the scenario's own date it was {before:money}, within "
        "{now:money}.",
        {
            "day": later.date.isoformat(),
            "who": title,
            "mean": (float(np.mean(then)), money),
            "then": (_spread(then), money),
            "before": (float(np.mean(now)), money),
            "now": (_spread(now), money),
        },
    )


def _warnings(later: AsOf) -> Iterator[Sentence]:
    yield Sentence(
        "{months:whole} months of the period were over; only rates and inflation are replayed: "
        "posts, income and pledges stay as the scenario has them.",
        {"months": later.months},
    )
    if later.scenario.inflation and not later.inflation:
        yield Sentence(
            "No inflation is fixed: name a file of what happened with --actuals, or the year is "
            "not over yet."
        )
    if later.inflation:
        yield Sentence(
            "Inflation is as published today, which may have been revised since; it is taken as "
            "known at the end of its year, some weeks before it was."
        )
