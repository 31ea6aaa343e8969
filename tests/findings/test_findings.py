"""Findings: said, shown, kept beside a result, and put into its workbook."""

from __future__ import annotations

import dataclasses
import io
import json
from pathlib import Path

import pytest
import python_calamine
from rich.console import Console

from simulator.cli.finding import deliver
from simulator.errors import InputError
from simulator.findings import Finding, Heading, Listing, Sentence
from simulator.render.finding import FindingPage, finding_document, said, significant
from simulator.runs.export import ExportOptions, export
from simulator.store.findings import findings_of, folder_of, keep, read_finding
from simulator.store.result import Run


def screen(finding: Finding, width: int) -> list[str]:
    """The finding as a terminal of this width shows it."""
    console = Console(width=width, file=io.StringIO(), highlight=False, markup=False)
    with console.capture() as caught:
        console.print(FindingPage(finding), crop=False)
    return caught.get().replace("\u00a0", " ").splitlines()


def test_every_kind_is_said_as_a_budget_page_prints_it(answer: Finding) -> None:
    """Money in the scenario's unit with its currency, shares in per cent, rates to four digits."""
    assert said(answer.sentences[0], answer).replace("\u00a0", " ") == (
        "The reserve is 1 234.6 thousand USD (12.5 % of the net) at 1.2046, 12 345 of "
        "0.000123457, on 2007-10-31, for =1+1."
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (1.5, "1.5"),
        (123456789.0, "123 456 789"),
        (0.1 + 0.2, "0.3"),
        (-2.0, "−2"),
        (1e-12, "0.000000000001"),
        (float("nan"), "–"),
    ],
)
def test_six_significant_digits_without_idle_zeros(value: float, text: str) -> None:
    """A figure without a kind of its own is shown to six significant digits."""
    assert significant(value).replace("\u00a0", " ") == text


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_a_finding_fits_the_terminal(answer: Finding, width: int) -> None:
    """Sentences wrap, and tables come in pieces with every figure in one of them."""
    lines = screen(answer, width)
    assert max(map(len, lines)) <= width
    text = " ".join(lines)
    for figure in ("1 234.6", "90.0 %", "1.2046", "13.5", "0.0000001", "Of 256 draws."):
        assert figure in text
    assert lines[-1] == "! It is not a forecast."


def test_a_sentence_without_its_value_is_a_bug() -> None:
    """A field without value, a value without field and an unknown kind are refused at once."""
    for template, values in (("{a}", {}), ("a", {"a": 1}), ("{a:money?}", {"a": 1})):
        with pytest.raises(ValueError, match=r"fields|kinds"):
            Sentence(template, values)
    with pytest.raises(ValueError, match="row"):
        Listing("x", "x", (Heading("a"),), ((1, 2),))
    with pytest.raises(ValueError, match="money"):
        Heading("a", "money")


def test_a_finding_comes_back_as_it_was_kept(kept_run: Run, answer: Finding) -> None:
    """What was kept beside a result is read back equal; asked again, it is replaced."""
    path = keep(kept_run.folder, answer)
    assert path == folder_of(kept_run.folder) / "reserve.json"
    assert read_finding(path) == answer
    other = dataclasses.replace(answer, title="Another answer")
    keep(kept_run.folder, other)
    keep(kept_run.folder, dataclasses.replace(answer, label="psc"))
    assert [one.name for one in findings_of(kept_run.folder)] == ["reserve-psc", "reserve"]
    assert findings_of(kept_run.folder)[1] == other


def test_a_finding_of_another_scenario_is_passed_over(kept_run: Run, answer: Finding) -> None:
    """After the scenario has changed, an earlier answer is not shown with the new result."""
    keep(kept_run.folder, dataclasses.replace(answer, label="old", fingerprint="0" * 64))
    assert "reserve-old" not in [one.name for one in findings_of(kept_run.folder)]


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: text.replace('"schema_version": 1', '"schema_version": 2'),
        lambda text: text.replace('"command"', '"commando"'),
        lambda text: text.replace("{who}", "{who} {whom}"),
        lambda text: "[" * 100_000,
        lambda text: "7",
    ],
)
def test_a_damaged_finding_is_named(kept_run: Run, answer: Finding, damage, tmp_path: Path) -> None:
    """A torn, foreign or older file is refused with its name and a remedy."""
    path = tmp_path / "reserve.json"
    path.write_text(damage(keep(kept_run.folder, answer).read_text()))
    with pytest.raises(InputError) as caught:
        read_finding(path)
    (problem,) = caught.value.problems
    assert problem.file == str(path)
    assert "ask the question again" in problem.remedy


def test_json_has_every_digit_and_the_sentences(answer: Finding) -> None:
    """The document for programs holds values as they are and what the sentences say."""
    document = json.loads(json.dumps(finding_document(answer), allow_nan=False))
    assert document["listings"][0]["rows"][0][2] == 1_234_567.891
    assert document["warnings"][0]["text"] == "It is not a forecast."
    assert document["sentences"][0]["text"].startswith("The reserve is 1 234.6 thousand USD")


def test_a_delivered_finding_is_kept_with_its_result_only(
    kept_run: Run, answer: Finding, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is kept beside the result of the same scenario, and beside no other."""
    labelled = dataclasses.replace(answer, label="delivered")
    deliver(labelled, quiet=False, json=True, keep=False, result=kept_run.folder)
    assert not (folder_of(kept_run.folder) / "reserve-delivered.json").exists()
    stranger = dataclasses.replace(labelled, fingerprint="0" * 64)
    deliver(stranger, quiet=True, json=True, keep=True, result=kept_run.folder)
    assert not (folder_of(kept_run.folder) / "reserve-delivered.json").exists()
    deliver(labelled, quiet=False, json=False, keep=True, result=kept_run.folder)
    assert (folder_of(kept_run.folder) / "reserve-delivered.json").exists()
    assert "kept for the workbook and the report" in capsys.readouterr().err


def test_a_quiet_question_keeps_its_answer_too(
    kept_run: Run, answer: Finding, capsys: pytest.CaptureFixture[str]
) -> None:
    """Quiet is about the screen; that nothing could be kept is said all the same."""
    labelled = dataclasses.replace(answer, label="quiet")
    deliver(labelled, quiet=True, json=False, keep=True, result=kept_run.folder)
    assert (folder_of(kept_run.folder) / "reserve-quiet.json").exists()
    assert capsys.readouterr() == ("", "")
    stranger = dataclasses.replace(labelled, fingerprint="0" * 64)
    deliver(stranger, quiet=True, json=False, keep=True, result=kept_run.folder)
    assert "not kept" in capsys.readouterr().err


def test_the_workbook_shows_findings_exactly(
    kept_run: Run, answer: Finding, tmp_path: Path
) -> None:
    """The sheet Decisions has the sentences and every figure with all its digits; text is text."""
    keep(kept_run.folder, dataclasses.replace(answer, label="book"))
    out = tmp_path / "book.xlsx"
    export([str(kept_run.folder)], ExportOptions("xlsx", out))
    rows = python_calamine.load_workbook(str(out)).get_sheet_by_name("Decisions").to_python()
    cells = [cell for row in rows for cell in row]
    assert {1_234_567.891, 0.9, 1.20456, 13.5, -2.5, 1e-7} <= {
        c for c in cells if isinstance(c, float)
    }
    assert any(str(cell).endswith("for =1+1.") for cell in cells)
    assert "It is not a forecast." in cells
