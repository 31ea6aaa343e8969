"""From what was known on a date to the law of exchange and inflation that a scenario declares.

Nothing here reads a file or a clock: `Known` is handed in, and gives nothing dated later. The
formulas are those of `analysis.exchange` and `analysis.inflation`; every number that comes out
carries what it rests on as its source.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import numpy as np

from simulator.analysis.exchange import blended_variance, end_from_averages
from simulator.analysis.inflation import Rule
from simulator.errors import InputError, Problem, did_you_mean
from simulator.history.changes import Changes, Correlations, MeanProduct
from simulator.history.prices import Prices, PricesAsOf
from simulator.history.rates import Latest, Rates, RatesAsOf
from simulator.history.real import Gap, log_real_rate_gap
from simulator.history.yearly import YearlyFigures
from simulator.sampling.copula import LEAST_EIGENVALUE, nearest_correlation
from simulator.scenario.exchange import (
    AVERAGE_VARIANCE_RATIO,
    Ar1Inflation,
    Blended,
    Bootstrap,
    Drawn,
    FixedRates,
    OrnsteinUhlenbeck,
    RandomWalk,
    StudentWalk,
)
from simulator.scenario.numbers import Quantity
from simulator.units import Month, pair_name

RECENT_MONTHS = 60
LONG_SINCE = Month(1973, 6)
"""The first whole month after the large currencies had begun to float."""

CORRELATION_MONTHS = REAL_MONTHS = 180
INFLATION_YEARS = 5
PERSISTENCE = Decimal("0.7")
SHOCK_FREEDOM = Decimal(5)
OWN = "own calculation"
YEARLY = "yearly figures of the program"
"""How its own table is cited beside a number; the table says where each row comes from."""


@dataclass(frozen=True)
class Known:
    """What was known on a date of rates and prices."""

    rates: RatesAsOf
    prices: PricesAsOf
    yearly: YearlyFigures

    @classmethod
    def of(cls, rates: Rates, prices: Prices, yearly: YearlyFigures, known_on: dt.date) -> Known:
        """Everything as of `known_on`."""
        return cls(rates.as_of(known_on), prices.as_of(known_on), yearly)

    @property
    def known_on(self) -> dt.date:
        """The information date."""
        return self.rates.known_on

    @cached_property
    def changes(self) -> Changes:
        """Monthly changes, joint over currencies."""
        return Changes(self.rates, self.yearly)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one rate: where it stands, how it moved, and how prices pull it.

    Mean squares are of log changes of monthly averages. `start_variance` is that of the log of
    `start` in units of the month-end variance, 0 when a daily rate was known. `differential` and
    `gap` are None where prices of one of the two countries are not known.
    """

    foreign: str
    pair: str
    latest: Latest
    start: float
    start_variance: float
    recent: MeanProduct
    long: MeanProduct
    differential: float | None
    gap: Gap | None


@dataclass(frozen=True, slots=True)
class Calibration:
    """The law of some rates against one home currency, and where each path starts."""

    home: str
    known_on: dt.date
    law: Drawn | FixedRates
    facts: Mapping[str, Facts]
    correlations: Correlations | None
    matrix: Mapping[str, Mapping[str, Quantity]]
    cited: str

    @property
    def pairs(self) -> tuple[str, ...]:
        """Names of the rates, in the order asked for."""
        return tuple(self.facts)

    def start(self, pair: str) -> Quantity:
        """The rate that the path starts from, with its source."""
        facts = self.facts[pair]
        source = facts.latest.source
        if facts.latest.kind == "average":
            source = f"{source}; month end estimated from monthly averages, {OWN}"
        return Quantity(value=_decimal(facts.start), as_of=facts.latest.date, source=source)


def _decimal(value: float, digits: int = 7) -> Decimal:
    """To so many significant digits, without an exponent and without idle zeros."""
    text = f"{Decimal(f'{value:.{digits}g}'):f}"
    return Decimal(text.rstrip("0").rstrip(".") if "." in text else text)


def facts_of(known: Known, home: str, foreign: str) -> Facts:
    """What is known of one rate.

    Raises InputError when its last rate or two years of monthly changes are not known.
    """
    latest = known.rates.latest(home, foreign)
    recent = known.changes.mean_square(home, foreign, *known.changes.last_months(RECENT_MONTHS))
    long = known.changes.mean_square(home, foreign, LONG_SINCE, known.rates.last_month)
    start, variance = _start(known, home, foreign, latest)
    priced = {home, foreign} <= set(known.prices.currencies)
    differential = gap = None
    if priced:
        abroad = known.prices.mean_last(foreign, INFLATION_YEARS)
        differential = abroad - known.prices.mean_last(home, INFLATION_YEARS)
        gap = log_real_rate_gap(
            known.rates, known.yearly, known.prices, home, foreign,
            start=start, months=REAL_MONTHS,
        )  # fmt: skip
    pair = pair_name(home, foreign)
    return Facts(foreign, pair, latest, start, variance, recent, long, differential, gap)


def _start(known: Known, home: str, foreign: str, latest: Latest) -> tuple[float, float]:
    """The rate a path starts from; estimated where only averages of months are known."""
    if latest.kind != "average":
        return latest.rate, 0.0
    averages = known.rates.averages(home, foreign)
    month, tail = Month(latest.date.year, latest.date.month), list[float]()
    while month in averages and len(tail) < RECENT_MONTHS:
        tail.append(math.log(averages[month]))
        month = month.plus(-1)
    level, variance = end_from_averages(np.array(tail[::-1]))
    return math.exp(level), variance


Maker = Callable[[Known, Mapping[str, Facts], str], Drawn | FixedRates]


def _per_pair(
    facts: Mapping[str, Facts], value: Callable[[Facts], float], cited: Callable[[Facts], str]
) -> dict[str, Quantity]:
    return {
        pair: Quantity(
            value=_decimal(value(one)), as_of=one.latest.date, source=f"{cited(one)}; {OWN}"
        )
        for pair, one in facts.items()
    }


def _recent_sd(one: Facts) -> float:
    return math.sqrt(AVERAGE_VARIANCE_RATIO * one.recent.value)


def _blended_sd(one: Facts) -> float:
    return math.sqrt(blended_variance(one.recent.value, one.long.value))


def _moving(
    facts: Mapping[str, Facts], sd: Callable[[Facts], float], cited: Callable[[Facts], str]
) -> dict[str, object]:
    """Volatility and, where starts are estimated, their errors."""
    estimated = {pair: one for pair, one in facts.items() if one.start_variance > 0}
    return {
        "volatility": _per_pair(facts, sd, cited),
        "start_error": _per_pair(
            estimated,
            lambda one: sd(one) * math.sqrt(one.start_variance),
            lambda _: "error of a month end estimated from monthly averages",
        ),
    }


def _recent_text(cited: str) -> Callable[[Facts], str]:
    return lambda one: f"{cited}: √1.5 × root mean square of monthly changes, {one.recent.window}"


def _blended(known: Known, facts: Mapping[str, Facts], cited: str) -> Drawn:
    priced = {pair: one for pair, one in facts.items() if one.gap is not None}

    def volatility(one: Facts) -> str:
        return (
            f"{cited}: ½·1.5·mean square of monthly changes, {one.recent.window}, "
            f"+ ½·1.5·the same, {one.long.window}"
        )

    def differential(_: Facts) -> str:
        return f"inflation, {YEARLY}: mean of the last {INFLATION_YEARS} years published"

    def gap(one: Facts) -> str:
        window = one.gap.window if one.gap is not None else ""
        return f"{cited}; {YEARLY}: mean log real rate of {window}, less the last"

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
    return RandomWalk.model_validate(_moving(facts, _recent_sd, _recent_text(cited)))


def _student_walk(known: Known, facts: Mapping[str, Facts], cited: str) -> Drawn:
    return StudentWalk.model_validate(_moving(facts, _recent_sd, _recent_text(cited)))


def _returning(known: Known, facts: Mapping[str, Facts], cited: str) -> Drawn:
    """Returns to the level at which the real rate is at its long mean, half-way in five years."""
    problems = [
        Problem("prices of both countries are wanted for the law ou", key=pair)
        for pair, one in facts.items()
        if one.gap is None
    ]
    if problems:
        raise InputError(problems)
    towards = _per_pair(
        facts,
        lambda one: one.start * math.exp(one.gap.value if one.gap else 0.0),
        lambda one: f"{cited}; {YEARLY}: level of the mean real rate",
    )
    half = Quantity(value=Decimal(60), assumption=True)
    return OrnsteinUhlenbeck.model_validate(
        {
            **_moving(facts, _recent_sd, _recent_text(cited)),
            "towards": towards,
            "half_life_months": half,
        }
    )


def _bootstrap(known: Known, facts: Mapping[str, Facts], cited: str) -> Drawn:
    """Changes of monthly averages of the last 15 years, of the months that all rates have."""
    first, _ = known.changes.last_months(CORRELATION_MONTHS)
    home = known_home(facts)
    changes = {
        pair: {m: c for m, c in known.rates.changes(home, one.foreign).items() if m >= first}
        for pair, one in facts.items()
    }
    common = sorted(set.intersection(*(set(table) for table in changes.values())))
    if len(common) < RECENT_MONTHS:
        raise InputError(
            Problem(
                f"monthly averages of at least {RECENT_MONTHS} months that all rates have are "
                "wanted for the law bootstrap",
                value=str(len(common)),
                remedy="give a longer history with --history FILE, or choose another --law",
            )
        )
    return Bootstrap.model_validate(
        {
            "measured_on": "averages",
            "changes": {
                pair: [_decimal(table[month]) for month in common]
                for pair, table in changes.items()
            },
        }
    )


def known_home(facts: Mapping[str, Facts]) -> str:
    """The home currency of the rates, which all are against one."""
    return next(iter(facts)).partition("_")[0].upper()


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


def calibrate(
    known: Known, home: str, currencies: Sequence[str], law: str = "blended"
) -> Calibration:
    """The law of the rates of `currencies` in `home` units, from what is known.

    Raises InputError when the law has no calibration or a currency lacks what it needs; every
    currency that lacks something is named.
    """
    if law not in MAKERS:
        wanted = "a law that can be calibrated is wanted"
        raise InputError(Problem(wanted, "--law", law[:40], did_you_mean(law, MAKERS)))
    facts: dict[str, Facts] = {}
    problems: list[Problem] = []
    for foreign in dict.fromkeys(currencies):
        try:
            facts[pair_name(home, foreign)] = facts_of(known, home, foreign)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    used = [source.name for source in known.rates.sources_used]
    if known.changes.yearly_used:
        used.append(YEARLY)
    cited = "; ".join(dict.fromkeys(used))
    names = [one.foreign for one in facts.values()]
    correlations = None
    if len(names) > 1:
        correlations = known.changes.correlation(home, names, CORRELATION_MONTHS)
    return Calibration(
        home=home,
        known_on=known.known_on,
        law=MAKERS[law](known, facts, cited),
        facts=facts,
        correlations=correlations,
        matrix=_matrix(facts, correlations, cited),
        cited=cited,
    )


def _matrix(
    facts: Mapping[str, Facts], found: Correlations | None, cited: str
) -> dict[str, dict[str, Quantity]]:
    """Correlations by factor name, the nearest valid matrix to four decimals."""
    if found is None:
        return {}
    given = np.array(found.matrix)
    if np.linalg.eigvalsh(np.round(given, 4))[0] < LEAST_EIGENVALUE:
        given = nearest_correlation(given, smallest=1e-3)
    names = [f"rates.{pair}" for pair in facts]
    dates = [one.latest.date for one in facts.values()]
    source = f"{cited}: correlation of monthly changes, {found.window}; {OWN}"
    return {
        one: {
            other: Quantity(value=Decimal(f"{given[i, j]:.4f}"), as_of=max(dates), source=source)
            for j, other in enumerate(names)
            if j > i
        }
        for i, one in enumerate(names)
        if i < len(names) - 1
    }


def inflation_of(known: Known, currency: str, years: Sequence[int]) -> Ar1Inflation:
    """The law of a country's inflation in some years, around a centre of its own.

    The rule of `analysis.inflation.Rule` on every published year.
    """
    published = known.prices.years(currency)
    rule = Rule.fit(list(published.items()))
    source = f"{YEARLY}, {min(published)} to {max(published)}; {OWN}"
    as_of = known.known_on
    text = f"{source}: root mean square of the last {rule.errors} one-year errors of the centre"
    centre = Quantity(
        value=_decimal(rule.centre, 5),
        as_of=as_of,
        source=f"{source}: half the last year's rate and half the mean of ten years",
    )
    return Ar1Inflation(
        sd=Quantity(value=_decimal(rule.spread, 5), as_of=as_of, source=text),
        persistence=Quantity(value=PERSISTENCE, assumption=True),
        degrees_of_freedom=SHOCK_FREEDOM,
        last_published=max(published),
        centre=dict.fromkeys(years, centre),
    )
