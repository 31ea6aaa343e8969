"""The workbook holds what was stored, to the last bit, and nothing that could do harm."""

from __future__ import annotations

import math
import re
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from reading import names, numbers, part, parts, sheets, written

from simulator.render.languages import LOCALES, words_of
from simulator.render.pictures.distribution import edges_of, histogram
from simulator.render.pictures.drivers import by_line
from simulator.render.workbook.book import Book, cut, footer_text
from simulator.render.workbook.page import Page, safe
from simulator.render.workbook.stored import STATISTICS, Stored, band_words
from simulator.render.workbook.styles import AMOUNT
from simulator.scenario.model import Scenario
from simulator.store.result import Run
from simulator.store.summary import EXCEEDS

SHEETS = (
    "Summary", "Cascade", "Posts", "Distributions", "Fan", "Drivers", "Inflows", "Inputs", "About",
)  # fmt: skip


def blank(path: Path) -> tuple[Book, Page]:
    """An empty workbook with one page."""
    import datetime as dt

    book = Book(path, words_of("en"), created=dt.date(2030, 1, 1), title="t", footer="f")
    return book, book.page("Page")


def test_every_stored_statistic_reads_back_to_the_same_bits(small_run: Run, tmp_path: Path) -> None:
    """Mean, standard error, percentiles and probabilities of Summary equal the Parquet summary."""
    rows = sheets(written(tmp_path / "x.xlsx", small_run))["Summary"]
    found = set(numbers(rows))
    wanted = {
        value
        for row in small_run.summary()
        if row.statistic in STATISTICS or row.statistic.startswith(EXCEEDS)
        for value in (row.value, row.standard_error if row.statistic == "mean" else row.value)
        if not math.isnan(value)
    }
    assert len(wanted) > 150
    assert wanted <= found


def test_summary_has_each_contribution_with_its_figures_in_order(
    small_run: Run, tmp_path: Path
) -> None:
    """A row a parent, currency, stage and period, with the figures under their headings."""
    rows = sheets(written(tmp_path / "x.xlsx", small_run))["Summary"]
    heads = next(i for i, row in enumerate(rows) if row[0] == "What")
    stored = Stored.of(small_run)
    period, stage = "2031-2032", "second_performance"
    cell = stored.view.cell("contribution_usd.A", period, stage)
    assert cell is not None
    row = next(
        row
        for row in rows[heads:]
        if row[:4] == ["Contribution of A", "USD", period, "second performance report"]
    )
    figures = [cell["mean"], cell.error("mean"), *(cell[s] for s in STATISTICS[1:])]
    assert row[5:13] == figures
    assert row[13] == cell["exceeds:proposed"]


@pytest.mark.parametrize("seed", range(5))
def test_any_number_reads_back_to_the_same_bits(tmp_path: Path, seed: int) -> None:
    """Random bit patterns, which need seventeen digits, survive as float64."""
    generator = np.random.default_rng(seed)
    values = [
        value
        for value in generator.integers(0, 2**64, 2000, dtype=np.uint64).view(np.float64).tolist()
        if math.isfinite(value) and abs(value) < 1e300 and abs(value) > 1e-300
    ]
    book, page = blank(tmp_path / "x.xlsx")
    for row, value in enumerate(values):
        page.number(row, 0, value, AMOUNT)
    book.close()
    read = [float(row[0]) for row in sheets(tmp_path / "x.xlsx")["Page"]]  # type: ignore[arg-type]
    assert [struct.pack("d", v) for v in read] == [struct.pack("d", v) for v in values]


def test_draws_read_back_to_the_same_bits(small_run: Run, tmp_path: Path) -> None:
    """The sheet of draws holds the stored columns exactly, in draw order."""
    rows = sheets(written(tmp_path / "x.xlsx", small_run, draws=300))["Draws"]
    place = rows[0].index("contribution_usd.A 2031 (USD)")
    stored = small_run.column("contribution_usd.A", "2031")[:300]
    assert [row[place] for row in rows[1:]] == stored.tolist()
    assert [row[0] for row in rows[1:]] == list(range(300))


def test_a_figure_that_cannot_be_had_says_so(tmp_path: Path) -> None:
    """NaN is written n/a and infinity by its sign; neither raises nor becomes an error."""
    book, page = blank(tmp_path / "x.xlsx")
    for row, value in enumerate((math.nan, math.inf, -math.inf)):
        page.number(row, 0, value, AMOUNT)
    page.formula(3, 0, "A1", math.nan, AMOUNT)
    book.close()
    assert [row[0] for row in sheets(tmp_path / "x.xlsx")["Page"]] == ["n/a", "∞", "−∞", "n/a"]


HOSTILE = "=cmd|' /C calc'!A0"


@pytest.fixture
def hostile(varied: Any) -> Scenario:
    """A scenario whose texts would do harm, or break a file, if they were taken at their word."""
    return varied(
        **{
            "name": "hostile",
            "title": f"{HOSTILE} 国际贸易中心 😀 \x07 _x0041_ ]]> & <b>",
            "parents.A.name": HOSTILE,
            "parents.B.name": "😀" * 20,
            "lines.travel.title": "@SUM(1+1)*cmd|' /C calc'!A0",
            "windows.I": {"title": "+1+2"},
            "budget.organization": "-2+3+cmd|' /C calc'!D2",
            "description": HOSTILE * 400,
        }
    )


def test_text_from_a_scenario_is_never_a_formula(
    result: Any, hostile: Scenario, tmp_path: Path
) -> None:
    """No formula, chart title or name of the workbook comes from a scenario's text."""
    path = written(tmp_path / "x.xlsx", result(hostile), draws=10)
    for name in parts(path):
        text = part(path, name)
        assert "cmd|" not in "".join(re.findall(r"<f>.*?</f>", text)), name
        assert "cmd|" not in "".join(re.findall(r"<c:f>.*?</c:f>", text)), name
        assert "cmd|" not in "".join(re.findall(r"<definedName.*?</definedName>", text)), name
    assert not [name for name in parts(path) if "vba" in name or "externalLink" in name]
    summary = sheets(path)["Summary"]
    assert str(summary[0][0]).startswith(f"{HOSTILE} 国际贸易中心 😀")
    assert f"Contribution of {HOSTILE}" in [row[0] for row in summary]


def test_a_chinese_title_and_an_emoji_come_out_whole(
    result: Any, hostile: Scenario, tmp_path: Path
) -> None:
    """Every locale writes them as they are."""
    run = result(hostile)
    for locale in LOCALES:
        rows = sheets(written(tmp_path / f"{locale}.xlsx", run, locale=locale))
        first = next(iter(rows.values()))
        assert "国际贸易中心 😀" in str(first[0][0])


def test_sheet_names_are_cut_without_collision(tmp_path: Path) -> None:
    """31 characters as the format counts them; alike beginnings are numbered, case ignored."""
    book, _ = blank(tmp_path / "x.xlsx")
    long = "A name of exactly forty characters, yes!"
    assert len(long) == 40
    titles = [long, long + "!", long.upper(), "a/b:c*d?[e]", "'", "history", "😀" * 20]
    found = [book.page(title).name for title in titles]
    assert len({name.casefold() for name in found}) == len(found)
    assert all(len(name.encode("utf-16-le")) // 2 <= 31 for name in found)
    assert all(not set(name) & set("[]:*?/\\") for name in found)
    book.close()
    assert len(sheets(tmp_path / "x.xlsx")) == len(found) + 1


def test_results_with_names_of_forty_characters_share_a_workbook(
    result: Any, varied: Any, tmp_path: Path
) -> None:
    """Their sheets keep apart although 31 characters do not tell them apart."""
    one, two = ("a-scenario-with-a-name-of-forty-letter-" + end for end in "xy")
    runs = [result(varied(name=name)) for name in (one, two)]
    found = sheets(written(tmp_path / "x.xlsx", *runs))
    assert len(found) == 1 + 2 * len(SHEETS)
    assert all(len(name) <= 31 for name in found)


def test_the_same_result_gives_the_same_bytes(
    small_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two workbooks of a result are equal byte for byte, whatever the time zone."""
    one = written(tmp_path / "1.xlsx", small_run, draws=50).read_bytes()
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    two = written(tmp_path / "2.xlsx", small_run, draws=50).read_bytes()
    assert one == two


def test_every_language_holds_the_same_numbers(small_run: Run, tmp_path: Path) -> None:
    """Only words differ: sheet by sheet, the numbers are the same and in the same order."""
    found = []
    for locale in LOCALES:
        path = written(tmp_path / "x.xlsx", small_run, locale=locale)
        found.append([numbers(rows) for rows in sheets(path).values()])
    assert all(one == found[0] for one in found[1:])


def test_the_sheets_are_those_of_a_budget_office(small_run: Run, tmp_path: Path) -> None:
    """In this order; Draws only when asked for."""
    path = written(tmp_path / "x.xlsx", small_run)
    assert tuple(sheets(path)) == SHEETS
    more = written(tmp_path / "y.xlsx", small_run, draws=5)
    assert tuple(sheets(more)) == (*SHEETS[:-1], "Draws", "About")


def test_every_sheet_prints_with_its_run_at_the_foot(small_run: Run, tmp_path: Path) -> None:
    """Print area, frozen panes, landscape or upright A4, and the identity of the run."""
    path = written(tmp_path / "x.xlsx", small_run, draws=5)
    text = part(path, "xl/workbook.xml")
    count = len(sheets(path))
    assert text.count("_xlnm.Print_Area") == count
    for i in range(1, count + 1):
        sheet = part(path, f"xl/worksheets/sheet{i}.xml")
        assert f"run {small_run.manifest.identity[:16]}" in sheet
        assert "<pane " in sheet
        assert 'paperSize="9"' in sheet


def test_every_chart_has_words_for_those_who_cannot_see_it(small_run: Run, tmp_path: Path) -> None:
    """Charts are native and carry alternative text."""
    path = written(tmp_path / "x.xlsx", small_run)
    drawings = [name for name in parts(path) if name.startswith("xl/drawings/drawing")]
    frames = [f for n in drawings for f in re.findall(r"<xdr:cNvPr [^>]*>", part(path, n))]
    assert len(frames) == len([name for name in parts(path) if name.startswith("xl/charts/")])
    assert len(frames) >= 8
    assert all(re.search(r'descr="[^"]{20,}"', frame) for frame in frames)


def test_bins_hold_every_draw(small_run: Run) -> None:
    """Counts of a histogram sum to the draws, and agree with counting by hand between edges."""
    stored = Stored.of(small_run)
    cell = stored.owed("A", "USD", "2031-2032")
    assert cell is not None
    found = histogram(small_run, "contribution_usd.A", cell)
    values = small_run.column("contribution_usd.A")
    assert sum(found.counts) == len(values)
    middle = len(found.counts) // 2
    low, high = found.edges[middle], found.edges[middle + 1]
    assert found.counts[middle] == int(((values >= low) & (values < high)).sum())
    assert list(found.edges) == sorted(edges_of(cell, len(values)))


def test_inputs_name_every_number_that_cascade_reads(small_run: Run, tmp_path: Path) -> None:
    """Budget rate, recosting factors, shares and costs have names, values, and a source column."""
    path = written(tmp_path / "x.xlsx", small_run)
    found = names(path)
    for name in (
        "rates_eur_per_usd_budget",
        "lines_travel_recosting_2031",
        "lines_travel_appropriation",
        "parents_A_share",
        "income_rent_estimate",
        "grades_P2_standard_cost",
    ):
        assert found[name][0] == "Inputs"
    rows = sheets(path)["Inputs"]
    row = next(row for row in rows if row[0] == "categories.professional.vacancy")
    assert row[1] == 0.05
    assert row[5] == "normal(mean 0.05, sd 0.015), min 0, max 1"


def test_the_base_inputs_carry_sources_and_assumptions() -> None:
    """Source, date and assumption flag of each number stand beside it."""
    from simulator.render.workbook.listing import inputs_of
    from simulator.scenario.read import read_scenario

    root = Path(__file__).resolve().parents[2]
    found = {one.key: one for one in inputs_of(read_scenario(root / "scenarios" / "base.toml"))}
    rate = found["rates.chf_per_usd.budget"]
    assert (float(rate.value), rate.source, rate.unit) == (1.2, "13.15", "CHF/USD")  # type: ignore[arg-type]
    assert found["rates.chf_per_usd.start"].as_of == "2007-10-31"
    assert found["categories.professional.vacancy"].assumption
    assert found["pledges.I-SEK.amount"].unit == "1000 SEK"
    assert found["pledges.I-SEK.amount"].note == "continuing programme"


def test_a_comparison_takes_differences_draw_by_draw(
    result: Any, varied: Any, small: Scenario, tmp_path: Path
) -> None:
    """Mean and percentiles of the paired difference equal those worked out from both columns."""
    one = result(small)
    two = result(varied(**{"name": "dear", "grades.P2.standard_cost": 110}))
    rows = sheets(written(tmp_path / "x.xlsx", one, two))["Comparison"]
    heads = next(row for row in rows if row[0] == "What")
    row = next(r for r in rows if r[1:4] == ["USD", "2031-2032", "dear"])
    values = two.column("contribution_usd.A") - one.column("contribution_usd.A")
    assert row[heads.index("Difference: mean")] == pytest.approx(values.mean(), rel=1e-12)
    assert row[heads.index("Difference: P5")] == pytest.approx(np.quantile(values, 0.05))
    assert row[heads.index("Probability of more")] == float((values > 0).mean())


def test_results_with_other_draws_show_no_differences(
    result: Any, varied: Any, small: Scenario, tmp_path: Path
) -> None:
    """Differences of unrelated futures would mislead; the sheet says why there are none."""
    runs = [result(small), result(varied(name="other"), seed=5)]
    rows = sheets(written(tmp_path / "x.xlsx", *runs))["Comparison"]
    heads = next(row for row in rows if row[0] == "What")
    place = heads.index("Difference: mean")
    row = next(r for r in rows if r[1:4] == ["USD", "2031-2032", "other"])
    assert row[place] == ""
    assert any(str(r[0]).startswith("Results that were not made") for r in rows)


def test_the_waterfall_adds_up(result: Any, varied: Any, small: Scenario) -> None:
    """From one mean net to the other, step by step, nothing is lost."""
    one = Stored.of(result(small), "one")
    two = Stored.of(result(varied(name="two", **{"grades.P2.standard_cost": 110})), "two")
    steps = [step.change for step in by_line(one.view, two.view)]
    assert sum(steps[:-1]) == pytest.approx(steps[-1], rel=1e-12)


def test_what_bands_contain_is_said_as_on_the_screen(small: Scenario) -> None:
    """The English caption names the same drivers as that of the screen."""
    text = band_words(words_of("en"), small)
    assert text.startswith("The bands contain exchange rates, inflation, post costs, vacancy")
    assert "errors of the model itself, and what the parents decide" in text


def test_a_long_text_is_cut_with_a_mark() -> None:
    """A cell holds 32 767 characters; a longer text ends with an ellipsis, no character split."""
    text = safe("😀" * 20_000)
    assert text.endswith("…")
    assert len(text.encode("utf-16-le")) // 2 <= 32_767
    assert safe("a\ud800b") == "a?b"
    assert cut("a😀b", 2) == "a"


@pytest.mark.parametrize("text", ["a & b", "&" * 300, "x" * 300, "&D &T", "1 run"])
def test_a_footer_says_what_it_is_given(text: str) -> None:
    """Ampersands are doubled, and the format's 255 characters are kept without half a pair."""
    footer = footer_text(text)
    assert len(footer) <= 255
    left = footer.removeprefix("&L&8 ").partition("&R&8")[0]
    assert left.replace("&&", "&") == text[: len(left.replace("&&", "&"))]
