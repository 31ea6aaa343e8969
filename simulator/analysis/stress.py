"""The mildest point that meets a condition: the design point of first-order reliability.

In the space of the independent standard normals z behind the drivers, the joint density falls with
|z| alone, so the most likely point of the region where a condition holds is its point nearest to
the origin. Its distance β is the reliability index; were the region's edge flat there, the
probability of the region would be Φ(−β) (Hasofer and Lind 1974; Rackwitz and Fiessler 1978).

The search works on a limit g, which is zero or more where the condition holds: from points that
meet it, by the improved iteration of Zhang and Der Kiureghian (1995) with the merit function
½|z|² + c·|g|. Gradients are central differences; all their points are evaluated at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.tables import Float64

Limit = Callable[[Float64], Float64]
"""g of points, shapes (n, d) → (n,): zero or more where the condition holds."""

Mask = npt.NDArray[np.bool_]

DIFFERENCE = 1e-3
MOST_ROUNDS = 40
CLOSE = 1e-5
"""The point is found when no direction along the edge leads nearer by more than this part."""

_RAY = np.linspace(0.0, 1.0, 65)
_LENGTHS = 0.5 ** np.arange(12)


@dataclass(frozen=True, slots=True)
class DesignPoint:
    """The nearest point found, shape (d,), its distance β, and whether the search came to rest.

    It meets the condition: g is zero there, or as little more as binary numbers allow.
    """

    point: Float64
    beta: float
    settled: bool


def gradient(limit: Limit, point: Float64, moving: Mask) -> Float64:
    """Central differences of g along the `moving` components, 0 along the others; shape (d,)."""
    places = np.flatnonzero(moving)
    rows = np.tile(point, (2 * len(places), 1))
    order = np.arange(len(places))
    rows[order, places] += DIFFERENCE
    rows[len(places) + order, places] -= DIFFERENCE
    found = limit(rows)
    slope = np.zeros(len(point))
    slope[places] = (found[: len(places)] - found[len(places) :]) / (2 * DIFFERENCE)
    return slope


def design_point(limit: Limit, starts: Float64, steps: Mask | None = None) -> DesignPoint:
    """The nearest point to the origin with g ≥ 0, from `starts`, shape (k, d), that meet it.

    `steps` marks components on which g depends in steps: they stay as they are in the start, and
    go towards the origin as far as the condition still holds. The best of all starts is returned.
    """
    held = np.zeros(starts.shape[1], dtype=bool) if steps is None else steps
    return min((_from(limit, start, held) for start in starts), key=lambda found: found.beta)


def _from(limit: Limit, start: Float64, held: Mask) -> DesignPoint:
    """The point that one start leads to."""
    point, settled = _descended(limit, _towards(limit, start, held), held)
    if held.any():
        point = _eased(limit, point, held)
        point, settled = _descended(limit, _towards(limit, point, held), held)
    return DesignPoint(point, float(np.linalg.norm(point)), settled)


def _towards(limit: Limit, point: Float64, held: Mask) -> Float64:
    """Between the origin and a point that meets the condition: the nearest that still does.

    Held components stay. The interval is narrowed 64 times a round.
    """
    low, high = 0.0, 1.0
    fixed = np.where(held, point, 0.0)
    free = point - fixed
    for _ in range(9):
        parts = low + (high - low) * _RAY
        meets = limit(fixed + parts[:, None] * free) >= 0
        meets[-1] = True
        first = int(np.argmax(meets))
        if first == 0:
            return np.asarray(fixed + parts[0] * free)
        low, high = float(parts[first - 1]), float(parts[first])
    return np.asarray(fixed + high * free)


def _descended(limit: Limit, start: Float64, held: Mask) -> tuple[Float64, bool]:
    """The iteration along the edge; the nearest point met on the way, and whether it rested."""
    point, best = start.copy(), start
    for _ in range(MOST_ROUNDS):
        slope = gradient(limit, point, ~held)
        steepness = float(slope @ slope)
        if steepness == 0.0:
            return best, False
        here = float(limit(point[None, :])[0])
        free = np.where(held, 0.0, point)
        aim = (float(slope @ free) - here) / steepness * slope
        step = aim - free
        if float(np.linalg.norm(step)) <= CLOSE * max(1.0, float(np.linalg.norm(free))):
            return best, True
        point = _stepped(
            limit, point, step, float(np.linalg.norm(free)) / math.sqrt(steepness), here
        )
        edge = _onto(limit, point, slope)
        if edge is not None and np.linalg.norm(edge) <= np.linalg.norm(best):
            best = edge
    return best, False


def _stepped(limit: Limit, point: Float64, step: Float64, least: float, here: float) -> Float64:
    """The longest step, halved as often as needed, that lessens the merit; else the shortest."""
    weight = 2.0 * float(least) + 1e-12
    tried = point + _LENGTHS[:, None] * step
    merits = 0.5 * np.einsum("ij,ij->i", tried, tried) + weight * np.abs(limit(tried))
    better = merits < 0.5 * float(point @ point) + weight * abs(here)
    return np.asarray(tried[int(np.argmax(better)) if better.any() else -1])


def _onto(limit: Limit, point: Float64, slope: Float64) -> Float64 | None:
    """The point pushed along the slope until it just meets the condition; None when it cannot."""
    unit = slope / np.linalg.norm(slope)
    reach = max(1.0, float(np.linalg.norm(point))) * 0.5
    low, high = -reach, reach
    for _ in range(9):
        parts = low + (high - low) * _RAY
        meets = limit(point + parts[:, None] * unit) >= 0
        if not meets[-1]:
            return None
        first = int(np.argmax(meets))
        if first == 0:
            return None
        low, high = float(parts[first - 1]), float(parts[first])
    return np.asarray(point + high * unit)


def _eased(limit: Limit, point: Float64, held: Mask) -> Float64:
    """Held components, the largest first, brought as near to zero as the condition allows."""
    found = point.copy()
    for place in sorted(np.flatnonzero(held), key=lambda i: -abs(point[i])):
        only = np.ones(len(point), dtype=bool)
        only[place] = False
        found = _towards(limit, found, only)
    return found


def that_matter(limit: Limit, points: Float64, steps: Mask) -> Mask:
    """The components that move g at one of `points`, shape (n, d); steps by large moves."""
    matter = np.zeros(points.shape[1], dtype=bool)
    for point in points:
        matter |= gradient(limit, point, ~steps) != 0
        here = float(limit(point[None, :])[0])
        for place in np.flatnonzero(steps & ~matter):
            rows = np.tile(point, (13, 1))
            rows[:, place] = np.linspace(-3.0, 3.0, 13)
            matter[place] = bool((limit(rows) != here).any())
    return matter
