"""Tables of rows as Parquet and as CSV: the same content, exact numbers, quoted texts."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.errors import InputError
from simulator.store import tidy
from simulator.store.arrow import KEY
from simulator.store.tidy import Columns, TableWriter, refuse_ending, write_tidy

COLUMNS: Columns = {"origin": "text", "draw": "whole", "rate": "number"}
ABOUT = {"kind": "test", "seed": 7}


def _part(first: int, count: int) -> dict[str, Any]:
    return {
        "origin": [("2031-05-31", count - 1), ('so-called "May", 2031', 1)],
        "draw": np.arange(first, first + count),
        "rate": np.sqrt(np.arange(first, first + count, dtype=np.float64)),
    }


def _written(path: Path, parts: list[dict[str, Any]]) -> Path:
    writer = TableWriter(path, COLUMNS, csv_file=path.suffix == ".csv", about=ABOUT)
    for part in parts:
        writer.write(part)
    writer.close()
    return path


def _rows(path: Path) -> list[tuple[str, int, float]]:
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        assert header == list(COLUMNS)
        return [(origin, int(draw), float(rate)) for origin, draw, rate in rows]
    table = pq.read_table(path)
    assert table.column_names == list(COLUMNS)
    return [(row["origin"], row["draw"], row["rate"]) for row in table.to_pylist()]


def test_both_kinds_hold_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts one after another; a CSV keeps every bit of a number, in slices of any size."""
    monkeypatch.setattr(tidy, "SLICE", 3)
    parts = [_part(0, 5), _part(5, 1), _part(6, 10)]
    parquet = _rows(_written(tmp_path / "t.parquet", parts))
    assert parquet == _rows(_written(tmp_path / "t.csv", parts))
    assert [draw for _, draw, _ in parquet] == list(range(16))
    assert [rate for *_, rate in parquet] == np.sqrt(np.arange(16.0)).tolist()
    assert parquet[4][0] == 'so-called "May", 2031'


def test_parquet_says_its_types_and_what_it_is(tmp_path: Path) -> None:
    """Texts, 64-bit integers and floats; what was asked for stands in the file's metadata."""
    schema = pq.read_schema(_written(tmp_path / "t.parquet", [_part(0, 3)]))
    assert schema.field("draw").type == pa.int64()
    assert schema.field("rate").type == pa.float64()
    assert schema.field("origin").type.value_type == pa.string()
    assert json.loads(schema.metadata[KEY]) == ABOUT


def test_a_table_without_rows_has_its_header(tmp_path: Path) -> None:
    """Nothing written is a valid table of no rows."""
    assert _rows(_written(tmp_path / "t.parquet", [])) == []
    assert (_written(tmp_path / "t.csv", [])).read_text() == "origin,draw,rate\n"


@pytest.mark.parametrize("name", ["t.csv", "t.parquet"])
def test_a_table_given_up_raises_no_more(tmp_path: Path, name: str) -> None:
    """`abort` closes the file; after `close` it does nothing."""
    path = tmp_path / name
    writer = TableWriter(path, COLUMNS, csv_file=name.endswith("csv"), about=ABOUT)
    writer.write(_part(0, 3))
    writer.abort()
    writer = TableWriter(tmp_path / f"2{name}", COLUMNS, csv_file=True, about=ABOUT)
    writer.close()
    writer.abort()


@pytest.mark.parametrize("name", ["t.csv", "t.PARQUET"])
def test_rows_tell_their_kinds(tmp_path: Path, name: str) -> None:
    """Whole numbers, numbers, texts; NaN and None are empty, a mixed column is of numbers."""
    path = tmp_path / name
    rows = [
        {"n": 1, "x": 1, "y": 0.1, "t": "a", "z": None},
        {"n": 2, "x": 2.5, "y": math.nan, "t": None, "z": "b"},
    ]
    write_tidy(path, path, rows, ABOUT)
    if name.endswith("csv"):
        assert path.read_text() == "n,x,y,t,z\n1,1.0,0.1,a,\n2,2.5,,,b\n"
        return
    table = pq.read_table(path)
    assert table.to_pylist() == [
        {"n": 1, "x": 1.0, "y": 0.1, "t": "a", "z": ""},
        {"n": 2, "x": 2.5, "y": None, "t": "", "z": "b"},
    ]
    assert table.schema.field("n").type == pa.int64()


@settings(deadline=None, max_examples=50)
@given(
    texts=st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\r\n\x00"), max_size=8),
        min_size=1, max_size=6,
    ),
    numbers=st.lists(st.floats(allow_infinity=False, allow_nan=False), min_size=6, max_size=6),
)  # fmt: skip
def test_any_text_and_number_comes_back(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], numbers: list[float]
) -> None:
    """Commas, quotes and the smallest floats included, from a CSV as from Parquet."""
    folder = tmp_path_factory.mktemp("tidy")
    part = {
        "origin": [(text, 1) for text in texts],
        "draw": np.arange(len(texts)),
        "rate": np.array(numbers[: len(texts)]),
    }
    expected = list(zip(texts, range(len(texts)), numbers, strict=False))
    assert _rows(_written(folder / "t.csv", [part])) == expected
    assert _rows(_written(folder / "t.parquet", [part])) == expected


@pytest.mark.parametrize("name", ["t", "t.xlsx", "t.parquet.gz", "csv"])
def test_other_endings_are_refused(name: str) -> None:
    """The name must say which kind of table is wanted; the message names the option."""
    with pytest.raises(InputError, match=r"--draws-out: .*\.parquet or \.csv"):
        refuse_ending(Path(name), "--draws-out")
    for good in ("t.csv", "t.Parquet"):
        refuse_ending(Path(good))
