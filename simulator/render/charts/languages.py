"""Languages of charts and reports; English is what the program is written in.

The words of the others are gettext catalogues, `render/catalogues/LANGUAGE.po`, which
`make catalogues` extracts, merges and compiles.
"""

from __future__ import annotations

import gettext
from functools import cache
from importlib.resources import files

from simulator.render.charts.wording import Wording, wording
from simulator.render.languages import LANGUAGES


@cache
def catalogue(code: str) -> gettext.NullTranslations:
    """The catalogue of a language of `LANGUAGES`; KeyError for another."""
    if code not in LANGUAGES:
        raise KeyError(code)
    if code == LANGUAGES[0]:
        return gettext.NullTranslations()
    with (files("simulator.render.catalogues") / f"{code}.mo").open("rb") as file:
        return gettext.GNUTranslations(file)


def wording_of(code: str) -> Wording:
    """The words and numbers of a language of `LANGUAGES`; KeyError for another."""
    return wording(code, catalogue(code).gettext)
