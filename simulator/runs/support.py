"""`sim support`: posts paid from programme support, and their money, month by month."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from simulator.analysis.measure import order_statistic
from simulator.analysis.statistics import percentiles
from simulator.analysis.support import YEAR_MONTHS, Account, account
from simulator.budget.posts import posts_by
from simulator.errors import InputError, Problem
from simulator.findings import Cell, Finding, Heading, Listing, Sentence
from simulator.findings import mark as _
from simulator.runs.findings import whose
from simulator.scenario.money import MOST_NOTICE
from simulator.store.result import Run
from simulator.tables import Float64
from simulator.units import Month

USUAL_NOTICE = 3


@dataclass(frozen=True, slots=True)
class SupportAsk:
    """The balance at the start, in the scenario's unit, the months of notice, and how surely.

    What is None is as the scenario states it: `inflows.psc_balance` and `inflows.notice_months`,
    or no balance and three months.
    """

    opening: float | None = None
    notice: int | None = None
    confidence: float = 0.90


@dataclass(frozen=True, slots=True)
class Supported:
    """The account of a result's programme support; `cost` by draw and year, `posts` by grade."""

    opening: float
    notice: int
    confidence: float
    run: Run
    account: Account
    cost: Float64
    posts: dict[str, int]

    @property
    def months(self) -> tuple[Month, ...]:
        """The months of the account."""
        years = self.run.scenario.years
        first = Month(years[0], 1)
        return tuple(first.plus(i) for i in range(YEAR_MONTHS * len(years)))

    @property
    def currency(self) -> str:
        """Of all amounts."""
        return self.run.scenario.budget.currency


def check_ask(ask: SupportAsk) -> None:
    """Raise InputError for options out of range."""
    problems = []
    if ask.opening is not None and not (ask.opening >= 0 and math.isfinite(ask.opening)):
        wanted = "an amount of zero or more is wanted, in the unit of the scenario"
        problems.append(Problem(wanted, "--opening", f"{ask.opening:.10g}"))
    if ask.notice is not None and not 0 <= ask.notice <= MOST_NOTICE:
        wanted = f"a number of months from 0 to {MOST_NOTICE} is wanted"
        problems.append(Problem(wanted, "--notice", str(ask.notice)))
    if not 0 < ask.confidence < 1:
        wanted = "a confidence between 0 and 1 is wanted"
        problems.append(Problem(wanted, "--confidence", f"{ask.confidence:.10g}"))
    if problems:
        raise InputError(problems)


def supported(run: Run, ask: SupportAsk) -> Supported:
    """The account in numbers; InputError for a scenario whose programme support pays no posts."""
    check_ask(ask)
    scenario = run.scenario
    cur = scenario.budget.currency.lower()
    names = f"psc_income_{cur}", f"xb_posts_cost_{cur}"
    known = {column.name for column in run.columns()}
    if scenario.inflows is None or not known >= set(names):
        wanted = "a scenario with posts that programme support pays is wanted"
        raise InputError(Problem(wanted, "inflows.fund", remedy="list posts of that fund"))
    income, cost = (
        np.stack([run.column(name, str(year)) for year in scenario.years], axis=1) for name in names
    )
    opening, notice = ask.opening, ask.notice
    if opening is None:
        opening = float(scenario.inflows.psc_balance.value) if scenario.inflows.psc_balance else 0.0
    if notice is None:
        stated = scenario.inflows.notice_months
        notice = USUAL_NOTICE if stated is None else stated
    made = account(income, cost, opening * scenario.budget.unit, notice)
    posts = posts_by(scenario, "grade", fund=scenario.inflows.fund)
    return Supported(opening, notice, ask.confidence, run, made, cost, posts)


def support_finding(found: Supported) -> Finding:
    """The account in words and tables."""
    scenario = found.run.scenario
    return Finding(
        "support",
        "",
        _("Posts paid from programme support, and their money"),
        tuple(_sentences(found)),
        (_by_month(found), _by_grade(found)),
        *whose(scenario),
        (Sentence(EVENLY),),
        {
            "opening_balance": found.opening,
            "notice_months": found.notice,
            "confidence": found.confidence,
            "draws": found.run.manifest.draws,
        },
    )


EVENLY = _(
    "Income and cost are spread evenly over the months of their year; spending follows receipts by "
    "the lag of the scenario."
)


def _sentences(found: Supported) -> Iterator[Sentence]:
    currency, made = found.currency, found.account
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
                "notice": found.notice,
                "given": str(month.plus(-found.notice)),
            },
        )
        yield Sentence(
            "Where notice is given only then, {stranded:money} is owed on average without income "
            "against it.",
            {"stranded": (float(made.stranded[out].mean()), currency)},
        )
    needed = order_statistic(made.opening_needed, found.confidence)
    if needed == 0:
        yield Sentence(
            "With {confidence:share} confidence every month is paid from the balance as it is.",
            {"confidence": found.confidence},
        )
        return
    yield Sentence(
        "To pay every month with {confidence:share} confidence, the balance at the start must be "
        "{more:money} larger.",
        {"confidence": found.confidence, "more": (needed, currency)},
    )


def _by_month(found: Supported) -> Listing:
    """Balance and cover at the end of each month, and whether money has run out by then."""
    currency, made = found.currency, found.account
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
    return Listing("months", _("At the end of each month"), headings, tuple(rows))


def _by_grade(found: Supported) -> Listing:
    """Posts by grade, and how many of them no money pays when all are cut in proportion."""
    made, confidence = found.account, found.confidence
    mean, sure = float(made.unpaid.mean()), order_statistic(made.unpaid, confidence)
    rows = [
        (grade, count, count * mean, count * sure) for grade, count in found.posts.items() if count
    ]
    total = sum(found.posts.values())
    rows.append(("all", total, total * mean, total * sure))
    headings = (
        Heading("grade"),
        Heading("posts", "whole"),
        Heading("at risk, mean", "figure"),
        Heading("at risk, with the confidence", "figure"),
    )
    title = _("Posts that no money pays over the whole period, cut in proportion")
    return Listing("grades", title, headings, tuple(rows))
