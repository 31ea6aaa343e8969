"""Rates with a vintage: what cannot be read, which source wins, and triangles that close."""

from __future__ import annotations

import datetime as dt
from math import isclose, log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.errors import InputError
from simulator.history.pairs import HandRate, PairRates, hand_rates, pairs_too_many
from simulator.history.rates import NotYetKnown, Rates
from simulator.history.series import Quote, Series
from simulator.units import Month, months_between


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def daily(first: str, last: str, start: float = 2.0, step: float = 0.001) -> Series:
    """A rate for every weekday, growing by `step` a day, known on its day."""
    quotes, when, rate = {}, day(first), start
    while when <= day(last):
        if when.weekday() < 5:
            quotes[when] = Quote(rate, when, when)
        when, rate = when + dt.timedelta(days=1), rate + step
    return Series(quotes)


def source(name: str, **pairs: Series) -> PairRates:
    """A source of pairs: eur_usd is EUR for one USD."""
    named = {(key[:3].upper(), key[4:].upper()): value for key, value in pairs.items()}
    return PairRates(name, {pair: (lambda one=one: one) for pair, one in named.items()})


DAILY = source("daily", eur_usd=daily("2031-01-01", "2031-12-31"))


# --- The vintage ---


@settings(max_examples=60, deadline=None)
@given(st.dates(day("2031-02-15"), day("2031-12-31")))
def test_nothing_after_the_vintage_has_any_influence(known_on: dt.date) -> None:
    """Cutting the source at the information date changes nothing that can be read."""
    quotes = DAILY.series("EUR", "USD").days
    until = {when: quote for when, quote in quotes.items() if when <= known_on}
    full, cut = (
        Rates([one]).as_of(known_on) for one in (DAILY, source("daily", eur_usd=Series(until)))
    )
    assert full.latest("EUR", "USD") == cut.latest("EUR", "USD")
    assert full.latest("EUR", "USD").date <= known_on
    for read in ("averages", "ends", "changes"):
        ours, theirs = getattr(full, read)("EUR", "USD"), getattr(cut, read)("EUR", "USD")
        whole = {month: value for month, value in ours.items() if month in theirs}
        assert whole == theirs
        assert all(month.last_day() <= known_on for month in ours)
        # the cut file ends within a month whose last weekdays it may lack; nothing else differs
        assert set(ours) - set(theirs) <= {full.last_month}


def test_what_was_not_known_is_refused() -> None:
    """A day, a month that was not over and its average raise, with the way out."""
    known = Rates([DAILY]).as_of(day("2031-05-30"))
    with pytest.raises(NotYetKnown, match=r"eur_per_usd: .*2031-05-30.*\(found 2031-05-31\)"):
        known.on("EUR", "USD", day("2031-05-31"))
    with pytest.raises(NotYetKnown, match=r"found 2031-05\)"):
        known.average("EUR", "USD", Month(2031, 5))
    assert Month(2031, 5) not in known.averages("EUR", "USD")
    assert Month(2031, 5) not in known.ends("EUR", "USD")
    assert known.last_month == Month(2031, 4)
    assert NotYetKnown.exit_code == 2


def test_a_month_is_known_on_its_last_day() -> None:
    """On the last day of a month its average exists, the day before it does not."""
    rates = Rates([DAILY])
    assert Month(2031, 5) in rates.as_of(day("2031-05-31")).averages("EUR", "USD")
    assert rates.as_of(day("2031-05-31")).last_month == Month(2031, 5)
    assert Month(2031, 5) not in rates.as_of(day("2031-05-30")).averages("EUR", "USD")


def test_a_rate_published_later_is_invisible_until_then() -> None:
    """A row known later than its month's end does not exist before that day."""
    late = Series(
        given_averages={
            Month(2031, 1): Quote(2.0, day("2031-01-31"), day("2031-01-31")),
            Month(2031, 2): Quote(3.0, day("2031-02-28"), day("2031-04-15")),
        }
    )
    rates = Rates([source("late", eur_usd=late)])
    before, after = rates.as_of(day("2031-04-14")), rates.as_of(day("2031-04-15"))
    assert list(before.averages("EUR", "USD")) == [Month(2031, 1)]
    assert before.latest("EUR", "USD").rate == 2.0
    with pytest.raises(NotYetKnown):
        before.average("EUR", "USD", Month(2031, 2))
    assert after.average("EUR", "USD", Month(2031, 2)) == 3.0
    assert after.latest("EUR", "USD").rate == 3.0
    days = Series({day("2031-03-03"): Quote(2.0, day("2031-03-03"), day("2031-03-10"))})
    known = Rates([source("late", eur_usd=days)]).as_of(day("2031-03-09"))
    with pytest.raises(NotYetKnown):
        known.on("EUR", "USD", day("2031-03-04"))


def test_there_is_no_other_way_to_read() -> None:
    """A store of rates shows nothing but its vintages."""
    assert [name for name in dir(Rates([DAILY])) if not name.startswith("_")] == ["as_of"]


# --- Weekends, missing days, whole months ---


def test_a_weekend_has_the_rate_of_its_friday() -> None:
    """A day without a quote has the last one on or before it, ten days back at most."""
    series = daily("2031-01-01", "2031-01-10")
    known = Rates([source("daily", eur_usd=series)]).as_of(day("2031-02-28"))
    friday = series.days[day("2031-01-10")].rate
    assert known.on("EUR", "USD", day("2031-01-12")) == friday
    assert known.on("EUR", "USD", day("2031-01-20")) == friday
    with pytest.raises(InputError, match="a rate on 2031-01-21 is wanted, no source has one"):
        known.on("EUR", "USD", day("2031-01-21"))
    assert known.latest("EUR", "USD").rate == friday
    assert known.age_in_days("EUR", "USD") == 49


def test_a_month_is_the_mean_of_its_quoted_days_and_ends_with_the_last() -> None:
    """Average and end of a month by hand; an inverse pair averages the inverse days."""
    series = daily("2031-05-01", "2031-06-02")
    quoted = [quote.rate for when, quote in series.days.items() if when.month == 5]
    known = Rates([source("daily", eur_usd=series)]).as_of(day("2031-06-30"))
    assert len(quoted) == 22
    assert known.average("EUR", "USD", Month(2031, 5)) == pytest.approx(sum(quoted) / 22)
    assert known.ends("EUR", "USD") == {Month(2031, 5): series.days[day("2031-05-30")].rate}
    inverse = sum(1 / rate for rate in quoted) / 22
    assert known.average("USD", "EUR", Month(2031, 5)) == pytest.approx(inverse, rel=1e-14)


@pytest.mark.parametrize(
    ("last", "whole"),
    [
        ("2031-05-29", False),  # a Thursday: Friday is missing
        ("2031-05-30", True),  # the last weekday; the month ends on a Saturday
        ("2031-06-02", True),
    ],
)
def test_a_month_that_a_file_leaves_unfinished_does_not_count(last: str, whole: bool) -> None:
    """The last month of a file counts when no weekday is left after its last quote."""
    known = Rates([source("d", eur_usd=daily("2031-05-01", last))]).as_of(day("2032-01-01"))
    assert (Month(2031, 5) in known.averages("EUR", "USD")) is whole


def test_a_month_half_without_quotes_does_not_count() -> None:
    """A currency that was not quoted for a part of a month has no average of it."""
    quotes = {**daily("2031-01-01", "2031-02-10").days, **daily("2031-04-15", "2031-06-30").days}
    known = Rates([source("d", eur_usd=Series(quotes))]).as_of(day("2032-01-01"))
    assert list(known.averages("EUR", "USD")) == [Month(2031, 1), Month(2031, 5), Month(2031, 6)]


# --- Several sources ---


def monthly(kind: str, rate: float, first: str, last: str) -> Series:
    quotes = {
        month: Quote(rate, month.last_day(), month.last_day())
        for month in months_between(Month.parse(first), Month.parse(last))
    }
    return Series(**{f"given_{kind}s": quotes})


def test_the_first_source_that_has_a_month_wins() -> None:
    """A user's months stand, the others come from the next source; both are named as used."""
    own = source("own", eur_usd=monthly("average", 9.0, "2031-03", "2031-04"))
    known = Rates([own, DAILY]).as_of(day("2031-06-30"))
    averages = known.averages("EUR", "USD")
    assert [averages[Month(2031, m)] == 9.0 for m in range(1, 7)] == [False] * 2 + [True] * 2 + [
        False
    ] * 2
    assert [(used.name, used.data_as_of) for used in known.sources_used] == [
        ("own", day("2031-04-30")),
        ("daily", day("2031-06-30")),
    ]
    assert known.data_as_of == day("2031-06-30")


def test_only_sources_that_were_read_are_named() -> None:
    """A source that gave nothing is not cited."""
    other = source("other", eur_gbp=daily("2031-01-01", "2031-03-31"))
    known = Rates([other, DAILY]).as_of(day("2031-06-30"))
    assert known.sources_used == ()
    assert known.data_as_of is None
    known.latest("EUR", "USD")
    assert [used.name for used in known.sources_used] == ["daily"]


def test_the_newest_rate_is_the_latest_and_a_tie_goes_to_the_first_source() -> None:
    """A month end of the user gives way to a later day, and wins on its own day."""
    own = source("own", eur_usd=monthly("end", 9.0, "2031-03", "2031-04"))
    rates = Rates([own, DAILY])
    assert rates.as_of(day("2031-04-30")).latest("EUR", "USD").rate == 9.0
    assert rates.as_of(day("2031-04-30")).latest("EUR", "USD").kind == "end"
    later = rates.as_of(day("2031-05-01")).latest("EUR", "USD")
    assert (later.kind, later.date, later.source) == ("day", day("2031-05-01"), "daily")
    assert rates.as_of(day("2031-04-30")).on("EUR", "USD", day("2031-04-30")) == 9.0


def test_an_average_is_the_latest_only_where_rates_of_days_are_old() -> None:
    """Within 45 days a day's rate is taken although an average is newer."""
    own = source("own", eur_usd=monthly("average", 9.0, "2031-01", "2031-12"))
    days = source("days", eur_usd=daily("2031-01-01", "2031-05-15"))
    rates = Rates([own, days])
    assert rates.as_of(day("2031-05-31")).latest("EUR", "USD").kind == "day"
    old = rates.as_of(day("2031-07-31")).latest("EUR", "USD")
    assert (old.kind, old.rate, old.date) == ("average", 9.0, day("2031-07-31"))
    alone = Rates([own]).as_of(day("2031-05-30")).latest("EUR", "USD")
    assert alone.date == day("2031-04-30")


def test_changes_stay_inside_a_source_where_they_can() -> None:
    """Two sources a constant factor apart make no jump where both have the month before."""
    one = daily("2031-01-01", "2031-06-30")
    double = {when: Quote(2 * q.rate, q.date, q.known_on) for when, q in one.days.items()}
    own = Series(double).averages
    early = Series(given_averages={m: q for m, q in own.items() if m <= Month(2031, 3)})
    known = Rates([source("own", eur_usd=early), source("daily", eur_usd=one)]).as_of(
        day("2031-06-30")
    )
    plain = Rates([source("daily", eur_usd=one)]).as_of(day("2031-06-30"))
    assert known.averages("EUR", "USD")[Month(2031, 3)] > 1.9 * one.averages[Month(2031, 3)].rate
    assert known.changes("EUR", "USD") == pytest.approx(plain.changes("EUR", "USD"))
    apart = Series(given_averages={m: q for m, q in one.averages.items() if m > Month(2031, 3)})
    known = Rates([source("own", eur_usd=early), source("late", eur_usd=apart)]).as_of(
        day("2031-06-30")
    )
    jump = log(apart.averages[Month(2031, 4)].rate / early.averages[Month(2031, 3)].rate)
    assert known.changes("EUR", "USD")[Month(2031, 4)] == jump


def test_rates_older_than_45_days_are_warned_about() -> None:
    """The warning names the pair, the age and the source; a fresh rate gives none."""
    rates = Rates([source("days", eur_usd=daily("2031-01-01", "2031-05-30"))])
    assert rates.as_of(day("2031-07-14")).old_rates("EUR", ["USD"]) == ()
    (warning,) = rates.as_of(day("2031-07-15")).old_rates("EUR", ["USD"])
    assert warning.key == "eur_per_usd"
    assert warning.value == "2031-05-30, 46 days before"
    assert "days" in warning.remedy


def test_a_pair_that_nobody_has() -> None:
    """The message names the pair, the sources and what can be given."""
    known = Rates([DAILY]).as_of(day("2031-06-30"))
    assert known.has("EUR", "USD")
    assert not known.has("EUR", "XYZ")
    with pytest.raises(InputError, match=r"eur_per_xyz: a rate known on .*\(found daily\)"):
        known.latest("EUR", "XYZ")
    with pytest.raises(InputError, match="in 2031-05 is wanted, no source has one"):
        known.average("EUR", "XYZ", Month(2031, 5))
    assert known.averages("EUR", "XYZ") == {}
    with pytest.raises(InputError, match="no source is given"):
        Rates([]).as_of(day("2031-06-30")).latest("EUR", "USD")


# --- Crosses ---


def test_triangles_close_within_a_source() -> None:
    """EUR for USD times USD for GBP is EUR for GBP, for days, ends and stated averages."""
    one = source(
        "one",
        eur_usd=daily("2031-01-01", "2031-06-30", 0.9, 0.0002),
        eur_gbp=daily("2031-01-01", "2031-06-30", 1.2, -0.0003),
        xyz_usd=daily("2031-01-01", "2031-06-30", 140.0, 0.05),
    )
    known = Rates([one]).as_of(day("2031-06-30"))
    for read in (known.ends, lambda *pair: {0: known.latest(*pair).rate}):
        for when, rate in read("XYZ", "GBP").items():
            way = read("XYZ", "USD")[when] * read("USD", "EUR")[when] * read("EUR", "GBP")[when]
            assert isclose(rate, way, rel_tol=1e-14)
            assert isclose(rate * read("GBP", "XYZ")[when], 1, rel_tol=1e-14)
    stated = source(
        "two",
        eur_usd=monthly("average", 0.9, "2031-01", "2031-06"),
        eur_gbp=monthly("average", 1.2, "2031-03", "2031-09"),
    )
    averages = Rates([stated]).as_of(day("2031-12-31")).averages("USD", "GBP")
    assert list(averages) == list(months_between(Month(2031, 3), Month(2031, 6)))
    assert all(isclose(rate, 1.2 / 0.9) for rate in averages.values())


def test_a_daily_average_of_a_cross_is_the_mean_of_the_daily_crosses() -> None:
    """Not the quotient of averages: the mean over the days that both are quoted."""
    usd, gbp = daily("2031-05-01", "2031-06-02", 0.9, 0.01), daily("2031-05-01", "2031-06-02", 1.2)
    shared = [day for day in usd.days if day.month == 5]
    known = Rates([source("one", eur_usd=usd, eur_gbp=gbp)]).as_of(day("2031-06-30"))
    mean = sum(gbp.days[d].rate / usd.days[d].rate for d in shared) / len(shared)
    assert known.average("USD", "GBP", Month(2031, 5)) == pytest.approx(mean, rel=1e-14)


def test_pairs_of_a_source_form_a_tree() -> None:
    """A pair that follows from those before it is found, and one that only turns another round."""
    pairs = [("EUR", "USD"), ("XYZ", "GBP"), ("EUR", "GBP"), ("XYZ", "USD"), ("USD", "EUR")]
    assert list(pairs_too_many(pairs)) == [(("XYZ", "USD"), False), (("USD", "EUR"), True)]


# --- Rates written by hand ---


def test_rates_written_by_hand() -> None:
    """Days, ends and averages with their sources, after everything else in precedence."""
    hand = hand_rates(
        [
            HandRate("eur_per_usd", day("2031-03-14"), 0.91, "day", "a bank"),
            HandRate("eur_per_usd", Month(2031, 3), 0.92, "end", "a bank"),
            HandRate("eur_per_gbp", Month(2031, 3), 1.2, "average", "a newspaper"),
        ]
    )
    known = Rates([hand]).as_of(day("2031-03-31"))
    assert known.latest("EUR", "USD").rate == 0.92
    assert known.on("EUR", "USD", day("2031-03-15")) == 0.91
    assert known.averages("EUR", "GBP") == {Month(2031, 3): 1.2}
    assert hand.name == "a bank; a newspaper"
    assert Rates([hand]).as_of(day("2031-03-20")).latest("EUR", "USD").rate == 0.91


def test_wrong_rates_by_hand_are_all_named() -> None:
    """A rate twice, one of zero, a day without a day, and a triangle given in full."""
    with pytest.raises(InputError) as caught:
        hand_rates(
            [
                HandRate("eur_per_usd", Month(2031, 3), 0.9, "end", ""),
                HandRate("eur_per_usd", Month(2031, 3), 0.9, "end", ""),
                HandRate("eur_per_gbp", Month(2031, 3), 0.0, "end", ""),
                HandRate("eur_per_gbp", Month(2031, 3), 1.2, "day", ""),
                HandRate("eur_per_gbp", Month(2031, 3), 1.2, "end", ""),
                HandRate("usd_per_gbp", Month(2031, 3), 1.3, "end", ""),
                HandRate("usd_per_eur", Month(2031, 3), 1.1, "end", ""),
            ]
        )
    texts = [str(problem) for problem in caught.value.problems]
    assert len(texts) == 5
    assert "this is the second" in texts[0]
    assert "above zero" in texts[1]
    assert "a day such as" in texts[2]
    assert "does not follow from the others" in texts[3]
    assert "eur_per_usd is given too" in texts[4]
