"""A document as Markdown, for a mail or a wiki: sentences and tables; charts as their words."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.render.report.blocks import Block, Cell, Document, Paragraph, Picture, Table

MARKED = str.maketrans({c: f"\\{c}" for c in "\\`*_[]<>#|"})


def markdown(document: Document) -> str:
    """The whole text."""
    lines = [f"# {_plain(document.title)}", "", _plain(document.under), ""]
    for section in document.sections:
        lines += [f"{'#' * section.level} {_plain(section.title)}", ""]
        for block in section.blocks:
            lines += _block(block)
    return "\n".join([*lines, *(f"    {run}" for run in document.runs), ""])


def _plain(text: str) -> str:
    return " ".join(text.split("\n")).translate(MARKED)


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Paragraph):
        text = _plain(block.text)
        yield from (f"> {text}" if block.kind == "warning" else text, "")
    elif isinstance(block, Table):
        yield from _table(block)
    elif isinstance(block, Picture):
        yield from (_plain(str(block.spec["description"])), "")
        yield from _table(block.table)


def _table(table: Table) -> Iterator[str]:
    yield from (f"**{_plain(table.title)}**", "")
    yield _line([_plain(head) for head in table.heads])
    full = next((row for row in table.rows if len(row) == len(table.heads)), ())
    yield _line(["--:" if cell.figure else "---" for cell in full] or ["---"] * len(table.heads))
    for row in table.rows:
        texts = [_text(cell) for cell in row]
        if len(row) == 1:
            texts = [f"**{texts[0]}**", *[""] * (len(table.heads) - 1)]
        yield _line(texts)
    yield ""
    if table.note:
        yield from (_plain(table.note), "")


def _text(cell: Cell) -> str:
    return _plain(cell.text if cell.strip is None else cell.strip.text)


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
