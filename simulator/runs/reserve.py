"""`sim reserve`: what has to be laid by so that a gap is covered at a stated confidence.

The reserve at confidence c is the smallest draw of the gap that at least the part c of the draws
does not exceed, an order statistic and not an interpolation, and never below zero. Its interval is
of order statistics where draws are independent, and from the replicates where they are spread
evenly (see `analysis.measure`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from simulator.analysis.measure import interval, measured, order_interval, order_statistic
from simulator.budget.published import contribution_name
from simulator.errors import InputError, Problem, did_you_mean
from simulator.findings import Finding, Heading, Listing, Sentence, Value
from simulator.findings import mark as _
from simulator.runs.findings import whose
from simulator.runs.thresholds import proposed_of
from simulator.scenario.model import Scenario
from simulator.store.result import Run
from simulator.tables import Float64
from simulator.units import finite

WHAT = ("parent", "inflows", "psc")
LADDER = (0.50, 0.75, 0.80, 0.85, 0.90, 0.95, 0.975, 0.99)
PER_CENT = 0.01
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Gap:
    """What may be missing, draw by draw: `values` in whole units of `currency`, 0 for nothing."""

    name: str
    title: str
    currency: str
    values: Float64
    month: Float64 | None = None
    """What a month costs, where the gap can be told in months."""


@dataclass(frozen=True, slots=True)
class Reserve:
    """The reserve for a gap at a confidence, with its error and interval."""

    confidence: float
    amount: float
    standard_error: float
    low: float
    high: float
    next_per_cent: float
    """What one per cent more of confidence costs; NaN beyond the last one."""


def gaps_of(run: Run, what: str) -> list[Gap]:
    """The gaps that a reserve may be for; InputError when the scenario has none of them."""
    if what not in WHAT:
        wanted = f"one of {', '.join(WHAT)} is wanted"
        raise InputError(Problem(wanted, "--for", what, did_you_mean(what, WHAT)))
    found = list({"parent": _overruns, "inflows": _shortfall, "psc": _unpaid}[what](run))
    if not found:
        wanted = "a scenario with extrabudgetary inflows and posts paid from them is wanted"
        raise InputError(Problem(wanted, "--for", what, "ask --for parent"))
    return found


def _overruns(run: Run) -> Iterator[Gap]:
    """What each parent will owe above what was proposed, in the currency that it pays in.

    Within the rounding of what was proposed nothing is above it, as in a summary.
    """
    scenario = run.scenario
    proposed = {(p.output, p.period): p for p in proposed_of(scenario)}
    for key, parent in scenario.parents.items():
        output, whole = contribution_name(key, parent.assessed_in), scenario.periods[-1]
        its, owed = proposed[output, whole], run.column(output)
        values = np.where(owed > its.limit, owed - its.amount, 0.0)
        yield Gap(key, parent.name or key, parent.assessed_in, values)


def _columns(run: Run, *names: str) -> list[Float64] | None:
    known = {column.name for column in run.columns()}
    return [run.column(name) for name in names] if known >= set(names) else None


def _shortfall(run: Run) -> Iterator[Gap]:
    """What the inflows fall short of the plan."""
    currency = run.scenario.budget.currency
    found = _columns(run, f"xb_shortfall_{currency.lower()}")
    if found is not None:
        yield Gap("inflows", _("the plan of extrabudgetary inflows"), currency, found[0])


def _unpaid(run: Run) -> Iterator[Gap]:
    """What programme support, with its balance, lacks at the year's end at which it lacks most.

    A year's cost is not paid from what the next one earns.
    """
    scenario = run.scenario
    currency, years = scenario.budget.currency, scenario.years
    low = currency.lower()
    names = f"xb_posts_cost_{low}", f"psc_income_{low}"
    if scenario.inflows is None or not {c.name for c in run.columns()} >= set(names):
        return
    cost, income = (
        np.stack([run.column(name, str(year)) for year in years], axis=1) for name in names
    )
    balance = scenario.inflows.psc_balance
    opening = float(scenario.amount(balance)) if balance is not None else 0.0
    lacking = np.cumsum(cost - income, axis=1) - opening
    month = cost.sum(axis=1) / (MONTHS * len(years))
    title = _("the posts paid from programme support")
    yield Gap("psc", title, currency, np.maximum(lacking.max(axis=1), 0.0), month)


def reserve(values: Float64, confidence: float, replicates: int, *, even: bool) -> Reserve:
    """The reserve for a gap, shape (n,); `even` when draws are spread evenly, not independent."""
    found = measured(values, lambda part: order_statistic(part, confidence), replicates)
    if even:
        low, high = interval(found, replicates)
    else:
        low, high = order_interval(values, confidence)
    more = math.nan
    if confidence + PER_CENT < 1:
        more = order_statistic(values, confidence + PER_CENT) - found.value
    return Reserve(confidence, found.value, found.standard_error, max(low, 0.0), high, more)


def check_confidence(confidence: float, draws: int) -> None:
    """Raise InputError for a confidence that is none, or that so few draws cannot tell."""
    if not 0 < confidence < 1:
        wanted = "a confidence between 0 and 1 is wanted"
        remedy = f"write {confidence / 100:g}" if 1 < confidence < 100 else "write 0.90"
        raise InputError(Problem(wanted, "--confidence", f"{confidence:g}", remedy))
    if draws * (1 - confidence) < 1:
        wanted = "a confidence is wanted that at least one draw lies beyond"
        remedy = f"with {draws} draws, at most {1 - 1 / draws:.6g}; or make more draws"
        raise InputError(Problem(wanted, "--confidence", f"{confidence:g}", remedy))


# --- In words -----------------------------------------------------------------------------------


def reserve_finding(run: Run, what: str, confidence: float) -> Finding:
    """The reserves for every gap of a kind at a confidence, and what more of it would cost."""
    manifest, scenario = run.manifest, run.scenario
    check_confidence(confidence, manifest.draws)
    even = manifest.sampler != "random"
    sentences: list[Sentence] = []
    listings = []
    for gap in gaps_of(run, what):
        levels = sorted({*LADDER, confidence, *_further(confidence)})
        steps = [
            reserve(gap.values, level, manifest.replicates, even=even)
            for level in levels
            if manifest.draws * (1 - level) >= 1
        ]
        one = next(step for step in steps if step.confidence == confidence)
        sentences += _sentences(gap, one, what)
        listings.append(_listing(gap, steps))
    return Finding(
        "reserve",
        what,
        _("The reserve that covers a gap"),
        tuple(sentences),
        tuple(listings),
        *whose(scenario),
        tuple(_warnings(scenario, what)),
        {"for": what, "confidence": confidence, "draws": manifest.draws},
    )


def _further(confidence: float) -> Iterator[float]:
    """Every further per cent of confidence, up to 99."""
    first = math.floor(confidence * 100 + 1e-9) + 1
    yield from (per_cent / 100 for per_cent in range(first, 100))


COVERS = {
    "parent": _(
        "A reserve of {amount:money} covers what {who} may owe above the proposal with a "
        "confidence of {confidence:share}."
    ),
    "inflows": _(
        "A reserve of {amount:money} covers what is missing of {who} with a confidence of "
        "{confidence:share}."
    ),
    "psc": _(
        "A reserve of {amount:money} pays for {who} beyond what it earns with a confidence of "
        "{confidence:share}."
    ),
}
"""The plan of extrabudgetary inflows, or the posts, stand for `who` where no parent does."""


def _sentences(gap: Gap, one: Reserve, what: str) -> Iterator[Sentence]:
    if one.amount <= 0:
        yield Sentence(
            "No reserve is needed for {who}: nothing is missing with a confidence of "
            "{confidence:share}.",
            {"who": gap.title, "confidence": one.confidence},
        )
        return
    values: dict[str, Value] = {
        "amount": (one.amount, gap.currency), "who": gap.title, "confidence": one.confidence,
    }  # fmt: skip
    yield Sentence(COVERS[what], values)
    if math.isfinite(one.low) and math.isfinite(one.high):
        yield Sentence(
            "Nine times out of ten the true figure lies between {low:money} and {high:money}.",
            {"low": (one.low, gap.currency), "high": (one.high, gap.currency)},
        )
    if math.isfinite(one.next_per_cent):
        yield Sentence(
            "One per cent more of confidence costs {more:money}.",
            {"more": (one.next_per_cent, gap.currency)},
        )
    missing = float(np.mean(gap.values > 0))
    beyond = gap.values[gap.values > one.amount]
    if len(beyond):
        yield Sentence(
            "Something is missing in {share:share} of the draws; where the reserve does not do, "
            "{rest:money} more are missing on average.",
            {"share": missing, "rest": (float(np.mean(beyond)) - one.amount, gap.currency)},
        )
    if gap.month is not None:
        months = one.amount / float(np.mean(gap.month))
        yield Sentence(
            "That is what these posts cost in {months:figure} months.",
            {"months": round(months, 1)},
        )


def _listing(gap: Gap, steps: Sequence[Reserve]) -> Listing:
    rows = tuple(
        (s.confidence, s.amount, finite(s.standard_error), finite(s.low), finite(s.high),
         finite(s.next_per_cent))
        for s in steps
    )  # fmt: skip
    money = gap.currency
    headings = (
        Heading("confidence", "share"),
        Heading("reserve", "amount", money),
        Heading("standard error", "amount", money),
        Heading("interval from", "amount", money),
        Heading("to", "amount", money),
        Heading("one per cent more", "amount", money),
    )
    return Listing(gap.name, _("What confidence costs"), headings, rows, about=gap.title)


def _warnings(scenario: Scenario, what: str) -> Iterator[Sentence]:
    yield Sentence("The reserve covers what the bands contain, and nothing that they leave out.")
    if what == "parent" and len(scenario.parents) > 1:
        yield Sentence(
            "Each parent's reserve stands for itself: overruns do not all come in the same draws, "
            "so their sum covers all of them more often than the confidence says."
        )
