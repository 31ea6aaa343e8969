"""The examples in docs/scenarios.md are scenarios, and do what the page says."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from xlsxwriter import Workbook

from simulator.scenario.exchange import RandomWalk
from simulator.scenario.read import read_scenario
from simulator.scenario.shape import keys_at
from simulator.sheets.numerals import Marks

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"```toml\n# (\S+\.toml)\n(.*?)```", PAGE, re.DOTALL))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped examples, and those of the page beside them."""
    folder = tmp_path / "examples"
    shutil.copytree(ROOT / "scenarios" / "examples", folder)
    for name, content in EXAMPLES.items():
        (folder / name).write_text(content, encoding="utf-8")
    _write_workbook(folder / "committee.xlsx")
    return folder


def table() -> list[list[str]]:
    """The rows of the page's table of pledges, the header first."""
    found = re.search(r"sheet \*Promesses\*.*?\n\n(.*?)\n\n", PAGE, re.DOTALL)
    assert found is not None
    rows = [line.strip("| ").split(" | ") for line in found[1].splitlines()]
    return [rows[0], *rows[2:]]


def _write_workbook(path: Path) -> None:
    """The page's table as a workbook: numbers typed as text, as on the page, truth as truth."""
    with Workbook(path) as book:
        book.add_worksheet("Notes").write(0, 0, "not this one")
        sheet = book.add_worksheet("Promesses")
        for at, row in enumerate(table()):
            for column, cell in enumerate(row):
                if cell == "VRAI":
                    sheet.write_boolean(at, column, True)
                else:
                    sheet.write_string(at, column, cell)


def test_the_example_changes_what_it_says(folder: Path) -> None:
    """Entries are changed, removed and added; everything else is the parent's."""
    scenario, base = (
        read_scenario(folder / f"{name}.toml") for name in ("weak-dollar", "three-parents")
    )
    assert scenario.name == "weak-dollar"
    assert [(one.name, str(one.probability.value)) for one in scenario.pledges] == [
        ("open-EUR", "1"), ("project-USD", "0.1"),
    ]  # fmt: skip
    assert sum(post.posts for post in scenario.posts) == sum(post.posts for post in base.posts) + 1
    assert len(scenario.posts) == len(base.posts)
    growth = [item.name for item in scenario.lines["travel"].growth]
    assert growth == ["fewer meetings", "training on the new station"]
    assert scenario.parents["South"].policy.kind == "recosted"
    assert scenario.parents["South"].share == base.parents["South"].share
    assert (scenario.sampling, scenario.exchange) == (base.sampling, base.exchange)


def test_the_law_file_replaces_the_law(folder: Path) -> None:
    """The child starts a month later, with nothing of the older law."""
    scenario = read_scenario(folder / "november.toml")
    assert isinstance(scenario.exchange, RandomWalk)
    assert scenario.exchange.volatility["eur_per_usd"].assumption is False
    start = scenario.rates["eur_per_gbp"].start
    assert start is not None
    assert str(start.value) == "1.139"
    assert str(scenario.months[0]) == "2025-12"


def test_the_workbook_of_the_page_is_read(folder: Path) -> None:
    """French headers, decimal commas and thousands set apart, from the sheet that is named."""
    pledges = read_scenario(folder / "from-a-workbook.toml").pledges
    assert [(one.name, one.currency, str(one.amount.value)) for one in pledges] == [
        ("open-EUR", "EUR", "900"), ("project-USD", "USD", "1250.5"),
    ]  # fmt: skip
    assert [str(one.received[2026].value) for one in pledges] == ["1", "0.75"]
    assert all(one.assumption for one in pledges)


@pytest.mark.parametrize(
    ("text", "plain"),
    [("1.5", "1.5"), ("0,125", "0.125"), ("1 234,567", "1234.567"), ("1.234.567", "1234567"),
     ("1.234", ""), ("1,234", ""), ("1.2340", "1.2340"), ("1'234", "1234")],
)  # fmt: skip
def test_the_numbers_of_the_page_have_the_readings_it_says(text: str, plain: str) -> None:
    """One reading, or two and then none."""
    assert f"`{text}`" in PAGE
    assert Marks().read(text).plain == plain
    assert (Marks(",").read("1.234").plain, Marks(";").read("1,234").plain) == ("1.234", "1.234")


def test_the_page_names_keys_that_exist() -> None:
    """A key in code type is a key of the model or of a layer."""
    for key in ("name", "title", "description", "published", "pledges", "exchange", "inflation"):
        assert f"`{key}" in PAGE
        assert key in (keys_at(()) or ())
