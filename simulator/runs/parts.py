"""A part of a run: one row group of every period, drawn and encoded in one place."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from simulator.engine import Plan, block_ranges
from simulator.scenario.model import Scenario
from simulator.store.groups import Group
from simulator.store.parquet import Encoder
from simulator.tables import Float64, Outcomes, empty


@dataclass(frozen=True, slots=True)
class Part:
    """Row groups of draws and of inputs, as they will stand in their files."""

    draws: tuple[Group, ...]
    inputs: tuple[Group, ...]


@dataclass(frozen=True)
class PartMaker:
    """Makes parts; can be sent to other processes, where it prepares the scenario once."""

    scenario: Scenario
    block: int
    draws: Encoder
    inputs: Encoder

    @classmethod
    def of(cls, plan: Plan, block: int, draws: Encoder, inputs: Encoder) -> PartMaker:
        """For a scenario that is prepared in this process already."""
        made = cls(plan.scenario, block, draws, inputs)
        made.__dict__["plan"] = plan
        return made

    @cached_property
    def plan(self) -> Plan:
        """The scenario, ready to be drawn."""
        return Plan(self.scenario, self.scenario.sampling)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "plan"}

    def __call__(self, span: tuple[int, int]) -> Part:
        """The draws `start` ≤ i < `stop` of a row group."""
        start, stop = span
        values = self.plan.block(start, stop) if stop - start <= self.block else self._blocks(span)
        outcomes, inputs = values
        return Part(
            tuple(self.draws.groups(start, stop - start, outcomes.values)),
            tuple(self.inputs.groups(start, stop - start, inputs)),
        )

    def _blocks(self, span: tuple[int, int]) -> tuple[Outcomes, dict[str, Float64]]:
        """The same as `plan.block`, made in several blocks where one would take much memory."""
        start, stop = span
        count, periods = stop - start, len(self.draws.periods)
        outputs = {column.name: empty(count, periods) for column in self.draws.columns}
        inputs = {column.name: np.empty(count) for column in self.inputs.columns}
        for first, last in block_ranges(count, self.block):
            outcome, drawn = self.plan.block(start + first, start + last)
            for name, table in outputs.items():
                table[first:last] = outcome[name]
            for name, values in inputs.items():
                values[first:last] = drawn[name]
        return Outcomes(start, count, self.draws.periods, self.draws.columns, outputs), inputs
