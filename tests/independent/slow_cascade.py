"""The arithmetic a second time: one draw, plain numbers, loops that can be read line by line.

Written from the description of the model and the scenario files alone, with nothing but Python's
standard library and without the program's own cascade. `outcomes` takes the path of a scenario
and what was drawn, and returns every output by column and period. Two people who read the same
description and arrive at the same amounts have probably both read it right.

The published cascade is in fractions (`slow_published`), the uncertain one in floats
(`slow_stages`, `slow_budget`, `slow_inflows`). The program rounds lines, income and contributions
to a grid under a millionth of a unit of currency; this does not.

Where the description was silent when this was written, the program's choice is taken and marked
"left open" in the code.
"""

from __future__ import annotations

from pathlib import Path

from slow_budget import regular_budget
from slow_file import Drawn, File, Table, exact, load, years_of
from slow_inflows import central_pledges, inflows, over_periods
from slow_published import budget_rates, publish
from slow_stages import Seen, rates_seen, see

MEANS = ("rate.", "inflation.")
"""Columns of which the whole period has the mean of its years."""

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


def outcomes(path: str | Path, drawn: Drawn, *, at_budget: bool = False) -> Table:
    """Every output of one draw: column name → label of the period → value.

    `drawn[name]` lists the components of a factor: months of a rate, years of a vacancy rate or
    of an inflation surprise, one number otherwise. A factor that is not drawn is certain and its
    value stands in the file. `at_budget` puts every rate at the budget rate, observed months
    too, as the central case does. Amounts are in whole units of currency.
    """
    file = load(path)
    published = publish(file)
    years = years_of(file)
    table: Table = {}
    for known in range(len(years) + 1):
        rates = budget_rates(file) if at_budget else rates_seen(file, drawn, known)
        seen = see(file, drawn, known, rates)
        last = known == len(years)
        stage = "initial" if known == 0 else f"{ORDINALS[known - 1]}_performance"
        for name, column in regular_budget(file, published, seen).items():
            if last or staged(name):
                labelled = over_periods(file, column, mean=name.startswith(MEANS))
                table[name if last else f"{name}@{stage}"] = labelled
        if last and "inflows" in file:
            table |= inflows(file, published, seen, drawn)
        if last:
            table |= inflation(file, seen)
    return table


def inflation(file: File, seen: Seen) -> Table:
    """Inflation itself: what was expected of a year and the surprise; over the period, the mean."""
    return {
        f"inflation.{name}": over_periods(
            file,
            {
                year: float(exact(law["centre"][str(year)])) + seen.surprises[name][year]
                for year in years_of(file)
            },
            mean=True,
        )
        for name, law in file.get("inflation", {}).items()
        if "centre" in law
    }


def staged(name: str) -> bool:
    """Contributions are shown at every stage."""
    return name.startswith("contribution_")


def central_case(path: str | Path) -> Table:
    """Every output with every factor at its central value and every rate at the budget's.

    What is not drawn is central by itself, except whether a pledge arrives.
    """
    return outcomes(path, central_pledges(load(path)), at_budget=True)
