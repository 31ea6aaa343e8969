"""Run in a copy of the tree with the recipe applied: a law that a scenario can name."""

import math

import numpy as np
from tests_scenario import scenario_with

from simulator.engine import simulate
from simulator.sampling.laws import law_of
from simulator.scenario.numbers import Uncertain

EULER = 0.5772156649015329
number = Uncertain.model_validate({"gumbel": {"mode": 3, "scale": 2}})
law = law_of(number)
u = np.linspace(0.001, 0.999, 999)
assert np.allclose(law.cdf(law.ppf(u)), u, rtol=1e-12)
assert math.isclose(law.mean, 3 + 2 * EULER, rel_tol=1e-9)
assert math.isclose(law.sd, 2 * math.pi / math.sqrt(6), rel_tol=1e-9)
cut = law_of(Uncertain.model_validate({"gumbel": {"mode": 3, "scale": 2}, "min": 2}))
assert cut.ppf(np.array([0.0]))[0] == 2.0
scenario = scenario_with("income.rent.estimate", {"gumbel": {"mode": 20, "scale": 2}})
income = simulate(scenario, draws=4096).get("income_eur", "2031-2032")
assert abs(income.mean() / 1000 - (20 + 2 * EULER)) < 3 * 2 * 1.2826 / math.sqrt(4096)
