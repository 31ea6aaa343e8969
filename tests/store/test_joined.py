"""Row groups encoded one by one, anywhere, are the file that one writer makes."""

from __future__ import annotations

import hashlib
import pickle
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.store import thrift
from simulator.store.footer import MARK, is_sealed
from simulator.store.joined import Begun, groups_of
from simulator.store.parquet import ROW_GROUP_DRAWS, ColumnsWriter, Encoder, read_column
from simulator.store.sink import HashedStart, hash_of
from simulator.tables import Column, Float64

COLUMNS = tuple(Column(f"c{i}", "EUR", f"column {i}", f"c{i}", "s") for i in range(7))
PERIODS = ("2031", "2032", "2031-2032")
DRAWS = 2 * ROW_GROUP_DRAWS + 1000


def tables(start: int, stop: int) -> dict[str, Float64]:
    """Numbers that depend on the draw alone."""
    draws = np.arange(start, stop)[:, None]
    return {
        column.name: np.asfortranarray(np.sin(draws * (i + 1) + np.arange(3)))
        for i, column in enumerate(COLUMNS)
    }


def one_writer(path: Path, about: dict[bytes, bytes]) -> bytes:
    """What pyarrow alone writes, with one writer and all its groups."""
    encoder = Encoder("draws", COLUMNS, PERIODS)
    with pq.ParquetWriter(path, encoder.schema, **encoder.options) as writer:
        for start in range(0, DRAWS, ROW_GROUP_DRAWS):
            count = min(ROW_GROUP_DRAWS, DRAWS - start)
            for table in encoder.tables(start, count, tables(start, start + count)):
                writer.write_table(table, row_group_size=count)
        writer.add_key_value_metadata(about)
    return path.read_bytes()


def test_the_bytes_are_those_of_one_writer(tmp_path: Path) -> None:
    """Pages, offsets and footer; in front of the footer stands its seal."""
    path = tmp_path / "draws.parquet"
    writer = ColumnsWriter(path, "draws", COLUMNS, PERIODS)
    writer.write(0, DRAWS, tables(0, DRAWS))
    writer.close({"a": 1})
    found = path.read_bytes()
    alone = one_writer(tmp_path / "one.parquet", writer.encoder.about(DRAWS, {"a": 1}))
    footer = int.from_bytes(alone[-8:-4], "little") + 8
    place = len(found) - footer
    assert found[place:] == alone[-footer:]
    assert found[: place - len(MARK) - 32] == alone[:-footer]
    assert is_sealed(path)
    assert not groups_of(path).exists()


def test_groups_made_elsewhere_are_the_same(tmp_path: Path) -> None:
    """By a copy of the encoder, as another process gets it, in any order."""
    here, there = tmp_path / "here.parquet", tmp_path / "there.parquet"
    writer = ColumnsWriter(here, "draws", COLUMNS, PERIODS)
    writer.write(0, DRAWS, tables(0, DRAWS))
    done = writer.close({})
    other = ColumnsWriter(there, "draws", COLUMNS, PERIODS)
    encoder = pickle.loads(pickle.dumps(other.encoder))  # noqa: S301 - our own
    spans = [(start, min(ROW_GROUP_DRAWS, DRAWS - start)) for start in (0, 32768, 65536)]
    made = {
        start: tuple(encoder.groups(start, count, tables(start, start + count)))
        for start, count in reversed(spans)
    }
    for start, count in spans:
        other.add(start, count, made[start])
    assert other.close({}) == done
    assert here.read_bytes() == there.read_bytes()
    with pytest.raises(ValueError, match="draws from 66536 on"):
        other.add(0, 1, made[0])


def test_a_file_is_gone_on_with(tmp_path: Path) -> None:
    """From the marks of the first writer, whatever it wrote behind them."""
    whole, path = tmp_path / "whole.parquet", tmp_path / "draws.parquet"
    writer = ColumnsWriter(whole, "draws", COLUMNS, PERIODS)
    writer.write(0, DRAWS, tables(0, DRAWS))
    writer.close({})
    first = ColumnsWriter(path, "draws", COLUMNS, PERIODS)
    first.write(0, ROW_GROUP_DRAWS + 10, tables(0, ROW_GROUP_DRAWS + 10))
    assert first.grouped == ROW_GROUP_DRAWS
    marks = first.marks(to_disk=True)
    first.write(ROW_GROUP_DRAWS + 10, 50_000, tables(ROW_GROUP_DRAWS + 10, 82_778))
    first.abort()
    files = {}
    for name, mark in marks.items():
        head = hashlib.sha256((tmp_path / name).read_bytes()[: mark.size])
        assert head.hexdigest() == mark.sha256
        files[name] = HashedStart(head, mark.size)
    second = ColumnsWriter(path, "draws", COLUMNS, PERIODS, Begun(ROW_GROUP_DRAWS, files))
    second.write(ROW_GROUP_DRAWS, DRAWS - ROW_GROUP_DRAWS, tables(ROW_GROUP_DRAWS, DRAWS))
    assert second.close({}).sha256 == hash_of(path) == hash_of(whole)
    assert np.array_equal(read_column(path, "c3", "2032"), tables(0, DRAWS)["c3"][:, 1])


def test_thrift_reads_what_pyarrow_wrote_and_writes_it_again(tmp_path: Path) -> None:
    """A footer with texts, statistics, dictionaries, lists and nested types: the same bytes."""
    table = pa.table(
        {
            "text": ["a", "b", "long " * 50],
            "list": [[1, 2], [], None],
            "truth": [True, None, False],
            "number": [-1.5, float("nan"), 1e300],
            "whole": pa.array([-(2**62), 0, 2**62]),
        }
    )
    path = tmp_path / "any.parquet"
    pq.write_table(table, path, row_group_size=1)
    data = path.read_bytes()
    footer = data[-8 - int.from_bytes(data[-8:-4], "little") : -8]
    assert thrift.written(thrift.Reader(footer).struct()) == footer


@given(st.integers(-(2**63), 2**63 - 1), st.integers(1, 200), st.binary(max_size=300))
def test_thrift_round_trip(number: int, size: int, text: bytes) -> None:
    """Any number, fields far apart, lists of any length."""
    fields: thrift.Struct = {
        1: (thrift.I64, number),
        3: (thrift.FALSE, False),
        40: (thrift.BINARY, text),
        41: (thrift.LIST, thrift.Items(thrift.I32, [size] * size)),
        900: (thrift.STRUCT, {2: (thrift.DOUBLE, b"12345678"), 3: (thrift.BYTE, b"x")}),
    }
    written = thrift.written(fields)
    assert thrift.Reader(written).struct() == fields
    for cut in (0, 1, len(written) // 2, len(written) - 1):
        with pytest.raises(ValueError, match="ends too early"):
            thrift.Reader(written[:cut]).struct()
