"""One sheet: cells, charts with words for those who cannot see them, and a page that prints."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from simulator.render.workbook import styles
from simulator.render.workbook.styles import Style

if TYPE_CHECKING:
    from simulator.render.workbook.book import Book

NOT_AVAILABLE = "n/a"
MAX_TEXT = 32_767
"""Characters of a cell, as the format counts them."""

LINE = 14.5
"""Height of a line of text in points."""

MOST_POINTS = 409.0
"""A row cannot be higher."""

NARROW, WIDE = 8.0, 60.0
PIXELS_A_CHARACTER, PIXELS_A_LINE = 7.0, 20.0


def width_of(text: str) -> float:
    """How many digits wide a text is; a wide character takes two."""
    return sum(2.0 if unicodedata.east_asian_width(c) in "WF" else 1.0 for c in text)


def safe(text: str) -> str:
    """A text that a cell can hold whole, or cut with a mark; surrogates cannot be written."""
    plain = text.encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n")
    if len(plain.encode("utf-16-le")) // 2 <= MAX_TEXT:
        return plain
    return plain.encode("utf-16-le")[: 2 * (MAX_TEXT - 1)].decode("utf-16-le", "ignore") + "…"


class Page:
    """A sheet that is being filled; rows and columns count from 0."""

    def __init__(self, book: Book, sheet: Any, name: str, footer: str) -> None:  # noqa: ANN401
        self.book, self.sheet, self.name, self._footer = book, sheet, name, footer
        self._widths: dict[int, float] = {}
        self._last = [0, 0]
        self._prose: list[tuple[int, str, Style]] = []
        self._freeze: tuple[int, int] | None = None
        self._repeat: tuple[int, int] | None = None
        self._breaks: list[int] = []
        self._heads: list[tuple[int, int, tuple[str, ...]]] = []
        self._wrapped: dict[int, list[tuple[int, str]]] = {}
        self._charts: list[tuple[int, int]] = []
        self._portrait = False
        self._printed: int | None = None
        self._one_wide = True

    # --- Cells ------------------------------------------------------------------------------

    def text(
        self, row: int, column: int, text: str, style: Style = styles.TEXT, *, fits: bool = True
    ) -> None:
        """Text as text, whatever it begins with; `fits` widens the column for it."""
        if fits and width_of(text) > WIDE and style.kind != "head":
            style = style.but(wrap=True)
        self.sheet.write_string(row, column, safe(text), self.book.format(style))
        self._seen(row, column)
        if style.wrap:
            self._wrapped.setdefault(row, []).append((column, text))
        if fits:
            # A heading wraps between words; a narrow column may hold it on several lines.
            parts = text.split() if style.kind == "head" else text.split("\n")
            bold = 1.15 if style.bold or style.kind == "head" else 1.0
            widest = max((width_of(part) for part in parts), default=0) * bold + style.indent
            self._fit(column, widest)

    def number(self, row: int, column: int, value: float, style: Style) -> None:
        """A number with all its bits; what is no number is said in words."""
        if isinstance(value, float) and not math.isfinite(value):
            word = NOT_AVAILABLE if math.isnan(value) else ("∞" if value > 0 else "−∞")
            self.sheet.write_string(row, column, word, self.book.format(style))
        else:
            self.sheet.write_number(row, column, value, self.book.format(style))
        self._seen(row, column)
        self._fit(column, _shown_width(value, style))

    def formula(
        self, row: int, column: int, formula: str, value: float | str, style: Style
    ) -> None:
        """A live formula, with the value that it has now."""
        if isinstance(value, float) and not math.isfinite(value):
            value = NOT_AVAILABLE
        self.sheet.write_formula(row, column, f"={formula}", self.book.format(style), value)
        self._seen(row, column)
        if not isinstance(value, str):
            self._fit(column, _shown_width(value, style))

    def blank(self, row: int, columns: Iterable[int], style: Style) -> None:
        """Empty cells with the look of their row."""
        for column in columns:
            self.sheet.write_blank(row, column, None, self.book.format(style))
            self._seen(row, column)

    def heads(self, row: int, texts: Sequence[str], column: int = 0) -> None:
        """Headings of columns, on as many lines as they need."""
        for i, text in enumerate(texts):
            self.text(row, column + i, text, styles.HEAD)
        self._heads.append((row, column, tuple(texts)))

    def prose(self, row: int, text: str, style: Style = styles.NOTE) -> None:
        """A paragraph over the whole width of the page, on as many lines as it needs."""
        self._prose.append((row, safe(text), style))
        self._last[0] = max(self._last[0], row)

    def title(self, text: str, under: str = "") -> int:
        """The title of the sheet and what stands under it; returns the next free row."""
        self.text(0, 0, text, styles.TITLE, fits=False)
        if under:
            self.prose(1, under)
        return 3

    # --- Places -----------------------------------------------------------------------------

    @property
    def quoted(self) -> str:
        """The sheet's name as a formula writes it."""
        return "'" + self.name.replace("'", "''") + "'"

    def at(self, row: int, column: int) -> str:
        """A cell as a formula of another sheet writes it."""
        return f"{self.quoted}!{xl_rowcol_to_cell(row, column, True, True)}"

    def here(self, row: int, column: int) -> str:
        """A cell as a formula of this sheet writes it."""
        return str(xl_rowcol_to_cell(row, column))

    def column_range(self, column: int, first: int, last: int) -> str:
        """Cells of a column as a formula of another sheet writes them."""
        letter = xl_col_to_name(column, True)
        return f"{self.quoted}!{letter}${first + 1}:{letter}${last + 1}"

    # --- Charts and the printed page --------------------------------------------------------

    def place(
        self,
        row: int,
        column: int,
        chart: Any,  # noqa: ANN401
        alt: str,
        size: tuple[int, int],
    ) -> int:
        """Put a chart of so many pixels there, with words for it; returns the row below it."""
        chart.set_size({"width": size[0], "height": size[1]})
        options = {"description": safe(alt)[:2000], "object_position": 2}
        self.sheet.insert_chart(row, column, chart, options)
        below = row + math.ceil(size[1] / PIXELS_A_LINE) + 1
        self._last[0] = max(self._last[0], below - 1)
        self._charts.append((column, size[0]))
        return below

    def freeze(self, row: int, column: int = 0, repeat: tuple[int, int] | None = None) -> None:
        """Keep the rows above and the columns before in sight; print `repeat` on every page."""
        self._freeze, self._repeat = (row, column), repeat

    def filtered(self, row: int, rows: int, columns: int) -> None:
        """Let the reader choose among the rows of a table below its headings."""
        if rows:
            self.sheet.autofilter(row, 0, row + rows, columns - 1)

    def break_before(self, row: int) -> None:
        """Print what follows on a new page."""
        self._breaks.append(row)

    def reaches(self, row: int) -> None:
        """The sheet has rows down to this one that were not written through the page."""
        self._last[0] = max(self._last[0], row)

    def print_columns(self, count: int) -> None:
        """Print so many columns only; what stands beyond them serves charts."""
        self._printed = count

    def full_size(self) -> None:
        """Print on as many pages side by side as the columns take."""
        self._one_wide = False

    def portrait(self) -> None:
        """Print upright."""
        self._portrait = True

    def wide(self, column: int, width: float) -> None:
        """A column at least so wide."""
        self._widths[column] = max(self._widths.get(column, 0.0), width)

    def _seen(self, row: int, column: int) -> None:
        self._last[0], self._last[1] = max(self._last[0], row), max(self._last[1], column)

    def _fit(self, column: int, width: float) -> None:
        wanted = min(max(width * 1.05 + 1.5, NARROW), WIDE)
        self._widths[column] = max(self._widths.get(column, 0.0), wanted)

    def finish(self) -> None:
        """Widths, heights, panes and the printed page."""
        sheet = self.sheet
        self._make_room_for_charts()
        used = self._last[1]
        for column in range(used + 1):
            sheet.set_column(column, column, self._widths.get(column, NARROW))
        last = used if self._printed is None else self._printed - 1
        total = sum(self._widths.get(column, NARROW) for column in range(last + 1))
        for row, text, style in self._prose:
            if last:
                sheet.merge_range(row, 0, row, last, "", self.book.format(style))
            sheet.write_string(row, 0, text, self.book.format(style))
            lines = sum(
                max(1, math.ceil(width_of(part) * 1.1 / total)) for part in text.split("\n")
            )
            sheet.set_row(row, min(MOST_POINTS, LINE * lines + 2))
        for row, column, texts in self._heads:
            widths = [self._widths.get(column + i, NARROW) for i in range(len(texts))]
            need = [_lines(text, width - 1) for text, width in zip(texts, widths, strict=True)]
            sheet.set_row(row, LINE * max([1, *need]) + 3)
        for row, cells in self._wrapped.items():
            need = [_lines(text, self._widths.get(column, NARROW) - 1) for column, text in cells]
            if max(need) > 1:
                sheet.set_row(row, min(MOST_POINTS, LINE * max(need) + 2))
        if self._freeze is not None:
            sheet.freeze_panes(*self._freeze)
        if self._repeat is not None:
            sheet.repeat_rows(*self._repeat)
        self._print(last)

    def _print(self, last: int) -> None:
        sheet = self.sheet
        sheet.print_area(0, 0, self._last[0], last)
        if not self._portrait:
            sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        if self._one_wide:
            sheet.fit_to_pages(1, 0)
        sheet.hide_gridlines(2)
        sheet.set_footer(self._footer)
        if self._breaks:
            sheet.set_h_pagebreaks(self._breaks)

    def _make_room_for_charts(self) -> None:
        """A chart may not reach over the last printed column."""
        for column, pixels in self._charts:
            while True:
                end = self._last[1] if self._printed is None else self._printed - 1
                inside = range(column, end + 1)
                room = sum(self._widths.get(c, NARROW) for c in inside) * PIXELS_A_CHARACTER
                if room >= pixels + 10:
                    break
                self._last[1] = max(self._last[1], end + 1)
                if self._printed is not None:
                    self._printed += 1


def _lines(text: str, width: float) -> int:
    """Lines that a text takes when it wraps between words, with some room for wider letters."""
    lines, used = 1, 0.0
    for word in text.split():
        need = width_of(word) * 1.15
        if used and used + 1 + need > width:
            lines, used = lines + 1, 0.0
        used += need + (1 if used else 0)
        lines += max(0, math.ceil(need / max(width, 1)) - 1)
    return lines


def _shown_width(value: float, style: Style) -> float:
    """How wide a number is as shown, with its groups of digits and its sign."""
    if isinstance(value, float) and not math.isfinite(value):
        return 4
    if style.shown in ("percent", "growth"):
        return len(f"{100 * value:.{style.digits or 1}f}%")
    if style.shown == "rate":
        return len(f"{value:.{style.digits or 4}f}")
    if style.shown in ("amount", "cell", "error", "count", "number"):
        bold = 1.1 if style.bold else 1.0
        return len(f"{value:,.{style.digits}f}") * bold
    return min(len(f"{value!r}"), 18)
