"""How deep tables may lie in one another; beyond that, reading TOML takes for ever."""

from __future__ import annotations

import re

MAX_DEPTH = 32
"""Levels of nested tables and lists; deeper ones are a slip, and recursion is safe below."""

_PART = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+"""
_LONG_KEY = re.compile(rf"(?<![\w-])(?:{_PART}){{{MAX_DEPTH + 1}}}")


def long_key(text: str) -> bool:
    """Whether a dotted key has more parts: the reader's time grows with their square."""
    return _LONG_KEY.search(text) is not None


def too_deep(data: object) -> bool:
    """Nesting beyond MAX_DEPTH, found without recursion."""
    layer: list[object] = [data]
    for _ in range(MAX_DEPTH + 1):
        layer = [
            below
            for node in layer
            if isinstance(node, dict | list | tuple)
            for below in (node.values() if isinstance(node, dict) else node)
            if isinstance(below, dict | list | tuple)
        ]
        if not layer:
            return False
    return True
