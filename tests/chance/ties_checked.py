"""What belongs together and what does not: correlation as asked, streams of similar names."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from draws import Sizes, singles
from judging import Result, chi_square, mean_result, normal_result
from rates_checked import drawn, scenario

from simulator.sampling.points import SAMPLERS
from simulator.sampling.streams import stream_key

Array = np.ndarray
AGREE, PRODUCT = "correlation asked: concordance", "correlation asked: mean product"
PAIRS, ALL_PAIRS, GRID = "similar names: farthest pair", "similar names: all pairs", "grid of pairs"
NEXT, SEEDS, KEYS = "neighbouring scramblings", "neighbouring seeds", "bits of keys"
NAMES = ("a", "b", "c", "d")
ASKED = {("a", "b"): 0.8, ("a", "c"): -0.5, ("b", "c"): -0.3, ("c", "d"): 0.05, ("a", "d"): 0.0}
COPULAS: dict[str, dict[str, Any]] = {"normal": {}, "Student, 4 df": {"kind": "student", "df": 4}}


def correlated(copula: dict[str, Any]) -> dict[str, Any]:
    """Four lines whose price errors are correlated."""
    text = scenario({"law": "random_walk", "volatility": {"eur_per_usd": 0.03}}, {"sd": 0.01})
    error = {"normal": {"mean": 0, "sd": 0.01}}
    line = {"kind": "non_posts", "appropriation": 100, "exposure": {"eur_per_usd": 0.5}}
    text["lines"] |= {name: {**line, "price_error": error} for name in NAMES}
    matrix: dict[str, dict[str, float]] = {}
    for (one, other), value in ASKED.items():
        matrix.setdefault(f"lines.{one}.price_error", {})[f"lines.{other}.price_error"] = value
    text["correlation"] |= {"matrix": matrix}
    if copula:
        text["correlation"]["copula"] = copula
    return text


def correlation(sizes: Sizes, replicates: int = 256) -> Iterator[Result]:
    """Pairs of independent draws are concordant with probability ½ + asin(ρ)/π, in both copulas.

    For normals the mean product of the scores is ρ besides.
    """
    for sampler in SAMPLERS:
        for label, copula in COPULAS.items():
            text = correlated(copula)
            columns = together(text, sampler, sizes, replicates)
            for (one, other), asked in ASKED.items():
                name = f"{label}, {asked:+.2f}"
                x, y = columns[one], columns[other]
                same = ((x[::2] - x[1::2]) * (y[::2] - y[1::2]) > 0).astype(float)
                wanted = 0.5 + math.asin(asked) / math.pi
                z = (same.mean() - wanted) / math.sqrt(wanted * (1 - wanted) / len(same))
                yield normal_result(AGREE, name, sampler, float(z))
                if not copula:
                    yield mean_result(PRODUCT, name, sampler, x * y, asked)


def together(text: dict[str, Any], sampler: str, sizes: Sizes, replicates: int) -> dict[str, Array]:
    """Standard scores of the four errors, one draw of every scrambling."""
    found = drawn(text, [f"lines.{name}.price_error" for name in NAMES], sampler, sizes, replicates)
    return {name: found[:, i] / 0.01 for i, name in enumerate(NAMES)}


def similar_names() -> list[str]:
    """Names that differ by a sign, a digit, a letter's form or nothing that one can see."""
    names = [f"lines.{i}.price_error" for i in range(60)]
    names += [f"pledges.II-USD-{i:03d}.amount" for i in (1, 10, 100, 11, 110, 111)]
    names += ["a", "A", "a ", " a", "a\u200b", "á", "a\u0301", "aa", "aaa", "ab", "ba", ""]
    return [*names, *(f"{name}." for name in names[:6]), *(f"x{name}" for name in names[:6])]


def streams(sizes: Sizes) -> Iterator[Result]:
    """Pairs of similar names, of components, of seeds and of scramblings: nothing in common."""
    names = similar_names()
    for sampler in SAMPLERS:
        found = singles(sampler, names, range(2), sizes, names[:4])
        yield from pairs_of(found.reshape(-1, found.shape[2]), sampler)
        scores = (found - 0.5) * math.sqrt(12)
        for group, axis in ((NEXT, 1), (SEEDS, 0)):
            if found.shape[axis] > 1:
                one = np.delete(scores, -1, axis)
                other = np.delete(scores, 0, axis)
                z = (one * other).mean(axis=(0, 1)) * math.sqrt(one[..., 0].size)
                value = float((z**2).sum())
                yield chi_square(group, "all names", sampler, value, len(z))
    yield keys(names)


def pairs_of(columns: Array, sampler: str) -> Iterator[Result]:
    """The largest correlation, their mean square, and counts in a grid of 16 × 16."""
    count, width = columns.shape
    scores = (columns - 0.5) * math.sqrt(12)
    z = (scores.T @ scores / math.sqrt(count))[np.triu_indices(width, 1)]
    yield normal_result(PAIRS, f"{len(z)} pairs", sampler, float(z[np.abs(z).argmax()]), len(z))
    square = (float((z**2).sum()) - len(z)) / math.sqrt(2 * len(z))
    yield normal_result(ALL_PAIRS, f"{len(z)} pairs", sampler, square)
    cells = np.floor(columns * 16).astype(int)
    total, df = 0.0, 0
    for i in range(0, width - 1, 2):
        seen = np.bincount(16 * cells[:, i] + cells[:, i + 1], minlength=256)
        total += float(((seen - count / 256) ** 2).sum() / (count / 256))
        df += 255
    yield chi_square(GRID, f"{df // 255} pairs", sampler, total, df)


def keys(names: list[str]) -> Result:
    """Keys of names and of seeds that differ little differ in half of their bits."""
    made = [stream_key(seed, name) for name in names for seed in (0, 1)]
    assert len(set(made)) == len(made)
    bits = np.array([np.unpackbits(np.frombuffer(key, dtype=np.uint8)) for key in made])
    flipped = int((bits[1:] != bits[:-1]).sum())
    total = bits[1:].size
    z = (flipped - total / 2) / math.sqrt(total / 4)
    return normal_result(KEYS, f"{len(made)} keys", "all", float(z))


def all_results(sizes: Sizes, replicates: int = 256) -> Iterator[Result]:
    """Correlation and independence."""
    yield from correlation(sizes, replicates)
    yield from streams(sizes)
