"""`sim risk`: how bad it gets: expected shortfall, probabilities of exceeding, the worst month.

Of an output's draws: percentiles with their intervals, the mean of the draws beyond each (expected
shortfall), how probable each of several amounts is exceeded and by how much then. Of a contribution
in another currency than the budget's also the month in which that currency is worth least, which
is what an instalment paid in that month meets.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from simulator.analysis.measure import interval, measured, order_interval
from simulator.analysis.statistics import percentiles, shortfall
from simulator.budget.published import PROPOSED, contribution_name
from simulator.errors import InputError, Problem, did_you_mean
from simulator.findings import Cell, Finding, Heading, Listing, Sentence
from simulator.findings import mark as _
from simulator.runs.findings import whose
from simulator.runs.thresholds import proposed_of, thresholds_of
from simulator.store.result import Run
from simulator.tables import Column, Float64
from simulator.units import finite, is_currency

LEVELS = (0.50, 0.75, 0.80, 0.90, 0.95, 0.975, 0.99)
STEPS = (0.05, 0.10, 0.15, 0.20)
"""Thresholds above what was proposed, where none are asked for."""
HIGH = 0.95
MONTHS = 12


@dataclass(frozen=True, slots=True)
class RiskAsk:
    """Output ("" for what each parent owes in its own currency), period, amounts in file units.

    `low` asks for the other tail: of receipts the lowest are the bad ones.
    """

    output: str = ""
    period: str = ""
    over: tuple[float, ...] = ()
    low: bool = False


@dataclass(frozen=True, slots=True)
class Threshold:
    """An amount that an output is compared with, in whole units, and what it is.

    Above `limit` the output counts as above the amount: what was proposed is stated rounded.
    """

    name: str
    amount: float
    limit: float


@dataclass(frozen=True, slots=True)
class WorstMonth:
    """The month of a draw in which a parent's currency is worth least, shape (n,) each.

    `rate` in the budget's currency for one unit; `instalment` what a twelfth of that year's
    contribution costs in the parent's currency at it; `usual` the same at the budget rate.
    """

    currency: str
    unit: str
    rate: Float64
    instalment: Float64
    usual: Float64
    budget_rate: float


def chosen(run: Run, ask: RiskAsk) -> list[Column]:
    """The columns that are asked for; InputError, with every problem, for what is not there."""
    columns = {column.name: column for column in run.columns()}
    problems = []
    if ask.output and ask.output not in columns:
        remedy = did_you_mean(ask.output, columns, "see summary.csv of the result")
        problems.append(Problem("an output is wanted", "--output", ask.output[:80], remedy))
    if ask.period and ask.period not in run.periods:
        remedy = did_you_mean(ask.period, run.periods)
        problems.append(
            Problem("a period of the scenario is wanted", "--period", ask.period[:80], remedy)
        )
    if not all(map(math.isfinite, ask.over)):
        problems.append(Problem("finite amounts are wanted", "--over", str(ask.over)))
    if problems:
        raise InputError(problems)
    if ask.output:
        return [columns[ask.output]]
    parents = run.scenario.parents.items()
    return [columns[contribution_name(key, parent.assessed_in)] for key, parent in parents]


def thresholds(run: Run, column: Column, period: str, over: Sequence[float]) -> list[Threshold]:
    """Those asked for; else what was proposed, those of the scenario, and steps above."""
    unit = run.scenario.budget.unit if is_currency(column.unit) else 1
    if over:
        return [Threshold("", amount * unit, amount * unit) for amount in over]
    proposed = {(p.output, p.period): p for p in proposed_of(run.scenario)}
    known = thresholds_of(run.scenario, tuple(proposed.values()))
    own = proposed.get((column.output, period))
    found = [
        Threshold(name, own.amount if own is not None and name == PROPOSED else limit, limit)
        for name, limit in known.get((column.output, period), {}).items()
    ]
    if own is not None:
        raised = [(f"+{step * 100:.0f} %", own.amount * (1 + step)) for step in STEPS]
        found += [Threshold(name, amount, amount) for name, amount in raised]
    return found


def worst_month(run: Run, parent: str) -> WorstMonth | None:
    """The month of each draw in which the parent's currency is worth least; None without rates."""
    scenario, own = run.scenario, run.scenario.parents[parent].assessed_in
    if own == scenario.budget.currency:
        return None
    pair = scenario.pair(own)
    named = re.compile(rf"rates\.{re.escape(pair)}\[(\d{{4}})-\d\d\]")
    months = [
        (int(match[1]), column)
        for column in run.input_columns()
        if (match := named.fullmatch(column.name)) and int(match[1]) in scenario.years
    ]
    if not months:
        return None
    due = {
        year: run.column(contribution_name(parent, scenario.budget.currency), str(year)) / MONTHS
        for year in scenario.years
    }
    rate = np.full(run.manifest.draws, np.inf)
    part = np.zeros(run.manifest.draws)
    for year, column in months:
        value = run.inputs(column.name)
        worse = value < rate
        rate = np.where(worse, value, rate)
        part = np.where(worse, due[year], part)
    budget = float(scenario.budget_rate(own))
    return WorstMonth(own, months[0][1].unit, rate, part / rate, part / budget, budget)


# --- In words -----------------------------------------------------------------------------------


def risk_finding(run: Run, ask: RiskAsk) -> Finding:
    """The risk measures in sentences and tables."""
    columns = chosen(run, ask)
    period = ask.period or run.periods[-1]
    sentences: list[Sentence] = []
    listings: list[Listing] = []
    for column in columns:
        values = run.column(column.name, period)
        limits = thresholds(run, column, period, ask.over)
        sentences += _sentences(column, values, period, limits, low=ask.low)
        listings.append(_tails(run, column, values, low=ask.low))
        if limits:
            listings.append(_exceeding(run, column, values, limits, low=ask.low))
    if not ask.output and not ask.low and period == run.periods[-1]:
        for key in run.scenario.parents:
            worst = worst_month(run, key)
            if worst is not None:
                sentences.append(_month_sentence(run, key, worst))
                listings.append(_months(run, key, worst))
    scenario = run.scenario
    return Finding(
        "risk",
        "".join(c if c.isalnum() else "-" for c in ask.output) + ("-low" if ask.low else ""),
        _("How bad it gets"),
        tuple(sentences),
        tuple(listings),
        *whose(scenario),
        (Sentence(_("What lies beyond a percentile is known less well than the percentile.")),),
        {"output": ask.output, "period": period, "draws": run.manifest.draws},
    )


HIGHEST = _(
    "{what}, {period}: {mean:quantity} on average; the highest 5 % of the draws average "
    "{beyond:quantity}."
)
LOWEST = _(
    "{what}, {period}: {mean:quantity} on average; the lowest 5 % of the draws average "
    "{beyond:quantity}."
)
ABOVE = _("probability above")
BELOW = _("probability below")


def _sentences(
    column: Column, values: Float64, period: str, limits: Sequence[Threshold], *, low: bool
) -> Iterator[Sentence]:
    mean, beyond, unit = float(values.mean()), shortfall(values, HIGH, low=low), column.unit
    yield Sentence(
        LOWEST if low else HIGHEST,
        {"what": column.name, "period": period, "mean": (mean, unit), "beyond": (beyond, unit)},
    )
    for limit in limits[:1]:
        excess = values[values > limit.limit] - limit.amount
        if low or not len(excess):
            continue
        yield Sentence(
            _(
                "It is above {amount:quantity} in {part:share} of the draws, and then by "
                "{excess:quantity} on average."
            ),
            {
                "amount": (limit.amount, unit),
                "part": len(excess) / len(values),
                "excess": (float(excess.mean()), unit),
            },
        )


def _month_sentence(run: Run, parent: str, worst: WorstMonth) -> Sentence:
    below = float(np.mean(worst.rate < worst.budget_rate))
    return Sentence(
        _(
            "In the worst month of nineteen draws out of twenty {currency} is worth at least "
            "{rate:rate}; in {part:share} of the draws it is below the budget rate of "
            "{budget:rate} in at least one month."
        ),
        {
            "currency": worst.currency,
            "rate": float(percentiles(worst.rate, [0.05])[0]),
            "part": below,
            "budget": worst.budget_rate,
        },
    )


def _amount(title: str, column: Column) -> Heading:
    if is_currency(column.unit):
        return Heading(title, "amount", column.unit)
    return Heading(title, "figure")


def _tails(run: Run, column: Column, values: Float64, *, low: bool) -> Listing:
    """Percentiles with their interval, and the mean of what lies beyond each."""
    replicates, random = run.manifest.replicates, run.manifest.sampler == "random"
    rows: list[tuple[Cell, ...]] = []
    for level in LEVELS:
        if len(values) * (1 - level) < 1:
            continue
        place = 1 - level if low else level

        def at(part: Float64, place: float = place) -> float:
            return float(percentiles(part, [place])[0])

        def mean_beyond(part: Float64, level: float = level) -> float:
            return shortfall(part, level, low=low)

        enough = len(values) // max(1, replicates) * (1 - level) >= 1
        quantile = measured(values, at, replicates, known=enough)
        beyond = measured(values, mean_beyond, replicates, known=enough)
        ends = order_interval(values, place) if random else interval(quantile, replicates)
        rows.append(
            (
                place,
                quantile.value,
                *map(finite, (quantile.standard_error, *ends)),
                beyond.value,
                finite(beyond.standard_error),
            )
        )
    headings = (
        Heading("percentile", "share"),
        _amount("amount", column),
        _amount("standard error", column),
        _amount("interval from", column),
        _amount("to", column),
        _amount("mean beyond it", column),
        _amount("its standard error", column),
    )
    title = _("Percentiles, and the mean of the draws beyond each (expected shortfall)")
    return Listing(f"tail-{column.name}", title, headings, tuple(rows), about=column.name)


def _exceeding(
    run: Run, column: Column, values: Float64, limits: Sequence[Threshold], *, low: bool
) -> Listing:
    """How probable it is to be beyond each amount, by how much then, and over all draws."""
    rows: list[tuple[Cell, ...]] = []
    sign = -1.0 if low else 1.0
    for limit in limits:
        beyond = (sign * (values - limit.limit) > 0).astype(np.float64)
        excess = beyond * sign * (values - limit.amount)
        found = measured(beyond, lambda part: float(part.mean()), run.manifest.replicates)
        part = found.value
        rows.append(
            (
                limit.name,
                limit.amount,
                part,
                finite(found.standard_error),
                float(excess.sum() / beyond.sum()) if part > 0 else None,
                float(excess.mean()),
            )
        )
    headings = (
        Heading("which"),
        _amount("amount", column),
        Heading(BELOW if low else ABOVE, "share"),
        Heading("standard error", "share"),
        _amount("by, when it is", column),
        _amount("by, over all draws", column),
    )
    title = _("Beyond which amount, how often, and by how much")
    return Listing(f"over-{column.name}", title, headings, tuple(rows), about=column.name)


def _months(run: Run, parent: str, worst: WorstMonth) -> Listing:
    """The worst month's rate and what an instalment of a twelfth costs in it."""
    levels = (0.05, 0.25, 0.50, 0.75, 0.95)
    dear = percentiles(worst.instalment, levels)
    more = percentiles(worst.instalment - worst.usual, levels)
    rates = percentiles(worst.rate, [1 - level for level in levels])
    rows = tuple(
        (level, float(rate), float(cost), float(extra))
        for level, rate, cost, extra in zip(levels, rates, dear, more, strict=True)
    )
    headings = (
        Heading("as bad as this or less", "share"),
        Heading("lowest monthly rate", "rate", worst.unit),
        Heading("a twelfth of the year's contribution at it", "amount", worst.currency),
        Heading("more than at the budget rate", "amount", worst.currency),
    )
    title = _("The month in which the currency is worth least")
    about = run.scenario.parents[parent].name or parent
    return Listing(f"month-{parent}", title, headings, rows, about=about)
