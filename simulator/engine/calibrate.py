"""From what was known on a date to the law of exchange and inflation that a scenario declares.

Nothing here reads a file or a clock: `Known` is handed in, and gives nothing dated later. The
formulas are those of `analysis.exchange` and `analysis.inflation`; every number that comes out
carries what it rests on as its source.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from simulator.analysis.forecasts import DEGREES
from simulator.analysis.inflation import PERSISTENCE, Rule
from simulator.engine.facts import Facts, Known
from simulator.engine.makers import (
    CORRELATION_MONTHS,
    MAKERS,
    OWN,
    decimal_of,
    months_of,
    prices_cited,
    rates_cited,
)
from simulator.errors import InputError, Problem, did_you_mean
from simulator.history.changes import Correlations
from simulator.history.prices import published_on
from simulator.sampling.copula import LEAST_EIGENVALUE, nearest_printable
from simulator.scenario.exchange import Ar1Inflation, Drawn, FixedRates
from simulator.scenario.numbers import Quantity
from simulator.units import pair_name

__all__ = ["MAKERS", "Calibration", "Facts", "Known", "calibrate", "inflation_of"]


@dataclass(frozen=True, slots=True)
class Calibration:
    """The law of some rates against one home currency, and where each path starts.

    `matrix` has the correlations by factor name; empty for one rate and where nothing is drawn.
    """

    home: str
    known_on: dt.date
    law: Drawn | FixedRates
    facts: Mapping[str, Facts]
    correlations: Correlations | None
    matrix: Mapping[str, Mapping[str, Quantity]]

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
        return Quantity(value=decimal_of(facts.start), as_of=facts.latest.date, source=source)

    @property
    def no_view(self) -> tuple[str, ...]:
        """Rates of which prices are not known, so that no view of them can be taken."""
        return tuple(pair for pair, one in self.facts.items() if one.gap is None)

    @property
    def estimated(self) -> tuple[str, ...]:
        """Rates whose start is estimated from monthly averages."""
        return tuple(pair for pair, one in self.facts.items() if one.latest.kind == "average")


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
            facts[pair_name(home, foreign)] = known.facts(home, foreign)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    names = [one.foreign for one in facts.values()]
    correlations = None
    if len(names) > 1:
        correlations = known.changes.correlation(home, names, CORRELATION_MONTHS)
    cited = rates_cited(known)
    made = MAKERS[law](known, facts, cited)
    return Calibration(
        home=home,
        known_on=known.known_on,
        law=made,
        facts=facts,
        correlations=correlations,
        matrix=_matrix(facts, correlations, cited) if isinstance(made, Drawn) else {},
    )


def _matrix(
    facts: Mapping[str, Facts], found: Correlations | None, cited: str
) -> dict[str, dict[str, Quantity]]:
    """Correlations by factor name, the nearest valid matrix to four decimals."""
    if found is None:
        return {}
    given = np.array(found.matrix)
    if np.linalg.eigvalsh(np.round(given, 4))[0] < LEAST_EIGENVALUE:
        given = nearest_printable(given)
    names = [f"rates.{pair}" for pair in facts]
    as_of = max(found.window.last.last_day(), *(one.latest.date for one in facts.values()))
    source = f"{OWN} from {cited}: {months_of(found.window)}"
    return {
        one: {
            other: Quantity(value=Decimal(f"{given[i, j]:.4f}"), as_of=as_of, source=source)
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
    source = f"{OWN} from {prices_cited(known)}, {min(published)} to {max(published)}"
    as_of = published_on(max(published))
    text = f"{source}: root mean square of the last {rule.errors} one-year errors of the centre"
    centre = Quantity(
        value=decimal_of(rule.centre, 5),
        as_of=as_of,
        source=f"{source}: half the last year's rate and half the mean of ten years",
    )
    return Ar1Inflation(
        sd=Quantity(value=decimal_of(rule.spread, 5), as_of=as_of, source=text),
        persistence=Quantity(value=Decimal(str(PERSISTENCE)), assumption=True),
        degrees_of_freedom=Decimal(DEGREES),
        last_published=max(published),
        centre=dict.fromkeys(years, centre),
    )
