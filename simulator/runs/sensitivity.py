"""`sim sensitivity`: which drivers make an output uncertain, and by how much each moves it alone.

Shares of the uncertainty come from `engine.sensitivity`; the tornado from outcomes in which one
driver moves and all others stay at their centre (`engine.moving`), at its tenth and ninetieth
percentile of what that gives.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from simulator.analysis.statistics import percentiles
from simulator.analysis.variance import Shares
from simulator.budget.published import contribution_name
from simulator.engine.moving import coalitions, moving_groups
from simulator.engine.plan import Plan
from simulator.engine.sensitivity import Sensitivity, sensitivity, simulations
from simulator.errors import InputError, Problem, did_you_mean
from simulator.findings import Finding, Heading, Listing, Sentence, Value
from simulator.findings import mark as _
from simulator.runs.findings import whose
from simulator.runs.options import Progress, Silent
from simulator.scenario.model import Scenario
from simulator.units import finite, is_currency

USUAL_DRAWS = 8192
"""Of each of the 2^k simulations, where no number is asked for."""

LEAST_CHANCE = 0.005
"""An event rarer than this, or as sure, has shares that so few draws cannot tell."""


@dataclass(frozen=True, slots=True)
class SensitivityAsk:
    """Which output is asked about; "" for what the first parent owes, and the whole period."""

    output: str = ""
    period: str = ""
    ceiling: float | None = None
    threads: int = 1


@dataclass(frozen=True, slots=True)
class Alone:
    """What an output is when one driver alone is at its tenth and its ninetieth percentile."""

    driver: str
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Sensed:
    """Everything about one output."""

    column: str
    period: str
    unit: str
    description: str
    centre: float
    alone: tuple[Alone, ...]
    found: Sensitivity


def sense(scenario: Scenario, ask: SensitivityAsk, progress: Progress | None = None) -> Sensed:
    """Shares and tornado of an output. Raises InputError for an unknown output or period."""
    plan = Plan(scenario)
    column, period = _asked(scenario, plan, ask)
    named = next(c for c in plan.columns if c.name == column)
    groups = moving_groups(scenario)
    progress = progress or Silent()
    progress.start(scenario.sampling.draws * (2 * len(groups) + simulations(scenario)))
    told = progress.advance
    alone, centre = [], math.nan
    for driver, names in groups.items():
        values = coalitions(plan, [names], [column], period, ask.threads, told)[column]
        centre = float(values[0, 0])
        low, high = percentiles(values[1], [0.10, 0.90])
        alone.append(Alone(driver, float(low), float(high)))
    alone.sort(key=lambda one: one.low - one.high)
    found = sensitivity(scenario, column, period, ask.ceiling, ask.threads, told)
    return Sensed(column, period, named.unit, named.description, centre, tuple(alone), found)


def _asked(scenario: Scenario, plan: Plan, ask: SensitivityAsk) -> tuple[str, str]:
    names = {column.name for column in plan.columns}
    output = ask.output
    if not output or output in scenario.parents:
        key = output or next(iter(scenario.parents))
        output = contribution_name(key, scenario.parents[key].assessed_in)
    problems = []
    if output not in names:
        remedy = did_you_mean(output, names, "see summary.csv of a run")
        problems.append(Problem("an output or a parent is wanted", "--output", output, remedy))
    period = ask.period or scenario.periods[-1]
    if period not in scenario.periods:
        remedy = did_you_mean(period, scenario.periods)
        problems.append(Problem("a period of the scenario is wanted", "--period", period, remedy))
    if ask.ceiling is not None and not math.isfinite(ask.ceiling):
        problems.append(Problem("a number is wanted", "--ceiling", str(ask.ceiling)))
    if not moving_groups(scenario):
        problems.append(Problem("a scenario in which something is uncertain is wanted", "FILE"))
    if problems:
        raise InputError(problems)
    return output, period


# --- In words -----------------------------------------------------------------------------------


def sensitivity_finding(scenario: Scenario, ask: SensitivityAsk, sensed: Sensed) -> Finding:
    """Who makes it uncertain, in sentences and tables."""
    found, kind, unit = sensed.found, _kind(sensed.unit), sensed.unit
    mean = found.targets["mean"]
    listings = [_tornado(sensed, kind)]
    if not math.isnan(float(mean.effect[0])):
        listings += [
            _shares(TITLES[name], name, found.groups, shares)
            for name, shares in found.targets.items()
            if _can_be_told(found, name)
        ]
    settings: dict[str, str | int | float | bool] = {
        "output": sensed.column, "period": sensed.period, "draws": scenario.sampling.draws,
    }  # fmt: skip
    if ask.ceiling is not None:
        settings["ceiling"] = ask.ceiling
    return Finding(
        "sensitivity",
        f"{sensed.column}-{sensed.period}".replace("@", "-"),
        _("What makes it uncertain"),
        tuple(_sentences(sensed, kind, unit)),
        tuple(listings),
        *whose(scenario),
        tuple(_warnings(found)),
        settings,
    )


TITLES = {
    "mean": _("Shares of the variance"),
    "p95": _("Shares in whether it is above its P95"),
    "ceiling": _("Shares in whether it is above the ceiling"),
}


def _kind(unit: str) -> str:
    if is_currency(unit):
        return "amount"
    return {"1": "share", "count": "figure"}.get(unit, "rate" if "/" in unit else "figure")


def _sentences(sensed: Sensed, kind: str, unit: str) -> list[Sentence]:
    found = sensed.found
    effects = found.targets["mean"].effect
    if math.isnan(float(effects[0])):
        return [Sentence("{what} does not vary.", {"what": sensed.column})]
    order = sorted(range(len(found.groups)), key=lambda i: -effects[i])
    first = order[0]
    values: dict[str, Value] = {
        "what": sensed.column,
        "period": sensed.period,
        "driver": found.groups[first].replace("_", " "),
        "share": float(effects[first]),
        "error": float(found.targets["mean"].effect_error[first]),
    }
    text = _(
        "Of the uncertainty of {what} in {period}, {share:share} come from {driver} (Shapley "
        "effect, standard error {error:share})."
    )
    if math.isnan(float(found.targets["mean"].effect_error[first])):
        values.pop("error")
        text = _("Of the uncertainty of {what} in {period}, {share:share} come from {driver}.")
    sentences = [Sentence(text, values)]
    one = sensed.alone[0]
    if kind == "amount":
        sentences.append(
            Sentence(
                "With {driver} alone at its P10 and its P90, and everything else at its centre, it "
                "lies between {low:money} and {high:money}.",
                {
                    "driver": one.driver.replace("_", " "),
                    "low": (one.low, unit),
                    "high": (one.high, unit),
                },
            )
        )
    if "ceiling" in found.limits:
        sentences.append(
            Sentence(
                "It is above the ceiling in {chance:share} of the draws.",
                {"chance": found.chances["ceiling"]},
            )
        )
    return sentences


def _tornado(sensed: Sensed, kind: str) -> Listing:
    unit = sensed.unit if kind == "amount" else ""
    headings = (
        Heading("driver that moves alone"),
        Heading("at its P10", kind, unit),
        Heading("at its P90", kind, unit),
        Heading("apart", kind, unit),
    )
    rows = tuple(
        (one.driver.replace("_", " "), one.low, one.high, one.high - one.low)
        for one in sensed.alone
    )
    note = None
    if kind == "amount":
        note = Sentence(
            "With everything at its centre it is {centre:money}.",
            {"centre": (sensed.centre, sensed.unit)},
        )
    title = _("One driver moves, the others stay at their centre")
    return Listing("tornado", title, headings, rows, note)


def _shares(title: str, name: str, groups: Sequence[str], shares: Shares) -> Listing:
    headings = (
        Heading("driver"),
        Heading("first-order", "share"),
        Heading("s.e.", "share"),
        Heading("total", "share"),
        Heading("s.e.", "share"),
        Heading("Shapley effect", "share"),
        Heading("s.e.", "share"),
    )
    order = sorted(range(len(groups)), key=lambda i: -shares.effect[i])
    rows = tuple(
        (
            groups[i].replace("_", " "),
            finite(float(shares.first[i])),
            finite(float(shares.first_error[i])),
            finite(float(shares.total[i])),
            finite(float(shares.total_error[i])),
            finite(float(shares.effect[i])),
            finite(float(shares.effect_error[i])),
        )
        for i in order
    )
    return Listing(f"shares-{name}", title, headings, rows)


def _can_be_told(found: Sensitivity, name: str) -> bool:
    chance = found.chances.get(name, 0.5)
    return LEAST_CHANCE <= chance <= 1 - LEAST_CHANCE


def _warnings(found: Sensitivity) -> list[Sentence]:
    said = []
    if "ceiling" in found.limits and not _can_be_told(found, "ceiling"):
        said.append(
            Sentence(
                "The ceiling is passed too rarely, or too surely, for so many draws to tell what "
                "decides it: take another one, or make more --draws."
            )
        )
    said.append(
        Sentence(
            "Shares of first order and in total say what a driver explains alone and with all "
            "others; Shapley effects add up to 100 % also where drivers are correlated."
        )
    )
    return said
