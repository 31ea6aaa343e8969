"""`sim support`: posts paid from programme support, and their money, month by month."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from simulator.analysis.order import order_statistic
from simulator.analysis.statistics import percentiles
from simulator.analysis.support import YEAR_MONTHS, Account, account
from simulator.budget.posts import posts_by
from simulator.engine import Plan
from simulator.engine.chosen import chosen
from simulator.errors import InputError, Problem
from simulator.findings import Cell, Finding, Heading, Listing, Sentence
from simulator.runs.options import Progress, RunOptions
from simulator.scenario.fingerprint import fingerprint
from simulator.scenario.model import Scenario
from simulator.scenario.read import read_scenario
from simulator.tables import Float64
from simulator.units import Month

MOST_NOTICE = 36


@dataclass(frozen=True, slots=True)
class SupportAsk:
    """Whose posts, with what balance at the start (whole units of currency) and what notice."""

    file: str
    opening: float = 0.0
    notice: int = 3
    confidence: float = 0.90
    options: RunOptions = field(default_factory=RunOptions)


@dataclass(frozen=True, slots=True)
class Supported:
    """The account of a scenario's programme support, and the posts that it pays by grade."""

    ask: SupportAsk
    scenario: Scenario
    account: Account
    cost: Float64
    posts: dict[str, int]

    @property
    def months(self) -> tuple[Month, ...]:
        """The months of the account."""
        first = Month(self.scenario.years[0], 1)
        return tuple(first.plus(i) for i in range(YEAR_MONTHS * len(self.scenario.years)))


def support(ask: SupportAsk, progress: Progress) -> Finding:
    """The account in words and tables; InputError as for `supported`."""
    found = supported(ask, progress)
    scenario = found.scenario
    return Finding(
        command="support",
        label="",
        title=f"{scenario.title or scenario.name}: posts paid from programme support",
        sentences=tuple(_sentences(found)),
        listings=(_by_month(found), _by_grade(found)),
        scenario=scenario.name,
        fingerprint=fingerprint(scenario),
        unit=scenario.budget.unit,
        digits=max(0, -int(scenario.budget.cell.as_tuple().exponent)),
        warnings=tuple(_warnings()),
        settings={
            "opening_balance": ask.opening,
            "notice_months": ask.notice,
            "confidence": ask.confidence,
            "draws": scenario.sampling.draws,
            "seed": scenario.sampling.seed,
        },
    )


def supported(ask: SupportAsk, progress: Progress) -> Supported:
    """The account in numbers.

    Raises InputError for the file, options out of range, and a scenario whose programme support
    pays no posts.
    """
    _refuse(ask)
    scenario = ask.options.sampled(read_scenario(ask.file))
    plan, cur = Plan(scenario), scenario.budget.currency.lower()
    if scenario.inflows is None or plan.budget.xb_posts is None:
        wanted = "a scenario with posts that programme support pays is wanted"
        raise InputError(Problem(wanted, "inflows.fund", remedy="list posts of that fund"))
    names = f"psc_income_{cur}", f"xb_posts_cost_{cur}"
    try:
        progress.start(scenario.sampling.draws)
        tables = chosen(plan, names, ask.options.thread_count(), progress.advance)
    finally:
        progress.done()
    years = len(scenario.years)
    income, cost = (tables[name][:, :years] for name in names)
    opening = ask.opening * scenario.budget.unit
    made = account(income, cost, opening, ask.notice)
    return Supported(
        ask, scenario, made, cost, posts_by(scenario, "grade", fund=scenario.inflows.fund)
    )


def _refuse(ask: SupportAsk) -> None:
    problems = []
    if not (ask.opening >= 0 and math.isfinite(ask.opening)):
        wanted = "an amount of zero or more is wanted, in the unit of the scenario"
        problems.append(Problem(wanted, "--opening", f"{ask.opening:.10g}"))
    if not 0 <= ask.notice <= MOST_NOTICE:
        wanted = f"a number of months from 0 to {MOST_NOTICE} is wanted"
        problems.append(Problem(wanted, "--notice", str(ask.notice)))
    if not 0 < ask.confidence < 1:
        wanted = "a part above 0 and below 1 is wanted"
        problems.append(Problem(wanted, "--confidence", f"{ask.confidence:.10g}"))
    if problems:
        raise InputError(problems)


def _sentences(found: Supported) -> Iterator[Sentence]:
    currency, made, ask = found.scenario.budget.currency, found.account, found.ask
    out = made.runs_out > 0
    yield Sentence(
        "Programme support pays {posts:whole} posts, which cost {cost:money} a month on average; "
        "it runs out within the period in {part:share} of the draws.",
        {
            "posts": sum(found.posts.values()),
            "cost": (float(found.cost.mean()) / YEAR_MONTHS, currency),
            "part": float(out.mean()),
        },
    )
    if out.any():
        middle = int(np.sort(made.runs_out[out])[(int(out.sum()) - 1) // 2])
        month = found.months[middle - 1]
        yield Sentence(
            "Where it does, the middle month is {month}; notice of {notice:whole} months would "
            "have to be given by {given}.",
            {
                "month": str(month),
                "notice": ask.notice,
                "given": str(month.plus(-ask.notice)),
            },
        )
        yield Sentence(
            "Where notice is given only then, {stranded:money} is owed on average without income "
            "against it.",
            {"stranded": (float(made.stranded[out].mean()), currency)},
        )
    needed = order_statistic(np.sort(made.opening_needed), ask.confidence)
    if needed.value == 0:
        yield Sentence(
            "With {confidence:share} confidence every month is paid from the balance as it is.",
            {"confidence": ask.confidence},
        )
        return
    yield Sentence(
        "To pay every month with {confidence:share} confidence, the balance at the start must be "
        "{more:money} larger.",
        {"confidence": ask.confidence, "more": (needed.value, currency)},
    )


def _by_month(found: Supported) -> Listing:
    """Balance and cover at the end of each month, and whether money has run out by then."""
    currency, made = found.scenario.budget.currency, found.account
    rows: list[tuple[Cell, ...]] = []
    for i, month in enumerate(found.months):
        low, middle, high = percentiles(made.balance[:, i], [0.1, 0.5, 0.9])
        cover = float(percentiles(made.cover[:, i], [0.1])[0])
        out = float(np.mean((made.runs_out > 0) & (made.runs_out <= i + 1)))
        rows.append((str(month), low, middle, high, cover if math.isfinite(cover) else None, out))
    headings = (
        Heading("month"),
        Heading("balance P10", "amount", currency),
        Heading("P50", "amount", currency),
        Heading("P90", "amount", currency),
        Heading("months of cover P10", "figure"),
        Heading("has run out", "share"),
    )
    return Listing("months", "At the end of each month", headings, tuple(rows))


def _by_grade(found: Supported) -> Listing:
    """Posts by grade, and how many of them no money pays when all are cut in proportion."""
    made, confidence = found.account, found.ask.confidence
    mean, sure = float(made.unpaid.mean()), order_statistic(np.sort(made.unpaid), confidence).value
    rows = [
        (grade, count, count * mean, count * sure) for grade, count in found.posts.items() if count
    ]
    total = sum(found.posts.values())
    rows.append(("all", total, total * mean, total * sure))
    headings = (
        Heading("grade"),
        Heading("posts", "whole"),
        Heading("at risk, mean", "figure"),
        Heading(f"at risk at {confidence * 100:.10g} %", "figure"),
    )
    title = "Posts that no money pays over the whole period, cut in proportion"
    return Listing("grades", title, headings, tuple(rows))


def _warnings() -> Iterator[Sentence]:
    yield Sentence(
        "Income and cost are spread evenly over the months of their year; spending follows "
        "receipts by inflows.spending_lag_months."
    )
