"""Numbers as people write them: the central value of every law, and what each refuses."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from simulator.scenario.numbers import Proportion, Quantity, Uncertain, known
from simulator.scenario.parts import Share

D = Decimal


def refusal(data: Any) -> str:
    """Why an uncertain number is refused, without pydantic's own words."""
    with pytest.raises(ValidationError) as caught:
        Uncertain.model_validate(data)
    (problem,) = caught.value.errors()
    return str(problem["msg"]).removeprefix("Value error, ")


@pytest.mark.parametrize(
    ("data", "centre"),
    [
        (12, "12"),
        (D("12.5"), "12.5"),
        ({"value": D("12.5"), "source": "table 1"}, "12.5"),
        ({"normal": {"mean": 10, "sd": 2}}, "10"),
        ({"normal": {"mean": 10, "sd": 2}, "central": 11}, "11"),
        ({"lognormal": {"median": 8, "log_sd": D("0.5")}}, "8"),
        ({"lognormal": {"mean": 5, "sd": D("3.75")}}, "4"),  # 5/√(1 + 0.75²)
        ({"pert": {"min": 1, "mode": 2, "max": 9}}, "2"),
        ({"triangular": {"min": 1, "mode": 3, "max": 9}}, "3"),
        ({"uniform": {"min": 1, "max": 4}}, "2.5"),
        ({"beta": {"alpha": 1, "beta": 3}}, "0.25"),
        ({"beta": {"alpha": 1, "beta": 3, "min": 10, "max": 30}}, "15"),
        ({"discrete": {"values": [1, 5], "weights": [1, 3]}}, "4"),
        ({"bernoulli": {"p": D("0.3")}}, "0.3"),
        ({"empirical": {"values": [1, 2, 6]}}, "3"),
        ({"p10": 8, "p50": 12, "p90": 20}, "12"),
    ],
)
def test_the_central_value_of_every_law(data: Any, centre: str) -> None:
    """Mean, mode, median or middle, as the law's page says; `central` replaces it."""
    number = Uncertain.model_validate(data)
    assert number.centre == D(centre)
    assert number.is_known == (number.law is None)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ({"lognormal": {"mean": 5}}, "lognormal wants either mean and sd, or median and log_sd"),
        (
            {"lognormal": {"mean": 5, "log_sd": 1}},
            "lognormal wants either mean and sd, or median and log_sd",
        ),
        (
            {"lognormal": {"mean": 5, "sd": 1, "median": 5}},
            "lognormal wants either mean and sd, or median and log_sd",
        ),
        (
            {"pert": {"min": 3, "mode": 2, "max": 9}},
            "min ≤ mode ≤ max with min below max is wanted",
        ),
        (
            {"triangular": {"min": 2, "mode": 2, "max": 2}},
            "min ≤ mode ≤ max with min below max is wanted",
        ),
        ({"uniform": {"min": 2, "max": 2}}, "min below max is wanted"),
        ({"beta": {"alpha": 1, "beta": 1, "min": 1, "max": 1}}, "min below max is wanted"),
        (
            {"discrete": {"values": [1, 2, 3], "weights": [1, 2]}},
            "as many weights as values are wanted: 3 and 2",
        ),
        (
            {"discrete": {"values": [1, 2], "weights": [0, 0]}},
            "at least one weight above zero is wanted",
        ),
        (
            {"normal": {"mean": 1, "sd": 1}, "uniform": {"min": 0, "max": 1}},
            "one number or one law is wanted, found normal, uniform; the laws are normal, "
            "lognormal, pert, triangular, uniform, beta, discrete, bernoulli, empirical, "
            "p10/p50/p90",
        ),
        ({"p10": 1, "p90": 3}, "p10, p50 and p90 go together, found only p10, p90"),
        (
            {"value": 3, "min": 1},
            "min, max and central belong to a law, not to a plain value",
        ),
        (
            {"value": 3, "central": 3},
            "min, max and central belong to a law, not to a plain value",
        ),
        (
            {"normal": {"mean": 1, "sd": 1}, "min": 2, "max": 2},
            "min below max is wanted, found min 2 and max 2",
        ),
        (
            {"normal": {"mean": 1, "sd": 1}, "min": 2},
            "the central value 1 lies outside the truncation at 2",
        ),
        (
            {"normal": {"mean": 1, "sd": 1}, "max": 0},
            "the central value 1 lies outside the truncation at 0",
        ),
        (
            {"normal": {"mean": 1, "sd": 1}, "max": 2, "central": 3},
            "the central value 3 lies outside the truncation at 2",
        ),
        ("12", "a number is wanted, not '12'; write it without quotes"),
        (True, "a number is wanted, not True; write it without quotes"),
    ],
)
def test_what_no_law_is_made_of(data: Any, why: str) -> None:
    """One reason, in words that say what is wanted."""
    assert refusal(data) == why


def test_bounds_may_touch_the_central_value() -> None:
    """A law cut at its own centre keeps it."""
    at_least = Uncertain.model_validate({"normal": {"mean": 1, "sd": 1}, "min": 1})
    at_most = Uncertain.model_validate({"normal": {"mean": 1, "sd": 1}, "max": 1})
    assert at_least.centre == at_most.centre == 1


@pytest.mark.parametrize(("p50", "good"), [("1.669", False), ("1.67", True), ("8.33", True),
                                           ("8.331", False)])  # fmt: skip
def test_a_metalog_wants_its_median_well_inside(p50: str, good: bool) -> None:
    """Between 16.7 % and 83.3 % of the way from p10 to p90 (Keelin 2016)."""
    data = {"p10": 0, "p50": D(p50), "p90": 10}
    if good:
        assert Uncertain.model_validate(data).centre == D(p50)
    else:
        assert refusal(data).startswith("p50 is too close to p10 or p90 for a metalog")


def test_a_metalog_rises() -> None:
    """Its percentiles are in order."""
    assert "p10 < p50 < p90 is wanted" in refusal({"p10": 2, "p50": 1, "p90": 3})


def test_an_approval_is_somebodys_of_a_day() -> None:
    """Both or neither, and it does not end before it begins."""
    day = dt.date(2030, 5, 1)
    for part in ({"approved_by": "Ms Example"}, {"approved_on": day}):
        assert refusal({"value": 1, **part}) == "approved_by and approved_on are wanted together"
    both = {"value": 1, "approved_by": "Ms Example", "approved_on": day}
    assert Uncertain.model_validate({**both, "expires": day}).expires == day
    late = {**both, "expires": dt.date(2030, 4, 30)}
    assert refusal(late) == "it expires on 2030-04-30, before it was approved"


def test_a_known_number() -> None:
    """Exact, and certain."""
    assert known("0.1").centre == D("0.1")
    assert known("0.1").is_known
    assert float(Quantity(value=D("0.5"))) == 0.5


@pytest.mark.parametrize("value", ["-0.01", "1.01"])
def test_a_fraction_is_between_0_and_1(value: str) -> None:
    """Percent are written as fractions; both ends are fractions."""
    fraction: TypeAdapter[Any] = TypeAdapter(Proportion)
    with pytest.raises(ValidationError, match=r"a fraction between 0 and 1 \(write 0.05 for 5 %\)"):
        fraction.validate_python(D(value))
    assert [fraction.validate_python(end).value for end in (0, 1)] == [0, 1]


def test_a_share_is_between_0_and_1() -> None:
    """Numbers and quotients, kept as they are written."""
    share: TypeAdapter[Any] = TypeAdapter(Share)
    found = [share.validate_python(x) for x in (0, 1, D("0.25"), "8.75/21.25", "0.5")]
    assert found == ["0", "1", "0.25", "8.75/21.25", "0.5"]
    for wrong, why in (("3/2", "not 3/2"), (D("-0.1"), "not -0.1")):
        with pytest.raises(ValidationError, match=f"a share between 0 and 1 is wanted, {why}"):
            share.validate_python(wrong)
    for other in (True, None, [1]):
        with pytest.raises(ValidationError, match="a share such as"):
            share.validate_python(other)
