"""The one screen of a run."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from simulator.render.summary import Summary
from simulator.render.terminal import Screen, top_drivers
from simulator.render.view import View
from simulator.scenario.model import Scenario


def printed(view: View, width: int, *, colour: bool = False) -> str:
    """The screen as text, with ordinary spaces."""
    out = io.StringIO()
    terminal = Console(
        file=out,
        width=width,
        force_terminal=colour,
        color_system="truecolor" if colour else None,
        highlight=False,
        markup=False,
    )
    terminal.print(Screen(view), crop=False)
    return out.getvalue().replace("\u00a0", " ")


@pytest.mark.parametrize("width", [60, 80, 100, 120, 200])
def test_the_screen_fits_its_width(view: View, width: int) -> None:
    """No line is longer than the terminal is wide."""
    assert max(cell_len(line) for line in printed(view, width).splitlines()) <= width


def test_a_wide_screen_has_every_statistic(view: View) -> None:
    """At 100 columns mean, standard error, five percentiles and both probabilities stand there."""
    text = printed(view, 100)
    heading = next(line for line in text.splitlines() if line.startswith("Owed"))
    assert heading.split()[1:] == [
        "mean", "s.e.", "P5", "P25", "P50", "P75", "P95", "top", "5", "%", "proposed",
        "approved",
    ]  # fmt: skip
    row = next(line for line in text.splitlines() if "42.5 %" in line)
    figures = "2031 550.0 – 495.0 528.0 550.0 572.0 605.0 – 42.5 % 0.0 %"
    assert row.split() == figures.split()


def test_a_narrow_screen_leaves_out_columns_not_digits(view: View) -> None:
    """At 60 columns P25 and P75 go; mean, P5, P95 and the probabilities stay, in full."""
    text = printed(view, 60)
    assert "P25" not in text
    assert "P75" not in text
    assert "P95" in text
    assert "1 100.0" in text
    assert "42.5 %" in text


def test_a_terminal_too_narrow_for_anything_cuts_no_figure(view: View) -> None:
    """Ten columns: lines run over, and every mean is still whole."""
    text = printed(view, 10)
    assert "1 000.0" in text
    assert "1 100.0" in text


def test_each_parent_is_shown_in_both_currencies(view: View) -> None:
    """A parent assessed in another currency has two blocks, the other parent one."""
    text = printed(view, 120)
    assert "A, thousand EUR" in text
    assert "A, thousand USD, recosted" in text
    assert "B, thousand EUR" in text
    assert "B, thousand USD" not in text


def test_money_that_arrives_is_shown_by_year_and_the_rest_for_the_period(view: View) -> None:
    """Receipts by year in both currencies, then shortfall, spending, coverage, outputs at risk."""
    text = printed(view, 120)
    for words in (
        "receipts, thousand EUR",
        "receipts, thousand USD",
        "shortfall, thousand EUR",
        "spending, thousand EUR",
        "part of that cost covered",
        "courses at risk (of 60)",
    ):
        assert words in text
    assert "56.9 %" in text


def test_without_donors_there_is_no_such_block(view: View, varied: Callable[..., Scenario]) -> None:
    """A budget without extrabudgetary money has no heading for it."""
    bare = varied(inflows=None, pledges=[], windows={})
    assert "Extrabudgetary" not in printed(replace(view, scenario=bare), 120)


def test_drivers_are_ranked_and_three_at_most(view: View) -> None:
    """The biggest come first."""
    assert top_drivers(view, "A") == (("exchange", 0.931), ("income", 0.2), ("vacancy", 0.012))
    assert "A, USD: exchange 93.1 %, income 20.0 %, vacancy 1.2 %" in printed(view, 120)
    assert top_drivers(view, "B") == ()


@pytest.mark.parametrize(("gain", "shown"), [(-5_000.0, True), (0.0, False)])
def test_an_exchange_gain_is_shown_where_there_is_one(
    view: View, rows: list[Any], gain: float, shown: bool
) -> None:
    """Under `budget_rate` the organization carries the rate; under `recosted` it is zero."""
    gains = [
        replace(row, output="exchange_gain_eur.A", value=gain)
        for row in rows
        if row.output == "contribution_eur.A"
    ]
    text = printed(replace(view, summary=Summary([*rows, *gains])), 120)
    words = "Exchange gain (+) or loss (−) left with the organization, thousand EUR"
    assert (words in text) is shown
    assert ("−5.0" in text) is shown


def test_a_fixed_contribution_is_moved_by_nothing(view: View, rows: list[Any]) -> None:
    """Where no driver explains anything, that is said instead of three zeros."""
    still = [
        replace(row, value=0.0) if row.statistic.startswith("driver:") else row for row in rows
    ]
    assert "A, USD: nothing, it is fixed" in printed(replace(view, summary=Summary(still)), 120)


def test_warnings_and_files_are_told(view: View) -> None:
    """What the scenario is silent about, and where the result lies."""
    text = printed(view, 120)
    assert "warning: nothing is said about the dependence" in text
    assert "results/small: draws.parquet, summary.csv" in text


def test_a_colourless_screen_has_the_same_words(view: View) -> None:
    """Colour adds nothing that has to be read; without it no escape sequence is left."""
    colourless = printed(view, 100)
    assert "\x1b" not in colourless
    assert "\x1b[" in printed(view, 100, colour=True)


def test_a_title_cannot_paint_the_terminal(view: View, varied: Callable[..., Scenario]) -> None:
    """Control characters in a scenario's texts are shown as dots."""
    rude = varied(title="red \x1b[31malert")
    assert "\x1b" not in printed(replace(view, scenario=rude), 100)


def test_wide_characters_keep_the_columns_aligned(
    view: View, varied: Callable[..., Scenario]
) -> None:
    """Names in any script head a block without moving its figures."""
    named = varied(**{"parents.A.name": "国际贸易中心"})
    text = printed(replace(view, scenario=named), 100)
    assert "国际贸易中心, thousand EUR" in text
    assert max(cell_len(line) for line in text.splitlines()) <= 100


def test_what_was_not_stored_is_left_out_or_a_dash(view: View, rows: list[Any]) -> None:
    """An older result without an output is shown without it, without a statistic with a dash."""
    text = printed(replace(view, summary=Summary([])), 100)
    assert "A, thousand EUR" in text
    assert "What moves it" not in text
    means = [row for row in rows if row.statistic == "mean"]
    text = printed(replace(view, summary=Summary(means)), 100)
    row = next(line for line in text.splitlines() if "1 100.0" in line)
    assert row.split() == ["2031-2032", "1", "100.0", *"–––––––"]


def test_the_amounts_compared_with_are_named(view: View, rows: list[Any]) -> None:
    """Under the table stand the proposed amounts, as stored, and those that are declared."""
    proposed = replace(rows[0], output="contribution_usd.A", period="2031-2032")
    proposed = replace(proposed, stage="proposed", statistic="central", value=1_111_250.0)
    text = printed(replace(view, summary=Summary([*rows, proposed])), 100)
    assert "proposed, 2031-2032: A USD 1 111.3" in text


def test_the_period_before_is_shown(view: View) -> None:
    """Appropriations are those of the prior period, so the head names it."""
    assert "after" not in printed(view, 100).split("\n\n")[0]
    budget = view.scenario.budget.model_copy(update={"prior_period": "2029-2030"})
    scenario = view.scenario.model_copy(update={"budget": budget})
    head = printed(replace(view, scenario=scenario), 100).split("\n\n")[0]
    assert f"{scenario.period} after 2029-2030" in " ".join(head.split())
