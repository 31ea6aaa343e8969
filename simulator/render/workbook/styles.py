"""How cells look: what a cell is (input, formula, simulated) and how its number is shown.

Number formats name the language, for programs that follow it; a spreadsheet program that does not
shows its own separators. Either way the number in the cell is the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from simulator.render.languages import Words

COLUMN_FONT = {"font_name": "Arial", "font_size": 10, "valign": "vcenter"}

Kind = Literal["", "input", "live", "simulated", "head", "title", "subtitle", "note", "prose"]
Shown = Literal[
    "text", "amount", "cell", "error", "rate", "percent", "growth", "count", "general", "number"
]

LEGEND: tuple[Kind, ...] = ("input", "live", "simulated")
"""What cells of figures are, for the reader."""

FILLS = {"input": "#FFF8DC", "live": "#E8F3E8", "simulated": "#E9EEF5", "head": "#D9DEE6"}
LOOKS: dict[str, dict[str, Any]] = {
    "input": {"font_color": "#1F3FBF"},
    "head": {"bold": True, "text_wrap": True, "bottom": 1, "align": "center"},
    "title": {"bold": True, "font_size": 14},
    "subtitle": {"bold": True, "font_size": 11},
    "note": {"font_color": "#555555", "text_wrap": True, "valign": "top"},
    "prose": {"text_wrap": True, "valign": "top"},
}


@dataclass(frozen=True, slots=True)
class Style:
    """What a cell is, how its number is shown (`digits` after the mark), and its weight."""

    kind: Kind = ""
    shown: Shown = "text"
    digits: int = 0
    bold: bool = False
    top: bool = False
    indent: int = 0
    wrap: bool = False

    def but(self, **changes: Any) -> Style:  # noqa: ANN401
        """The same with some things changed."""
        return replace(self, **changes)

    def properties(self, words: Words) -> dict[str, Any]:
        """As XlsxWriter wants it."""
        found: dict[str, Any] = dict(LOOKS.get(self.kind, {}))
        if self.kind in FILLS:
            found["bg_color"] = FILLS[self.kind]
        if self.bold:
            found["bold"] = True
        if self.top:
            found["top"] = 1
        if self.indent:
            found["indent"] = self.indent
        if self.wrap:
            found |= {"text_wrap": True, "valign": "top"}
        code = self.number_format()
        if code:
            found["num_format"] = f"[$-{words.lcid}]{code}"
            found["align"] = "right"
        return found

    def number_format(self) -> str:
        """The format code without its language; nothing for text and plain numbers."""
        decimals = "." + "0" * self.digits if self.digits else ""
        plain = f"#,##0{decimals}"
        match self.shown:
            case "amount" | "error" | "count" | "number":
                return plain
            case "cell":  # a budget page prints a dash for nothing
                return f'{plain};-{plain};"\u2013"'
            case "rate":
                return "0." + "0" * (self.digits or 4)
            case "percent":
                return f"0.{'0' * (self.digits or 1)}%"
            case "growth":
                return '0.0%;-0.0%;"\u2013"'
            case _:
                return ""


TEXT = Style()
BOLD = Style(bold=True)
HEAD = Style("head")
TITLE = Style("title")
SUBTITLE = Style("subtitle")
NOTE = Style("note")
PROSE = Style("prose")
AMOUNT = Style(shown="amount")
RATE = Style(shown="rate")
PERCENT = Style(shown="percent")
COUNT = Style(shown="count")


def of_unit(unit: str, kind: Kind = "") -> Style:
    """How figures of a stored unit are shown: rates, shares, counts, amounts."""
    if "/" in unit:
        return Style(kind, "rate")
    if unit == "1":
        return Style(kind, "percent")
    return Style(kind, "count") if unit == "count" else Style(kind, "amount")


def error_of(style: Style) -> Style:
    """How its standard error is shown: to more digits."""
    if style.shown == "rate":
        return style.but(digits=6)
    if style.shown == "percent":
        return style.but(digits=3)
    return style.but(shown="error", digits=1)
