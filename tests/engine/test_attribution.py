"""Changes shared among drivers, policies side by side, and what pairing must show."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator.analysis.paired import paired, unpaired_error
from simulator.analysis.shapley import MOST_DRIVERS
from simulator.analysis.statistics import summarise
from simulator.budget.published import publish
from simulator.engine import simulate
from simulator.engine.attribution import Attribution, attribute, changed_groups
from simulator.engine.sides import KINDS, sides, with_policy
from simulator.errors import InputError
from simulator.scenario.drivers import GROUPS
from simulator.scenario.exchange import FixedRates
from simulator.scenario.model import Scenario
from simulator.scenario.numbers import Quantity, Uncertain
from simulator.scenario.parts import Category, Correlation, Forward, IncomeLine, Line
from simulator.scenario.read import read_scenario

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
P95 = {"p95": 0.95}
Varied = Callable[..., Scenario]
LAST = "2031-2032"


def one_of(found: tuple[Attribution, ...], output: str, statistic: str = "mean") -> Attribution:
    """The attribution of an output over the whole period."""
    (one,) = [
        a for a in found if (a.output, a.statistic) == (output, statistic) and "-" in a.period
    ]
    return one


def changed(varied: Varied) -> Scenario:
    """The small budget with four groups changed."""
    return varied(**{
        "rates.eur_per_usd.start": 0.85,
        "categories.professional.vacancy": 0.09,
        "categories.professional.standard_cost_error": 0.03,
        "income.rent.estimate": 45,
    })  # fmt: skip


def test_shares_sum_to_the_change_of_what_a_run_stores(varied: Varied) -> None:
    """Mean and P95, within 1e-9; both ends are the simulations themselves, bit by bit."""
    a, b = varied(), changed(varied)
    found = attribute(a, b, P95, threads=2)
    assert changed_groups(a, b) == ("exchange", "post_costs", "vacancy", "income")
    one, two = simulate(a), simulate(b)
    for row in found:
        total = sum(share.value for share in row.shares)
        assert total == pytest.approx(row.change, rel=1e-9)
        whole = sum(share.whole for share in row.shares)
        assert round(row.before) + whole == round(row.after)
        if row.statistic == "mean":
            assert row.before == np.mean(one.get(row.output, row.period))
            assert row.after == np.mean(two.get(row.output, row.period))


def test_a_linear_change_is_shared_as_one_at_a_time(varied: Varied) -> None:
    """Income and non-posts only add to the net: each share is the change it makes alone."""
    income, line = {"income.rent.estimate": 45}, {"lines.travel.appropriation": 460}
    a, b = varied(), varied(**income, **line)
    found = one_of(attribute(a, b, {}), "contribution_eur.B")
    base = np.mean(simulate(a).get("contribution_eur.B", LAST))
    for share, change in zip(found.shares, (income, line), strict=True):
        alone = np.mean(simulate(varied(**change)).get("contribution_eur.B", LAST)) - base
        assert share.value == pytest.approx(alone, abs=1e-6)
    assert [share.driver for share in found.shares] == ["income", "lines"]


def test_two_interacting_drivers_share_the_interaction_in_halves(varied: Varied) -> None:
    """Costs and vacancies multiply: what they do together only is halved."""
    cost = {"categories.professional.standard_cost_error": 0.03}
    vacancy = {"categories.professional.vacancy": 0.09}
    scenarios = [varied(), varied(**cost), varied(**vacancy), varied(**cost, **vacancy)]
    v = [float(np.mean(simulate(s).get("contribution_eur.B", LAST))) for s in scenarios]
    found = one_of(attribute(scenarios[0], scenarios[3], {}), "contribution_eur.B")
    both = v[3] - v[1] - v[2] + v[0]
    assert abs(both) > 1
    wanted = [v[1] - v[0] + both / 2, v[2] - v[0] + both / 2]
    assert [share.value for share in found.shares] == pytest.approx(wanted, rel=1e-9)


CHANGES: dict[str, dict[str, Any]] = {
    "exchange": {"rates.eur_per_usd.start": 0.85},
    "inflation": {"inflation.euro": {"law": "ar1", "sd": 0.02, "persistence": 0.5, "start": 0.01}},
    "post_costs": {"grades.P2.standard_cost": 110},
    "vacancy": {"categories.professional.vacancy": 0.09},
    "income": {"income.rent.estimate": 45},
    "inflows": {"inflows.psc_rate": 0.1},
    "lines": {"lines.travel.appropriation": 460},
    "policy": {"parents.A.policy": "budget_rate"},
    "dependence": {
        "correlation": {
            "matrix": {"rates.eur_per_usd": {"lines.travel.price_error": 0.5}},
            "independent": [
                {"between": ["exchange", "inflows"]},
                {"between": ["inflation", "inflows"]},
            ],
        }
    },
}


@pytest.mark.parametrize("group", GROUPS)
def test_a_change_of_one_group_is_all_its_own(varied: Varied, group: str) -> None:
    """Each group alone has the whole change, and but for inflows there is one."""
    a, b = varied(), varied(**CHANGES[group])
    found = one_of(attribute(a, b, P95), "contribution_usd.A", "p95")
    assert [(share.driver, share.value) for share in found.shares] == [(group, found.change)]
    assert (found.change == 0) == (group == "inflows")


def test_an_error_that_replicates_cannot_tell_is_not_made_up(varied: Varied) -> None:
    """P99.9 of 128 draws in a replicate has no standard error; its share is there."""
    found = attribute(varied(), varied(**CHANGES["lines"]), {"p99.9": 0.999, "p95": 0.95})
    for statistic, known in (("mean", True), ("p95", True), ("p99.9", False)):
        (share,) = one_of(found, "contribution_usd.A", statistic).shares
        assert math.isfinite(share.standard_error) == known
        assert share.value > 0


def test_nothing_changed_has_nothing_to_share(varied: Varied) -> None:
    """A − A has no drivers and no change."""
    found = attribute(varied(), varied(), P95)
    assert all(row.change == 0 and row.shares == () for row in found)


def test_other_dates_and_budgets_are_refused_in_words(varied: Varied) -> None:
    """Between scenarios of different dates or budgets no change can be shared."""
    for change in ({"known_on": "2030-09-30"}, {"budget.unit": 100}):
        with pytest.raises(InputError, match="only between equal budgets and dates"):
            changed_groups(varied(), varied(**change))


def test_more_groups_than_can_be_shared_among_are_refused_in_words(
    varied: Varied, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every group there is can be shared among; past the limit the words name them."""
    assert len(GROUPS) <= MOST_DRIVERS
    monkeypatch.setattr("simulator.engine.attribution.MOST_DRIVERS", 3)
    with pytest.raises(InputError, match=r"at most 3 changed groups.*vacancy, income"):
        changed_groups(varied(), changed(varied))


def with_pounds(law: str, **correlated: Any) -> dict[str, Any]:
    """Changes that add a pledge in another currency, its rate, and the law's numbers for it."""
    pledge = {
        "name": "two", "window": "I", "currency": "GBP", "amount": 10, "stage": "signed",
        "received": {"2031": 1},
    }  # fmt: skip
    rates = {
        "eur_per_usd": {"budget": 0.9, "start": 0.85},
        "eur_per_gbp": {"budget": 1.1, "start": 1.1},
    }
    volatility = {"eur_per_usd": 0.03, "eur_per_gbp": 0.03}
    return {
        "pledges": [pledge],
        "rates": rates,
        "exchange": {"law": law, "volatility": volatility},
        **correlated,
    }


def test_a_coalition_that_contradicts_itself_is_refused_in_words(varied: Varied) -> None:
    """A pledge in a currency for which the other side's law of exchange has no numbers."""
    other = varied(**with_pounds("student_walk"))
    with pytest.raises(InputError, match="the scenario contradicts itself"):
        attribute(varied(), other, {})


def test_a_rate_that_only_one_side_has_comes_along(varied: Varied) -> None:
    """With its numbers and correlations, and last: it moves no draw of the rate before it."""
    matrix = {"rates.eur_per_gbp": {"rates.eur_per_usd": 0.6}}
    order = ["rates.eur_per_usd", "rates.eur_per_gbp"]
    for correlated in ({}, {"correlation.matrix": matrix, "correlation.order": order}):
        a = varied()
        if correlated:
            other = varied(**with_pounds("random_walk"))
            tied = other.correlation.model_validate({"matrix": matrix, "order": order})
            b = other.model_copy(update={"correlation": tied})
        else:
            b = varied(**with_pounds("random_walk"))
        for one, two in ((a, b), (b, a)):
            found = one_of(attribute(one, two, {}), "contribution_usd.A")
            shares = {share.driver: share.value for share in found.shares}
            assert shares["exchange"] == pytest.approx(found.change, rel=1e-12)
            assert shares["inflows"] == 0
            assert shares.get("dependence", 0) == 0


def test_an_unrelated_driver_leaves_every_other_draw_unchanged(varied: Varied) -> None:
    """One more driver in B: what does not depend on it has the same bits on every draw."""
    b = varied(**{"lines.travel.price_error": {"normal": {"mean": 0.1, "sd": 0.05}}})
    a = varied(**{"lines.travel.price_error": 0})
    one, other = simulate(a), simulate(b)
    for name in (
        "posts_eur",
        "income_eur",
        "rate.eur_per_usd",
        "xb_receipts_usd",
        "line_eur.staff",
    ):
        assert np.array_equal(one[name], other[name]), name
    assert not np.array_equal(one["non_posts_eur"], other["non_posts_eur"])


def test_pairing_strong_franc_saves_a_factor_of_ten() -> None:
    """Standard error of the mean difference, paired against unpaired: printed, ≥ 10 times."""
    base = read_scenario(SCENARIOS / "base.toml")
    strong = read_scenario(SCENARIOS / "strong-franc.toml")
    replicates = base.sampling.replicates
    one, two = simulate(base, threads=2), simulate(strong, threads=2)
    for output in ("contribution_chf.UN", "contribution_usd.UN", "contribution_chf.WTO"):
        a, b = one.get(output, base.period), two.get(output, base.period)
        errors = [summarise(v, replicates, {})[0].standard_error for v in (a, b)]
        error, without = paired(a, b, replicates).standard_error, unpaired_error(*errors)
        print(f"{output}: paired {error:.2f}, unpaired {without:.2f}, {without / error:.1f} times")  # noqa: T201 - asked for
        assert without >= 10 * error


def central(value: Any) -> Any:
    """A part of a scenario with every uncertain number at its centre, and without exposures."""
    if isinstance(value, Uncertain):
        return Uncertain(value=value.centre)
    if isinstance(value, dict):
        return {key: central(one) for key, one in value.items()}
    if isinstance(value, Line | Category | IncomeLine):
        fields = {name: getattr(value, name) for name in type(value).model_fields}
        fields |= {"exposure": {}} if "exposure" in fields else {}
        changes = {n: central(v) if isinstance(v, Uncertain) else v for n, v in fields.items()}
        return value.model_copy(update=changes)
    return value


def test_strong_franc_by_hand() -> None:
    """At the centre, rates fixed and no exposure: 34 526 200 / 1.08 dollars, to the hundred.

    By hand: posts 26 647.4 + 26 915.4 and non-posts 8 094.7 twice, less income of 700.0, are
    69 052.2 thousand francs, half of that 34 526.1; the page rounds the half of each year up and
    prints 34 526.2. Divided by 1.08 that is 31 968.7 thousand dollars.
    """
    strong = read_scenario(SCENARIOS / "strong-franc.toml")
    zero = Quantity(value=Decimal(0))
    changes: dict[str, Any] = {
        "exchange": FixedRates(at="start"),
        "correlation": Correlation(),
        "inflation": {
            name: law.model_copy(update={"sd": zero, "start": zero})
            for name, law in strong.inflation.items()
        },
        **{name: central(getattr(strong, name)) for name in ("lines", "categories", "income")},
    }
    quiet = strong.model_copy(update=changes)
    owed = simulate(quiet, draws=8).get("contribution_usd.UN", "2008-2009")
    assert np.ptp(owed) == 0
    by_hand = 34_526_200 / 1.08
    page = 2 * 50 / 1.08  # each year's 17 196.05 and 17 330.05 is printed 50 francs higher
    assert abs(owed[0] + page - by_hand) < 1  # the event makes 1.08 to seven digits
    francs = float(quiet.amount(publish(quiet).contribution("UN", "2008-2009")))
    assert francs == 34_526_200
    assert round((owed[0] + page) / 100) * 100 == round(by_hand / 100) * 100 == 31_968_700


def test_a_declared_policy_stays(varied: Varied) -> None:
    """A split or forward of the scenario's own is shown as declared, others are assumed."""
    split = {"kind": "split", "in_budget_currency": "1/4", "rest": "recosted"}
    scenario = varied(**{"parents.A.policy": split})
    assert with_policy(scenario, "split", {}) == scenario
    assert with_policy(scenario, "recosted", {}).parents["A"].policy.kind == "recosted"
    own = with_policy(varied(), "split", {}).parents["A"].policy
    assert (own.in_budget_currency, own.rest) == ("1/2", "budget_rate")


def test_five_policies_leave_the_draws_alone(varied: Varied) -> None:
    """Nothing is left with the organization but under budget_rate, and half of it under split."""
    scenario = varied()
    rates = {year: Quantity(value=Decimal("0.9")) for year in scenario.years}
    forwards = {"A": Forward(cover=Quantity(value=Decimal(1)), rates=rates)}
    found = {
        (side.policy, side.what): side.values[:, -1]
        for kind in KINDS
        for side in sides(with_policy(scenario, kind, forwards), kind, ["A"])
    }
    zero = np.zeros(scenario.sampling.draws)
    for kind in ("recosted", "forward"):
        assert np.array_equal(found[kind, "exchange_gain"], zero)
    gain = found["budget_rate", "exchange_gain"]
    assert np.ptp(found["budget_rate", "contribution"]) == 0
    assert np.ptp(gain) > 0
    assert np.allclose(found["split", "exchange_gain"], gain / 2, rtol=1e-12)
    assert np.array_equal(
        found["own_currency", "contribution"], simulate(scenario).get("contribution_eur.A", LAST)
    )
    assert np.allclose(
        found["forward", "contribution"], found["own_currency", "contribution"] / 0.9, rtol=1e-12
    )
