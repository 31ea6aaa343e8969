"""Reverse stress in words: what the mildest movement is, and how likely it is."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.engine import Plan
from simulator.engine.stress import Move, Odds, Stress
from simulator.engine.stress import stress as search
from simulator.errors import InputError, Problem
from simulator.findings import Cell, Finding, Heading, Listing, Sentence, Value
from simulator.findings import mark as _
from simulator.runs.check import checked_tie_out
from simulator.runs.findings import whose
from simulator.runs.named import scenario_named
from simulator.runs.options import Progress, RunOptions
from simulator.scenario.conditions import Condition, check_names, parse
from simulator.scenario.fingerprint import fingerprint
from simulator.scenario.model import Scenario
from simulator.special import ndtr

OPTION = "--such-that"
LEAST_SAID = 0.01
"""A factor that makes less than this part of β² stands in the table, but not in the sentences."""

LEAST_SHOWN = 0.05
"""Inputs that move by fewer standard deviations stand in no table."""

LEAST_PART = 0.005
"""Nor do streams that make less of β²."""


def condition_of(text: str) -> Condition:
    """A condition on outcomes; InputError for one on a statistic, and for an equation."""
    found = parse(text, OPTION)
    if found.statistic is not None:
        wanted = "an output by itself is wanted: a stress is a state of the world, not a statistic"
        column = f"{found.column}[{found.period}]" if found.period else found.column
        remedy = f'write "{column} {found.relation} NUMBER"'
        raise InputError(Problem(wanted, OPTION, found.subject[:80], remedy))
    if found.relation == "=":
        wanted = "one of <=, >=, < and > is wanted: one value exactly has no probability"
        remedy = "write > for a bound from below, < for one from above"
        raise InputError(Problem(wanted, OPTION, text[:80], remedy))
    return found


def stress(name: str, text: str, options: RunOptions, progress: Progress) -> Finding:
    """The mildest movement of the drivers of a scenario, or of a result's, that meets `text`.

    Raises InputError for a condition that cannot be met, with the farthest that any draw reached.
    """
    condition = condition_of(text)
    threads = options.thread_count()
    own = scenario_named(name, RunOptions(out=options.out))
    scenario = options.sampled(own)
    checked_tie_out(scenario)
    plan = Plan(scenario)
    if not plan.streams:
        wanted = "an uncertain input is wanted: nothing moves in this scenario"
        remedy = "give a law of exchange, or a number with a law"
        raise InputError(Problem(wanted, OPTION, str(condition), remedy))
    check_names(condition, [column.name for column in plan.columns], plan.periods, OPTION)
    progress.start(scenario.sampling.draws)
    try:
        found = search(plan, condition, threads, progress.advance)
    finally:
        progress.done()
    if found.point is None:
        raise InputError(_never(condition, found.odds))
    return _finding(scenario, fingerprint(own), condition, found)


def _never(condition: Condition, odds: Odds) -> Problem:
    """No draw does it."""
    return Problem(
        "a bound that some draw meets is wanted",
        OPTION,
        str(condition),
        f"no draw in {odds.draws} does; the farthest reached is {odds.farthest:.10g}, and with "
        f"every driver at its median it is {odds.middle:.10g}: take a bound between, or more "
        "--draws",
    )


def _finding(scenario: Scenario, mark: str, condition: Condition, found: Stress) -> Finding:
    sentences = (*_what(condition, found), *_how(found))
    return Finding(
        "stress",
        "",
        _("What it takes"),
        sentences,
        () if found.already else (_factors(found), _years(found), _makers(found)),
        *whose(scenario, mark),
        tuple(_warnings(found)),
        {"such_that": str(condition), "draws": found.odds.draws, "seed": scenario.sampling.seed},
    )


def _words(condition: Condition) -> str:
    """The condition with the digits of its bound in groups."""
    bound = f"{condition.bound:,.10g}".replace(",", " ")
    return f"{condition.subject} {condition.relation} {bound}"


def _what(condition: Condition, found: Stress) -> Iterator[Sentence]:
    """How often it happens, where things stand, and how far the point is."""
    odds, point = found.odds, found.point
    assert point is not None  # noqa: S101 - asked only when there is one
    yield Sentence(
        "{met:whole} of {draws:whole} draws have {condition}: {p:share}, with a standard error of "
        "{error:share}.",
        {
            "met": odds.met,
            "draws": odds.draws,
            "condition": _words(condition),
            "p": odds.probability,
            "error": odds.error,
        },
    )
    if found.already:
        yield Sentence(
            "It needs no movement: with every driver at its median the output is "
            "{middle:quantity}.",
            {"middle": (odds.middle, odds.unit)},
        )
        return
    yield Sentence(
        "With every driver at its median the output is {middle:quantity}; the mildest movement "
        "takes it to {there:quantity}.",
        {"middle": (odds.middle, odds.unit), "there": (found.outcome, odds.unit)},
    )
    yield Sentence(
        "It lies {beta:figure} standard deviations from the median of everything (the reliability "
        "index β), which alone would suggest a probability of {first:share}.",
        {"beta": round(point.beta, 3), "first": float(ndtr(-point.beta))},
    )


def _how(found: Stress) -> Iterator[Sentence]:
    """How each factor that carries the movement must move, the heaviest first."""
    moves = {move.name: move for move in found.moves}
    for name, _driver, share in found.shares:
        if share >= LEAST_SAID and name in moves:
            yield _moved(moves[name], found.odds.draws, share)


ARRIVES = {
    (True, True): _(
        "The pledge {pledge} arrives, as in 1 of {n:whole} draws ({share:share} of the movement)."
    ),
    (True, False): _(
        "The pledge {pledge} arrives, as in none of the {n:whole} draws ({share:share} of the "
        "movement)."
    ),
    (False, True): _(
        "The pledge {pledge} does not arrive, as in 1 of {n:whole} draws ({share:share} of the "
        "movement)."
    ),
    (False, False): _(
        "The pledge {pledge} does not arrive, as in none of the {n:whole} draws ({share:share} of "
        "the movement)."
    ),
}
"""Whether the pledge arrives, and whether any draw has that."""

MOVES = {
    (True, True): _(
        "{what} averages {here:quantity} instead of {rest:quantity}, as in 1 of {n:whole} draws "
        "({share:share} of the movement)."
    ),
    (True, False): _(
        "{what} averages {here:quantity} instead of {rest:quantity}, as in none of the {n:whole} "
        "draws ({share:share} of the movement)."
    ),
    (False, True): _(
        "{what} is {here:quantity} instead of {rest:quantity}, as in 1 of {n:whole} draws "
        "({share:share} of the movement)."
    ),
    (False, False): _(
        "{what} is {here:quantity} instead of {rest:quantity}, as in none of the {n:whole} draws "
        "({share:share} of the movement)."
    ),
}
"""Whether an input has several years, and whether any draw moves it as far."""


def _moved(move: Move, draws: int, share: float) -> Sentence:
    """One factor: what it is at the point, what it would be, how rare that is, and its part.

    An input goes by its key, which is the same in every language and found in the file.
    """
    some = move.beyond > 0
    values: dict[str, Value] = {"share": share, "n": round(1 / move.beyond) if some else draws}
    if move.name.endswith(".arrives"):
        pledge = move.name.removeprefix("pledges.").removesuffix(".arrives")
        return Sentence(ARRIVES[move.point > 0.5, some], {**values, "pledge": pledge})
    here, rest = (move.point, move.unit), (move.median, move.unit)
    template = MOVES[move.years > 1, some]
    return Sentence(template, {**values, "what": move.name, "here": here, "rest": rest})


def _rows(moves: tuple[Move, ...]) -> Iterator[tuple[Cell, ...]]:
    for one in moves:
        if one.size >= LEAST_SHOWN:
            yield (
                one.name, one.unit, one.driver, one.point, one.median,
                (one.point - one.median) / one.sd, one.beyond,
            )  # fmt: skip


_HEADINGS = (
    Heading("input"),
    Heading("unit"),
    Heading("driver"),
    Heading("at the point", "figure"),
    Heading("median", "figure"),
    Heading("moved by", "figure", "sd"),
    Heading("as far or farther", "share"),
)


def _factors(found: Stress) -> Listing:
    """Every input that moves, averaged over its years."""
    note = Sentence("Inputs that carry no part of the movement follow those they vary with.")
    rows = tuple(_rows(found.moves))
    return Listing("moves", _("How each input moves, mean of its years"), _HEADINGS, rows, note)


def _years(found: Stress) -> Listing:
    """Year by year, of the factors that carry a part of it."""
    carry = {name for name, _driver, share in found.shares if share >= LEAST_SAID}
    those = tuple(one for one in found.yearly if one.name.rpartition("[")[0] in carry)
    return Listing("years", _("Those that carry it, year by year"), _HEADINGS, tuple(_rows(those)))


def _makers(found: Stress) -> Listing:
    """Which part of the movement each stream of chance makes."""
    rows = tuple(one for one in found.shares if one[2] >= LEAST_PART)
    headings = (Heading("stream of chance"), Heading("driver"), Heading("part", "share"))
    return Listing("parts", _("What the movement is made of (parts of β²)"), headings, rows)


def _warnings(found: Stress) -> Iterator[Sentence]:
    if found.already:
        return
    yield Sentence(
        "This is the likeliest of all ways to it, not the only one, and no forecast: other "
        "movements lead there too, and the probability is that of all together."
    )
    if found.point is not None and not found.point.settled:
        yield Sentence(
            "The search did not come to rest: a milder movement may exist. More draws give it "
            "other starts."
        )
