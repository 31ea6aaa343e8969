"""Numbers as people type them: thousands separators, and a point or a comma for decimals.

Spaces (also no-break ones) and apostrophes separate thousands. A point or comma is read by itself
when only one reading is possible: `1.5`, `0,125`, `1 234,567`, `1,234.5`, `1.234.567`. What could
be either, such as `1.234`, is read as the other cells of the file show: those that have only one
reading, and the separator of a CSV. Commas between the cells speak for a point, and semicolons for
a comma, as long as the mark is the one in question. Where nothing decides, or two things disagree,
the number is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_SPACES = re.compile("[\u00a0\u202f\u2009\u2007]")
_GROUPED = re.compile(r"([1-9]\d{0,2}(?:([ '])\d{3})(?:\2\d{3})*)(?:([.,])(\d+))?", re.ASCII)
_BOTH = re.compile(r"([1-9]\d{0,2}(?:([.,])\d{3})(?:\2\d{3})*)(?!\2)([.,])(\d+)", re.ASCII)
_REPEATED = re.compile(r"[1-9]\d{0,2}([.,])\d{3}(?:\1\d{3})+", re.ASCII)
_ONE = re.compile(r"(\d*)([.,])(\d*)([eE][+-]?\d{1,4})?", re.ASCII)
_WHOLE = re.compile(r"\d+([eE][+-]?\d{1,4})?", re.ASCII)
_EITHER = re.compile(r"[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
_OTHER = {".": ",", ",": "."}


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number in plain digits with a point; or empty, what is wanted instead, and a remedy.

    `readings` are the two that a refused number may have, where it has two.
    """

    plain: str = ""
    wanted: str = ""
    remedy: str = ""
    readings: tuple[str, ...] = ()


def _tidy(text: str) -> tuple[str, str]:
    """Sign and the rest, with one kind of space, of apostrophe and of minus."""
    text = _SPACES.sub(" ", text.strip()).replace("\u2019", "'").replace("\u2212", "-")
    return (text[:1], text[1:]) if text[:1] in ("+", "-") else ("", text)


def _sure(text: str) -> tuple[str, str] | None:
    """The only reading of an unsigned number and the decimal mark it shows, if there is one."""
    if _WHOLE.fullmatch(text):
        return text, ""
    if _EITHER.fullmatch(text):
        return None
    for pattern in (_GROUPED, _BOTH):
        if found := pattern.fullmatch(text):
            digits = re.sub(r"\D", "", found[1])
            return (f"{digits}.{found[4]}", found[3]) if found[3] else (digits, "")
    if found := _REPEATED.fullmatch(text):
        return text.replace(found[1], ""), _OTHER[found[1]]
    found = _ONE.fullmatch(text)
    if found and (found[3] or (found[1] and found[2] == ".")) and (found[1] or found[3]):
        return text.replace(",", "."), found[2]
    return None


@dataclass(slots=True)
class Marks:
    """What a file shows about its decimal mark; `separator` is that of a CSV, `shown` the cells.

    >>> marks = Marks(separator=";")
    >>> marks.learn("12,5")
    >>> marks.read("1.234").plain, marks.read("1 234,5").plain
    ('1234', '1234.5')
    """

    separator: str = ""
    shown: dict[str, str] = field(default_factory=dict)

    def learn(self, text: str) -> None:
        """Remember the decimal mark that a cell shows beyond doubt."""
        found = _sure(_tidy(text)[1])
        if found is not None and found[1]:
            self.shown.setdefault(found[1], text.strip())

    def read(self, text: str) -> Numeral:
        """The number that a cell says."""
        sign, rest = _tidy(text)
        found = _sure(rest)
        if found is not None:
            return Numeral(sign + found[0])
        if not _EITHER.fullmatch(rest):
            return Numeral(wanted="a number is wanted", remedy=remedy_for(text))
        mark = "." if "." in rest else ","
        voices = set(self.shown)
        if (self.separator, mark) in ((",", "."), (";", ",")):
            voices.add(mark)
        if voices == {mark}:
            return Numeral(sign + rest.replace(mark, "."))
        if voices == {_OTHER[mark]}:
            return Numeral(sign + rest.replace(mark, ""))
        whole, decimals = sign + rest.replace(mark, ""), sign + rest.replace(mark, ".")
        why = "the file does not show its decimal mark"
        if self.shown:
            why = "the file has " + " and ".join(self.shown.values())
            why += "" if len(self.shown) > 1 else f" and {_between(self.separator)}"
        # Between commas a decimal comma would need quotes; a point does not.
        longer = f"{decimals}0" if self.separator == "," else f"{sign}{rest}0"
        return Numeral(
            wanted=f"a number with one reading is wanted: this may be {whole} or "
            f"{decimals}, and {why}",
            remedy=f"write {whole}, or {longer} for the decimals; or let the cell be a number "
            "in a workbook (.xlsx)",
            readings=(whole, decimals),
        )


def _between(separator: str) -> str:
    return "semicolons between its cells" if separator == ";" else "commas between its cells"


def remedy_for(text: str) -> str:
    """How to write a number that was not understood."""
    if "%" in text:
        return "write 0.05 for 5 %: no percent sign"
    return "write a number such as 1.2345 or 1 234.5: no unit, no currency, no words"
