"""What would stop a run, found without simulating: figures that do not tie, impossible laws."""

from __future__ import annotations

from simulator.budget.tieout import TieOut, gap_in_words, tie_out
from simulator.errors import InputError, Problem
from simulator.scenario.model import Scenario

MEND = "mend the inputs; `sim tie-out` shows every figure with its rule"


def untied(found: TieOut) -> list[Problem]:
    """A problem for each published figure that does not tie and for posts that do not add up."""
    problems = [
        Problem(
            f"the published figure does not tie ({row.figure.where}: {row.figure.what}, "
            f"{row.figure.period}): {row.note}",
            key=f"published.{row.id}",
            remedy=MEND,
        )
        for row in found.broken
    ]
    for gap in found.gaps:
        words, _, remedy = gap_in_words(gap).partition("\n    → ")
        key, _, wanted = words.partition(": ")
        problems.append(Problem(wanted, key=key, remedy=remedy))
    return problems


def checked_tie_out(scenario: Scenario) -> TieOut | None:
    """The tie-out of a scenario that declares published figures, None for one that does not.

    Raises InputError, with every figure that does not tie: such a scenario is not simulated.
    """
    if not scenario.published:
        return None
    found = tie_out(scenario)
    if not found.ok:
        raise InputError(untied(found))
    return found


def problems_of_run(scenario: Scenario) -> list[Problem]:
    """What `run` would refuse in a scenario that reads well; nothing is simulated."""
    from simulator.engine import Plan  # numpy comes with it

    problems: list[Problem] = []
    for step in (lambda: checked_tie_out(scenario), lambda: Plan(scenario)):
        try:
            step()
        except InputError as error:
            problems += [problem for problem in error.problems if problem not in problems]
    return problems
