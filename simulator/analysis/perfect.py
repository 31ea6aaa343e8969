"""What a perfect forecaster would show on the same cases: bands for coverage, mean PIT and KS.

Targets of neighbouring origins overlap and currencies move together, so the PITs of a back-test are
far from independent and textbook p-values are wrong. Here the truth is simulated many times from
joint Gaussian random walks, the forecaster knows their law, and its scores on exactly these cases
give the band in which the scores of a real forecaster do not speak against it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.analysis.scores import LEVELS, coverage, ks_distance
from simulator.special import ndtr
from simulator.tables import Float64

CELLS = 1 << 21
"""PITs made at once; some copies of 16 MB."""

LEAST_EIGENVALUE = -1e-6
"""A correlation matrix with an eigenvalue below this is none; above, it is rounding."""

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Cases:
    """The cases of a back-test, four arrays of shape (n_cases,); months count on one calendar.

    `origin` is the last month known (its end included), `first` and `last` the months whose average
    is the target, `pair` the row of the correlation matrix. Months up to the origin are known and
    drop out; the last month lies after the origin (ValueError).
    """

    origin: Integers
    first: Integers
    last: Integers
    pair: Integers

    def __post_init__(self) -> None:
        shapes = {np.shape(a) for a in (self.origin, self.first, self.last, self.pair)}
        if len(shapes) != 1 or len(next(iter(shapes))) != 1 or len(self.origin) == 0:
            raise ValueError(f"four arrays of one shape (n_cases,) are wanted, not {shapes}")
        if np.any(self.first > self.last) or np.any(self.origin >= self.last):
            raise ValueError("a target wants first ≤ last, and its last month after the origin")

    def __len__(self) -> int:
        return len(self.origin)


@dataclass(frozen=True, slots=True)
class Band:
    """Median of a score of the perfect forecaster, and the ends that hold it as often as asked."""

    low: float
    median: float
    high: float


@dataclass(frozen=True, slots=True)
class PerfectBands:
    """Bands by central level for coverage, one for the mean PIT and one for the KS distance."""

    coverage: Mapping[float, Band]
    mean_pit: Band
    ks: Band


@dataclass(frozen=True, eq=False)
class SimulatedScores:
    """Scores of every simulated history; coverage (n_sim, n_levels), the others (n_sim,)."""

    coverage: Float64
    mean_pit: Float64
    ks: Float64


def perfect_bands(
    cases: Cases,
    correlation: Float64,
    generator: np.random.Generator,
    *,
    simulations: int = 4000,
    levels: Sequence[float] = LEVELS,
    mass: float = 0.9,
) -> PerfectBands:
    """Bands that hold the perfect forecaster's scores with probability `mass`, from simulation.

    `correlation` is that of the pairs' innovations, shape (n_pairs, n_pairs). Ends are the
    quantiles (1 ± mass)/2, the least values that at least so much of the simulations do not
    exceed: attainable values, as a coverage is a multiple of 1/n_cases. The same generator state
    gives the same bands. Ends of 4000 simulations are exact to 0.35 % in probability (s.e.).
    """
    scores = simulate_scores(cases, correlation, generator, simulations, levels)
    return PerfectBands(
        {level: _band(scores.coverage[:, i], mass) for i, level in enumerate(levels)},
        _band(scores.mean_pit, mass),
        _band(scores.ks, mass),
    )


def simulate_scores(
    cases: Cases,
    correlation: Float64,
    generator: np.random.Generator,
    simulations: int,
    levels: Sequence[float] = LEVELS,
) -> SimulatedScores:
    """The perfect forecaster's scores in each simulated history; bounded memory."""
    blocks = [
        (
            np.stack([coverage(pits, level) for level in levels], axis=-1),
            pits.mean(axis=-1),
            ks_distance(pits),
        )
        for pits in simulate_pits(cases, correlation, generator, simulations)
    ]
    return SimulatedScores(*(np.concatenate(parts) for parts in zip(*blocks, strict=True)))


def simulate_pits(
    cases: Cases, correlation: Float64, generator: np.random.Generator, simulations: int
) -> Iterator[Float64]:
    """PITs Φ(T/sd(T)) of the perfect forecaster, in blocks of shape (n, n_cases).

    T is the part of the average of the target's log monthly averages that the origin does not
    know. The covariance of two cases is the product of that of their windows and that of their
    pairs, so both are factorised apart, windows (distinct origin, first, last) and pairs, and one
    table of normals (n_windows, n_pairs) a history carries all cases exactly.
    """
    windows, window = np.unique(
        np.stack([cases.origin, cases.first, cases.last], axis=1), axis=0, return_inverse=True
    )
    window = window.reshape(-1)
    over_windows = _root(window_correlation(windows))
    over_pairs = _root(_checked(correlation, int(cases.pair.min()), int(cases.pair.max())))
    shape = (len(windows), len(over_pairs))
    block = max(1, CELLS // max(len(cases), shape[0] * shape[1]))
    for start in range(0, simulations, block):
        normals = generator.standard_normal((min(block, simulations - start), *shape))
        standard = over_windows @ normals @ over_pairs.T
        yield np.asarray(ndtr(standard[:, window, cases.pair]))


def window_correlation(windows: Integers) -> Float64:
    """Correlation of the averages of log monthly averages of one random walk, seen from origins.

    `windows` has rows (origin, first, last); shape (n_windows, n_windows). The log of month t's
    average is Σ_{s<t} e_s + e_t/2 + w_t/√12 over months s after the origin, with standard normal
    e and w (the mean and variance of a Brownian bridge's average; see `sampling.paths`). The mean
    over first … last therefore has weight (number of target months after s)/L on e_s, half a
    month more if s is one, and 1/(L·√12) on w_s of its months; L cancels.
    """
    origin, first, last = (column[:, None] for column in windows.T)
    month = np.arange(int(origin.min()) + 1, int(last.max()) + 1)
    inside = (month >= first) & (month <= last) & (month > origin)
    after = np.clip(last - np.maximum(first - 1, month), 0, None)
    innovations = np.where(month > origin, after + 0.5 * inside, 0.0)
    covariance = innovations @ innovations.T + (inside / 12.0) @ inside.T
    sd = np.sqrt(np.diagonal(covariance))
    return np.asarray(covariance / np.outer(sd, sd))


def _checked(correlation: Float64, least: int, greatest: int) -> Float64:
    """The pairs' correlation matrix; ValueError if it is none, or a case's pair has no row."""
    matrix = np.asarray(correlation, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"a square correlation matrix is wanted, not shape {matrix.shape}")
    if not (np.allclose(np.diagonal(matrix), 1) and np.allclose(matrix, matrix.T)):
        raise ValueError("a correlation matrix is symmetric with ones on its diagonal")
    smallest = float(np.linalg.eigvalsh(matrix)[0])
    if smallest < LEAST_EIGENVALUE:
        raise ValueError(f"no correlation matrix: its least eigenvalue is {smallest:.3g}")
    if least < 0 or greatest >= len(matrix):
        raise ValueError(f"pairs 0 … {len(matrix) - 1} are known, found {least} … {greatest}")
    return matrix


def _root(matrix: Float64) -> Float64:
    """A with A·Aᵀ the correlation matrix, from its eigenvectors; rounding below zero is clipped.

    So pairs that are multiples of one another and targets that recur are no obstacle, and rows of
    length 1 leave every PIT exactly uniform (Rebonato and Jäckel 1999, spectral decomposition).
    """
    values, vectors = np.linalg.eigh(matrix)
    root = vectors * np.sqrt(np.clip(values, 0.0, None))
    return np.asarray(root / np.linalg.norm(root, axis=1, keepdims=True))


def _band(values: Float64, mass: float) -> Band:
    """Median and the quantiles (1 ± mass)/2 of simulated scores, each a value that occurred."""
    levels = [(1 - mass) / 2, 0.5, (1 + mass) / 2]
    low, median, high = np.quantile(values, levels, method="inverted_cdf")
    return Band(float(low), float(median), float(high))
