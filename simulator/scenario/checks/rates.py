"""Rates: the right way round, one for each currency used, with what the law of exchange needs."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from simulator.scenario.exchange import Drawn, FixedRates
from simulator.scenario.model import Scenario
from simulator.scenario.parts import Rate
from simulator.scenario.places import Finding, Path, found_text, number_text
from simulator.units import pair_name, split_pair

_PEG_SLACK = Fraction(1, 200)


def misquoted(scenario: Scenario) -> dict[str, str]:
    """Rates written the wrong way round, each with its right name."""
    own = scenario.budget.currency
    pairs = {pair: split_pair(pair) for pair in scenario.rates}
    return {
        pair: pair_name(own, quote)
        for pair, (quote, base) in pairs.items()
        if base == own and quote != own
    }


def well_quoted(scenario: Scenario) -> dict[str, Rate]:
    """Rates of another currency in the budget's; the others are reported once."""
    own = scenario.budget.currency
    return {
        pair: rate
        for pair, rate in scenario.rates.items()
        if split_pair(pair)[0] == own and split_pair(pair)[1] != own
    }


def expected(scenario: Scenario) -> set[str]:
    """Names of the rates, as they will be once the misquoted ones are mended."""
    mended = misquoted(scenario)
    return {mended.get(pair, pair) for pair in scenario.rates}


def missing_rates(scenario: Scenario) -> set[str]:
    """Rates that some currency needs and nobody gives: reported where they are needed."""
    needed = {pair_name(scenario.budget.currency, other) for other in currency_uses(scenario)}
    needed |= {pair for pair, _ in exposure_uses(scenario)}
    return needed - set(scenario.rates) - expected(scenario)


def _add_rate(scenario: Scenario, pair: str, needs: str = "") -> str:
    given = ", ".join(scenario.rates)
    return f"add [rates.{pair}]{needs}" + (f"; rates given: {given}" if given else "")


def currency_uses(scenario: Scenario) -> dict[str, Path]:
    """Currencies other than the budget's, each with the first place that uses it."""
    uses: list[tuple[str, Path]] = [
        (parent.assessed_in, ("parents", name, "assessed_in"))
        for name, parent in scenario.parents.items()
    ]
    uses += [
        (pledge.currency, ("pledges", i, "currency")) for i, pledge in enumerate(scenario.pledges)
    ]
    if scenario.inflows is not None:
        uses.append((scenario.inflows.stated_in, ("inflows", "stated_in")))
    first: dict[str, Path] = {}
    for currency, path in uses:
        if currency != scenario.budget.currency:
            first.setdefault(currency, path)
    return first


def exposure_uses(scenario: Scenario) -> Iterator[tuple[str, Path]]:
    """Every pair to which a line's or category's cost is exposed."""
    for name, line in scenario.lines.items():
        for pair in line.exposure:
            yield pair, ("lines", name, "exposure", pair)
    for name, category in scenario.categories.items():
        for pair in category.exposure:
            yield pair, ("categories", name, "exposure", pair)


def quoted_in_budget_currency(scenario: Scenario) -> Iterator[Finding]:
    """A rate is budget currency for one unit of the other, never the other way round."""
    own = scenario.budget.currency
    for pair, rate in scenario.rates.items():
        quote, base = split_pair(pair)
        path: Path = ("rates", pair)
        if quote == base:
            yield Finding(path, "a rate joins two different currencies", remedy="remove it")
        elif base == own:
            right = pair_name(own, quote)
            given = rate.budget or rate.start
            now = f" (budget = {number_text(1 / given.exact)})" if given is not None else ""
            wanted = f"rates are {own} for one unit of the other currency: {right}, not {pair}"
            remedy = f"write [rates.{right}] with 1/value{now}"
            yield Finding(path, wanted, remedy=remedy)
        elif quote != own:
            wanted = f"rates are quoted in {own}, the budget's currency"
            remedy = f"write {pair_name(own, quote)} and {pair_name(own, base)}; crosses follow"
            yield Finding(path, wanted, remedy=remedy)


def every_currency_has_a_rate(scenario: Scenario) -> Iterator[Finding]:
    """Contributions, pledges and exposures in another currency need its rate."""
    own = scenario.budget.currency
    reported: set[str] = set()
    known = expected(scenario)
    for currency, path in currency_uses(scenario).items():
        pair = pair_name(own, currency)
        if pair not in known:
            reported.add(pair)
            remedy = _add_rate(scenario, pair, " with budget = … and start = …")
            yield Finding(path, f"there is no rate {pair}", currency, remedy)
    for pair, path in exposure_uses(scenario):
        if pair not in known and pair not in scenario.rates and pair not in reported:
            reported.add(pair)
            yield Finding(path, f"there is no rate {pair}", remedy=_add_rate(scenario, pair))


def rates_are_complete(scenario: Scenario) -> Iterator[Finding]:
    """An unpegged rate has its budget rate, and its start when the law begins there."""
    law = scenario.exchange
    needs_start = isinstance(law, Drawn) or (isinstance(law, FixedRates) and law.at == "start")
    for pair, rate in well_quoted(scenario).items():
        if rate.pegged is not None:
            continue  # see pegs_hold
        path: Path = ("rates", pair)
        if rate.budget is None:
            remedy = "add budget = …, the rate written into the budget, or pegged = { to, ratio }"
            yield Finding(path, "the budget rate is missing", remedy=remedy)
        if rate.start is None and needs_start:
            remedy = "add start = { value = …, as_of = … }, the last rate known"
            yield Finding(path, f"start is missing, exchange law {law.law} needs it", remedy=remedy)


def pegs_hold(scenario: Scenario) -> Iterator[Finding]:
    """A peg leads to a rate that is not pegged itself, and agrees with the budget rates."""
    for pair, rate in scenario.rates.items():
        peg = rate.pegged
        if peg is None:
            continue
        path: Path = ("rates", pair, "pegged")
        anchor = scenario.rates.get(peg.to)
        if peg.to == pair:
            yield Finding((*path, "to"), "a peg to another rate is wanted", found_text(peg.to))
        elif anchor is None:
            if peg.to not in expected(scenario):
                remedy = _add_rate(scenario, peg.to)
                yield Finding((*path, "to"), f"there is no rate {peg.to}", remedy=remedy)
        elif anchor.pegged is not None:
            remedy = f"peg to {anchor.pegged.to}, with the two ratios multiplied"
            wanted = "a peg to a rate that is not pegged itself is wanted"
            yield Finding((*path, "to"), wanted, found_text(peg.to), remedy)
        else:
            yield from _peg_agrees(pair, rate, anchor)
        for name in ("start", "observed"):
            if getattr(rate, name):
                wanted = f"a pegged rate follows {peg.to}, this would be ignored"
                yield Finding(("rates", pair, name), wanted, remedy="remove it, or remove the peg")


def _peg_agrees(pair: str, rate: Rate, anchor: Rate) -> Iterator[Finding]:
    """A second number tells whether the ratio is the right way round: the pegged budget rate."""
    if rate.pegged is None or anchor.budget is None:
        return
    ratio, path = rate.pegged.ratio.exact, ("rates", pair)
    implied = ratio * anchor.budget.exact
    follows = f"{number_text(ratio)} × {rate.pegged.to} {number_text(anchor.budget.exact)}"
    if rate.budget is None:
        quote, base = split_pair(pair)
        wanted = "the budget rate is missing, by which the ratio of the peg is checked"
        remedy = f"add budget = {number_text(implied)} ({follows}) if one {base} is that many "
        remedy += f"{quote}, or mend the ratio (1/{number_text(ratio)} = {number_text(1 / ratio)})"
        yield Finding(path, wanted, remedy=remedy)
    elif abs(rate.budget.exact / implied - 1) > _PEG_SLACK:
        wanted = f"the budget rate should follow the peg, {number_text(implied)} ({follows})"
        remedy = "mend the ratio or the budget rate"
        turned = anchor.budget.exact / ratio
        if abs(rate.budget.exact / turned - 1) <= _PEG_SLACK:
            remedy = f"the ratio looks inverted: write ratio = {number_text(1 / ratio)}"
        yield Finding((*path, "budget"), wanted, str(rate.budget.value), remedy)


def rates_are_used(scenario: Scenario) -> Iterator[Finding]:
    """A rate that nothing uses would change nothing."""
    used = {scenario.pair(currency) for currency in currency_uses(scenario)}
    used |= {pair for pair, _ in exposure_uses(scenario)}
    used |= {pair for pair in scenario.rates if any(pair in f.rule for f in scenario.published)}
    used |= {
        rate.pegged.to for pair, rate in scenario.rates.items() if pair in used and rate.pegged
    }
    for pair in well_quoted(scenario):
        if pair not in used:
            remedy = "remove it, or use its currency in a parent, pledge, exposure or [inflows]"
            yield Finding(("rates", pair), "nothing uses this rate, it would be ignored",
                          remedy=remedy)  # fmt: skip


def exposures_add_up(scenario: Scenario) -> Iterator[Finding]:
    """No more than the whole cost can be fixed in other currencies."""
    tables = [(("lines", name), line.exposure) for name, line in scenario.lines.items()]
    tables += [(("categories", name), one.exposure) for name, one in scenario.categories.items()]
    for path, exposure in tables:
        total = sum((part.exact for part in exposure.values()), Fraction(0))
        if total > 1:
            parts = ", ".join(f"{pair} {part.value}" for pair, part in exposure.items())
            wanted = f"parts add up to {number_text(total)}, at most 1 is wanted ({parts})"
            yield Finding((*path, "exposure"), wanted)


CHECKS = (
    quoted_in_budget_currency,
    every_currency_has_a_rate,
    rates_are_complete,
    pegs_hold,
    rates_are_used,
    exposures_add_up,
)
