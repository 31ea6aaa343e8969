"""Where posts do not add up, and the words of a tie-out: every message to the letter."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from simulator.budget.published import bottom_up_gaps
from simulator.budget.tieout import TieOut, tie_out
from simulator.scenario.model import Scenario

Tiny = Callable[..., Scenario]
# Three posts at 100 and four at 50 cost 500 a year, 1000 in the two years.
STAFF: dict[str, Any] = {"kind": "posts", "fund": "core"}
FIGURE: dict[str, Any] = {
    "id": "f1",
    "where": "table 1",
    "what": "staff before recosting",
    "period": "2020-2021",
    "unit": "EUR",
    "printed": Decimal(1000),
    "quantum": Decimal("0.1"),
    "rule": "cell('staff', 'before')",
}


def staff(tiny: Tiny, appropriation: str, *figures: dict[str, Any], **line: Any) -> Scenario:
    """A budget of one posts line, with the published figures given."""
    lines = {"staff": {**STAFF, "appropriation": Decimal(appropriation), **line}}
    published = [FIGURE | figure for figure in figures]
    return tiny(lines=lines, published=published)


@pytest.mark.parametrize("appropriation", ["1000", "1000.1", "999.9"])
def test_half_a_cell_is_no_gap(tiny: Tiny, appropriation: str) -> None:
    """500.05 a year prints 500.1, but posts can meet it only to the cell."""
    assert bottom_up_gaps(staff(tiny, appropriation)) == ()


@pytest.mark.parametrize("appropriation", ["1000.102", "999.898"])
def test_more_than_half_a_cell_is_a_gap_in_each_year(tiny: Tiny, appropriation: str) -> None:
    """With both amounts and the scale that would close it, exactly."""
    gaps = bottom_up_gaps(staff(tiny, appropriation))
    before = Fraction(appropriation) / 2
    assert [(g.line, g.year, g.bottom_up, g.before, g.scale) for g in gaps] == [
        ("staff", 2020, 500, before, before / 500),
        ("staff", 2021, 500, before, before / 500),
    ]


def test_the_scale_is_measured_on_unscaled_posts(tiny: Tiny) -> None:
    """Posts at twice their cost are 500 too dear; the scale that closes it is 1."""
    scale = {2020: Decimal(2), 2021: Decimal(1)}
    (gap,) = bottom_up_gaps(staff(tiny, "1000", standard_cost_scale=scale))
    assert (gap.year, gap.bottom_up, gap.before, gap.scale) == (2020, 1000, 500, 1)


def test_a_line_that_is_built_from_its_posts_has_no_gap(tiny: Tiny) -> None:
    """Nor has a line without posts."""
    lines = {"staff": STAFF, "other": {"kind": "non_posts", "appropriation": 3}}
    assert bottom_up_gaps(tiny(lines=lines)) == ()


def test_a_gap_is_told_with_nine_digits_and_its_scale_with_eighteen(tiny: Tiny) -> None:
    """The scale can be copied into the scenario; the amounts are there to be recognised."""
    scale = {2020: Decimal("1.0000000123"), 2021: Decimal("1.00012345678901234567")}
    figure = {"rule": "cell('A', 'before')", "printed": Decimal("333.4")}
    appropriation = "1000.12345678901234567"
    result = tie_out(staff(tiny, appropriation, figure, standard_cost_scale=scale))
    assert result.broken == ()
    assert not result.ok
    assert result.message == (
        "lines.staff: in 2020 the posts at standard cost come to 500.000006, the amount before "
        "recosting is 500.061728; the centre of the simulation would not be the published budget\n"
        "    → mend posts or standard costs, or set lines.staff.standard_cost_scale.2020 = "
        "1.00012345678901235"
    )


def test_an_amount_without_posts_is_told(tiny: Tiny) -> None:
    """No scale of nothing makes something."""
    scenario = staff(tiny, "2.22222222222", {"printed": Decimal("2.2")}, fund="nobody")
    result = tie_out(scenario)
    assert [gap.scale for gap in result.gaps] == [None, None]
    assert result.message.splitlines() == [
        f"lines.staff: there are no posts to cost 1.11111111 in {year}" for year in (2020, 2021)
    ]


def test_broken_figures_and_gaps_are_told_together(tiny: Tiny) -> None:
    """The figures first, each with its place, then the gaps."""
    result = tie_out(staff(tiny, "2000", {"printed": Decimal(2000)}, {"id": "f2"}))
    first, second, *rest = result.message.splitlines()
    assert first == "1 of 2 published figures do not tie:"
    assert second == (
        "  f2 (table 1: staff before recosting, 2020-2021): computed 2000.0, printed 1000"
    )
    assert rest[0].startswith("lines.staff: in 2020 the posts at standard cost come to 500, ")
    assert len(rest) == 4
    assert result.counts == {"tied": 1, "input": 0, "source fault": 0, "MISMATCH": 1}
    assert not result.ok


def test_without_figures_gaps_are_not_looked_for(tiny: Tiny) -> None:
    """A scenario that declares none has no page to meet."""
    assert tie_out(staff(tiny, "2000")) == TieOut((), ())
    assert tie_out(staff(tiny, "2000")).message == "0 of 0 published figures tie"


@pytest.mark.parametrize(
    ("printed", "should", "verdict", "note"),
    [
        ("999", "1000", "source fault", "a slip"),
        ("1000", "1000.2", "MISMATCH",
         "computed 1000.0, printed 1000; the declared fault of the source says that 1000.2 "
         "should stand there"),
        ("999", "1000.2", "MISMATCH",
         "computed 1000.0, printed 999; the declared fault of the source says that 1000.2 "
         "should stand there"),
    ],
)  # fmt: skip
def test_a_declared_fault_is_true_or_a_mismatch(
    tiny: Tiny, printed: str, should: str, verdict: str, note: str
) -> None:
    """What should stand there is what the rule gives, whether or not the page happens to tie."""
    fault = {"printed": Decimal(printed), "fault": "a slip", "should_print": Decimal(should)}
    (row,) = tie_out(staff(tiny, "1000", fault)).rows
    assert (row.verdict, row.note, row.computed) == (verdict, note, Decimal("1000.0"))


def test_a_row_says_what_its_figure_says(tiny: Tiny) -> None:
    """Id, printed figure and rule are those of the scenario; an input that ties is an input."""
    rows = tie_out(
        staff(tiny, "1000", {}, {"id": "f2", "rule": "cell('staff', 'appropriation')"})
    ).rows
    assert [(r.id, r.printed, r.rule, r.verdict, r.note) for r in rows] == [
        ("f1", 1000, "cell('staff', 'before')", "tied", ""),
        ("f2", 1000, "cell('staff', 'appropriation')", "input", ""),
    ]


def test_a_figure_is_rounded_half_up_to_its_quantum(tiny: Tiny) -> None:
    """1 000.05 to a tenth is 1 000.1, to the hundred 1 000."""
    for quantum, printed in (("0.1", "1000.1"), ("100", "1000"), ("0.01", "1000.05")):
        figure = {
            "rule": "cell('staff', 'before') * share('C')",
            "quantum": Decimal(quantum),
            "printed": Decimal(printed),
        }
        parents = {
            "C": {"share": "1.00005/2", "assessed_in": "EUR", "policy": "own_currency"},
            "D": {"share": "0.99995/2", "assessed_in": "EUR", "policy": "own_currency"},
        }
        lines = {"staff": {"kind": "non_posts", "appropriation": 2000}}
        scenario = tiny(lines=lines, parents=parents, published=[FIGURE | figure])
        (row,) = tie_out(scenario).rows
        assert (row.verdict, str(row.computed)) == ("tied", printed)
