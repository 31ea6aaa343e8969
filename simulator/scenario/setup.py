"""What `sim new` is told about an organization, and what of it cannot stand in a scenario."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from simulator.errors import Problem
from simulator.scenario.places import found_text
from simulator.units import is_currency, parse_share

_KEY = r"[A-Za-z0-9_\-+/]{1,60}"


@dataclass(frozen=True, slots=True)
class NewParent:
    """A parent: its short name, its name in words, its share as text, and what it pays in."""

    key: str
    name: str
    share: str
    currency: str

    @property
    def fraction(self) -> Fraction:
        """The exact share; ValueError when the text is none."""
        return parse_share(self.share)


@dataclass(frozen=True, slots=True)
class Setup:
    """The answers; `parents` is empty and `rates` lacks a currency where nothing was said."""

    name: str
    organization: str
    currency: str
    years: tuple[int, ...]
    parents: tuple[NewParent, ...]
    rates: dict[str, Decimal]


def problems_of(setup: Setup) -> list[Problem]:
    """Everything in the answers that a scenario would refuse, all at once."""
    return [*_of_names(setup), *_of_parents(setup), *_of_rates(setup)]


def _of_names(setup: Setup) -> Iterator[Problem]:
    if not re.fullmatch(r"[A-Za-z0-9_\-+]{1,60}", setup.name):
        wanted = "a name of 1 to 60 letters, digits, _, - and + is wanted"
        yield Problem(wanted, "name", found_text(setup.name))
    if not 1 <= len(setup.organization) <= 200 or not setup.organization.isprintable():
        wanted = "a name of 1 to 200 printed characters is wanted"
        yield Problem(wanted, "organization", found_text(setup.organization))
    if not is_currency(setup.currency):
        wanted = "a currency code of three capital letters, such as EUR, is wanted"
        yield Problem(wanted, "currency", found_text(setup.currency))
    whole = all(1901 <= year <= 2200 for year in setup.years)
    if not whole:
        shown = ", ".join(map(str, setup.years))
        yield Problem("a year between 1901 and 2200 is wanted", "years", shown)
    first = setup.years[0]
    if setup.years != tuple(range(first, first + len(setup.years))):
        shown = ", ".join(map(str, setup.years))
        yield Problem("years that follow one another are wanted", "years", shown)


def _of_parents(setup: Setup) -> Iterator[Problem]:
    total = Fraction(0)
    for one in setup.parents:
        if not re.fullmatch(_KEY, one.key):
            wanted = "a short name of letters, digits, _, - and + is wanted"
            yield Problem(wanted, "parents", found_text(one.key))
        if not is_currency(one.currency):
            wanted = "a currency code of three capital letters, such as EUR, is wanted"
            yield Problem(wanted, f"parents.{one.key}", found_text(one.currency))
        try:
            total += one.fraction
        except ValueError:
            wanted = 'a share such as 0.25, "1/2" or 50 parts in a hundred as 50/100 is wanted'
            yield Problem(wanted, f"parents.{one.key}", found_text(one.share))
            return
    keys = [one.key for one in setup.parents]
    if len(set(keys)) < len(keys):
        yield Problem("each parent needs a short name of its own", "parents", ", ".join(keys))
    if setup.parents and total != 1:
        yield Problem("shares that add up to 1 exactly are wanted", "parents", str(total))


def _of_rates(setup: Setup) -> Iterator[Problem]:
    paying = {one.currency for one in setup.parents} - {setup.currency}
    for code in sorted(paying - set(setup.rates)):
        yield Problem(
            f"the budget rate of {code} is wanted: {setup.currency} for one {code}",
            "rates",
            remedy=f"add it, such as --rates {code}=0.90",
        )
    for code, rate in setup.rates.items():
        if code not in paying:
            yield Problem("no parent pays in this currency", "rates", code)
        elif not Decimal("1e-6") <= rate <= Decimal("1e6"):
            yield Problem(
                "a rate between 0.000001 and 1 000 000 is wanted", f"rates.{code}", str(rate)
            )
