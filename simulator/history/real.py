"""How far the real exchange rate stands from its mean."""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum, log

from simulator.errors import InputError, Problem
from simulator.history.changes import FEWEST_MONTHS, Window
from simulator.history.prices import PricesAsOf
from simulator.history.rates import RatesAsOf
from simulator.history.yearly import YearlyFigures
from simulator.units import Month, months_between, pair_name


@dataclass(frozen=True, slots=True)
class Gap:
    """The mean log real rate less the present one, and the months of the mean."""

    value: float
    window: Window


def log_real_rate_gap(
    rates: RatesAsOf, yearly: YearlyFigures, prices: PricesAsOf, home: str, foreign: str, *,
    start: float | None = None, months: int = 180,
) -> Gap:  # fmt: skip
    """mean(q) - q_0, q the log real rate of `foreign` in `home` units, a pure number.

    q is the log of the rate plus that of the foreign over the home price level. The mean is over
    the last `months` months that were over at the vintage, from monthly averages where they are
    known, else from the year's geometric mean; q_0 is at `start`, or else at the last rate known,
    with the price levels of its month. Above zero the foreign currency is cheap. Raises InputError
    when fewer than `FEWEST_MONTHS` months are known.
    """
    latest = rates.latest(home, foreign)
    index = prices.relative_index(home, foreign)
    last = rates.last_month
    averages = rates.averages(home, foreign)
    known: dict[Month, float] = {}
    from_averages = 0
    for month in months_between(last.plus(1 - months), last):
        rate = averages.get(month)
        from_averages += rate is not None
        if rate is None:
            rate = yearly.mean_rate(home, foreign, month.year, rates.known_on)
        if rate is not None:
            known[month] = log(rate) + index(month)
    if len(known) < FEWEST_MONTHS:
        raise InputError(
            Problem(
                f"monthly averages of at least {FEWEST_MONTHS} of the last {months} months "
                f"by {rates.known_on} are wanted",
                key=pair_name(home, foreign),
                value=str(len(known)),
                remedy="give a longer history with --history FILE",
            )
        )
    now = log(start if start is not None else latest.rate) + index(Month.of(latest.date))
    window = Window(min(known), max(known), from_averages, len(known) - from_averages)
    return Gap(fsum(known.values()) / len(known) - now, window)
