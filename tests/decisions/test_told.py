"""What `sim sensitivity` and `sim reserve` say where there is little to say."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from simulator.errors import InputError
from simulator.findings import Finding, Sentence
from simulator.render.finding import said
from simulator.runs.reserve import Gap, Reserve, _sentences
from simulator.runs.sensitivity import SensitivityAsk, sense, sensitivity_finding
from simulator.scenario.model import Scenario


@pytest.fixture
def few(small: Scenario) -> Scenario:
    """The small budget with 256 draws."""
    sampling = small.sampling.model_copy(update={"draws": 256, "replicates": 2})
    return small.model_copy(update={"sampling": sampling})


def finding_of(scenario: Scenario, **ask: Any) -> Finding:
    """The answer for an output."""
    asked = SensitivityAsk(**ask)
    return sensitivity_finding(scenario, asked, sense(scenario, asked))


def texts(finding: Finding) -> list[str]:
    """Its sentences as people read them."""
    return [said(one, finding, str, ".").replace("\u00a0", " ") for one in finding.sentences]


def test_what_does_not_vary_has_no_shares(few: Scenario) -> None:
    """Under `recosted` the organization gains and loses nothing: one sentence, one table."""
    finding = finding_of(few, output="exchange_gain_eur.A")
    assert texts(finding) == ["exchange_gain_eur.A does not vary."]
    assert [listing.name for listing in finding.listings] == ["tornado"]


@pytest.mark.parametrize(
    ("output", "kind", "unit"),
    [
        ("rate.eur_per_usd", "rate", ""),
        ("xb_posts_coverage", "share", ""),
        ("outputs_at_risk.courses", "figure", ""),
        ("net_eur", "amount", "EUR"),
    ],
)
def test_a_table_has_the_kind_of_its_output(
    few: Scenario, output: str, kind: str, unit: str
) -> None:
    """Only amounts of money are told as money, and have the centre below their table."""
    tornado = finding_of(few, output=output, period="2031").listings[0]
    assert {(one.kind, one.unit) for one in tornado.headings[1:]} == {(kind, unit)}
    assert (tornado.note is not None) == (kind == "amount")


def test_a_ceiling_that_is_never_passed_tells_nothing(few: Scenario) -> None:
    """Its chance is said, its shares are left out, and why."""
    finding = finding_of(few, output="net_eur", ceiling=1e12)
    assert texts(finding)[-1] == "It is above the ceiling in 0.0 % of the draws."
    assert "shares-ceiling" not in [listing.name for listing in finding.listings]
    assert finding.warnings[0].template.startswith("The ceiling is passed too rarely")
    assert finding.settings["ceiling"] == 1e12
    told = finding_of(few, output="net_eur", ceiling=3.18e6)
    assert "shares-ceiling" in [listing.name for listing in told.listings]


def test_everything_that_cannot_be_asked_is_told_at_once(few: Scenario) -> None:
    """Output, period and ceiling, each with its option."""
    with pytest.raises(InputError) as caught:
        sense(few, SensitivityAsk("net_euro", "2033", math.nan))
    found = [(one.key, one.remedy) for one in caught.value.problems]
    assert found == [
        ("--output", "did you mean 'net_eur'?"),
        ("--period", "did you mean '2032'?"),
        ("--ceiling", ""),
    ]


def reserve_texts(values: list[float], one: Reserve, month: list[float] | None = None) -> list[str]:
    """What is said of a reserve, as templates: the numbers are held elsewhere."""
    gap = Gap("A", "A", "USD", np.array(values), None if month is None else np.array(month))
    sentences: list[Sentence] = list(_sentences(gap, one, "parent"))
    return [sentence.template.split(" {")[0] for sentence in sentences]


def test_a_reserve_says_what_is_known_of_it() -> None:
    """Interval, price of a per cent, what lies beyond, and months, each where it is known."""
    full = Reserve(0.9, 10.0, 1.0, 8.0, 12.0, 2.0)
    assert reserve_texts([0, 5, 20], full, [1.0, 2.0, 3.0]) == [
        "A reserve of",
        "Nine times out of ten the true figure lies between",
        "One per cent more of confidence costs",
        "Something is missing in",
        "That is what these posts cost in",
    ]
    bare = Reserve(0.99, 10.0, math.nan, math.nan, math.inf, math.nan)
    assert reserve_texts([0, 5, 10], bare) == ["A reserve of"]
    nothing = Reserve(0.9, 0.0, 0.0, 0.0, 0.0, 0.0)
    assert reserve_texts([0, 0, 0], nothing) == ["No reserve is needed for"]


def test_a_reserve_in_months_and_beyond() -> None:
    """10 at 2 a month are 5 months; the draws beyond lack 10 and 20 more, 15 on average."""
    gap = Gap("psc", "posts", "EUR", np.array([0.0, 10, 20, 30]), np.array([1.0, 2, 2, 3]))
    *_, beyond, months = _sentences(gap, Reserve(0.5, 10.0, 1.0, 8.0, 12.0, 2.0), "psc")
    assert beyond.values == {"share": 0.75, "rest": (15.0, "EUR")}
    assert months.values == {"months": 5.0}
