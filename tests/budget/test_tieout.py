"""Every published figure ties, three faults of the source are shown, and a change is noticed."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

import pytest

from simulator.budget.tieout import tie_out
from simulator.errors import InputError

FAULTS = {
    "p13.growth.pct": (Decimal("0.5"), Decimal("0.4")),
    "t2.total.growth.pct": (Decimal("0.5"), Decimal("0.4")),
    "chart.gs.rb": (Decimal(73), Decimal(74)),
}


def test_all_140_figures_tie(base):
    """98 derived from inputs, 39 inputs themselves, 3 declared faults of the source, none else."""
    result = tie_out(base)
    assert len(result.rows) == 140
    assert result.counts == {"tied": 98, "input": 39, "source fault": 3, "MISMATCH": 0}
    assert result.ok
    assert result.message == "140 of 140 published figures tie"


def test_computed_is_printed_wherever_no_fault_is_declared(base):
    """A second look that does not use the verdicts."""
    for row in tie_out(base).rows:
        if row.id not in FAULTS:
            assert row.computed == row.printed, row.id


def test_the_faults_of_the_source_are_shown_as_such(base):
    """0.456 % is printed 0.4 twice, and the chart has 74 posts where the table has 73."""
    faults = {row.id: row for row in tie_out(base).rows if row.verdict == "source fault"}
    assert {i: (row.computed, row.printed) for i, row in faults.items()} == FAULTS
    assert all(row.note == row.figure.fault for row in faults.values())


def test_no_rule_stores_an_answer(base):
    """The only numbers in rules change a unit; what is printed stands in no rule."""
    for figure in base.published:
        outside_quotes = re.sub(r"'[^']*'", "", figure.rule)
        numbers = set(re.findall(r"[0-9.]+", outside_quotes)) - {"2008", "2009"}
        assert numbers <= {"1000", "100"}, figure.id


def test_every_figure_of_the_document_is_read_by_a_rule(base):
    """No input among the figures is dead."""
    rules = " ".join(figure.rule for figure in base.published)
    for group, figures in base.figures.items():
        if f"total_of('{group}')" not in rules and f", '{group}')" not in rules:
            for name in figures:
                assert f"figure('{group}', '{name}')" in rules


def test_the_field_projects_are_counted_alike(base):
    """126 projects in the plan of outputs are 80 + 26 + 20 by kind."""
    projects = base.inflows.deliverables["field_projects"].planned.value
    assert projects == sum(q.value for q in base.figures["field projects"].values()) == 126


def test_planned_projects_that_are_not_their_sum_are_refused(base, changed):
    """12 600 projects would put a hundred times as many at risk: both figures are named."""
    wrong = changed(base, ("inflows/deliverables/field_projects/planned/value", Decimal(12600)))
    with pytest.raises(InputError, match="126 and 12600"):
        tie_out(wrong)


def test_continuing_and_new_programmes_bring_67_and_13_million_dollars(base):
    """What the comment above the pledges says: 80 400.0 and 15 600.0 thousand CHF, exactly."""
    sums = {True: Fraction(0), False: Fraction(0)}
    for pledge in base.pledges:
        expected = pledge.probability.exact * Fraction(pledge.amount.centre)
        expected *= base.budget_rate(pledge.currency)
        expected *= sum(q.exact for year, q in pledge.received.items() if year in base.years)
        sums[pledge.stage == "under_negotiation"] += expected
    assert sums == {False: Fraction(80400), True: Fraction(15600)}
    assert {row: float(total / Fraction("1.2")) for row, total in sums.items()} == {
        False: 67000.0,
        True: 13000.0,
    }


def _ids(result):
    return {row.id for row in result.broken}


POSTS_2006_2007 = {"t2.posts.approp", "t2.total.approp", "t2.net.approp", "t2.parent.approp"}
CHANGES = {
    "the budget rate": (
        [("rates/chf_per_usd/budget/value", Decimal("1.25"))],
        {"p15.parent.usd", "p17.xb.usd", "p17.xb.chf", "p17.xb.growth", "p19.evaluation.chf",
         "t5.xb", "t5.total"},
    ),
    "the recosting of non-posts in 2009": (
        [("lines/non_posts/recosting/2009/value", Decimal("1.001"))],
        {"t2.nonposts.recosting", "t2.nonposts.estimate", "t2.nonposts.2009",
         "t2.total.recosting", "t2.total.estimate", "t2.total.2009",
         "t2.net.recosting", "t2.net.estimate", "t2.net.2009",
         "t2.parent.recosting", "t2.parent.estimate", "t2.parent.2009",
         "overview.full.after", "overview.un.after", "p15.parent.chf", "p15.parent.usd"},
    ),
    "one post of an office": (
        [("posts/22/posts", 2)],  # fund XB, P-3, Division of Technical Cooperation Coordination
        {"t3.p43.xb", "t3.prof.xb", "t3.total.xb", "t3.prof.all.0607", "t3.prof.all",
         "t3.total.all.0607", "t3.total.all", "chart.total.xb"},
    ),
    "the reconciliation entry": (
        [("posts/Not located/posts", 0)],
        {"t3.gs.rb", "t3.gs.rb.0607", "t3.total.rb", "t3.total.rb.0607", "t3.gs.all",
         "t3.gs.all.0607", "t3.total.all", "t3.total.all.0607", "chart.gs.rb"},
    ),
    "a figure": (
        [("figures/recurrent publications 2008-2009/market briefs/value", Decimal(23))],
        {"t1.recurrent.0809", "t1.total.0809", "p32.recurrent"},
    ),
    "a region": ([("inflows/regions/Africa/value", Decimal("0.41"))], {"p3.africa"}),
    "a pledge": (
        [("pledges/II-USD-new/probability/value", Decimal("0.7"))],
        {"p17.xb.usd", "p17.xb.chf", "p17.xb.growth", "t5.xb", "t5.total"},
    ),
    "income": (
        [("income/miscellaneous/estimate/pert/mode", Decimal(702))],
        {"p16.income", "p16.income.change", "t2.income.growth", "t2.income.growth.pct",
         "t2.income.before", "t2.income.estimate", "t2.income.2008", "t2.income.2009",
         "t2.net.growth", "t2.net.before", "t2.net.estimate", "t2.net.2008", "t2.net.2009",
         "t2.parent.growth", "t2.parent.before", "t2.parent.estimate", "t2.parent.2008",
         "t2.parent.2009", "overview.un.before", "overview.un.after", "p15.parent.chf",
         "p15.parent.usd"},
    ),
    "two growth items that balance": (
        [("lines/non_posts/growth/training/amount", Decimal(51)),
         ("lines/non_posts/growth/furniture and equipment/amount", Decimal(154))],
        {"p14.training", "p14.furniture"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_a_changed_input_names_the_cells_that_break(base, changed, what):
    """Exactly the figures that stand on an input break with it."""
    changes, broken = CHANGES[what]
    result = tie_out(changed(base, *changes))
    assert _ids(result) == broken
    assert not result.ok
    assert all(row.id in result.message for row in result.broken)


def test_the_message_names_place_period_and_both_figures(base, changed):
    """What breaks is said so that it can be found on the page."""
    result = tie_out(changed(base, ("inflows/regions/Africa/value", Decimal("0.41"))))
    assert result.message == (
        "1 of 140 published figures do not tie:\n"
        "  p3.africa (13.3: approximate share of extrabudgetary resources for Africa, 2008-2009): "
        "computed 41, printed 40"
    )


def test_an_undeclared_fault_stops(base, changed):
    """Without the declaration the source's slip is a mismatch."""
    none = {"fault": None, "should_print": None}
    silent = changed(base, ("published/chart.gs.rb", lambda old: old | none))
    assert _ids(tie_out(silent)) == {"chart.gs.rb"}


def test_a_fault_that_does_not_exist_stops(base, changed):
    """A declaration must be true."""
    fault = {"fault": "no such thing", "should_print": Decimal(75)}
    loud = changed(base, ("published/t3.gs.rb", lambda old: old | fault))
    (row,) = tie_out(loud).broken
    assert row.id == "t3.gs.rb"
    assert "says that 75 should stand there" in row.note


def test_a_declared_fault_still_notices_a_changed_input(base, changed):
    """The rule must give the figure that should stand there, not just any other one."""
    result = tie_out(changed(base, ("posts/Not located/posts", -2)))
    assert "chart.gs.rb" in {row.id for row in result.broken}


@pytest.mark.parametrize(
    ("printed", "verdict"), [("0.5", "tied"), ("0.4", "MISMATCH"), ("0.456", "MISMATCH")]
)
def test_a_rule_is_rounded_half_up_to_its_step(base, changed, printed, verdict):
    """0.456 to a tenth is 0.5, and nothing else ties."""
    figure = {"fault": None, "should_print": None, "printed": Decimal(printed)}
    scenario = changed(base, ("published/p13.growth.pct", lambda old: old | figure))
    (row,) = [row for row in tie_out(scenario).rows if row.id == "p13.growth.pct"]
    assert (row.computed, row.verdict) == (Decimal("0.5"), verdict)


def test_bad_rules_are_input_errors_all_at_once(base, changed):
    """A rule that cannot be evaluated is wrong input, not a mismatch."""
    broken = changed(
        base,
        ("published/t2.posts.approp/rule", "cell('post', 'appropriation')"),
        ("published/t2.net.2008/rule", "net.__class__"),
    )
    with pytest.raises(InputError) as caught:
        tie_out(broken)
    assert [problem.key for problem in caught.value.problems] == [
        "published.t2.posts.approp.rule",
        "published.t2.net.2008.rule",
    ]


def test_the_order_of_lists_does_not_matter(base, changed):
    """Sorting the spreadsheets leaves every computed figure."""
    mixed = changed(
        base,
        *(
            (section, lambda old: old[::-1])
            for section in ("posts", "post_changes", "pledges", "published")
        ),
        ("lines/non_posts/growth", lambda old: old[::-1]),
    )
    computed = {row.id: (row.computed, row.verdict) for row in tie_out(base).rows}
    assert {row.id: (row.computed, row.verdict) for row in tie_out(mixed).rows} == computed


def test_a_scenario_without_published_figures_has_nothing_to_tie(example):
    """No figures, no mismatch."""
    result = tie_out(example)
    assert result.rows == ()
    assert result.ok
