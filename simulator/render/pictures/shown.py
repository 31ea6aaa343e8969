"""The pictures of a screen, gathered once from a stored result."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.render.pictures.distribution import Histogram, histogram
from simulator.render.pictures.drivers import moved
from simulator.render.pictures.fans import Fan, rate_fans, rate_pairs
from simulator.render.summary import Cell
from simulator.render.view import View
from simulator.store.result import Run

MOST_FOR_FAN = 1 << 20
"""Draws up to which a screen has a fan: each of its months is a sort of them all."""


@dataclass(frozen=True, slots=True)
class Owed:
    """What a parent owes over the whole period in its own currency, and what moves it."""

    name: str
    currency: str
    histogram: Histogram
    cell: Cell
    drivers: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A fan of the first rate that was kept by month, and each parent's contribution."""

    fan: Fan | None
    owed: tuple[Owed, ...]


def shown_of(run: Run, view: View) -> Shown:
    """What the pictures of `sim run` and `sim show` are drawn from."""
    pairs = rate_pairs(run)[:1] if run.manifest.draws <= MOST_FOR_FAN else ()
    fans = rate_fans(run, pairs=pairs)
    owed: list[Owed] = []
    for key, parent in view.scenario.parents.items():
        output = view.contribution(key, parent.assessed_in)
        cell = view.cell(output, view.whole)
        if cell is not None:
            bins = histogram(run, output, cell)
            name = parent.name or key
            owed.append(Owed(name, parent.assessed_in, bins, cell, moved(view, key)))
    return Shown(next(iter(fans.values()), None), tuple(owed))
