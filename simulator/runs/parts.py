"""A part of a run: one row group of every period, drawn and encoded in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from simulator.engine import Plan, block_ranges
from simulator.scenario.model import Scenario
from simulator.store.groups import Group
from simulator.store.parquet import Encoder
from simulator.tables import Float64, empty


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

    @cached_property
    def plan(self) -> Plan:
        """The scenario, ready to be drawn."""
        return Plan(self.scenario, self.scenario.sampling)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "plan"}

    def __call__(self, span: tuple[int, int]) -> Part:
        """The draws `start` ≤ i < `stop` of a row group."""
        start, stop = span
        periods = len(self.draws.periods)
        outputs = {column.name: empty(stop - start, periods) for column in self.draws.columns}
        inputs = {column.name: empty(stop - start, 1) for column in self.inputs.columns}
        for first, last in block_ranges(stop - start, self.block):
            outcome, drawn = self.plan.block(start + first, start + last)
            _fill(outputs, first, last, outcome.values)
            _fill(inputs, first, last, drawn)
        return Part(
            tuple(self.draws.groups(start, stop - start, outputs)),
            tuple(self.inputs.groups(start, stop - start, inputs)),
        )


def _fill(
    tables: Mapping[str, Float64], first: int, last: int, values: Mapping[str, Float64]
) -> None:
    for name, table in tables.items():
        table[first:last] = values[name].reshape(last - first, -1)
