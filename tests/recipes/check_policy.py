"""Run in a copy of the tree with the recipe applied: a policy between two others."""

from pathlib import Path

import numpy as np
from tests_scenario import scenario_with

from simulator.cli import main
from simulator.engine import simulate
from simulator.scenario.fingerprint import to_toml

POLICY = "parents.A.policy"


def owed_under(policy: object) -> np.ndarray:
    outcomes = simulate(scenario_with(POLICY, policy), draws=512)
    return outcomes.get("contribution_usd.A", "2031-2032")


recosted, fixed = owed_under("recosted"), owed_under("budget_rate")
shared = owed_under({"kind": "shared", "borne": 0.25})
assert np.allclose(shared, 0.25 * recosted + 0.75 * fixed, rtol=1e-12)

# One formula for draws and explanation: `sim explain` compares each step with what is stored.
text = to_toml(scenario_with(POLICY, {"kind": "shared", "borne": 0.25}))
Path("small.toml").write_text(text, encoding="utf-8")
assert main(["run", "small.toml", "--draws", "64", "--quiet"]) == 0
for output in ("contribution_usd.A", "exchange_gain_eur.A", "balance_eur.A"):
    assert main(["explain", "small", output, "--draw", "3"]) == 0
