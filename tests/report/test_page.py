"""The report says what is stored, in every language, and nothing in it is loaded or run."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from simulator.errors import InputError
from simulator.render.summary import Summary
from simulator.runs.report import ReportOptions, report
from simulator.runs.verify import verify
from simulator.store.result import Run
from simulator.units import round_half_up

Written = Callable[..., Path]
Parsed = Callable[[Path], Any]
LANGUAGES = ("en", "fr", "zh")
SIZE, SPACE = 2_500_000, "\u00a0"


def as_printed(value: float, unit: str, statistic: str, lang: str) -> str:
    """A stored number as the page should print it, worked out without the page's own code."""
    digits, after = 1, ""
    if statistic.startswith(("exceeds:", "driver:")) or unit == "1":
        value, after = 100 * value, "%" if lang == "zh" else f"{SPACE}%"
    elif unit == "count":
        digits = 0
    else:
        value /= 1000
    rounded = round_half_up(Decimal(repr(value)), Decimal(1).scaleb(-digits))
    text = f"{abs(rounded):,.{digits}f}".replace(",", SPACE)
    text = text.replace(".", "," if lang == "fr" else ".")
    return ("−" if rounded < 0 else "") + text + after


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("count", [1, 2])
def test_every_keyed_number_is_the_stored_one(
    written: Written, parsed: Parsed, runs: tuple[Run, Run], lang: str, count: int
) -> None:
    """To its printed digits, in sentences and in tables."""
    stored = {run.manifest.scenario: Summary(run.summary()) for run in runs}
    page = parsed(written(count, lang))
    assert len(page.keyed) > 250 * count
    for key, text in page.keyed:
        name, output, period, stage, statistic = key.split("|")
        cell = stored[name].get(output, period, stage)
        assert cell is not None, key
        assert text == as_printed(cell[statistic], cell.unit, statistic, lang), key


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_link_leads_somewhere(written: Written, parsed: Parsed, lang: str) -> None:
    """And no place has two."""
    page = parsed(written(2, lang))
    assert [name for name, times in Counter(page.ids).items() if times > 1] == []
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)
    assert all(link.startswith("#") for link in page.links)


@pytest.mark.parametrize("form", ["html", "pdf-ready"])
def test_nothing_is_loaded(written: Written, parsed: Parsed, form: str) -> None:
    """No address of anything else; a policy says so to the browser as well."""
    path = written(1, "en", form)
    page = parsed(path)
    assert page.addresses == []
    assert "link" not in page.tags
    text = path.read_text(encoding="utf-8")
    assert "default-src 'none'" in text
    assert re.findall(r"(?:src|href)=[\"']?https?:", text) == []
    assert set(re.findall(r"https?://[^\"'\s<]+", text)) <= {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }


def test_a_report_of_two_results_is_small(written: Written) -> None:
    """Small enough to be mailed."""
    for lang in LANGUAGES:
        assert written(2, lang).stat().st_size < SIZE


def test_the_same_results_give_the_same_bytes(
    written: Written, folders: tuple[Path, Path], tmp_path: Path
) -> None:
    """No clock and no chance in it."""
    again = report([str(f) for f in folders], ReportOptions(tmp_path / "again.html"))
    assert again.read_bytes() == written(2).read_bytes()


def test_more_and_less_are_said_as_they_are(
    written: Written, parsed: Parsed, runs: tuple[Run, Run]
) -> None:
    """The mean against the proposal, for each parent and currency, with the right sign."""
    text = " ".join(parsed(written(1)).words.split())
    told = re.findall(r"on average it is ([\d .]+) thousand (\w+) (more|less) than proposed", text)
    run = runs[0]
    summary = Summary(run.summary())
    stage = "second_performance"
    wanted = []
    for parent, currencies in (("UN", ("USD", "CHF")), ("WTO", ("CHF",))):
        for currency in currencies:
            output = f"contribution_{currency.lower()}.{parent}"
            cell = summary.get(output, "2008-2009", stage)
            proposal = summary.get(output, "2008-2009", "proposed")
            assert cell is not None
            assert proposal is not None
            gap = cell["mean"] - proposal["central"]
            size = as_printed(abs(gap), currency, "mean", "en").replace(SPACE, " ")
            wanted.append((size, currency, "more" if gap > 0 else "less"))
    assert told == wanted


def test_ceilings_hold_the_probabilities_that_are_stored(
    written: Written, runs: tuple[Run, Run]
) -> None:
    """At what was proposed, the very part of the draws; elsewhere, counted from the draws."""
    text = written(1).read_text(encoding="utf-8")
    match = re.search(r'id="ceiling-data">(.*?)</script>', text, re.DOTALL)
    assert match is not None
    data = json.loads(match[1])
    assert len(data["choices"]) == 3 * 3 * 3  # outputs, periods, stages
    own = data["choices"][0]
    assert (own["parent"], own["currency"]) == ("United Nations", "thousand USD")
    values = runs[0].column("contribution_usd.UN")
    for amount, above in zip(own["amounts"], own["above"], strict=True):
        assert above == int((values > amount * 1000).sum())
    cell = Summary(runs[0].summary()).get("contribution_usd.UN", "2008-2009", "second_performance")
    assert cell is not None
    at = own["marks"]["proposed"]
    assert own["above"][at] / own["draws"] == cell["exceeds:proposed"]
    assert own["texts"][at] == f"28{SPACE}771.8"


def test_markup_in_names_is_text(hostile: Path, parsed: Parsed, tmp_path: Path) -> None:
    """Titles, parents and windows with markup, quotes and right-to-left text."""
    pytest.importorskip("vl_convert")
    path = report([str(hostile)], ReportOptions(tmp_path / "hostile.html"))
    page = parsed(path)
    assert page.tags.count("script") == 2  # the data and ours
    assert "img" not in page.tags
    assert "<script>alert('title')</script> & \"quotes\"" in page.words
    assert "<img src=x onerror=alert(1)>" in page.words
    text = path.read_text(encoding="utf-8")
    assert "<bdi>منظمة" in text
    text = report([str(hostile)], ReportOptions(tmp_path / "hostile.md", form="md")).read_text()
    assert "\\<script\\>" in text
    assert "<img" not in text.replace("\\<", "")


def test_the_text_holds_the_same_sentences(written: Written, parsed: Parsed) -> None:
    """Markdown for a mail: the same answer and the same tables."""
    text = written(1, "en", "md").read_text(encoding="utf-8")
    assert "The contribution of United Nations for 2008-2009 will most likely be about" in text
    assert "| Net, shared by the parents | 67" in text.replace("**", "")
    assert text.count("\n| ") > 100


def test_a_page_to_print_has_no_scripts_and_open_tables(written: Written) -> None:
    """Everything is on paper."""
    text = written(1, "en", "pdf-ready").read_text(encoding="utf-8")
    assert "<script" not in text
    assert text.count("<details open>") == text.count("<details")
    assert "prefers-color-scheme: dark" not in text


def test_a_report_can_be_verified(written: Written) -> None:
    """By its seal; it names its runs."""
    checks = verify(written(2), ledger=Path("nowhere.jsonl"))
    assert [check.holds for check in checks] == [True]
    path = written(2)
    changed = path.read_text(encoding="utf-8").replace("30", "31", 1)
    other = path.with_name("changed.html")
    other.write_text(changed, encoding="utf-8")
    assert [check.holds for check in verify(other, ledger=Path("nowhere.jsonl"))] == [False]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (ReportOptions(lang="de"), "one of en, fr, zh is wanted"),
        (ReportOptions(form="pdf"), "one of html, pdf-ready, md is wanted"),
        (ReportOptions(Path("x.pdf")), "a file name that ends in .html"),
    ],
)
def test_what_cannot_be_had_is_refused(
    folders: tuple[Path, Path], options: ReportOptions, words: str
) -> None:
    """Before anything is read or written."""
    with pytest.raises(InputError, match=re.escape(words)):
        report([str(folders[0])], options)


def test_a_file_that_exists_is_not_overwritten(folders: tuple[Path, Path], tmp_path: Path) -> None:
    """Unless it is asked for."""
    (tmp_path / "r.md").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="--force"):
        report([str(folders[0])], ReportOptions(tmp_path / "r.md", form="md"))
    report([str(folders[0])], ReportOptions(tmp_path / "r.md", form="md", force=True))
    assert (tmp_path / "r.md").read_text(encoding="utf-8").startswith("# ")
