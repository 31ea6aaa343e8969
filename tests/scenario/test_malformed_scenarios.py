"""Generated malformed scenarios: whatever stands in the file, reading ends in words."""

from __future__ import annotations

import copy
import datetime as dt
import re
import tempfile
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.errors import InputError
from simulator.scenario.fingerprint import fingerprint, to_toml
from simulator.scenario.model import Scenario
from simulator.scenario.read import read_layers, read_scenario, scenario_of, warnings_of

TEXT = (Path(__file__).parent / "small.toml").read_text(encoding="utf-8")
DATA: dict[str, Any] = tomllib.loads(TEXT, parse_float=Decimal)
GENEROUS = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def toml_of(value: Any, *, top: bool = True) -> str:
    """Any tables as TOML: one key a line at the top, everything below inline."""
    if isinstance(value, dict):
        pairs = [f"{quoted(str(key))} = {toml_of(one, top=False)}" for key, one in value.items()]
        return "\n".join(pairs) + "\n" if top else "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(toml_of(one, top=False) for one in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal) and value.is_nan():
        return "nan"
    if isinstance(value, Decimal) and value.is_infinite():
        return "inf" if value > 0 else "-inf"
    text = str(value)
    return text + ".0" if text.lstrip("-").startswith("0") and text.strip("-0").isdigit() else text


def quoted(text: str) -> str:
    """A basic string."""
    return (
        '"'
        + "".join(f"\\U{ord(c):08x}" if ord(c) < 32 or c in '"\\\x7f' else c for c in text)
        + '"'
    )


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every path in nested tables and lists."""
    if path:
        yield path
    if isinstance(node, dict | list):
        for key in node if isinstance(node, dict) else range(len(node)):
            yield from places(node[key], (*path, key))


PLACES = list(places(DATA))
WORDS = sorted({str(key) for path in PLACES for key in path if isinstance(key, str)})

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
scalars = st.one_of(
    st.booleans(),
    st.integers(-(10**3), 10**3),
    st.sampled_from([10**18, 10**60, -(2**63), 0, -1, 50, 2031, 2040]),
    st.decimals(places=3, min_value=-(10**6), max_value=10**6),
    st.sampled_from(
        [Decimal(x) for x in ("1e-30", "1e300", "1e-300", "nan", "inf", "-inf", "1e15")]
    ),
    st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31)),
    text,
    st.sampled_from(["", "0.5", "1/0", "1/3", "EUR", "USD", "XYZ", "fixed", "forward", *WORDS]),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(text, st.sampled_from(WORDS)), inner, max_size=4),
    ),
    max_leaves=8,
)
deep = st.integers(1, 400).map(lambda depth: eval("[" * min(depth, 90) + "]" * min(depth, 90)))  # noqa: S307 - our own brackets
mutation = st.tuples(
    st.sampled_from(PLACES),
    st.sampled_from(["delete", "rename", "replace", "replace", "double", "move"]),
    st.one_of(values, values, deep),
    st.one_of(text, st.sampled_from(WORDS)),
    st.sampled_from(PLACES),
)


def at(data: Any, path: tuple[Any, ...]) -> Any:
    """What stands at a path; None when it is gone."""
    for key in path:
        try:
            data = data[key]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def mutate(data: dict[str, Any], change: tuple[Any, ...]) -> None:
    """One mutation, in place; none when its place is gone already."""
    path, kind, value, word, other = change
    place, key = at(data, path[:-1]), path[-1]
    if not isinstance(place, dict | list) or at(data, path) is None:
        return
    if kind == "delete":
        del place[key]
    elif kind == "rename" and isinstance(place, dict):
        place[word] = place.pop(key)
    elif kind == "double" and isinstance(place, list):
        place.append(copy.deepcopy(place[key]))
    elif kind == "move":
        place[key] = copy.deepcopy(at(data, other))
        if place[key] is None:
            del place[key]
    else:
        place[key] = value


def read(path: Path) -> tuple[Scenario | None, str]:
    """The scenario, or what is said about it; every problem names the file and what is wanted."""
    try:
        return read_scenario(path), ""
    except InputError as error:
        caught = error
    assert caught.problems
    assert all(problem.file == str(path) for problem in caught.problems)
    assert all(problem.wanted.strip() for problem in caught.problems)
    return None, str(caught)


def ends_in_words(content: str) -> None:
    """Reading gives a scenario that writes and reads back, or problems in plain words."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "odd.toml"
        path.write_bytes(content.encode())
        scenario, said = read(path)
        for jargon in ("Input should", "Value error", "pydantic_core", "Decimal(", "Traceback"):
            assert jargon not in said or jargon in content
        if scenario is None:
            return
        warnings_of(scenario)
        again = Path(folder) / "again.toml"
        again.write_text(to_toml(scenario), encoding="utf-8")
        assert fingerprint(read_scenario(again)) == fingerprint(scenario)


def test_the_writer_of_this_test_keeps_the_scenario() -> None:
    """Without a mutation the generated text is the valid scenario."""
    assert tomllib.loads(toml_of(DATA), parse_float=Decimal) == DATA
    ends_in_words(toml_of(DATA))


@GENEROUS
@given(st.lists(mutation, min_size=1, max_size=4))
def test_mutated_tables_end_in_words(changes: list[tuple[Any, ...]]) -> None:
    """Keys and values deleted, renamed, replaced by anything, doubled or moved."""
    data = copy.deepcopy(DATA)
    for change in changes:
        mutate(data, change)
    ends_in_words(toml_of(data))


@GENEROUS
@given(
    st.lists(
        st.tuples(
            st.integers(0, len(TEXT)),
            st.integers(0, 20),
            st.one_of(
                text,
                st.sampled_from(
                    [
                        "[",
                        "]",
                        "{",
                        "}",
                        '"',
                        "'",
                        '"""',
                        "=",
                        "\n",
                        ".",
                        "#",
                        "[[",
                        "]]",
                        "\\",
                        "é",
                    ]
                ),
            ),
        ),
        min_size=1,
        max_size=3,
    )
)
def test_broken_text_ends_in_words(edits: list[tuple[int, int, str]]) -> None:
    """Pieces of the text cut out and others put in."""
    content = TEXT
    for start, length, piece in edits:
        content = content[:start] + piece + content[start + length :]
    ends_in_words(content)


@GENEROUS
@given(st.lists(st.integers(0, 255), max_size=60).map(bytes), st.integers(0, len(TEXT)))
def test_foreign_bytes_end_in_words(noise: bytes, start: int) -> None:
    """Any bytes, alone or in the middle of a scenario."""
    raw = TEXT.encode()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "odd.toml"
        for content in (noise, raw[:start] + noise + raw[start:]):
            path.write_bytes(content)
            read(path)


PLEDGES = (
    "name,window,currency,amount,amount.pert.min,probability,stage,received.2031,received.2032\n"
    "one,I,USD,80,,0.8,pledged,0.5,0.5\ntwo,I,DKK,50,,,signed,1,\n"
)
BARE = TEXT[: TEXT.index("[[pledges]]")] + TEXT[TEXT.index("[figures.prior]") :]


@GENEROUS
@given(
    st.lists(
        st.tuples(
            st.integers(0, len(PLEDGES)),
            st.integers(0, 8),
            st.one_of(
                st.binary(max_size=6),
                text.map(str.encode),
                st.sampled_from([b",", b"\n", b'"', b".", b";", b"1e9", b"nan", b"\r", b"inf"]),
            ),
        ),
        max_size=3,
    )
)
def test_broken_csv_ends_in_words(edits: list[tuple[int, int, bytes]]) -> None:
    """Any bytes in a CSV of pledges: a scenario, or problems at one of the two files."""
    content = PLEDGES.encode()
    for start, length, piece in edits:
        content = content[:start] + piece + content[start + length :]
    with tempfile.TemporaryDirectory() as folder:
        path, table = Path(folder) / "odd.toml", Path(folder) / "pledges.csv"
        path.write_text('pledges = "pledges.csv"\n' + BARE, encoding="utf-8")
        table.write_bytes(content)
        caught = InputError(())
        try:
            read_scenario(path)
        except InputError as error:
            caught = error
        assert all(problem.file in (str(path), str(table)) for problem in caught.problems)
        assert all(problem.wanted.strip() for problem in caught.problems)


CHILD: dict[str, Any] = tomllib.loads(
    """
extends = "base.toml"
law_file = ["law.toml"]
title = "A child"
posts = [{ office = "Here", grade = "P-2", posts = 12 }]
pledges = [{ name = "two", remove = true }, { name = "one", amount = { p50 = 101 } }]
thresholds = [{ name = "ceiling", amount = 7 }]
published = []
[parents.A]
policy = { kind = "forward", cover = 0.5, rates = { 2031 = 0.8, 2032 = 0.8 } }
[lines.travel]
growth = [{ name = "more travel", amount = 1 }, { name = "less", amount = -3 }]
exposure = { eur_per_dkk = { remove = true } }
[income.rent.estimate.pert]
mode = 21
[rates]
eur_per_usd = { start = { value = 0.9, source = "a bank" } }
eur_per_dkk = { remove = true }
[correlation]
independent = [{ between = ["inflows", "exchange"], note = "x" }]
matrix = { "inflation.euro" = { "rates.eur_per_usd" = 0.1 } }
[sampling]
seed = 1
leading = []
""",
    parse_float=Decimal,
)
LAW = "exchange = { law = 'random_walk', volatility.eur_per_usd = 0.1 }\ninflation.euro.sd = 0.1\n"
CHILD_PLACES = list(places(CHILD))
child_mutation = st.tuples(
    st.sampled_from(CHILD_PLACES),
    st.sampled_from(["delete", "rename", "replace", "replace", "double", "move"]),
    st.one_of(values, st.just({"remove": True}), st.sampled_from([True, "law.toml", "base.toml"])),
    st.one_of(text, st.sampled_from(["remove", "extends", "law_file", *WORDS])),
    st.sampled_from(CHILD_PLACES),
)


def child_ends_in_words(content: str, base: str = TEXT, law: str = LAW) -> bool:
    """A child is read, resolved and read back, or refused at one of its files; True when read."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("child.toml", "base.toml", "law.toml")]
        for path, text in zip(files, (content, base, law), strict=True):
            path.write_bytes(text.encode())
        try:
            layers = read_layers(files[0])
            scenario = scenario_of(layers)
        except InputError as error:
            caught = error
        else:
            again = Path(folder) / "again.toml"
            again.write_text(to_toml(scenario, layers.comment), encoding="utf-8")
            assert fingerprint(read_scenario(again)) == fingerprint(scenario)
            return True
        assert caught.problems
        assert {problem.file for problem in caught.problems} <= set(map(str, files))
        assert all(problem.wanted.strip() for problem in caught.problems)
        assert not re.search(r"Input should|Value error|pydantic_core|Decimal\(", str(caught))
        return False


def test_the_child_of_this_test_is_valid() -> None:
    """Without a mutation the child reads, and so do its parts."""
    assert child_ends_in_words(toml_of(CHILD))


@settings(GENEROUS, max_examples=200)
@given(st.lists(child_mutation, min_size=1, max_size=4))
def test_mutated_children_end_in_words(changes: list[tuple[Any, ...]]) -> None:
    """Changes of another scenario, deleted, renamed, replaced by anything, doubled or moved."""
    data = copy.deepcopy(CHILD)
    for change in changes:
        mutate(data, change)
    child_ends_in_words(toml_of(data))


@settings(GENEROUS, max_examples=100)
@given(st.lists(mutation, min_size=1, max_size=3))
def test_children_of_mutated_parents_end_in_words(changes: list[tuple[Any, ...]]) -> None:
    """The parent is anything, too."""
    data = copy.deepcopy(DATA)
    for change in changes:
        mutate(data, change)
    child_ends_in_words(toml_of(CHILD), base=toml_of(data))


@settings(GENEROUS, max_examples=100)
@given(st.dictionaries(st.sampled_from([*WORDS, "exchange", "rates", "correlation"]), values))
def test_any_law_file_ends_in_words(law: dict[str, Any]) -> None:
    """Anything in a law file."""
    child_ends_in_words(toml_of(CHILD), law=toml_of(law))
