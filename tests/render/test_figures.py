"""How figures look."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.render.figures import Amounts, decimals, grouped, percent, rate, scale_word


def seen(text: str) -> str:
    """`text` with ordinary spaces, for reading."""
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("value", "digits", "wanted"),
    [
        (34526.2, 1, "34 526.2"),
        (Decimal("17196.05"), 1, "17 196.1"),
        (-189.4, 1, "−189.4"),
        (-0.04, 1, "0.0"),
        (0.0, 1, "0.0"),
        (999.95, 1, "1 000.0"),
        (1234567.0, 0, "1 234 567"),
        (math.nan, 1, "–"),
        (math.inf, 1, "∞"),
        (-math.inf, 1, "−∞"),
        (1e300, 0, "1" + " 000" * 100),
    ],
)
def test_figures_are_grouped_in_threes_and_rounded_half_up(
    value: float | Decimal, digits: int, wanted: str
) -> None:
    """Digits stand in groups of three, halves go up, minus is a minus sign, no minus zero."""
    assert seen(grouped(value, digits)) == wanted


def test_a_figure_is_one_word() -> None:
    """The space inside a figure does not break, so wrapping and `awk` keep it whole."""
    assert len(grouped(34526.2, 1).split(" ")) == 1


@given(st.integers(-(10**15), 10**15), st.integers(0, 4))
def test_a_figure_reads_back(number: int, digits: int) -> None:
    """Without its spaces a printed figure is the number rounded to its decimals."""
    exact = Decimal(number).scaleb(-digits)
    text = grouped(exact, digits).replace("\u00a0", "").replace("−", "-")
    assert Decimal(text) == exact


def test_fractions_become_percent_and_rates_have_four_decimals() -> None:
    """0.425 is 42.5 %, a rate shows four decimals, what is not a number is a dash."""
    assert seen(percent(0.425)) == "42.5 %"
    assert seen(percent(math.nan)) == "–"
    assert rate(1.2) == "1.2000"


def test_amounts_are_shown_in_the_unit_of_the_file() -> None:
    """34 526 150 whole units are 34 526.2 thousand; an error has one decimal more."""
    show = Amounts(1000, 1)
    assert seen(show(34_526_150.0)) == "34 526.2"
    assert seen(show.error(1234.0)) == "1.23"
    assert show.error(math.nan) == "–"


@pytest.mark.parametrize(
    ("step", "digits"), [("0.1", 1), ("0.10", 1), ("0.01", 2), ("1", 0), ("100", 0)]
)
def test_decimals_follow_the_step(step: str, digits: int) -> None:
    """A step of 0.1 needs one decimal, a step of 100 none."""
    assert decimals(Decimal(step)) == digits


@pytest.mark.parametrize(
    ("unit", "words"),
    [(1, "XYZ"), (1000, "thousand XYZ"), (1_000_000, "million XYZ"), (500, "500 XYZ")],
)
def test_the_unit_is_said_in_words(unit: int, words: str) -> None:
    """Thousands and millions have names, other units are a number."""
    assert seen(scale_word(unit, "XYZ")) == words
