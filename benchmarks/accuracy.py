"""How many draws the default sampler needs for the accuracy of plain random numbers.

Root mean square error of the mean, the median and P95 of what a parent owes in its own currency,
and of the mean shortfall of extrabudgetary money, over 32 independent runs with seeds of their
own, at 10 000 and 100 000 draws, against a run of 4 194 304 draws with another seed. Random numbers
are measured at 100 000 draws; their error falls as 1/√n, which says how many they need.

    python benchmarks/accuracy.py [scenarios/base.toml]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np

from simulator.engine import Plan, block_ranges
from simulator.runs.blocks import in_order
from simulator.scenario.model import Scenario
from simulator.scenario.read import read_scenario
from simulator.scenario.settings import with_sampling

RUNS = 32
TRUTH_DRAWS = 1 << 22
SIZES = (10_000, 100_000)
BLOCK = 16_384
REFERENCE = 1_000_000
"""Draws of plain random numbers that the default is held against."""


def outputs_of(scenario: Scenario) -> dict[str, tuple[str, ...]]:
    """The columns that are judged, and by which statistics."""
    budget = scenario.budget.currency
    found: dict[str, tuple[str, ...]] = {
        f"contribution_{parent.assessed_in.lower()}.{name}": ("mean", "p50", "p95")
        for name, parent in scenario.parents.items()
        if parent.assessed_in != budget
    }
    if scenario.inflows is not None:
        found[f"xb_shortfall_{budget.lower()}"] = ("mean",)
    return found


def statistics(scenario: Scenario, draws: int, seed: int, sampler: str) -> dict[str, float]:
    """Each judged statistic, over the whole period, in one run as a user makes it."""
    plan = Plan(with_sampling(scenario, draws=draws, seed=seed, sampler=sampler))
    wanted = outputs_of(scenario)
    values = {name: np.empty(draws) for name in wanted}
    spans = block_ranges(draws, BLOCK)
    for (start, stop), (outcome, _) in in_order(lambda span: plan.block(*span), spans, 2):
        for name, column in values.items():
            column[start:stop] = outcome[name][:, -1]
    found: dict[str, float] = {}
    for name, kinds in wanted.items():
        for kind in kinds:
            level = None if kind == "mean" else float(kind[1:]) / 100
            column = values[name]
            value = column.mean() if level is None else np.quantile(column, level)
            found[f"{kind}({name})"] = float(value)
    return found


def errors(
    scenario: Scenario, truth: dict[str, float], draws: int, sampler: str
) -> dict[str, float]:
    """Root mean square errors over independent runs."""
    runs = [statistics(scenario, draws, seed, sampler) for seed in range(1, RUNS + 1)]
    return {
        key: float(np.sqrt(np.mean([(run[key] - value) ** 2 for run in runs])))
        for key, value in truth.items()
    }


def table(path: Path) -> dict[str, Any]:
    """The errors of both samplers, and the draws that random numbers would need."""
    scenario = read_scenario(path)
    truth = statistics(scenario, TRUTH_DRAWS, 987_654_321, "sobol")
    print(f"truth from {TRUTH_DRAWS:,} draws: {truth}", flush=True)
    random = errors(scenario, truth, SIZES[-1], "random")
    found: dict[str, Any] = {
        "runs": RUNS,
        "replicates": scenario.sampling.replicates,
        "truth": truth,
        "random": {key: error * (SIZES[-1] / REFERENCE) ** 0.5 for key, error in random.items()},
        "sobol": {},
    }
    for draws in SIZES:
        sobol = errors(scenario, truth, draws, "sobol")
        found["sobol"][str(draws)] = sobol
        for key, error in sobol.items():
            needed = SIZES[-1] * (random[key] / error) ** 2
            told = f"error {error:12.4g}, as {needed:12,.0f} random ones"
            print(f"{key:35} {draws:>8,} draws: {told}", flush=True)
    return found


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenario", nargs="?", default="scenarios/base.toml")
    table(Path(parser.parse_args().scenario))
    return 0


if __name__ == "__main__":
    sys.exit(main())
