"""How each law of exchange is calibrated: its parameters from the facts of every rate.

Every number carries what it rests on as its source, in a few words; the months and sources are
spelled out once, at the head of the fragment (`runs.calibrate`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from simulator.analysis.exchange import blended_variance
from simulator.engine.facts import INFLATION_YEARS, Facts, Known
from simulator.errors import InputError, Problem
from simulator.history.changes import Window
from simulator.scenario.exchange import (
    AVERAGE_VARIANCE_RATIO,
    Blended,
    Bootstrap,
    Drawn,
    FixedRates,
    OrnsteinUhlenbeck,
    RandomWalk,
    StudentWalk,
)
from simulator.scenario.numbers import Quantity
from simulator.units import Month, split_pair

CORRELATION_MONTHS = 180
HALF_LIFE_MONTHS = 60
LEAST_RESAMPLED = 60
OWN = "own calculation"
YEARLY = "yearly figures of the program"
"""How its own table is cited beside a number; the table says where each row comes from."""

Maker = Callable[[Known, Mapping[str, Facts], str], Drawn | FixedRates]


def decimal_of(value: float, digits: int = 7) -> Decimal:
    """To so many significant digits, without an exponent and without idle zeros."""
    text = f"{Decimal(f'{value:.{digits}g}'):f}"
    return Decimal(text.rstrip("0").rstrip(".") if "." in text else text)


def months_of(window: Window) -> str:
    """The months that a number rests on, in short."""
    return f"{window.first} to {window.last}"


def prices_cited(known: Known) -> str:
    """Where inflation comes from, in short."""
    names = [_short(source.name) for source in known.prices.sources_used]
    return " and ".join(names) or YEARLY


def rates_cited(known: Known) -> str:
    """Where rates come from, in short."""
    names = [_short(source.name) for source in known.rates.sources_used]
    return " and ".join([*names, *([YEARLY] if known.changes.yearly_used else [])])


def _and(cited: str, *further: str) -> str:
    """Sources in short, each once."""
    return " and ".join(dict.fromkeys([*cited.split(" and "), *further]))


def _short(name: str) -> str:
    """A source without what it says after its first part; the table of the program by its name."""
    return YEARLY if name.startswith("yearly figures") else name.partition(";")[0]


def _per_pair(
    facts: Mapping[str, Facts], value: Callable[[Facts], float], source: Callable[[Facts], str]
) -> dict[str, Quantity]:
    return {
        pair: Quantity(value=decimal_of(value(one)), as_of=one.as_of, source=source(one))
        for pair, one in facts.items()
    }


def _recent_sd(one: Facts) -> float:
    return math.sqrt(AVERAGE_VARIANCE_RATIO * one.recent.value)


def _blended_sd(one: Facts) -> float:
    return math.sqrt(blended_variance(one.recent.value, one.long.value))


def _moving(
    facts: Mapping[str, Facts], sd: Callable[[Facts], float], source: Callable[[Facts], str]
) -> dict[str, Any]:
    """Volatility and, where a path does not start from the last day's rate, its start's error."""
    uncertain = {pair: one for pair, one in facts.items() if one.start_variance > 0}

    def error(one: Facts) -> str:
        if one.latest.kind == "average":
            return f"{OWN}: error of a month end estimated from monthly averages"
        return f"{OWN}: what moves between {one.latest.date} and the end of that month or later"

    return {
        "volatility": _per_pair(facts, sd, source),
        "start_error": _per_pair(
            uncertain, lambda one: sd(one) * math.sqrt(one.start_variance), error
        ),
    }


def _recent(facts: Mapping[str, Facts], cited: str) -> dict[str, Any]:
    return _moving(
        facts, _recent_sd, lambda one: f"{OWN} from {cited}: {months_of(one.recent.window)}"
    )


def _blended(known: Known, facts: Mapping[str, Facts], cited: str) -> Drawn:
    priced = {pair: one for pair, one in facts.items() if one.gap is not None}
    inflation = prices_cited(known)

    def volatility(one: Facts) -> str:
        recent, long = months_of(one.recent.window), months_of(one.long.window)
        return f"{OWN} from {cited}: {recent} and {long}"

    def differential(_: Facts) -> str:
        return f"{OWN} from {inflation}: the last {INFLATION_YEARS} years published"

    def gap(one: Facts) -> str:
        window = months_of(one.gap.window) if one.gap is not None else ""
        return f"{OWN} from {_and(cited, inflation)}: {window}"

    nothing = {
        pair: Quantity(value=Decimal(0), assumption=True, note="prices not known: no view")
        for pair in facts
        if pair not in priced
    }
    return Blended.model_validate(
        {
            **_moving(facts, _blended_sd, volatility),
            "inflation_differential": {
                **_per_pair(priced, lambda one: one.differential or 0.0, differential),
                **nothing,
            },
            "real_gap": {
                **_per_pair(priced, lambda one: one.gap.value if one.gap else 0.0, gap),
                **nothing,
            },
        }
    )


def _random_walk(known: Known, facts: Mapping[str, Facts], cited: str) -> Drawn:
    return RandomWalk.model_validate(_recent(facts, cited))


def _student_walk(known: Known, facts: Mapping[str, Facts], cited: str) -> Drawn:
    return StudentWalk.model_validate(_recent(facts, cited))


def _returning(known: Known, facts: Mapping[str, Facts], cited: str) -> Drawn:
    """Returns to the level at which the real rate is at its long mean, half-way in five years."""
    problems = [
        Problem(
            "inflation of both countries is wanted for the law ou",
            key=pair,
            value="that of one is not known",
            remedy="give it with --prices FILE, or choose another law",
        )
        for pair, one in facts.items()
        if one.gap is None
    ]
    if problems:
        raise InputError(problems)
    inflation = prices_cited(known)
    towards = _per_pair(
        facts,
        lambda one: one.start * math.exp(one.gap.value if one.gap else 0.0),
        lambda one: f"{OWN} from {_and(cited, inflation)}: level of the mean real rate",
    )
    half_life = Quantity(value=Decimal(HALF_LIFE_MONTHS), assumption=True)
    return OrnsteinUhlenbeck.model_validate(
        {**_recent(facts, cited), "towards": towards, "half_life_months": half_life}
    )


def _bootstrap(known: Known, facts: Mapping[str, Facts], cited: str) -> Drawn:
    """Changes of monthly averages of the last 15 years, of the months that all rates have."""
    first, _ = known.changes.last_months(CORRELATION_MONTHS)
    changes: dict[str, dict[Month, float]] = {}
    for pair in facts:
        table = known.rates.changes(*split_pair(pair))
        changes[pair] = {month: change for month, change in table.items() if month >= first}
    common = sorted(set.intersection(*(set(table) for table in changes.values())))
    if len(common) < LEAST_RESAMPLED:
        raise InputError(
            Problem(
                f"monthly averages of at least {LEAST_RESAMPLED} months that all rates have are "
                "wanted for the law bootstrap",
                key=", ".join(facts),
                value=str(len(common)),
                remedy="give a longer history with --history FILE, or choose another law",
            )
        )
    return Bootstrap.model_validate(
        {
            "measured_on": "averages",
            "changes": {
                pair: [decimal_of(table[month]) for month in common]
                for pair, table in changes.items()
            },
        }
    )


def _fixed(known: Known, facts: Mapping[str, Facts], cited: str) -> FixedRates:
    return FixedRates(at="start")


MAKERS: Mapping[str, Maker] = {
    "blended": _blended,
    "random_walk": _random_walk,
    "student_walk": _student_walk,
    "bootstrap": _bootstrap,
    "ou": _returning,
    "fixed": _fixed,
}
"""How each law is calibrated. A path is given, not calibrated."""
