"""Scrambled points still form digital nets: every elementary interval is hit as often as it must.

In two dimensions the first two of the sequence are a (0, 2)-sequence: of 2^m points each of the
2^m rectangles of area 2^-m holds one. In three and four dimensions the quality is t = 1 and t = 3,
Σ (degree − 1) over the primitive polynomials of the dimensions (Sobol' 1967; Niederreiter 1992,
corollary 4.36): boxes of volume 2^(t − m) hold 2^t points each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import product

import numpy as np
from draws import Sizes

from simulator.sampling.points import LEADING_NAMES, Points, make_points

Array = np.ndarray
QUALITY = {1: 0, 2: 0, 3: 1, 4: 3}
POWER = 10
LEADING = tuple(f"leading.{i}" for i in range(LEADING_NAMES))


def shapes(dimensions: int, power: int) -> Iterator[tuple[int, ...]]:
    """How often each axis is halved, so many times in all."""
    for halvings in product(range(power + 1), repeat=dimensions - 1):
        if sum(halvings) <= power:
            yield (*halvings, power - sum(halvings))


def misses(points: Array, quality: int) -> Counter[str]:
    """Elementary intervals of 2^m points, shape (2^m, s), and those hit another number of times."""
    power = (len(points) - 1).bit_length()
    found: Counter[str] = Counter()
    for halvings in shapes(points.shape[1], power - quality):
        cell = np.zeros(len(points), dtype=np.int64)
        for axis, halved in enumerate(halvings):
            cell = (cell << halved) | np.floor(np.ldexp(points[:, axis], halved)).astype(np.int64)
        hit = np.bincount(cell, minlength=2 ** sum(halvings))
        found["intervals"] += len(hit)
        found["missed"] += int((hit != 2**quality).sum())
    return found


def blocks(points: Points, dimensions: int, leads: bool, start: int, replicates: int) -> Array:
    """2^m points of every replicate from an aligned start, shape (2^m, replicates, s)."""
    span = (start << POWER) * replicates, ((start + 1) << POWER) * replicates
    if leads:
        columns = [points.uniforms(name, range(1), *span) for name in LEADING[:dimensions]]
    else:
        columns = [points.uniforms("lines.travel.price_error", range(dimensions), *span)]
    return np.hstack(columns).reshape(1 << POWER, replicates, dimensions)


def nets(sizes: Sizes, replicates: int = 4) -> dict[str, dict[str, int]]:
    """Counts by kind of net: leading factors together, components of one factor, hypercubes."""
    found: dict[str, Counter[str]] = {}
    for seed in sizes.all_seeds(sizes.runs):
        points = make_points("sobol", seed=seed, replicates=replicates, draws=1, leading=LEADING)
        for leads, label in ((True, "leading factors"), (False, "components of one factor")):
            for dimensions, quality in QUALITY.items():
                counts = found.setdefault(f"{label}, {dimensions}", Counter())
                for start in (0, 1, seed % 997):
                    made = blocks(points, dimensions, leads, start, replicates)
                    for replicate in range(replicates):
                        counts += misses(made[:, replicate], quality)
                        counts["nets"] += 1
        every = found.setdefault("every dimension alone", Counter())
        one = points.uniforms("all", range(1024), 0, replicates << 6)
        for column in one.reshape(1 << 6, -1).T:
            every += misses(column[:, None], 0)
            every["nets"] += 1
        strata = found.setdefault("Latin hypercubes", Counter())
        draws = 1000 + seed % 1000
        cube = make_points("lhs", seed=seed, replicates=replicates, draws=draws)
        uniforms = cube.uniforms("lines.travel.price_error", range(4), 0, draws)
        for replicate in range(replicates):
            mine = uniforms[replicate::replicates]
            for column in mine.T:
                hit = np.bincount(np.floor(column * len(mine)).astype(int), minlength=len(mine))
                strata += Counter(intervals=len(hit), missed=int((hit != 1).sum()), nets=1)
    return {label: dict(counts) for label, counts in found.items()}


def total(found: dict[str, dict[str, int]], key: str) -> int:
    """A count over all kinds."""
    return sum(counts.get(key, 0) for counts in found.values())
