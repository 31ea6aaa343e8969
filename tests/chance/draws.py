"""Draws to test: one of every scrambling, or whole runs in parts that know nothing of each other.

Two Sobol' points of one scrambling are not independent, and should not be. One point of each of
many scramblings are: tests that want independent numbers take these. Means of scramblings are
independent too, whatever the points inside do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from simulator.sampling.points import Points, make_points

Array = np.ndarray
SPAN = 4096
"""Points of a replicate from which one is taken."""


@dataclass(frozen=True)
class Sizes:
    """How much is drawn: seeds × replicates scramblings, of so many points each where all count."""

    first_seed: int = 20071031
    seeds: int = 32
    replicates: int = 1024
    runs: int = 32
    parts: int = 32
    points: int = 1024

    def all_seeds(self, count: int) -> range:
        return range(self.first_seed, self.first_seed + count)


def place(seed: int) -> int:
    """Which point of the replicates a seed takes."""
    return seed * 2654435761 % SPAN


def points_of(
    sampler: str, seed: int, replicates: int, points: int, leading: Sequence[str] = ()
) -> Points:
    """Points of a run of so many replicates and points of each."""
    return make_points(
        sampler,
        seed=seed,
        replicates=replicates,
        draws=replicates * points,
        leading=tuple(leading),
    )


def singles(
    sampler: str, names: Sequence[str], components: range, sizes: Sizes, leading: Sequence[str] = ()
) -> Array:
    """One point of every scrambling, shape (seeds, replicates, names × components)."""
    found = []
    for seed in sizes.all_seeds(sizes.seeds):
        points = points_of(sampler, seed, sizes.replicates, SPAN, leading)
        first = place(seed) * sizes.replicates
        columns = [
            points.uniforms(name, components, first, first + sizes.replicates) for name in names
        ]
        found.append(np.hstack(columns))
    return np.array(found)


def runs(sampler: str, name: str, sizes: Sizes, leading: Sequence[str] = ()) -> Iterator[Array]:
    """Uniforms of whole runs, one a seed, shape (points, replicates)."""
    for seed in sizes.all_seeds(sizes.runs):
        points = points_of(sampler, seed, sizes.parts, sizes.points, leading)
        whole = points.uniforms(name, range(1), 0, sizes.parts * sizes.points)
        yield whole.reshape(sizes.points, sizes.parts)
