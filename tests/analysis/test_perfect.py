"""The perfect forecaster: closed forms, a plain loop over innovations, and known distributions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import bdtr, ndtr, ndtri
from scipy.stats import kstwo

from simulator.analysis import perfect
from simulator.analysis.perfect import (
    Band,
    Cases,
    perfect_bands,
    simulate_pits,
    simulate_scores,
    window_correlation,
)

LEVELS = (0.5, 0.8, 0.9, 0.95)


def cases(*rows: tuple[int, int, int, int]) -> Cases:
    """Cases from rows of origin, first, last, pair."""
    return Cases(*np.array(rows, dtype=np.int64).reshape(len(rows), 4).T)


def rng(seed: int = 1) -> np.random.Generator:
    """A generator of its own for every test."""
    return np.random.Generator(np.random.Philox(seed))


def biennia(origins: int, pairs: int, every: int = 6) -> Cases:
    """Two-year targets from the January after next, from origins half a year apart, every pair."""
    return cases(
        *(
            (origin, origin + 8, origin + 31, pair)
            for origin in range(0, origins * every, every)
            for pair in range(pairs)
        )
    )


TOGETHER = np.array([[1.0, 0.9, 0.3], [0.9, 1.0, 0.1], [0.3, 0.1, 1.0]])


def weights(origin: int, first: int, last: int, end: int) -> tuple[np.ndarray, np.ndarray]:
    """Weights on e and w of months 0 … end in a target's mean, month by month as the rule says."""
    on_e, on_w = np.zeros(end + 1), np.zeros(end + 1)
    months = range(first, last + 1)
    for t in months:
        for s in range(origin + 1, t):
            on_e[s] += 1 / len(months)
        if t > origin:
            on_e[t] += 0.5 / len(months)
            on_w[t] += 1 / math.sqrt(12) / len(months)
    return on_e, on_w


def normal_scores(plan: Cases, correlation: np.ndarray) -> np.ndarray:
    """Correlation of all cases, from the weights of the plain loop."""
    end = int(plan.last.max())
    rows = [
        np.concatenate(weights(o, f, t, end))
        for o, f, t in zip(plan.origin, plan.first, plan.last, strict=True)
    ]
    table = np.array(rows)
    cov = table @ table.T * correlation[np.ix_(plan.pair, plan.pair)]
    sd = np.sqrt(np.diagonal(cov))
    return cov / np.outer(sd, sd)


def both_inside(rho: np.ndarray, level: float) -> np.ndarray:
    """P(|Z| < q, |Z'| < q) of two standard normals with correlation ρ, q of the central level."""
    q = float(ndtri((1 + level) / 2))
    nodes, weight = np.polynomial.legendre.leggauss(200)
    z = q * nodes
    along, rest = rho[..., None], np.sqrt(np.maximum(1 - rho**2, 1e-24))[..., None]
    inside = ndtr((q - along * z) / rest) - ndtr((-q - along * z) / rest)
    return q * (inside * np.exp(-z * z / 2) / math.sqrt(2 * math.pi)) @ weight


def test_the_covariance_is_that_of_a_plain_loop() -> None:
    """Weights month by month give the same correlations: overlap, gaps, targets partly known."""
    plan = cases((0, 8, 31, 0), (6, 8, 31, 0), (12, 8, 31, 0), (12, 40, 40, 0), (3, 4, 4, 0))
    windows = np.stack([plan.origin, plan.first, plan.last], axis=1)
    found = window_correlation(windows)
    assert found == pytest.approx(normal_scores(plan, np.eye(1)), abs=1e-13)
    assert np.diagonal(found) == pytest.approx(1.0, abs=1e-14)


def test_known_correlations_of_single_months() -> None:
    """From one origin, next month's average and the one after: (½ + 0)/√(⅓·1⅓) = ¾; others 0.

    In the units of a month's variance: A_1 has variance ¼ + 1/12 = ⅓, A_2 1⅓, covariance ½. From
    origins a month apart the same target has covariance ⅓. Targets before a later origin: none.
    """
    found = window_correlation(np.array([[0, 1, 1], [0, 2, 2], [1, 2, 2]]))
    assert found[0, 1] == pytest.approx(0.75)
    assert found[1, 2] == pytest.approx((1 / 3) / math.sqrt(4 / 3 / 3))
    assert found[0, 2] == pytest.approx(0.0, abs=1e-15)


def test_a_month_before_the_origin_drops_out() -> None:
    """Half a year known: only the other half is uncertain, and its own average stands the same."""
    found = window_correlation(np.array([[6, 1, 12], [6, 7, 12]]))
    assert found[0, 1] == pytest.approx(1.0)


def test_the_pits_are_those_of_simulated_walks() -> None:
    """A second way: walks of three joint pairs made month by month, 20 000 times.

    Correlations of Φ⁻¹(PIT) agree within 5 standard errors of both simulations.
    """
    plan = cases((0, 3, 6, 0), (0, 3, 6, 1), (2, 3, 6, 0), (2, 5, 9, 2), (4, 5, 9, 1), (4, 7, 7, 2))
    count, end = 20_000, 9
    generator, root = rng(7), np.linalg.cholesky(TOGETHER)
    e = generator.standard_normal((count, end + 1, 3)) @ root.T
    w = generator.standard_normal((count, end + 1, 3)) @ root.T
    ends = np.concatenate([np.zeros((count, 1, 3)), np.cumsum(e, axis=1)], axis=1)
    averages = ends[:, :-1] + e / 2 + w / math.sqrt(12)  # of months 0 … end
    errors = np.stack(
        [
            averages[:, f : t + 1, p].mean(axis=1) - ends[:, o + 1, p]
            for o, f, t, p in zip(plan.origin, plan.first, plan.last, plan.pair, strict=True)
        ],
        axis=1,
    )
    pits = np.concatenate(list(simulate_pits(plan, TOGETHER, rng(8), count)))
    exact = normal_scores(plan, TOGETHER)
    for table in (errors, ndtri(pits)):
        found = np.corrcoef(table, rowvar=False)
        assert np.abs(found - exact).max() <= 5 / math.sqrt(count)


def test_every_case_is_uniform() -> None:
    """Each PIT has mean ½ and variance 1/12, also where pairs are multiples of one another."""
    twins = np.array([[1.0, 1.0], [1.0, 1.0]])
    pits = np.concatenate(list(simulate_pits(biennia(4, 2), twins, rng(3), 20_000)))
    assert np.abs(pits.mean(axis=0) - 0.5).max() <= 5 * math.sqrt(1 / 12 / 20_000)
    assert np.abs(pits.var(axis=0) - 1 / 12).max() <= 5 * math.sqrt(1 / 180 / 20_000)
    assert pits[:, 0] == pytest.approx(pits[:, 1], abs=1e-12)


def test_one_case_covers_or_does_not() -> None:
    """Coverage is Bernoulli(level), the PIT uniform, the KS distance max(p, 1 − p): ½ to 1."""
    scores = simulate_scores(cases((0, 8, 31, 0)), np.eye(1), rng(), 20_000, LEVELS)
    assert set(np.unique(scores.coverage)) == {0.0, 1.0}
    for i, level in enumerate(LEVELS):
        error = math.sqrt(level * (1 - level) / 20_000)
        assert scores.coverage[:, i].mean() == pytest.approx(level, abs=4 * error)
    bands = perfect_bands(cases((0, 8, 31, 0)), np.eye(1), rng(), simulations=20_000)
    assert bands.coverage[0.5] == Band(0.0, bands.coverage[0.5].median, 1.0)
    error = 4 * math.sqrt(0.05 * 0.95 / 20_000)
    assert bands.mean_pit.low == pytest.approx(0.05, abs=error)
    assert bands.mean_pit.high == pytest.approx(0.95, abs=error)
    assert bands.ks.low == pytest.approx(0.525, abs=error)
    assert bands.ks.high == pytest.approx(0.975, abs=error)


def test_duplicates_are_one_case() -> None:
    """The same window ten times, or ten equal pairs, say no more than one case: 0 or 1."""
    one = simulate_scores(cases((0, 8, 31, 0)), np.eye(1), rng(), 500, LEVELS)
    same = simulate_scores(cases(*[(0, 8, 31, 0)] * 10), np.eye(1), rng(), 500, LEVELS)
    assert np.array_equal(one.coverage, same.coverage)
    assert same.mean_pit == pytest.approx(one.mean_pit, abs=1e-14)
    assert same.ks == pytest.approx(one.ks, abs=1e-14)
    pairs = simulate_scores(biennia(1, 10), np.ones((10, 10)), rng(), 500, LEVELS)
    assert set(np.unique(pairs.coverage)) == {0.0, 1.0}


def test_independent_cases_cover_as_a_binomial() -> None:
    """30 unrelated pairs: the distribution of the number covered, within 4 s.e. each."""
    count, n = 20_000, 30
    scores = simulate_scores(biennia(1, n), np.eye(n), rng(2), count, LEVELS)
    for i, level in enumerate(LEVELS):
        covered = np.rint(scores.coverage[:, i] * n)
        for k in range(n):
            wanted = float(bdtr(k, n, level))
            if min(wanted, 1 - wanted) * count < 10:
                continue  # too rare for a standard error
            error = math.sqrt(wanted * (1 - wanted) / count)
            assert np.mean(covered <= k) == pytest.approx(wanted, abs=4 * error)


def test_independent_windows_cover_as_a_binomial() -> None:
    """Targets that follow without overlap: the 80 % band's coverage has binomial quantiles."""
    n = 20
    plan = cases(*((3 * i, 3 * i + 1, 3 * i + 3, 0) for i in range(n)))
    bands = perfect_bands(plan, np.eye(1), rng(2), simulations=20_000)
    points = {p: next(k for k in range(n + 1) if bdtr(k, n, 0.8) >= p) for p in (0.05, 0.5, 0.95)}
    wanted = Band(points[0.05] / n, points[0.5] / n, points[0.95] / n)
    assert bands.coverage[0.8] == wanted


def test_the_distance_of_independent_cases_is_kolmogorovs() -> None:
    """Quantiles of the KS distance of 30 unrelated cases are those of the exact distribution."""
    count = 20_000
    scores = simulate_scores(biennia(1, 30), np.eye(30), rng(4), count, LEVELS)
    for p in (0.05, 0.25, 0.5, 0.75, 0.95):
        found = np.mean(scores.ks <= kstwo.ppf(p, 30))
        assert found == pytest.approx(p, abs=4 * math.sqrt(p * (1 - p) / count))


def test_the_mean_pit_of_overlapping_cases_in_closed_form() -> None:
    """Cov(Φ(Z), Φ(Z')) = asin(ρ/2)/2π, summed over all pairs of cases; sd within 4 s.e."""
    plan, count = biennia(8, 3), 20_000
    rho = normal_scores(plan, TOGETHER)
    variance = np.arcsin(np.clip(rho, -1, 1) / 2).sum() / (2 * math.pi) / len(plan) ** 2
    scores = simulate_scores(plan, TOGETHER, rng(5), count, LEVELS)
    assert scores.mean_pit.var() == pytest.approx(variance, rel=4 * math.sqrt(2 / count))
    independent = 1 / 12 / len(plan)
    assert variance > 5 * independent  # what a textbook would have said


def test_the_coverage_of_overlapping_cases_in_closed_form() -> None:
    """Its variance is the sum of P(both inside) − level² over pairs of cases, within 5 s.e."""
    plan, count = biennia(8, 3), 20_000
    rho = normal_scores(plan, TOGETHER)
    scores = simulate_scores(plan, TOGETHER, rng(6), count, LEVELS)
    for i, level in enumerate(LEVELS):
        variance = (both_inside(rho, level) - level**2).sum() / len(plan) ** 2
        squares = (scores.coverage[:, i] - level) ** 2
        error = squares.std() / math.sqrt(count)
        assert squares.mean() == pytest.approx(variance, abs=5 * error)


def test_bands_hold_nine_in_ten() -> None:
    """Other simulations fall into the band 90 % of the time; coverages, in steps, no less."""
    plan = biennia(10, 3)
    bands = perfect_bands(plan, TOGETHER, rng(10))
    other = simulate_scores(plan, TOGETHER, rng(11), 4000, LEVELS)
    margin = 4 * math.sqrt(2 * 0.05 * 0.95 / 4000)
    for band, values in ((bands.mean_pit, other.mean_pit), (bands.ks, other.ks)):
        held = np.mean([band.low <= v <= band.high for v in values])
        assert held == pytest.approx(0.9, abs=margin)
    for i, level in enumerate(LEVELS):
        one = bands.coverage[level]
        held = np.mean([one.low <= v <= one.high for v in other.coverage[:, i]])
        assert held >= 0.9 - margin


def test_overlap_widens_the_band() -> None:
    """The same number of cases says less when targets overlap and pairs move together."""
    crowded = perfect_bands(biennia(10, 3), TOGETHER, rng(12))
    n = 30
    apart = perfect_bands(biennia(1, n), np.eye(n), rng(12))
    for level in (0.5, 0.8, 0.9):
        wide, narrow = crowded.coverage[level], apart.coverage[level]
        assert wide.high - wide.low > narrow.high - narrow.low
    assert crowded.ks.high > 1.5 * apart.ks.high


def test_a_wider_mass_makes_a_wider_band() -> None:
    """`mass` 0.5 lies within 0.9; the median is the same."""
    plan = biennia(5, 3)
    wide, narrow = (perfect_bands(plan, TOGETHER, rng(13), mass=mass) for mass in (0.9, 0.5))
    assert wide.ks.low < narrow.ks.low < narrow.ks.median == wide.ks.median
    assert narrow.ks.high < wide.ks.high


def test_the_same_generator_gives_the_same_bands(monkeypatch: pytest.MonkeyPatch) -> None:
    """Equal state, equal bands; another seed, others. Small blocks change nothing that counts."""
    plan = biennia(5, 3)
    first = perfect_bands(plan, TOGETHER, rng(14))
    assert perfect_bands(plan, TOGETHER, rng(14)) == first
    assert perfect_bands(plan, TOGETHER, rng(15)).mean_pit != first.mean_pit
    whole = np.concatenate(list(simulate_pits(plan, TOGETHER, rng(14), 1000)))
    monkeypatch.setattr(perfect, "CELLS", 200)
    blocks = list(simulate_pits(plan, TOGETHER, rng(14), 1000))
    assert len(blocks) > 50
    assert np.concatenate(blocks) == pytest.approx(whole, abs=1e-12)


def test_the_order_of_cases_does_not_matter() -> None:
    """Cases may come in any order: bands are those of the set."""
    plan = biennia(5, 3)
    order = rng(16).permutation(len(plan))
    mixed = Cases(plan.origin[order], plan.first[order], plan.last[order], plan.pair[order])
    there, here = (perfect_bands(p, TOGETHER, rng(17)) for p in (plan, mixed))
    assert here.coverage == there.coverage
    assert here.ks == there.ks
    assert here.mean_pit.median == pytest.approx(there.mean_pit.median, abs=1e-14)


@pytest.mark.parametrize("rows", [[(0, 9, 8, 0)], [(8, 1, 8, 0)], [(0, 1, 2, 0), (9, 1, 2, 0)]])
def test_a_case_without_a_future_is_refused(rows: list[tuple[int, int, int, int]]) -> None:
    """A target that ends before it begins, or by its origin, is no forecast."""
    with pytest.raises(ValueError, match="after the origin"):
        cases(*rows)


def test_arrays_of_different_lengths_are_refused() -> None:
    """One entry a case in each of the four arrays, and at least one."""
    one, two = np.array([1]), np.array([2, 3])
    with pytest.raises(ValueError, match="one shape"):
        Cases(one, two, two, one)
    empty = np.array([], dtype=np.int64)
    with pytest.raises(ValueError, match="one shape"):
        Cases(empty, empty, empty, empty)


@pytest.mark.parametrize(
    ("matrix", "words"),
    [
        (np.ones((2, 3)), "square"),
        (np.array([[1.0, 0.2], [0.3, 1.0]]), "symmetric"),
        (np.array([[4.0, 0.2], [0.2, 4.0]]), "ones on its diagonal"),
        (np.array([[1.0, 2.0], [2.0, 1.0]]), "least eigenvalue is -1"),
        (np.eye(1), "pairs 0 … 0 are known, found 0 … 1"),
    ],
)
def test_what_is_no_correlation_matrix_is_refused(matrix: np.ndarray, words: str) -> None:
    """A covariance, an asymmetric or indefinite matrix, or one without a row for a pair."""
    with pytest.raises(ValueError, match=words):
        perfect_bands(biennia(2, 2), matrix, rng())
