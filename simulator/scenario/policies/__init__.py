"""Further policies: each a file in this folder, and a line in `MODULES`.

A policy is a table of the scenario with its formulas. They use + − × ÷ only, so that the same
lines work on arrays of draws and on the steps of an explanation, which print them.
"""

from __future__ import annotations

import importlib
from abc import abstractmethod
from typing import Any

from simulator.scenario.base import Model

MODULES: tuple[str, ...] = ()

Operand = Any
"""A number, an array of draws, or a step of an explanation."""


class FurtherPolicy(Model):
    """A policy of a file of its own; its `kind` is a Literal with its name."""

    kind: str

    @abstractmethod
    def owed(self, due: Operand, rate: Operand, fixed: Operand) -> Operand:
        """What a parent owes for a year, in its own currency.

        `due` is its share of the net in the budget's currency, `rate` that currency for one unit of
        the parent's own, `fixed` the proposed contribution at the budget rate.
        """

    @abstractmethod
    def gain(self, fixed: Operand, change: Operand) -> Operand:
        """What the organization gains from the rate alone, in the budget's currency.

        `change` is the year's rate less the budget rate.
        """


for _name in MODULES:
    importlib.import_module(f"{__name__}.{_name}")

FURTHER: tuple[type[FurtherPolicy], ...] = tuple(FurtherPolicy.__subclasses__())
