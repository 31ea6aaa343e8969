"""Laws of exchange and inflation, and events: each check, a bad case and a good one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator.errors import Problem

After = Callable[..., tuple[Problem, ...]]
Changes = tuple[tuple[str, str], ...]

WALK = 'law = "random_walk"\nvolatility = { eur_per_usd = 0.03 }'
INFLATION = "[inflation.euro]\nsd = 0.01\n"
NOT_DRAWN = (
    ('"rates.eur_per_usd" = { "inflation.euro" = 0.2 }', ""),
    ('leading = ["rates.eur_per_usd"]', ""),
)
EARLY = "2030-11 = 0.81, 2030-12 = 0.81"
MONTHS = ", ".join(["0.03", "-0.02", "0.01"] * 4)


def law(name: str, *tables: str) -> Changes:
    """The small scenario under another law."""
    return ((WALK, "\n".join([f'law = "{name}"', *tables])),)


def ou(*tables: str) -> Changes:
    """Mean reversion, complete but for what is left out of `tables`."""
    return law("ou", "half_life_months = 36", *tables)


def given(rates: str) -> Changes:
    """A path; no rate is drawn, so none is correlated."""
    return (*law("path", f"rates = {{ eur_per_usd = {{ {rates} }} }}"), *NOT_DRAWN)


def inflation(*keys: str) -> Changes:
    """The small scenario with more keys in its law of inflation."""
    return ((INFLATION, INFLATION + "\n".join(keys) + "\n"),)


def event(*keys: str, name: str = "shock") -> str:
    """One event."""
    return "\n".join(["[[events]]", f'name = "{name}"', *keys, ""])


def events(*tables: str, under: Changes = ()) -> Changes:
    """The small scenario with events."""
    return (("[inflation.euro]", "\n".join(tables) + "\n[inflation.euro]"), *under)


VOLATILITY = "volatility = { eur_per_usd = 0.03 }"
TOWARDS = "towards = { eur_per_usd = 0.9 }"
DIFFERENTIAL = "inflation_differential = { eur_per_usd = 0.01 }"
GAP = "real_gap = { eur_per_usd = -0.1 }"
ON = "date = 2031-06-16"
FALL = "change = -0.15"

GOOD: dict[str, Changes] = {
    "random_walk": law("random_walk", VOLATILITY, "start_error = { eur_per_usd = 0.01 }"),
    "student_walk": law("student_walk", VOLATILITY, "degrees_of_freedom = 4"),
    "blended": law("blended", VOLATILITY, DIFFERENTIAL, GAP),
    "blended without a view": law("blended", VOLATILITY, "view = 0"),
    "ou": ou(VOLATILITY, TOWARDS),
    "bootstrap": law("bootstrap", f"changes = {{ eur_per_usd = [{MONTHS}] }}", "block_months = 12"),
    "path by year": given("2030 = 0.81, 2031 = 0.82, 2032 = 0.83"),
    "path by month and year": given(f"{EARLY}, 2031 = 0.82, 2032 = 0.83, 2032-06 = 0.9"),
    "events": events(
        event(ON, FALL),
        event("date = 2030-11-01", "change = 0.1", 'rates = ["eur_per_usd"]', name="rise"),
        event("date = 2032-12-31", "change = 0.1", name="late"),
    ),
    "inflation": inflation(
        "persistence = 0.7", "start = -0.01", "degrees_of_freedom = 5", "last_published = 2029",
        "centre = { 2031 = 0.02, 2032 = -0.01 }",
    ),
    "inflation published long ago": inflation("persistence = 0.7", "last_published = 2020"),
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_a_law_that_is_whole_has_no_problem(after: After, name: str) -> None:
    """Every law, each with the keys it takes."""
    assert after(*GOOD[name]) == ()


IGNORED = "this would be ignored"

# what is changed, key of the one problem, words of its message, words of its remedy
BAD: dict[str, tuple[Changes, str, str, str]] = {
    # law_names_its_rates
    "no volatility": (
        law("student_walk", "volatility = {}"), "exchange.volatility",
        "the volatility of eur_per_usd is missing",
        "add eur_per_usd = … to [exchange.volatility], or peg it"),
    "volatility of a peg": (
        law("random_walk", "volatility = { eur_per_usd = 0.03, eur_per_dkk = 0.03 }"),
        "exchange.volatility.eur_per_dkk", f"follows its peg, {IGNORED}", "remove it"),
    "volatility of no rate": (
        law("random_walk", "volatility = { eur_per_usd = 0.03, eur_per_uzd = 0.03 }"),
        "exchange.volatility.eur_per_uzd", f"there is no rate eur_per_uzd, {IGNORED}",
        "did you mean 'eur_per_usd'?"),
    "start_error of a peg": (
        law("random_walk", VOLATILITY, "start_error = { eur_per_dkk = 0.01 }"),
        "exchange.start_error.eur_per_dkk", f"follows its peg, {IGNORED}", "remove it"),
    "no level": (
        ou(VOLATILITY, "towards = {}"), "exchange.towards", "eur_per_usd is missing",
        "add eur_per_usd = …, the level that the rate returns to"),
    "level of a peg": (
        ou(VOLATILITY, "towards = { eur_per_usd = 0.9, eur_per_dkk = 0.13 }"),
        "exchange.towards.eur_per_dkk", f"follows its peg, {IGNORED}", "remove it"),
    "no differential": (
        law("blended", VOLATILITY, GAP), "exchange.inflation_differential",
        "eur_per_usd is missing", "0 means no view of this rate"),
    "no gap": (
        law("blended", VOLATILITY, DIFFERENTIAL), "exchange.real_gap",
        "eur_per_usd is missing", "`sim calibrate` works it out"),
    "no changes": (
        law("bootstrap", "changes = {}"), "exchange.changes", "eur_per_usd is missing",
        "the changes of the same months"),
    "no path": (
        (*law("path", "rates = {}"), *NOT_DRAWN), "exchange.rates", "eur_per_usd is missing",
        "add [exchange.rates.eur_per_usd] with its months or years"),
    # law_is_plausible
    "differential in percent": (
        law("blended", VOLATILITY, GAP, DIFFERENTIAL.replace("0.01", "1.77")),
        "exchange.inflation_differential.eur_per_usd",
        "an inflation differential between -0.5 and 0.5 a year is wanted",
        "write a fraction: 0.0177 for 1.77 %"),
    "gap in percent": (
        law("blended", VOLATILITY, DIFFERENTIAL, GAP.replace("-0.1", "-8")),
        "exchange.real_gap.eur_per_usd", "a gap of the log real rate between -2 and 2 is wanted",
        "write a fraction: -0.08 for 8 % below"),
    # resampled_months_agree
    "block longer than the past": (
        law("bootstrap", f"changes = {{ eur_per_usd = [{MONTHS}] }}", "block_months = 13"),
        "exchange.block_months", "a block of at most 12 months is wanted", ""),
    # path_is_whole
    "a month without a rate": (
        given("2031 = 0.82, 2032 = 0.83"), "exchange.rates.eur_per_usd",
        "a rate is wanted for 2030-11, 2030-12", "add 2030-11 = …, or the whole year 2030 = …"),
    "many months without a rate": (
        given("2032 = 0.83"), "exchange.rates.eur_per_usd", "2031-04, …", "add 2030-11 = …"),
    "a month that is over": (
        given("2030-10 = 0.8, 2030 = 0.8, 2031 = 0.82, 2032 = 0.83"),
        "exchange.rates.eur_per_usd.2030-10",
        f"a month or year from 2030-11 to 2032-12 is wanted, {IGNORED}", "remove it"),
    "a year beside all its months": (
        given(f"2030 = 0.8, {EARLY}, 2031 = 0.82, 2032 = 0.83"),
        "exchange.rates.eur_per_usd.2030", IGNORED, "remove it"),
    # events_happen
    "an event after the period": (
        events(event("date = 2033-01-01", FALL)), "events[1].date",
        "a date from 2030-11 to 2032-12 is wanted, what is not known yet", ""),
    "an event already known": (
        events(event("date = 2030-10-31", FALL)), "events[1].date", "what is not known yet", ""),
    "two events of one name": (
        events(event(ON, FALL), event(ON, FALL)), "events[2].name",
        "another name is wanted, this one stands twice", ""),
    "an event on a peg": (
        events(event(ON, FALL, 'rates = ["eur_per_dkk"]')), "events[1].rates[1]",
        f"follows its peg, {IGNORED}", "remove it"),
    "an event on no rate": (
        events(event(ON, FALL, 'rates = ["eur_per_uzd"]')), "events[1].rates[1]",
        f"there is no rate eur_per_uzd, {IGNORED}", "did you mean 'eur_per_usd'?"),
    "an event twice on a rate": (
        events(event(ON, FALL, 'rates = ["eur_per_usd", "eur_per_usd"]')), "events[1].rates[2]",
        "this rate stands twice", ""),
    # inflation_has_its_years
    "published after known_on": (
        inflation("persistence = 0.5", "last_published = 2030"), "inflation.euro.last_published",
        "a year from 2020 to 2029 is wanted: published by known_on, 2030-10-31", ""),
    "published in another age": (
        inflation("persistence = 0.5", "last_published = 2019"), "inflation.euro.last_published",
        "a year from 2020 to 2029 is wanted", ""),
    "half a centre": (
        inflation("centre = { 2031 = 0.02 }"), "inflation.euro.centre",
        "the centre of every year of the period is wanted, missing: 2032", "add 2032 = …"),
    "a centre too many": (
        inflation("centre = { 2031 = 0.02, 2032 = 0.02, 2033 = 0.02 }"),
        "inflation.euro.centre.2033", f"a year of 2031-2032 is wanted, {IGNORED}", "remove it"),
    # inflation_is_plausible
    "inflation in percent": (
        ((INFLATION, "[inflation.euro]\nsd = 0.7\n"),), "inflation.euro.sd",
        "a standard deviation of at most 0.2 is wanted", "0.01 is one percentage point"),
    "a surprise in percent": (
        inflation("persistence = 0.5", "start = -1.2"), "inflation.euro.start",
        "a surprise between -0.2 and 0.2 is wanted", "write a fraction"),
    "a centre in percent": (
        inflation("centre = { 2031 = 1.8, 2032 = 0.02 }"), "inflation.euro.centre.2031",
        "an inflation between -1 and 1 is wanted", "write a fraction"),
    "idle published year": (
        ((INFLATION, "[inflation.euro]\nsd = 0\nlast_published = 2029\n"), NOT_DRAWN[0]),
        "inflation.euro.last_published", IGNORED, "give sd"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_law_that_is_not_gets_one_clear_message(after: After, name: str) -> None:
    """One problem, at its key and line, in plain words, with what mends it."""
    changes, key, words, remedy = BAD[name]
    (problem,) = after(*changes)
    assert problem.key == key
    assert words in problem.wanted
    assert remedy in problem.remedy
    assert problem.line is not None


def test_changes_of_two_rates_are_of_the_same_months(after: After) -> None:
    """Twelve months of one currency and eleven of another cannot be drawn together."""
    free = ('pegged = { to = "eur_per_usd", ratio = 0.17 }', "start = 0.136")
    more = f"changes = {{ eur_per_usd = [{MONTHS}], eur_per_dkk = [{MONTHS}, 0.01] }}"
    (problem,) = after(free, *law("bootstrap", more))
    assert problem.key == "exchange.changes.eur_per_dkk"
    assert "12 changes are wanted, as many as eur_per_usd has, of the same months" in problem.wanted
    assert problem.value == "13"
    assert after(free, *law("bootstrap", more.replace(", 0.01] }", "] }"))) == ()


def test_an_event_needs_a_rate_to_move(problems: After, text: str) -> None:
    """In a budget of one currency there is nothing that an event could move."""
    for old, new in (
        ('assessed_in = "USD"', 'assessed_in = "EUR"'),
        ('policy = "recosted"', 'policy = "own_currency"'),
        ("exposure = { eur_per_usd = 0.25, eur_per_dkk = 0.05 }\n", ""),
        ('stated_in = "USD"', 'stated_in = "EUR"'),
        ('currency = "DKK"', 'currency = "EUR"'),
        ('currency = "USD"\namount = {', 'currency = "EUR"\namount = {'),
        ('currency = "USD"\nperiod', 'currency = "EUR"\nperiod'),
        (text[text.index("[rates.eur_per_usd]"):text.index("[inflation.euro]")],
         event(ON, FALL) + "\n"),
        *NOT_DRAWN,
    ):  # fmt: skip
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (problem,) = problems(text)
    assert problem.key == "events[1]"
    assert "there is no rate that it could move" in problem.wanted
    assert problem.remedy == "remove the event"
    assert problems(text.replace(event(ON, FALL), "")) == ()
