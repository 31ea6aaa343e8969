"""docs/performance.md shows what was measured; `make performance` writes it."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_the_page_shows_what_was_measured() -> None:
    """Every number between the marks comes from benchmarks/performance.json."""
    spec = importlib.util.spec_from_file_location("page", ROOT / "tools" / "performance_page.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    page = tool.PAGE.read_text(encoding="utf-8")
    found = json.loads(tool.FILE.read_text(encoding="utf-8"))
    assert tool.refreshed(page, found) == page
    assert tool.measured(found).count("| sim |") == 3
