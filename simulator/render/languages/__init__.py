"""The words of exports in five languages, and how each writes numbers in text.

A key stands in every language (`tests/render/test_languages.py`); names and titles that a
scenario gives stay as they are.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass

LOCALES = ("en", "fr", "de-CH", "es", "zh")
LANGUAGES = ("en", "fr", "zh")
"""Those of charts and reports, whose words are in `render/catalogues`."""


@dataclass(frozen=True, slots=True)
class Words:
    """A catalogue: `lcid` is the language's number in number formats, in hexadecimal.

    `decimal` is the decimal mark that a spreadsheet of the place reads in a CSV.
    """

    locale: str
    lcid: str
    decimal: str
    texts: Mapping[str, str]

    def __call__(self, key: str, **fields: object) -> str:
        """The text of a key with its fields filled in; KeyError for an unknown key."""
        text = self.texts[key]
        return text.format(**fields) if fields else text

    def has(self, key: str) -> bool:
        """Whether there is such a key."""
        return key in self.texts


def words_of(locale: str) -> Words:
    """The catalogue of one of `LOCALES`; KeyError for another."""
    if locale not in LOCALES:
        raise KeyError(locale)
    module = importlib.import_module(f"{__name__}.{locale.lower().replace('-', '_')}")
    return Words(locale, module.LCID, module.DECIMAL, module.TEXTS)
