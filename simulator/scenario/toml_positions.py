"""Where each key of a TOML text stands: key path → line, for messages only.

`tomllib` gives values without places. This scanner reads keys, tables and brackets and skips
values; it runs only when there is a problem to point at, never raises, and answers with the
nearest enclosing place for what it did not see.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE = re.compile(r"[A-Za-z0-9_\-]+")
_BASIC = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
_LITERAL = re.compile(r"'([^'\n]*)'")
_MULTI_BASIC = re.compile(r'"""(?:[^\\]|\\.)*?"{3,5}', re.DOTALL)
_MULTI_LITERAL = re.compile(r"'''.*?'{3,5}", re.DOTALL)
_PLAIN = re.compile(r"[^,\]}#\n]*")
_LINE = re.compile(r"[^\n]*")
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)")
_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}
_DEEPEST = 60

Place = tuple[str, ...]


def _unescape(text: str) -> str:
    def one(match: re.Match[str]) -> str:
        code = match.group(1)
        if len(code) > 1:
            number = int(code[1:], 16)
            return chr(number) if number < 0x110000 else "�"
        return _ESCAPES.get(code, code)

    return _ESCAPE.sub(one, text)


class Positions:
    """Lines of the keys of one TOML text; list entries go by their index, counted from 0."""

    def __init__(self, text: str) -> None:
        self._text = text.replace("\r\n", "\n")
        self._starts = [0, *(match.end() for match in re.finditer("\n", self._text))]
        self._lines: dict[Place, int] = {}
        self._lists: dict[Place, int] = {}
        self._scan()

    def line(self, path: Sequence[str | int]) -> int | None:
        """Line of a key, or of the nearest table around it; None when nothing of it is there."""
        place = tuple(str(part) for part in path)
        while place:
            if place in self._lines:
                return self._lines[place]
            place = place[:-1]
        return None

    def has(self, path: Sequence[str | int]) -> bool:
        """True when this very key was seen."""
        return tuple(str(part) for part in path) in self._lines

    def _note(self, place: Place, at: int) -> None:
        """Remember the line of `place` and, if new, of the tables it stands in."""
        line = bisect_right(self._starts, at)
        for depth in range(1, len(place) + 1):
            self._lines.setdefault(place[:depth], line)

    def _scan(self) -> None:
        at, end = 0, len(self._text)
        table: Place = ()
        while at < end:
            at = self._skip(_BLANK, at)
            if at >= end:
                return
            if self._text[at] == "[":
                table, at = self._header(at)
            else:
                at = self._pair(at, table, 0)
            at = self._skip(_LINE, at)

    def _skip(self, pattern: re.Pattern[str], at: int) -> int:
        match = pattern.match(self._text, at)
        return match.end() if match else at

    def _header(self, at: int) -> tuple[Place, int]:
        """A `[table]` or `[[list]]` header: the place that it opens, and the position after it."""
        start, is_list = at, self._text.startswith("[[", at)
        keys, at = self._keys(at + (2 if is_list else 1))
        place: Place = ()
        for depth, key in enumerate(keys):
            place = (*place, key)
            last = depth == len(keys) - 1
            if last and is_list:
                index = self._lists.get(place, -1) + 1
                self._lists[place] = index
                place = (*place, str(index))
            elif place in self._lists:
                place = (*place, str(self._lists[place]))
        self._note(place, start)
        return place, at

    def _keys(self, at: int) -> tuple[list[str], int]:
        """A dotted key: its parts, and the position after it."""
        keys: list[str] = []
        while True:
            at = self._skip(_SPACE, at)
            if match := _BARE.match(self._text, at):
                keys.append(match.group())
            elif match := _BASIC.match(self._text, at):
                keys.append(_unescape(match.group(1)))
            elif match := _LITERAL.match(self._text, at):
                keys.append(match.group(1))
            else:
                return keys, at
            at = self._skip(_SPACE, match.end())
            if not self._text.startswith(".", at):
                return keys, at
            at += 1

    def _pair(self, at: int, table: Place, depth: int) -> int:
        """`key = value`; the position after the value."""
        start = at
        keys, at = self._keys(at)
        place = (*table, *keys)
        if keys:
            self._note(place, start)
        if not self._text.startswith("=", at):
            return self._skip(_PLAIN, at)
        return self._value(self._skip(_SPACE, at + 1), place, depth)

    def _value(self, at: int, place: Place, depth: int) -> int:
        """Skip one value, noting the keys and entries inside it; the position after it."""
        opening = self._text[at : at + 1]
        if opening in ("[", "{") and depth < _DEEPEST:
            return self._bracket(at, place, depth)
        for pattern in (_MULTI_BASIC, _MULTI_LITERAL, _BASIC, _LITERAL):
            if match := pattern.match(self._text, at):
                return match.end()
        return self._skip(_PLAIN, at)

    def _bracket(self, at: int, place: Place, depth: int) -> int:
        """An array or an inline table, over as many lines as it takes."""
        is_list = self._text[at] == "["
        closing, index, end = "]" if is_list else "}", 0, len(self._text)
        at += 1
        while at < end:
            at = self._skip(_BLANK, at)
            before = at
            if self._text.startswith(closing, at):
                return at + 1
            if self._text.startswith(",", at):
                at, index = at + 1, index + 1
                continue
            if is_list:
                entry = (*place, str(index))
                self._note(entry, at)
                at = self._value(at, entry, depth + 1)
            else:
                at = self._pair(at, place, depth + 1)
            if at == before:  # neither key nor value: step over the character
                at += 1
        return at
