"""A scenario ready to be simulated: everything that is computed once, and one block of draws."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import numpy as np

from simulator.budget.outputs import central_outcomes, outcomes
from simulator.budget.plan import budget_plan
from simulator.budget.rates import Value, mean_of, monthly_rates, yearly_mean
from simulator.engine.memory import keep_freed_memory
from simulator.sampling.draw import Drawer
from simulator.scenario.factors import Factor
from simulator.scenario.model import Scenario
from simulator.scenario.parts import Sampling
from simulator.tables import Column, Draws, Float64, Outcomes
from simulator.units import Month

BLOCK = 32_768
"""Draws made at a time; results do not depend on it."""


class Plan:
    """Constants of a run; `block` is pure and may be called from several threads at once.

    `kept` is as in `sampling.draw.Drawer`: all other streams are drawn again.
    """

    def __init__(
        self,
        scenario: Scenario,
        sampling: Sampling | None = None,
        kept: Collection[str] | None = None,
    ) -> None:
        keep_freed_memory()
        self.scenario = scenario
        self.sampling = sampling or scenario.sampling
        self.budget = budget_plan(scenario)
        self._drawer = Drawer(scenario, self.sampling, kept)
        self.periods = scenario.periods
        self.input_columns = tuple(column for column, _ in self._inputs_of(None))
        """What is stored of the inputs: one column a factor and component."""
        self.columns: tuple[Column, ...] = outcomes(self.budget, self._drawer.block(0, 1)).columns
        self.drivers: dict[str, tuple[str, ...]] = self._columns_by_driver()

    def central(self) -> Outcomes:
        """The cascade at its centre (one row)."""
        return central_outcomes(self.budget)

    def draws(self, start: int, stop: int) -> Draws:
        """Drawn values of every factor."""
        return self._drawer.block(start, stop)

    def block(self, start: int, stop: int) -> tuple[Outcomes, dict[str, Float64]]:
        """Outcomes and stored inputs of the draws `start` ≤ i < `stop`."""
        return self._made(self._drawer.block(start, stop))

    @property
    def streams(self) -> dict[str, int]:
        """Every stream of chance with its number of components."""
        return self._drawer.streams()

    @property
    def steps(self) -> frozenset[str]:
        """The streams that move their values in steps."""
        return self._drawer.steps()

    def normals(self, start: int, stop: int) -> dict[str, Float64]:
        """The independent standard normals behind a block of draws, by stream."""
        return self._drawer.normals(start, stop)

    def at(self, normals: Mapping[str, Float64]) -> tuple[Outcomes, dict[str, Float64]]:
        """As `block`, of the draws that these normals make."""
        return self._made(self._drawer.at(normals))

    def _made(self, draws: Draws) -> tuple[Outcomes, dict[str, Float64]]:
        inputs = {
            column.name: values for column, values in self._inputs_of(draws) if values is not None
        }
        return outcomes(self.budget, draws), inputs

    def _inputs_of(self, draws: Draws | None) -> Iterator[tuple[Column, Float64 | None]]:
        """Columns of `inputs.parquet`, with their values when draws are given."""
        for factor in self._drawer.factors:
            if factor.kind == "rate":
                yield from self._rate_inputs(factor, draws)
                continue
            for i, label in enumerate(factor.components):
                name = f"{factor.name}[{label}]" if label else factor.name
                column = Column(name, factor.unit, factor.description, output=factor.name)
                yield column, None if draws is None else draws[factor.name][:, i]

    def _rate_inputs(
        self, factor: Factor, draws: Draws | None
    ) -> Iterator[tuple[Column, Float64 | None]]:
        """Yearly means of the drawn months; every month for currencies of assessment."""
        scenario, months = self.scenario, self.scenario.months
        pair = factor.name.partition(".")[2]
        rates: Mapping[Month, Value] = {}
        if draws is not None:
            rates = monthly_rates(scenario, draws, pair)
        for year in scenario.years:
            inside = [month for month in months if month.year == year]
            if not inside:
                continue
            text = f"mean of the drawn months of {year}, {factor.description}"
            column = Column(f"{factor.name}[{year}]", factor.unit, text, output=factor.name)
            if draws is None:
                yield column, None
            elif len(inside) == 12:  # the cascade wants it too
                yield column, np.asarray(yearly_mean(scenario, draws, pair, year))
            else:
                yield column, np.asarray(mean_of([rates[month] for month in inside]))
        if pair not in {scenario.pair(p.assessed_in) for p in scenario.parents.values()}:
            return
        for month in months:
            column = Column(
                f"{factor.name}[{month}]", factor.unit, factor.description, output=factor.name
            )
            yield column, np.asarray(rates[month]) if rates else None

    def _columns_by_driver(self) -> dict[str, tuple[str, ...]]:
        """Input columns that stand for each driver: components, and yearly means of rates."""
        found: dict[str, list[str]] = {}
        drivers = {factor.name: factor.driver for factor in self._drawer.factors}
        for column in self.input_columns:
            label = column.name.rpartition("[")[2].rstrip("]")
            monthly = len(label) == 7 and label[4:5] == "-"
            if not monthly:
                found.setdefault(drivers[column.output], []).append(column.name)
        return {driver: tuple(sorted(names)) for driver, names in found.items()}
