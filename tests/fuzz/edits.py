"""Hostile inputs: small programs of edits, which hypothesis draws, and shrinks what it finds."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st

Edit = tuple[str, int, int, bytes, int]
Edits = Sequence[Edit]

NUMBERS = [
    b"nan",
    b"-inf",
    b"1e308",
    b"1e-400",
    b"1e999",
    b"-0",
    b"0.1e1",
    b"9" * 400,
    b"1_0",
    b"0x10",
    b"1e10000000",
    b"-1",
    b"0",
    b"99999999999999999999",
    b"4.9e-324",
    b"0." + b"3" * 400,
]
SIGNS = [
    "\u202e",
    "\u0000",
    "\ufeff",
    "\u2028",
    "é",
    "e\u0301",
    "𝟏",
    "١",
    "\U0010ffff",
    "\u200b",
    "\r",
    "\n\n",
    "\t",
    "\x1b[31m",
    "\x7f",
    " ",
]
UNICODE = [sign.encode() for sign in SIGNS] + [b"\xff\xfe", b"\xc3", b"\xed\xa0\x80", b"\xf8"]
TOML = [
    b"[",
    b"]",
    b"[[",
    b"]]",
    b"{",
    b"}",
    b"=",
    b'"',
    b"'",
    b'"""',
    b"'''",
    b".",
    b",",
    b"#",
    b"\\",
    b"true",
    b"1979-05-27T07:32:00Z",
    b"0001-01-01",
    b"07:32:00",
    b"[parents.A]\n",
    b"[budget]\n",
    b"a.b.c.d = 1\n",
    b"title = 1\n",
    b"= [" + b"[" * 200,
    b"{a=" * 80,
    b"\\U00110000",
    b"extends = 'small.toml'\n",
    b"law_file = ['law.toml']\n",
    b"law_file = '../x.toml'\n",
    b"posts = 'posts.csv'\n",
    b"posts = '/etc/passwd'\n",
    b"remove = true\n",
    b"x" * 3000,
]
CSV = [
    b",",
    b";",
    b'"',
    b'""',
    b"\n",
    b"\r\n",
    b"\t",
    b"'",
    b"=1+1",
    b"\n" * 50,
    b"," * 300,
    b"|",
    b'"\n\n',
    b"1,5",
    b"1 000",
    b"1.000.000",
    b"12%",
    b"oui",
    b"2031-13",
    b"31/12/2031",
    b"a.b.c",
    b"x" * 70000,
    b"#REF!",
]
JSON = [
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b",",
    b'"',
    b"null",
    b"true",
    b"1e999",
    b"-1",
    b'"\\ud800"',
    b"NaN",
    b"Infinity",
    b"[" * 3000,
    b'{"a":' * 2000,
    b"1" * 5000,
    b"1.5",
    b'"../../x"',
    b"\n",
]
XML = [
    b"<",
    b">",
    b"&",
    b"&amp;",
    b"&#0;",
    b"&#x1F600;",
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
    b"&b;",
    b"<c/>",
    b"<row>",
    b"</row>",
    b'r="A1048577"',
    b'r="XFE1"',
    b't="e"',
    b't="s"',
    b"<v>",
    b"</v>",
    b"<f>1+1</f>",
    b"<![CDATA[",
    b"]]>",
    b"<?xml version='1.1'?>",
    b"<a>" * 2000,
    b'r="A999999"',
]
BINARY = [b"PAR1", b"PK\x03\x04", b"PK\x05\x06", b"\x00" * 64, b"\xff" * 8, b"\x7f\xff\xff\xff"]
ALL = {"toml": TOML, "csv": CSV, "json": JSON, "xml": XML, "binary": BINARY}

OPERATIONS = ("cut", "put", "put", "replace", "replace", "double", "flip", "swap", "end", "repeat")


def edits(kind: str, most: int = 4) -> st.SearchStrategy[Edits]:
    """Programs of at most so many edits of a text or of bytes."""
    pieces = st.one_of(
        st.sampled_from([*ALL[kind], *NUMBERS, *UNICODE]),
        st.sampled_from(ALL[kind]),
        st.binary(max_size=6),
    )
    one = st.tuples(
        st.sampled_from(OPERATIONS),
        st.integers(0, 65535),
        st.integers(0, 60),
        pieces,
        st.integers(0, 65535),
    )
    return st.lists(one, min_size=1, max_size=most)


def edited(data: bytes, program: Edits) -> bytes:
    """The bytes after every edit in turn. Places are parts of 65536 of the length."""
    for operation, place, length, piece, other in program:
        at, to = (x * (len(data) + 1) >> 16 for x in (place, other))
        head, middle, tail = data[:at], data[at : at + length], data[at + length :]
        if operation == "cut":
            data = head + tail
        elif operation == "put":
            data = head + piece + middle + tail
        elif operation == "replace":
            data = head + piece + tail
        elif operation == "double":
            data = data[:to] + middle + data[to:]
        elif operation == "flip" and middle:
            data = head + bytes([middle[0] ^ 1 << other % 8]) + middle[1:] + tail
        elif operation == "swap":
            low, high = sorted((at, to))
            data = data[high:] + data[low:high] + data[:low]
        elif operation == "end":
            data = head
        elif operation == "repeat":
            data = head + piece * min(1 << other % 12, max(1, 200_000 // (len(piece) or 1))) + tail
    return data


# --- Trees: tables and lists, of TOML or JSON ----------------------------------------------------

_KEYS = "value source normal mean sd min max pert mode remove extends p10 p50 p90 __class__ a.b"
_NAMES = "XB EUR USD 2031 travel staff A B one I P-2 professional rb"
WORDS = st.sampled_from([*_KEYS.split(), *_NAMES.split()])
TEXTS = st.one_of(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), WORDS)
NUMBER = st.one_of(
    st.integers(-3, 100),
    st.floats(),
    st.sampled_from([10**18, 10**60, -(2**63), 2**64, 10**4000, 0.5, 1e308, -1e308, 5e-324, 1e17]),
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(NUMBER, st.booleans(), TEXTS, st.dates()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=6,
)
KINDS = ("delete", "rename", "replace", "replace", "double", "move", "nest")
Change = tuple[str, int, Any, str, int]
CHANGES = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(0, 65535), VALUES, TEXTS, st.integers(0, 65535)),
    min_size=1,
    max_size=4,
)


def places(node: Any) -> list[tuple[Any, Any]]:
    """Every (holder, key) in nested tables and lists."""
    found = []
    for key in list(node) if isinstance(node, dict) else range(len(node)):
        found.append((node, key))
        if isinstance(node[key], dict | list):
            found += places(node[key])
    return found


def changed(tree: Any, changes: Sequence[Change]) -> None:
    """Changes of a tree, in place."""
    for kind, place, value, word, other in changes:
        known = places(tree)
        if not known:
            return
        holder, key = known[place * len(known) >> 16]
        source, at = known[other * len(known) >> 16]
        if kind == "delete":
            del holder[key]
        elif kind == "rename" and isinstance(holder, dict):
            holder[word] = holder.pop(key)
        elif kind == "double" and isinstance(holder, list):
            holder.extend([holder[key]] * (1 + other % 50))
        elif kind == "move":
            holder[key] = json.loads(json.dumps(source[at], default=str))
        elif kind == "nest":
            nested = value
            for _ in range(other % 200):
                nested = [nested] if place % 2 else {word: nested}
            holder[key] = nested
        else:
            holder[key] = value


# --- Workbooks -----------------------------------------------------------------------------------

PACKING = st.tuples(
    st.integers(0, 65535),
    st.sampled_from(["edit"] * 8 + ["drop", "twice", "rename", "zeros", "climb"]),
    edits("xml", 3),
)


def repacked(data: bytes, packing: tuple[int, str, Edits]) -> bytes:
    """A workbook with one of its parts edited, dropped, doubled, renamed or blown up."""
    which, kind, program = packing
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as whole,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as pack,
    ):
        names = whole.namelist()
        chosen = names[which * len(names) >> 16]
        for name in names:
            content = whole.read(name)
            if name == chosen:
                if kind == "drop":
                    continue
                if kind == "zeros":
                    content += b" " * 3_000_000
                content = edited(content, program) if kind == "edit" else content
                if kind == "twice":
                    pack.writestr(zipfile.ZipInfo(f"{name}x"), edited(content, program))
            other = {"rename": name.upper(), "climb": f"../../{name}"}.get(kind, name)
            told = zipfile.ZipInfo(other if name == chosen else name)
            pack.writestr(told, content, zipfile.ZIP_DEFLATED, 1)
    return target.getvalue()


Build = Callable[[bytes], bytes]
