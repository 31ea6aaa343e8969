"""The published cascade prints the document's page exactly, and any other page by its rules."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.budget.published import bottom_up_cost, bottom_up_gaps, publish
from simulator.errors import InputError

COLUMNS = ("appropriation", "growth", "before", "recosting", "estimate", "2008", "2009")
TABLE_13_2 = {
    "posts": ("52266.7", "311.5", "52578.2", "984.6", "53562.8", "26647.4", "26915.4"),
    "non_posts": ("16102.7", "0", "16102.7", "86.7", "16189.4", "8094.7", "8094.7"),
    "total": ("68369.4", "311.5", "68680.9", "1071.3", "69752.2", "34742.1", "35010.1"),
    "income": ("470.0", "230.0", "700.0", "0", "700.0", "350.0", "350.0"),
    "net": ("67899.4", "81.5", "67980.9", "1071.3", "69052.2", "34392.1", "34660.1"),
    "UN": ("33949.7", "40.75", "33990.5", "535.7", "34526.2", "17196.1", "17330.1"),
    "WTO": ("33949.7", "40.75", "33990.5", "535.7", "34526.2", "17196.1", "17330.1"),
}


@pytest.mark.parametrize("row", TABLE_13_2)
def test_table_13_2(base, row):
    """Every amount of table 13.2 of A/62/6 (Sect.13)/Add.1 is reproduced exactly."""
    cascade = publish(base)
    computed = [cascade.cell(row, column) for column in COLUMNS]
    assert computed == [Fraction(printed) for printed in TABLE_13_2[row]]


def test_percentages_of_table_13_2(base):
    """Growth in per cent is not rounded by the cascade; the page prints 0.6, 48.9 and 0.4."""
    cascade = publish(base)
    assert cascade.cell("posts", "growth_percent") == Fraction(31150, 1) / Fraction("52266.7")
    assert cascade.cell("income", "growth_percent") == Fraction(23000, 470)
    assert cascade.cell("total", "growth_percent") == Fraction(31150) / Fraction("68369.4")


def test_a_contribution_is_the_sum_of_its_printed_years(base):
    """Half of 69 052.2 is 34 526.1; the page rightly prints 17 196.1 + 17 330.1 = 34 526.2."""
    cascade = publish(base)
    assert cascade.cell("net", "estimate") == Fraction("69052.2")
    assert cascade.cell("net", "estimate") / 2 == Fraction("34526.1")
    assert cascade.net(2008) / 2 == Decimal("17196.05")
    assert cascade.contribution("UN", 2008) == Decimal("17196.1")
    assert cascade.contribution("UN", "2008-2009") == Decimal("34526.2")


def test_contributions_in_the_parents_own_currency(base):
    """34 526 200 CHF at 1.20 is 28 771 800 USD to the hundred; the other parent pays francs."""
    cascade = publish(base)
    assert cascade.contribution_own("UN", "2008-2009") == 28771800
    assert cascade.contribution_own("UN", 2008) == 14330100  # 17 196 100 / 1.20 = 14 330 083.33
    assert cascade.contribution_own("UN", 2009) == 14441800  # 17 330 100 / 1.20 = 14 441 750
    assert cascade.contribution_own("WTO", "2008-2009") == 34526200


def test_the_central_index_leads_from_before_recosting_to_the_printed_cell(base):
    """Amount before recosting × central index is the printed estimate, in every line and year."""
    cascade = publish(base)
    for name in base.lines:
        for year in base.years:
            product = cascade.line_before_year(name, year) * cascade.central_index(name, year)
            assert product == Fraction(cascade.line(name, year))
    assert sum(cascade.lines["posts"].before) == Fraction("52578.2")


def test_years_are_recosted_on_the_unrounded_path(tiny):
    """1000 × 1.00004² = 1000.08 prints 1000.1; from the printed 1000.0 it would print 1000.0."""
    factor = Decimal("1.00004")
    line = {"kind": "non_posts", "appropriation": 2000, "recosting": {2020: factor, 2021: factor}}
    cascade = publish(tiny(lines={"other": line}))
    assert (cascade.line("other", 2020), cascade.line("other", 2021)) == (1000, Decimal("1000.1"))


@pytest.mark.parametrize(
    ("net", "printed"), [("0.1", "0.1"), ("-0.1", "-0.1"), ("0.3", "0.2"), ("-0.3", "-0.2")]
)
def test_halves_are_rounded_away_from_zero(tiny, net, printed):
    """Half of 0.1 prints 0.1 and half of −0.1 prints −0.1."""
    half = {"share": "1/2", "assessed_in": "EUR", "policy": "own_currency"}
    cascade = publish(
        tiny(
            budget={"organization": "XYZ", "currency": "EUR", "years": [2020]},
            parents={"A": half, "B": half},
            lines={"other": {"kind": "non_posts", "appropriation": Decimal(net)}},
        )
    )
    assert cascade.contribution("A", 2020) == Decimal(printed)


def test_a_posts_line_without_appropriation_is_built_from_its_posts(tiny):
    """3·100 + 4·50 less a quarter of one new Y in the first year, times the scale of the year."""
    new = {"change": "new", "office": "Two", "fund": "core", "grade": "Y", "posts": 1}
    line = {"kind": "posts", "fund": "core", "recosting": {2021: Decimal("1.1")}}
    scale = {2020: 2, 2021: 3}
    cascade = publish(
        tiny(post_changes=[new], lines={"staff": line | {"standard_cost_scale": scale}})
    )
    assert cascade.line_before_year("staff", 2020) == 2 * (500 - Fraction(50, 4))
    assert cascade.line_before_year("staff", 2021) == 3 * 500
    assert cascade.line("staff", 2021) == Decimal("1650.0")
    assert cascade.central_index("staff", 2021) == Fraction(11, 10)
    assert "appropriation" not in cascade.rows["total"]


def test_a_budget_of_one_year(example):
    """The year and the period are the same; unequal shares leave less than a cell between them."""
    cascade = publish(example)
    assert cascade.cell("net", "2026") == cascade.cell("net", "estimate")
    for name in example.parents:
        assert cascade.contribution(name, 2026) == cascade.contribution(name, "2026")
    paid = sum(cascade.contribution(name, 2026) for name in example.parents)
    assert abs(paid - cascade.net(2026)) <= Decimal("0.1")


def test_posts_priced_at_standard_cost_meet_the_appropriation(base):
    """Σ posts × standard cost × scale is 26 289.1 a year, so the centre can meet the page."""
    assert bottom_up_gaps(base) == ()


def test_the_scales_of_the_base_scenario_are_what_their_comment_says(base):
    """Twelve digits of 26 289.1 / Σ N·k."""
    line = base.lines["posts"]
    for year in base.years:
        exact = Fraction("26289.1") / bottom_up_cost(base, line, year, scaled=False)
        scale = line.standard_cost_scale[year].exact
        assert abs(scale / exact - 1) < Fraction(1, 10**11)


def test_a_gap_names_the_scale_that_closes_it(base, changed):
    """Two more posts open a gap in both years; the scales found close it."""
    more = changed(base, ("posts/0/posts", 3))
    gaps = bottom_up_gaps(more)
    assert [(gap.line, gap.year) for gap in gaps] == [("posts", 2008), ("posts", 2009)]
    closed = changed(
        more,
        *(
            (
                f"lines/posts/standard_cost_scale/{gap.year}/value",
                round(Decimal(float(gap.scale)), 12),
            )
            for gap in gaps
            if gap.scale is not None
        ),
    )
    assert bottom_up_gaps(closed) == ()


@pytest.mark.parametrize(
    ("parts", "key"),
    [
        ({"lines": {"total": {"kind": "non_posts", "appropriation": 1}}}, "lines.total"),
        ({"lines": {"A": {"kind": "non_posts", "appropriation": 1}}}, "lines.A"),
        ({"lines": {"posts": {"kind": "non_posts", "appropriation": 1}}}, "lines.posts"),
        ({"lines": {"other": {"kind": "non_posts"}}}, "lines.other"),
        ({"lines": {"staff": {"kind": "posts", "appropriation": 5}}}, "lines.staff.fund"),
        (
            {
                "lines": {
                    "staff": {
                        "kind": "posts",
                        "fund": "core",
                        "growth": [{"name": "more", "amount": 1}],
                    }
                }
            },
            "lines.staff.growth",
        ),
        (
            {"parents": {"net": {"share": 1, "assessed_in": "EUR", "policy": "own_currency"}}},
            "parents.net",
        ),
    ],
)
def test_what_cannot_be_printed_is_refused(tiny, parts, key):
    """An ambiguous row or a line without an amount is an input error that names its key."""
    with pytest.raises(InputError) as caught:
        publish(tiny(**parts))
    assert key in [problem.key for problem in caught.value.problems]


def test_unknown_years_and_names_are_key_errors(base):
    """A caller's slip does not give a wrong cell."""
    cascade = publish(base)
    for ask in (
        lambda: cascade.line("posts", 2010),
        lambda: cascade.line_before_year("posts", 2010),
        lambda: cascade.contribution("UN", "2008-2010"),
        lambda: cascade.cell("posts", "2010"),
    ):
        with pytest.raises(KeyError):
            ask()


amounts = st.decimals(min_value=-99_999, max_value=99_999, places=1)
factors = st.decimals(min_value=Decimal("0.5"), max_value=2, places=6)


@st.composite
def budgets(draw):
    """Sections of a scenario: lines, years, incomes, and parents with exact shares."""
    years = list(range(2020, 2020 + draw(st.integers(1, 4))))
    weights = draw(st.lists(st.integers(1, 99), min_size=1, max_size=5))
    whole = sum(weights)
    lines = {
        f"line-{i}": {
            "kind": "non_posts",
            "appropriation": draw(amounts),
            "growth": [
                {"name": f"item {j}", "amount": draw(amounts)}
                for j in range(draw(st.integers(0, 3)))
            ],
            "recosting": {year: draw(factors) for year in years},
        }
        for i in range(draw(st.integers(1, 4)))
    }
    return {
        "budget": {"organization": "XYZ", "currency": "EUR", "years": years},
        "parents": {
            f"P{i}": {"share": f"{w}/{whole}", "assessed_in": "EUR", "policy": "own_currency"}
            for i, w in enumerate(weights)
        },
        "lines": lines,
        "income": {
            f"income-{i}": {"estimate": draw(amounts)} for i in range(draw(st.integers(0, 2)))
        },
    }


def _half_up(number: Decimal) -> Decimal:
    return number.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


@settings(deadline=None)
@given(parts=budgets())
def test_the_page_adds_up(tiny, parts):
    """Printed cells sum down and across; each share misses its year by half a cell at most."""
    cascade = publish(tiny(**parts))
    rows, years = cascade.rows, [str(year) for year in parts["budget"]["years"]]
    for column in ("before", "recosting", "estimate", *years):
        assert rows["total"][column] == sum(rows[name][column] for name in parts["lines"])
        assert rows["net"][column] == rows["total"][column] - rows["income"][column]
    for row in rows.values():
        assert (
            row["estimate"] == sum(row[year] for year in years) == row["before"] + row["recosting"]
        )
    for year in years:
        paid = sum(row[year] for row in cascade.parents.values())
        assert abs(paid - rows["net"][year]) <= Fraction(len(cascade.parents), 20)


@settings(deadline=None)
@given(parts=budgets())
def test_a_second_way_to_every_estimate(tiny, parts):
    """A plain loop in decimals, written apart from the cascade, prints the same cells."""
    cascade = publish(tiny(**parts))
    years = parts["budget"]["years"]
    for name, line in parts["lines"].items():
        whole = line["appropriation"] + sum(item["amount"] for item in line["growth"])
        level = Decimal(1)
        for year in years:
            level *= line["recosting"][year]
            # Divided last, where 28 digits can only cut what is far below the half of a cell.
            assert cascade.line(name, year) == _half_up(whole * level / len(years))


@settings(deadline=None)
@given(parts=budgets(), shuffler=st.randoms())
def test_the_order_of_lines_items_and_parents_does_not_matter(tiny, parts, shuffler):
    """Reordering any list of the scenario leaves every cell."""

    def mixed(table):
        keys = list(table)
        return {key: table[key] for key in shuffler.sample(keys, len(keys))}

    lines = {
        name: line | {"growth": shuffler.sample(line["growth"], len(line["growth"]))}
        for name, line in mixed(parts["lines"]).items()
    }
    other = {
        "budget": parts["budget"],
        "lines": lines,
        "parents": mixed(parts["parents"]),
        "income": mixed(parts["income"]),
    }
    assert publish(tiny(**parts)).rows == publish(tiny(**other)).rows
