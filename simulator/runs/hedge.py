"""Forward cover in words: what each ratio changes, what it costs, and what it does not do."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from simulator.engine.hedge import Cover, Hedge, forward_rate
from simulator.engine.hedge import hedge as price
from simulator.engine.sides import foreign_parents
from simulator.errors import InputError, Problem, did_you_mean
from simulator.findings import Finding, Heading, Listing, Sentence
from simulator.findings import mark as _
from simulator.runs.check import checked_tie_out
from simulator.runs.findings import whose
from simulator.runs.named import scenario_named
from simulator.runs.options import Progress, RunOptions
from simulator.scenario.fingerprint import fingerprint
from simulator.scenario.model import Scenario
from simulator.scenario.parts import Forward, Interest, Recosted
from simulator.units import Month

MOST_RATIOS = 101
MOST_MONTHS = 120


@dataclass(frozen=True, slots=True)
class HedgeAsk:
    """What is asked: ratios "0:1:0.1" or "0,0.5", tenors in months by year, and whose cover."""

    name: str
    cover: str
    tenor: str | None
    parent: str | None


@dataclass(frozen=True, slots=True)
class _Terms:
    """What cover is priced with."""

    parent: str
    pair: str
    start: float
    interest: Interest
    months: tuple[int, ...]

    @property
    def half_spread(self) -> float | None:
        """The half spread, where the scenario has one."""
        given = self.interest.half_spread
        return None if given is None else float(given)


def hedge(ask: HedgeAsk, options: RunOptions, progress: Progress) -> Finding:
    """The finding; InputError for ratios past 0 or 1 and for what forwards cannot be had from."""
    ratios = ratios_of(ask.cover)
    threads = options.thread_count()
    own = scenario_named(ask.name, RunOptions(out=options.out))
    scenario = options.sampled(own)
    terms = _terms(scenario, ask)
    checked_tie_out(scenario)
    rates = {
        year: forward_rate(terms.start, terms.interest, months)
        for year, months in zip(scenario.years, terms.months, strict=True)
    }
    progress.start(2 * scenario.sampling.draws)
    try:
        found = price(
            scenario, terms.parent, ratios, rates, terms.half_spread, threads, progress.advance
        )
    finally:
        progress.done()
    return _finding(scenario, fingerprint(own), terms, found)


def ratios_of(text: str) -> tuple[float, ...]:
    """Ratios from "0:1:0.1" or "0,0.5,1"; InputError unless each lies from 0 to 1."""
    try:
        parts = [Decimal(part.strip()) for part in re.split("[:,]", text)]
    except InvalidOperation:
        parts = []
    steps = ":" in text and "," not in text
    finite = bool(parts) and all(part.is_finite() for part in parts)
    if not finite or (":" in text and (not steps or len(parts) != 3 or parts[2] <= 0)):
        wanted = "ratios as first:last:step, or between commas, are wanted"
        raise InputError(Problem(wanted, "--cover", text[:60], "write 0:1:0.1 or 0,0.5,1"))
    wrong = [part for part in parts[: 2 if steps else None] if not 0 <= part <= 1]
    if wrong:
        wanted = "ratios from 0 to 1 are wanted: more than the whole would be a bet, less than "
        wanted += "nothing too"
        raise InputError(Problem(wanted, "--cover", str(wrong[0]), "take 1 for full cover"))
    if steps:
        first, last, step = parts
        count = int((last - first) / step) + 1
        if not 1 <= count <= MOST_RATIOS:
            wanted = f"from one to {MOST_RATIOS} ratios are wanted"
            raise InputError(Problem(wanted, "--cover", text[:60], "take larger steps upwards"))
        parts = [first + i * step for i in range(count)]
    return tuple(float(part) for part in dict.fromkeys(parts))


def _terms(scenario: Scenario, ask: HedgeAsk) -> _Terms:
    """Whose cover, and what it is priced with; InputError with what is missing."""
    parent = _parent(scenario, ask.parent)
    pair = scenario.pair(scenario.parents[parent].assessed_in)
    rate = scenario.rates[pair]
    problems = []
    if rate.interest is None:
        at = f"[rates.{pair}.interest]"
        wanted = "interest at home and abroad is wanted: forward rates follow from it, and none is "
        wanted += "invented"
        remedy = f"add {at} with home and abroad, each {{ value = …, source = … }}"
        problems.append(Problem(wanted, f"rates.{pair}.interest", remedy=remedy))
    else:
        for name in ("home", "abroad"):
            given = getattr(rate.interest, name)
            if given.source is None and not given.assumption:
                problems.append(
                    Problem(
                        "interest with a source is wanted",
                        f"rates.{pair}.interest.{name}",
                        str(given.value),
                        "add source, or assumption = true",
                    )
                )
    if rate.start is None:
        wanted = "the last rate known is wanted: a forward rate starts from it"
        problems.append(Problem(wanted, f"rates.{pair}.start", remedy="add start with its date"))
    try:
        months = _months(scenario, ask.tenor)
    except InputError as error:
        problems += error.problems
    if problems:
        raise InputError(problems)
    assert rate.interest is not None  # noqa: S101 - refused above
    assert rate.start is not None  # noqa: S101 - refused above
    return _Terms(parent, pair, float(rate.start), rate.interest, months)


def _parent(scenario: Scenario, name: str | None) -> str:
    """The parent that is named, or the first with an exchange risk; InputError without one."""
    foreign = foreign_parents(scenario)
    open_ = [one for one in foreign if isinstance(scenario.parents[one].policy, Recosted | Forward)]
    if name is not None and name not in scenario.parents:
        wanted, remedy = "a parent is wanted", did_you_mean(name, foreign)
        raise InputError(Problem(wanted, "--parent", name[:60], remedy))
    if (name is None and open_) or name in open_:
        return name or open_[0]
    wanted = (
        f"a parent assessed in another currency than {scenario.budget.currency}, under the policy "
        "recosted or forward, is wanted: no other bears the exchange risk of its contribution"
    )
    remedy = f"known: {', '.join(open_)}" if open_ else 'give its policy as "recosted"'
    raise InputError(Problem(wanted, "--parent", (name or "none")[:60], remedy))


def _months(scenario: Scenario, text: str | None) -> tuple[int, ...]:
    """Months from `known_on` to the payment of each year; the middle of each unless given."""
    known = Month.of(scenario.known_on)
    if known >= Month(scenario.years[0], 1):
        wanted = f"a date before {scenario.years[0]} is wanted: cover is bought before the period"
        raise InputError(Problem(wanted, "known_on", str(scenario.known_on)))
    if text is None:
        return tuple(12 * (year - known.year) + 6 - known.month for year in scenario.years)
    parts = [part.strip() for part in text.split(",")]
    if len(parts) == len(scenario.years) and all(
        re.fullmatch(r"\d{1,3}", part) and 1 <= int(part) <= MOST_MONTHS for part in parts
    ):
        return tuple(map(int, parts))
    years = ", ".join(map(str, scenario.years))
    wanted = f"whole months from 1 to {MOST_MONTHS}, one for each of {years}, are wanted"
    raise InputError(Problem(wanted, "--tenor", text[:60], "write 12,24"))


def _finding(scenario: Scenario, mark: str, terms: _Terms, found: Hedge) -> Finding:
    return Finding(
        "hedge",
        "",
        _("Forward cover of a contribution"),
        tuple(_sentences(scenario, terms, found)),
        (_ratios(scenario, found), _forwards(scenario, terms, found)),
        *whose(scenario, mark),
        tuple(_warnings(scenario, terms, found)),
        {
            "cover": ",".join(f"{one.ratio:g}" for one in found.covers),
            "tenor": ",".join(map(str, terms.months)),
            "parent": found.parent,
            "draws": scenario.sampling.draws,
            "seed": scenario.sampling.seed,
        },
    )


def _sentences(scenario: Scenario, terms: _Terms, found: Hedge) -> Iterator[Sentence]:
    interest = terms.interest
    yield Sentence(
        "At {home} interest a year at home and {abroad} abroad, the last rate of "
        "{start:rate} {unit} becomes {forwards} forward.",
        {
            "home": _exact_percent(float(interest.home)),
            "abroad": _exact_percent(float(interest.abroad)),
            "start": terms.start,
            "unit": f"{scenario.budget.currency}/{found.unit}",
            "forwards": ", ".join(f"{rate:.4f} for {year}" for year, rate in found.rates.items()),
        },
    )
    most = max(found.covers, key=lambda one: one.ratio)
    if most.ratio > 0:
        yield _in_words(most, found.unit)
    if most.ratio > 0 and not math.isnan(most.at_spread):
        half = _exact_percent(terms.half_spread or 0.0)
        yield Sentence(
            "At the mid that is all; at a half spread of {half} of the rate it costs "
            "{lost:money} more on average.",
            {
                "half": half,
                "lost": (most.at_spread, found.unit),
            },
        )


def _exact_percent(part: float) -> str:
    """Interest and spreads: with the digits that they have, where a share would have one."""
    return f"{100 * part:.6g} %"


def _in_words(one: Cover, unit: str) -> Sentence:
    """What the largest ratio does."""
    return Sentence(
        "Covering {ratio:share} moves the mean by {mean:money} (± {error:money}), to {m:money}, "
        "and the 95th percentile by {tail:money} (± {tail_error:money}), to {p:money}; the "
        "standard deviation falls from {before:money} to {sd:money}.",
        {
            "ratio": one.ratio,
            "mean": (one.mean.change, unit),
            "error": (one.mean.change_error, unit),
            "m": (one.mean.value, unit),
            "tail": (one.p95.change, unit),
            "tail_error": (one.p95.change_error, unit),
            "p": (one.p95.value, unit),
            "before": (one.sd.value - one.sd.change, unit),
            "sd": (one.sd.value, unit),
        },
    )


def _ratios(scenario: Scenario, found: Hedge) -> Listing:
    """A row a ratio; changes are against no cover, on the same draws."""
    unit = found.unit
    headings = (
        Heading("cover", "share"),
        *(
            Heading(title, "amount", unit)
            for title in (
                _("mean"), _("change"), _("s.e. of change"), _("sd"), _("P95"), _("change of P95"),
                _("s.e. of its change"), _("mean of worst 5 %"), _("its change"),
                _("cost of the spread"),
            )
        ),
    )  # fmt: skip
    rows = tuple(
        (
            one.ratio, one.mean.value, one.mean.change, one.mean.change_error, one.sd.value,
            one.p95.value, one.p95.change, one.p95.change_error, one.shortfall.value,
            one.shortfall.change, None if math.isnan(one.at_spread) else one.at_spread,
        )
        for one in found.covers
    )  # fmt: skip
    note = Sentence("Changes are against no cover, on the same draws, at the mid.")
    about = f"{found.column}, {scenario.periods[-1]}"
    title = _("What each ratio of cover changes")
    return Listing("ratios", title, headings, rows, note, about)


def _forwards(scenario: Scenario, terms: _Terms, found: Hedge) -> Listing:
    """The forwards by year beside the rates that they are not."""
    budget = float(scenario.budget_rate(found.unit))
    headings = (
        Heading("year"),
        Heading("tenor", "whole", "months"),
        Heading("forward", "rate"),
        Heading("budget rate", "rate"),
        Heading("last rate", "rate"),
    )
    rows = tuple(
        (str(year), months, rate, budget, terms.start)
        for (year, rate), months in zip(found.rates.items(), terms.months, strict=True)
    )
    return Listing("forwards", _("Forward rates"), headings, rows, about=terms.pair)


def _warnings(scenario: Scenario, terms: _Terms, found: Hedge) -> Iterator[Sentence]:
    home = scenario.budget.currency
    yield Sentence(
        "This covers {parent}'s contribution, not the whole budget: other parents, donors' money "
        "and costs in other currencies stay as open as they were.",
        {"parent": found.parent},
    )
    yield Sentence(
        "Cover does not replace recosting: what the budget costs in {home} still moves with "
        "prices, posts and vacancy, and the covered amount is taken to follow it. A forward is for "
        "a fixed amount; the difference would be bought or sold at the rate of the day.",
        {"home": home},
    )
    yield Sentence(
        "A budget rate is not a forward rate: {budget:rate} is written into the budget, and no "
        "bank owes it to anybody.",
        {"budget": float(scenario.budget_rate(found.unit))},
    )
    ours = [name for name in ("home", "abroad", "half_spread") if _is_ours(terms.interest, name)]
    if ours:
        yield Sentence(
            "Assumed, not quoted: {names}. A bank's forward will differ.",
            {"names": ", ".join(f"rates.{terms.pair}.interest.{name}" for name in ours)},
        )
    if terms.half_spread is None:
        yield Sentence(
            "No spread is known, so nothing is said of its cost: add {key}.",
            {"key": f"rates.{terms.pair}.interest.half_spread"},
        )


def _is_ours(interest: Interest, name: str) -> bool:
    given = getattr(interest, name)
    return given is not None and bool(given.assumption)
