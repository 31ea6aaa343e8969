"""The stored summary of a run, looked up by output, period, stage and statistic."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from simulator.store.summary import DRIVER, SummaryRow


class Cell:
    """The statistics of one output in one period at one stage."""

    def __init__(self) -> None:
        self.unit = ""
        self.description = ""
        self._values: dict[str, tuple[float, float]] = {}

    def add(self, row: SummaryRow) -> None:
        """Take in a row that belongs here."""
        if not row.statistic.startswith(DRIVER):  # a driver's part has its own unit
            self.unit, self.description = row.unit, row.description
        self._values[row.statistic] = (row.value, row.standard_error)

    def __getitem__(self, statistic: str) -> float:
        """The value of a statistic; NaN when it was not stored."""
        return self._values.get(statistic, (math.nan, math.nan))[0]

    def error(self, statistic: str) -> float:
        """Its standard error; NaN when there is none."""
        return self._values.get(statistic, (math.nan, math.nan))[1]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def named(self, prefix: str) -> dict[str, float]:
        """Statistics that begin with `prefix`, by the rest of their name."""
        return {
            name.removeprefix(prefix): value
            for name, (value, _) in self._values.items()
            if name.startswith(prefix)
        }


class Summary:
    """Every row of a run's summary; made once, read often."""

    def __init__(self, rows: Iterable[SummaryRow]) -> None:
        self._cells: dict[tuple[str, str, str], Cell] = {}
        self._outputs: dict[str, dict[str, None]] = {}
        for row in rows:
            key = (row.output, row.period, row.stage)
            self._cells.setdefault(key, Cell()).add(row)
            self._outputs.setdefault(row.output, {}).setdefault(row.stage)

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the outputs, in the order in which they were stored."""
        return tuple(self._outputs)

    def stages(self, output: str) -> tuple[str, ...]:
        """Stages at which an output was stored, in the order in which they were stored."""
        return tuple(self._outputs.get(output, ()))

    def get(self, output: str, period: str, stage: str) -> Cell | None:
        """The statistics of an output, or None when it was not stored."""
        return self._cells.get((output, period, stage))
