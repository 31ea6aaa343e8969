"""A user's rates in a CSV: every layout that is read, and a message for every malformed history."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.errors import EnvironmentFault, InputError, Problem
from simulator.history.csv_rates import read_rates
from simulator.history.daily_rates import daily_rates
from simulator.history.rates import Rates
from simulator.history.sheet import MAX_BYTES, MAX_PROBLEMS
from simulator.history.suspects import Reading, odd_rates
from simulator.units import Month

Problems = Callable[..., tuple[Problem, ...]]
Write = Callable[..., Path]

RATES = [0.90, 0.91, 0.92, 0.905, 0.915, 0.93, 0.94, 0.925, 0.935, 0.945, 0.95, 0.96]
ROWS = [f"2031-{month:02d},{rate}" for month, rate in enumerate(RATES, 1)]


def months(rows: list[str], header: str = "month,rate") -> str:
    return "\n".join([header, *rows]) + "\n"


def one(found: tuple[Problem, ...]) -> Problem:
    assert len(found) == 1, [str(problem) for problem in found]
    return found[0]


# --- What is read ---


@pytest.mark.parametrize(
    ("text", "options"),
    [
        (months(ROWS), {"pair": "eur_per_usd"}),
        (months(ROWS[::-1]), {"pair": "eur_per_usd"}),
        (months(ROWS).replace("month,rate", "Month , RATE"), {"pair": "eur_per_usd"}),
        (months(ROWS, "month,eur_per_usd"), {}),
        (months(ROWS, "date,eur_per_unit"), {"pair": "eur_per_usd"}),
        (months([f"{row},USD" for row in ROWS], "month,rate,currency"), {"home": "EUR"}),
        (months([f"{row},USD" for row in ROWS], "month,eur_per_unit,base"), {}),
        (months([f"{row},eur_per_usd" for row in ROWS], "month,rate,pair"), {}),
        (months([f"{row},average,a note" for row in ROWS], "month,rate,kind,note"),
         {"pair": "eur_per_usd"}),
        (months([f"{row},{row[8:]},USD,20" for row in ROWS],
                "month,eur_per_unit_avg,eur_per_unit_end,currency,days"), {}),
        (months(ROWS).replace("\n", "\r\n"), {"pair": "eur_per_usd"}),
        (months(ROWS).replace("\n", "\r"), {"pair": "eur_per_usd"}),
        (months(ROWS).replace("\n", "\r\n", 3).replace("5\n", "5\r\n"), {"pair": "eur_per_usd"}),
        ("\ufeff" + months(ROWS), {"pair": "eur_per_usd"}),
        ("\n\n" + months(ROWS).replace("\n", "\n,\n"), {"pair": "eur_per_usd"}),
        (months([f'"{row[:7]}"," {row[8:]} "' for row in ROWS]), {"pair": "eur_per_usd"}),
    ],
)  # fmt: skip
def test_one_history_in_many_layouts(csv_file: Write, text: str, options: dict[str, str]) -> None:
    """Names of columns, order, quotes, line ends and a byte order mark do not matter."""
    source = read_rates(csv_file(text), **options)
    series = source.series("EUR", "USD")
    assert [quote.rate for quote in series.averages.values()] == RATES
    assert next(iter(series.averages)) == Month(2031, 1)
    assert source.currencies == {"EUR", "USD"}
    assert source.name == "rates of rates.csv"
    assert len(source.sha256) == 64


def test_the_shared_histories_are_read(shared: Path) -> None:
    """Both files of monthly CHF rates: seven pairs, averages and ends, no complaint."""
    today, reference = dt.date(2026, 12, 31), daily_rates()
    fed = read_rates(shared / "fx_chf_monthly_fed.csv", today=today, reference=reference)
    ecb = read_rates(shared / "fx_chf_monthly_ecb.csv", today=today, reference=reference)
    assert len(fed.pairs) == len(ecb.pairs) == 7
    assert len(fed.series("CHF", "USD").averages) == 666
    assert len(ecb.series("CHF", "USD").ends) == 334
    assert fed.series("USD", "EUR").averages[Month(2007, 5)].rate == pytest.approx(1.3518, abs=2e-4)


def test_days_ends_and_days_known_later(csv_file: Write) -> None:
    """Kinds side by side; a month-end may have its date, and every row the day it was known."""
    text = (
        "date,currency,rate,kind,known_on\n"
        "2031-01-31,USD,0.91,,\n"
        "2031-01-30,USD,0.92,end,\n"
        "2031-01,USD,0.93,Average,2031-02-15\n"
    )
    source = read_rates(csv_file(text), home="EUR")
    before, after = (Rates([source]).as_of(dt.date(2031, 2, day)) for day in (14, 15))
    assert before.averages("EUR", "USD") == {}
    assert after.averages("EUR", "USD") == {Month(2031, 1): 0.93}
    assert before.latest("EUR", "USD").rate == 0.91
    assert before.ends("EUR", "USD") == {Month(2031, 1): 0.92}
    assert Rates([source]).as_of(dt.date(2031, 1, 30)).latest("EUR", "USD").rate == 0.92


def test_daily_rates_become_averages(csv_file: Write) -> None:
    """A month of days in a user's file has its average and end."""
    days = [d for d in range(1, 32) if dt.date(2031, 1, d).weekday() < 5]
    text = months([f"2031-01-{day:02d},{1 + day / 100}" for day in days])
    series = read_rates(csv_file(text), pair="eur_per_usd").series("EUR", "USD")
    assert series.averages[Month(2031, 1)].rate == pytest.approx(1 + sum(days) / len(days) / 100)
    assert series.ends[Month(2031, 1)].rate == 1.31


# --- Malformed histories ---


def changed(row: int, text: str) -> str:
    """The history with one row (from 1) replaced; its line is row + 1."""
    rows = list(ROWS)
    rows[row - 1] = text
    return months([r for r in rows if r])


@pytest.mark.parametrize(
    ("text", "line", "wanted", "remedy"),
    [
        (changed(5, ""), 6, "1 month is missing before 2031-06", "add what is missing"),
        (
            changed(5, "2031-05,0.92\n2031-05,0.92"),
            7,
            "for 2031-05 is wanted, line 6 has one",
            "remove one",
        ),
        (changed(5, "2031-05,0"), 6, "a rate above zero", "remove the row"),
        (changed(5, "2031-05,-0.9"), 6, "a rate above zero", "remove the row"),
        (changed(5, "2031-05,NaN"), 6, "a number above zero", "remove the row"),
        (changed(5, "2031-05,"), 6, "a number above zero", "remove the row"),
        (changed(5, "2031-05,inf"), 6, "a number above zero", "1.2345"),
        (changed(5, "2031-05,1e400"), 6, "a number above zero", "1.2345"),
        (changed(5, "2031-05,0_9"), 6, "a number above zero", "1.2345"),
        (changed(5, "2031-05,90 %"), 6, "a number above zero", "0.05 for 5 %"),
        (changed(5, '2031-05,"1,234"'), 6, "within 5 times its neighbours", "decimal point"),
        (changed(5, "2031-05,1'234.5"), 6, "within 5 times its neighbours", "decimal point"),
        (changed(5, "2031-05,0,915"), 6, "2 cells are wanted", "decimals with a point"),
        (changed(5, "2031-05;0.915"), 6, "2 cells are wanted", "commas, not semicolons"),
        (changed(5, "2031-05"), 6, "2 cells are wanted", "one cell for each column"),
        (changed(5, '2031-05,"0.915'), 6, "a CSV row is wanted", "close every quote"),
        (changed(5, "2031-05,4.7"), 6, "within 5 times its neighbours", "decimal point"),
        (changed(5, "2031-05,0.18"), 6, "within 5 times its neighbours", "decimal point"),
        (changed(1, "2031-01,90"), 2, "within 5 times its neighbours", "decimal point"),
        (changed(12, "2031-12,0.0096"), 13, "within 5 times its neighbours", "decimal point"),
        (changed(5, "May 2031,0.915"), 6, "a month such as 2031-01", "the year first"),
        (changed(5, "2031-13,0.915"), 6, "a month such as 2031-01", "the year first"),
        (changed(5, "0000-05,0.915"), 6, "a month such as 2031-01", "the year first"),
        (changed(5, "31.05.2031,0.915"), 6, "a month such as 2031-01", "the year first"),
        (months(ROWS[:1], "month;rate"), 2, "2 cells are wanted", "semicolons, not commas"),
        (months(ROWS, "month\trate"), 1, "commas or semicolons between", "a workbook"),
        (months(ROWS, "rate"), 1, "commas or semicolons between", "first row names the columns"),
        (months(ROWS, "month,rates"), 1, "unknown column", "did you mean 'rate'"),
        (months(ROWS, "month,usd"), 1, "unknown column", "month,pair,rate"),
        (months([], "month,rate"), 1, "no row below the header", ""),
        ("", None, "this file is empty", ""),
        (" \n\n", None, "this file is empty", ""),
        (",,\n;\n", 1, "commas or semicolons between", "first row"),
        (b"month,rate\n2031-01,\x00\n", 2, "NUL byte", "damaged"),
        (b"month,rate\n2031-01,1.0\xe9\n", 2, "UTF-8 text is wanted", "save the file as UTF-8"),
        (months(ROWS).encode("utf-16"), 1, "this is UTF-16", "save the file as UTF-8"),
    ],
)
def test_a_malformed_history(
    problems: Problems, text: str | bytes, line: int | None, wanted: str, remedy: str
) -> None:
    """Each gives file, line, what was wanted and how to mend it."""
    found = problems(text, pair="eur_per_usd")
    assert found[0].line == line
    assert wanted in found[0].wanted
    assert re.search(remedy, found[0].remedy)
    if "unknown column" not in wanted:
        assert len(found) == 1, [str(problem) for problem in found]


def test_every_problem_is_told_at_once(problems: Problems) -> None:
    """Four rows wrong in four ways are four problems, in the order of lines."""
    rows = list(ROWS)
    rows[1], rows[3], rows[5], rows[8] = "2031-02,x", "2031-03,0.9", "2031-06,0", "2031-09,9.35"
    found = problems(months(rows), pair="eur_per_usd")
    assert [problem.line for problem in found] == [3, 5, 6, 7, 10]
    assert "1 month is missing before 2031-05" in found[2].wanted


def test_a_rate_in_the_other_direction(problems: Problems) -> None:
    """One inverted month is told with the rate it should be, and a whole tail once."""
    rates = [1.9 + rate for rate in RATES]
    rows = [f"2031-{m:02d},{rate:.4f}" for m, rate in enumerate(rates, 1)]
    rows[4] = f"2031-05,{1 / rates[4]:.6f}"
    problem = one(problems(months(rows), pair="eur_per_usd"))
    assert (problem.line, problem.key) == (6, "eur_per_usd")
    assert "in the direction of its neighbours" in problem.wanted
    assert "write 2.815" in problem.remedy
    rows = [f"2031-{m:02d},{1 / r if m > 6 else r:.6f}" for m, r in enumerate(rates, 1)]
    problem = one(problems(months(rows), pair="eur_per_usd"))
    assert problem.line == 8
    assert "here and on 5 more until 2031-12" in problem.wanted


@pytest.mark.parametrize("level", [0.02, 0.5, 0.85, 1.15, 1.22, 3.0, 140.0])
def test_an_inverted_month_is_seen_at_any_level_but_near_one(
    problems: Problems, level: float
) -> None:
    """One month, the first months or the last ones: one finding on their first line."""
    for odd in ({5}, {1}, {12}, {1, 2, 3}, {9, 10, 11, 12}):
        rates = [level * (1 + 0.004 * m * (-1) ** m) for m in range(1, 13)]
        rows = [f"2031-{m:02d},{1 / r if m in odd else r:.8g}" for m, r in enumerate(rates, 1)]
        problem = one(problems(months(rows), pair="eur_per_usd"))
        assert problem.line == min(odd) + 1
        assert "in the direction of its neighbours" in problem.wanted


def test_no_real_month_is_odd() -> None:
    """Every series of the daily rates passes, its breaks by a new currency left out."""
    source = daily_rates()
    for foreign in sorted(source.currencies - {"EUR", "ROL", "TRL"}):
        for kind in ("days", "ends", "averages"):
            series = getattr(source.series("EUR", foreign), kind)
            readings = [Reading(when, q.rate, 1) for when, q in series.items()]
            assert list(odd_rates(readings)) == [], (foreign, kind)


def test_a_new_currency_is_one_problem(problems: Problems) -> None:
    """Rates that drop to a thousandth and stay there are reported once, where they drop."""
    rows = [f"2031-{m:02d},{r / 1000 if m > 6 else r}" for m, r in enumerate(RATES, 1)]
    problem = one(problems(months(rows), pair="eur_per_usd"))
    assert problem.line == 8
    assert "restate rates before a new currency" in problem.remedy


def test_a_whole_file_the_other_way_round_is_seen_against_a_reference(csv_file: Write) -> None:
    """Francs for a pound, called pounds for a franc: the daily rates tell."""
    known = Rates([daily_rates()]).as_of(dt.date(2020, 12, 31)).averages("CHF", "GBP")
    rows = [f"{month},{rate}" for month, rate in known.items() if month.year > 2010]
    path = csv_file(months(rows))
    read_rates(path, pair="chf_per_gbp", reference=daily_rates())
    with pytest.raises(InputError, match=r"rates\.csv:2: gbp_per_chf: rates in the direction"):
        read_rates(path, pair="gbp_per_chf", reference=daily_rates())
    with pytest.raises(InputError, match=r"ONE foreign unit .*\n    → divide rates for 100"):
        read_rates(
            csv_file(months([f"{m},{100 * known[m]}" for m in list(known)[-50:]])),
            pair="chf_per_gbp",
            reference=daily_rates(),
        )


def test_the_future_is_not_known(problems: Problems) -> None:
    """Nothing after today, neither a month that is not over nor a later day of knowing."""
    today = dt.date(2031, 11, 30)
    problem = one(problems(months(ROWS), pair="eur_per_usd", today=today))
    assert (problem.line, problem.key) == (13, "month")
    assert "2031-11-30" in problem.remedy
    assert problems(months(ROWS[:11]), pair="eur_per_usd", today=today) == ()
    assert problems(months(ROWS[:5]), pair="eur_per_usd", today=dt.date(2031, 5, 30)) == ()
    rows = [f"{row},2032-01-05" for row in ROWS]
    found = problems(months(rows, "month,rate,known_on"), pair="eur_per_usd",
                     today=dt.date(2031, 12, 31))  # fmt: skip
    assert len(found) == 12


def test_a_rate_cannot_be_known_before_its_time(problems: Problems) -> None:
    """`known_on` before the last weekday of the month, or before the day, is refused."""
    text = "date,rate,known_on\n2031-05,0.9,2031-05-29\n2031-06,0.9,2031-06-30\n"
    problem = one(problems(text, pair="eur_per_usd"))
    assert (problem.line, problem.key) == (2, "known_on")
    assert "not before 2031-05-30" in problem.wanted
    assert problems(text.replace("-29", "-30"), pair="eur_per_usd") == ()
    text = "date,rate,known_on\n2031-05-15,0.9,2031-05-14\n"
    assert "not before 2031-05-15" in one(problems(text, pair="eur_per_usd")).wanted
    text = "date,rate,known_on\n2031-05-15,0.9,soon\n"
    assert "a day such as" in one(problems(text, pair="eur_per_usd")).wanted


@pytest.mark.parametrize(
    ("header", "row", "options", "wanted"),
    [
        ("rate,note", "0.9,x", {"pair": "eur_per_usd"}, "the month or day of each rate"),
        ("month,date,rate", "2031-01,2031-01-01,1", {"pair": "eur_per_usd"}, "one of month, date"),
        ("month,note", "2031-01,x", {"pair": "eur_per_usd"}, "a column of rates"),
        ("month,rate", "2031-01,0.9", {}, "the currency of the rates"),
        ("month,eur_per_unit", "2031-01,0.9", {}, "the currency of the rates"),
        ("month,currency,rate", "2031-01,USD,0.9", {}, "the home currency of the rates"),
        ("month,currency,base,eur_per_unit", "2031-01,USD,USD,1", {}, "one of currency"),
        ("month,pair,eur_per_unit", "2031-01,eur_per_usd,1", {}, "home currency is wanted once"),
        ("month,currency,eur_per_usd", "2031-01,USD,1", {}, "the pair is wanted once"),
        ("month,currency,eur_per_unit_avg,kind", "2031-01,USD,1,end", {}, "kind is wanted once"),
        ("month,currency,eur_per_unit,eur_per_unit_avg", "2031-01,USD,1,1", {}, "one column for"),
        ("month,rate,rate", "2031-01,1,1", {"pair": "eur_per_usd"}, "stands twice"),
        ("month,rate,", "2031-01,1,1", {"pair": "eur_per_usd"}, "unknown column"),
        ("month,gbp_per_unit", "2031-01,1", {"pair": "eur_per_usd"}, "rates of eur_per_usd"),
        ("month,currency,eur_per_unit", "2031-01,usd,1", {}, "three capital letters"),
        ("month,currency,eur_per_unit", "2031-01,US$,1", {}, "three capital letters"),
        ("month,currency,eur_per_unit", "2031-01,EUR,1", {}, "a foreign currency"),
        ("month,pair,rate", "2031-01,EUR/USD,1", {}, "a rate's name such as"),
        ("month,pair,rate", "2031-01,eur_per_eur,1", {}, "two different currencies"),
        ("month,rate,kind", "2031-01,1,mean", {"pair": "eur_per_usd"}, "average, end or day"),
        ("month,rate,kind", "2031-01,1,day", {"pair": "eur_per_usd"}, "a day such as 2031-01-31"),
    ],
)  # fmt: skip
def test_columns_that_do_not_say_enough_or_say_two_things(
    problems: Problems, header: str, row: str, options: dict[str, str], wanted: str
) -> None:
    """Which pair, which kind, which day: each is said once."""
    problem = one(problems(f"{header}\n{row}\n", **options))
    assert wanted in problem.wanted


def test_pairs_that_follow_from_others(problems: Problems) -> None:
    """A triangle in full, or both directions of a pair, cannot close but by accident."""
    text = "month,pair,rate\n" + "".join(
        f"2031-01,{pair},{rate}\n"
        for pair, rate in (("eur_per_usd", 0.9), ("eur_per_gbp", 1.2), ("usd_per_gbp", 1.3))
    )
    problem = one(problems(text))
    assert (problem.line, problem.key) == (4, "usd_per_gbp")
    assert "crosses are computed" in problem.remedy
    problem = one(problems(text.replace("usd_per_gbp", "usd_per_eur")))
    assert "eur_per_usd is given too" in problem.wanted


def test_daily_rates_with_a_hole_and_monthly_ones_with_dates(problems: Problems) -> None:
    """More than ten days without a quote is a gap; one date a month is a question of kind."""
    rows = [f"2031-01-{day:02d},0.9" for day in (2, 3, 6, 16, 17, 28)]
    problem = one(problems(months(rows, "date,rate"), pair="eur_per_usd"))
    assert (problem.line, "10 days are missing before 2031-01-28" in problem.wanted) == (7, True)
    rows = [f"2031-{month:02d}-28,0.9" for month in range(1, 13)]
    problem = one(problems(months(rows, "date,rate"), pair="eur_per_usd"))
    assert "here is one a month" in problem.wanted
    assert "kind" in problem.remedy
    assert problems(months([f"{row},end" for row in rows], "date,rate,kind"),
                    pair="eur_per_usd") == ()  # fmt: skip


@pytest.mark.parametrize(
    "row",
    ["2031-05,USD,x,end", "2031-05,usd,0.9,end", "2031-05,USD,0.9,last", "2031-05", "May,USD,1,"],
)
def test_a_refused_row_is_not_also_a_gap(problems: Problems, row: str) -> None:
    """What stands on a line that was not understood is not called missing."""
    rows = [f"{row[:7]},USD,{row[8:]},end" for row in ROWS]
    rows[4] = row
    assert one(problems(months(rows, "month,currency,rate,kind"), home="EUR")).line == 6


def test_files_that_are_none(tmp_path: Path) -> None:
    """A missing file, a directory, a pipe and a huge file are told apart."""
    with pytest.raises(InputError, match="there is no such file"):
        read_rates(tmp_path / "none.csv")
    with pytest.raises(InputError, match="this is a directory"):
        read_rates(tmp_path)
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(InputError, match="not a regular file"):
        read_rates(tmp_path / "pipe.csv")
    with (tmp_path / "huge.csv").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(InputError, match=r"at most 8 MB is wanted \(found 8\.0 MB\)"):
        read_rates(tmp_path / "huge.csv")


@pytest.mark.parametrize("options", [{"pair": "EUR/USD"}, {"pair": "usd"}, {"home": "eur"}])
def test_a_pair_or_home_that_is_none(csv_file: Write, options: dict[str, str]) -> None:
    """What the caller names is checked before the file."""
    with pytest.raises(InputError, match="such as"):
        read_rates(csv_file(months(ROWS)), **options)


def test_a_file_that_may_not_be_read(csv_file: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused permission is the environment's fault."""
    path = csv_file(months(ROWS))

    def refuse(self: Path, mode: str) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(EnvironmentFault, match="ask for permission"):
        read_rates(path, pair="eur_per_usd")


def test_ten_thousand_problems_are_cut(problems: Problems) -> None:
    """The first 200 are shown, and how many more there are."""
    rows = [f"{year}-{month:02d},x" for year in range(1900, 2100) for month in range(1, 13)]
    found = problems(months(rows), pair="eur_per_usd")
    assert len(found) == MAX_PROBLEMS + 1
    assert found[-1].wanted == "2200 more problems are not shown"


SIGNS = st.sampled_from('0123456789-.,";eE \r\nUSD\x0b\u2028é')
HEADERS = ["month,rate", "date,currency,eur_per_unit", "month,pair,rate,kind"]


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.sampled_from(HEADERS), st.lists(st.text(SIGNS, max_size=40)))
def test_any_text_ends_in_rates_or_words(csv_file: Write, header: str, body: list[str]) -> None:
    """Whatever stands in the file, it is read or refused with an InputError."""
    path = csv_file("\n".join([header, *body]))
    try:
        source = read_rates(path, pair="eur_per_usd")
    except InputError as error:
        found = [str(problem) for problem in error.problems]
    else:
        series = [source.series(*pair) for pair in source.pairs]
        found = [q for one in series for q in one.given_averages.values() if q.rate > 0]
    assert found
