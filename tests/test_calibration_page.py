"""docs/calibration.md shows what the program prints, and says what the tables say."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "calibration.md").read_text(encoding="utf-8")


@pytest.fixture
def tool(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """tools/calibration_page.py, which imports its neighbour."""
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    import calibration_page

    return calibration_page


def test_the_page_has_every_table(tool: ModuleType) -> None:
    """A vintage and a walk-forward, with and without the long history, and inflation."""
    found = [match["command"] for match in tool.BLOCK.finditer(PAGE)]
    kinds = [(command.split()[1], tool.is_long(command)) for command in found]
    assert kinds == [
        ("calibrate", False), ("calibrate", True), ("backtest", False), ("backtest", True),
        ("backtest", False),
    ]  # fmt: skip
    assert all(match["output"].strip() for match in tool.BLOCK.finditer(PAGE))


def test_the_page_shows_real_output(tool: ModuleType) -> None:
    """What rests on daily rates and the program's own table is as printed today."""
    assert tool.refreshed(PAGE, lambda command: not tool.is_long(command)) == PAGE


@pytest.mark.soak
def test_the_page_shows_real_output_of_the_long_history(tool: ModuleType) -> None:
    """So is what rests on the long monthly history, where it is there."""
    if not (tool.SHARED / tool.HISTORY).is_file():
        pytest.skip("../shared/data is not there: it is not part of the repository")
    assert tool.refreshed(PAGE, tool.is_long) == PAGE


def test_without_the_long_history_its_tables_stay(
    tool: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nothing is lost where the file is not there."""
    monkeypatch.setattr(tool, "SHARED", tmp_path)
    commands = [match["command"] for match in tool.BLOCK.finditer(PAGE)]
    assert [tool.can_run(command) for command in commands] == [True, False, True, False, True]
    assert tool.refreshed(PAGE, lambda _: False) == PAGE


def _rows(text: str, heading: str) -> dict[str, list[str]]:
    """The rows below a heading of a table of scores, by law; blanks of figures aside."""
    lines = text.split(f"\n{heading}\n")[1].splitlines()
    rows: dict[str, list[str]] = {}
    for line in lines:
        if not line.startswith("  "):
            break
        law, *cells = re.split(r"\s{2,}", line.strip())
        rows[law] = cells
    return rows


def test_the_tables_show_what_the_page_claims() -> None:
    """Ratios, coverage inside the band, and independence outside, in every table of scores."""
    tables = [
        part for part in PAGE.split("```") if "perfect forecaster" in part and "$ sim" in part
    ]
    assert len(tables) == 2
    for table in tables:
        for target, most in (("year", 0.97), ("biennium", 0.95)):
            rows = _rows(table, f"{target}, all rates")
            assert 0.75 < float(rows["blended"][2]) <= most
            bands = [band.strip("[]").split("–") for band in rows["perfect forecaster"]]
            for place in (1, 2):  # 80 and 90 %
                low, high = (float(end) for end in bands[place])
                assert low <= float(rows["blended"][3 + place]) <= high
            basket = _rows(table, f"{target}, the basket of all rates")
            low = float(basket["perfect forecaster"][2].strip("[]").split("–")[0])
            assert float(basket["blended"][5]) >= low
            assert float(basket["blended, independent"][5]) < low
