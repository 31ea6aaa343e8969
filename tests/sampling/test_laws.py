"""Laws: one suite for all of them, then what is known in closed form of each."""

import math
import warnings
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from simulator.errors import InputError
from simulator.sampling.continuous import Beta, Metalog
from simulator.sampling.laws import Discrete, Truncated, law_of, quadrature
from simulator.scenario.numbers import Uncertain

DECILES = {"p10": "8", "p50": "12", "p90": "20"}
LAWS = {
    "known": {"value": "12.5"},
    "normal": {"normal": {"mean": "12", "sd": "2"}},
    "normal_min": {"normal": {"mean": "12", "sd": "2"}, "min": "11"},
    "normal_both": {"normal": {"mean": "12", "sd": "2"}, "min": "11", "max": "13"},
    "normal_large": {"normal": {"mean": "1e9", "sd": "1"}, "max": "1000000001"},
    "normal_narrow": {"normal": {"mean": "0", "sd": "1"}, "min": "0.4999999", "max": "0.5"},
    "normal_tail": {"normal": {"mean": "0", "sd": "1"}, "min": "5.5"},
    "normal_low_tail": {"normal": {"mean": "0", "sd": "1"}, "max": "-5.5"},
    "lognormal": {"lognormal": {"mean": "100", "sd": "30"}},
    "lognormal_median": {"lognormal": {"median": "3", "log_sd": "0.4"}},
    "lognormal_wide_cut": {"lognormal": {"median": "3", "log_sd": "1.2"}, "min": "2"},
    "lognormal_cut": {"lognormal": {"mean": "100", "sd": "30"}, "min": "70", "max": "200"},
    "lognormal_slight": {"lognormal": {"median": "1.2", "log_sd": "0.001"}, "max": "1.201"},
    "pert": {"pert": {"min": "470", "mode": "700", "max": "930"}},
    "pert_edge": {"pert": {"min": "0", "mode": "0", "max": "3", "weight": "2.5"}},
    "pert_cut": {"pert": {"min": "470", "mode": "700", "max": "900"}, "min": "600", "max": "750"},
    "triangular": {"triangular": {"min": "-1", "mode": "0.5", "max": "3"}},
    "triangular_left": {"triangular": {"min": "0", "mode": "0", "max": "3"}},
    "triangular_right": {"triangular": {"min": "0", "mode": "3", "max": "3"}},
    "triangular_cut": {"triangular": {"min": "-1", "mode": "0.5", "max": "3"}, "min": "0"},
    "triangular_past": {"triangular": {"min": "-1", "mode": "0.5", "max": "3"}, "max": "0.75"},
    "uniform": {"uniform": {"min": "0.1", "max": "0.3"}},
    "uniform_cut": {"uniform": {"min": "0.1", "max": "0.3"}, "min": "0", "max": "0.25"},
    "beta": {"beta": {"alpha": "2", "beta": "5"}},
    "beta_stretched": {"beta": {"alpha": "0.5", "beta": "0.7", "min": "-3", "max": "9"}},
    "beta_cut": {"beta": {"alpha": "2", "beta": "5", "min": "1", "max": "2"}, "min": "1.2"},
    "beta_upper": {"beta": {"alpha": "5", "beta": "40"}, "min": "0.08", "max": "0.6"},
    "discrete": {"discrete": {"values": ["3", "1", "2"], "weights": ["1", "2", "0.5"]}},
    "discrete_cut": {
        "discrete": {"values": ["3", "1", "2", "0.1"], "weights": ["1", "2", "0.5", "1"]},
        "min": "0.1",
        "max": "2",
    },
    "bernoulli": {"bernoulli": {"p": "0.3"}},
    "bernoulli_sure": {"bernoulli": {"p": "1"}},
    "empirical": {"empirical": {"values": ["1.5", "-2", "7", "7", "3"]}},
    "empirical_cut": {"empirical": {"values": ["1.5", "-2", "7", "7", "3"]}, "max": "6"},
    "metalog": DECILES,
    "metalog_cut": {**DECILES, "min": "0"},
    "metalog_both": {**DECILES, "min": "5", "max": "25"},
    "metalog_skewed": {"p10": "0", "p50": "16.7", "p90": "100"},
}
CENTRED = {"normal_narrow": "0.49999995", "normal_tail": "6", "normal_low_tail": "-6"}
CENTRED |= {"discrete_cut": "1", "pert_cut": "700", "beta_cut": "1.3"}


def decimals(raw):
    """The numbers of a law, written as text above, as a scenario file gives them."""
    if isinstance(raw, dict):
        return {key: decimals(value) for key, value in raw.items()}
    if isinstance(raw, list):
        return [decimals(value) for value in raw]
    return Decimal(raw)


def uncertain(raw):
    return Uncertain.model_validate(decimals(raw))


def make(name):
    central = {"central": CENTRED[name]} if name in CENTRED else {}
    return law_of(uncertain(LAWS[name] | central))


def interior(count=999):
    """Probabilities from the far lower to the far upper tail."""
    tails = 10.0 ** np.arange(-14, -3)
    return np.sort(np.concatenate([tails, np.linspace(0.001, 0.999, count), 1 - tails]))


@pytest.mark.parametrize("name", LAWS)
class TestEveryLaw:
    """What holds for all laws, cut or not."""

    def test_quantiles_are_float64_of_the_same_shape(self, name):
        """Any shape goes in and comes out as new float64 numbers; the input is left alone."""
        law = make(name)
        for shape in [(0,), (1,), (7,), (3, 4)]:
            u = np.full(shape, 0.25)
            x = law.ppf(u)
            assert x.shape == shape
            assert x.dtype == np.float64
            assert law.cdf(x).shape == shape
            np.testing.assert_array_equal(u, 0.25)

    def test_quantiles_increase_within_the_support(self, name):
        """Quantiles never fall, and lie inside the support."""
        law = make(name)
        x = law.ppf(interior())
        low, high = law.support
        assert (np.diff(x) >= -1e-15 * np.abs(x[1:])).all()
        assert (x >= low).all()
        assert (x <= high).all()

    def test_ends_are_finite(self, name):
        """The least and greatest uniforms, and even 0 and 1, give finite numbers."""
        law = make(name)
        ends = np.array([0.0, 2.0**-53, 2.0**-52, 1 - 2.0**-52, 1 - 2.0**-53, 1.0])
        x = law.ppf(ends)
        assert np.isfinite(x).all()
        assert (x >= law.support[0]).all()
        assert (x <= law.support[1]).all()

    def test_probabilities_stay_between_0_and_1(self, name):
        """Below the support nothing, above it everything, in between no less than before."""
        law = make(name)
        low, high = law.support
        grid = np.linspace(max(low, -50) - 1, min(high, 1e4) + 1, 5001)
        p = law.cdf(grid)
        assert (np.diff(p) >= 0).all()
        assert ((p >= 0) & (p <= 1)).all()
        assert (p[grid < low] == 0).all()
        assert (p[grid >= high] == 1).all()

    def test_quantiles_and_probabilities_invert(self, name):
        """cdf(ppf(u)) is u for continuous laws; for discrete ones the inequalities hold."""
        law, u = make(name), interior()
        x = law.ppf(u)
        if law.is_discrete:
            assert (law.cdf(x) >= u).all()
            assert (law.cdf(np.nextafter(x, -np.inf)) < u).all()
            return
        error = 4 * np.spacing(np.abs(x).max())  # x is rounded, which matters where cdf is steep
        assert (law.cdf(x - error) <= u * (1 + 2e-12)).all()
        assert (law.cdf(x + error) >= u * (1 - 2e-12)).all()

    def test_mean_and_sd_are_those_of_the_quantiles(self, name):
        """Mean and sd equal an independent quadrature of the quantile function."""
        law = make(name)
        if law.is_discrete:
            steps = np.linspace(0, 1, 2_000_001)
            x = law.ppf((steps[1:] + steps[:-1]) / 2)
            mean, sd = x.mean(), x.std()
            tolerance = 1e-5
        else:
            mean, sd = adaptive_moments(law)
            tolerance = 1e-7
        assert law.mean == pytest.approx(mean, abs=tolerance * (law.sd + 1e-9 * abs(mean)))
        assert law.sd == pytest.approx(sd, rel=tolerance, abs=1e-12)

    def test_blocks_do_not_change_values(self, name):
        """A value does not depend on which others are made with it."""
        law, u = make(name), interior()
        one_by_one = np.concatenate([law.ppf(u[i : i + 1]) for i in range(len(u))])
        np.testing.assert_array_equal(law.ppf(u), one_by_one)
        np.testing.assert_array_equal(law.ppf(u)[3:50], law.ppf(u[3:50].copy()))


def adaptive_moments(law):
    """Mean and sd by scipy's adaptive quadrature, in z = Φ⁻¹(u) so that tails are seen."""
    middle = float(law.ppf(np.array([0.5]))[0])

    def moment(power, about):
        def integrand(z):
            u = np.array([stats.norm.cdf(z)])
            return (float(law.ppf(u)[0]) - about) ** power * stats.norm.pdf(z)

        cuts = [-8.2, -4, -2, -1, 0, 1, 2, 4, 8.2]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", integrate.IntegrationWarning)
            parts = [
                integrate.quad(integrand, a, b, epsabs=0, epsrel=1e-10, limit=100)[0]
                for a, b in pairwise(cuts)
            ]
        return math.fsum(parts)

    shift = moment(1, middle)
    return middle + shift, math.sqrt(moment(2, middle + shift))


SCIPY = {
    "normal": stats.norm(12, 2),
    "normal_min": stats.truncnorm(-0.5, np.inf, 12, 2),
    "normal_both": stats.truncnorm(-0.5, 0.5, 12, 2),
    "normal_tail": stats.truncnorm(5.5, np.inf),
    "normal_low_tail": stats.truncnorm(-np.inf, -5.5),
    "lognormal_median": stats.lognorm(0.4, scale=3),
    "pert": stats.beta(3, 3, 470, 460),
    "pert_edge": stats.beta(1, 3.5, 0, 3),
    "triangular": stats.triang(1.5 / 4, -1, 4),
    "triangular_left": stats.triang(0, 0, 3),
    "triangular_right": stats.triang(1, 0, 3),
    "uniform": stats.uniform(0.1, 0.2),
    "uniform_cut": stats.uniform(0.1, 0.15),
    "beta": stats.beta(2, 5),
    "beta_stretched": stats.beta(0.5, 0.7, -3, 12),
    "bernoulli": stats.bernoulli(0.3),
}


@pytest.mark.parametrize("name", SCIPY)
def test_laws_are_those_of_scipy(name):
    """Quantiles, probabilities, mean and sd are scipy.stats' where it has the law."""
    law, theirs, u = make(name), SCIPY[name], np.linspace(0.001, 0.9995, 777)
    x = theirs.ppf(u)
    np.testing.assert_allclose(law.ppf(u), x, rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(law.cdf(x), theirs.cdf(x), rtol=1e-10)
    mean, variance = theirs.stats("mv")
    assert law.mean == pytest.approx(float(mean), rel=1e-12)
    assert law.sd == pytest.approx(math.sqrt(variance), rel=1e-10)


TRUNCATED = [name for name in LAWS if isinstance(make(name), Truncated)]


@pytest.mark.parametrize("name", TRUNCATED)
def test_closed_form_and_quadrature_agree(name):
    """The closed form of truncated moments and the quadrature are two ways to one number."""
    law = make(name)
    mean, sd = quadrature(law, law.base.kinks)
    assert law.mean == pytest.approx(mean, abs=1e-9 * law.sd)
    assert law.sd == pytest.approx(sd, rel=1e-8)


@pytest.mark.parametrize("name", TRUNCATED)
def test_truncation_conditions_the_law(name):
    """A truncated quantile is the base law's at the probability between the bounds."""
    law, u = make(name), np.linspace(0.01, 0.99, 99)
    low, high = law.base.cdf(np.array(law.support))
    expected = law.base.ppf(low + u * (high - low))
    np.testing.assert_allclose(law.ppf(u), expected, rtol=0, atol=1e-6 * law.sd)


def test_far_tail_keeps_its_digits():
    """A normal law cut at 5.5 sd mirrors the one cut at -5.5, to the last bits."""
    above, below, u = make("normal_tail"), make("normal_low_tail"), np.linspace(0.01, 0.99, 99)
    np.testing.assert_allclose(above.ppf(u), -below.ppf(1 - u), rtol=1e-14)
    assert above.mean == pytest.approx(-below.mean, rel=1e-14)
    # Mills' ratio: the mean of the tail is φ/Φ̄ = 5.5 + 1/5.5 - 2/5.5³ + 10/5.5⁵ - …
    assert above.mean == pytest.approx(5.671043386, abs=2e-3)
    assert above.mean == pytest.approx(stats.norm.pdf(5.5) / stats.norm.sf(5.5), rel=1e-13)


def test_narrow_cut_does_not_cancel():
    """On an interval of 1e-7 sd the law is uniform: mean in the middle, sd the width over √12."""
    law = make("normal_narrow")
    width = law.high - law.low
    assert law.mean - law.low == pytest.approx(width / 2, rel=1e-6)
    assert law.sd == pytest.approx(width / math.sqrt(12), rel=1e-6)


def test_nothing_cut_is_the_law_itself():
    """Bounds outside the support change nothing."""
    wide = uncertain(LAWS["pert"] | {"min": "0", "max": "2000"})
    assert law_of(wide) == make("pert")


@pytest.mark.parametrize(
    "number",
    [
        {"normal": {"mean": "0", "sd": "1"}, "min": "7", "central": "8"},
        {"lognormal": {"mean": "10", "sd": "1"}, "max": "-1", "central": "-2"},
        {"uniform": {"min": "0", "max": "1"}, "min": "2", "central": "3"},
        {"uniform": {"min": "0", "max": "1"}, "max": "0", "central": "0"},
        {"discrete": {"values": ["1", "2"], "weights": ["1", "1"]}, "min": "1.2", "max": "1.8"},
        {"beta": {"alpha": "2", "beta": "3"}, "min": "1.5", "central": "2"},
        {"pert": {"min": "0", "mode": "1", "max": "2"}, "max": "0", "central": "0"},
        {"triangular": {"min": "0", "mode": "1", "max": "2"}, "min": "2", "central": "2"},
        {**DECILES, "max": "-200", "central": "-300"},
    ],
)
def test_empty_truncation_is_refused(number):
    """A cut that leaves no probability is named, with the probability and a remedy."""
    with pytest.raises(InputError) as caught:
        law_of(uncertain(number), "income.misc")
    (problem,) = caught.value.problems
    assert problem.key == "income.misc"
    assert "probability" in problem.value
    assert problem.remedy


# --- Closed forms of single laws ---


@given(st.integers(-50, 50), st.integers(0, 50), st.integers(1, 50), st.integers(1, 20))
@settings(max_examples=50, deadline=None)
def test_pert_moments(low, to_mode, past_mode, weight):
    """PERT: mean (min + w·mode + max)/(w + 2), variance (mean - min)(max - mean)/(w + 3)."""
    mode, high = low + to_mode, low + to_mode + past_mode
    number = {"pert": {"min": low, "mode": mode, "max": high, "weight": weight}}
    law = law_of(uncertain(number))
    mean = (low + weight * mode + high) / (weight + 2)
    assert law.mean == pytest.approx(mean, abs=1e-12)
    assert law.sd == pytest.approx(math.sqrt((mean - low) * (high - mean) / (weight + 3)))


def test_pert_of_income():
    """Miscellaneous income PERT(470, 700, 930): mean 700, sd 460/√28 by hand."""
    assert make("pert").mean == pytest.approx(700, rel=1e-15)
    assert make("pert").sd == pytest.approx(460 / math.sqrt(28), rel=1e-14)


@given(st.floats(0.01, 1000), st.floats(0.001, 1000))
@settings(max_examples=50, deadline=None)
def test_lognormal_round_trip(mean, ratio):
    """A log-normal law asked for by mean and sd has them, and the median that follows."""
    number = {"lognormal": {"mean": repr(mean), "sd": repr(mean * ratio)}}
    law = law_of(uncertain(number))
    assert law.mean == pytest.approx(mean, rel=1e-12)
    assert law.sd == pytest.approx(mean * ratio, rel=1e-9)
    assert law.ppf(np.array([0.5]))[0] == pytest.approx(mean / math.hypot(1, ratio), rel=1e-12)


def test_beta_moments():
    """Beta(2, 5): mean 2/7, variance 10/(49·8)."""
    assert make("beta").mean == pytest.approx(2 / 7, rel=1e-15)
    assert make("beta").sd == pytest.approx(math.sqrt(10 / (49 * 8)), rel=1e-14)


@pytest.mark.parametrize("shape", [(0.01, 0.01), (0.05, 3.0), (1e5, 2e5), (1e6, 1e6)])
@pytest.mark.parametrize("low", [0.0, 0.1, 0.33])
def test_extreme_beta_laws_stay_exact(shape, low):
    """Truncated moments of two-humped and needle-like beta laws equal scipy's expectation."""
    law = Truncated(Beta(*shape, 0.0, 1.0), low, 0.6)
    theirs = stats.beta(*shape)
    mass = theirs.cdf(0.6) - theirs.cdf(low)
    if mass < 1e-6:
        return
    a, b = shape
    higher = stats.beta(a + 1, b)
    expected = a / (a + b) * (higher.cdf(0.6) - higher.cdf(low)) / mass
    assert law.mean == pytest.approx(expected, rel=1e-9)


@given(st.floats(0.17, 0.83), st.floats(1e-3, 1e6), st.floats(-1e6, 1e6))
@settings(max_examples=100, deadline=None)
def test_metalog_passes_through_its_percentiles(place, width, p10):
    """p10, p50 and p90 are hit, and probabilities invert quantiles in both tails."""
    p50, p90 = p10 + place * width, p10 + width
    law = Metalog.through(p10, p50, p90)
    size = 1e-14 * (abs(p10) + width)
    np.testing.assert_allclose(
        law.ppf(np.array([0.1, 0.5, 0.9])), [p10, p50, p90], rtol=0, atol=size
    )
    centred = Metalog(0.0, law.a2, law.a3)
    tails = 10.0 ** np.linspace(-100, -1, 40)
    np.testing.assert_allclose(centred.cdf(centred.ppf(tails)), tails, rtol=1e-11)
    np.testing.assert_allclose(centred.sf(centred.isf(tails)), tails, rtol=1e-11)


def test_metalog_moments():
    """Mean a1 + a3/2; variance π²/3·a2² + (1/12 + π²/36)·a3² (Keelin 2016)."""
    law = make("metalog")
    odds = math.log(9)
    assert (law.a1, law.a2, law.a3) == pytest.approx((12, 6 / odds, 5 / odds), rel=1e-15)
    assert law.mean == pytest.approx(12 + 2.5 / odds, rel=1e-15)
    variance = math.pi**2 / 3 * law.a2**2 + (1 / 12 + math.pi**2 / 36) * law.a3**2
    assert law.sd == pytest.approx(math.sqrt(variance), rel=1e-15)
    assert quadrature(law) == pytest.approx((law.mean, law.sd), rel=1e-11)


def test_symmetric_metalog_is_logistic():
    """With p50 in the middle the metalog is the logistic law."""
    law, u = Metalog.through(-1.0, 0.0, 1.0), np.linspace(0.01, 0.99, 99)
    np.testing.assert_allclose(
        law.ppf(u), stats.logistic(scale=1 / math.log(9)).ppf(u), rtol=1e-12, atol=1e-15
    )


def test_empirical_is_the_step_function():
    """Each observation is equally likely; repeated ones count twice."""
    law = make("empirical")
    u = np.array([0.1, 0.2, 0.20001, 0.4, 0.41, 0.6, 0.61, 0.99])
    np.testing.assert_array_equal(law.ppf(u), [-2, -2, 1.5, 1.5, 3, 3, 7, 7])
    assert law.mean == pytest.approx(3.3, rel=1e-15)
    assert law.sd == pytest.approx(np.std([1.5, -2, 7, 7, 3]), rel=1e-14)


def test_discrete_bounds_are_kept():
    """Values at the bounds stay in (0.1 is not lost to its binary form), others leave."""
    law = make("discrete_cut")
    assert isinstance(law, Discrete)
    assert law.support == (0.1, 2.0)
    np.testing.assert_allclose(law.cdf(np.array([0.1, 1, 2])), [1 / 3.5, 3 / 3.5, 1], rtol=1e-15)


def test_a_known_number_is_always_itself():
    """A number without a law has one value, no spread, and that value as support."""
    law = make("known")
    assert (law.mean, law.sd, law.support, law.is_discrete) == (12.5, 0.0, (12.5, 12.5), True)


def test_bernoulli_counts_the_ones():
    """A pledge that arrives with probability 0.3 arrives for the upper 30 % of uniforms."""
    law = make("bernoulli")
    np.testing.assert_array_equal(law.ppf(np.array([0.01, 0.7, 0.7000001, 0.99])), [0, 0, 1, 1])
    assert (law.mean, law.sd) == pytest.approx((0.3, math.sqrt(0.21)), rel=1e-15)
