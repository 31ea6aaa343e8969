"""Numbers as people type them on a command line."""

from __future__ import annotations

import re

import typer


def whole(text: str) -> int:
    """A whole number, its digits grouped or not: 131072, 131_072, "131 072"."""
    digits = re.sub(r"(?<=\d)[_ \u00a0](?=\d)", "", text.strip())
    if re.fullmatch(r"[+-]?\d{1,30}", digits):
        return int(digits)
    raise typer.BadParameter(
        f"a whole number is wanted, such as 32768 or 32_768 (found {text[:60]!r})"
    )
