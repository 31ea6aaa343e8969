"""Dependence by name: the right correlations, exact margins, and no bit moved by others."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import ndtr, ndtri

from simulator.errors import InputError
from simulator.sampling.copula import (
    Copula,
    cholesky,
    nearest_correlation,
    student_mixing,
)
from simulator.sampling.points import make_points
from simulator.sampling.scores import normal_scores

DRAWS = 40_000
NAMES = ("rates.usd", "inflation.swiss", "income.misc", "pledges.a.amount")
MATRIX = np.array(
    [
        [1.0, 0.3, 0.0, -0.6],
        [0.3, 1.0, 0.0, 0.2],
        [0.0, 0.0, 1.0, 0.0],
        [-0.6, 0.2, 0.0, 1.0],
    ]
)


def normals(names, components=1, start=0, stop=DRAWS):
    points = make_points("random", seed=5, replicates=1, draws=stop)
    wanted = range(components)
    return {name: normal_scores(points.uniforms(name, wanted, start, stop)) for name in names}


def mixing(df, start=0, stop=DRAWS):
    points = make_points("random", seed=5, replicates=1, draws=stop)
    return student_mixing(points.uniforms("mixing", range(1), start, stop)[:, 0], df)


def correlations(result, component=0):
    return np.corrcoef([result[name][:, component] for name in result])


# --- The nearest correlation matrix ---


def test_higham_2002():
    """The two examples that are worked in Higham (2002), to the four decimals printed."""
    small = nearest_correlation([[1, 1, 0], [1, 1, 1], [0, 1, 1]])
    expected = [[1, 0.7607, 0.1573], [0.7607, 1, 0.7607], [0.1573, 0.7607, 1]]
    np.testing.assert_allclose(small, expected, rtol=0, atol=5.1e-5)
    tridiagonal = 2 * np.eye(4) - np.eye(4, k=1) - np.eye(4, k=-1)
    expected = [
        [1, -0.8084, 0.1916, 0.1068],
        [-0.8084, 1, -0.6562, 0.1916],
        [0.1916, -0.6562, 1, -0.8084],
        [0.1068, 0.1916, -0.8084, 1],
    ]
    np.testing.assert_allclose(nearest_correlation(tridiagonal), expected, rtol=0, atol=5.1e-5)


@given(st.integers(2, 7), st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_nearest_is_valid_and_no_further_than_others(size, seed):
    """The result is a correlation matrix; a random other one is not nearer."""
    rng = np.random.default_rng(seed)
    asked = rng.uniform(-1, 1, (size, size))
    asked = np.triu(asked, 1) + np.triu(asked, 1).T + np.eye(size)
    nearest = nearest_correlation(asked)
    np.testing.assert_array_equal(np.diag(nearest), 1)
    np.testing.assert_array_equal(nearest, nearest.T)
    assert np.linalg.eigvalsh(nearest)[0] >= 0.99e-8
    for _ in range(20):
        factor = rng.normal(size=(size, size))
        other = factor @ factor.T
        other /= np.sqrt(np.outer(np.diag(other), np.diag(other)))
        mixed = nearest + rng.uniform(0, 1) * (other - nearest)
        assert np.linalg.norm(mixed - asked) >= np.linalg.norm(nearest - asked) - 1e-6


def test_valid_matrices_are_their_own_nearest():
    """A positive definite correlation matrix is left as it is."""
    np.testing.assert_allclose(nearest_correlation(MATRIX), MATRIX, rtol=0, atol=1e-12)


def test_cholesky_is_numpys():
    """The rows are those of numpy's factorisation."""
    rows = cholesky(MATRIX)
    for i, row in enumerate(np.linalg.cholesky(MATRIX)):
        np.testing.assert_allclose(rows[i], row[: i + 1], rtol=1e-14, atol=1e-16)


# --- What is asked is what comes out ---


def test_correlations_are_those_asked_for():
    """Realised correlations equal the matrix within five standard errors (1 - ρ²)/√n."""
    result = Copula(NAMES, MATRIX).correlate(normals(NAMES))
    error = (1 - MATRIX**2) / np.sqrt(DRAWS)
    assert (np.abs(correlations(result) - MATRIX) <= 5 * error + 1e-12).all()


def test_margins_stay_standard_normal():
    """Each column is standard normal: Kolmogorov-Smirnov distance below its 1e-6 quantile."""
    limit = stats.kstwobign.isf(1e-6) / np.sqrt(DRAWS)
    for df in (None, 4.0):
        mixed = None if df is None else mixing(df)
        result = Copula(NAMES, MATRIX, df=df).correlate(normals(NAMES), mixed)
        for column in result.values():
            assert stats.kstest(ndtr(column[:, 0]), "uniform").statistic < limit


def test_equal_structure_is_correlated_component_by_component():
    """Factors of one structure are correlated at each component, others at component 0 only."""
    names = ("a", "b", "c")
    matrix = np.array([[1, 0.7, 0.4], [0.7, 1, 0.5], [0.4, 0.5, 1]])
    copula = Copula(names, matrix, structure={"a": "months", "b": "months", "c": "years"})
    given_normals = normals(names, components=3)
    result = copula.correlate(given_normals)
    error = 5 / np.sqrt(DRAWS)
    assert np.abs(correlations(result, 0) - matrix).max() < error
    apart = np.array([[1, 0.7, 0], [0.7, 1, 0], [0, 0, 1]])
    for component in (1, 2):
        assert np.abs(correlations(result, component) - apart).max() < error
    np.testing.assert_array_equal(result["c"][:, 1:], given_normals["c"][:, 1:])
    across = np.corrcoef(result["a"].T, result["b"].T)[:3, 3:]
    assert np.abs(across - 0.7 * np.eye(3)).max() < error


def test_factors_without_structure_share_component_0_only():
    """Without a declared structure nothing but the first components is correlated."""
    given_normals = normals(("a", "b"), components=2)
    result = Copula(("a", "b"), [[1, 0.7], [0.7, 1]]).correlate(given_normals)
    for name in ("a", "b"):
        np.testing.assert_array_equal(result[name][:, 1], given_normals[name][:, 1])


def test_unequal_lengths_of_one_structure():
    """A shorter factor takes part as far as it goes."""
    columns = normals(("a", "b", "c"), components=2)
    columns["b"] = columns["b"][:, :1]
    matrix = np.array([[1, 0.7, 0.4], [0.7, 1, 0.5], [0.4, 0.5, 1]])
    result = Copula("abc", matrix, structure=dict.fromkeys("abc", 0)).correlate(columns)
    assert result["b"].shape == (DRAWS, 1)
    found = np.corrcoef(result["a"][:, 1], result["c"][:, 1])[0, 1]
    assert found == pytest.approx(0.4, abs=5 / np.sqrt(DRAWS))


def test_first_in_order_is_untouched():
    """The first factor keeps its innovations, a later one is the stated combination."""
    given_normals = normals(("x", "y"))
    result = Copula(("x", "y"), [[1, -0.6], [-0.6, 1]], order=("y",)).correlate(given_normals)
    np.testing.assert_array_equal(result["y"], given_normals["y"])
    np.testing.assert_allclose(
        result["x"], -0.6 * given_normals["y"] + 0.8 * given_normals["x"], rtol=0, atol=1e-15
    )


# --- No bit moves ---


@pytest.mark.parametrize("df", [None, 5.0])
class TestBits:
    """What must not change a single bit."""

    def run(self, names, matrix, df, order=(), components=2, start=0, stop=1000, **options):
        copula = Copula(names, matrix, order, df, **options)
        mixed = None if df is None else mixing(df, start, stop)
        return copula.correlate(normals(names, components, start, stop), mixed)

    def test_order_of_the_input(self, df):
        """Permuting names and matrix changes nothing."""
        structure = {"rates.usd": 1, "pledges.a.amount": 1}
        expected = self.run(NAMES, MATRIX, df, structure=structure)
        for seed in range(5):
            shuffled = np.random.default_rng(seed).permutation(4)
            names = [NAMES[i] for i in shuffled]
            matrix = MATRIX[np.ix_(shuffled, shuffled)]
            result = self.run(names, matrix, df, structure=structure)
            for name in NAMES:
                np.testing.assert_array_equal(result[name], expected[name])

    def test_an_unrelated_factor(self, df):
        """A factor without correlation, or a separate correlated pair, moves no other."""
        expected = self.run(NAMES, MATRIX, df)
        names = (*NAMES, "a.new", "b.new", "c.new")
        matrix = np.eye(7)
        matrix[:4, :4] = MATRIX
        matrix[4, 5] = matrix[5, 4] = 0.9
        result = self.run(names, matrix, df)
        for name in NAMES:
            np.testing.assert_array_equal(result[name], expected[name])

    def test_a_correlated_factor_placed_last(self, df):
        """A new factor that comes last in the order depends on the others, and moves none.

        That holds even when it links two groups that had nothing to do with each other.
        """
        names = ("a", "c", "b", "d")
        matrix = np.eye(4)
        matrix[0, 1] = matrix[1, 0] = 0.5
        matrix[2, 3] = matrix[3, 2] = -0.3
        expected = self.run(names, matrix, df, order=names)
        wider = np.eye(5)
        wider[:4, :4] = matrix
        wider[4, :4] = wider[:4, 4] = [0.2, 0.1, -0.4, 0.3]
        result = self.run((*names, "aa"), wider, df, order=(*names, "aa"))
        for name in names:
            np.testing.assert_array_equal(result[name], expected[name])
        assert (result["aa"][:, 0] != normals(["aa"], 2, 0, 1000)["aa"][:, 0]).any()

    @pytest.mark.parametrize("block", [1, 3, 1000])
    def test_block_size(self, df, block):
        """Blocks of 1, 3 and 1000 draws give the same numbers as one of 1200."""
        structure = dict.fromkeys(NAMES, "alike")
        whole = self.run(NAMES, MATRIX, df, stop=1200, structure=structure)
        for start in [0, 1, 7, 200]:
            part = self.run(NAMES, MATRIX, df, start=start, stop=start + block, structure=structure)
            for name in NAMES:
                np.testing.assert_array_equal(part[name], whole[name][start : start + block])

    def test_input_is_not_written_to(self, df):
        """Normals are read only; uncorrelated factors are handed on as they are."""
        columns = normals(NAMES, 2, 0, 50)
        before = {name: column.copy() for name, column in columns.items()}
        copula = Copula(NAMES, MATRIX, df=df)
        result = copula.correlate(columns, None if df is None else mixing(df, 0, 50))
        for name in NAMES:
            np.testing.assert_array_equal(columns[name], before[name])
            assert result[name].flags.f_contiguous
        assert result["income.misc"] is columns["income.misc"]


# --- Student-t ---


def test_student_mixing_has_the_chi_square_law():
    """df/m² is χ²_df, m rises with u, and the ends are finite."""
    u = np.array([2.0**-53, 0.01, 0.3, 0.9, 1 - 2.0**-53])
    m = student_mixing(u, 8.0)
    np.testing.assert_allclose(stats.chi2(8).sf(8 / m**2)[1:4], u[1:4], rtol=1e-12)
    assert np.isfinite(m).all()
    assert (np.diff(m) > 0).all()


def joint_tail(df, share):
    """How often both of two factors, correlated by 0.5, are among their highest `share`."""
    names = ("x", "y")
    copula = Copula(names, [[1, 0.5], [0.5, 1]], df=df)
    result = copula.correlate(normals(names), None if df is None else mixing(df))
    limit = -ndtri(share)
    return ((result["x"] > limit) & (result["y"] > limit)).mean()


def test_student_copula_has_more_joint_extremes():
    """Joint exceedances of the 99 % quantile are those of the bivariate t, not of the normal."""
    share = 0.01
    student, normal = joint_tail(3.0, share), joint_tail(None, share)
    theory = {}
    for df, law in (
        (3.0, stats.multivariate_t(shape=[[1, 0.5], [0.5, 1]], df=3, seed=1)),
        (None, stats.multivariate_normal(cov=[[1, 0.5], [0.5, 1]], seed=1)),
    ):
        limit = stats.t(df).ppf(share) if df else ndtri(share)
        theory[df] = float(law.cdf([limit, limit]))
    for found, expected in ((student, theory[3.0]), (normal, theory[None])):
        assert found == pytest.approx(expected, abs=5 * math.sqrt(expected / DRAWS) + 1e-4)
    assert student > 2 * normal


def test_student_scores_are_finite_in_both_tails():
    """Even with a huge mixing factor scores are finite, and symmetric to the bit."""
    eps = np.array([[8.2], [-8.2], [0.0]])
    copula = Copula(("x", "y"), [[1, 0.5], [0.5, 1]], df=8.0)
    result = copula.correlate({"x": eps, "y": eps}, np.array([1e3, 1e3, 1e3]))
    assert np.isfinite(result["y"]).all()
    assert result["y"][0, 0] == -result["y"][1, 0]
    assert result["y"][2, 0] == 0


def test_mixing_goes_with_the_student_copula():
    """Mixing without df, df without mixing, or missing normals are programming errors."""
    plain, student = (Copula(("x", "y"), [[1, 0.5], [0.5, 1]], df=df) for df in (None, 4.0))
    columns = normals(("x", "y"), stop=5)
    with pytest.raises(ValueError, match="mixing belongs"):
        plain.correlate(columns, np.ones(5))
    with pytest.raises(ValueError, match="mixing belongs"):
        student.correlate(columns)
    with pytest.raises(ValueError, match="missing for y"):
        plain.correlate({"x": columns["x"]})


# --- Refusals ---

IMPOSSIBLE = np.array([[1, 0.9, -0.5], [0.9, 1, 0.8], [-0.5, 0.8, 1]])


def test_impossible_correlations_come_with_the_nearest_possible():
    """The message names the factors, the eigenvalue, and a matrix that can be pasted back."""
    names = ("rates.usd", "inflation.swiss", "income.misc", "other")
    matrix = np.eye(4)
    matrix[:3, :3] = IMPOSSIBLE
    with pytest.raises(InputError) as caught:
        Copula(names, matrix)
    (problem,) = caught.value.problems
    assert problem.key == "correlation.matrix"
    assert "income.misc, inflation.swiss, rates.usd" in problem.wanted
    assert "other" not in str(problem)
    least = float(np.linalg.eigvalsh(IMPOSSIBLE)[0])
    assert f"{least:.4g}" in problem.value
    lines = problem.remedy.splitlines()[1:]
    assert [line.split()[0] for line in lines] == ["income.misc", "inflation.swiss", "rates.usd"]
    assert "(was 0.8)" in lines[1]
    assert "(was -0.5)" in lines[2]
    assert "(was 0.9)" in lines[2]
    offered = np.eye(3)
    for i, line in enumerate(lines):
        entries = line.replace("(was ", "(").split()
        numbers = [float(entry) for entry in entries[1:] if not entry.startswith("(")]
        offered[i, : i + 1] = offered[: i + 1, i] = numbers
    Copula(("income.misc", "inflation.swiss", "rates.usd"), offered)


def test_perfect_correlation_is_singular():
    """A correlation of 1 makes one factor of two, and is refused with the nearest below it."""
    with pytest.raises(InputError, match="positive definite"):
        Copula(("x", "y"), [[1, 1], [1, 1]])


def test_every_wrong_entry_is_reported():
    """Entries out of range, one-sided entries and a wrong diagonal are reported together."""
    matrix = np.array([[1, 1.5, 0.2], [1.5, 0.9, math.nan], [0.3, math.nan, 1]])
    with pytest.raises(InputError) as caught:
        Copula(("x", "y", "z"), matrix)
    assert [problem.key for problem in caught.value.problems] == [
        "correlation.matrix.y.y",
        "correlation.matrix.y.x",
        "correlation.matrix.z.x",
        "correlation.matrix.z.y",
    ]
    with pytest.raises(InputError, match="degree of freedom"):
        Copula(("x", "y"), [[1, 0.5], [0.5, 1]], df=0.5)
    with pytest.raises(ValueError, match="different names"):
        Copula(("x", "x"), [[1, 0.5], [0.5, 1]])


def test_no_correlation_at_all():
    """A copula without correlations touches nothing."""
    columns = normals(("x", "y"), stop=5)
    copula = Copula(("x", "y"), np.eye(2))
    assert copula.names == ()
    assert copula.correlate(columns)["x"] is columns["x"]
