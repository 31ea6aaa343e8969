"""Uniform points: one contract for the three samplers, and what each promises beyond it."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri
from scipy.stats import qmc

from simulator.errors import InputError
from simulator.sampling.points import (
    SAMPLERS,
    Net,
    SobolPoints,
    digit_tables,
    directions,
    make_points,
    permuted,
)
from simulator.sampling.scores import TOLERANCE, normal_scores

DRAWS = 5_000


def points_of(sampler, replicates=8, seed=20, leading=("fx", "cpi"), draws=DRAWS):
    return make_points(sampler, seed=seed, replicates=replicates, draws=draws, leading=leading)


# --- The contract of all samplers ---


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("replicates", [1, 3, 8, 100])
class TestContract:
    """What every sampler promises."""

    def test_shape_and_range(self, sampler, replicates):
        """Blocks are (draws, components), one contiguous column a component, inside (0, 1)."""
        uniforms = points_of(sampler, replicates).uniforms("fx", range(6), 0, DRAWS)
        assert uniforms.shape == (DRAWS, 6)
        assert uniforms.dtype == np.float64
        assert uniforms.flags.f_contiguous
        assert uniforms.min() > 0
        assert uniforms.max() < 1

    @given(data=st.data())
    @settings(max_examples=25, deadline=None)
    def test_any_block_can_be_made_alone(self, sampler, replicates, data):
        """A block of draws and components equals that part of the whole, bit for bit."""
        start = data.draw(st.integers(0, DRAWS))
        stop = data.draw(st.integers(start, DRAWS))
        first = data.draw(st.integers(0, 6))
        last = data.draw(st.integers(first, 6))
        for name in ("fx", "plain"):
            whole = points_of(sampler, replicates).uniforms(name, range(6), 0, DRAWS)
            part = points_of(sampler, replicates).uniforms(name, range(first, last), start, stop)
            np.testing.assert_array_equal(part, whole[start:stop, first:last])

    def test_uniform_to_the_standard_error(self, sampler, replicates):
        """Mean and variance of a column are 1/2 and 1/12 within five standard errors."""
        uniforms = points_of(sampler, replicates).uniforms("plain", range(20), 0, DRAWS)
        assert np.abs(uniforms.mean(axis=0) - 0.5).max() < 5 * np.sqrt(1 / 12 / DRAWS)
        # the variance of (u - 1/2)² is 1/80 - 1/144
        spread = ((uniforms - 0.5) ** 2).mean(axis=0)
        assert np.abs(spread - 1 / 12).max() < 5 * np.sqrt((1 / 80 - 1 / 144) / DRAWS)

    def test_seed_and_name_tell_columns_apart(self, sampler, replicates):
        """Equal seed and name give equal numbers; another seed, name or component does not."""
        one = points_of(sampler, replicates).uniforms("plain", range(2), 0, 64)
        np.testing.assert_array_equal(
            one, points_of(sampler, replicates).uniforms("plain", range(2), 0, 64)
        )
        other_seed = points_of(sampler, replicates, seed=0).uniforms("plain", range(2), 0, 64)
        other_name = points_of(sampler, replicates).uniforms("plain ", range(2), 0, 64)
        columns = [*one.T, *other_seed.T, *other_name.T]
        assert len({column.tobytes() for column in columns}) == len(columns)

    def test_threads_share_points(self, sampler, replicates):
        """Blocks made by several threads at once are those made by one."""
        shared = points_of(sampler, replicates)
        blocks = [(f"name {i % 5}", 500 * (i // 5)) for i in range(40)]
        with ThreadPoolExecutor(8) as pool:
            made = list(
                pool.map(lambda b: shared.uniforms(b[0], range(8), b[1], b[1] + 500), blocks)
            )
        for (name, start), block in zip(blocks, made, strict=True):
            alone = points_of(sampler, replicates).uniforms(name, range(8), start, start + 500)
            np.testing.assert_array_equal(block, alone)

    def test_factors_are_uncorrelated(self, sampler, replicates):
        """Columns of different names, or of one name, correlate about as chance would.

        Two shuffled nets may correlate by 1.25 standard errors instead of one (both change halves
        at every step), and with longer tails than the normal's.
        """
        points = points_of(sampler, replicates)
        names = [f"lines.{i}.price_error" for i in range(60)]
        columns = np.hstack([points.uniforms(name, range(2), 0, 4096) for name in names])
        correlation = np.corrcoef(columns.T)[np.triu_indices(120, 1)]
        error = 1 / np.sqrt(4096)
        assert np.sqrt((correlation**2).mean()) < 1.35 * error
        assert np.abs(correlation.mean()) < 5 * 1.25 * error / np.sqrt(correlation.size)
        assert np.abs(correlation).max() < 12 * error


@pytest.mark.parametrize("sampler", ["sobol", "random"])
def test_more_draws_extend_fewer(sampler):
    """A longer run begins with the shorter one, also past changes of the digits' number."""
    few, many = (points_of(sampler, 1, draws=n) for n in (100, 300_000))
    longer = many.uniforms("plain", range(2), 0, 300_000)
    np.testing.assert_array_equal(few.uniforms("plain", range(2), 0, 100), longer[:100])
    np.testing.assert_array_equal(
        few.uniforms("plain", range(2), 262_140, 262_150), longer[262_140:262_150]
    )


def test_blocks_far_out():
    """Draws near 2^30 in a replicate can be made, and later ones are refused."""
    points = points_of("sobol", 4)
    end = 4 * 2**30
    both = points.uniforms("plain", range(1), end - 10, end)
    np.testing.assert_array_equal(both[5:], points.uniforms("plain", range(1), end - 5, end))
    with pytest.raises(ValueError, match="1073741824 points"):
        points.uniforms("plain", range(1), end - 5, end + 1)


def test_wrong_use_is_refused():
    """Unknown samplers, too many leading names and impossible blocks are named."""
    with pytest.raises(InputError, match="did you mean 'sobol'"):
        points_of("sobl")
    with pytest.raises(ValueError, match="at most 16 different"):
        points_of("sobol", leading=("a", "a"))
    with pytest.raises(ValueError, match="at most 16 different"):
        points_of("sobol", leading=tuple("abcdefghijklmnopq"))
    with pytest.raises(ValueError, match="at least one replicate"):
        points_of("sobol", replicates=0)
    for sampler in SAMPLERS:
        with pytest.raises(ValueError, match="start ≤ stop"):
            points_of(sampler).uniforms("x", range(1), 5, 4)
        with pytest.raises(ValueError, match="consecutive"):
            points_of(sampler).uniforms("x", range(0, 4, 2), 0, 1)
    with pytest.raises(ValueError, match="no draw 5000"):
        points_of("lhs").uniforms("x", range(1), 0, DRAWS + 1)


def test_standard_normals_are_quantiles():
    """Normals are the normal quantiles of the uniforms, in the same layout."""
    points = points_of("sobol")
    uniforms = points.uniforms("fx", range(3), 10, 500)
    normals = normal_scores(uniforms, out=uniforms)
    exact = ndtri(points.uniforms("fx", range(3), 10, 500))
    np.testing.assert_allclose(normals, exact, rtol=TOLERANCE, atol=TOLERANCE)
    assert normals.flags.f_contiguous
    assert np.isfinite(normals).all()


# --- Sobol' ---


def test_directions_are_those_of_scipy():
    """The shipped table holds what scipy's public points tell, for every dimension."""
    assert directions().shape == (1024, 32)
    assert directions().dtype == np.uint32
    for j in range(16):
        engine = qmc.Sobol(1024, scramble=False, bits=32)
        if j:
            engine.fast_forward(2**j - 1)
        before, after = np.ldexp(engine.random(2), 32).astype(np.uint32)
        np.testing.assert_array_equal(directions()[:, j], before ^ after)


def test_directions_far_out_are_those_of_scipy():
    """The numbers that the tool continues by recurrence are scipy's, on a point past 2^24."""
    engine = qmc.Sobol(4, scramble=False, bits=32)
    engine.fast_forward(2**24 + 2**20 + 5)
    point = np.ldexp(engine.random(1)[0], 32).astype(np.uint32)
    gray = (2**24 + 2**20 + 5) ^ ((2**24 + 2**20 + 5) >> 1)
    chosen = [j for j in range(32) if gray >> j & 1]
    np.testing.assert_array_equal(np.bitwise_xor.reduce(directions()[:4, chosen], axis=1), point)


def test_directions_form_nets():
    """Direction j has its last one at bit j (so any 2^k block of a dimension is a net)."""
    for j in range(32):
        np.testing.assert_array_equal(directions()[:, j] & np.uint32((1 << (31 - j)) - 1), 0)
        assert ((directions()[:, j] >> np.uint32(31 - j)) & np.uint32(1)).all()


@pytest.mark.parametrize("block", [0, 1, 3, 6])
def test_unscrambled_blocks_are_scipys(block):
    """Without scrambling, an aligned block of 2^12 points is scipy's, as a set.

    scipy goes through the blocks in the order of a Gray code.
    """
    first = 4096 * (block ^ (block >> 1))
    numbers = directions()[:50, None, :].astype(np.uint64)
    net = Net.of(digit_tables(numbers), np.zeros((50, 1), dtype=np.uint64), None)
    heads = net.run_heads(first, first + 4096)[:, :, None, 0]
    points = (heads ^ net.tables[:, None, 0, :, 0]).reshape(50, 4096).astype(np.uint32)
    engine = qmc.Sobol(50, scramble=False, bits=32)
    if block:
        engine.fast_forward(4096 * block)
    theirs = np.ldexp(engine.random(4096), 32).astype(np.uint32).T
    order, their_order = np.argsort(points[0]), np.argsort(theirs[0])
    np.testing.assert_array_equal(points[:, order], theirs[:, their_order])


def strata(uniforms, count):
    return np.floor(uniforms * count).astype(int)


@pytest.mark.parametrize("name", ["fx", "plain"])
@pytest.mark.parametrize("power", [0, 1, 5, 6, 7, 12, 13])
def test_every_block_of_a_component_is_stratified(name, power):
    """Any aligned block of 2^k points of a replicate hits each interval of length 2^-k once."""
    count = 2**power
    points = points_of("sobol", 1)
    for block in (0, 1, 5):
        uniforms = points.uniforms(name, range(30), block * count, (block + 1) * count)
        hit = np.sort(strata(uniforms, count), axis=0)
        np.testing.assert_array_equal(hit, np.repeat(np.arange(count)[:, None], 30, axis=1))


@pytest.mark.parametrize("replicates", [1, 3, 8])
def test_leading_factors_form_one_net(replicates):
    """The first two leading factors hit each elementary rectangle of area 2^-10 once."""
    points = points_of("sobol", replicates)
    one = points.uniforms("fx", range(1), 0, 1024 * replicates).reshape(1024, replicates)
    two = points.uniforms("cpi", range(1), 0, 1024 * replicates).reshape(1024, replicates)
    for wide in range(11):
        cells = strata(one, 2**wide) * 2 ** (10 - wide) + strata(two, 2 ** (10 - wide))
        for replicate in cells.T:
            np.testing.assert_array_equal(np.sort(replicate), np.arange(1024))


def test_every_factor_keeps_its_net():
    """The first two components of any other factor hit each rectangle of area 2^-10 once."""
    points = points_of("sobol", 1)
    for name in ("a", "b", "c"):
        for start in (0, 1024, 7 * 1024):
            u = points.uniforms(name, range(2), start, start + 1024)
            for wide in range(11):
                cells = strata(u[:, 0], 2**wide) * 2 ** (10 - wide) + strata(
                    u[:, 1], 2 ** (10 - wide)
                )
                np.testing.assert_array_equal(np.sort(cells), np.arange(1024))


def test_dimensions_follow_the_name_alone():
    """Leading names take fixed slots; all other components count within their own factor."""
    points = SobolPoints(1, 8, ("fx", "cpi", "pay"))
    assert [points.dimension("fx", c) for c in range(7)] == [0, 16, 32, 48, 0, 1, 2]
    assert [points.dimension("pay", c) for c in range(5)] == [2, 18, 34, 50, 0]
    assert [points.dimension("other", c) for c in (0, 1, 1023, 1024, 2049)] == [0, 1, 1023, 0, 1]
    longer = SobolPoints(1, 8, ("fx", "cpi", "pay", "new"))
    np.testing.assert_array_equal(
        points.uniforms("pay", range(9), 0, 100), longer.uniforms("pay", range(9), 0, 100)
    )


def test_dimensions_wrap_with_new_points():
    """Past 1024 components the dimensions repeat with other scrambles and another order."""
    points = points_of("sobol", 1)
    u = points.uniforms("plain", range(1020, 2060), 0, 1024)
    assert np.abs(np.corrcoef(u.T)[0:4, 1024:1028]).max() < 8 / np.sqrt(1024)
    np.testing.assert_array_equal(u[:, 4:6], points.uniforms("plain", range(1024, 1026), 0, 1024))


def test_joint_counts_of_factors_are_never_bad():
    """Counts of two factors in an 8 × 8 grid are about as even as those of random points.

    Their chi-square statistic has a mean of 49 for random points with exact margins; over all
    pairs of 60 names it is at most a quarter more. No pair is grossly bad, as one with equal
    leading bits would be: it leaves half of the grid empty, which costs n or more.
    """
    points, n, names = points_of("sobol", 1), 1024, 60
    cells = [strata(points.uniforms(f"n{i}", range(1), 0, n)[:, 0], 8) for i in range(names)]
    chi2 = [
        ((np.bincount(8 * cells[i] + cells[j], minlength=64) - n / 64) ** 2 / (n / 64)).sum()
        for i in range(names)
        for j in range(i)
    ]
    assert np.mean(chi2) < 1.25 * 49
    assert np.max(chi2) < 0.7 * n


def test_no_two_columns_are_equal_or_mirrored():
    """Among a thousand columns none is another one, nor its mirror image, nor nearly."""
    points = points_of("sobol", 1)
    names = [f"pledges.{i}.amount" for i in range(300)]
    columns = np.hstack(
        [points.uniforms("fx", range(8), 0, 1024)]
        + [points.uniforms(name, range(3), 0, 1024) for name in names]
    )
    correlation = np.corrcoef(columns.T) - np.eye(columns.shape[1])
    assert np.abs(correlation).max() < 0.5


def test_replicates_give_an_honest_standard_error():
    """The means of 50 replicates scatter about the truth as their own spread says."""
    points = points_of("sobol", 50)
    u = points.uniforms("fx", range(2), 0, 50 * 256).T.reshape(2, 256, 50)
    means = (u[0] * u[1]).mean(axis=0)
    assert means.std() < 0.2 * np.sqrt((1 / 9 - 1 / 16) / 256)
    assert abs(means.mean() - 0.25) < 5 * means.std() / np.sqrt(50)


def test_scrambled_points_use_all_bits():
    """The 20 bits under the 32 of the sequence are filled as evenly as the others."""
    u = points_of("sobol", 1).uniforms("plain", range(1), 0, 4096)[:, 0]
    bits = np.ldexp(u, 52).astype(np.uint64)
    share = ((bits[:, None] >> np.arange(52, dtype=np.uint64)) & np.uint64(1)).mean(axis=0)
    assert np.abs(share - 0.5).max() < 5 * 0.5 / np.sqrt(4096)


def test_sobol_beats_random_on_a_smooth_mean():
    """The error of a mean over three leading factors is a tenth of a random sampler's or less."""
    names = ("fx", "cpi", "pay")
    errors = {}
    for sampler in ("sobol", "random"):
        points = make_points(sampler, seed=3, replicates=16, draws=1, leading=names)
        u = [points.uniforms(name, range(1), 0, 16 * 2048)[:, 0] for name in names]
        means = np.exp(u[0] + u[1] + u[2]).reshape(2048, 16).mean(axis=0)
        errors[sampler] = np.sqrt(((means - np.expm1(1) ** 3) ** 2).mean())
    assert errors["sobol"] < errors["random"] / 10


def test_sobol_set_up_is_shared_by_blocks():
    """A block of the same columns reuses what was made for the first one."""
    points = points_of("sobol")
    points.uniforms("plain", range(5), 0, 10)
    made = dict(points._nets)
    points.uniforms("plain", range(5), 10, 20)
    assert points._nets == made


# --- Latin hypercube ---


@pytest.mark.parametrize("draws", [1, 2, 7, 64, 65, 1000, 4099])
@pytest.mark.parametrize("replicates", [1, 3, 8])
def test_every_stratum_is_hit_once(draws, replicates):
    """Over the whole run each replicate has one point in each of its strata."""
    u = points_of("lhs", replicates, draws=draws).uniforms("x", range(3), 0, draws)
    for replicate in range(min(replicates, draws)):
        mine = u[replicate::replicates]
        hit = np.sort(strata(mine, len(mine)), axis=0)
        np.testing.assert_array_equal(hit, np.repeat(np.arange(len(mine))[:, None], 3, axis=1))


@given(st.integers(1, 3000), st.integers(0, 2**64 - 1))
@settings(max_examples=60, deadline=None)
def test_permutations_are_permutations(size, key):
    """Every number up to the size appears once."""
    keys = np.full((6, size), key, dtype=np.uint64) + np.arange(6, dtype=np.uint64)[:, None]
    sizes = np.full(size, size)
    places = permuted(np.arange(size), sizes, keys, max(2, (size - 1).bit_length()))
    np.testing.assert_array_equal(np.sort(places), np.arange(size))


def test_small_permutations_are_all_found():
    """The six orders of three strata come equally often, within five standard errors."""
    u = points_of("lhs", 1, draws=3).uniforms("x", range(3000), 0, 3)
    orders, counts = np.unique(strata(u, 3), axis=1, return_counts=True)
    assert orders.shape[1] == 6
    assert np.abs(counts / 3000 - 1 / 6).max() < 5 * np.sqrt(5 / 36 / 3000)


def test_hypercube_depends_on_the_number_of_draws():
    """More draws are another hypercube, as the documentation says."""
    few, many = (points_of("lhs", draws=n).uniforms("x", range(1), 0, 64) for n in (64, 128))
    assert (few != many).any()


# --- Plain random numbers ---


def test_random_does_not_depend_on_replicates():
    """Plain random numbers are the same for any number of replicates."""
    one, many = (points_of("random", r).uniforms("x", range(2), 0, 100) for r in (1, 13))
    np.testing.assert_array_equal(one, many)


def test_random_words_follow_the_counter():
    """Philox's counter steps by four words: what a block's start relies on."""
    key = np.array([1, 2], dtype=np.uint64)
    whole = np.random.Philox(counter=0, key=key).random_raw(40)
    for step in range(10):
        made = np.random.Philox(counter=step, key=key).random_raw(4)
        np.testing.assert_array_equal(made, whole[4 * step : 4 * step + 4])
