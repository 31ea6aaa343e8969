"""Where along a line a condition on a value begins and ceases to hold.

The value need be neither monotone nor continuous: the line is scanned first, and every cell in
which the condition changes is narrowed down. What lies between two points of the scan that agree
is not seen.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

JUMP = 1e-3
"""Part of a cell's change that, left inside the last bracket, is a jump and no crossing."""

ValueAt = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Edge:
    """An end of a region: inside it, the condition changes between `low` and `high`.

    `x` is the best answer: the last point known to meet the condition; for an equality that is
    crossed, the middle. `at_end` says that the line ends here and nothing changes. `jump` says
    that the value leaps over the bound: no x gives the bound itself.
    """

    x: float
    low: float
    high: float
    at_end: bool = False
    jump: bool = False


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of the line that meets the condition; a crossing has the same edge twice."""

    low: Edge
    high: Edge

    @property
    def crossing(self) -> bool:
        """True where an equality holds at one point only, as near as was looked."""
        return self.low.x == self.high.x


def scan_points(low: float, high: float, count: int, *, whole: bool = False) -> tuple[float, ...]:
    """`count` points from `low` to `high`, evenly; with `whole`, whole numbers, each once."""
    points = [low + (high - low) * i / (count - 1) for i in range(count)]
    points[-1] = high
    return tuple(dict.fromkeys(map(float, map(round, points)))) if whole else tuple(points)


def regions(
    excess: ValueAt, relation: str, points: Sequence[float], tolerance: float, *, whole: bool
) -> tuple[Region, ...]:
    """Where `excess(x)`, value less bound, stands in `relation` to 0, from left to right.

    `points` is the scan. Edges are narrowed down to `tolerance`, or to neighbours with `whole`.
    """
    seeker = _Seeker(excess, relation, tolerance, whole=whole)
    return seeker.equal(points) if relation == "=" else seeker.stretches(points)


class _Seeker:
    """A scan and its refinements; no x is asked for twice."""

    def __init__(self, excess: ValueAt, relation: str, tolerance: float, *, whole: bool) -> None:
        self._excess, self._relation = excess, relation
        self._tolerance, self._whole = tolerance, whole
        self._known: dict[float, float] = {}

    def at(self, x: float) -> float:
        """The excess at x."""
        if x not in self._known:
            self._known[x] = self._excess(x)
        return self._known[x]

    def holds(self, x: float) -> bool:
        """Whether x meets the condition."""
        value = self.at(x)
        return {
            "<": value < 0,
            "<=": value <= 0,
            ">": value > 0,
            ">=": value >= 0,
            "=": value == 0,
        }[self._relation]

    def stretches(self, points: Sequence[float]) -> tuple[Region, ...]:
        """Regions of points that hold, each edge refined."""
        found: list[Region] = []
        low: Edge | None = None
        for i, x in enumerate(points):
            if self.holds(x) and low is None:
                low = self._edge(x, points[i - 1]) if i else _end(x)
            elif not self.holds(x) and low is not None:
                found.append(Region(low, self._edge(points[i - 1], x)))
                low = None
        if low is not None:
            found.append(Region(low, _end(points[-1])))
        return tuple(found)

    def equal(self, points: Sequence[float]) -> tuple[Region, ...]:
        """Plateaus at the bound, and crossings of it."""
        found = list(self.stretches(points))
        for a, b in itertools.pairwise(points):
            if self.at(a) * self.at(b) >= 0:
                continue
            low, high = self._narrow(a, b, lambda x: self.at(x) > 0)
            zero = next((x for x in sorted(self._known) if a < x < b and self.at(x) == 0), None)
            if zero is not None:
                found.append(Region(self._edge(zero, a), self._edge(zero, b)))
                continue
            if self._whole:
                continue
            middle, jump = (low + high) / 2, self._jumps(a, b, low, high)
            edge = Edge(middle, low, high, jump=jump)
            found.append(Region(edge, edge))
        return tuple(sorted(found, key=lambda region: region.low.x))

    def _edge(self, inside: float, outside: float) -> Edge:
        """The edge between a point that holds and one that does not."""
        ends = self._narrow(inside, outside, self.holds)
        x = next(end for end in ends if self.holds(end))
        jump = not self._whole and self._jumps(inside, outside, *ends)
        return Edge(x, *ends, jump=jump)

    def _jumps(self, a: float, b: float, low: float, high: float) -> bool:
        left = abs(self.at(high) - self.at(low))
        return left > JUMP * abs(self.at(b) - self.at(a))

    def _narrow(self, a: float, b: float, answer: Callable[[float], bool]) -> tuple[float, float]:
        """Two neighbours between a and b, of which one has the answer of a, the other that of b."""
        low, high = min(a, b), max(a, b)
        first = answer(low)
        if not self._whole and self.at(low) * self.at(high) < 0:
            self._root(low, high)
            for x in sorted(x for x in self._known if low < x < high):
                if answer(x) != first:
                    high = x
                    break
                low = x
        least = 1.0 if self._whole else self._tolerance
        while high - low > least * (1 + 1e-9):
            middle = low + (high - low) / 2
            middle = float(math.floor(middle)) if self._whole else middle
            if not low < middle < high:
                break
            if answer(middle) == first:
                low = middle
            else:
                high = middle
        return low, high

    def _root(self, low: float, high: float) -> None:
        """Look around a root (Brent 1973), so that what is known brackets it closely."""
        from scipy.optimize import brentq

        root = float(brentq(self.at, low, high, xtol=self._tolerance / 4, maxiter=100))
        for x in (root - self._tolerance / 2, root + self._tolerance / 2):
            if low < x < high:
                self.at(x)


def _end(x: float) -> Edge:
    return Edge(x, x, x, at_end=True)
