"""Laws of rates and of inflation, and events: each table names free rates, each rate is named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from simulator.errors import did_you_mean
from simulator.scenario.checks.rates import expected, missing_rates, well_quoted
from simulator.scenario.exchange import (
    Ar1Inflation,
    Blended,
    Bootstrap,
    Moving,
    OrnsteinUhlenbeck,
    PathRates,
)
from simulator.scenario.model import Scenario
from simulator.scenario.places import Finding, Path, listed
from simulator.units import Month

_MOST_INFLATION_SD = Decimal("0.2")
_MOST_INFLATION = Decimal(1)
_MOST_GAP = Decimal(2)
_MOST_DIFFERENTIAL = Decimal("0.5")


def _free(scenario: Scenario) -> list[str]:
    """Rates with a movement of their own: well quoted and not pegged."""
    return [pair for pair, rate in well_quoted(scenario).items() if rate.pegged is None]


def _unused(scenario: Scenario, path: Path, pair: str) -> Iterator[Finding]:
    """A rate named in a table of the law although nothing would read it there."""
    rate = scenario.rates.get(pair)
    if pair in missing_rates(scenario):
        return  # the rate is reported, and then this is used
    if rate is None and pair not in expected(scenario):
        remedy = did_you_mean(pair, scenario.rates)
        yield Finding(path, f"there is no rate {pair}, this would be ignored", remedy=remedy)
    elif rate is not None and rate.pegged is not None:
        yield Finding(path, f"{pair} follows its peg, this would be ignored", remedy="remove it")


def _tables(scenario: Scenario) -> Iterator[tuple[str, Mapping[str, object], str]]:
    """(key, table, what to write for a rate that is missing there or "") of the law."""
    law = scenario.exchange
    if isinstance(law, Moving):
        yield "volatility", law.volatility, "add {pair} = … to [exchange.volatility], or peg it"
        yield "start_error", law.start_error, ""
    if isinstance(law, OrnsteinUhlenbeck):
        yield "towards", law.towards, "add {pair} = …, the level that the rate returns to"
    if isinstance(law, Blended):
        missing = "add {pair} = …; `sim calibrate` works it out, 0 means no view of this rate"
        view = missing if law.view.value > 0 else ""
        yield "inflation_differential", law.inflation_differential, view
        yield "real_gap", law.real_gap, view
    if isinstance(law, Bootstrap):
        yield "changes", law.changes, "add {pair} = [ … ], the changes of the same months"
    if isinstance(law, PathRates):
        yield "rates", law.rates, "add [exchange.rates.{pair}] with its months or years"


def law_names_its_rates(scenario: Scenario) -> Iterator[Finding]:
    """Every table of the law names each free rate, where it must, and no other."""
    for key, table, remedy in _tables(scenario):
        path: Path = ("exchange", key)
        for pair in _free(scenario):
            if remedy and pair not in table:
                wanted = f"{pair} is missing"
                if key == "volatility":
                    wanted = f"the volatility of {pair} is missing"
                yield Finding(path, wanted, remedy=remedy.format(pair=pair))
        for pair in table:
            yield from _unused(scenario, (*path, pair), pair)


def law_is_plausible(scenario: Scenario) -> Iterator[Finding]:
    """Fractions, not percent: differentials and gaps within what can be meant."""
    law = scenario.exchange
    if not isinstance(law, Blended):
        return
    wanted = "an inflation differential between -0.5 and 0.5 a year is wanted"
    for pair, quantity in law.inflation_differential.items():
        if abs(quantity.value) > _MOST_DIFFERENTIAL:
            path: Path = ("exchange", "inflation_differential", pair)
            remedy = "write a fraction: 0.0177 for 1.77 %"
            yield Finding(path, wanted, str(quantity.value), remedy)
    wanted = "a gap of the log real rate between -2 and 2 is wanted"
    for pair, quantity in law.real_gap.items():
        if abs(quantity.value) > _MOST_GAP:
            path = ("exchange", "real_gap", pair)
            remedy = "write a fraction: -0.08 for 8 % below"
            yield Finding(path, wanted, str(quantity.value), remedy)


def resampled_months_agree(scenario: Scenario) -> Iterator[Finding]:
    """The changes of every rate are those of the same months, so they are equally many."""
    law = scenario.exchange
    if not isinstance(law, Bootstrap) or not law.changes:
        return
    lengths = {pair: len(changes) for pair, changes in law.changes.items()}
    first, wanted = next(iter(lengths.items()))
    for pair, length in lengths.items():
        if length != wanted:
            text = f"{wanted} changes are wanted, as many as {first} has, of the same months"
            yield Finding(("exchange", "changes", pair), text, str(length))
    if law.block_months > wanted:
        text = f"a block of at most {wanted} months is wanted, there are no more changes"
        yield Finding(("exchange", "block_months"), text, str(law.block_months))


def path_is_whole(scenario: Scenario) -> Iterator[Finding]:
    """A path gives every month that is not yet observed, and no other."""
    law = scenario.exchange
    if not isinstance(law, PathRates):
        return
    months = scenario.months
    labels = {str(month) for month in months} | {str(month.year) for month in months}
    for pair in _free(scenario):
        given = law.rates.get(pair)
        if given is None:
            continue
        path: Path = ("exchange", "rates", pair)
        missing = [str(month) for month in months if law.at(pair, month) is None]
        if missing:
            wanted = f"a rate is wanted for {listed(missing, 6)}"
            remedy = f"add {missing[0]} = …, or the whole year {missing[0][:4]} = …"
            yield Finding(path, wanted, remedy=remedy)
        for label in given:
            every = [str(m) for m in months if str(m.year) == label and str(m) not in given]
            if label not in labels or (len(label) == 4 and not every):
                wanted = f"a month or year from {months[0]} to {months[-1]} is wanted" if months \
                    else "nothing is left to be given"  # fmt: skip
                yield Finding((*path, label), wanted + ", this would be ignored",
                              label, "remove it")  # fmt: skip


def events_happen(scenario: Scenario) -> Iterator[Finding]:
    """An event lies in what is not known yet, and moves rates that have a path of their own."""
    names: set[str] = set()
    for index, event in enumerate(scenario.events):
        path: Path = ("events", index)
        if event.name in names:
            yield Finding((*path, "name"), "another name is wanted, this one stands twice",
                          event.name)  # fmt: skip
        names.add(event.name)
        months = scenario.months
        here = Month(event.date.year, event.date.month)
        if months and not months[0] <= here <= months[-1]:
            wanted = f"a date from {months[0]} to {months[-1]} is wanted, what is not known yet"
            yield Finding((*path, "date"), wanted, event.date.isoformat())
        if not _free(scenario):
            yield Finding(path, "there is no rate that it could move", remedy="remove the event")
        for place, pair in enumerate(event.rates):
            yield from _unused(scenario, (*path, "rates", place), pair)
            if pair in event.rates[:place]:
                yield Finding((*path, "rates", place), "this rate stands twice", pair)


def inflation_has_its_years(scenario: Scenario) -> Iterator[Finding]:
    """The last year published lies before the period and before `known_on`; centres are whole."""
    first, known = scenario.years[0], scenario.known_on.year
    for name, law in scenario.inflation.items():
        path: Path = ("inflation", name)
        latest = min(first, known) - 1
        if law.last_published is not None and not latest - 9 <= law.last_published <= latest:
            wanted = f"a year from {latest - 9} to {latest} is wanted: published by known_on, "
            wanted += f"{scenario.known_on.isoformat()}, and before the period"
            yield Finding((*path, "last_published"), wanted, str(law.last_published))
        missing = [year for year in scenario.years if year not in law.centre]
        if law.centre and missing:
            wanted = "the centre of every year of the period is wanted, missing: "
            wanted += ", ".join(map(str, missing))
            yield Finding((*path, "centre"), wanted, remedy=f"add {missing[0]} = …")
        for year in law.centre:
            if year not in scenario.years:
                wanted = f"a year of {scenario.period} is wanted, this would be ignored"
                yield Finding((*path, "centre", str(year)), wanted, str(year), "remove it")


def _idle_keys(at: Path, law: Ar1Inflation) -> Iterator[Finding]:
    """Keys of a law of inflation that nothing would come of."""
    if law.start.value != 0 and law.persistence.value == 0:
        wanted = (
            "without persistence nothing is left of last year's surprise, this would be ignored"
        )
        yield Finding((*at, "start"), wanted, str(law.start.value), "add persistence, or remove it")
    if law.sd.value == 0 and law.degrees_of_freedom is not None:
        wanted = "nothing is drawn with sd 0, this would be ignored"
        yield Finding((*at, "degrees_of_freedom"), wanted, remedy="remove it, or give sd")
    if law.sd.value == 0 and law.start.value == 0 and law.last_published is not None:
        wanted = "there are no surprises with sd 0 and no start, this would be ignored"
        yield Finding((*at, "last_published"), wanted, remedy="remove it, or give sd")


def inflation_is_plausible(scenario: Scenario) -> Iterator[Finding]:
    """Fractions, not percent: surprises and centres of inflation within what can be meant."""
    for name, law in scenario.inflation.items():
        at: Path = ("inflation", name)
        remedy = "write a fraction: 0.01 is one percentage point"
        yield from _idle_keys(at, law)
        if law.sd.value > _MOST_INFLATION_SD:
            wanted = f"a standard deviation of at most {_MOST_INFLATION_SD} is wanted"
            yield Finding((*at, "sd"), wanted, str(law.sd.value), remedy)
        if abs(law.start.value) > _MOST_INFLATION_SD:
            wanted = f"a surprise between -{_MOST_INFLATION_SD} and {_MOST_INFLATION_SD} is wanted"
            yield Finding((*at, "start"), wanted, str(law.start.value), remedy)
        for year, centre in law.centre.items():
            if abs(centre.value) > _MOST_INFLATION:
                wanted = "an inflation between -1 and 1 is wanted"
                yield Finding((*at, "centre", str(year)), wanted, str(centre.value), remedy)


CHECKS = (
    law_names_its_rates,
    law_is_plausible,
    resampled_months_agree,
    path_is_whole,
    events_happen,
    inflation_has_its_years,
    inflation_is_plausible,
)
