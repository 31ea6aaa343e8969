"""Aligned columns of figures that fit the width there is, by leaving out the least needed.

A `Sheet` is a list of headings and rows under one set of columns, so that figures of different
groups stand under one another. It draws no lines: headings, indents and space do the work, and
the same text is right in a terminal, in a pipe and in a letter.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

GAP = "  "
LEAST_LABEL = 20
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def plain(text: str, style: str = "") -> Text:
    """A line that is never wrapped or cut: losing a digit is worse than a long line.

    Control characters, which a title could smuggle in, are shown as a dot.
    """
    return Text(CONTROL.sub("·", text), style=style, no_wrap=True, overflow="ignore")


def wrapped(
    text: str, width: int, first: str = "", then: str = "  ", style: str = ""
) -> Iterator[Text]:
    """Prose in lines of at most `width`; a word that is longer stands alone, uncut."""
    for line in textwrap.wrap(
        text,
        max(width, 20),
        initial_indent=first,
        subsequent_indent=then,
        break_long_words=False,
        break_on_hyphens=False,
    ):
        yield plain(line, style)


def _uncut(line: Text) -> Text:
    line.no_wrap, line.overflow = True, "ignore"
    return line


def left(text: str, width: int) -> str:
    """`text` filled up on the right to `width` cells; a wide character takes two."""
    return text + " " * (width - cell_len(text))


def right(text: str, width: int) -> str:
    """`text` filled up on the left to `width` cells."""
    return " " * (width - cell_len(text)) + text


def stacked(title: str, most: int = 12) -> tuple[str, ...]:
    """A heading on lines of about `most` characters, broken between words."""
    lines: list[str] = []
    for word in title.split(" "):
        if lines and len(lines[-1]) + 1 + len(word) <= most:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return tuple(lines)


@dataclass(frozen=True, slots=True)
class Figure:
    """A column of figures: its key, its heading (lines) and when it may go (0: never)."""

    key: str
    heading: tuple[str, ...]
    leaves: int = 0
    style: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A heading (no cells) or a row: label and text of each column's cell by key."""

    label: str
    cells: Mapping[str, str] = field(default_factory=dict)
    indent: int = 0
    style: str = ""


def _over(row: Line, width: int) -> Iterator[Text]:
    """A heading over the columns, in several lines when it is longer than the terminal."""
    space = " " * row.indent
    if cell_len(space + row.label) <= width:
        yield plain(space + row.label, row.style)
    else:
        yield from wrapped(row.label, width, space, f"{space}  ", row.style)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Lines under common columns; `title` stands at the left of the columns' headings."""

    title: str
    figures: Sequence[Figure]
    lines: Sequence[Line]

    def width_of(self, figure: Figure) -> int:
        """Characters that a column needs."""
        cells = [line.cells.get(figure.key, "") for line in self.lines]
        return max(cell_len(text) for text in (*figure.heading, *cells))

    def label_width(self, width: int) -> int:
        """Characters for the labels of rows: all they need, as far as a column fits beside them."""
        labels = [cell_len(line.label) + line.indent for line in self.lines if line.cells]
        column = max((self.width_of(figure) for figure in self.figures), default=0) + len(GAP)
        return min(max(labels, default=0), max(LEAST_LABEL, width - column))

    def fitting(self, width: int) -> tuple[Figure, ...]:
        """The columns that fit into `width`; those with the highest `leaves` go first."""
        kept = list(self.figures)

        def needed() -> int:
            return self.label_width(width) + sum(len(GAP) + self.width_of(f) for f in kept)

        for rank in sorted({f.leaves for f in kept if f.leaves}, reverse=True):
            if needed() <= width:
                break
            kept = [f for f in kept if f.leaves != rank]
        return tuple(kept)

    def banks(self, width: int) -> Iterator[Sheet]:
        """The sheet in pieces that fit, each with some of the columns and every row."""
        room = width - self.label_width(width)
        bank: list[Figure] = []
        used = 0
        for figure in self.figures:
            needed = len(GAP) + self.width_of(figure)
            if bank and used + needed > room:
                yield Sheet(self.title, bank, self.lines)
                bank, used = [], 0
            bank.append(figure)
            used += needed
        if bank:
            yield Sheet(self.title, bank, self.lines)

    def text_lines(self, width: int) -> Iterator[Text]:
        """The sheet as lines of text of at most `width` where the labels allow it."""
        figures = self.fitting(width)
        widths = [self.width_of(f) for f in figures]
        taken = sum(len(GAP) + one for one in widths)
        indent = min(self.label_width(width), max(LEAST_LABEL, width - taken))
        yield from self._heading(figures, widths, indent)
        for row in self.lines:
            if row.cells:
                yield from self._row(row, figures, widths, indent)
            else:
                yield from _over(row, width)

    def _heading(
        self, figures: Sequence[Figure], widths: Sequence[int], indent: int
    ) -> Iterator[Text]:
        """The headings of the columns, the title beside the last line or, if long, above."""
        title = self.title
        if cell_len(title) > indent:
            yield plain(title, "bold")
            title = ""
        height = max((len(f.heading) for f in figures), default=1)
        for i in range(height):
            line = Text.assemble((left(title if i == height - 1 else "", indent), "bold"))
            for figure, width in zip(figures, widths, strict=True):
                word = figure.heading[i - height] if height - i <= len(figure.heading) else ""
                line.append(GAP + right(word, width), style="dim")
            line.rstrip()
            if line.plain:
                yield _uncut(line)

    @staticmethod
    def _row(
        row: Line, figures: Sequence[Figure], widths: Sequence[int], indent: int
    ) -> Iterator[Text]:
        """A row; of a label that is too long the cells stand beside the last line."""
        label = [plain(row.label).plain]
        if cell_len(label[0]) > indent - row.indent:
            label = [line.plain for line in wrapped(row.label, indent - row.indent)]
        for above in label[:-1]:
            yield plain(" " * row.indent + above, row.style)
        line = Text(" " * row.indent)
        line.append(left(label[-1], indent - row.indent), style=row.style)
        for figure, width in zip(figures, widths, strict=True):
            line.append(GAP + right(row.cells.get(figure.key, ""), width), style=figure.style)
        line.rstrip()
        yield _uncut(line)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield from self.text_lines(options.max_width)
