"""A source of rates: some pairs as quoted, and every cross between them, computed once.

The quoted pairs of a source form a tree: each ties one more currency to the others, so there is
one way from any currency to any other and triangles close, up to the last bits of a float.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from simulator.errors import InputError, Problem
from simulator.history.series import Gathered, Kind, Quote, Series
from simulator.units import Month, pair_name, split_pair

Pair = tuple[str, str]
"""(home, foreign): home units for one foreign unit."""


class PairRates:
    """Rates of a tree of pairs; a `RateSource`.

    `name` is how the source is cited; `file` and `sha256` say what it was read from, if anything.
    `pairs[home, foreign]` gives the series of a quoted pair; it is called when first needed.
    """

    def __init__(
        self, name: str, pairs: Mapping[Pair, Callable[[], Series]], *, file: str = "",
        sha256: str = "",
    ) -> None:  # fmt: skip
        self.name, self.file, self.sha256 = name, file, sha256
        self.pairs = tuple(pairs)
        self.currencies = frozenset(currency for pair in pairs for currency in pair)
        self._quoted = pairs
        self._beside: dict[str, list[str]] = defaultdict(list)
        for one, other in pairs:
            self._beside[one].append(other)
            self._beside[other].append(one)
        self._series: dict[Pair, Series] = {}

    def series(self, home: str, foreign: str) -> Series | None:
        """The series in `home` units for one unit of `foreign`; None when the source has none."""
        way = self._way(home, foreign)
        if len(way) < 2:
            return None
        found = self._series.get((home, foreign))
        if found is None:
            found = self._step(way[0], way[1])
            for here, there in pairwise(way[1:]):
                found = found.times(self._step(here, there))
            self._series[home, foreign] = found
        return found

    def _way(self, home: str, foreign: str) -> list[str]:
        """The currencies from `home` to `foreign` along quoted pairs; empty when there is none."""
        ways, seen = [[home]], {home}
        while ways:
            way = ways.pop()
            if way[-1] == foreign:
                return way
            for beside in self._beside.get(way[-1], ()):
                if beside not in seen:
                    seen.add(beside)
                    ways.append([*way, beside])
        return []

    def _step(self, home: str, foreign: str) -> Series:
        if (home, foreign) in self._quoted:
            if (home, foreign) not in self._series:
                self._series[home, foreign] = self._quoted[home, foreign]()
            return self._series[home, foreign]
        return self._step(foreign, home).inverse()


@dataclass(frozen=True, slots=True)
class HandRate:
    """A rate that somebody wrote down: 0.92 for `eur_per_usd`, of a month or a day.

    A month's rate is known on its last day, a day's on that day.
    """

    pair: str
    when: Month | dt.date
    rate: float
    kind: Kind
    source: str

    def quote(self) -> Quote:
        """The rate with its day."""
        day = self.when.last_day() if isinstance(self.when, Month) else self.when
        return Quote(self.rate, day, day)


def hand_rates(rates: Iterable[HandRate]) -> PairRates:
    """A source of rates written by hand, in a scenario for instance.

    Raises InputError when a rate stands twice, follows from the others, is not above zero or is
    a day's without a day.
    """
    rates = tuple(rates)
    found: dict[Pair, Gathered] = {}
    problems: list[Problem] = []
    for rate in rates:
        if rate.kind == "day" and isinstance(rate.when, Month):
            wanted = "a day such as 2031-01-31 is wanted for a rate of kind day"
            problems.append(Problem(wanted, rate.pair, str(rate.when)))
        elif not 0 < rate.rate < float("inf"):
            problems.append(Problem("a rate above zero is wanted", rate.pair, str(rate.rate)))
        elif not found.setdefault(split_pair(rate.pair), Gathered()).put(rate.kind, rate.quote()):
            wanted = f"one rate of kind {rate.kind} for {rate.when} is wanted, this is the second"
            problems.append(Problem(wanted, rate.pair, str(rate.rate), "remove one of the two"))
    problems += [too_many_problem(*extra) for extra in pairs_too_many(found)]
    if problems:
        raise InputError(problems)
    names = sorted({rate.source for rate in rates if rate.source})
    series = {pair: gathered.series for pair, gathered in found.items()}
    return PairRates("; ".join(names) or "rates written by hand", series)


def pairs_too_many(pairs: Iterable[Pair]) -> Iterator[tuple[Pair, bool]]:
    """Every pair whose rate follows from those before it, and whether it reverses one of them."""
    groups: dict[str, set[str]] = {}
    seen: set[Pair] = set()
    for home, foreign in pairs:
        one = groups.setdefault(home, {home})
        other = groups.setdefault(foreign, {foreign})
        if one is other:
            yield (home, foreign), (foreign, home) in seen
            continue
        seen.add((home, foreign))
        one |= other
        groups.update(dict.fromkeys(other, one))


def too_many_problem(pair: Pair, reverses: bool) -> Problem:
    """What to say of a pair whose rate follows from the others of its source."""
    key, other = pair_name(*pair), pair_name(*reversed(pair))
    if pair[0] == pair[1]:
        return Problem("two different currencies are wanted", key)
    if reverses:
        wanted = f"one direction is wanted, {other} is given too"
        return Problem(wanted, key, remedy="remove one of the two")
    wanted = "a rate is wanted that does not follow from the others of its source"
    return Problem(
        wanted, key, remedy="give every currency against the same one; crosses are computed"
    )
