"""The position scanner finds keys in any TOML, and never fails."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.scenario.toml_positions import Positions

NASTY = '''\
# comment with [a.table] and "quotes" = 1
first = 1 # trailing [x]
"quoted key" = "a # no comment, a \\" quote"
'literal.key' = 'C:\\path = "x"'
dotted . "in side" .deep = 2
multi = """
[not.a.table]
not = "a key" \\"""
still text""""
after_multi = 1
literal = \'\'\'
[[neither]]
x = '1'
\'\'\'
after_literal = 1
array = [
  1, # one, two
  [ "]", '}' ],
  { a = 1, "b c" = [ 3,
    4 ] },
]
inline = { x = { y = 1 }, "z.w" = { v = "}" } }
"\\u00e9t\\u00e9" = 1
2031 = 1
date = 2030-10-31T10:00:00Z
empty = ""
empty_list = []
empty_table = {}

[ table . "sub table" ]
key = 1

[[list]]
name = "one"

  [list.inner]
  value = 1

  [[list.rows]]
  v = 1
  [[list.rows]]
  v = 2

[[list]]
name = "two"
  [[list.rows]]
  v = 3
    [list.rows.deep]
    w = 4

[table.other]
last = true
'''

LINES = {
    ("first",): 2,
    ("quoted key",): 3,
    ("literal.key",): 4,
    ("dotted", "in side", "deep"): 5,
    ("multi",): 6,
    ("after_multi",): 10,
    ("literal",): 11,
    ("after_literal",): 15,
    ("array",): 16,
    ("array", 0): 17,
    ("array", 1): 18,
    ("array", 1, 1): 18,
    ("array", 2, "a"): 19,
    ("array", 2, "b c", 0): 19,
    ("array", 2, "b c", 1): 20,
    ("inline", "x", "y"): 22,
    ("inline", "z.w", "v"): 22,
    ("été",): 23,
    ("2031",): 24,
    ("date",): 25,
    ("empty_table",): 28,
    ("table",): 30,
    ("table", "sub table", "key"): 31,
    ("list",): 33,
    ("list", 0): 33,
    ("list", 0, "inner", "value"): 37,
    ("list", 0, "rows", 1): 41,
    ("list", 0, "rows", 1, "v"): 42,
    ("list", 1): 44,
    ("list", 1, "name"): 45,
    ("list", 1, "rows", 0, "v"): 47,
    ("list", 1, "rows", 0, "deep", "w"): 49,
    ("table", "other", "last"): 52,
}


PATIENT = settings(deadline=None)


def places(node: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every path in nested tables and lists."""
    if path:
        yield path
    if isinstance(node, dict):
        for key, value in node.items():
            yield from places(value, (*path, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from places(value, (*path, index))


@pytest.mark.parametrize(("path", "line"), LINES.items())
def test_nasty_keys_have_their_lines(path: tuple[str | int, ...], line: int) -> None:
    """Quotes, dots, comments, nested lists and tables of lists."""
    assert Positions(NASTY).line(path) == line


def test_every_key_that_the_parser_sees_is_seen() -> None:
    """The scanner misses no key or entry of the nasty text, nor of the small scenario."""
    small = (Path(__file__).parent / "small.toml").read_text(encoding="utf-8")
    for text in (NASTY, small):
        positions = Positions(text)
        missed = [path for path in places(tomllib.loads(text)) if not positions.has(path)]
        assert missed == []


def test_windows_line_ends_count_once() -> None:
    """The lines are those of the editor."""
    positions = Positions(NASTY.replace("\n", "\r\n"))
    assert {path: positions.line(path) for path in LINES} == LINES


def test_an_unseen_key_is_placed_at_its_table() -> None:
    """A missing key points at the table where it belongs, or nowhere."""
    positions = Positions(NASTY)
    assert positions.line(("list", 1, "missing", "deeper")) == 44
    assert positions.line(("missing",)) is None
    assert positions.line(()) is None


@pytest.mark.parametrize("deep", ["[" * 5000, "{a=" * 5000, "[[" * 300 + "]]" * 300, "a." * 3000])
def test_deep_nesting_does_not_exhaust_it(deep: str) -> None:
    """What nests without end is skipped."""
    assert Positions(f"x = 1\ny = {deep}\n").line(("x",)) == 1


PIECES = ["[", "]", "[[", "]]", "{", "}", "=", ",", ".", "\n", "#", '"', "'", '"""', "'''", "\\",
          "\\u12", "\\U0011ffff", "a", "b.c", "1", " ", "\t", "\r", "é"]  # fmt: skip


@PATIENT
@given(st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=60).map("".join)))
def test_no_text_makes_it_fail(text: str) -> None:
    """Any text, valid or not, is scanned to its end, and lines lie inside it."""
    positions = Positions(text)
    line = positions.line(("a",))
    assert line is None or 1 <= line <= text.count("\n") + 1


@PATIENT
@given(
    st.recursive(
        st.integers(0, 9) | st.text(max_size=5).map(lambda s: s.encode("ascii", "ignore").decode()),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["a", "b c", "d.e", "é", '"', "["]), inner, max_size=3
            )
        ),
        max_leaves=12,
    )
)
def test_generated_values_are_followed(value: Any) -> None:
    """Whatever the parser finds inside a value, the scanner finds too."""

    def written(node: Any) -> str:
        if isinstance(node, dict):
            keys = {key: "'\"'" if key == '"' else f'"{key}"' for key in node}
            return "{" + ", ".join(f"{keys[k]} = {written(v)}" for k, v in node.items()) + "}"
        if isinstance(node, list):
            return "[\n" + ",\n".join(written(one) for one in node) + "\n]"
        if isinstance(node, str):
            safe = "".join(f"\\u{ord(c):04x}" if c < " " or c in '"\\\x7f' else c for c in node)
            return f'"{safe}"'
        return str(node)

    text = f"before = 1\nvalue = {written(value)}\nafter = 2\n"
    positions = Positions(text)
    assert [path for path in places(tomllib.loads(text)) if not positions.has(path)] == []
    assert positions.line(("after",)) == text.count("\n")
