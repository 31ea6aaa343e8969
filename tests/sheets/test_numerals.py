"""Numbers as people type them: one reading or none."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.sheets.numerals import Marks

NO_BREAK, NARROW = "\u00a0", "\u202f"


@pytest.mark.parametrize("separator", [",", ";", ""])
@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("12", "12"), ("-12", "-12"), ("+12", "+12"), ("\u221212", "-12"), ("1.5", "1.5"),
        ("1,5", "1.5"), ("0,125", "0.125"), ("0.125", "0.125"), (".5", ".5"), ("5.", "5."),
        ("1234,567", "1234.567"), ("1,2345", "1.2345"), ("1.234e5", "1.234e5"), ("1e3", "1e3"),
        ("1 234", "1234"), (f"1{NO_BREAK}234,5", "1234.5"), (f"1{NARROW}234{NARROW}567", "1234567"),
        ("1'234.5", "1234.5"), ("1\u2019234\u2019567,5", "1234567.5"), ("1 234,567", "1234.567"),
        ("1,234.5", "1234.5"), ("1.234,5", "1234.5"), ("1.234.567", "1234567"),
        ("1,234,567.891", "1234567.891"), ("-1 234", "-1234"), ("1,234,567", "1234567"),
    ],
)  # fmt: skip
def test_what_has_one_reading_is_read_anywhere(separator: str, text: str, plain: str) -> None:
    """Whatever the file is like."""
    assert Marks(separator).read(text).plain == plain


@pytest.mark.parametrize(
    "text",
    ["", "-", "five", "5 %", "12 EUR", "1,2,3", "1.2.3", "12 34", "1 2345", "0 123", "1_000",
     "1'23", "1,", "1 234'567", "inf", "nan", "1.234,567.8", "\u0661\u0662"],
)  # fmt: skip
def test_what_is_no_number_is_refused(text: str) -> None:
    """Groups that are not of three, units, words: with a remedy."""
    found = Marks(",").read(text)
    assert found.plain == ""
    assert found.wanted == "a number is wanted"
    assert found.remedy


@pytest.mark.parametrize(
    ("separator", "others", "text", "plain"),
    [
        (",", [], "1.234", "1.234"),  # commas between the cells: a point for decimals
        (",", [], "1,234", ""),
        (",", ["0.5"], "1,234", "1234"),
        (",", ["0,5"], "1,234", "1.234"),
        (",", ["0,5"], "1.234", ""),  # the cells say comma, the separator says point
        (";", [], "1,234", "1.234"),  # semicolons: a comma for decimals
        (";", [], "1.234", ""),  # or a point, as in some countries that use semicolons
        (";", ["0,5"], "1.234", "1234"),
        (";", ["0.5"], "1.234", "1.234"),
        (";", ["0.5"], "1,234", ""),
        ("", [], "1.234", ""),
        ("", [], "1,234", ""),
        ("", ["1.234.567"], "1.234", "1234"),
        ("", ["1'000.5"], "1.234", "1.234"),
        ("", ["0.5", "0,5"], "1.234", ""),
        ("", ["12", "1 234", "2.345"], "1.234", ""),  # none of these shows anything
    ],
)
def test_the_rest_of_the_file_decides_or_nothing(
    separator: str, others: list[str], text: str, plain: str
) -> None:
    """`1.234` is read when the file's cells and separator agree, and refused otherwise."""
    marks = Marks(separator)
    for other in (*others, text):
        marks.learn(other)
    found = marks.read(text)
    assert found.plain == plain
    if not plain:
        assert found.readings == ("1234", "1.234")
        assert "this may be 1234 or 1.234" in found.wanted
        longer = "1.2340" if separator == "," else f"{text}0"  # a comma there begins a cell
        assert found.remedy.startswith(f"write 1234, or {longer} for the decimals")
        assert Marks(separator).read(longer).plain == "1.2340"


@given(
    st.decimals(-(10**9), 10**9, allow_nan=False, places=2),
    st.sampled_from([" ", NO_BREAK, NARROW, "'", "\u2019", ",", ".", ""]),
    st.sampled_from([".", ","]),
    st.sampled_from([",", ";", ""]),
)
def test_a_number_survives_every_way_of_writing_it(
    number: Decimal, group: str, mark: str, separator: str
) -> None:
    """Two decimals show their mark, so the value is the same in every style."""
    if group == mark:
        return
    text = f"{number:,.2f}".replace(",", "G").replace(".", mark).replace("G", group)
    assert Decimal(Marks(separator).read(text).plain) == number
