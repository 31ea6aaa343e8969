"""Run in a copy of the tree with the recipe applied: a column like any other."""

import numpy as np
from tests_scenario import scenario_with

from simulator.engine import simulate

outcomes = simulate(scenario_with(), draws=64)
(column,) = (one for one in outcomes.columns if one.name == "cost_per_post_eur")
assert (column.unit, column.stage) == ("EUR", "second_performance")
year = outcomes.get("cost_per_post_eur", "2031")
assert np.allclose(year * 15, outcomes.get("posts_eur", "2031"), rtol=1e-12)
