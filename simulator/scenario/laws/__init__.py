"""Further laws of numbers: each a file in this folder, and a line in `MODULES`.

A law is a table of the scenario with its mathematics. What needs arrays is imported inside its
methods: reading a scenario loads none.
"""

from __future__ import annotations

import importlib
from abc import abstractmethod
from decimal import Decimal
from typing import Any, ClassVar

from simulator.scenario.base import Model

MODULES: tuple[str, ...] = ()

Floats = Any
"""Numbers, shape (n,), float64."""


class FurtherLaw(Model):
    """A smooth continuous law of a file of its own; `key` names its table in a scenario.

    Its mean, deviation and truncation follow from the quantiles by quadrature.
    """

    key: ClassVar[str]

    @property
    @abstractmethod
    def centre(self) -> Decimal:
        """The value in the central case."""

    @property
    @abstractmethod
    def support(self) -> tuple[float, float]:
        """Least and greatest value; infinite where there is none."""

    @abstractmethod
    def ppf(self, u: Floats) -> Floats:
        """Quantiles of `u`."""

    @abstractmethod
    def isf(self, q: Floats) -> Floats:
        """Values exceeded with probability `q`, precise for small q."""

    @abstractmethod
    def cdf(self, x: Floats) -> Floats:
        """Probabilities of at most `x`."""

    @abstractmethod
    def sf(self, x: Floats) -> Floats:
        """Probabilities of more than `x`, precise where they are small."""


for _name in MODULES:
    importlib.import_module(f"{__name__}.{_name}")

FURTHER: dict[str, type[FurtherLaw]] = {law.key: law for law in FurtherLaw.__subclasses__()}
