"""Headers in English, French and Chinese: the catalogue is complete and says one thing a word."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from simulator.history import csv_prices, csv_rates
from simulator.scenario.csv_lists import SECTIONS
from simulator.scenario.shape import entry_types, is_model, types_at
from simulator.sheets.words import (
    FIELDS,
    LANGUAGES,
    WORDS,
    column_label,
    field_of,
    folded,
    header_of,
)

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT.parent / "shared" / "reference" / "A-62-6-Sect13-Add1.zh.txt"
VARIANTS = {"notes", "comments", "license"}  # of note, comment and licence


def names_below(types: tuple[Any, ...]) -> Iterator[str]:
    """Every key that a column of these types may have in its name."""
    for one in types:
        if is_model(one):
            for name in one.model_fields:
                yield name
                yield from names_below(types_at((name,), one))


def wanted() -> set[str]:
    """Every word that a header may have: fields of lists, columns of rates and of inflation."""
    lists = {name for section in SECTIONS for name in names_below(entry_types(section))}
    rates = {"month", "date", "currency", "base", "pair", "rate", "kind", "known_on"}
    prices = {"year", "currency", "country", "inflation", "inflation_pct"}
    return lists | rates | prices | ({*csv_rates.IGNORED, *csv_prices.IGNORED} - VARIANTS)


def test_every_field_has_words_and_every_word_a_field() -> None:
    """Nothing that a header may say is missing, and nothing in the catalogue is idle."""
    assert wanted() == set(WORDS)


def test_each_language_has_a_word_for_each_field() -> None:
    """French and Chinese words for all; a Chinese one unless letters are used there too."""
    for field, (french, chinese) in WORDS.items():
        assert french, field
        assert chinese, field
        assert all(re.search(r"[\u4e00-\u9fff]", word) for word in chinese), field


def test_no_word_means_two_fields() -> None:
    """Across all languages; the same word for the same field in two languages is fine."""
    pairs = {
        (folded(word), field)
        for field, languages in WORDS.items()
        for word in (field, *languages[0], *languages[1])
    }
    assert [word for word, times in Counter(word for word, _ in pairs).items() if times > 1] == []
    assert len(FIELDS) == len(pairs)


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Reçu.2031", "received.2031"), ("RECU.2031", "received.2031"),
        ("收到.2031", "received.2031"), ("职等", "grade"), ("Classe antérieure", "from_grade"),
        ("From Office", "from_office"), ("montant.p10", "amount.p10"),
        ("数额.计划评审.最小值", "amount.pert.min"), ("eur_per_usd", "eur_per_usd"),
        ("Sonstiges", "Sonstiges"), ("", ""), (" Étape ", "stage"),
    ],
)  # fmt: skip
def test_a_header_names_a_field(header: str, field: str) -> None:
    """Part by part, without regard to capitals, accents and spaces."""
    assert field_of(header) == field


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_header_that_is_written_is_read(language: str) -> None:
    """`header_of` and `field_of` are inverse in every language."""
    for field in (*WORDS, "amount.pert.min", "received.2031"):
        assert field_of(header_of(field, language)) == field


def test_a_label_shows_the_header_when_it_differs() -> None:
    """A message names the field, and the cell as the user wrote it."""
    assert column_label("grade", "grade") == "grade"
    assert column_label("grade", "职等") == 'grade ("职等")'


@pytest.mark.skipif(not DOCUMENT.exists(), reason="the Chinese budget document is not here")
@pytest.mark.parametrize("field", ["posts", "grade", "office", "fund", "amount", "currency"])
def test_the_chinese_words_are_those_of_the_budget_document(field: str) -> None:
    """Where the document has a word for it."""
    text = DOCUMENT.read_text(encoding="utf-8")
    assert WORDS[field][1][0] in text
