"""The two tables that flow through a run: what was drawn, and what came of it.

Arrays are Fortran-ordered with draws on the first axis, so that each component or period is one
contiguous column: that is how they are computed, written and summarised.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Float64 = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in tables, unit and meaning.

    `output` is the name without the stage (`contribution_xyz.P` for the column
    `contribution_xyz.P@initial`) and `stage` the stage it was estimated at.
    """

    name: str
    unit: str
    description: str
    output: str = ""
    stage: str = ""


@dataclass(frozen=True, slots=True)
class Draws:
    """Values of the drawn factors for the draws `start` to `start + n`.

    `values[name]` has shape (n_draws, n_components), in the unit of the factor. A factor that is
    certain is absent: the cascade takes its value from the scenario. `memo` keeps what is worked
    out from these draws more than once.
    """

    start: int
    count: int
    values: Mapping[str, Float64]
    memo: dict[Hashable, Any] = field(default_factory=dict, compare=False, repr=False)

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def __getitem__(self, name: str) -> Float64:
        return self.values[name]


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Outputs of the cascade for the draws `start` to `start + n`.

    `values[name]` has shape (n_draws, n_periods) in the unit that the column of that name states;
    the periods are the years and then the whole period.
    """

    start: int
    count: int
    periods: tuple[str, ...]
    columns: tuple[Column, ...]
    values: Mapping[str, Float64]

    def __getitem__(self, name: str) -> Float64:
        return self.values[name]

    def get(self, name: str, period: str) -> Float64:
        """One output in one period, shape (n_draws,)."""
        return self.values[name][:, self.periods.index(period)]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values)


def empty(rows: int, columns: int) -> Float64:
    """An uninitialised Fortran-ordered array of float64."""
    return np.empty((rows, columns), dtype=np.float64, order="F")
