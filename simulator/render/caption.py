"""What the bands of a result contain, what they do not, and from when its data are: in words.

One caption for the screen, the workbook and the report.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from simulator.scenario.factors import DRIVERS, Driver, factors_of
from simulator.scenario.model import Scenario

WORDS = {
    "exchange": "exchange rates",
    "inflation": "inflation",
    "post_costs": "post costs",
    "vacancy": "vacancy",
    "income": "income",
    "inflows": "extrabudgetary inflows",
}
NOT_INSIDE = "errors of the model itself, and what the parents decide"


@dataclass(frozen=True, slots=True)
class DataAsOf:
    """A source of rates that paths start from, and the dates of the oldest and newest of them."""

    source: str
    oldest: dt.date
    newest: dt.date

    def dates(self, until: str) -> str:
        """Both dates with a word or sign between them; one where they are the same."""
        if self.oldest == self.newest:
            return self.newest.isoformat()
        return f"{self.oldest.isoformat()} {until} {self.newest.isoformat()}"


def contains_parts(scenario: Scenario) -> tuple[tuple[Driver, ...], tuple[Driver, ...]]:
    """The drivers that the bands contain, and those that are certain in this scenario."""
    drawn = {factor.driver for factor in factors_of(scenario)}
    inside = tuple(driver for driver in DRIVERS if driver in drawn)
    return inside, tuple(driver for driver in DRIVERS if driver not in drawn)


def contains(scenario: Scenario) -> str:
    """What the bands contain and what they do not, in one sentence."""
    moving, certain_ones = contains_parts(scenario)
    inside = [WORDS[driver] for driver in moving] or ["nothing"]
    left_out = [WORDS[driver] for driver in certain_ones]
    listed = inside[0] if len(inside) == 1 else f"{', '.join(inside[:-1])} and {inside[-1]}"
    certain = f" {', '.join(left_out)} (certain in this scenario)," if left_out else ""
    return f"The bands contain {listed}; not:{certain} {NOT_INSIDE}."


def data_as_of(scenario: Scenario) -> tuple[DataAsOf, ...]:
    """Where the rates that paths start from come from, and from when they are."""
    found: dict[str, list[dt.date]] = {}
    for rate in scenario.rates.values():
        if rate.start is not None and rate.start.as_of is not None:
            found.setdefault(rate.start.source or "the scenario", []).append(rate.start.as_of)
    return tuple(DataAsOf(source, min(days), max(days)) for source, days in found.items())


def data_in_words(scenario: Scenario) -> Iterator[str]:
    """A sentence a source of rates."""
    for one in data_as_of(scenario):
        yield f"Rates as of {one.dates('to')}: {one.source}."
