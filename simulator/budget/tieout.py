"""The tie-out: every published figure against the rule that reproduces it from inputs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, get_args

from simulator.budget.lookups import Result
from simulator.budget.published import Gap, bottom_up_gaps, publish
from simulator.budget.rules import Rules
from simulator.errors import InputError, Problem
from simulator.scenario.model import Scenario
from simulator.scenario.parts import PublishedFigure
from simulator.units import round_half_up, to_decimal

Verdict = Literal["tied", "input", "source fault", "MISMATCH"]


@dataclass(frozen=True, slots=True)
class TieOutRow:
    """A published figure, what its rule gives rounded half up to its step, and the verdict.

    "tied": derived from inputs and equal. "input": equal, and itself an input. "source fault":
    printed wrongly, as the scenario declares, and the rule gives the figure that should stand
    there. "MISMATCH": anything else.
    """

    figure: PublishedFigure
    computed: Decimal
    verdict: Verdict
    note: str = ""

    @property
    def id(self) -> str:
        """The figure's id."""
        return self.figure.id

    @property
    def printed(self) -> Decimal:
        """What the document prints."""
        return self.figure.printed

    @property
    def rule(self) -> str:
        """The rule that was evaluated."""
        return self.figure.rule


@dataclass(frozen=True, slots=True)
class TieOut:
    """The rows in the scenario's order, and where posts do not add up to what they are to cost.

    A gap leaves every published figure as it is, but the simulation would start from another
    centre than the published cascade: so it counts as broken.
    """

    rows: tuple[TieOutRow, ...]
    gaps: tuple[Gap, ...] = ()

    @property
    def broken(self) -> tuple[TieOutRow, ...]:
        """The rows that do not tie."""
        return tuple(row for row in self.rows if row.verdict == "MISMATCH")

    @property
    def ok(self) -> bool:
        """True when every figure ties, is an input or is a declared fault of the source."""
        return not self.broken and not self.gaps

    @property
    def counts(self) -> dict[Verdict, int]:
        """Rows by verdict; verdicts that do not occur count zero."""
        found = Counter(row.verdict for row in self.rows)
        return {verdict: found[verdict] for verdict in get_args(Verdict)}

    @property
    def message(self) -> str:
        """One line on the whole and one for each cell that breaks."""
        if self.ok:
            return f"{len(self.rows)} of {len(self.rows)} published figures tie"
        lines: list[str] = []
        if self.broken:
            lines = [f"{len(self.broken)} of {len(self.rows)} published figures do not tie:"]
        lines += [
            f"  {row.id} ({row.figure.where}: {row.figure.what}, {row.figure.period}): {row.note}"
            for row in self.broken
        ]
        return "\n".join([*lines, *map(gap_in_words, self.gaps)])


def gap_in_words(gap: Gap) -> str:
    """One posts line and year whose posts cost something else than the published amount."""
    if gap.scale is None:
        before = to_decimal(gap.before, 9)
        return f"lines.{gap.line}: there are no posts to cost {before} in {gap.year}"
    return (
        f"lines.{gap.line}: in {gap.year} the posts at standard cost come to "
        f"{to_decimal(gap.bottom_up, 9)}, the amount before recosting is "
        f"{to_decimal(gap.before, 9)}; the centre of the simulation would not be the published "
        f"budget\n    → mend posts or standard costs, or set lines.{gap.line}."
        f"standard_cost_scale.{gap.year} = {to_decimal(gap.scale, 18)}"
    )


def _row(figure: PublishedFigure, result: Result) -> TieOutRow:
    computed = round_half_up(result.value, figure.quantum)
    if figure.should_print is not None and computed == figure.should_print:
        return TieOutRow(figure, computed, "source fault", figure.fault or "")
    if figure.should_print is not None:
        note = (
            f"computed {computed}, printed {figure.printed}; the declared fault of the source "
            f"says that {figure.should_print} should stand there"
        )
        return TieOutRow(figure, computed, "MISMATCH", note)
    if computed != figure.printed:
        note = f"computed {computed}, printed {figure.printed}"
        return TieOutRow(figure, computed, "MISMATCH", note)
    return TieOutRow(figure, computed, "input" if result.is_input else "tied")


def tie_out(scenario: Scenario) -> TieOut:
    """Compare every published figure of a scenario with its rule.

    Raises InputError, with every problem found, when the published cascade cannot be computed
    or a rule cannot be evaluated.
    """
    rules = Rules(scenario, publish(scenario))
    rows: list[TieOutRow] = []
    problems: list[Problem] = []
    for figure in scenario.published:
        try:
            rows.append(_row(figure, rules.evaluate(figure.rule, figure.id)))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return TieOut(tuple(rows), bottom_up_gaps(scenario) if rows else ())
