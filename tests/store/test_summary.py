"""The summary: the same rows in Parquet and CSV, to the last bit."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.analysis.statistics import summarise
from simulator.errors import InputError
from simulator.store.summary import (
    NAMES,
    OF_COLUMN,
    SummaryRow,
    incomplete,
    read_summary_csv,
    write_summary_csv,
    write_summary_parquet,
)

ROWS = (
    SummaryRow("net_eur", "2031", "last", "mean", 0.1 + 0.2, 1e-300, "EUR", 'net, "shared"'),
    SummaryRow("net_eur", "2031", "last", "max", -1.5e300, math.nan, "EUR", "net"),
)


def same(one: SummaryRow, other: SummaryRow) -> bool:
    """Equal, NaN in place of NaN."""
    return repr(one) == repr(other)


def test_the_csv_reads_back_bit_for_bit(tmp_path: Path) -> None:
    """Numbers in full, an unknown error as an empty cell, quotes and commas in text."""
    path = tmp_path / "summary.csv"
    stored = write_summary_csv(path, ROWS)
    assert stored.rows == 2
    assert all(map(same, read_summary_csv(path), ROWS))
    assert path.read_text().splitlines()[2].endswith(",-1.5e+300,,EUR,net")


@given(st.floats(), st.floats(), st.text().filter(lambda t: "\r" not in t and "\0" not in t))
def test_any_numbers_and_text_come_back(
    tmp_path_factory: pytest.TempPathFactory, value: float, error: float, text: str
) -> None:
    """Whatever a unit or a description says."""
    text = text.encode(errors="ignore").decode()
    path = tmp_path_factory.mktemp("csv") / "summary.csv"
    row = SummaryRow("net_eur", "2031", "last", "mean", value, error, text, text)
    write_summary_csv(path, [row])
    (found,) = read_summary_csv(path)
    assert same(found, row)


def test_parquet_holds_the_same_rows(tmp_path: Path) -> None:
    """With null where there is no standard error, and the identity of the run."""
    path = tmp_path / "summary.parquet"
    write_summary_parquet(path, ROWS, {"identity": "0"})
    table = pq.read_table(path)
    assert tuple(table.column_names) == NAMES
    found = [
        SummaryRow(**{k: math.nan if v is None else v for k, v in row.items()})
        for row in table.to_pylist()
    ]
    assert all(map(same, found, ROWS))
    assert table.column("standard_error").null_count == 1
    assert b'"identity":"0"' in pq.read_metadata(path).metadata[b"sim"]


def test_equal_rows_make_equal_bytes(tmp_path: Path) -> None:
    """Nothing tells when a file was written."""
    for name in ("one", "two"):
        write_summary_parquet(tmp_path / name, ROWS, {"identity": "0"})
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", ":1"),
        ("output,period\n", ":1"),
        (",".join(NAMES) + "\na,b,c\n", ":2"),
        (",".join(NAMES) + "\na,b,c,d,one,,g,h\n", ":2"),
        (",".join(NAMES) + '\na,b,c,d,1,,g,"h\n', ""),
    ],
)
def test_a_damaged_summary_is_refused_with_its_place(tmp_path: Path, text: str, line: str) -> None:
    """File and line."""
    path = tmp_path / "summary.csv"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_summary_csv(path)
    assert f"{path}{line}" in str(caught.value)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    """And so is a missing file."""
    (tmp_path / "summary.csv").write_bytes(b"\xff\xfe\x00")
    for name in ("summary.csv", "none.csv"):
        with pytest.raises(InputError, match=name):
            read_summary_csv(tmp_path / name)


def test_a_column_that_lacks_a_statistic_is_found() -> None:
    """In any period; what has none of them, as what is published has not, lacks nothing."""
    years = ("2031", "2032")
    whole = [
        SummaryRow("a", year, "last", name, 1.0, 0.0, "EUR", "")
        for year in years
        for name in OF_COLUMN
    ]
    published = SummaryRow("a", "2031", "proposed", "central", 1.0, math.nan, "EUR", "")
    assert list(incomplete([*whole, published], years)) == []
    for left_out, row in enumerate(whole):
        rows = whole[:left_out] + whole[left_out + 1 :]
        assert list(incomplete([*rows, published], years)) == [("a", row.period, "last")]
    without = [row for row in whole if row.period == "2031"]
    assert list(incomplete(without, years)) == [("a", "2032", "last")]


def test_every_column_has_the_statistics_that_are_computed() -> None:
    """The list of the store is that of the analysis, in its order."""
    found = summarise(np.arange(64.0), 4, {})
    assert tuple(one.name for one in found) == OF_COLUMN
