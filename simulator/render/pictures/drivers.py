"""What moves an output, and the steps from one result to another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from simulator.render.summary import Cell
from simulator.render.view import View
from simulator.store.summary import DRIVER

INCOME = "income"
Kind = Literal["end", "step"]


def ranked(cell: Cell | None) -> tuple[tuple[str, float], ...]:
    """Drivers with the part of the rank variance that each explains, the largest first."""
    found = cell.named(DRIVER) if cell is not None else {}
    return tuple(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def moved(view: View, parent: str) -> tuple[tuple[str, float], ...]:
    """The drivers of what a parent owes in its own currency over the whole period."""
    own = view.scenario.parents[parent].assessed_in
    return ranked(view.cell(view.contribution(parent, own), view.whole))


@dataclass(frozen=True, slots=True)
class Step:
    """A bar of a waterfall from `before` to `after`; an end stands on the axis.

    `change` is what is printed: for shares of drivers in whole units, which add up to the last one.
    """

    name: str
    before: float
    after: float
    change: float
    kind: Kind = "step"
    error: float | None = None

    @property
    def parts(self) -> tuple[float, float, float, float]:
        """What stacked bars are made of: an invisible base, the whole, more, less."""
        if self.kind == "end":
            return 0.0, self.after, 0.0, 0.0
        low = min(self.before, self.after)
        more, less = max(self.after - self.before, 0.0), max(self.before - self.after, 0.0)
        return low, 0.0, more, less


def by_driver(ends: tuple[str, str], row: Mapping[str, Any]) -> tuple[Step, ...]:
    """An attribution, as `runs.attribute` documents it: the baseline, each share, the other."""
    level = row["before"]
    steps = [Step(ends[0], level, level, level, "end")]
    for share in row["shares"]:
        after = level + share["value"]
        change, error = share["whole"], share["standard_error"]
        steps.append(Step(share["driver"], level, after, change, "step", error))
        level = after
    return (*steps, Step(ends[1], row["after"], row["after"], row["after"], "end"))


def by_line(base: View, other: View, ends: tuple[str, str] = ("", "")) -> tuple[Step, ...]:
    """From the base's mean net to the other's, line by line of the budget, then income.

    Means add up exactly but for rounding: net = Σ lines − income, in each result.
    """
    whole = other.whole

    def mean(view: View, output: str) -> float:
        cell = view.cell(output, whole)
        return cell["mean"] if cell is not None else 0.0

    cur = other.scenario.budget.currency.lower()
    changes = {
        name: mean(other, f"line_{cur}.{name}") - mean(base, f"line_{cur}.{name}")
        for name in dict.fromkeys((*base.scenario.lines, *other.scenario.lines))
    }
    changes[INCOME] = -(mean(other, f"income_{cur}") - mean(base, f"income_{cur}"))
    level, last = mean(base, f"net_{cur}"), mean(other, f"net_{cur}")
    steps = [Step(ends[0], level, level, level, "end")]
    for name, change in changes.items():
        steps.append(Step(name, level, level + change, change))
        level += change
    return (*steps, Step(ends[1], last, last, last, "end"))
