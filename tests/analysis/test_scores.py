"""Scores of forecasts against closed forms, plain double sums and what must hold for any draws."""

from __future__ import annotations

import math
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.integrate import quad
from scipy.special import ndtri, stdtr, stdtrit
from scipy.stats import kstest

from simulator.analysis.scores import (
    central_band,
    coverage,
    crps,
    crps_normal,
    crps_student,
    ks_distance,
    pit,
)
from simulator.analysis.statistics import percentiles

PATIENT = settings(deadline=None)
NUMBERS = st.floats(-1e3, 1e3)
ENSEMBLES = hnp.arrays(
    np.float64, st.tuples(st.integers(2, 30), st.integers(1, 4)), elements=NUMBERS
)


def midpoints(n: int) -> np.ndarray:
    """Evenly spread probabilities (i − ½)/n: the best n points for a law."""
    return (np.arange(n) + 0.5) / n


def double_sum(draws: np.ndarray, outcome: float, pairs: int) -> float:
    """CRPS of one case straight from its definition, with so many pairs in the second mean."""
    first = sum(abs(x - outcome) for x in draws) / len(draws)
    return first - sum(abs(x - y) for x in draws for y in draws) / pairs / 2


@PATIENT
@given(ENSEMBLES, NUMBERS)
def test_crps_is_the_double_sum(draws: np.ndarray, outcome: float) -> None:
    """The sorted form equals the plain double sum of every case, plain and fair, ties and all."""
    outcomes = np.full(draws.shape[1], outcome)
    n = len(draws)
    for fair, pairs in ((False, n * n), (True, n * (n - 1))):
        wanted = [double_sum(column, outcome, pairs) for column in draws.T.tolist()]
        assert np.allclose(crps(draws, outcomes, fair=fair), wanted, rtol=1e-12, atol=1e-9)


@PATIENT
@given(ENSEMBLES, NUMBERS)
def test_crps_is_the_integral_of_the_squared_difference(draws: np.ndarray, outcome: float) -> None:
    """∫ (F_n(x) − 1{x ≥ y})² dx, piece by piece between the draws and the outcome."""
    column = draws[:, 0]
    edges = np.sort(np.append(column, outcome))
    total = math.fsum(
        (np.mean(column <= low) - (low >= outcome)) ** 2 * (high - low)
        for low, high in pairwise(edges)
    )
    assert float(crps(column, np.array(outcome))) == pytest.approx(total, rel=1e-9, abs=1e-9)


@PATIENT
@given(ENSEMBLES, NUMBERS, st.floats(-5, 5), st.floats(0.1, 10))
def test_crps_moves_with_the_unit(
    draws: np.ndarray, outcome: float, shift: float, scale: float
) -> None:
    """Another unit scales the score, another zero leaves it."""
    outcomes = np.full(draws.shape[1], outcome)
    moved = crps(draws * scale + shift, outcomes * scale + shift)
    assert np.allclose(moved, scale * crps(draws, outcomes), rtol=1e-9, atol=1e-8)


def test_crps_of_two_draws_by_hand() -> None:
    """Draws 0 and 2, outcome 1: mean error 1, half spread ½ (plain) or 1 (fair)."""
    draws, outcome = np.array([[2.0], [0.0]]), np.array([1.0])
    assert crps(draws, outcome).tolist() == [0.5]
    assert crps(draws, outcome, fair=True).tolist() == [0.0]


def test_crps_of_one_draw_is_the_absolute_error() -> None:
    """A point forecast; the fair score cannot be had."""
    assert crps(np.array([[3.0, 1.0]]), np.array([1.0, 1.5])).tolist() == [2.0, 0.5]
    with pytest.raises(ValueError, match="at least two"):
        crps(np.array([[3.0]]), np.array([1.0]), fair=True)


@pytest.mark.parametrize("z", [-3.0, -0.4, 0.0, 1.0, 2.5])
def test_evenly_spread_normal_draws_have_the_normal_crps(z: float) -> None:
    """20 000 evenly spread draws of N(1.2, 0.2²) score as the closed form, to 1e-4 of the sd."""
    draws = 1.2 + 0.2 * ndtri(midpoints(20_000))
    outcome = np.array(1.2 + 0.2 * z)
    wanted = crps_normal(np.array(1.2), np.array(0.2), outcome)
    assert float(crps(draws, outcome)) == pytest.approx(float(wanted), abs=2e-5)


def test_the_normal_crps_at_its_centre() -> None:
    """At the mean it is (√2 − 1)/√π of the sd, about 0.2337."""
    found = crps_normal(np.array(0.0), np.array(1.0), np.array(0.0))
    assert float(found) == pytest.approx((math.sqrt(2) - 1) / math.sqrt(math.pi), rel=1e-14)


@pytest.mark.parametrize("df", [1.5, 3.0, 5.0, 30.0])
@pytest.mark.parametrize("z", [-4.0, 0.0, 0.7, 9.0])
def test_the_student_crps_is_its_integral(df: float, z: float) -> None:
    """The closed form equals ∫ (F − 1)² dx over both sides of the outcome, by quadrature."""
    # x = sinh(v): both tails decay like a power, so like an exponential in v.
    at = math.asinh(z)
    below, _ = quad(lambda v: stdtr(df, math.sinh(v)) ** 2 * math.cosh(v), at - 30, at, limit=400)
    above, _ = quad(lambda v: stdtr(df, -math.sinh(v)) ** 2 * math.cosh(v), at, at + 30, limit=400)
    found = crps_student(df, np.array(1.0), np.array(2.0), np.array(1.0 + 2 * z))
    assert float(found) == pytest.approx(2 * (below + above), rel=1e-6)


def test_a_student_law_with_many_degrees_of_freedom_is_normal() -> None:
    """With 10⁷ degrees of freedom both closed forms agree to 1e-6."""
    y = np.linspace(-3, 3, 7)
    one = np.array(1.0)
    student = crps_student(1e7, 0 * one, one, y)
    assert np.allclose(student, crps_normal(0 * one, one, y), atol=1e-6)


def test_the_student_crps_wants_a_mean() -> None:
    """A Cauchy law has no finite score."""
    with pytest.raises(ValueError, match="degree of freedom"):
        crps_student(1.0, np.array(0.0), np.array(1.0), np.array(0.0))


def test_the_true_law_has_the_best_expected_score() -> None:
    """Averaged over evenly spread outcomes, a wrong mean or spread scores worse: CRPS is proper."""
    outcomes = ndtri(midpoints(4000))
    one = np.array(1.0)
    true = crps_normal(0 * one, one, outcomes).mean()
    assert true == pytest.approx(1 / math.sqrt(math.pi), rel=1e-3)
    for mean, sd in ((0.2, 1.0), (-0.2, 1.0), (0.0, 0.8), (0.0, 1.25)):
        assert crps_normal(mean * one, sd * one, outcomes).mean() > true


def test_the_fair_score_does_not_depend_on_the_number_of_draws() -> None:
    """Few independent draws raise the plain score by E|X − X'|/2n = 1/(n√π), the fair one by 0."""
    rng = np.random.default_rng(5)
    cases, n = 200_000, 4
    draws, outcome = rng.standard_normal((n, cases)), rng.standard_normal(cases)
    law = 1 / math.sqrt(math.pi)  # expected score of N(0, 1) on its own outcomes
    for fair, excess in ((True, 0.0), (False, 1 / (n * math.sqrt(math.pi)))):
        scores = crps(draws, outcome, fair=fair)
        error = scores.std() / math.sqrt(cases)
        assert scores.mean() == pytest.approx(law + excess, abs=4 * error)


def test_the_draws_are_left_as_they_were() -> None:
    """Scoring sorts a copy."""
    draws = np.array([[2.0], [0.0], [1.0]])
    crps(draws, np.array([1.0]))
    assert draws.ravel().tolist() == [2.0, 0.0, 1.0]


@pytest.mark.parametrize(
    ("draws", "outcome", "words"),
    [
        (np.zeros((3, 2)), np.zeros(3), "one outcome a case"),
        (np.zeros((0, 2)), np.zeros(2), "n_draws"),
        (np.array([[math.nan]]), np.zeros(1), "finite"),
        (np.zeros((2, 1)), np.array([math.inf]), "finite"),
    ],
)
def test_what_cannot_be_scored_is_refused(
    draws: np.ndarray, outcome: np.ndarray, words: str
) -> None:
    """A transposed table or a missing outcome never becomes a number."""
    for score in (crps, pit):
        with pytest.raises(ValueError, match=words):
            score(draws, outcome)


def test_pit_by_hand() -> None:
    """Of draws 1, 2, 2, 3: outcome 0 stands at ½/5, 2 at (1 + 1 + ½)/5 = ½, 9 at 4½/5."""
    draws = np.repeat([[1.0], [2.0], [2.0], [3.0]], 3, axis=1)
    assert pit(draws, np.array([0.0, 2.0, 9.0])).tolist() == pytest.approx([0.1, 0.5, 0.9])


@PATIENT
@given(ENSEMBLES, NUMBERS)
def test_pit_turns_with_its_sign(draws: np.ndarray, outcome: float) -> None:
    """Mirrored draws and outcome have the mirrored PIT, whatever the ties."""
    outcomes = np.full(draws.shape[1], outcome)
    found = pit(draws, outcomes)
    assert np.allclose(found + pit(-draws, -outcomes), 1, atol=1e-15)
    assert np.all((found > 0) & (found < 1))


def test_pits_of_every_exchangeable_rank_cover_exactly() -> None:
    """With 19 draws the 20 ranks are equally likely; 90 % of them lie in the 90 % band, exactly."""
    draws = np.repeat(np.arange(1.0, 20.0)[:, None], 20, axis=1)
    pits = pit(draws, np.arange(20) + 0.5)
    assert [float(coverage(pits, level)) for level in (0.5, 0.8, 0.9, 1.0)] == [0.5, 0.8, 0.9, 1.0]
    assert pits.mean() == pytest.approx(0.5, abs=1e-15)


def test_the_edge_of_a_band_lies_inside_on_both_sides() -> None:
    """0.05 and 0.95 are in the 90 % band, although 0.95 − 0.5 is not 0.45 in binary."""
    for level in (0.5, 0.8, 0.9, 0.95):
        edges = np.array([0.5 - level / 2, 0.5 + level / 2, (1 - level) / 2, (1 + level) / 2])
        assert float(coverage(edges, level)) == 1.0
        beyond = edges + np.array([-1, 1, -1, 1]) * 1e-9
        assert float(coverage(beyond, level)) == 0.0


def test_coverage_and_distance_work_along_the_last_axis() -> None:
    """A table of histories gives one number a history."""
    rng = np.random.default_rng(1)
    pits = rng.random((5, 3, 40))
    assert coverage(pits, 0.8).shape == ks_distance(pits).shape == (5, 3)
    assert coverage(pits, 0.8)[2, 1] == coverage(pits[2, 1], 0.8)
    assert ks_distance(pits)[2, 1] == ks_distance(pits[2, 1])


def test_ks_distance_by_hand() -> None:
    """One PIT p is max(p, 1 − p) away; evenly spread PITs are 1/2n away, the least there is."""
    assert float(ks_distance(np.array([0.3]))) == 0.7
    assert float(ks_distance(midpoints(10))) == pytest.approx(0.05)


@PATIENT
@given(hnp.arrays(np.float64, st.integers(1, 40), elements=st.floats(0, 1)))
def test_ks_distance_is_that_of_scipy(pits: np.ndarray) -> None:
    """A second way: `scipy.stats.kstest` against the uniform law."""
    assert float(ks_distance(pits)) == pytest.approx(kstest(pits, "uniform").statistic, abs=1e-12)


def test_a_band_lies_between_its_percentiles() -> None:
    """The ends are the program's percentiles; 0 … 100 has a 90 % band from 5 to 95."""
    draws = np.random.default_rng(3).permutation(np.arange(101.0))[:, None]
    low, high = central_band(draws, 0.9)
    assert [low[0], high[0]] == pytest.approx([5.0, 95.0])
    assert [low[0], high[0]] == pytest.approx(percentiles(draws[:, 0], [0.05, 0.95]).tolist())


def test_a_width_of_normal_draws() -> None:
    """The 80 % band of N(0, 2²) is 2·2·1.2816 wide, of a t₅ law its own quantiles."""
    n = 20_000
    draws = np.stack([2 * ndtri(midpoints(n)), stdtrit(5, midpoints(n))], axis=1)
    wanted = [4 * 1.2815516, 2 * stdtrit(5, 0.9)]
    low, high = central_band(draws, 0.8)
    assert high - low == pytest.approx(wanted, abs=10 / n)  # a gap between two draws


def test_scores_load_no_scipy_stats() -> None:
    """The mathematics of scores works on `scipy.special` alone."""
    modules = ("scores", "perfect", "forecasts", "inflation", "exchange")
    code = "import sys\n" + "".join(f"import simulator.analysis.{m}\n" for m in modules)
    code += "assert 'scipy.stats' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
