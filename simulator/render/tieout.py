"""The tie-out as the document lays it out: its tables, every figure, the count, the faults.

Rules and verdicts come from `budget.tieout`; nothing is computed here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from simulator.budget.tieout import TieOut, TieOutRow, gap_in_words
from simulator.render.columns import GAP, Figure, Line, Sheet, left, plain, right, stacked, wrapped
from simulator.render.figures import SPACE, decimals, grouped

FAULT, BROKEN = "†", "✗"
STYLES = {"MISMATCH": "bold red", "source fault": "yellow"}
NARROW_LABEL = 20
VERDICT = len("source fault")
WIDE = 110
"""From this width on the rule stands beside its figure; below, under it."""


@dataclass(frozen=True, slots=True)
class TieOutPage:
    """The whole page, or with `faults_only` just what does not agree with the document."""

    tie_out: TieOut
    faults_only: bool = False

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = options.max_width
        rows = self.tie_out.rows
        if self.faults_only:
            rows = tuple(row for row in rows if row.verdict in STYLES)
        listing = Listing.fitting(rows, width)
        for where, group in by_place(rows).items():
            sheet = None if self.faults_only else grid(where, group)
            if sheet is not None:
                for bank in sheet.banks(width):
                    yield from bank.text_lines(width)
                    yield plain("")
                yield from _legend(group, width)
            yield from listing.heading(where)
            for row in group:
                yield from listing.row(row)
            yield plain("")
        yield plain(closing_line(self.tie_out), "bold")
        yield from _in_words(self.tie_out, width)


def by_place(rows: tuple[TieOutRow, ...]) -> dict[str, list[TieOutRow]]:
    """Rows by where they are printed, in the order of the document."""
    groups: dict[str, list[TieOutRow]] = {}
    for row in rows:
        groups.setdefault(row.figure.where, []).append(row)
    return groups


def computed_and_printed(row: TieOutRow) -> tuple[str, str]:
    """Both figures with the decimals of the rule's step, and % where they are percentages."""
    digits = decimals(row.figure.quantum)
    exponent = row.printed.normalize().as_tuple().exponent
    printed_digits = max(digits, -exponent if isinstance(exponent, int) else 0)
    sign = f"{SPACE}%" if row.figure.unit == "percent" else ""
    return grouped(row.computed, digits) + sign, grouped(row.printed, printed_digits) + sign


def grid(where: str, rows: list[TieOutRow]) -> Sheet | None:
    """The source's own table, filled with computed figures; None when it has no layout."""
    placed = [row for row in rows if row.figure.row and row.figure.column]
    if not placed:
        return None
    cells: dict[str, dict[str, str]] = {}
    columns: dict[str, None] = {}
    for row in placed:
        computed, printed = computed_and_printed(row)
        if row.verdict in STYLES:
            mark = FAULT if row.verdict == "source fault" else BROKEN
            computed = f"{computed}{mark} ({printed})"
        columns.setdefault(str(row.figure.column))
        cells.setdefault(str(row.figure.row), {})[str(row.figure.column)] = computed
    figures = [Figure(name, stacked(name)) for name in columns]
    return Sheet(where, figures, [Line(name, found, indent=2) for name, found in cells.items()])


def _legend(rows: list[TieOutRow], width: int) -> Iterator[Text]:
    """What the marks in a table mean; nothing when there are none."""
    found = {row.verdict for row in rows if row.figure.row and row.figure.column}
    if "source fault" in found:
        text = f"{FAULT} declared fault of the source; the printed figure in brackets"
        yield from wrapped(text, width, first="  ", then="    ")
    if "MISMATCH" in found:
        text = f"{BROKEN} does not tie; the printed figure in brackets"
        yield from wrapped(text, width, first="  ", then="    ", style=STYLES["MISMATCH"])
    if found & set(STYLES):
        yield plain("")


@dataclass(frozen=True, slots=True)
class Listing:
    """Widths of the list of figures, the same for every place of the document."""

    width: int
    period: int
    number: int

    @classmethod
    def fitting(cls, rows: tuple[TieOutRow, ...], width: int) -> Listing:
        """Widths for these rows in a terminal of this width."""
        texts = [text for row in rows for text in computed_and_printed(row)]
        return cls(
            width,
            max((cell_len(row.figure.period) for row in rows), default=0),
            max([len("computed"), *map(cell_len, texts)]),
        )

    @property
    def beside(self) -> bool:
        """True when the rule stands beside its figure and not under it."""
        return self.width >= WIDE

    @property
    def fixed(self) -> int:
        """Characters from the end of the label to the end of the verdict."""
        return self.period + 2 * self.number + VERDICT + 4 * len(GAP)

    @property
    def label(self) -> int:
        """Characters for what a figure is."""
        room = self.width - self.fixed
        return max(4, (room - len(GAP)) // 2 if self.beside else room)

    @property
    def stacked(self) -> bool:
        """True when there is no room for words beside the figures: then they stand above."""
        return self.label < NARROW_LABEL

    def heading(self, where: str) -> Iterator[Text]:
        """The place in the document, and the names of the columns."""
        line = plain("")
        if cell_len(where) > self.label:
            yield from wrapped(where, self.width, style="bold")
            where = ""
        line.append(left(where, self.label), "bold")
        words = (
            left("period", self.period),
            right("computed", self.number),
            right("printed", self.number),
            left("verdict", VERDICT),
            *(("rule",) if self.beside else ()),
        )
        line.append(GAP + GAP.join(words).rstrip(), "dim")
        yield line

    def row(self, row: TieOutRow) -> Iterator[Text]:
        """One figure: what, period, computed, printed, verdict, and its rule."""
        room = self.width if self.stacked else self.label
        what = [t.plain for t in wrapped(row.figure.what, room, first="  ", then="    ")]
        if self.stacked:
            yield from map(plain, what)
            what = []
        most = self.width - self.label - self.fixed - len(GAP)
        rule = [t.plain for t in wrapped(row.rule, most)] if self.beside else []
        computed, printed = (right(text, self.number) for text in computed_and_printed(row))
        for i in range(max(len(what), len(rule), 1)):
            line = plain(left(what[i] if i < len(what) else "", self.label))
            if i == 0:
                line.append(GAP.join(("", left(row.figure.period, self.period), computed, printed)))
                line.append(GAP + left(row.verdict, VERDICT), STYLES.get(row.verdict, ""))
            if i < len(rule):
                until = self.label + self.fixed + len(GAP)
                line.append(right("", until - cell_len(line.plain)) + rule[i], "dim")
            line.rstrip()
            yield line
        if not self.beside:
            yield from wrapped(row.rule, self.width, first="    = ", then="      ", style="dim")


def closing_line(tie_out: TieOut) -> str:
    """ "140 of 140: 97 tied, 40 inputs, 3 declared source faults"."""
    counts = tie_out.counts
    total = len(tie_out.rows)
    parts = [f"{counts['tied']} tied", _many(counts["input"], "input")]
    if counts["source fault"]:
        parts.append(_many(counts["source fault"], "declared source fault"))
    if counts["MISMATCH"]:
        parts.append(f"{counts['MISMATCH']} NOT TIED")
    return f"{total - counts['MISMATCH']} of {total}: {', '.join(parts)}"


def _many(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def _in_words(tie_out: TieOut, width: int) -> Iterator[Text]:
    """What does not agree with the document, mismatches first."""
    for gap in tie_out.gaps:
        words, _, remedy = gap_in_words(gap).partition("\n    → ")
        yield from wrapped(words, width, first=f"{BROKEN} ", style=STYLES["MISMATCH"])
        if remedy:
            yield from wrapped(remedy, width, first="→ ")
    for verdict, mark in (("MISMATCH", BROKEN), ("source fault", FAULT)):
        for row in tie_out.rows:
            if row.verdict == verdict:
                computed, printed = computed_and_printed(row)
                place = f"{row.figure.where}, {row.figure.what}, {row.figure.period}"
                text = f"{row.id} ({place}): computed {computed}, printed {printed}"
                if row.figure.fault is not None:
                    text += f": {row.note}"
                yield from wrapped(text, width, first=f"{mark} ", style=STYLES[verdict])
