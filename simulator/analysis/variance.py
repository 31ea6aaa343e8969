"""Who makes an output uncertain: first-order, total and Shapley shares of its variance.

The value of a group S of inputs is the variance that it explains alone, c(S) = Var E[Y | X_S]. It
is estimated by pick-freeze: `frozen` has the outputs of draws in which X_S is that of `base` and
the rest is drawn again from its law given X_S. With m the mean of both columns together,

    c(S) = mean (y − m)(y_S − m)        Var Y = mean ((y − m)² + (y_S − m)²) / 2

(Janon et al. 2014, ESAIM P&S 18), which is Var Y less half the mean square of y − y_S (Jansen
1999, Comput. Phys. Commun. 117). The first-order index of a group is c(it)/Var Y, the total one is
1 − c(all others)/Var Y (Homma and Saltelli 1996), and its Shapley effect (Owen 2014; Song, Nelson
and Staum 2016, SIAM/ASA JUQ 4) is its Shapley value in the game c: they sum to 1 also when groups
are dependent, and lie between first-order and total when groups are independent.

For an event the output is its indicator: the indices are then those of target sensitivity (Raguet
and Marrel 2018, arXiv:1801.10047), and say which inputs decide whether the event happens.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulator.analysis.shapley import shapley
from simulator.tables import Float64


@dataclass(frozen=True, slots=True)
class Shares:
    """Indices of k groups, shape (k,) each, with standard errors from replicates.

    All are NaN when the output does not vary.
    """

    first: Float64
    total: Float64
    effect: Float64
    first_error: Float64
    total_error: Float64
    effect_error: Float64


def explained(base: Float64, frozen: Float64, again: Float64 | None = None) -> float:
    """c(S) as a part of Var Y, from columns of shape (n,); NaN when they do not vary.

    `again` are outputs of the very draws from which `frozen` has all that is not in S, which there
    are when groups are independent. Then c(S) is also the mean of (y − m)(y_S − y'), which has
    little noise where S explains little (Saltelli et al. 2010, Comput. Phys. Commun. 181, table 2).
    """
    both = (float(np.mean(base)) + float(np.mean(frozen))) / 2
    one, other = base - both, frozen - both
    whole = float(one @ one + other @ other) / 2
    if not whole > 0:
        return math.nan
    if again is not None:
        moved, kept = frozen - again, base - frozen
        if float(moved @ moved) < float(kept @ kept):
            return float(one @ moved) / whole
    return float(one @ other) / whole


def indices(parts: Float64) -> Float64:
    """First-order, total and Shapley shares, shape (3, k), from c(S)/Var Y of all coalitions.

    `parts` has shape (2^k,), coalitions numbered as in `analysis.shapley`.
    """
    count = len(parts)
    groups = count.bit_length() - 1
    first = np.array([parts[1 << i] for i in range(groups)])
    total = np.array([1.0 - parts[(count - 1) ^ (1 << i)] for i in range(groups)])
    return np.array([first, total, shapley(parts)])


def variance_shares(bases: Sequence[Float64], frozen: Sequence[Float64], replicates: int) -> Shares:
    """Indices of the groups, from pairs of columns for every coalition, each of shape (n,).

    `bases[S]` and `frozen[S]` share the inputs of coalition S and nothing else; where all bases are
    one column, `frozen` has the rest from one other set of draws. Draw i belongs to
    replicate i mod R; errors are NaN with fewer than two replicates. Nobody explains nothing and
    all together everything, so these two coalitions are not estimated.
    """

    again = frozen[0] if all(base is bases[0] for base in bases) else None

    def of(part: slice) -> Float64:
        other = None if again is None else again[part]
        pairs = zip(bases, frozen, strict=True)
        values = np.array([explained(y[part], z[part], other) for y, z in pairs])
        values[0] = 0.0 * values[0]  # NaN stays: an output that does not vary
        values[-1] = 1.0 + values[0]
        return indices(values)

    whole = of(slice(None))
    error = np.full_like(whole, math.nan)
    if replicates > 1:
        each = np.array([of(slice(r, None, replicates)) for r in range(replicates)])
        error = np.std(each, axis=0, ddof=1) / math.sqrt(replicates)
    return Shares(*whole, *error)
