"""A workbook under way: formats, names of sheets and cells, and what makes it safe and exact.

XlsxWriter writes numbers with 16 digits, which loses a bit of every second float64; raises on NaN;
and takes text that begins with "=" for a formula. `Book` and `Page` are the only doors to it, and
do none of that. Nothing here looks at a clock: two equal workbooks are equal byte for byte.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.worksheet import Worksheet

from simulator.render.languages import Words
from simulator.render.workbook.page import Page
from simulator.render.workbook.styles import COLUMN_FONT, Style
from simulator.render.workbook.target import Target

MAX_ROWS = 1_048_576
"""Rows of a sheet; XlsxWriter drops what lies beyond without a word, so nothing may."""

MAX_NAME = 31
FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
FOOTER_LIMIT = 255


class ExactSheet(Worksheet):  # type: ignore[misc]  # XlsxWriter has no types
    """A sheet whose numbers read back to the same bits."""

    def _xml_number_element(self, number: float, attributes: Any = ()) -> None:  # noqa: ANN401
        attr = "".join(f' {key}="{value}"' for key, value in attributes)
        self.fh.write(f"<c{attr}><v>{number!r}</v></c>")


class Book:
    """A workbook at `path`: pages in order, cell names without collision, one footer for all."""

    def __init__(
        self, path: Path, words: Words, *, created: dt.date, title: str, footer: str
    ) -> None:
        options = {"strings_to_formulas": False, "strings_to_urls": False, "use_zip64": True}
        self._target = Target(path)
        self._workbook = Workbook(self._target, options)
        self._workbook.worksheet_class = ExactSheet
        self.words = words
        day = dt.datetime(created.year, created.month, created.day)  # noqa: DTZ001 - a date, no clock
        self._workbook.set_properties({"title": title[:255], "created": day})
        self._workbook.set_calc_mode("auto")
        self._footer = footer
        self._formats: dict[Style, Any] = {}
        self._sheets: set[str] = set()
        self._names: set[str] = set()
        self._pages: list[Page] = []

    def footer_of(self, footer: str) -> None:
        """What stands at the foot of the pages that are made from now on."""
        self._footer = footer

    def page(self, title: str, *, sheet_class: Any = None) -> Page:  # noqa: ANN401
        """A new sheet at the end, named after its title."""
        name = self._sheet_name(title)
        sheet = self._workbook.add_worksheet(name, sheet_class or ExactSheet)
        page = Page(self, sheet, name, footer_text(self._footer))
        self._pages.append(page)
        return page

    def _sheet_name(self, title: str) -> str:
        """At most 31 characters (as the format counts them), none forbidden, unlike all others."""
        plain = FORBIDDEN.sub(" ", title).strip().strip("'").strip() or "Sheet"
        name, number = cut(plain, MAX_NAME), 1
        while name.casefold() in self._sheets or name.casefold() == "history":
            number += 1
            ending = f" ({number})"
            name = cut(plain, MAX_NAME - len(ending)).rstrip() + ending
        self._sheets.add(name.casefold())
        return name

    def name_cell(self, key: str, reference: str) -> str:
        """Give a cell a name made from `key`; returns the name, which no other cell has."""
        plain = re.sub(r"[^A-Za-z0-9_]", "_", key)[:200]
        plain = f"_{plain}" if plain[:1].isdigit() else plain
        name, number = plain, 1
        while name.casefold() in self._names:
            number += 1
            name = f"{plain}__{number}"
        self._names.add(name.casefold())
        if self._workbook.define_name(name, f"={reference}") != 0:
            raise ValueError(f"{name!r} cannot name a cell")
        return name

    def format(self, style: Style) -> Any:  # noqa: ANN401 - XlsxWriter has no types
        """The workbook's format of a style, made once."""
        if style not in self._formats:
            self._formats[style] = self._workbook.add_format(
                {**COLUMN_FONT, **style.properties(self.words)}
            )
        return self._formats[style]

    def chart(self, kind: str, subtype: str = "") -> Any:  # noqa: ANN401 - XlsxWriter has no types
        """An empty native chart."""
        options: Mapping[str, str] = {"type": kind, **({"subtype": subtype} if subtype else {})}
        return self._workbook.add_chart(dict(options))

    def close(self) -> None:
        """Finish every page and write the file. Raises OSError for the disk."""
        try:
            for page in self._pages:
                page.finish()
            self._workbook.close()
        except FileCreateError as error:
            raise OSError(*error.args[0].args) from error
        finally:
            self._target.close()


def cut(text: str, length: int) -> str:
    """`text` cut to so many UTF-16 units, the way the format counts; no character is split."""
    used, kept = 0, []
    for char in text:
        used += 1 if ord(char) < 0x10000 else 2
        if used > length:
            break
        kept.append(char)
    return "".join(kept)


def footer_text(text: str) -> str:
    """A footer on the left, pages on the right; `&` is a command in footers unless doubled."""
    left, right = "&L&8 ", "&R&8&P / &N"  # the space keeps a digit of the text out of the size
    doubled = re.sub(r"[\x00-\x1f]", " ", text).replace("&", "&&")
    kept = cut(doubled, FOOTER_LIMIT - len(left) - len(right))
    if (len(kept) - len(kept.rstrip("&"))) % 2:  # a pair was cut in two
        kept = kept[:-1]
    return left + kept + right
