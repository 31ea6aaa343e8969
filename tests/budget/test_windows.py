"""A window's own timing: by hand on money whose way is known, and nothing without it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from simulator.engine import simulate
from simulator.scenario.model import Scenario

Varied = Callable[..., Scenario]
CERTAIN = {
    "pledges.0.amount": 1200,
    "pledges.0.probability": 1,
    "pledges.0.currency": "EUR",
    "pledges.0.received": {"2031": 1},
    "pledges.0.delay_months": 0,
    "inflows.stated_in": "EUR",
    "inflows.unspent_before": 0,
    "inflows.spending_lag_months": 0,
}


def years(scenario: Scenario, output: str) -> tuple[float, float]:
    """A certain output in the two years."""
    found = simulate(scenario, draws=64, replicates=4)
    values = [found.get(output, year) for year in ("2031", "2032")]
    for value in values:
        assert np.all(value == value[0])
    return float(values[0][0]), float(values[1][0])


@pytest.mark.parametrize(
    ("own", "window", "received"),
    [(0, 0, (1200, 0)), (3, 0, (900, 300)), (0, 3, (900, 300)), (3, 6, (300, 900)),
     (9, 9, (0, 600))],
)  # fmt: skip
def test_delays_of_pledge_and_window_add_up(
    varied: Varied, own: int, window: int, received: tuple[float, float]
) -> None:
    """Twelve hundred due evenly over the first year arrive so many twelfths of a year later."""
    late: dict[str, Any] = {"pledges.0.delay_months": own, "windows.I": {"delay_months": window}}
    found = years(varied(**{**CERTAIN, **late}), "xb_receipts_eur")
    assert found == pytest.approx([1000 * value for value in received])


@pytest.mark.parametrize(("common", "own", "spent"), [(6, 3, (900, 300)), (3, 0, (1200, 0))])
def test_a_window_spends_with_its_own_lag(
    varied: Varied, common: int, own: int, spent: tuple[float, float]
) -> None:
    """Not with that of the other windows."""
    lags = {
        "windows.I": {"spending_lag_months": own},
        "windows.II": {},
        "inflows.spending_lag_months": common,
    }
    scenario = varied(**{**CERTAIN, **lags})
    other = scenario.pledges[0].model_copy(update={"name": "two", "window": "II"})
    both = scenario.model_copy(update={"pledges": (*scenario.pledges, other)})
    late = 100 * common
    wanted = [1000 * (spent[0] + 1200 - late), 1000 * (spent[1] + late)]
    assert years(both, "xb_spending_eur") == pytest.approx(wanted)


def test_the_common_lag_given_to_every_window_changes_nothing(varied: Varied) -> None:
    """Grouping by window is another order of adding, and no more."""
    lag = {"normal": {"mean": 4, "sd": 1}}
    common = simulate(varied(**{"inflows.spending_lag_months": 4}))
    own = simulate(
        varied(**{"inflows.spending_lag_months": 4, "windows.I": {"spending_lag_months": 4}})
    )
    np.testing.assert_allclose(common["xb_spending_eur"], own["xb_spending_eur"], rtol=1e-13)
    drawn = simulate(varied(**{"windows.I": {"spending_lag_months": lag}}))
    assert not np.allclose(drawn["xb_spending_eur"], common["xb_spending_eur"])
