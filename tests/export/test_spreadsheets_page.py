"""What docs/spreadsheets.md shows works, as it stands there."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest

from simulator.runs.run import write_run
from simulator.scenario.read import read_scenario
from simulator.store.result import Run, read_run

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "spreadsheets.md").read_text(encoding="utf-8")


def code_under(title: str) -> str:
    """The indented lines under a heading of the page."""
    text = PAGE.partition(f"### {title}\n")[2].partition("\n#")[0]
    return "\n".join(line[4:] for line in text.splitlines() if line.startswith("    "))


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """results/base in a folder of its own, few draws."""
    folder = tmp_path_factory.mktemp("page")
    write_run(
        read_scenario(ROOT / "scenarios" / "base.toml"),
        folder / "results" / "base",
        draws=256,
        threads=1,
    )
    return read_run(folder / "results" / "base")


@pytest.mark.parametrize(
    ("title", "module"),
    [("pyarrow", "pyarrow"), ("DuckDB", "duckdb"), ("polars", "polars"), ("pandas", "pandas")],
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_lines_for_a_program_give_the_stored_column(
    base: Run, monkeypatch: pytest.MonkeyPatch, title: str, module: str
) -> None:
    """Each reads the contribution over the whole period, equal to the bit, in draw order."""
    pytest.importorskip(module, reason=f"{module} is not installed")
    monkeypatch.chdir(base.folder.parent.parent)
    names: dict[str, Any] = {}
    exec(code_under(title), names)  # noqa: S102 - our own page
    assert names["owed"].tolist() == base.column("contribution_usd.UN").tolist()


def test_the_generator_of_the_page_is_the_one_that_is_tested() -> None:
    """The formula shown is the one that LibreOffice computes in the tests."""
    from test_sipmath import GENERATOR

    fields = {"i": "A2", "v": "varId", "e": "entity", "s": "seed3", "t": "seed4"}
    shown = re.findall(r"^        =(\(MOD.*)$", PAGE, re.MULTILINE)
    assert shown == [GENERATOR.format(**fields)]


def test_the_names_that_the_page_shows_are_in_the_workbook(base: Run, tmp_path: Path) -> None:
    """The cell of the budget rate has the name that the page tells to write."""
    sys.path.append(str(Path(__file__).resolve().parent))
    from reading import names, sheets, written

    path = written(tmp_path / "x.xlsx", base, draws=5)
    assert "`rates_chf_per_usd_budget`" in PAGE
    assert "rates_chf_per_usd_budget" in names(path)
    table = re.findall(r"^\| (\w+) \|", PAGE, re.MULTILINE)
    assert set(sheets(path)) == set(table) - {"sheet", "Comparison"}
