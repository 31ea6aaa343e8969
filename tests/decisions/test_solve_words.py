"""What `sim solve` says of each kind of answer, to the letter."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest

from simulator.analysis.measure import Measured
from simulator.findings import Finding
from simulator.render.finding import said
from simulator.runs.grid import Axis
from simulator.runs.solve import Answer, SolveAsk, Solved, Tried
from simulator.runs.solve_words import frontier_finding, solve_finding
from simulator.scenario.conditions import parse
from simulator.scenario.model import Scenario

KEY = "rates.eur_per_usd.start"
TRIED = (Tried(0.8, Measured(1.3e6, math.nan)), Tried(1.0, Measured(1.1e6, 250.0)))


def found(scenario: Scenario, condition: str, *answers: Answer) -> Finding:
    """The finding of a search that tried 0.8 and 1.0."""
    return solve_finding(scenario, SolveAsk(KEY, parse(condition)), Solved(TRIED, answers))


def texts(finding: Finding) -> list[str]:
    """Its sentences as people read them."""
    return [said(one, finding, str, ".").replace("\u00a0", " ") for one in finding.sentences]


@pytest.mark.parametrize(
    ("relation", "rising", "words"),
    [
        ("=", True, "when"),
        ("=", False, "when"),
        ("<=", True, "as long as {} is at most"),
        ("<", True, "as long as {} is at most"),
        ("<=", False, "as long as {} is at least"),
        (">=", True, "as long as {} is at least"),
        (">", False, "as long as {} is at most"),
    ],
)
def test_on_which_side_it_holds(small: Scenario, relation: str, rising: bool, words: str) -> None:
    """Below the answer where the statistic rises towards an upper bound, and so round."""
    answer = Answer(0.9, 0.0, rising, (0.85, 0.95))
    (text,) = texts(found(small, f"mean(contribution_usd.A) {relation} 1.2e6", answer))
    condition = f"mean(contribution_usd.A) {relation} 1 200 000"
    middle = f"when {KEY} is" if relation == "=" else words.format(KEY)
    assert text == f"{condition} {middle} 0.9 (found between 0.85 and 0.95)."


@pytest.mark.parametrize(
    ("error", "more"),
    [(0.0, []), (math.nan, []), (math.inf, []), (0.012, ["Its standard error is 0.012."])],
)
def test_an_error_is_told_where_there_is_one(
    small: Scenario, error: float, more: list[str]
) -> None:
    """Exact answers have none, and one that cannot be known is not told."""
    answer = Answer(0.9, error, True, (0.85, 0.95))
    assert texts(found(small, "p90(contribution_usd.A) <= 1.2e6", answer))[1:] == more


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (
            "mean(contribution_usd.A) <= 2e6",
            f"Every value of {KEY} from 0.8 to 1 gives mean(contribution_usd.A) <= 2 000 000.",
        ),
        (
            "mean(contribution_usd.A) <= 1e6",
            f"No value of {KEY} from 0.8 to 1 gives mean(contribution_usd.A) <= 1 000 000; "
            "nearest to it is 1 100 000, at 1.",
        ),
        (
            "mean(contribution_usd.A) = 1.35e6",
            f"No value of {KEY} from 0.8 to 1 gives mean(contribution_usd.A) = 1 350 000; "
            "nearest to it is 1 300 000, at 0.8.",
        ),
    ],
)
def test_no_answer_is_all_or_nothing(small: Scenario, condition: str, text: str) -> None:
    """Every value does, or none; then the nearest that was tried is named."""
    assert texts(found(small, condition)) == [text]


def test_what_was_tried_is_a_table(small: Scenario) -> None:
    """Value, statistic, standard error where there is one, and whether the condition holds."""
    (listing,) = found(small, "mean(contribution_usd.A) <= 1.2e6").listings
    assert listing.rows == ((0.8, 1.3e6, None, "no"), (1.0, 1.1e6, 250.0, "yes"))
    kinds = [(one.kind, one.unit) for one in listing.headings]
    assert kinds == [("figure", ""), ("amount", "USD"), ("amount", "USD"), ("text", "")]


@pytest.mark.parametrize(
    ("condition", "kind"),
    [
        ("mean(contribution_usd.A) <= 1", ("amount", "USD")),
        ("prob(contribution_usd.A > 1) <= 0.1", ("share", "")),
        ("mean(rate.eur_per_usd) <= 1", ("figure", "")),
        ("mean(xb_posts_coverage) <= 1", ("figure", "")),
    ],
)
def test_a_figure_has_its_unit(small: Scenario, condition: str, kind: tuple[str, str]) -> None:
    """Money in its currency, probabilities as shares, rates and coverage bare."""
    heading = found(small, condition).listings[0].headings[1]
    assert (heading.kind, heading.unit) == kind


def test_what_has_to_be_known_of_an_answer(small: Scenario) -> None:
    """Several answers, a leap over the bound, and the rounding of what is proposed."""
    one = Answer(0.9, 0.0, True, (0.85, 0.95))
    leap = Answer(0.97, 0.0, False, (0.95, 1.0), leap=True)
    condition = "mean(contribution_usd.A) <= 1.2e6"
    assert found(small, condition, one).warnings == ()
    several = [w.template for w in found(small, condition, one, leap).warnings]
    assert several == [
        "The statistic rises and falls over the range: there are several answers.",
        "What is asked about moves in steps and leaps over the bound: no value of the key gives "
        "the bound itself.",
    ]
    for output, step in (("contribution_usd.A", 1.0), ("contribution_eur.B", 100.0)):
        (warning,) = found(small, f"{output}@proposed = 1.2e6", one).warnings
        assert warning.template.startswith("The document states the amount to {step:figure}; ")
        assert warning.values == {"step": step}


def test_pairs_on_the_border(small: Scenario) -> None:
    """A row an answer; none in the range is a row as well; the side by the relation."""
    up, down = Answer(0.9, 0.01, True, (0.8, 1.0)), Answer(0.95, math.inf, False, (0.9, 1.0))
    other = Axis("lines.travel.appropriation", (Decimal(1), Decimal(2), Decimal(3)))
    pairs = [(1.0, Solved((), ())), (2.0, Solved((), (up,))), (3.0, Solved((), (up, down)))]
    words = {"<=": ("at most", "at least"), ">": ("at least", "at most"), "=": ("equal", "equal")}
    for relation, (rising, falling) in words.items():
        ask = SolveAsk(KEY, parse(f"mean(contribution_usd.A) {relation} 1.2e6"))
        finding = frontier_finding(small, ask, other, pairs)
        assert finding.listings[0].rows == (
            (1.0, None, None, "none in the range"),
            (2.0, 0.9, 0.01, rising),
            (3.0, 0.9, 0.01, rising),
            (3.0, 0.95, None, falling),
        )
    assert texts(finding) == [
        "For 3 values of lines.travel.appropriation the table has the value of "
        f"{KEY} up to which, or from which, mean(contribution_usd.A) = 1 200 000."
    ]
    assert finding.label == f"{KEY}-lines.travel.appropriation".replace(".", "-")
