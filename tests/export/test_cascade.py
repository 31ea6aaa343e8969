"""*Cascade* recomputes the published page, in the arithmetic of a real spreadsheet program."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from reading import changed, formulas, names, sheets, written

from simulator.budget.published import PublishedCascade, publish
from simulator.render.workbook.cascade import half_up
from simulator.scenario.model import Scenario
from simulator.scenario.read import read_scenario
from simulator.store.result import Run
from simulator.units import round_half_up

ROOT = Path(__file__).resolve().parents[2]
Office = Callable[..., Path]


def with_rate(scenario: Scenario, pair: str, rate: str) -> Scenario:
    """The scenario with another budget rate."""
    quantity = scenario.rates[pair].budget
    assert quantity is not None
    changed_rate = scenario.rates[pair].model_copy(
        update={"budget": quantity.model_copy(update={"value": Decimal(rate)})}
    )
    return scenario.model_copy(update={"rates": {**scenario.rates, pair: changed_rate}})


def recosted(scenario: Scenario, line: str, year: int, factor: str) -> Scenario:
    """The scenario with another recosting factor."""
    its = scenario.lines[line]
    quantity = its.recosting[year].model_copy(update={"value": Decimal(factor)})
    new = its.model_copy(update={"recosting": {**its.recosting, year: quantity}})
    return scenario.model_copy(update={"lines": {**scenario.lines, line: new}})


def printed(cascade: PublishedCascade) -> list[list[float]]:
    """The page row by row: what each live row of the sheet must hold, dashes and blanks apart."""
    scenario = cascade.scenario
    columns = ("appropriation", "growth", "growth_percent", "before", "recosting", "estimate")
    columns = (*columns, *map(str, scenario.years))
    rows: list[list[float]] = []

    def add(cells: Any) -> None:
        row = [cells[c] / (100 if c == "growth_percent" else 1) for c in columns if c in cells]
        rows.append([float(value) for value in row])

    for kind in ("posts", "non_posts"):
        members = [n for n, line in scenario.lines.items() if line.kind == kind]
        for name in members:
            add(cascade.rows[name])
        if len(members) > 1:
            add(cascade.rows[kind])
    add(cascade.rows["total"])
    if len(scenario.income) > 1:
        for name in scenario.income:
            add(cascade.income_lines[name])
    for name in ("income", "net", *scenario.parents):
        add(cascade.rows[name])
    for name, parent in scenario.parents.items():
        if parent.assessed_in != scenario.budget.currency:
            periods = (scenario.period, *map(str, scenario.years))
            rows.append([float(cascade.contribution_own(name, p)) for p in periods])
    return rows


def live_rows(path: Path, count: int) -> list[list[float]]:
    """The first rows of *Cascade* that hold formulas, as numbers."""
    rows = sheets(path)["Cascade"]
    start = next(i for i, row in enumerate(rows) if "before recosting" in str(row[4])) + 1
    found = [[c for c in row[1:] if isinstance(c, float)] for row in rows[start:]]
    return [row for row in found if row][:count]


def assert_same(found: list[list[float]], wanted: list[list[float]]) -> None:
    """Printed cells are equal as float64; shares of growth and percentages to fifteen digits."""
    assert len(found) == len(wanted)
    for ours, theirs in zip(found, wanted, strict=True):
        assert ours == pytest.approx(theirs, rel=1e-13, abs=1e-12)
        assert [round(v, 1) for v in ours[3:]] == [round(v, 1) for v in theirs[3:]]


@pytest.fixture
def base_run(result: Any) -> Run:
    """The real budget, few draws."""
    return result(read_scenario(ROOT / "scenarios" / "base.toml"), draws=256)


def test_formulas_hold_the_published_figures_before_anybody_recalculates(
    base_run: Run, tmp_path: Path
) -> None:
    """Values stored with the formulas are those of the published cascade, equal as float64."""
    path = written(tmp_path / "x.xlsx", base_run)
    wanted = printed(publish(base_run.scenario))
    assert live_rows(path, len(wanted)) == wanted
    found = formulas(path, "Cascade")
    assert len(found) >= 50
    assert all(value != "" for _, value in found.values())


def test_a_spreadsheet_recalculates_the_published_page(
    base_run: Run, tmp_path: Path, office: Office
) -> None:
    """LibreOffice computes every formula anew and gets table 13.2 and 28 771 800 USD exactly."""
    path = written(tmp_path / "x.xlsx", base_run)
    again = office(path, "xlsx", tmp_path / "out")
    wanted = printed(publish(base_run.scenario))
    found = live_rows(again, len(wanted))
    assert_same(found, wanted)
    assert found[-1] == [28771800.0, 14330100.0, 14441800.0]
    assert found[-2][-3:] == [34526.2, 17196.1, 17330.1]


def test_a_budget_rate_set_by_hand_gives_what_the_program_gives(
    base_run: Run, tmp_path: Path, office: Office
) -> None:
    """1.10 in *Inputs*, recalculated, equals the published cascade at a budget rate of 1.10."""
    path = written(tmp_path / "x.xlsx", base_run)
    edited = changed(path, tmp_path / "edited.xlsx", "rates_chf_per_usd_budget", 1.10)
    again = office(edited, "xlsx", tmp_path / "out")
    wanted = printed(publish(with_rate(base_run.scenario, "chf_per_usd", "1.10")))
    found = live_rows(again, len(wanted))
    assert_same(found, wanted)
    assert found[-1] != [28771800.0, 14330100.0, 14441800.0]


@pytest.mark.parametrize("factor", ["1.0", "1.02", "1.013630"])
def test_a_recosting_factor_set_by_hand_gives_what_the_program_gives(
    base_run: Run, tmp_path: Path, office: Office, factor: str
) -> None:
    """The second year follows, because recosting is on the unrounded path."""
    path = written(tmp_path / "x.xlsx", base_run)
    edited = changed(path, tmp_path / "edited.xlsx", "lines_posts_recosting_2008", float(factor))
    again = office(edited, "xlsx", tmp_path / "out")
    wanted = printed(publish(recosted(base_run.scenario, "posts", 2008, factor)))
    assert_same(live_rows(again, len(wanted)), wanted)
    rows = sheets(again)["Cascade"]
    assert any(str(row[0]).startswith("Inputs were changed") for row in rows)


def test_a_budget_of_posts_and_three_parents_recalculates(
    result: Any, tmp_path: Path, office: Office
) -> None:
    """Posts at standard cost, several lines, unequal shares, one year: the same page."""
    scenario = read_scenario(ROOT / "scenarios" / "examples" / "three-parents.toml")
    path = written(tmp_path / "x.xlsx", result(scenario, draws=256))
    again = office(path, "xlsx", tmp_path / "out")
    wanted = printed(publish(scenario))
    assert live_rows(path, len(wanted)) == wanted
    assert_same(live_rows(again, len(wanted)), wanted)


def test_a_delayed_recruitment_set_by_hand_changes_the_posts(
    result: Any, small: Scenario, tmp_path: Path, office: Office
) -> None:
    """The filled posts are live too: without delay the first year costs as much as the second."""
    path = written(tmp_path / "x.xlsx", result(small))
    name = "categories_professional_delayed_recruitment"
    edited = changed(path, tmp_path / "edited.xlsx", name, 0.0)
    again = office(edited, "xlsx", tmp_path / "out")
    category = small.categories["professional"]
    late = category.delayed_recruitment.model_copy(update={"value": Decimal(0)})
    soon = category.model_copy(update={"delayed_recruitment": late})
    wanted = printed(publish(small.model_copy(update={"categories": {"professional": soon}})))
    assert_same(live_rows(again, len(wanted)), wanted)


def test_each_sheet_says_what_its_cells_are(base_run: Run, tmp_path: Path) -> None:
    """Cascade has a legend of inputs, formulas and simulated figures, and names to write by."""
    path = written(tmp_path / "x.xlsx", base_run)
    texts = [str(row[0]) for row in sheets(path)["Cascade"]]
    assert any(text.startswith("live formula") for text in texts)
    assert any(text.startswith("simulated: as stored") for text in texts)
    used = " ".join(formula for formula, _ in formulas(path, "Cascade").values())
    for name in ("rates_chf_per_usd_budget", "parents_UN_share", "lines_posts_recosting_2009"):
        assert name in used
        assert name in names(path)


CASES = [
    (value, step)
    for step in ("0.1", "100", "1", "0.25")
    for value in ("17196.05", "17330.05", "0.05", "-0.05", "34526.149", "28771833.3", "-17196.05",
                  "12345.125", "250", "50", "149.9999", "8051.35")
]  # fmt: skip


def test_rounding_half_up_survives_binary_numbers(tmp_path: Path, office: Office) -> None:
    """The formula rounds as a budget page does, also halves that binary numbers fall short of."""
    import datetime as dt

    from simulator.render.languages import words_of
    from simulator.render.workbook.book import Book
    from simulator.render.workbook.styles import Style

    path = tmp_path / "x.xlsx"
    book = Book(path, words_of("en"), created=dt.date(2030, 1, 1), title="t", footer="f")
    page = book.page("Page")
    for row, (value, step) in enumerate(CASES):
        twice = float(Decimal(value) * 2)  # the half of a printed cell, as a share takes it
        page.formula(row, 0, half_up(f"{twice!r}*0.5", Decimal(step)), 0.0, Style())
    book.close()
    found = [row[0] for row in sheets(office(path, "xlsx", tmp_path / "out"))["Page"]]
    wanted = [float(round_half_up(Fraction(v), Decimal(s))) for v, s in CASES]
    assert found == pytest.approx(wanted, abs=1e-9)


def test_the_workbook_prints_whole(base_run: Run, tmp_path: Path, office: Office) -> None:
    """As PDF, no number shows as ### for want of room."""
    import shutil
    import subprocess

    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    path = written(tmp_path / "x.xlsx", base_run, draws=20)
    made = office(path, "pdf", tmp_path / "out")
    text = subprocess.run(["pdftotext", "-layout", str(made), "-"], capture_output=True, text=True)
    assert "###" not in text.stdout
    assert "34,526.2" in text.stdout
    assert text.stdout.count(f"run {base_run.manifest.identity[:16]}") >= 9
