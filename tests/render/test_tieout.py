"""The page of the tie-out."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from simulator.budget.tieout import TieOut, TieOutRow
from simulator.render.document import tie_out_document
from simulator.render.tieout import TieOutPage, closing_line, grid
from simulator.scenario.parts import PublishedFigure


def row(name: str, computed: str, printed: str, verdict: Any = "tied", **more: Any) -> TieOutRow:
    """A figure as `budget.tieout` hands it out."""
    figure = {
        "id": name,
        "where": "Table 1",
        "what": f"what {name} is",
        "period": "2031-2032",
        "unit": "kEUR",
        "printed": Decimal(printed),
        "rule": "cell('total', 'estimate')",
        "quantum": Decimal("0.1"),
        **more,
    }
    note = figure.get("fault") or ""
    return TieOutRow(PublishedFigure.model_validate(figure), Decimal(computed), verdict, note)


@pytest.fixture
def tied() -> TieOut:
    """A table of two rows and two columns with a declared fault, and a figure in the text."""
    return TieOut(
        (
            row("a", "1234.5", "1234.5", row="Posts", column="2031"),
            row("b", "0", "0", "input", row="Posts", column="growth"),
            row(
                "c", "0.5", "0.4", "source fault", row="Total", column="growth",
                unit="percent", fault="0.456 % is printed 0.4", should_print=Decimal("0.5"),
            ),
            row("d", "118", "118", where="paragraph 7", unit="percent", quantum=Decimal(1)),
        )
    )  # fmt: skip


def printed(tie_out: TieOut, width: int = 120, *, faults_only: bool = False) -> str:
    """The page as text, with ordinary spaces."""
    out = io.StringIO()
    terminal = Console(file=out, width=width, highlight=False, markup=False)
    terminal.print(TieOutPage(tie_out, faults_only), crop=False)
    return out.getvalue().replace("\u00a0", " ")


def test_a_table_has_the_layout_of_the_source(tied: TieOut) -> None:
    """Rows and columns as declared, computed figures inside, the fault marked with both."""
    sheet = grid("Table 1", list(tied.rows[:3]))
    assert sheet is not None
    assert [figure.key for figure in sheet.figures] == ["2031", "growth"]
    assert [line.label for line in sheet.lines] == ["Posts", "Total"]
    assert sheet.lines[1].cells["growth"].replace("\u00a0", " ") == "0.5 %† (0.4 %)"
    assert grid("paragraph 7", [tied.rows[3]]) is None


def test_every_figure_has_a_row_in_the_order_of_the_document(tied: TieOut) -> None:
    """What, period, computed, printed, verdict and rule stand on one line when there is room."""
    text = printed(tied)
    line = next(line for line in text.splitlines() if "what a is" in line)
    assert line.split("  ")[1] == "what a is"
    for cell in ("2031-2032", "1 234.5", "tied", "cell('total', 'estimate')"):
        assert cell in line
    places = [text.index(f"what {name} is") for name in "abcd"]
    assert places == sorted(places)


def test_the_count_closes_the_page(tied: TieOut) -> None:
    """Tied, inputs and declared faults are counted; a mismatch lowers the first number."""
    assert closing_line(tied) == "4 of 4: 2 tied, 1 input, 1 declared source fault"
    broken = TieOut((*tied.rows, row("e", "2", "3", "MISMATCH")))
    assert closing_line(broken) == "4 of 5: 2 tied, 1 input, 1 declared source fault, 1 NOT TIED"


def test_faults_are_told_in_words_and_mismatches_first(tied: TieOut) -> None:
    """Both figures and the scenario's own explanation."""
    broken = TieOut((*tied.rows, row("e", "2", "3", "MISMATCH", row="Total", column="2031")))
    text = printed(broken)
    assert "✗ does not tie" in text
    assert "2.0✗ (3.0)" in text
    mismatch = text.index("✗ e (Table 1, what e is, 2031-2032): computed 2.0, printed 3.0")
    fault = text.index("† c (Table 1, what c is, 2031-2032): computed 0.5 %, printed 0.4 %")
    assert mismatch < fault
    assert "0.456 % is printed 0.4" in text[fault:]


def test_faults_only_leaves_out_what_agrees(tied: TieOut) -> None:
    """With `--faults-only` neither the tables nor figures that tie are shown; the count is."""
    text = printed(tied, faults_only=True)
    assert "what c is" in text
    assert "what a is" not in text
    assert "Posts" not in text
    assert closing_line(tied) in text


@pytest.mark.parametrize("width", [60, 80, 100, 120, 160])
def test_the_page_fits_its_width(tied: TieOut, width: int) -> None:
    """Labels and rules are wrapped, tables continued, and nothing is wider than the terminal."""
    wide = [
        row(f"w{i}", "12345.6", "12345.6", where="Table 2", row="A rather long row", column=f"c{i}")
        for i in range(12)
    ]
    long = row("x", "1", "1", what="a figure with a long name " * 6, rule="a + " * 30 + "b")
    text = printed(TieOut((*tied.rows, *wide, long)), width)
    assert max(cell_len(line) for line in text.splitlines()) <= width
    assert text.count("12 345.6") == 3 * len(wide)


def test_the_document_has_the_same_rows(tied: TieOut) -> None:
    """For a program: verdict, counts, and a row a figure; with faults only, the faults."""
    document = tie_out_document("base", tied)
    assert document["ok"] is True
    assert document["counts"] == {"tied": 2, "input": 1, "source fault": 1, "MISMATCH": 0}
    assert [found["id"] for found in document["rows"]] == list("abcd")
    assert document["rows"][0]["computed"] == 1234.5
    only = tie_out_document("base", tied, faults_only=True)
    assert [found["id"] for found in only["rows"]] == ["c"]
