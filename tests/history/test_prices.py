"""Inflation with a vintage: when a year is known, whose figure counts, relative price levels."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import pairwise
from math import log1p
from pathlib import Path

import pytest

from simulator.errors import InputError, Problem
from simulator.history.csv_prices import read_prices
from simulator.history.prices import Prices, UserPrices
from simulator.history.rates import NotYetKnown
from simulator.history.yearly import yearly_figures
from simulator.units import Month, months_between

Write = Callable[..., Path]
YEARLY = yearly_figures()


def user(**inflation: dict[int, float]) -> UserPrices:
    return UserPrices("user", "prices.csv", "", inflation)


# --- The vintage ---


def test_a_year_is_known_from_february_after_it() -> None:
    """On 31 January the year before is refused, on 1 February it is the last published."""
    prices = Prices(YEARLY)
    before, after = (prices.as_of(dt.date(2007, *day)) for day in ((1, 31), (2, 1)))
    assert (before.last_published("CHF"), after.last_published("CHF")) == (2005, 2006)
    with pytest.raises(NotYetKnown, match=r"CHF: .* \(found 2006, known from 2007-02-01"):
        before.inflation("CHF", 2006)
    assert after.inflation("CHF", 2006) == YEARLY.inflation["CHF"][2006]
    assert 2006 not in before.years("CHF")


def test_the_mean_of_the_last_years_is_the_mean_of_what_was_published() -> None:
    """Five years to 2006 as of May 2007: 1.74 % ± 0.1 a year more in dollars than in francs."""
    known = Prices(YEARLY).as_of(dt.date(2007, 5, 31))
    usd, chf = (known.mean_last(currency, 5) for currency in ("USD", "CHF"))
    assert usd == pytest.approx(sum(YEARLY.inflation["USD"][y] for y in range(2002, 2007)) / 5)
    assert usd - chf == pytest.approx(0.0174, abs=0.001)


def test_figures_that_are_not_there() -> None:
    """A currency, a year or enough years that nobody gave: what to give is said."""
    known = Prices(YEARLY, user(XYZ={2030: 0.02, 2031: 0.03})).as_of(dt.date(2040, 1, 1))
    for ask in (
        lambda: known.inflation("ABC", 2031),
        lambda: known.inflation("XYZ", 2035),
        lambda: known.mean_last("XYZ", 3),
        lambda: known.relative_index("XYZ", "CHF"),
    ):
        with pytest.raises(InputError, match="--prices"):
            ask()
    assert known.last_published("XYZ") == 2031
    assert "XYZ" in known.currencies


def test_a_users_figure_counts_before_the_table() -> None:
    """By currency and year: what the user gives replaces or continues, the rest stays."""
    known = Prices(YEARLY, user(USD={2024: 0.5, 2025: 0.6})).as_of(dt.date(2026, 2, 1))
    assert known.inflation("USD", 2024) == 0.5
    assert known.inflation("USD", 2023) == YEARLY.inflation["USD"][2023]
    assert (known.last_published("USD"), known.last_published("CHF")) == (2025, 2024)


def test_a_hole_between_table_and_user_is_refused() -> None:
    """A series continues the table or stands alone; years in between are asked for."""
    with pytest.raises(InputError, match=r"prices\.csv: USD: .*\(found 2024, then 2027\)"):
        Prices(YEARLY, user(USD={2027: 0.02}))


# --- Relative price levels ---


def flat(years: range, **inflation: float) -> UserPrices:
    return user(**{name: dict.fromkeys(years, value) for name, value in inflation.items()})


def test_the_relative_level_is_a_line_when_inflation_is_constant() -> None:
    """Constant inflation: the log level grows by log(1 + a) - log(1 + b) a year between middles."""
    known = Prices(YEARLY, flat(range(2020, 2031), ABC=0.05, XYZ=0.01)).as_of(dt.date(2031, 2, 1))
    index = known.relative_index("XYZ", "ABC")
    inside = list(months_between(Month(2020, 7), Month(2030, 6)))
    steps = [index(later) - index(month) for month, later in pairwise(inside)]
    assert steps == pytest.approx([(log1p(0.05) - log1p(0.01)) / 12] * len(steps))


def test_before_the_first_year_it_is_constant_and_after_the_last_it_goes_on() -> None:
    """Constant until the middle of the first year; then the mean difference of five years."""
    years = {2030: 0.01, 2031: 0.02, 2032: 0.03, 2033: 0.04, 2034: 0.05, 2035: 0.06}
    prices = Prices(YEARLY, user(ABC=years, XYZ=dict.fromkeys(years, 0.0)))
    index = prices.as_of(dt.date(2036, 2, 1)).relative_index("XYZ", "ABC")
    assert index(Month(2029, 1)) == index(Month(2030, 6)) == log1p(0.01)
    assert index(Month(2031, 6)) == pytest.approx(log1p(0.01) + log1p(0.02) * 11.5 / 12)
    assert index(Month(2037, 6)) - index(Month(2036, 6)) == pytest.approx(0.04)
    earlier = prices.as_of(dt.date(2036, 1, 31)).relative_index("XYZ", "ABC")
    assert earlier(Month(2036, 6)) - earlier(Month(2035, 6)) == pytest.approx(0.03)


def test_the_relative_level_turns_its_sign_with_the_pair() -> None:
    """Foreign over home is minus home over foreign."""
    known = Prices(YEARLY).as_of(dt.date(2007, 5, 31))
    one, other = known.relative_index("CHF", "USD"), known.relative_index("USD", "CHF")
    for month in (Month(1950, 1), Month(1983, 3), Month(2006, 7), Month(2009, 12)):
        assert one(month) == pytest.approx(-other(month), abs=1e-15)


# --- A user's file ---


@pytest.fixture
def wrong(csv_file: Write) -> Callable[..., tuple[Problem, ...]]:
    def read(text: str, today: dt.date | None = None) -> tuple[Problem, ...]:
        with pytest.raises(InputError) as caught:
            read_prices(csv_file(text, "prices.csv"), YEARLY, today=today)
        return caught.value.problems

    return read


@pytest.mark.parametrize(
    "text",
    [
        "year,currency,inflation\n2025,CHF,0.002\n2026,CHF,0.004\n",
        "Year,Currency,inflation_pct,note\n2026,CHF,0.4,x\n2025,CHF,0.2,\n",
        "year,country,inflation_pct\r\n2025,CHE,0.2\r\n2026,CHE,0.4\r\n",
        "\ufeffyear,country,currency,inflation\n2025,CHE,CHF,0.002\n2026,CHE,CHF,0.004\n",
    ],
)
def test_one_history_of_prices_in_many_layouts(csv_file: Write, text: str) -> None:
    """Fractions or per cent, currency or country, any order."""
    read = read_prices(csv_file(text), YEARLY)
    assert read.inflation == {"CHF": {2025: 0.002, 2026: 0.004}}


def test_single_years_of_the_table_can_be_replaced(csv_file: Write) -> None:
    """Years that a file leaves out and the table has are no gap."""
    read = read_prices(csv_file("year,currency,inflation\n2003,CHF,0.01\n2008,CHF,0.03\n"), YEARLY)
    known = Prices(YEARLY, read).as_of(dt.date(2010, 1, 1))
    assert known.inflation("CHF", 2008) == 0.03
    assert known.inflation("CHF", 2007) == YEARLY.inflation["CHF"][2007]


def test_the_shared_prices_are_the_tables(shared: Path, csv_file: Write) -> None:
    """The file that the table was made from reads back as the table."""
    read = read_prices(shared / "cpi_annual_wb.csv", YEARLY)
    assert read.inflation.keys() == YEARLY.inflation.keys()
    for currency, years in read.inflation.items():
        assert years == pytest.approx(YEARLY.inflation[currency], abs=1e-12)


@pytest.mark.parametrize(
    ("text", "line", "wanted"),
    [
        ("year,currency,inflation\n2025,CHF,x\n", 2, "inflation as a number"),
        ("year,currency,inflation\n2025,CHF,\n", 2, "inflation as a number"),
        ("year,currency,inflation\n2025,CHF,2%\n", 2, "inflation as a number"),
        ("year,currency,inflation\n2025,CHF,-0.9\n", 2, "between -50 and 10000 %"),
        ("year,currency,inflation\n25,CHF,0.02\n", 2, "a year such as 2031"),
        ("year,currency,inflation\n2025,Chf,0.02\n", 2, "three capital letters"),
        ("year,country,inflation\n2025,Switzerland,0.02\n", 2, "the code of a country"),
        ("year,currency,inflation\n2025,CHF,0.02\n2025,CHF,0.02\n", 3, "line 2 has one"),
        ("year,currency,inflation\n2025,CHF,0.02\n2028,CHF,0.02\n", 3, "2026 to 2027 is missing"),
        ("year,currency,inflation\n2023,CHF,0.02\n2026,CHF,0.02\n", 3, "2025 is missing"),
        ("year,currency,inflation\n2025,CHF\n", 2, "3 cells are wanted"),
        ("year,currency,inflation\n2031,CHF,0.01\n", 2, "a year that is over"),
        ("year,currency,inflation\n2025,XYZ,2.5\n2026,XYZ,1.5\n", 2, "fractions such as 0.02"),
        ("year,currency,inflation\n2003,CHF,0.6\n2004,CHF,0.8\n", 2, "fractions such as 0.02"),
        ("year,currency,inflation\n2014,JPY,1\n2015,JPY,0.8\n", 2, "fractions such as 0.02"),
        ("year,currency,inflation_pct\n2003,CHF,0.006\n2004,CHF,0.008\n", 2, "per cent such as 2"),
        ("currency,inflation\nCHF,0.6\n", 1, "a column year"),
        ("year,inflation\n2025,0.6\n", 1, "a column currency or country"),
        ("year,currency\n2025,CHF\n", 1, "one column inflation"),
        ("year,currency,inflation,inflation_pct\n2025,CHF,0.01,1\n", 1, "one column inflation"),
        ("year,currency,inflation,rate\n2025,CHF,0.01,1\n", 1, "unknown column"),
        ("year\tcurrency\tinflation\n2025\tCHF\t0.01\n", 1, "commas or semicolons between"),
    ],
)
def test_a_malformed_history_of_prices(
    wrong: Callable[..., tuple[Problem, ...]], text: str, line: int, wanted: str
) -> None:
    """Each gives file, line and what was wanted."""
    (problem,) = wrong(text, dt.date(2031, 5, 5))
    assert problem.line == line
    assert wanted in problem.wanted
    assert problem.file.endswith("prices.csv")
