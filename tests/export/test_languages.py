"""The five languages say the same things."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from simulator.render.languages import LOCALES, words_of

ROOT = Path(__file__).resolve().parents[2]
SOURCE = Path("/work/shared/reference/A-62-6-Sect13-Add1.zh.txt")


def fields(text: str) -> list[str]:
    """Names of the fields of a text."""
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_key_stands_in_every_language(locale: str) -> None:
    """With the same fields, and with words in it."""
    english, other = words_of("en").texts, words_of(locale).texts
    assert set(english) == set(other)
    assert [k for k in english if fields(english[k]) != fields(other[k])] == []
    assert [k for k, text in other.items() if not text.strip()] == []


def test_every_key_that_the_sheets_use_is_there() -> None:
    """No sheet asks for a word that no catalogue has, and none stands there unused."""
    texts = words_of("en").texts
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for path in (ROOT / "simulator" / "render" / "workbook").glob("*.py")
    )
    used = set(re.findall(r'words\(\s*"([a-z0-9_]+)"', code))
    used |= set(re.findall(r'title\(words, "([a-z_]+)"', code))
    assert used <= set(texts)
    quoted = set(re.findall(r"[\"']([a-z0-9_]+)[\"']", code))
    prefixes = ("about_", "change_", "driver_", "head_", "legend_", "row_", "stage_")
    unused = [k for k in texts if k not in quoted and not k.startswith(prefixes)]
    assert unused == []


@pytest.mark.skipif(not SOURCE.exists(), reason="the document's text is not on this machine")
@pytest.mark.parametrize(
    "key", ["cascade_title", "posts_title", "row_posts", "row_non_posts", "row_total", "row_income"]
)
def test_chinese_titles_are_those_of_the_document(key: str) -> None:
    """Table titles and rows stand in the source as they are exported."""
    assert words_of("zh")(key) in SOURCE.read_text(encoding="utf-8")


def test_an_unknown_language_is_refused() -> None:
    """Only the five are known."""
    with pytest.raises(KeyError):
        words_of("de")
