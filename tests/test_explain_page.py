"""docs/explain.md shows what `sim explain` prints today; `make readme` rewrites it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_the_page_shows_real_output() -> None:
    """Every command on the page prints what stands below it."""
    spec = importlib.util.spec_from_file_location("readme", ROOT / "tools" / "readme.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    text = (ROOT / "docs" / "explain.md").read_text(encoding="utf-8")
    assert len(tool.commands(text)) == 2
    assert tool.refreshed(text) == text
