"""Reverse stress through the whole engine, against budgets whose answer is known."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.special import ndtr

from simulator.engine import Plan
from simulator.engine.stress import stress
from simulator.scenario.conditions import parse
from simulator.scenario.model import Scenario
from simulator.scenario.settings import with_sampling


def _two_gaussians(data: dict[str, Any]) -> Scenario:
    """Only the price of travel and the standard costs move, both Gaussian: the net is linear."""
    data["exchange"] = {"law": "fixed", "at": "budget"}
    data["categories"]["professional"] |= {
        "vacancy": 0.05,
        "standard_cost_error": {"normal": {"mean": 0, "sd": 0.02}},
    }
    data["inflation"]["euro"] |= {"sd": 0, "start": 0}
    data["lines"]["travel"]["price_error"] = {"normal": {"mean": 0, "sd": 0.05}}
    data["income"]["rent"]["estimate"] = 20
    for key in ("inflows", "pledges", "windows"):
        data.pop(key)
    data["posts"] = data["posts"][:2]
    return with_sampling(Scenario.model_validate(data), draws=4096)


def test_two_gaussian_drivers_equal_the_analytic_design_point(small_dict: dict[str, Any]) -> None:
    """Net = c + p·z₁ + t·z₂: β = (bound − c)/√(p² + t²), and each moves by its part of it."""
    plan = Plan(_two_gaussians(small_dict))
    central = plan.central()
    posts = 0.02 * central.get("posts_eur", "2031-2032")[0]
    travel = 0.05 * central.get("non_posts_eur", "2031-2032")[0]
    middle = central.get("net_eur", "2031-2032")[0]
    sd = math.hypot(posts, travel)
    found = stress(plan, parse(f"net_eur > {middle + 1.5 * sd}"))
    assert found.point is not None
    assert found.point.beta == pytest.approx(1.5, abs=1e-6)
    assert found.point.settled
    assert found.odds.probability == pytest.approx(ndtr(-1.5), abs=4 * found.odds.error + 1e-3)
    moves = {move.name: move for move in found.moves}
    cost = moves["categories.professional.standard_cost_error"]
    price = moves["lines.travel.price_error"]
    assert cost.point == pytest.approx(0.02 * 1.5 * posts / sd, abs=1e-5)
    assert price.point == pytest.approx(0.05 * 1.5 * travel / sd, abs=1e-5)
    shares = {name: share for name, _, share in found.shares}
    assert shares["lines.travel.price_error"] == pytest.approx((travel / sd) ** 2, abs=1e-4)
    assert cost.beyond == pytest.approx(ndtr(-1.5 * posts / sd), abs=0.01)


def test_the_same_from_below(small_dict: dict[str, Any]) -> None:
    """The mirror image has the same distance, with movements of the other sign."""
    plan = Plan(_two_gaussians(small_dict))
    middle = plan.central().get("net_eur", "2031-2032")[0]
    above = stress(plan, parse(f"net_eur > {1.02 * middle}"))
    below = stress(plan, parse(f"net_eur <= {0.98 * middle}"))
    assert above.point is not None
    assert below.point is not None
    assert below.point.beta == pytest.approx(above.point.beta, rel=1e-6)
    assert below.point.point == pytest.approx(-above.point.point, abs=1e-4)


def test_normals_of_draws_make_the_draws_again(varied: Callable[..., Scenario]) -> None:
    """Also with a Student-t copula, and past the leading components, which come in pairs."""
    scenario = varied(
        **{
            "correlation.matrix": {"rates.eur_per_usd": {"inflation.euro": 0.4}},
            "correlation.copula": {"kind": "student", "df": 5},
            "correlation.independent": [
                {"between": ["exchange", "inflows"]},
                {"between": ["inflation", "inflows"]},
            ],
        }
    )
    plan = Plan(scenario)
    drawn, inputs = plan.block(3, 40)
    again, repeated = plan.at(plan.normals(3, 40))
    for name in drawn:
        assert again[name] == pytest.approx(drawn[name], rel=1e-9)
    for name, values in inputs.items():
        assert repeated[name] == pytest.approx(values, rel=1e-9, abs=1e-12)


def test_the_point_meets_the_condition_and_no_draw_does_so_nearer(small: Scenario) -> None:
    """On every draw that meets it, the normals lie farther out than the point."""
    plan = Plan(small)
    bound = float(np.quantile(plan.block(0, 512)[0].get("contribution_usd.A", "2031"), 0.9))
    found = stress(plan, parse(f"contribution_usd.A[2031] >= {bound}"))
    assert found.point is not None
    assert found.outcome >= bound
    assert found.outcome == pytest.approx(bound, rel=1e-6)
    values = plan.block(0, 512)[0].get("contribution_usd.A", "2031")
    normals = np.concatenate(list(plan.normals(0, 512).values()), axis=1)
    assert found.point.beta <= np.linalg.norm(normals[values >= bound], axis=1).min()


def test_a_pledge_that_does_not_arrive(small: Scenario) -> None:
    """Receipts below a tenth want the pledge to fail; of its normal only as much as it takes."""
    found = stress(Plan(small), parse("xb_receipts_usd < 100"))
    assert found.point is not None
    assert found.point.beta == pytest.approx(0.8416212, abs=1e-5)  # the quantile of 0.8
    assert [name for name, _, share in found.shares if share > 0.01] == ["pledges.one.arrives"]


def test_what_holds_anyway_and_what_never_does(small: Scenario) -> None:
    """No movement at all, or none found, with the farthest that a draw reached."""
    held = stress(Plan(small), parse("net_eur > 0"))
    assert held.already
    assert held.odds.probability == 1.0
    never = stress(Plan(small), parse("net_eur > 1e12"))
    assert never.point is None
    assert never.odds.farthest > never.odds.middle
