"""The language of rules computes exactly, reads only inputs, and refuses everything else."""

from __future__ import annotations

import inspect
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.budget.lookups import Lookups
from simulator.budget.published import publish
from simulator.budget.rules import FUNCTIONS, Rules
from simulator.budget.tieout import tie_out
from simulator.errors import InputError, did_you_mean


@pytest.fixture(scope="module")
def rules(base):
    """The rules on the base scenario."""
    return Rules(base, publish(base))


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        ("1000 * cell('posts', 'growth')", 311500),
        ("cell('posts', 'estimate', 2008)", Fraction("26647.4")),
        ("cell('posts', '2008')", Fraction("26647.4")),
        ("cell('posts', 'estimate', '2008-2009')", Fraction("53562.8")),
        ("cell('posts', '2008-2009')", Fraction("53562.8")),
        ('item("non_posts", "training")', 50),
        ("-item('non_posts', 'training') / 0.1", -500),
        ("(cell('UN', 'before') + cell('WTO', 'before')) * share('UN')", Fraction("33990.5")),
        ("cell('posts', '2006-2007')", Fraction("52266.7")),
        ("posts(fund='RB', grade='GS', at='prior')", 76),
        ("posts(office='Deputy Executive Director')", 1),
        ("total_of('field projects')", 126),
        ("budget_rate('chf_per_dkk')", Fraction("1.65") * Fraction("0.134143")),
        ("contribution('UN', 'USD', '2008-2009')", 28771800),
        ("contribution('UN', 'CHF', 2008)", 17196100),
        ("inflows('USD')", 80000),
        ("inflows('CHF')", 96000),
        ("income('miscellaneous', 'estimate')", 700),
        ("100 * region('Africa')", 40),
        ("deliverable('training_events')", 600),
        ("percent(cell('posts', 'growth'), cell('total', 'growth'))", 100),
        ("percent_change(share('UN'), region('Africa'))", 25),
        ("12 * share('UN') / 2", 3),
        ("0.001 * cell('posts', 'growth')", Fraction("0.3115")),
    ],
)
def test_rules_compute_exactly(rules, rule, value):
    """Results are exact fractions, in the unit of what was read."""
    assert rules.evaluate(rule).value == value


@pytest.mark.parametrize(
    ("rule", "is_input"),
    [
        ("figure('training', 'participants')", True),
        ("1000 * item('posts', 'delayed impact')", True),
        ("item('posts', 'delayed impact') / 1000", True),
        ("1 / budget_rate('chf_per_usd')", False),
        ("cell('posts', 'appropriation')", True),
        ("cell('total', 'appropriation')", False),
        ("cell('income', 'appropriation')", True),
        ("cell('income', 'growth')", False),
        ("cell('posts', 'growth')", False),
        ("cell('UN', 'appropriation')", False),
        ("posts(grade='D-2')", False),
        ("budget_rate('chf_per_usd')", True),
        ("budget_rate('chf_per_dkk')", True),
        ("figure('training', 'participants') + figure('training', 'participants')", False),
    ],
)
def test_an_input_is_told_from_what_is_derived(rules, rule, is_input):
    """One leaf, perhaps in another unit, is an input; everything else is derived."""
    assert rules.evaluate(rule).is_input is is_input


@pytest.mark.parametrize(
    "rule",
    [
        "28771800",
        "2 * 14385900",
        "percent(1, 2)",
        "28771800 + cell('non_posts', 'growth')",
        "cell('non_posts', 'growth') - 5",
        "cell('posts', 'growth') * 0 + 311.5",
        "68680900 * (cell('total', 'before') / cell('total', 'before'))",
        "1000 * (cell('total', 'before') / cell('total', 'before'))",
        "percent(cell('posts', '2008'), cell('posts', 'estimate', 2008))",
        "cell('posts', '2008') - cell('posts', 'estimate', 2008)",
        "(10 * share('UN')) / share('UN')",
        "percent_change(2 * share('UN'), share('UN'))",
        "cell('net', 'before') + 1000 * (share('UN') / share('UN'))",
        "3.7 * cell('posts', 'growth')",
        "cell('posts', 'growth') / 7",
        "2 * 2 * 12 * 10 * 2 * share('UN')",
        "(1000 + 100) * share('UN')",
        "0 * share('UN')",
    ],
)
def test_a_rule_cannot_store_its_answer(rules, rule):
    """Numbers only scale what is read, and every part of a rule moves with what it reads."""
    with pytest.raises(InputError):
        rules.evaluate(rule)


def test_equal_inputs_are_not_one_input(rules):
    """Two parents of equal shares, two cells of equal amounts: their quotient is a result."""
    assert rules.evaluate("share('UN') / share('WTO')").value == 1
    assert rules.evaluate("cell('posts', 'growth') - cell('total', 'growth')").value == 0


def test_an_unknown_function_gets_the_list(rules):
    """The remedy names the functions there are; a schema would not."""
    with pytest.raises(InputError) as caught:
        rules.evaluate("zzz('posts')")
    assert caught.value.problems[0].remedy == "known: " + ", ".join(FUNCTIONS)
    with pytest.raises(InputError) as caught:
        rules.evaluate("posts(fund='zzz')")
    assert caught.value.problems[0].remedy == "known: RB, XB"


def test_many_names_are_not_all_listed():
    """A remedy stays a sentence: the first sixteen and their number, or where they stand."""
    names = [f"name-{i:02d}" for i in range(40)]
    listed = did_you_mean("zzz", names)
    assert listed.startswith("known: name-00, name-01, ")
    assert listed.endswith("name-15, … (40 in all)")
    assert did_you_mean("zzz", names, "see the manual") == "see the manual"
    assert did_you_mean("zzz", names[:3], "see the manual") == "known: name-00, name-01, name-02"
    assert did_you_mean("zzz", []) == "there are none"


def test_every_function_is_documented():
    """docs/rules.md shows each function with the arguments it takes."""
    text = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
    for name in FUNCTIONS:
        assert f"`{name}(" in text, name
        if hasattr(Lookups, name):
            for parameter in list(inspect.signature(getattr(Lookups, name)).parameters)[1:]:
                line = next(line for line in text.splitlines() if f"`{name}(" in line)
                assert parameter in line, (name, parameter)


ATTACKS = [
    "",
    "   ",
    "posts",
    "__import__('os').system('true')",
    "().__class__",
    "cell.__globals__",
    "cell('posts', 'growth').numerator",
    "rules.evaluate('1')",
    "open('/etc/passwd')",
    "_Lookups('x')",
    "__init__('x')",
    "_group('training')",
    "_check_parent('UN')",
    "2 ** 2 ** 2 ** 2 ** 2 ** 2",
    "9 ** 999999",
    "cell('posts', 'growth') ** 2",
    "cell('posts', 'growth') // 1",
    "cell('posts', 'growth') % 2",
    "cell('posts', 'growth') << 60",
    "~cell('posts', 'growth')",
    "+cell('posts', 'growth')",
    "not cell('posts', 'growth')",
    "cell('posts', 'growth') if True else 1",
    "cell('posts', 'growth') < 2",
    "cell('posts', 'growth') and 1",
    "[cell('posts', 'growth')]",
    "{1: 2}[1]",
    "(lambda: 1)()",
    "(x := 1)",
    "[x for x in (1,)]",
    "f'{cell}'",
    "cell(*['posts', 'growth'])",
    "cell(**{'row': 'posts'})",
    "cell(row='posts', row='net', column='growth')",
    "cell('posts')",
    "cell('posts', 'growth', 2008, 1)",
    "cell('posts', 'growth', 2008)",
    "cell('posts', 'estimate', 2010)",
    "cell('posts', cell('posts', 'growth'))",
    "cell('po' 'sts', 1.5)",
    "posts('RB')",
    "posts(fund=None)",
    "posts(at='tomorrow')",
    "percent(1)",
    "percent(1, 2, 3)",
    "percent(part=1, whole=2)",
    "percent('a', 'b')",
    "1e999999999 * cell('posts', 'growth')",
    "1e3 * cell('posts', 'growth')",
    "1_000 * cell('posts', 'growth')",
    "0x10 * cell('posts', 'growth')",
    "1j * cell('posts', 'growth')",
    "True * cell('posts', 'growth')",
    "'a' * 1000000",
    "b'a'",
    "... * 1",
    "9" * 900 + " * cell('posts', 'growth')",
    "9" * 19 + " * cell('posts', 'growth')",
    "1 / 0",
    "cell('posts', 'growth') / cell('non_posts', 'growth')",
    "percent(cell('posts', 'growth'), cell('non_posts', 'growth'))",
    "percent_change(cell('posts', 'growth'), cell('non_posts', 'growth'))",
    "(" * 150 + "cell('posts', 'growth')" + ")" * 150 + " ** 1",
    "-" * 900 + "share('UN')",
    "-" * 60 + "share('UN')",
    "+".join(["share('UN')"] * 70),
    "percent(" * 90 + "1",
    "cell('" + "x" * 980 + "', 'growth')",
    "share('UN') * " * 5000 + "1",
    "share('UN')\x00",
    "share('\ud800')",
    "share('UN'); 1",
    "share('UN')\nshare('WTO')",
    "import os",
    "share('UN') # " + "x" * 2000,
    "contribution('UN', 'EUR', '2008-2009')",
    "contribution('UN', 'USD', '2010')",
    "inflows('JPY')",
    "budget_rate('usd_per_chf')",
]


@pytest.mark.parametrize("rule", ATTACKS, ids=range(len(ATTACKS)))
def test_everything_else_is_refused(rules, rule):
    """Names, attributes, powers, deep, long and broken rules all end in an InputError."""
    with pytest.raises(InputError) as caught:
        rules.evaluate(rule, "some.figure")
    (problem,) = caught.value.problems
    assert problem.key == "published.some.figure.rule"
    assert len(str(problem)) < 600


@pytest.mark.parametrize(
    ("rule", "remedy"),
    [
        ("cel('posts', 'growth')", "did you mean 'cell'?"),
        ("cell('post', 'growth')", "did you mean 'posts'?"),
        ("cell('posts', 'grwth')", "did you mean 'growth'?"),
        ("posts(grade='P4')", "did you mean 'P-4'?"),
        ("posts(category='profesional')", "did you mean 'professional'?"),
        ("figure('trainings', 'participants')", "did you mean 'training'?"),
        ("figure('training', 'participant')", "did you mean 'participants'?"),
        ("item('posts', 'delayed impacts')", "did you mean 'delayed impact'?"),
        ("region('Afrika')", "did you mean 'Africa'?"),
    ],
)
def test_the_nearest_name_is_offered(rules, rule, remedy):
    """A slip of the pen is mended by its message."""
    with pytest.raises(InputError, match="did you mean") as caught:
        rules.evaluate(rule)
    assert caught.value.problems[0].remedy == remedy


def test_every_function_has_a_rule_of_its_own_here(rules):
    """The list of functions in messages is the list of functions there are."""
    assert set(FUNCTIONS) == {
        "budget_rate", "cell", "contribution", "deliverable", "figure", "income", "inflows",
        "item", "percent", "percent_change", "posts", "region", "share", "total_of",
    }  # fmt: skip


def test_all_problems_are_found_at_once(base, changed):
    """Two bad rules are two problems."""
    broken = changed(
        base, ("published/t2.posts.approp/rule", "cel()"), ("published/t2.net.2008/rule", "net")
    )
    with pytest.raises(InputError) as caught:
        tie_out(broken)
    keys = {problem.key for problem in caught.value.problems}
    assert keys == {"published.t2.posts.approp.rule", "published.t2.net.2008.rule"}


pieces = st.sampled_from(
    ["cell", "posts", "(", ")", "'posts'", "'growth'", ",", "+", "-", "*", "/", "**", "1", "0.5",
     ".", "[", "]", "fund=", "share", "'UN'", " ", "lambda", ":", "\\", "é", "{", "}", "@"]
)  # fmt: skip


@settings(deadline=None)
@given(rule=st.one_of(st.lists(pieces, max_size=14).map("".join), st.text(max_size=60)))
def test_no_text_ends_in_a_traceback(rules, rule):
    """Any text is a number or a message."""
    try:
        outcome = rules.evaluate(rule).value
    except InputError as error:
        outcome = error.problems[0].wanted
    assert isinstance(outcome, Fraction | str)


leaves = st.sampled_from(
    ["share('UN')", "cell('posts', 'growth')", "figure('training', 'participants')"]
)
arithmetic = st.recursive(
    leaves,
    lambda inner: st.tuples(inner, st.sampled_from("+-*/"), inner).map(
        lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(rule=arithmetic)
def test_arithmetic_is_that_of_exact_fractions(rules, rule):
    """A second way: Python itself on fractions gives the same, or divides by zero."""
    names = {
        "share": lambda _: Fraction(1, 2),
        "cell": lambda *_: Fraction("311.5"),
        "figure": lambda *_: Fraction(23000),
    }
    try:
        found = rules.evaluate(rule).value
    except InputError as error:
        found = None
        refusal = error.problems[0].wanted
    try:
        wanted = eval(rule, {"__builtins__": {}}, names)  # noqa: S307 - our own text
    except ZeroDivisionError:
        assert found is None
    else:
        # a part such as x/x or x - x is refused, and what divides by one or contains one
        assert found == wanted or (found is None and "changes with the inputs" in refusal)
