"""docs/plots.md shows what `sim plot` makes today; `make readme` makes it again."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def said(drawing: Path) -> list[str]:
    """Every text of a drawing and its description: where they stand depends on the fonts here."""
    text = drawing.read_text(encoding="utf-8")
    return re.findall(r'aria-label="([^"]+)"', text) + re.findall(r"<text [^>]*>([^<]+)<", text)


def test_the_page_shows_real_outputs_and_pictures(tmp_path: Path) -> None:
    """Every command prints what stands below it and draws the picture that follows."""
    spec = importlib.util.spec_from_file_location("readme", ROOT / "tools" / "readme.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    text = (ROOT / "docs" / "plots.md").read_text(encoding="utf-8")
    assert len(tool.commands(text)) == 8
    assert tool.refreshed(text, tmp_path) == text
    made = sorted(path.name for path in tmp_path.iterdir())
    assert made == sorted(path.name for path in (ROOT / "docs" / "pictures").iterdir())
    for name in made:
        assert said(tmp_path / name) == said(ROOT / "docs" / "pictures" / name), name
