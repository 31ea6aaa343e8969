"""Bring the catalogues of translations up to date with the words of the program.

    make catalogues

Words that pages show pass through `_(…)`, or are the first argument of a `Sentence`, a `Heading`
and so on. They are extracted, merged into `simulator/render/catalogues/LANGUAGE.po`, and compiled
beside it. Texts without a translation are named, and the exit code is 1; a test does the same.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "simulator" / "render" / "catalogues"
LANGUAGES = ("fr", "zh")
KEYWORDS = {"_": None, "translate": None, "Sentence": (1,), "Heading": (1,)}
MADE = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
"""What the head of a compiled catalogue says, so that it is the same every time."""

FIELD = re.compile(r"\{[^}]*\}")


def extracted() -> list[str]:
    """Every text of the program that is to be translated, in order."""
    found = extract_from_dir(
        ROOT / "simulator", [("**.py", "python")], keywords=KEYWORDS, comment_tags=()
    )
    return sorted({str(message) for _file, _line, message, _comments, _context in found})


def catalogue(language: str) -> Catalog:
    """The catalogue as it stands, with every text of the program and no other."""
    path = FOLDER / f"{language}.po"
    known = Catalog(locale=language)
    if path.exists():
        with path.open("rb") as file:
            known = read_po(file, locale=language)
    made = Catalog(
        locale=language, header_comment="", fuzzy=False, creation_date=MADE, revision_date=MADE
    )
    for text in extracted():
        old = known.get(text)
        made.add(text, str(old.string) if old is not None else "")
    return made


def po(made: Catalog) -> bytes:
    """As a catalogue is kept; nothing in it tells when or by whom it was written."""
    out = io.BytesIO()
    write_po(out, made, width=100, omit_header=True, sort_output=True)
    head = b'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    return head + out.getvalue().strip() + b"\n"


def mo(made: Catalog) -> bytes:
    """As a catalogue is read by the program."""
    out = io.BytesIO()
    write_mo(out, made)
    return out.getvalue()


def faults(made: Catalog) -> Iterator[str]:
    """Texts without a translation, or whose translation has other fields."""
    for message in made:
        text, translated = str(message.id), str(message.string or "")
        if not text:
            continue
        if not translated:
            yield f"{made.locale}: no translation of {text!r}"
        elif sorted(FIELD.findall(text)) != sorted(FIELD.findall(translated)):
            yield f"{made.locale}: other fields in the translation of {text!r}"


def main() -> int:
    """Write the catalogues and name what is missing."""
    wrong = []
    for language in LANGUAGES:
        made = catalogue(language)
        (FOLDER / f"{language}.po").write_bytes(po(made))
        (FOLDER / f"{language}.mo").write_bytes(mo(made))
        wrong += faults(made)
    print("\n".join(wrong) or f"{len(extracted())} texts in {', '.join(LANGUAGES)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
