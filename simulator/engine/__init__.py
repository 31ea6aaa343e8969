"""From a scenario to outcomes, in memory or block by block."""

from simulator.engine.blocks import block_ranges
from simulator.engine.plan import BLOCK, Plan
from simulator.engine.simulate import simulate

__all__ = ["BLOCK", "Plan", "block_ranges", "simulate"]
