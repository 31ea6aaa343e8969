"""What was known when: nothing that became known after `known_on` may enter a draw."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.scenario.model import Scenario
from simulator.scenario.numbers import Provenance
from simulator.scenario.places import Finding, inside, listed
from simulator.units import Month, months_between

_EARLIEST_YEARS = 10


def known_on_fits(scenario: Scenario) -> Iterator[Finding]:
    """The information date lies before the period's last month and not in another age."""
    first, last = scenario.years[0], scenario.years[-1]
    shown = scenario.known_on.isoformat()
    if not scenario.months:
        remedy = f"a simulation needs at least one unknown month; write a date before {last}-12-01"
        wanted = f"a date before the last month of {scenario.period} is wanted"
        yield Finding(("known_on",), wanted, shown, remedy)
    elif scenario.known_on.year < first - _EARLIEST_YEARS:
        wanted = f"a date at most {_EARLIEST_YEARS} years before {first} is wanted"
        yield Finding(("known_on",), wanted, shown, "check the year")


def inputs_were_known(scenario: Scenario) -> Iterator[Finding]:
    """No input carries an `as_of` after `known_on`; thresholds, which enter no draw, may."""
    for path, number in inside(scenario, Provenance):
        late = number.as_of is not None and number.as_of > scenario.known_on
        if late and number.as_of is not None and path[:1] != ("thresholds",):
            wanted = (
                f"an input known on {scenario.known_on.isoformat()} (known_on) or before is "
                f"wanted, this one was known on {number.as_of.isoformat()}"
            )
            remedy = "use the value of that time, or a later known_on"
            yield Finding((*path, "as_of"), wanted, number.as_of.isoformat(), remedy)


def observed_months_fit(scenario: Scenario) -> Iterator[Finding]:
    """Observed averages begin with the December before, end with `known_on`, and have no gap."""
    known = Month(scenario.known_on.year, scenario.known_on.month)
    is_inside = bool(scenario.months) and known >= Month(scenario.years[0], 1)
    before = Month(scenario.years[0] - 1, 12)  # what the stage `initial` knows
    needed = list(months_between(before, known)) if is_inside else []
    for pair, rate in scenario.rates.items():
        path = ("rates", pair, "observed")
        for label in rate.observed:
            if Month.parse(label) > known:
                wanted = f"a month up to {known} is wanted, known_on is {scenario.known_on}"
                remedy = "remove it, or set a later known_on"
                yield Finding((*path, label), wanted, label, remedy)
            elif Month.parse(label) < before:
                wanted = f"{before} or a later month is wanted, this would be ignored"
                remedy = f"remove it; {before} is what the first stage knows, then come the years"
                yield Finding((*path, label), wanted, label, remedy)
        missing = [str(month) for month in needed if str(month) not in rate.observed]
        if missing and rate.pegged is None:
            wanted = f"monthly averages up to {known} are wanted, missing: {listed(missing, 6)}"
            remedy = f"known_on lies inside the period: add observed = {{ {missing[0]} = … }}"
            yield Finding(path, wanted, remedy=remedy)


CHECKS = (known_on_fits, inputs_were_known, observed_months_fit)
