"""docs/validation.md shows what was measured; `make validation` writes it."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("page", ROOT / "tools" / "validation_page.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_shows_what_was_measured(tool: ModuleType) -> None:
    """Every number between the marks comes from benchmarks/validation/."""
    page = tool.PAGE.read_text(encoding="utf-8")
    assert tool.refreshed(page) == page


def test_nothing_that_was_measured_is_wrong(tool: ModuleType) -> None:
    """Nothing rejected, missed, repeated or broken, and no hostile input did what none may do."""
    found = {path.stem: json.loads(path.read_text("utf-8")) for path in tool.FOLDER.glob("*.json")}
    statistics = found["statistics"]
    for part in {"laws", "rates", "ties", "repeats"} & set(statistics):
        assert statistics[part]["rejected"] == []
    assert statistics["nets"]["missed"] == 0
    for one in statistics.get("repeats", {"samplers": {}})["samplers"].values():
        assert (one["draws"], one["vectors"], one["within"]) == (100_000_000, 0, 0)
    for part in ("spreadsheet", "openturns"):
        assert statistics[part]["worst"] < 4.5
    assert found["soak"]["broken"] == []
    assert found["fuzz"]["found"] == {}
