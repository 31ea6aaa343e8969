"""A rate the other way round, or far from the budget rate, is refused wherever it stands."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator.errors import Problem

After = Callable[..., tuple[Problem, ...]]
Changes = tuple[tuple[str, str], ...]

WALK = 'law = "random_walk"\nvolatility = { eur_per_usd = 0.03 }'
NOT_DRAWN = (
    ('"rates.eur_per_usd" = { "inflation.euro" = 0.2 }', ""),
    ('leading = ["rates.eur_per_usd"]', ""),
)
PEG = 'pegged = { to = "eur_per_usd", ratio = 0.17 }'

# Where a rate may stand beside the budget rate of 0.80: by key, the file with `{}` in its place.
PLACES: dict[str, Changes] = {
    "rates.eur_per_usd.start": (("value = 0.82", "value = {}"),),
    "rates.eur_per_usd.observed.2031-01": (
        ("known_on = 2030-10-31", "known_on = 2031-01-31"),
        ("budget = 0.80", "budget = 0.80\nobserved = { 2030-12 = 0.81, 2031-01 = {} }"),
    ),
    "parents.A.policy.rates.2032": (
        (
            'policy = "recosted"',
            'policy = { kind = "forward", cover = 0.5, rates = { 2031 = 0.81, 2032 = {} } }',
        ),
    ),
    "exchange.towards.eur_per_usd": (
        (WALK, WALK.replace("random_walk", "ou") + "\nhalf_life_months = 36\n"
         "towards = { eur_per_usd = {} }"),
    ),
    "exchange.rates.eur_per_usd.2032": (
        (WALK, 'law = "path"\nrates = { eur_per_usd = { 2030-11 = 0.8, 2030-12 = 0.8, '
               "2031 = 0.81, 2032 = {} } }"),
        *NOT_DRAWN,
    ),
}  # fmt: skip


def written(changes: Changes, rate: str) -> Changes:
    """The changes with a rate in its place."""
    return tuple((old, new.replace("{}", rate)) for old, new in changes)


@pytest.mark.parametrize("key", PLACES)
def test_an_inverted_rate_is_refused_wherever_it_stands(after: After, key: str) -> None:
    """1.22 where the budget says 0.80 is 1/0.82; the message turns it round."""
    (problem,) = after(*written(PLACES[key], "1.22"))
    assert problem.key == key
    assert "looks inverted: the budget rate is 0.80" in problem.wanted
    assert problem.value == "1.22"
    assert "0.8196721311" in problem.remedy
    assert "unusual = true to [rates.eur_per_usd]" in problem.remedy
    assert problem.line is not None


@pytest.mark.parametrize("key", PLACES)
@pytest.mark.parametrize("rate", ["82", "0.0082", "1.61", "0.39"])
def test_a_rate_in_another_unit_is_refused_wherever_it_stands(
    after: After, key: str, rate: str
) -> None:
    """More than twice the budget rate or less than half of it is a slip of the point."""
    (problem,) = after(*written(PLACES[key], rate))
    assert problem.key == key
    assert "far from the budget rate 0.80: one between 0.4 and 1.6 is wanted" in problem.wanted


@pytest.mark.parametrize("key", PLACES)
@pytest.mark.parametrize("rate", ["0.8", "0.41", "0.95", "1.59"])
def test_a_rate_that_may_be_is_let_through(after: After, key: str, rate: str) -> None:
    """A rate may rise or fall a long way before it looks like a slip."""
    assert after(*written(PLACES[key], rate)) == ()


@pytest.mark.parametrize("key", PLACES)
@pytest.mark.parametrize("rate", ["1.22", "3"])
def test_an_unusual_rate_may_be_meant(after: After, key: str, rate: str) -> None:
    """`unusual = true` says so, for every place at once."""
    unusual = [
        (old, new.replace("budget = 0.80", "budget = 0.80\nunusual = true"))
        for old, new in written(PLACES[key], rate)
    ]
    if not any("unusual" in new for _, new in unusual):
        unusual.append(("budget = 0.80", "budget = 0.80\nunusual = true"))
    assert after(*unusual) == ()


def test_a_peg_needs_a_second_number(after: After) -> None:
    """Without the budget rate of the pegged currency nothing tells which way round a ratio is."""
    (problem,) = after(("budget = 0.136", ""))
    assert problem.key == "rates.eur_per_dkk"
    assert "the budget rate is missing, by which the ratio of the peg is checked" in problem.wanted
    assert (
        "add budget = 0.136 (0.17 × eur_per_usd 0.8) if one DKK is that many EUR" in problem.remedy
    )
    assert "or mend the ratio (1/0.17 = 5.882352941)" in problem.remedy


def test_an_inverted_peg_is_named(after: After) -> None:
    """A ratio that fits the budget rates only the other way round says what to write."""
    (problem,) = after((PEG, PEG.replace("0.17", "5.8823529")))
    assert problem.key == "rates.eur_per_dkk.budget"
    assert "should follow the peg" in problem.wanted
    assert "the ratio looks inverted: write ratio = 0.17" in problem.remedy


def test_a_whole_table_the_wrong_way_round_is_one_problem(after: After) -> None:
    """A series of months is turned round at once, so it is reported once."""
    months = ", ".join(f"2031-{month:02d} = 1.2{month:02d}" for month in range(1, 10))
    (problem,) = after(
        ("known_on = 2030-10-31", "known_on = 2031-09-30"),
        ("budget = 0.80", f"budget = 0.80\nobserved = {{ 2030-12 = 0.81, {months} }}"),
    )
    assert problem.key == "rates.eur_per_usd.observed.2031-01"
    assert "and 8 more here" in problem.wanted


@pytest.mark.parametrize(
    ("per", "least", "most"),
    [("day", "0.032", "0.033"), ("month", "0.15", "0.151"), ("year", "0.51", "0.52")],
)
def test_a_volatility_in_percent_is_refused(after: After, per: str, least: str, most: str) -> None:
    """More than 15 % a month, or as much by day or year, is a percent without its sign."""
    volatility = f'per = "{per}"\nvolatility = {{ eur_per_usd = {{}} }}'
    given = "volatility = { eur_per_usd = 0.03 }"
    assert after((given, volatility.replace("{}", least))) == ()
    for value in (most, "0.89"):
        (problem,) = after((given, volatility.replace("{}", value)))
        assert problem.key == "exchange.volatility.eur_per_usd"
        assert f"a {per} is wanted" in problem.wanted
        assert problem.value == value
        assert "write a fraction" in problem.remedy
        meant = ("budget = 0.80", "budget = 0.80\nunusual = true")
        assert after((given, volatility.replace("{}", value)), meant) == ()


def test_other_measures_of_movement_in_percent_are_refused(after: After) -> None:
    """The error of a start and the changes of a bootstrap are fractions too."""
    given = "volatility = { eur_per_usd = 0.03 }"
    (problem,) = after((given, given + "\nstart_error = { eur_per_usd = 0.9 }"))
    assert problem.key == "exchange.start_error.eur_per_usd"
    changes = ", ".join(["0.9", "-1.1"] * 6)
    (problem,) = after(
        (WALK, f'law = "bootstrap"\nchanges = {{ eur_per_usd = [{changes}] }}'),
    )
    assert problem.key == "exchange.changes.eur_per_usd"
    assert "0.01005 for 1.005 %" in problem.remedy
