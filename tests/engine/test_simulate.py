"""What must hold for every simulation: sums, determinism, independence of names."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from simulator.engine import Plan, simulate
from simulator.errors import InputError
from simulator.scenario.model import Scenario
from simulator.tables import Outcomes


def _same(one: Outcomes, other: Outcomes, names: list[str] | None = None) -> bool:
    return all(np.array_equal(one[name], other[name]) for name in names or list(one))


def test_contributions_add_up_to_the_net_to_the_last_bit(small: Scenario) -> None:
    """Shares sum to the net on every draw, every year and the whole period: exactly."""
    found = simulate(small)
    both = found["contribution_eur.A"] + found["contribution_eur.B"]
    assert np.array_equal(both, found["net_eur"])
    assert np.array_equal(found["net_eur"], found["total_eur"] - found["income_eur"])
    assert np.array_equal(found["total_eur"], found["posts_eur"] + found["non_posts_eur"])
    years = found["net_eur"][:, 0] + found["net_eur"][:, 1]
    assert np.array_equal(years, found["net_eur"][:, 2])


def test_seven_parents_with_awkward_shares_add_up(small_dict: dict[str, Any]) -> None:
    """Shares of 8.75/61.25 and the like still close without a remainder."""
    share = {"assessed_in": "EUR", "policy": "own_currency"}
    small_dict["parents"] = {f"P{i}": {**share, "share": "8.75/61.25"} for i in range(7)}
    small_dict.pop("inflows"), small_dict.pop("windows"), small_dict.pop("pledges")
    found = simulate(Scenario.model_validate(small_dict))
    total = sum(found[f"contribution_eur.P{i}"] for i in range(7))
    assert np.array_equal(total, found["net_eur"])


@pytest.mark.parametrize("sampler", ["sobol", "lhs", "random"])
def test_threads_and_blocks_change_no_bit(small: Scenario, sampler: str) -> None:
    """1, 2 or 4 threads, blocks of 1, 7, 100 or 8192 draws: the same file would be written."""
    whole = simulate(small, sampler=sampler, draws=301)
    for threads, block in ((1, 1), (2, 7), (4, 100), (3, 8192)):
        again = simulate(small, sampler=sampler, draws=301, threads=threads, block=block)
        assert _same(whole, again), (threads, block)


def test_a_new_factor_moves_no_other(small_dict: dict[str, Any]) -> None:
    """An uncertain pledge, an income and a currency more: every earlier column is bit-identical."""
    before = simulate(Scenario.model_validate(small_dict))
    more = copy.deepcopy(small_dict)
    more["rates"]["eur_per_gbp"] = {"budget": 1.2, "start": 1.2}
    more["exchange"]["volatility"]["eur_per_gbp"] = 0.02
    more["pledges"].append(
        {
            "name": "another",
            "window": "I",
            "currency": "GBP",
            "amount": {"uniform": {"min": 10, "max": 20}},
            "stage": "signed",
            "received": {"2031": 1},
        }
    )
    after = simulate(Scenario.model_validate(more))
    untouched = [name for name in before if not name.startswith(("xb_", "psc_", "outputs_"))]
    assert len(untouched) > 15
    assert _same(before, after, [*untouched, "xb_receipts_usd.one"])


def test_a_correlated_factor_named_last_moves_no_other(small_dict: dict[str, Any]) -> None:
    """A third currency correlated with both others, last in the order, leaves them alone."""
    small_dict["rates"]["eur_per_gbp"] = {"budget": 1.2, "start": 1.2}
    small_dict["exchange"]["volatility"]["eur_per_gbp"] = 0.02
    pair = {"rates.eur_per_gbp": {"rates.eur_per_usd": 0.5}}
    small_dict["correlation"]["matrix"] = copy.deepcopy(pair)
    small_dict["correlation"]["order"] = ["rates.eur_per_usd", "rates.eur_per_gbp"]
    before = simulate(Scenario.model_validate(small_dict))
    small_dict["rates"]["eur_per_aud"] = {"budget": 0.6, "start": 0.6}
    small_dict["exchange"]["volatility"]["eur_per_aud"] = 0.03
    small_dict["correlation"]["matrix"]["rates.eur_per_aud"] = {
        "rates.eur_per_usd": 0.6,
        "rates.eur_per_gbp": 0.4,
    }
    small_dict["correlation"]["order"].append("rates.eur_per_aud")
    after = simulate(Scenario.model_validate(small_dict))
    assert _same(before, after, list(before))
    logs = np.log([after[f"rate.eur_per_{c}"][:, 2] for c in ("usd", "gbp", "aud")])
    realised = np.corrcoef(logs)
    error = 4 / np.sqrt(logs.shape[1])
    assert realised[0, 1] == pytest.approx(0.5, abs=error)
    assert realised[0, 2] == pytest.approx(0.6, abs=error)
    assert realised[1, 2] == pytest.approx(0.4, abs=error)


def test_yearly_factors_of_any_kind_are_correlated_year_by_year(
    small_dict: dict[str, Any],
) -> None:
    """Inflation and vacancy with 0.8 have 0.8 in the first year and in the second."""
    small_dict["correlation"]["matrix"] = {
        "inflation.euro": {"categories.professional.vacancy": 0.8}
    }
    small_dict["inflation"]["euro"].update(persistence=0, last_published=2028)
    plan = Plan(Scenario.model_validate(small_dict))
    drawn = plan.draws(0, 8192)
    price, vacancy = drawn["inflation.euro"], drawn["categories.professional.vacancy"]
    realised = np.corrcoef(np.column_stack([price, vacancy]).T)
    error = 4 / np.sqrt(len(price))
    for year in (0, 1):
        assert realised[year, 2 + year] == pytest.approx(0.8, abs=error)
        assert realised[year, 3 - year] == pytest.approx(0, abs=error)
        assert realised[year, 1 - year] == pytest.approx(0, abs=error)


def test_surprises_of_one_year_go_together_whenever_the_last_was_published(
    small_dict: dict[str, Any],
) -> None:
    """Two inflations with persistence 0.9: what lies before the period is correlated by year."""
    law = {"sd": 0.01, "persistence": 0.9}
    small_dict["inflation"] = {
        "euro": {**law, "last_published": 2028},
        "rents": {**law, "last_published": 2026},
    }
    small_dict["lines"]["travel"]["inflation"] = {"euro": 1, "rents": 1}
    small_dict["correlation"]["matrix"] = {"inflation.euro": {"inflation.rents": 0.95}}
    drawn = Plan(Scenario.model_validate(small_dict)).draws(0, 8192)
    realised = np.corrcoef(drawn["inflation.euro"][:, 0], drawn["inflation.rents"][:, 0])[0, 1]
    # years 2029 to 2031 go together; those of rents before 2029 stand alone
    common, alone = 1 + 0.81 + 0.81**2, 0.81**3 + 0.81**4
    wanted = 0.95 * common / np.sqrt(common * (common + alone))
    assert realised == pytest.approx(wanted, abs=4 * (1 - wanted**2) / np.sqrt(8192) + 1e-3)


@pytest.mark.parametrize(
    "change",
    [
        {"categories.professional.vacancy": {"bernoulli": {"p": 0.5}}},
        {"categories.professional.vacancy": 1},
        {"lines.staff.price_error": -1},
        {"lines.staff.price_error": {"discrete": {"values": [-1, 0.5], "weights": [1, 2]}}},
    ],
)
def test_posts_that_cost_nothing_are_covered(
    varied: Callable[..., Scenario], change: dict[str, Any]
) -> None:
    """Coverage is 1 where there is no cost, a number everywhere, and no warning is raised."""
    found = simulate(varied(**change))
    cost, covered = found["xb_posts_cost_eur"], found["xb_posts_coverage"]
    assert (cost == 0).any()
    assert (covered[cost == 0] == 1).all()
    some = cost != 0
    assert np.array_equal(covered[some], (found["psc_income_eur"][some] / cost[some]))
    assert all(np.isfinite(found[name]).all() for name in found)


def test_more_draws_extend_a_run(small: Scenario) -> None:
    """Draw i is the same draw whether 100 or 512 are asked for."""
    for sampler in ("sobol", "random"):
        few = simulate(small, sampler=sampler, draws=100)
        many = simulate(small, sampler=sampler, draws=512)
        assert all(np.array_equal(few[name], many[name][:100]) for name in few)


def test_seed_zero_is_a_seed(small: Scenario) -> None:
    """Seed 0 repeats itself and differs from seed 1 and from no seed's default."""
    zero = simulate(small, seed=0)
    assert _same(zero, simulate(small, seed=0))
    assert not np.array_equal(zero["net_eur"], simulate(small, seed=1)["net_eur"])


def test_doubling_posts_doubles_post_costs(small_dict: dict[str, Any]) -> None:
    """Twice the posts, on the same draws, cost twice as much."""
    one = simulate(Scenario.model_validate(small_dict))
    for post in small_dict["posts"]:
        post["posts"] *= 2
    for change in small_dict["post_changes"]:
        change["posts"] *= 2
    two = simulate(Scenario.model_validate(small_dict))
    assert np.allclose(two["posts_eur"], 2 * one["posts_eur"], rtol=1e-12)
    assert np.array_equal(two["non_posts_eur"], one["non_posts_eur"])


def test_without_chance_every_draw_is_the_central_case(small_dict: dict[str, Any]) -> None:
    """No volatility, no spread, rates at the budget: all stages agree with the centre."""
    certain = {
        "lines.travel.price_error": 0,
        "income.rent.estimate": 20,
        "categories.professional.vacancy": 0.05,
        "categories.professional.standard_cost_error": 0,
    }
    for path, value in certain.items():
        *parents, last = path.split(".")
        place = small_dict
        for key in parents:
            place = place[key]
        place[last] = value
    small_dict["exchange"] = {"law": "fixed", "at": "budget"}
    small_dict["inflation"]["euro"]["sd"] = 0
    small_dict["pledges"][0] |= {"amount": 1000, "probability": 1, "delay_months": 0}
    plan = Plan(Scenario.model_validate(small_dict))
    assert plan.input_columns == ()
    found = simulate(plan.scenario, draws=8)
    centre = plan.central()
    for name in centre:
        assert np.ptp(found[name], axis=0) == pytest.approx(0)
        assert found[name][0] == pytest.approx(centre[name][0]), name
    for stage in ("initial", "first_performance"):
        early = found[f"contribution_eur.A@{stage}"]
        assert np.allclose(early, found["contribution_eur.A"], rtol=1e-14)


def test_information_arrives_stage_by_stage(small: Scenario) -> None:
    """What is still unknown about the final contribution shrinks from stage to stage."""
    found = simulate(small, draws=4096)
    final = found["contribution_usd.A"][:, 2]
    left = [
        float(np.std(final - found[f"contribution_usd.A@{stage}"][:, 2]))
        for stage in ("initial", "first_performance")
    ]
    spread = float(np.std(final))
    assert spread > left[0] * 0.9
    assert left[0] > 1.3 * left[1] > 0
    # the first year is already actual at the first performance report
    first_year = found["contribution_usd.A@first_performance"][:, 0]
    assert np.array_equal(first_year, found["contribution_usd.A"][:, 0])


def test_a_parent_without_a_share_owes_nothing(small_dict: dict[str, Any]) -> None:
    """The remainder of the grid goes to the largest share, not to the last parent."""
    own = {"assessed_in": "EUR", "policy": "own_currency"}
    small_dict["parents"]["C"] = {**own, "share": 0}
    found = simulate(Scenario.model_validate(small_dict))
    assert not found["contribution_eur.C"].any()


def test_laws_that_leave_their_domain_are_refused(small_dict: dict[str, Any]) -> None:
    """A vacancy below zero or a pledge that is taken away is no outcome; cut, it is fine."""
    small_dict["pledges"][0]["amount"] = {"normal": {"mean": 10, "sd": 100}}
    wide = {"normal": {"mean": 0.1, "sd": 0.5}}
    small_dict["categories"]["professional"]["vacancy"] = wide
    with pytest.raises(InputError) as caught:
        simulate(Scenario.model_validate(small_dict))
    found = {problem.key: problem.remedy for problem in caught.value.problems}
    assert found == {
        "categories.professional.vacancy": "cut it: add min = 0 and max = 1",
        "pledges.one.amount": "cut it: add min = 0",
    }
    wide.update({"min": 0, "max": 1})
    small_dict["pledges"][0]["amount"]["min"] = 0
    assert simulate(Scenario.model_validate(small_dict)).count == 512


def test_more_sobol_draws_than_points_are_refused(small: Scenario) -> None:
    """Two to the thirtieth points a replicate, not a traceback after them."""
    with pytest.raises(InputError, match="use --replicates 4 or more"):
        simulate(small, draws=2**32, replicates=1)


def test_student_copula_keeps_the_margins(small_dict: dict[str, Any]) -> None:
    """Under a Student copula the yearly mean rate keeps its law; only dependence changes."""
    small_dict["correlation"]["matrix"] = {"rates.eur_per_usd": {"inflation.euro": 0.5}}
    gauss = simulate(Scenario.model_validate(small_dict), draws=8192)
    small_dict["correlation"]["copula"] = {"kind": "student", "df": 4}
    student = simulate(Scenario.model_validate(small_dict), draws=8192)
    for level in (0.05, 0.5, 0.95):
        one = np.quantile(gauss.get("rate.eur_per_usd", "2031"), level)
        other = np.quantile(student.get("rate.eur_per_usd", "2031"), level)
        assert other == pytest.approx(one, rel=0.02)
    assert not np.array_equal(gauss["rate.eur_per_usd"], student["rate.eur_per_usd"])


def test_receipts_triangles_close(small: Scenario) -> None:
    """Receipts in dollars times the dollar's rate are the receipts in the budget's currency."""
    found = simulate(small)
    years = found["xb_receipts_usd"][:, :2] * found["rate.eur_per_usd"][:, :2]
    assert np.allclose(years, found["xb_receipts_eur"][:, :2], rtol=1e-13)
    assert np.allclose(found["xb_receipts_usd.one"], found["xb_receipts_usd"], rtol=1e-13)
