"""An account that pays posts month by month: when it runs out, and what that leaves unpaid.

All arrays have draws on the first axis, shape (n, years) or (n, months), in units of currency.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.tables import Float64

YEAR_MONTHS = 12
LEAST = 1e-6
"""Amounts this far below zero are rounding."""


@dataclass(frozen=True, slots=True)
class Account:
    """The account on every draw.

    `balance` at the end of each month; `cover` how many months of cost, at the month's own level,
    that balance pays; `runs_out` the first month (from 1) whose cost is not fully paid, 0 if none;
    `unpaid` the part of the whole period's cost that no money pays, were the balance shared out
    evenly; `stranded` what is owed in the months of notice from the month that runs out on and has
    no income against it.
    """

    balance: Float64
    cover: Float64
    runs_out: npt.NDArray[np.int64]
    unpaid: Float64
    stranded: Float64

    @property
    def opening_needed(self) -> Float64:
        """What the opening balance lacks for every month to be paid, shape (n,)."""
        needed: Float64 = np.maximum(0.0, -self.balance.min(axis=1))
        return needed


def monthly(by_year: Float64) -> Float64:
    """Yearly amounts spread evenly over twelve months each."""
    return np.repeat(by_year / YEAR_MONTHS, YEAR_MONTHS, axis=1)


def account(income: Float64, cost: Float64, opening: float, notice: int) -> Account:
    """The account that earns `income` and pays `cost`, by year, from an opening balance.

    Notice of `notice` months is given when money runs out, not before: that is what surprise
    costs. Months of notice after the period are priced like its last month.
    """
    earned, paid = monthly(income), monthly(cost)
    gap = paid - earned
    balance = opening - np.cumsum(gap, axis=1)
    short = balance < -LEAST
    months = balance.shape[1]
    first = np.where(short.any(axis=1), short.argmax(axis=1) + 1, 0)
    total = paid.sum(axis=1)
    lacking = np.maximum(0.0, total - opening - earned.sum(axis=1))
    unpaid = np.divide(lacking, total, out=np.zeros_like(total), where=total > 0)
    cover = np.divide(
        np.maximum(balance, 0.0), paid, out=np.full_like(balance, np.inf), where=paid > 0
    )
    later = np.concatenate([gap, np.repeat(gap[:, -1:], notice, axis=1)], axis=1)
    number = np.arange(1, months + notice + 1)
    inside = (first[:, None] > 0) & (number >= first[:, None]) & (number < first[:, None] + notice)
    stranded = np.where(inside, np.maximum(later, 0.0), 0.0).sum(axis=1)
    return Account(balance, cover, first.astype(np.int64), unpaid, stranded)
