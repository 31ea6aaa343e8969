"""Every text of the program is translated, and the compiled catalogues are the written ones."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from simulator.render.charts.languages import wording_of

pytest.importorskip("babel")
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """tools/catalogues.py."""
    spec = importlib.util.spec_from_file_location("catalogues", ROOT / "tools" / "catalogues.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("language", ["fr", "zh"])
def test_nothing_is_missing(tool: ModuleType, language: str) -> None:
    """Each text has a translation with the same fields; `make catalogues` names what has not."""
    assert list(tool.faults(tool.catalogue(language))) == []


@pytest.mark.parametrize("language", ["fr", "zh"])
def test_the_files_are_up_to_date(tool: ModuleType, language: str) -> None:
    """As `make catalogues` would write them."""
    made = tool.catalogue(language)
    assert (tool.FOLDER / f"{language}.po").read_bytes() == tool.po(made)
    assert (tool.FOLDER / f"{language}.mo").read_bytes() == tool.mo(made)


def test_a_missing_translation_is_found(tool: ModuleType) -> None:
    """So that the tests above can fail."""
    made = tool.catalogue("fr")
    made.add("A new text with {field}", "")
    made.add("Another {one}", "Un autre {two}")
    assert [fault.split(":")[1].split(" of")[0].strip() for fault in tool.faults(made)] == [
        "no translation",
        "other fields in the translation",
    ]


def test_languages_say_it_in_their_words() -> None:
    """And write numbers in their way; a text without a translation stays as it is."""
    assert wording_of("fr").translate("Contents") == "Sommaire"
    assert wording_of("zh").translate("Contents") == "目录"
    assert wording_of("en").translate("Contents") == "Contents"
    assert wording_of("fr").translate("approved") == "approved"
    with pytest.raises(KeyError):
        wording_of("de")
