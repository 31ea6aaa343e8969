"""What a scenario leaves unsaid although the result depends on it: warnings, not errors."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

from simulator.errors import nearest
from simulator.scenario.factors import factors_of, is_drawn_rate
from simulator.scenario.model import Scenario
from simulator.scenario.places import number_text, quotes

_STALE_DAYS = 45
_SPOKEN_OF = ("exchange", "inflation", "inflows")


def warnings_of(scenario: Scenario) -> tuple[str, ...]:
    """Sentences about silence, old rates and centres off the budget; empty when all is said."""
    return (
        *_silent_drivers(scenario),
        *_silent_rates(scenario),
        *_correlated_in_part(scenario),
        *_stale_starts(scenario),
        *_off_centre(scenario),
        *_counted_twice(scenario),
        *_unread_figures(scenario),
        *_vanished_offices(scenario),
    )


def _unread_figures(scenario: Scenario) -> list[str]:
    """Figures of the document that no rule reads: harmless, but nobody would notice a slip."""
    rules = [figure.rule for figure in scenario.published]
    whole = {g for g in scenario.figures for r in rules if _sums(r) and quotes(r, g)}
    unread = [
        f"figures.{group}.{name}"
        for group, figures in scenario.figures.items()
        for name in figures
        if group not in whole and not any(quotes(r, group) and quotes(r, name) for r in rules)
    ]
    if not unread:
        return []
    more = f" and {len(unread) - 3} more" if len(unread) > 3 else ""
    return [f"no rule of a published figure reads {', '.join(unread[:3])}{more}"]


def _sums(rule: str) -> bool:
    """Whether a rule reads whole groups of figures."""
    return "total_of" in rule or "deliverable" in rule


def _vanished_offices(scenario: Scenario) -> list[str]:
    """Offices that posts left and in which none is listed any more: closed, or misspelt."""
    listed = {post.office for post in scenario.posts}
    left: dict[str, int] = {}
    for index, change in enumerate(scenario.post_changes):
        origin = change.office if change.change == "abolished" else change.from_office
        if origin is not None and origin not in listed:
            left.setdefault(origin, index)
    found: list[str] = []
    for office, index in left.items():
        close = nearest(office, listed)
        meant = f"; did you mean {close!r}?" if close else ""
        found.append(
            f"post_changes[{index + 1}]: no post is listed in {office!r}, which its posts left: "
            f"right if the office closed with them{meant}"
        )
    return found


def _counted_twice(scenario: Scenario) -> list[str]:
    """Rates and inflations that move both a posts line and its categories: they multiply."""
    return [
        f"lines.{name}.{table}.{both}: categories.{key}.{table} has it too, and the two multiply; "
        "keep it in one place unless that is meant"
        for name, line in scenario.lines.items()
        if line.kind == "posts"
        for key, category in scenario.categories.items()
        for table in ("exposure", "inflation")
        for both in sorted(set(getattr(line, table)) & set(getattr(category, table)))
    ]


def _off_centre(scenario: Scenario) -> list[str]:
    """Central values that move the centre of the simulation away from the published budget."""
    moved = "the central case differs from the budget by that much"
    found: list[str] = []
    for name, category in scenario.categories.items():
        centre = number_text(Fraction(category.vacancy.centre))
        budgeted = number_text(category.budgeted_vacancy.exact)
        if centre != budgeted:
            found.append(
                f"categories.{name}: the central vacancy rate {centre} is not the budgeted "
                f"{budgeted}: {moved}"
            )
    errors = {
        f"lines.{name}.price_error": line.price_error for name, line in scenario.lines.items()
    }
    for name, category in scenario.categories.items():
        errors[f"categories.{name}.standard_cost_error"] = category.standard_cost_error
    for key, error in errors.items():
        if error.centre != 0:
            centre = number_text(Fraction(error.centre))
            found.append(f"{key}: the central error is {centre}, not 0: {moved}")
    return found


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


def _correlated_in_part(scenario: Scenario) -> list[str]:
    """Entries between factors that are not drawn alike: only first components are correlated."""
    factors = {factor.name: factor for factor in factors_of(scenario)}
    found: list[str] = []
    for one, row in scenario.correlation.matrix.items():
        for other, entry in row.items():
            pair = [factors[name] for name in (one, other) if name in factors]
            yearly = [f for f in pair if f.kind != "rate" and len(f.components) > 1]
            if len(pair) < 2 or not entry.value or not yearly:
                continue
            if len({f.components for f in pair}) > 1:
                first = yearly[0]
                with_what = next(f.name for f in pair if f is not first)
                found.append(
                    f"{first.name} has a value a year and {with_what} has not: their correlation "
                    f"{entry.value} holds for {first.components[0]} only, the other years are "
                    "independent of it"
                )
    return found


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
