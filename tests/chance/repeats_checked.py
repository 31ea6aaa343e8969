"""No draw comes twice: among 10^8 draws, sorted part by part so that memory stays bounded.

A draw is the vector of its uniforms, and two components tell two draws apart: 104 bits, by which
some 10⁻¹⁵ pairs among 10^8 draws would be equal by chance. They are compared by a 64-bit hash,
which would by chance give 3·10⁻⁴ pairs, so that none is wanted.

A single uniform has 52 bits (20 within its stratum for `lhs`), so a few equal ones are due by the
birthday paradox, and too few would be as wrong as too many: their number is held against Poisson's
law. Within one scrambling of a net, and within one hypercube, even single uniforms never repeat.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from judging import Result, poisson_result

from simulator.sampling.points import SAMPLERS, Points, make_points

Array = np.ndarray
REPLICATES = 8
BLOCK = 1 << 20
NAME = "lines.travel.price_error"
Words = Callable[[int, int], Array]


@dataclass(frozen=True)
class Repeats:
    """Equal pairs among so many draws: whole draws, single uniforms, those of one scrambling."""

    draws: int
    vectors: int
    singles: int
    expected: float
    within: int
    within_draws: int


def mixed(x: Array) -> Array:
    """A bijective hash of 64-bit words (SplitMix64)."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def equal_pairs(words: Words, count: int, parts: int) -> int:
    """Pairs of equal words among `count`; a part of the values is held at a time."""
    found = 0
    for part in range(parts):
        kept: list[Array] = []
        for start in range(0, count, BLOCK):
            block = words(start, min(start + BLOCK, count))
            kept.append(block[(block % np.uint64(parts)) == part] if parts > 1 else block)
        together = np.concatenate(kept)
        together.sort()
        equal = together[1:] == together[:-1]
        while equal.any():  # a word that comes three times is three pairs
            found += int(equal.sum())
            equal = equal[1:] & equal[:-1]
    return found


def words_of(points: Points, components: int, step: int = 1) -> Words:
    """Hashes of the first components of a draw; with a step, of the draws of one replicate."""

    def words(start: int, stop: int) -> Array:
        uniforms = points.uniforms(NAME, range(components), start * step, stop * step)[::step]
        hashed = np.zeros(len(uniforms), dtype=np.uint64)
        for column in uniforms.T:
            bits = np.ascontiguousarray(column).view(np.uint64)
            hashed = mixed(hashed + mixed(bits) + np.uint64(0x9E3779B97F4A7C15))
        return hashed

    return words


def expected_pairs(sampler: str, draws: int) -> float:
    """Equal single uniforms that are due by chance."""
    across = 1 - 1 / REPLICATES
    if sampler == "lhs":  # equal strata of two replicates, then 20 bits
        return draws * (REPLICATES - 1) / 2 / 2**20
    pairs = draws * (draws - 1) / 2
    return pairs / 2**52 * (across if sampler == "sobol" else 1)


def repeats(sampler: str, draws: int, parts: int, seed: int) -> Repeats:
    """Count equal draws and equal uniforms of a run of one sampler."""
    points = make_points(sampler, seed=seed, replicates=REPLICATES, draws=draws)
    one = draws // REPLICATES
    nets = sampler != "random"
    return Repeats(
        draws=draws,
        vectors=equal_pairs(words_of(points, 2), draws, parts),
        singles=equal_pairs(words_of(points, 1), draws, parts),
        expected=expected_pairs(sampler, draws),
        within=equal_pairs(words_of(points, 1, REPLICATES), one, 1) if nets else 0,
        within_draws=one if nets else 0,
    )


def all_repeats(draws: int, parts: int, seed: int) -> Iterator[tuple[str, Repeats]]:
    """Every sampler."""
    for sampler in SAMPLERS:
        yield sampler, repeats(sampler, draws, parts, seed)


def judged(sampler: str, found: Repeats) -> Result:
    """The number of equal uniforms against the number that is due."""
    name = f"{found.draws} draws"
    return poisson_result("equal uniforms", name, sampler, found.singles, found.expected)


def as_tables(found: dict[str, Repeats]) -> dict[str, Any]:
    """For a file."""
    return {sampler: asdict(one) for sampler, one in found.items()}
