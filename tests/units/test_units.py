"""Money, shares, rounding and months, each by closed forms and a second way of computing."""

from __future__ import annotations

import datetime as dt
import decimal
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.units import (
    CURRENCY,
    Month,
    months_between,
    pair_name,
    parse_share,
    period_label,
    round_half_up,
    split_pair,
    to_decimal,
)

fractions = st.fractions(min_value=-(10**9), max_value=10**9, max_denominator=10**4)
steps = st.sampled_from([Decimal(s) for s in ("0.01", "0.1", "1", "100", "0.25", "5")])


@pytest.mark.parametrize(
    ("number", "step", "printed"),
    [
        ("17196.05", "0.1", "17196.1"),  # A/62/6 (Sect.13)/Add.1, table 13.2
        ("17330.05", "0.1", "17330.1"),
        ("17196.049", "0.1", "17196.0"),
        ("-17196.05", "0.1", "-17196.1"),  # away from zero, not towards the even or upwards
        ("28771833.3", "100", "28771800"),
        ("28771850", "100", "28771900"),
        ("28771849.99", "100", "28771800"),
        ("0.5", "1", "1"),
        ("1.5", "1", "2"),
        ("2.5", "1", "3"),
        ("-0.5", "1", "-1"),
        ("-0.49", "1", "0"),
        ("0", "0.1", "0.0"),
        ("7.5", "5", "10"),
        ("-7.4", "5", "-5"),
    ],
)
def test_halves_go_away_from_zero(number: str, step: str, printed: str) -> None:
    """As the budget page is printed; written with the digits of the step."""
    found = round_half_up(Decimal(number), Decimal(step))
    assert found == Decimal(printed)
    assert found.as_tuple().exponent == Decimal(step).as_tuple().exponent
    assert round_half_up(Fraction(number), Decimal(step)) == found


def test_zero_is_written_without_a_sign() -> None:
    """A small negative amount prints as 0.0, not as -0.0."""
    assert str(round_half_up(Fraction(-1, 100), Decimal("0.1"))) == "0.0"
    assert str(round_half_up(0, Decimal("0.1"))) == "0.0"


@given(fractions, steps)
def test_it_is_the_nearest_multiple(number: Fraction, step: Decimal) -> None:
    """At most half a step away, a whole number of steps, and a half goes away from zero."""
    found = Fraction(round_half_up(number, step))
    assert (found / Fraction(step)).denominator == 1
    gap = abs(found - number)
    assert gap <= Fraction(step) / 2
    if gap == Fraction(step) / 2:
        assert abs(found) > abs(number)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-1e9, max_value=1e9))
def test_it_agrees_with_the_decimal_module(number: Decimal) -> None:
    """A second way, for steps that are a power of ten."""
    wanted = number.quantize(Decimal("0.1"), decimal.ROUND_HALF_UP)
    assert round_half_up(number, Decimal("0.1")) == wanted


def test_large_numbers_keep_sixty_digits() -> None:
    """They are exact in whatever context the caller computes; what is longer loses its tail."""
    number = Fraction(10**60 - 1)
    with decimal.localcontext() as context:
        context.prec = 5
        assert round_half_up(number, Decimal(1)) == number
        assert round_half_up(10**60 + 1, Decimal(1)) == 10**60
        assert round_half_up(Fraction(123456789), Decimal("0.1")) == Decimal("123456789.0")


@pytest.mark.parametrize("step", ["0", "-0.1"])
def test_a_step_must_be_positive(step: str) -> None:
    """Zero would divide, a negative step would turn halves round."""
    with pytest.raises(ValueError, match=f"a rounding step must be positive, not {step}"):
        round_half_up(1, Decimal(step))


def test_a_decimal_shows_28_digits_or_as_many_as_are_asked_for() -> None:
    """The quotient is rounded once, to significant digits."""
    assert str(to_decimal(Fraction(2, 3))) == "0." + "6" * 27 + "7"
    assert str(to_decimal(Fraction(-2, 3), 4)) == "-0.6667"
    assert str(to_decimal(Fraction(200000, 3), 3)) == "6.67E+4"
    assert to_decimal(Decimal("0.134143")) == Decimal("0.134143")


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("1/2", Fraction(1, 2)),
        ("8.75/21.25", Fraction(7, 17)),
        (" 1 / 3 ", Fraction(1, 3)),
        ("0.25", Fraction(1, 4)),
        ("-1/4", Fraction(-1, 4)),
        ("+3", Fraction(3)),
        ("0/5", Fraction(0)),
        ("1" * 30 + "." + "1" * 30, Fraction("1" * 30 + "." + "1" * 30)),
    ],
)
def test_a_share_is_exact(text: str, share: Fraction) -> None:
    """A number or a quotient of two, without any binary float on the way."""
    found = parse_share(text)
    assert found == share
    assert isinstance(found, Fraction)


def test_numbers_are_shares_as_they_are() -> None:
    """A TOML number arrives as a decimal or a whole number."""
    assert parse_share(Decimal("0.1")) == Fraction(1, 10)
    assert parse_share(1) == 1
    assert isinstance(parse_share(1), Fraction)


@pytest.mark.parametrize(
    "text",
    ["", "half", "1/2/3", "1/", "/2", "x/2", "2/x", "1e3", "nan", ".5", "1.", "1" * 31, "1.2.3"],
)
def test_anything_else_is_no_share(text: str) -> None:
    """Refused with the text and three examples of what is wanted."""
    with pytest.raises(ValueError, match=r"is not a share such as 0\.25, 1/2 or 8\.75/21\.25") as e:
        parse_share(text)
    assert str(e.value).startswith(repr(text))


@pytest.mark.parametrize("text", ["1/0", "0/0", "2/0.00"])
def test_a_share_divides_by_something(text: str) -> None:
    """Refused in words, not as a fault of arithmetic."""
    with pytest.raises(ValueError, match="divides by zero") as caught:
        parse_share(text)
    assert not isinstance(caught.value, ZeroDivisionError)


def test_long_texts_are_cut_in_messages() -> None:
    """Sixty characters of a share or a pair, forty of a month."""
    for parse, length in ((parse_share, 60), (split_pair, 60), (Month.parse, 40)):
        with pytest.raises(ValueError, match="x") as caught:
            parse("x" * 100)
        assert str(caught.value).count("x") == length
    with pytest.raises(ValueError, match="divides by zero") as caught:
        parse_share("7" * 30 + "/" + "0" * 30 + "." + "0" * 30)
    assert str(caught.value) == f"{'7' * 30 + '/' + '0' * 29!r} divides by zero"


def test_a_currency_is_three_capitals() -> None:
    """Nothing before or after them."""
    assert CURRENCY.match("EUR")
    assert not any(map(CURRENCY.match, ["EU", "EURO", "eur", " EUR", "EUR ", "EUR\n", "E1R"]))


def test_a_pair_says_its_direction() -> None:
    """`eur_per_usd` is EUR for one USD, there and back."""
    assert pair_name("EUR", "USD") == "eur_per_usd"
    assert split_pair("eur_per_usd") == ("EUR", "USD")


@pytest.mark.parametrize(
    "name", ["", "eurusd", "EUR_per_USD", "eur_per_usd ", "eur_per_usdx", "xeur_per_usd"]
)
def test_other_names_are_no_pairs(name: str) -> None:
    """Three small letters, `_per_`, three small letters."""
    with pytest.raises(ValueError, match="is not a rate's name such as eur_per_usd"):
        split_pair(name)


@pytest.mark.parametrize("text", ["2031-01", "2031-12", "0001-06"])
def test_a_month_is_printed_as_it_is_read(text: str) -> None:
    """There and back."""
    assert str(Month.parse(text)) == text


@pytest.mark.parametrize("text", ["2031-00", "2031-13", "2031-1", "31-01", "2031-01-01", "2031/01"])
def test_other_texts_are_no_months(text: str) -> None:
    """Refused with the text and an example."""
    with pytest.raises(ValueError, match="is not a month such as 2031-01"):
        Month.parse(text)


@given(st.dates(min_value=dt.date(2, 1, 1), max_value=dt.date(9990, 12, 31)))
def test_months_agree_with_the_calendar(day: dt.date) -> None:
    """The next month begins the day after the last day; eleven more make a year."""
    month = Month.of(day)
    assert (month.year, month.month) == (day.year, day.month)
    following = month.last_day() + dt.timedelta(days=1)
    assert month.next() == Month.of(following)
    assert following.day == 1
    assert month.plus(1) == month.next()
    assert month.next().plus(-1) == month.plus(0) == month
    assert month.plus(12) == Month(day.year + 1, day.month)
    assert month < month.next()


def test_months_between_two_are_counted_with_both() -> None:
    """November to February are four; none when the end is before the beginning."""
    first, last = Month(2030, 11), Month(2031, 2)
    assert [str(m) for m in months_between(first, last)] == [
        "2030-11", "2030-12", "2031-01", "2031-02",
    ]  # fmt: skip
    assert list(months_between(first, first)) == [first]
    assert list(months_between(last, first)) == []


def test_a_period_is_named_by_its_first_and_last_year() -> None:
    """One year stands alone; of three the middle one is not named."""
    assert period_label((2031,)) == "2031"
    assert period_label((2031, 2032)) == "2031-2032"
    assert period_label((2031, 2032, 2033)) == "2031-2033"
