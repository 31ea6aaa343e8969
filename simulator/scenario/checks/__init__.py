"""Cross-checks: what each table says must agree with the others.

Shapes and bounds of single values are the model's; whether a correlation matrix is possible is
`sampling`'s, and whether published figures tie out is `budget`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from simulator.scenario.checks import chance, exchange, lines, money, quotes, rates, staff, time
from simulator.scenario.checks.silence import warnings_of
from simulator.scenario.model import Scenario
from simulator.scenario.places import Finding

__all__ = ["find_problems", "warnings_of"]

Check = Callable[[Scenario], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    *money.CHECKS,
    *rates.CHECKS,
    *quotes.CHECKS,
    *exchange.CHECKS,
    *lines.CHECKS,
    *staff.CHECKS,
    *time.CHECKS,
    *chance.CHECKS,
)


def find_problems(scenario: Scenario) -> list[Finding]:
    """Everything in a well-formed scenario that contradicts itself or would not be used."""
    return [finding for check in CHECKS for finding in check(scenario)]
