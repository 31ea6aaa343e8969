"""How much sharper Sobol' points are than random ones, for what a parent owes.

Prints the root mean square error of the mean and of P95 of one parent's contribution in its own
currency, at 16 384 draws, over 32 independent replicates (scramblings or seeds), for each
sampler. The truth is a Sobol' run of 4 194 304 draws with another seed.

    python benchmarks/sampler_accuracy.py [scenarios/base.toml]
"""

from __future__ import annotations

import argparse
import math
import sys

import numpy as np

from simulator.engine import Plan, block_ranges
from simulator.scenario.model import Scenario
from simulator.scenario.read import read_scenario
from simulator.scenario.settings import with_sampling

DRAWS = 16_384
REPLICATES = 32
TRUTH_DRAWS = 1 << 22


def column(scenario: Scenario, name: str, draws: int, seed: int, sampler: str) -> np.ndarray:
    """One output over the whole period; a single replicate, so that each run is one net."""
    plan = Plan(with_sampling(scenario, draws=draws, seed=seed, sampler=sampler, replicates=1))
    values = np.empty(draws)
    for start, stop in block_ranges(draws, 16_384):
        outcome, _ = plan.block(start, stop)
        values[start:stop] = outcome[name][:, -1]
    return values


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenario", nargs="?", default="scenarios/base.toml")
    parser.add_argument("--output", help="the first contribution in another currency")
    parser.add_argument("--truth-draws", type=int, default=TRUTH_DRAWS)
    options = parser.parse_args()
    scenario = read_scenario(options.scenario)
    budget = scenario.budget.currency
    name = options.output or next(
        f"contribution_{parent.assessed_in.lower()}.{key}"
        for key, parent in scenario.parents.items()
        if parent.assessed_in != budget
    )
    truth = column(scenario, name, options.truth_draws, seed=987_654_321, sampler="sobol")
    true = {"mean": truth.mean(), "P95": np.quantile(truth, 0.95)}
    print(f"{name}, {DRAWS} draws, {REPLICATES} replicates")
    print(f"truth: mean {true['mean']:.1f}, P95 {true['P95']:.1f} ({options.truth_draws} draws)")
    errors: dict[str, dict[str, float]] = {}
    for sampler in ("random", "lhs", "sobol"):
        runs = [column(scenario, name, DRAWS, seed, sampler) for seed in range(REPLICATES)]
        found = {"mean": [r.mean() for r in runs], "P95": [np.quantile(r, 0.95) for r in runs]}
        errors[sampler] = {
            key: math.sqrt(np.mean((np.array(values) - true[key]) ** 2))
            for key, values in found.items()
        }
    print(f"{'sampler':8} {'RMSE mean':>12} {'RMSE P95':>12} {'ratio mean':>11} {'ratio P95':>10}")
    for sampler, error in errors.items():
        mean, p95 = (errors["random"][key] / error[key] for key in ("mean", "P95"))
        print(f"{sampler:8} {error['mean']:12.1f} {error['P95']:12.1f} {mean:11.1f} {p95:10.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
