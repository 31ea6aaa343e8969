"""The answers of `sim solve` in words and tables."""

from __future__ import annotations

import math
from collections.abc import Sequence

from simulator.budget.published import PROPOSED
from simulator.findings import Finding, Heading, Listing, Sentence, Value
from simulator.findings import mark as _
from simulator.render.finding import significant
from simulator.runs.findings import whose
from simulator.runs.grid import Axis
from simulator.runs.solve import Answer, SolveAsk, Solved
from simulator.scenario.conditions import Condition
from simulator.scenario.model import Scenario


def solve_finding(scenario: Scenario, ask: SolveAsk, solved: Solved) -> Finding:
    """The answer in sentences, and what was tried."""
    condition = ask.condition
    unit = _unit_kind(condition)
    fields: dict[str, Value] = {
        "condition": in_words(condition),
        "key": ask.key,
        "low": solved.tried[0].at,
        "high": solved.tried[-1].at,
    }
    rows = tuple(
        (
            one.at,
            one.found.value,
            None if math.isnan(one.found.standard_error) else one.found.standard_error,
            _("yes") if condition.holds(one.found.value) else _("no"),
        )
        for one in solved.tried
    )
    headings = (
        Heading(ask.key, "figure"),
        Heading(condition.subject, unit, _currency(condition) if unit == "amount" else ""),
        Heading("standard error", unit, _currency(condition) if unit == "amount" else ""),
        Heading("holds"),
    )
    listing = Listing("tried", _("What was looked at before closing in"), headings, rows)
    return Finding(
        "solve",
        ask.key.replace(".", "-")[:60],
        _("The value of a key that gives what is asked"),
        tuple(_sentences(condition, solved, fields)),
        (listing,),
        *whose(scenario),
        tuple(_warnings(scenario, condition, solved)),
        {
            "for": ask.key,
            "such_that": str(condition),
            "from": solved.tried[0].at,
            "to": solved.tried[-1].at,
            "draws": scenario.sampling.draws,
        },
    )


def in_words(condition: Condition) -> str:
    """The condition with its number as people read it."""
    return f"{condition.subject} {condition.relation} {significant(condition.bound)}"


def _sentences(condition: Condition, solved: Solved, fields: dict[str, Value]) -> list[Sentence]:
    if not solved.answers:
        best = min(solved.tried, key=lambda one: abs(one.found.value - condition.bound))
        if condition.relation != "=" and condition.holds(solved.tried[0].found.value):
            text = _("Every value of {key} from {low:figure} to {high:figure} gives {condition}.")
            return [Sentence(text, fields)]
        text = _(
            "No value of {key} from {low:figure} to {high:figure} gives {condition}; nearest to it "
            "is {found:figure}, at {at:figure}."
        )
        return [Sentence(text, {**fields, "found": best.found.value, "at": best.at})]
    return [
        sentence
        for one in solved.answers
        for sentence in (_sentence(condition, one, fields), *_error(one))
    ]


def _sentence(condition: Condition, answer: Answer, fields: dict[str, Value]) -> Sentence:
    values: dict[str, Value] = {
        "condition": in_words(condition), "key": str(fields["key"]), "at": answer.at,
        "one": answer.bracket[0], "other": answer.bracket[1],
    }  # fmt: skip
    if condition.relation == "=":
        text = _(
            "{condition} when {key} is {at:figure} (found between {one:figure} and {other:figure})."
        )
    elif (condition.relation in ("<", "<=")) == answer.rising:
        text = _(
            "{condition} as long as {key} is at most {at:figure} (found between {one:figure} and "
            "{other:figure})."
        )
    else:
        text = _(
            "{condition} as long as {key} is at least {at:figure} (found between {one:figure} and "
            "{other:figure})."
        )
    return Sentence(text, values)


def _error(answer: Answer) -> list[Sentence]:
    """How exactly the answer is known, where it is not exact."""
    if not (math.isfinite(answer.error) and answer.error > 0):
        return []
    return [Sentence("Its standard error is {error:figure}.", {"error": answer.error})]


def _warnings(scenario: Scenario, condition: Condition, solved: Solved) -> list[Sentence]:
    found = []
    if len(solved.answers) > 1:
        found.append(
            Sentence("The statistic rises and falls over the range: there are several answers.")
        )
    if any(answer.leap for answer in solved.answers):
        found.append(
            Sentence(
                "What is asked about moves in steps and leaps over the bound: no value of the key "
                "gives the bound itself."
            )
        )
    if condition.stage == PROPOSED:
        text = _(
            "The document states the amount to {step:figure}; the answer is for the amount before "
            "that rounding."
        )
        found.append(Sentence(text, {"step": _printed_step(scenario, condition)}))
    if scenario.published:
        text = _(
            "The {count:whole} published figures tie out for the file as it stands; at other "
            "values of the key they are left out."
        )
        found.append(Sentence(text, {"count": len(scenario.published)}))
    return found


def _printed_step(scenario: Scenario, condition: Condition) -> float:
    """What the document rounds a contribution to: its cells, or a parent's own currency."""
    budget = scenario.budget
    if _currency(condition) == budget.currency:
        return float(scenario.amount(budget.cell))
    return float(scenario.parents[condition.output.partition(".")[2]].round_to)


def _unit_kind(condition: Condition) -> str:
    if condition.statistic is not None and condition.statistic.kind == "probability":
        return "share"
    return "amount" if _currency(condition) else "figure"


def _currency(condition: Condition) -> str:
    """The currency of an output that is an amount of one; its name says it."""
    name = condition.output.partition(".")[0]
    last = name.rpartition("_")[2]
    return last.upper() if len(last) == 3 and "rate" not in name else ""


def frontier_finding(
    scenario: Scenario, ask: SolveAsk, other: Axis, found: Sequence[tuple[float, Solved]]
) -> Finding:
    """The pairs on the border of what is asked."""
    rows: list[tuple[float, float | None, float | None, str]] = []
    for value, solved in found:
        answers = solved.answers
        if not answers:
            rows.append((value, None, None, _("none in the range")))
        for answer in answers:
            side = (ask.condition.relation in ("<", "<=")) == answer.rising
            words = (
                _("equal")
                if ask.condition.relation == "="
                else _("at most")
                if side
                else _("at least")
            )
            error = answer.error if math.isfinite(answer.error) and answer.error > 0 else None
            rows.append((value, answer.at, error, words))
    headings = (
        Heading(other.key, "figure"),
        Heading(ask.key, "figure"),
        Heading("standard error", "figure"),
        Heading("holds where it is"),
    )
    listing = Listing("frontier", _("Pairs on the border"), headings, tuple(rows))
    sentence = Sentence(
        "For {count:whole} values of {other} the table has the value of {key} up to which, or from "
        "which, {condition}.",
        {
            "count": len(found), "other": other.key, "key": ask.key,
            "condition": in_words(ask.condition),
        },
    )  # fmt: skip
    return Finding(
        "solve",
        f"{ask.key}-{other.key}".replace(".", "-")[:80],
        _("Values of two keys that give what is asked"),
        (sentence,),
        (listing,),
        *whose(scenario),
        tuple(_warnings(scenario, ask.condition, Solved((), ()))),
        {"for": ask.key, "pareto": other.key, "such_that": str(ask.condition),
         "draws": scenario.sampling.draws},
    )  # fmt: skip
