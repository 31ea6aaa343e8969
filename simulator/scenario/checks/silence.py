"""What a scenario leaves unsaid although the result depends on it: warnings, not errors."""

from __future__ import annotations

from itertools import combinations

from simulator.scenario.factors import factors_of, is_drawn_rate
from simulator.scenario.model import Scenario

_STALE_DAYS = 45
_SPOKEN_OF = ("exchange", "inflation", "inflows")


def warnings_of(scenario: Scenario) -> tuple[str, ...]:
    """Sentences about silence on dependence and about old rates; empty when all is said."""
    return (*_silent_drivers(scenario), *_silent_rates(scenario), *_stale_starts(scenario))


def _silent_drivers(scenario: Scenario) -> list[str]:
    drivers = {factor.name: factor.driver for factor in factors_of(scenario)}
    spoken = {
        frozenset((drivers.get(one, ""), drivers.get(other, "")))
        for one, row in scenario.correlation.matrix.items()
        for other in row
    }
    spoken |= {frozenset(declared.between) for declared in scenario.correlation.independent}
    drawn = set(drivers.values())
    return [
        f"nothing is said about dependence between {one} and {other}: they are drawn "
        f"independently; add an entry to [correlation.matrix], or declare it with "
        f'[[correlation.independent]] between = ["{one}", "{other}"] and a source'
        for one, other in combinations(_SPOKEN_OF, 2)
        if {one, other} <= drawn and frozenset((one, other)) not in spoken
    ]


def _silent_rates(scenario: Scenario) -> list[str]:
    rates = [factor.name for factor in factors_of(scenario) if factor.kind == "rate"]
    matrix = scenario.correlation.matrix
    silent = [
        f"{one} and {other}"
        for one, other in combinations(rates, 2)
        if other not in matrix.get(one, {}) and one not in matrix.get(other, {})
    ]
    if not silent:
        return []
    more = f" and {len(silent) - 3} more pairs" if len(silent) > 3 else ""
    return [
        f"no correlation is given between {', '.join(silent[:3])}{more}: rates against one "
        "currency move together; add entries to [correlation.matrix]"
    ]


def _stale_starts(scenario: Scenario) -> list[str]:
    found: list[str] = []
    for pair, rate in scenario.rates.items():
        start = rate.start
        if start is None or start.as_of is None or not is_drawn_rate(scenario, rate):
            continue
        age = (scenario.known_on - start.as_of).days
        if age > _STALE_DAYS:
            found.append(
                f"rates.{pair}.start was known on {start.as_of}, {age} days before known_on "
                f"{scenario.known_on}: use the last rate known"
            )
    return found
