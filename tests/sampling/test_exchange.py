"""Laws of exchange rates against closed forms and second ways."""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np
import pytest
from scipy.special import gammaln, ndtri, stdtr, stdtrit

from simulator.engine import simulate
from simulator.engine.plan import Plan
from simulator.sampling.exchange import (
    MonthScales,
    PathScale,
    ResampledPath,
    ReturningPath,
    Setting,
    WalkPath,
    WildWalkPath,
    path_law,
    price_drift,
    within_sd,
)
from simulator.scenario.exchange import Blended
from simulator.scenario.read import scenario_from_dict
from simulator.units import Month, months_between

N = 1 << 16
YEARS = [2031, 2032]
MONTHS = list(months_between(Month(2030, 11), Month(2032, 12)))
PAIR = "eur_per_usd"
NONE = np.empty((0, 0))


def _normals(count: int, columns: int, seed: int = 7) -> np.ndarray:
    return np.asfortranarray(np.random.default_rng(seed).standard_normal((count, columns)))


def _uniforms(count: int, columns: int, seed: int = 8) -> np.ndarray:
    return np.asfortranarray(np.random.default_rng(seed).random((count, columns)))


def _moments(law: WalkPath | ReturningPath | WildWalkPath) -> tuple[np.ndarray, np.ndarray]:
    """Mean and covariance of the log averages of a Gaussian law, exactly: they are linear."""
    shared = np.ones((law.components, law.common))
    centre = np.log(law.path(np.zeros((law.components, law.components)), shared))
    moved = np.log(law.path(np.asfortranarray(np.eye(law.components)), shared)) - centre
    return centre[0], moved.T @ moved


def _blended(**further: Any) -> Blended:
    return Blended.model_validate({"volatility": {PAIR: 0.03}, **further})


def _fourth_moment_error(values: np.ndarray) -> float:
    """Four standard errors of the variance of `values`, as a part of it."""
    centred = (values - values.mean()) ** 2
    return 4 * float(centred.std() / centred.mean()) / math.sqrt(len(values))


def test_a_blended_month_is_student_with_the_variance_of_a_walk() -> None:
    """log A_t − d_t has variance σ²(t + 1/3) and the quantiles of a unit-variance t of 8."""
    law = path_law(_blended(view=0), Setting(PAIR, 1.2, MONTHS, YEARS))
    logs = np.log(law.path(_normals(N, law.components), law.shared(_uniforms(N, law.common))) / 1.2)
    for month in (0, 9, 25):
        sd = 0.03 * math.sqrt(month + 1 / 3)
        values = logs[:, month]
        assert values.var() == pytest.approx(sd**2, rel=_fourth_moment_error(values))
        for level in (0.05, 0.25, 0.5, 0.9):
            t = float(stdtrit(8, level))
            quantile = t * math.sqrt(6 / 8) * sd
            density = math.exp(
                gammaln(4.5) - gammaln(4) - 0.5 * math.log(8 * math.pi)
                - 4.5 * math.log1p(t * t / 8)
            ) / (math.sqrt(6 / 8) * sd)  # fmt: skip
            error = 4 * math.sqrt(level * (1 - level) / N) / density
            assert np.quantile(values, level) == pytest.approx(quantile, abs=error)


def test_the_scale_is_one_for_the_path_and_for_every_rate() -> None:
    """Far-out paths stay far out: squared changes of two months of a path are correlated.

    With m² = 6/χ²₈ common, corr(x², y²) of independent normals times m is Var(m²)/(3E[m⁴] − 1).
    """
    scale = PathScale(8.0)
    shocks = _normals(N, 2) * scale.shared(_uniforms(N, 1))
    fourth = 36 / (6 * 4)  # E[m⁴] = 36·E[χ⁻⁴] = 36/((8 − 2)(8 − 4))
    wanted = (fourth - 1) / (3 * fourth - 1)
    capped = np.minimum(shocks**2, 50.0)  # the 8th moment that an error needs is infinite
    assert np.corrcoef(capped.T)[0, 1] == pytest.approx(wanted, abs=0.05)
    ranks = np.corrcoef(np.argsort(np.argsort(np.abs(shocks), axis=0), axis=0).T)[0, 1]
    assert ranks > 4 / math.sqrt(N)


def test_months_have_scales_of_their_own() -> None:
    """A month's innovation is Student-t, and two months of a path are independent."""
    scale = MonthScales(5.0, 2)
    shocks = _normals(N, 4)
    scale.apply(shocks, scale.shared(_uniforms(N, 2)))
    for column in shocks.T:
        outside = np.mean(np.abs(column) > 2.0)
        wanted = 2 * float(stdtr(5, -2.0 / math.sqrt(3 / 5)))
        assert outside == pytest.approx(wanted, abs=4 * math.sqrt(wanted / N))
    # e and w of one month share their scale, e of two months do not
    far = np.abs(shocks) > 2.0
    together = np.mean(far[:, 0] & far[:, 2])
    apart = np.mean(far[:, 0] & far[:, 1])
    chance = far.mean(axis=0)
    assert together > chance[0] * chance[2] + 4 * math.sqrt(chance[0] * chance[2] / N)
    wanted = chance[0] * chance[1]
    assert apart == pytest.approx(wanted, abs=4 * math.sqrt(wanted / N))


def test_the_drift_is_that_of_prices_and_of_a_slow_return() -> None:
    """Mid-month d_t = λ(−δt/12 + ½·gap·(1 − 2^(−t/60))), t = ½, 1½ …; λ = 0 is no view."""
    law = _blended(view=0.5, inflation_differential={PAIR: 0.02}, real_gap={PAIR: -0.1})
    drift = price_drift(law, PAIR, 61)
    assert drift[0] == pytest.approx(0.5 * (-0.02 / 24 - 0.05 * (1 - 0.5 ** (0.5 / 60))))
    t = 60.5
    assert drift[60] == pytest.approx(0.5 * (-0.02 * t / 12 - 0.05 * (1 - 0.5 ** (t / 60))))
    still = _blended(view=0, inflation_differential={PAIR: 0.02}, real_gap={PAIR: -0.1})
    assert not price_drift(still, PAIR, 61).any()


def test_the_median_follows_the_drift() -> None:
    """The median of every month is S₀·exp(d_t)."""
    law = _blended(inflation_differential={PAIR: 0.02}, real_gap={PAIR: 0.2})
    path = path_law(law, Setting(PAIR, 1.2, MONTHS, YEARS))
    logs = np.log(path.path(_normals(N, path.components), path.shared(_uniforms(N, path.common))))
    drift = price_drift(law, PAIR, len(MONTHS))
    for month in (0, 12, 25):
        sd = 0.03 * math.sqrt(month + 1 / 3)
        error = 4 * sd * math.sqrt(math.pi / 2 / N)
        wanted = math.log(1.2) + drift[month]
        assert np.median(logs[:, month]) == pytest.approx(wanted, abs=error)


def test_an_estimated_start_widens_every_month_alike() -> None:
    """The variance of the log rate grows by start_error² in the first month and in the last."""
    law = WalkPath(1.0, 0.02, MONTHS, YEARS, start_error=0.05)
    logs = np.log(law.path(_normals(N, law.components), NONE))
    for month in (0, 25):
        wanted = 0.05**2 + 0.02**2 * (month + 1 / 3)
        assert logs[:, month].var() == pytest.approx(wanted, rel=4 * math.sqrt(2 / N))
    assert np.corrcoef(logs[:, 0], logs[:, 25])[0, 1] > 0.4


@pytest.mark.parametrize("month", [0, 6, 25])
def test_a_returning_rate_has_the_mean_and_variance_of_the_process(month: int) -> None:
    """Against a fine grid: the average of an Ornstein-Uhlenbeck log rate over each month.

    The second way is the covariance σ²/(2κ)(e^(−κ|s−t|) − e^(−κ(s+t))) summed over 200 points.
    """
    half_life, sd = 9.0, 0.03
    law = ReturningPath(1.0, sd, MONTHS, YEARS, towards=1.3, half_life=half_life)
    logs = np.log(law.path(_normals(N, law.components), NONE))[:, month]
    rate = math.log(2) / half_life
    grid = month + (np.arange(200) + 0.5) / 200
    mean = math.log(1.3) * (1 - np.exp(-rate * grid).mean())
    apart, total = np.abs(grid[:, None] - grid[None, :]), grid[:, None] + grid[None, :]
    variance = float((sd**2 / (2 * rate) * (np.exp(-rate * apart) - np.exp(-rate * total))).mean())
    assert logs.mean() == pytest.approx(mean, abs=4 * math.sqrt(variance / N) + 1e-5)
    assert logs.var() == pytest.approx(variance, rel=4 * math.sqrt(2 / N) + 2e-4)


def test_a_rate_that_hardly_returns_is_a_walk() -> None:
    """With a half-life of a million months log averages have the moments of the walk's."""
    walk = WalkPath(1.1, 0.03, MONTHS, YEARS)
    slow = ReturningPath(1.1, 0.03, MONTHS, YEARS, towards=1.5, half_life=1e6)
    (centre, covariance), (mean, wanted) = _moments(slow), _moments(walk)
    assert np.allclose(centre, mean, atol=1e-5)
    assert np.allclose(covariance, wanted, rtol=1e-4)
    assert within_sd(0.000999) == pytest.approx(within_sd(0.001001), rel=1e-6)


def test_one_normal_a_month_gives_the_law_of_two() -> None:
    """Averages made month by month have the covariances of those made from e and w.

    With every scale 1, a walk of wild months is the Gaussian walk: Σ_{s<t} e_s + e_t/2 + w_t/√12.
    """
    wild = WildWalkPath(1.1, 0.03, MONTHS, YEARS, MonthScales(5.0, len(MONTHS)), start_error=0.1)
    (centre, covariance), (mean, wanted) = (
        _moments(WalkPath(1.1, 0.03, MONTHS, YEARS, start_error=0.1)),
        _moments(wild),
    )
    assert np.allclose(centre, mean, atol=1e-14)
    assert np.allclose(covariance, wanted, rtol=1e-12)


def test_resampled_months_are_the_past_months() -> None:
    """With changes ±c, in blocks of one, the level after t months is a binomial walk's."""
    changes = [0.02, -0.02] * 12
    law = ResampledPath(1.0, changes, MONTHS)
    logs = np.log(law.path(_normals(N, law.components), law.shared(_uniforms(N, law.common))))
    last = logs[:, 25]
    wanted = 0.02**2 * (25 + 1 / 4 + 1 / 12)
    assert last.mean() == pytest.approx(0, abs=4 * math.sqrt(wanted / N))
    assert last.var() == pytest.approx(wanted, rel=4 * math.sqrt(2 / N))


def test_a_block_keeps_the_order_of_the_past() -> None:
    """A block of the whole period replays consecutive months from the one that is drawn."""
    changes = [float(i) / 1000 for i in range(-13, 13)]
    law = ResampledPath(1.0, changes, MONTHS, block=26)
    assert law.common == 1
    first = 5
    uniform = np.array([[(first + 0.5) / 26]])
    logs = np.log(law.path(np.zeros((1, 26), order="F"), uniform))[0]
    centred = np.roll(np.array(changes) - np.mean(changes), -first)
    ends = np.cumsum(centred)
    assert np.allclose(logs, ends - 0.5 * centred, atol=1e-12)


def _with(small: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(small), **changes}


TWO = {
    "eur_per_usd": {"budget": 0.9, "start": 0.92},
    "eur_per_gbp": {"budget": 1.1, "start": 1.15},
}
PLEDGE = {
    "name": "p", "window": "I", "currency": "GBP", "amount": 10, "stage": "signed",
    "received": {"2031": 1},
}  # fmt: skip
MONEY = {
    "rates": TWO,
    "windows": {"I": {}},
    "inflows": {"stated_in": "USD"},
    "pledges": [PLEDGE],
}
CHANGES = {
    "eur_per_usd": [0.01 * (-1) ** i for i in range(24)],
    "eur_per_gbp": [0.02 * (-1) ** i for i in range(24)],
}
LAWS: dict[str, dict[str, Any]] = {
    "random_walk": {"volatility": {"eur_per_usd": 0.03, "eur_per_gbp": 0.02}},
    "student_walk": {"volatility": {"eur_per_usd": 0.03, "eur_per_gbp": 0.02}},
    "blended": {
        "volatility": {"eur_per_usd": 0.03, "eur_per_gbp": 0.02},
        "inflation_differential": {"eur_per_usd": 0.01, "eur_per_gbp": 0},
        "real_gap": {"eur_per_usd": -0.1, "eur_per_gbp": 0.05},
    },
    "ou": {
        "volatility": {"eur_per_usd": 0.03, "eur_per_gbp": 0.02},
        "towards": {"eur_per_usd": 1.0, "eur_per_gbp": 1.2},
        "half_life_months": 24,
    },
    "bootstrap": {"changes": CHANGES, "block_months": 3},
    "fixed": {"at": "start"},
    "path": {
        "rates": {
            "eur_per_usd": {"2030": 0.95, "2031": 1.0, "2032": 1.1, "2032-06": 1.05},
            "eur_per_gbp": {"2030": 1.1, "2031": 1.1, "2032": 1.1},
        }
    },
}


@pytest.mark.parametrize("law", LAWS)
def test_every_law_runs_and_keeps_its_bits(small_dict: dict[str, Any], law: str) -> None:
    """One suite for all laws: finite positive rates, the same bits for any block and order."""
    text = _with(small_dict, **MONEY, exchange={"law": law, **LAWS[law]})
    scenario = scenario_from_dict(text)
    whole = simulate(scenario, draws=300, block=300)
    parts = simulate(scenario, draws=300, block=77, threads=2)
    swapped = _with(text, rates=dict(reversed(TWO.items())))
    other = simulate(scenario_from_dict(swapped), draws=300)
    for pair in TWO:
        rates = whole[f"rate.{pair}"]
        assert (rates > 0).all()
        assert np.isfinite(rates).all()
    for name in whole:
        assert np.array_equal(whole[name], parts[name])
        assert np.array_equal(whole[name], other[name])


@pytest.mark.parametrize("law", ["student_walk", "blended", "bootstrap"])
def test_what_rates_share_is_shared(small_dict: dict[str, Any], law: str) -> None:
    """Uncorrelated rates are wild in the same draws: large moves of one go with large ones."""
    text = _with(small_dict, **MONEY, exchange={"law": law, **LAWS[law]})
    if law == "bootstrap":
        text["exchange"] = {
            "law": law,
            "changes": {pair: [c * (1 + 9 * (i > 20)) for i, c in enumerate(changes)]
                        for pair, changes in CHANGES.items()},
        }  # fmt: skip
    else:
        text["exchange"] = {**text["exchange"], "degrees_of_freedom": 3}
    plan = Plan(scenario_from_dict(text))
    draws = plan.draws(0, 1 << 14)
    moves = [np.abs(np.log(draws[f"rates.{pair}"][:, 1] / draws[f"rates.{pair}"][:, 0]))
             for pair in TWO]  # fmt: skip
    ranks = [np.argsort(np.argsort(move)) for move in moves]
    assert np.corrcoef(*ranks)[0, 1] > 4 / math.sqrt(1 << 14)


def test_given_paths_are_used_as_given(small_dict: dict[str, Any]) -> None:
    """A month's own rate wins over its year's; the year's mean is that of its months."""
    text = _with(small_dict, **MONEY, exchange={"law": "path", **LAWS["path"]})
    outcome = simulate(scenario_from_dict(text), draws=16)
    assert set(outcome.get("rate.eur_per_usd", "2031")) == {1.0}
    assert outcome.get("rate.eur_per_usd", "2032")[0] == pytest.approx((11 * 1.1 + 1.05) / 12)


def test_an_event_moves_every_rate_from_its_day_on(small_dict: dict[str, Any]) -> None:
    """−15 % on 16 June: half of June, all later months; earlier months and years stay."""
    text = _with(small_dict, **MONEY, exchange={"law": "fixed", "at": "start"})
    calm = simulate(scenario_from_dict(text), draws=16)
    event = {"name": "shock", "date": "2032-06-16", "change": -0.15}
    moved = simulate(scenario_from_dict({**text, "events": [event]}), draws=16)
    for pair, rate in TWO.items():
        name = f"rate.{pair}"
        assert np.array_equal(calm.get(name, "2031"), moved.get(name, "2031"))
        wanted = rate["start"] * (5 + (1 - 0.15 / 2) + 6 * 0.85) / 12
        assert moved.get(name, "2032")[0] == pytest.approx(wanted, rel=1e-12)


def test_an_event_lies_over_whatever_is_drawn(small_dict: dict[str, Any]) -> None:
    """The same draws with and without: from the day on, every rate is lower by that part."""
    text = _with(small_dict, **MONEY, exchange={"law": "blended", **LAWS["blended"]})
    event = {"name": "shock", "date": "2031-01-01", "change": -0.15, "rates": ["eur_per_usd"]}
    calm = simulate(scenario_from_dict(text), draws=64)
    moved = simulate(scenario_from_dict({**text, "events": [event]}), draws=64)
    ratio = moved["rate.eur_per_usd"] / calm["rate.eur_per_usd"]
    assert np.allclose(ratio, 0.85, rtol=1e-12)
    assert np.array_equal(moved["rate.eur_per_gbp"], calm["rate.eur_per_gbp"])


def test_ndtri_scores_of_a_net_give_the_walks_mean(small_dict: dict[str, Any]) -> None:
    """Points at the medians leave a walk at its start."""
    law = WalkPath(0.92, 0.03, MONTHS, YEARS)
    centre = np.full((1, law.components), ndtri(0.5), order="F")
    assert np.allclose(law.path(centre, NONE), 0.92, rtol=1e-14)
