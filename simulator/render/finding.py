"""A finding on a terminal and for a program; `said` and `shown` serve workbook and report too."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from simulator.findings import Cell, Finding, Heading, Listing, Sentence, Value, fields_of
from simulator.render.columns import Figure, Line, Sheet, plain, stacked, wrapped
from simulator.render.figures import NOTHING, SPACE, Amounts, grouped, percent, rate, scale_word
from simulator.units import is_currency

SIGNIFICANT = 6
_NUMBER = re.compile(r"\{(\w+)(?::(\w+))?\}")

Translate = Callable[[str], str]


def as_it_is(text: str) -> str:
    """The translation into the language that findings are written in."""
    return text


def said(
    sentence: Sentence, finding: Finding, translate: Translate = as_it_is, decimal: str = "."
) -> str:
    """A sentence in words, its numbers as the scenario prints amounts."""
    kinds = dict(fields_of(sentence.template))
    texts = {n: shown(v, kinds[n], finding, translate, decimal) for n, v in sentence.values.items()}
    return _NUMBER.sub(lambda match: texts[match[1]], translate(sentence.template))


def shown(
    value: Value | None,
    kind: str,
    finding: Finding,
    translate: Translate = as_it_is,
    decimal: str = ".",
) -> str:
    """A value as its kind is written, with this decimal mark; a dash where there is none."""
    if value is None:
        return NOTHING
    if isinstance(value, tuple):
        amount, currency = value
        if kind == "quantity" and not is_currency(currency):
            return _quantity(amount, currency, finding).replace(".", decimal)
        unit = translate(scale_word(finding.unit, "{currency}")).replace("{currency}", currency)
        figure = Amounts(finding.unit, finding.digits)(amount).replace(".", decimal)
        return f"{figure}{SPACE}{unit}"
    if isinstance(value, str):
        return _word(value, translate) if kind == "text" else value
    return _number(float(value), kind, finding).replace(".", decimal)


def _quantity(value: float, unit: str, finding: Finding) -> str:
    """A number that is no money, with its unit behind unless that is 1."""
    if unit == "1":
        return _number(value, "share", finding)
    return f"{_number(value, 'rate' if '/' in unit else 'figure', finding)}{SPACE}{unit}"


def _word(text: str, translate: Translate) -> str:
    """A word of the program, with or without underscores; a name stays as it is."""
    for known in (text, text.replace("_", " ")):
        if translate(known) != known:
            return translate(known)
    return text


def _number(value: float, kind: str, finding: Finding) -> str:
    if kind == "amount":
        return Amounts(finding.unit, finding.digits)(value)
    if kind == "share":
        return percent(value)
    if kind == "rate":
        return rate(value)
    if kind == "whole":
        return grouped(value, 0)
    return significant(value)


def significant(value: float, digits: int = SIGNIFICANT) -> str:
    """A number to so many significant digits, without zeros that say nothing."""
    if value == 0 or not math.isfinite(value):
        return grouped(value, 0)
    after = digits - 1 - math.floor(math.log10(abs(value)))
    if after <= 0:
        return grouped(value, 0)
    text = grouped(Decimal(repr(value)), after)
    return text.rstrip("0").rstrip(".")


def heading_of(heading: Heading, finding: Finding, translate: Translate = as_it_is) -> str:
    """The title of a column with its unit behind: "reserve, thousand XYZ"."""
    title = translate(heading.title)
    if heading.kind == "amount":
        unit = translate(scale_word(finding.unit, "{currency}"))
        return f"{title}, {unit.replace('{currency}', heading.unit)}"
    if heading.unit:
        return f"{title}, {translate(heading.unit)}"
    return title


def finding_document(finding: Finding) -> dict[str, Any]:
    """A finding as JSON: every value with all its digits, and every sentence said."""
    document = dataclasses.asdict(finding)
    for part in ("sentences", "warnings"):
        for one, sentence in zip(document[part], getattr(finding, part), strict=True):
            one["text"] = said(sentence, finding).replace(SPACE, " ")
    return document


@dataclass(frozen=True, slots=True)
class FindingPage:
    """A finding on a terminal: what was found in sentences, the tables, and what it is not."""

    finding: Finding

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        finding, width = self.finding, options.max_width
        yield from wrapped(finding.title, width, then="", style="bold")
        yield plain("")
        for sentence in finding.sentences:
            yield from wrapped(said(sentence, finding), width, then="")
        for listing in finding.listings:
            yield plain("")
            yield from listing_lines(listing, finding, width)
        if finding.warnings:
            yield plain("")
        for warning in finding.warnings:
            yield from wrapped(f"! {said(warning, finding)}", width)


def title_of(listing: Listing, translate: Translate = as_it_is) -> str:
    """The title of a table, and whose it is."""
    title = translate(listing.title)
    if not listing.about:
        return title
    return translate("{what}: {which}").format(what=title, which=translate(listing.about))


def listing_lines(listing: Listing, finding: Finding, width: int) -> Iterator[Text]:
    """A table in lines; one too wide comes in pieces that repeat the first columns of words."""
    yield from wrapped(title_of(listing), width, then="", style="bold")
    names = _label_columns(listing)
    rows = [
        (_label(row[:names], listing, finding), dict(_cells(row, names, listing, finding)))
        for row in listing.rows
    ]
    figures = [
        Figure(str(i), stacked(heading_of(heading, finding)))
        for i, heading in enumerate(listing.headings)
        if i >= names
    ]
    title = ", ".join(heading_of(heading, finding) for heading in listing.headings[:names])
    sheet = Sheet(title, figures, [Line(label, cells or {"": ""}) for label, cells in rows])
    for i, bank in enumerate(sheet.banks(width)):
        if i:
            yield plain("")
        yield from bank.text_lines(max(width, 10_000))
    if listing.note is not None:
        yield from wrapped(said(listing.note, finding), width, then="")


def _label_columns(listing: Listing) -> int:
    """How many columns of words stand at the left; at least one column names the row."""
    count = 0
    for heading in listing.headings:
        if heading.kind not in ("text", "date"):
            break
        count += 1
    return max(count, 1)


def _label(row: tuple[Cell, ...], listing: Listing, finding: Finding) -> str:
    kinds = [heading.kind for heading in listing.headings]
    texts = [shown(value, kind, finding) for value, kind in zip(row, kinds, strict=False)]
    return ", ".join(text for text in texts if text)


def _cells(
    row: tuple[Cell, ...], names: int, listing: Listing, finding: Finding
) -> Iterator[tuple[str, str]]:
    for i, (value, heading) in enumerate(zip(row, listing.headings, strict=True)):
        if i >= names:
            yield str(i), shown(value, heading.kind, finding)
