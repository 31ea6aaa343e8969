"""The language of conditions: what is read, and what is said when it cannot be."""

import pytest

from simulator.errors import InputError
from simulator.scenario.conditions import (
    Condition,
    Statistic,
    check_names,
    parse,
    statistic_named,
)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("x.A > 32e6", Condition(None, "x.A", "", "", ">", 32e6)),
        ("x.A@initial[2031]<=-1.5", Condition(None, "x.A", "initial", "2031", "<=", -1.5)),
        (
            "p95(x.A) <= 31 000 000",
            Condition(Statistic("percentile", 0.95), "x.A", "", "", "<=", 31e6),
        ),
        (
            "p97.5( x.A , 2031 ) >= 31_000",
            Condition(Statistic("percentile", 0.975), "x.A", "", "2031", ">=", 31e3),
        ),
        (
            "es95(x.A[2031-2032]) == 7",
            Condition(Statistic("shortfall", 0.95), "x.A", "", "2031-2032", "=", 7),
        ),
        (
            "es97.5_low(x.A) >= 7",
            Condition(Statistic("shortfall_low", 0.975), "x.A", "", "", ">=", 7),
        ),
        ("mean(x.A) = 3e7", Condition(Statistic("mean"), "x.A", "", "", "=", 3e7)),
    ],
)
def test_reads_and_writes_the_same(text, wanted):
    """A condition is read as meant, and what it is written as is read as the same."""
    assert parse(text) == wanted
    assert parse(str(wanted)) == wanted


def test_reads_a_probability_in_per_cent():
    """`prob(…) <= 5%` compares the probability with 0.05."""
    found = parse("prob(x.A > 32e6) <= 5%")
    assert found.statistic is not None
    assert (found.statistic.relation, found.statistic.threshold) == (">", 32e6)
    assert (found.relation, found.bound) == ("<=", 0.05)
    assert str(found) == "prob(x.A > 32000000) <= 0.05"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "an output or a statistic of one is wanted at column 1"),
        ("x.A", "one of <=, >=, <, > and = is wanted at column 4"),
        ("x.A >", "a number is wanted at column 6"),
        ("x.A > 31,000", "a number without commas is wanted at column 7"),
        ("x.A > 3 and y < 4", "nothing more is wanted after the number at column 9"),
        ("maen(x.A) > 3", "did you mean 'mean'?"),
        ("p100(x.A) > 3", "a statistic is wanted at column 1"),
        ("p95_low(x.A) > 3", "a statistic is wanted at column 1"),
        ("p0(x.A) > 3", "a statistic is wanted at column 1"),
        ("p95(x.A > 3", "')' is wanted at column 9"),
        ("prob(x.A > 3) > 5", "a probability from 0 to 1 is wanted at column 17"),
        ("x.A@ > 3", "a stage is wanted after @"),
        ("x.A[2031 > 3", "']' is wanted at column 10"),
        ("x.A > 1e999", "a number is wanted"),
    ],
)
def test_says_where_it_cannot_be_read(text, said):
    """Every refusal names what is wanted, the column and a remedy."""
    with pytest.raises(InputError) as refused:
        parse(text)
    assert said in str(refused.value)
    assert "→" in str(refused.value)


def test_unknown_names_are_told_all_at_once():
    """Output and period are both checked, with the nearest known names."""
    with pytest.raises(InputError) as refused:
        check_names(parse("cost.B[2032] > 3"), ["cost.A", "cost.A@initial"], ["2031"])
    assert len(refused.value.problems) == 2
    assert "did you mean 'cost.A'?" in str(refused.value)


@pytest.mark.parametrize(("value", "holds"), [(2.0, False), (3.0, False), (4.0, True)])
def test_holds_as_the_relation_says(value, holds):
    """`>` is strict."""
    assert parse("x > 3").holds(value) is holds


def test_names_of_statistics():
    """A name stands for one statistic, and a statistic for that name."""
    for name in ("mean", "sd", "min", "max", "p5", "p97.5", "es99"):
        found = statistic_named(name)
        assert found is not None
        assert found.name == name
    assert statistic_named("prob") is None
