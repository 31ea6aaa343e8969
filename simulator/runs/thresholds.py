"""The amounts that a contribution is compared with: the one proposed, and those declared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from simulator.budget.published import PROPOSED, contribution_name, publish
from simulator.scenario.model import Scenario
from simulator.store.summary import SummaryRow

Thresholds = dict[tuple[str, str], dict[str, float]]


@dataclass(frozen=True, slots=True)
class Proposed:
    """The published contribution of a parent in a period, in whole units of `currency`.

    It is stated to a `step`, the sum of the roundings that went into it (each year's cell, then
    the parent's own): what a parent owes is above it when it is above by more than half of that.
    """

    parent: str
    currency: str
    period: str
    amount: float
    step: float

    @property
    def limit(self) -> float:
        """The amount above which a contribution would be stated above this one."""
        return self.amount + self.step / 2

    @property
    def output(self) -> str:
        """Name of the output that it is an amount of."""
        return contribution_name(self.parent, self.currency)


def proposed_of(scenario: Scenario) -> Iterator[Proposed]:
    """Published contributions, in the budget's currency and in the parent's own."""
    published = publish(scenario)
    budget = scenario.budget.currency
    for name, parent in scenario.parents.items():
        for period in scenario.periods:
            amount = scenario.amount(published.contribution(name, period))
            years = len(scenario.years) if period == scenario.period else 1
            cells = years * float(scenario.amount(scenario.budget.cell))
            yield Proposed(name, budget, period, float(amount), cells)
            if parent.assessed_in != budget:
                own = published.contribution_own(name, period)
                rate = float(scenario.budget_rate(parent.assessed_in))
                step = float(parent.round_to) + cells / rate
                yield Proposed(name, parent.assessed_in, period, float(own), step)


def thresholds_of(scenario: Scenario, proposed: tuple[Proposed, ...]) -> Thresholds:
    """Named amounts in whole units of currency, by (output, period)."""
    found: Thresholds = {}
    for given in proposed:
        found.setdefault((given.output, given.period), {})[PROPOSED] = given.limit
    for threshold in scenario.thresholds:
        key = contribution_name(threshold.parent, threshold.currency), threshold.period
        found.setdefault(key, {})[threshold.name] = float(scenario.amount(threshold.amount))
    return found


def proposed_rows(proposed: tuple[Proposed, ...]) -> Iterator[SummaryRow]:
    """The rows of the stage `proposed`: constants, so without error."""
    for given in proposed:
        text = f"contribution of {given.parent} as proposed"
        yield SummaryRow(
            given.output, given.period, PROPOSED, "central", given.amount, 0.0, given.currency, text
        )
