"""The program's cascade held against the loop, column by column."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from slow_cascade import central_case, outcomes
from slow_file import Table

from simulator.engine import Plan
from simulator.scenario.read import read_scenario
from simulator.tables import Outcomes

DRAWS = 10

# Both sides do the same few dozen operations in another order: each may lose half a unit in the
# sixteenth digit, so twelve digits leave room for thousands of them.
DIGITS = 1e-12

# Two kinds of column may also differ by a thousandth of a cent. Lines, income and contributions
# are rounded to a grid of 2^-21 of a unit of currency by one side only; a period adds up ten or
# twenty such roundings, each at most a quarter of a millionth. And a difference that nearly
# cancels keeps the rounding errors of its terms. All other columns, receipts and costs and rates,
# have to agree to twelve digits however small they are.
GRIDDED = r"(line|posts|non_posts|total|income|net|contribution|paid)_"
DIFFERENCES = r"(exchange_gain|balance|xb_shortfall)_"
MONEY = 1e-5
# Planned outputs times a shortfall over planned receipts: MONEY among hundreds of thousands.
COUNTS = r"outputs_at_risk\."
COUNT = 1e-9


def floor_of(name: str, table: Table) -> float:
    """The absolute difference that the column allows, in its own unit.

    MONEY is in the budget's currency: of one worth a hundredth of it, a hundred times as much.
    """
    if re.match(f"{GRIDDED}|{DIFFERENCES}", name):
        currency = name.partition(".")[0].partition("@")[0].rpartition("_")[2]
        rates = [
            rate
            for column, by_period in table.items()
            if column.startswith("rate.") and column.endswith(f"_per_{currency}")
            for rate in by_period.values()
        ]
        return MONEY / min(1.0, *rates, 1.0)
    return COUNT if re.match(COUNTS, name) else 0.0


def disagreements(found: Outcomes, row: int, expected: Table) -> list[str]:
    """Every cell of a draw that differs, and every column that one side lacks."""
    lines = [f"only one side has {name}" for name in sorted(set(found) ^ set(expected))]
    for name in sorted(set(found) & set(expected)):
        assert set(expected[name]) == set(found.periods)
        for period, wanted in expected[name].items():
            got = float(found.get(name, period)[row])
            if not abs(got - wanted) <= max(DIGITS * abs(wanted), floor_of(name, expected)):
                lines.append(f"{name}, {period}: program {got!r}, loop {wanted!r}")
    return lines


def compare(path: Path, draws: int = DRAWS) -> Iterator[str]:
    """Disagreements over the first draws and the central case of a scenario."""
    plan = Plan(read_scenario(path))
    drawn, (found, _) = plan.draws(0, draws), plan.block(0, draws)
    for i in range(draws):
        one = {name: [float(x) for x in values[i]] for name, values in drawn.values.items()}
        yield from (f"draw {i}: {line}" for line in disagreements(found, i, outcomes(path, one)))
    centre = plan.central()
    final = {name: column for name, column in central_case(path).items() if "@" not in name}
    yield from (f"central case: {line}" for line in disagreements(centre, 0, final))
