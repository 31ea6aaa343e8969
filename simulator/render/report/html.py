"""A document as one HTML file that opens offline: nothing in it is loaded from anywhere.

Charts are SVG in the file, with their tables; the script only adds reading by pointer and
keyboard, a ceiling to move and a switch, so the page says everything without it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import escape
from importlib.resources import files

from simulator.render.charts.frame import Spec
from simulator.render.charts.look import DARK_COLOURS, LIGHT_COLOURS, Palette, properties
from simulator.render.report.blocks import (
    Block,
    Ceiling,
    Cell,
    Document,
    Number,
    Paragraph,
    Picture,
    Row,
    Section,
    Strip,
    Table,
)

POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
"""What a browser may load for the page: nothing but what stands in it."""

CHOICES = ("result", "parent", "currency", "period", "stage")
PERIOD = re.compile(r"\b\d{4}-(?:\d{4}|\d{2}(?:-\d{2})?)\b")
SHORT = 12
"""Characters up to which a cell of text stays on one line."""


@dataclass(slots=True)
class Page:
    """A document on its way to HTML; `scripts` off leaves a page to print: tables open, light."""

    document: Document
    svg: Callable[[Spec], str]
    scripts: bool = True
    _placed: set[str] = field(default_factory=set)

    def html(self) -> str:
        """The whole file."""
        its, words = self.document, self.document.words
        body = "\n".join(self._section(section) for section in its.sections)
        script = f"<script>\n{_asset('page.js')}</script>\n" if self.scripts else ""
        policy = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        switch = (
            f'<label class="switch" hidden><input type="checkbox" id="tables"> '
            f"{escape(words['tables'])}</label>"
        )
        return (
            f'<!DOCTYPE html>\n<html lang="{its.language}">\n<head>\n<meta charset="utf-8">\n'
            f"{policy}"
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f'<meta name="sim-runs" content="{",".join(its.runs)}">\n'
            f"<title>{escape(its.title)}</title>\n<style>\n{self._style()}</style>\n</head>\n<body>\n"
            f'<a class="skip" href="#answer">{escape(words["skip"])}</a>\n'
            f"<header>\n<h1><bdi>{_unbroken(escape(its.title))}</bdi></h1>\n"
            f'<p class="under"><bdi>{escape(its.under)}</bdi></p>\n</header>\n'
            f"{self._contents()}<main>\n{switch if self.scripts else ''}\n{body}\n</main>\n"
            f"<footer>{'<br>'.join(map(escape, its.runs))}</footer>\n{script}</body>\n</html>\n"
        )

    def _style(self) -> str:
        dark = f"@media (prefers-color-scheme: dark) {{ {_colours(DARK_COLOURS)} }}\n"
        # Paper is white: a page that is printed takes the light colours whatever the screen has.
        printed = f"@media print {{ {_colours(LIGHT_COLOURS)} }}\n"
        scheme = dark + printed if self.scripts else ""
        css = _asset("page.css")
        if not self.scripts:
            css = css.replace("light dark", "light").replace("prefers-color-scheme", "never-scheme")
        return f"{_colours(LIGHT_COLOURS)}\n{scheme}{css}"

    def _contents(self) -> str:
        links = "".join(
            f'<li><a href="#{section.name}">{escape(section.title)}</a></li>'
            for section in self.document.sections
        )
        label = escape(self.document.words["contents"])
        return f'<nav aria-label="{label}">\n<ol>{links}</ol>\n</nav>\n'

    def _section(self, section: Section) -> str:
        blocks = "\n".join(map(self._block, section.blocks))
        level = section.level
        return (
            f'<section id="{section.name}">\n'
            f"<h{level}>{escape(section.title)}</h{level}>\n"
            f"{blocks}\n</section>"
        )

    def _block(self, block: Block) -> str:
        match block:
            case Paragraph():
                return self._paragraph(block)
            case Table():
                return self._table(block)
            case Picture():
                return self._picture(block)
            case Ceiling():
                return _panel(block) if self.scripts and block.choices else ""

    # --- Words and tables -------------------------------------------------------------------

    def _paragraph(self, paragraph: Paragraph) -> str:
        kind = f' class="{paragraph.kind}"' if paragraph.kind else ""
        return f"<p{kind}>{''.join(map(self._part, paragraph.parts))}</p>"

    def _part(self, part: str | Number) -> str:
        if isinstance(part, str):
            text = _unbroken(escape(part))
            return f"<bdi>{text}</bdi>" if _foreign(part) else text
        if not part.key:
            return f'<span class="number">{escape(part.text)}</span>'
        return (
            f'<a class="number" href="#{_id(part.key)}" data-key="{escape(part.key)}">'
            f"{escape(part.text)}</a>"
        )

    def _table(self, table: Table) -> str:
        figures = _figures(table)
        kinds = [_class(i > 0 and figures[i] and "figure") for i in range(len(table.heads))]
        heads = "".join(
            f'<th scope="col"{kind}>{_unbroken(escape(head))}</th>'
            for kind, head in zip(kinds, table.heads, strict=True)
        )
        body = "\n".join(self._row(row, len(table.heads)) for row in table.rows)
        note = f'\n<p class="note">{escape(table.note)}</p>' if table.note else ""
        label = escape(table.title)
        text = (
            f'<div class="wide" role="group" tabindex="0" aria-label="{label}">\n<table>\n'
            f"<caption><bdi>{label}</bdi></caption>\n<thead><tr>{heads}</tr></thead>\n"
            f"<tbody>\n{body}\n</tbody>\n</table>\n</div>{note}"
        )
        if not table.folded:
            return text
        opened = "" if self.scripts else " open"
        summary = f"<summary>{escape(self.document.words['table'])}: {label}</summary>"
        return f"<details{opened}>{summary}\n{text}\n</details>"

    def _row(self, row: Row, columns: int) -> str:
        first, *rest = row
        if not rest:
            text = f"<bdi>{escape(first.text)}</bdi>"
            return f'<tr><th scope="colgroup" class="between" colspan="{columns}">{text}</th></tr>'
        names = [name for name in ("indent", "strong") if getattr(first, name)]
        head = f'<th scope="row"{_class(*names)}><bdi>{escape(first.text)}</bdi></th>'
        return f"<tr>{head}{''.join(map(self._cell, rest))}</tr>"

    def _cell(self, cell: Cell) -> str:
        if cell.strip is not None:
            return f"<td>{_strip(cell.strip)}</td>"
        names = [name for name in ("figure", "strong") if getattr(cell, name)]
        if not cell.figure:
            names.append("short" if len(cell.text) <= SHORT else "words")
        place = ""
        if cell.key:
            place = f' data-key="{escape(cell.key)}"'
            if cell.key not in self._placed:  # the first place of a number is where links lead
                self._placed.add(cell.key)
                place += f' id="{_id(cell.key)}"'
        text = escape(cell.text) if cell.figure else f"<bdi>{escape(cell.text)}</bdi>"
        return f"<td{_class(*names)}{place}>{text}</td>"

    # --- Charts -----------------------------------------------------------------------------

    def _picture(self, picture: Picture) -> str:
        places = " ".join(f"{place:.4f}" for place in picture.places)
        data = f' data-places="{places}"' if places else ""
        data += ' data-down="1"' if places and picture.down else ""
        words = self.document.words
        opened = "" if self.scripts else " open"
        hint = f' aria-description="{escape(words["read"])}"' if places and self.scripts else ""
        title = escape(picture.title)
        return (
            f'<figure id="{_id(picture.name)}"{data}>\n'
            f'<div class="plot" role="group" tabindex="0" aria-label="{title}"{hint}>'
            f"{self.svg(picture.spec)}</div>\n"
            '<output class="reading" aria-live="polite"></output>\n'
            f"<details{opened}><summary>{escape(words['figures'])}"
            f"<span hidden>: {title}</span></summary>\n{self._table(picture.table)}\n"
            "</details>\n</figure>"
        )


def _asset(name: str) -> str:
    return (files("simulator.render.report") / name).read_text(encoding="utf-8")


def _colours(palette: Palette) -> str:
    listed = " ".join(f"{name}: {value};" for name, value in properties(palette).items())
    return f":root {{ {listed} }}"


def _id(key: str) -> str:
    """A short name for a key, the same every time."""
    return f"n{hashlib.sha256(key.encode()).hexdigest()[:10]}"


def _unbroken(text: str) -> str:
    """Periods and dates such as 2031-2032 stay on one line."""
    return PERIOD.sub(r'<span class="number">\g<0></span>', text)


def _class(*names: str | bool) -> str:
    listed = " ".join(name for name in names if isinstance(name, str) and name)
    return f' class="{listed}"' if listed else ""


def _foreign(text: str) -> bool:
    """Whether a text may change the direction of what follows."""
    return any("\u0590" <= char <= "\u08ff" or "\u2066" <= char <= "\u2069" for char in text)


def _figures(table: Table) -> list[bool]:
    """Which columns hold figures."""
    full = next((row for row in table.rows if len(row) == len(table.heads)), ())
    return [cell.figure for cell in full] or [False] * len(table.heads)


def _strip(strip: Strip) -> str:
    first, second, middle, third, last = (f"{2 + 140 * place:.1f}" for place in strip.places)
    mark = ""
    if strip.mark is not None:
        x = 2 + 140 * strip.mark
        mark = f'<path class="central" d="M{x:.1f},3l4,5l-4,5l-4,-5z"/>'
    return (
        f'<svg class="strip" viewBox="0 0 144 16" role="img" aria-label="{escape(strip.text)}">'
        f'<line class="reach" x1="{first}" x2="{last}" y1="8" y2="8"/>'
        f'<line class="half" x1="{second}" x2="{third}" y1="8" y2="8"/>'
        f'<line class="middle" x1="{middle}" x2="{middle}" y1="2" y2="14"/>{mark}</svg>'
    )


def _panel(ceiling: Ceiling) -> str:
    words = ceiling.words
    selects = "".join(
        f'<label>{escape(words[key])}<select id="choose-{key}"></select></label>' for key in CHOICES
    )
    data = {
        "choices": [dict(_fields(choice)) for choice in ceiling.choices],
        "decimal": ceiling.decimal,
        "sign": ceiling.sign,
        "exceeded": words["exceeded"],
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return (
        f'<div class="panel" id="ceiling" hidden>\n<div class="choose">{selects}</div>\n'
        '<output id="ceiling-told" aria-live="off"></output>\n'
        f"<label>{escape(words['ceiling'])}"
        '<input type="range" id="ceiling-at" min="0" step="1"></label>\n'
        '<svg viewBox="0 0 720 210" aria-hidden="true"></svg>\n'
        f'<p class="note">{escape(words["help"])}</p>\n</div>\n'
        f'<script type="application/json" id="ceiling-data">{text}</script>'
    )


def _fields(choice: object) -> Iterator[tuple[str, object]]:
    for name in (*CHOICES, "amounts", "texts", "above", "draws", "marks"):
        yield name, getattr(choice, name)
