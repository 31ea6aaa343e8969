"""One number traced from an output to the inputs: which outputs there are, and how each is made.

`explain` writes the steps from the scenario and the values of one draw with plain numbers, apart
from the arrays of the cascade, so that a stored number can be held against them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import get_args

from simulator.budget import explain_cascade as cascade
from simulator.budget import explain_inflows as inflows
from simulator.budget import explain_inputs as inputs
from simulator.budget import explain_policies as policies
from simulator.budget.explain_inputs import Book
from simulator.budget.explain_published import proposed
from simulator.budget.inputs import stages
from simulator.budget.plan import BudgetPlan
from simulator.budget.published import PROPOSED
from simulator.budget.steps import Step, Term, above_zero, mean, total
from simulator.errors import InputError, Problem, did_you_mean
from simulator.scenario.money import Commitment

Draw = Mapping[str, tuple[float, ...]]
ByYear = Callable[[Book, int], Step]
Whole = Callable[[Book, list[Step]], Term]


@dataclass(frozen=True, slots=True)
class Explained:
    """How an output is made in a year, and over the whole period from its years.

    `staged` outputs are estimated at earlier stages too.
    """

    year: ByYear
    whole: Whole
    staged: bool = False


def _sum(_: Book, years: list[Step]) -> Term:
    return total(years)


def _mean(_: Book, years: list[Step]) -> Term:
    return mean(years)


def explained_outputs(plan: BudgetPlan) -> dict[str, Explained]:
    """Every output of the last stage by name, with its formula."""
    found = _cascade(plan) | _rates(plan)
    if plan.scenario.inflows is not None:
        found |= _receipts(plan) | _spending(plan)
    return found


def _for(make: Callable[[Book, str, int], Step], name: str) -> ByYear:
    return lambda book, y: make(book, name, y)


def _cascade(plan: BudgetPlan) -> dict[str, Explained]:
    cur, scenario = plan.currency, plan.scenario
    found: dict[str, Explained] = {}
    for name, parent in scenario.parents.items():
        output = f"contribution_{cur}.{name}"
        found[output] = Explained(_for(cascade.contribution, name), _sum, staged=True)
        if parent.assessed_in == scenario.budget.currency:
            continue
        own = parent.assessed_in.lower()
        output = f"contribution_{own}.{name}"
        found[output] = Explained(_for(policies.owed, name), _sum, staged=True)
        found[f"exchange_gain_{cur}.{name}"] = Explained(_for(policies.exchange_gain, name), _sum)
        found[f"balance_{cur}.{name}"] = Explained(_for(policies.balance, name), _sum)
        if parent.policy.kind == "split":
            found[f"paid_{own}.{name}"] = Explained(_for(policies.paid_own, name), _sum)
            found[f"paid_{cur}.{name}"] = Explained(_for(policies.paid_budget, name), _sum)
    for name in scenario.lines:
        found[f"line_{cur}.{name}"] = Explained(_for(cascade.line, name), _sum)
    for kind in ("posts", "non_posts"):
        found[f"{kind}_{cur}"] = Explained(_for(cascade.subtotal, kind), _sum)
    found[f"total_{cur}"] = Explained(cascade.whole_cost, _sum)
    found[f"income_{cur}"] = Explained(cascade.income, _sum)
    found[f"net_{cur}"] = Explained(cascade.net, _sum)
    return found


def _rates(plan: BudgetPlan) -> dict[str, Explained]:
    found = {
        f"rate.{pair}": Explained(_for(inputs.rate, pair), _mean) for pair in plan.scenario.rates
    }
    for name, law in plan.scenario.inflation.items():
        if law.centre:
            found[f"inflation.{name}"] = Explained(_for(inputs.inflation, name), _mean)
    return found


def _receipts(plan: BudgetPlan) -> dict[str, Explained]:
    cur, scenario = plan.currency, plan.scenario
    assert scenario.inflows is not None  # noqa: S101 - asked for only with inflows
    found = {
        f"xb_receipts_{pledge.currency.lower()}.{pledge.name}": Explained(
            _for(inflows.pledge_receipts, pledge.name), _sum
        )
        for pledge in scenario.pledges
    }
    found[f"xb_receipts_{cur}"] = Explained(inflows.received, _sum)
    stated = scenario.inflows.stated_in
    if stated != scenario.budget.currency:
        made = Explained(_for(inflows.stated, "receipts"), _sum)
        found[f"xb_receipts_{stated.lower()}"] = made
    for key in scenario.windows:
        found[f"xb_window_{cur}.{key}"] = Explained(_for(inflows.window, key), _sum)
    committed = {pledge.stage for pledge in scenario.pledges}
    for stage in get_args(Commitment):
        if stage in committed:
            found[f"xb_stage_{cur}.{stage}"] = Explained(_for(inflows.committed, stage), _sum)
    for name in scenario.inflows.regions:
        found[f"xb_region_{cur}.{name}"] = Explained(_for(inflows.region, name), _sum)
    found[f"xb_shortfall_{cur}"] = Explained(inflows.shortfall, _whole_gap)
    for key in scenario.inflows.deliverables:
        found[f"outputs_at_risk.{key}"] = Explained(_for(inflows.at_risk, key), _whole_risk(key))
    return found


def _whole_gap(book: Book, _: list[Step]) -> Term:
    """What was short over the period: a year's delay is made good by the next."""
    years = range(len(book.plan.years))
    return above_zero(
        inflows.planned_whole(book) - total([inflows.received(book, y) for y in years])
    )


def _whole_risk(key: str) -> Whole:
    def whole(book: Book, _: list[Step]) -> Term:
        words = f"shortfall {book.scenario.period}"
        gap = inputs.made(words, _whole_gap(book, []), book.budget_currency)
        return inflows.at_risk_weight(book, key) * gap

    return whole


def _spending(plan: BudgetPlan) -> dict[str, Explained]:
    cur, scenario = plan.currency, plan.scenario
    assert scenario.inflows is not None  # noqa: S101 - asked for only with inflows
    found = {f"xb_spending_{cur}": Explained(inflows.spending, _sum)}
    stated = scenario.inflows.stated_in
    if stated != scenario.budget.currency:
        made = Explained(_for(inflows.stated, "spending"), _sum)
        found[f"xb_spending_{stated.lower()}"] = made
    found[f"psc_income_{cur}"] = Explained(inflows.support, _sum)
    if plan.xb_posts is not None:
        found[f"xb_posts_cost_{cur}"] = Explained(inflows.posts_paid, _sum)
        found["xb_posts_coverage"] = Explained(inflows.coverage, _whole_coverage)
        if scenario.inflows.psc_balance is not None:
            found[f"psc_balance_{cur}"] = Explained(inflows.balance, _at_the_end)
    return found


def _at_the_end(_: Book, years: list[Step]) -> Term:
    return years[-1].term()


def _whole_coverage(book: Book, _: list[Step]) -> Term:
    years = range(len(book.plan.years))
    earned = total([inflows.support(book, y) for y in years])
    return inflows.covered(earned, total([inflows.posts_paid(book, y) for y in years]))


def stages_of(plan: BudgetPlan, output: str) -> tuple[str, ...]:
    """The stages at which an output is known, in time order."""
    every = stages(plan.scenario)
    if not explained_outputs(plan)[output].staged:
        return every[-1:]
    return (PROPOSED, *every)


def check_request(plan: BudgetPlan, output: str, period: str, stage: str) -> None:
    """Raise InputError, with every problem, for an unknown output, period or stage."""
    problems: list[Problem] = []
    known = explained_outputs(plan)
    if output not in known:
        wanted = "the name of an output is wanted"
        problems.append(Problem(wanted, "OUTPUT", output[:80], did_you_mean(output, known)))
    if period not in plan.scenario.periods:
        periods = ", ".join(plan.scenario.periods)
        wanted = "a period of the budget is wanted"
        problems.append(Problem(wanted, "--period", period[:80], f"known: {periods}"))
    every = (PROPOSED, *stages(plan.scenario)) if output not in known else stages_of(plan, output)
    if stage not in every:
        wanted = "a stage at which this output is estimated is wanted"
        problems.append(Problem(wanted, "--stage", stage[:80], "known: " + ", ".join(every)))
    if problems:
        raise InputError(problems)


def explain(plan: BudgetPlan, draw: Draw | None, output: str, period: str, stage: str) -> Step:
    """The steps of an output in a period, at a stage of one draw; None is the centre.

    The draw's values are those of `engine.Plan.draws`, by factor. Raises InputError for an
    unknown output, period or stage.
    """
    check_request(plan, output, period, stage)
    if stage == PROPOSED:
        kind, _, parent = output.partition(".")
        book = Book(plan, None, 0)
        return proposed(book, parent, period, kind.rpartition("_")[2].upper())
    made = explained_outputs(plan)[output]
    known = stages(plan.scenario).index(stage)
    book = Book(plan, draw, known if draw is not None else len(plan.years))
    years = [str(year) for year in plan.years]
    if period in years:
        return made.year(book, years.index(period))
    steps = [made.year(book, y) for y in range(len(years))]
    term = made.whole(book, steps)
    return Step(
        f"{output} {period}", term.value, steps[0].unit, term.tokens, output=output, period=period
    )
